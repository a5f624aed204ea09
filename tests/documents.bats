#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# What is written agrees with what is: help, manuals, completions, examples, headers, and who includes whom.

load helpers

setup_file() {
	TOOLS=$(sed -n 's/^TOOLS = //p' "$SK_ROOT/Makefile")
	CC=${CC:-gcc}
	command -v "$CC" >/dev/null || CC=cc
	export TOOLS CC
	mkdir "$BATS_FILE_TMPDIR/examples"
	loggen -n 20000 >"$BATS_FILE_TMPDIR/examples/access.log"
	loggen -n 20000 -o json >"$BATS_FILE_TMPDIR/examples/app.json"
}

setup() {
	cd "$SK_ROOT" || return
}

# Lines "letter long argument" (- for none) of --help, with every other letter on a line of its own.
help_options() {
	"$1" --help | sed -n \
		-e 's/^  -\(.\), --\([a-z0-9-]*\) \([A-Z]\{1,\}\)  *.*/\1 \2 argument/p' \
		-e 's/^      --\([a-z0-9-]*\) \([A-Z]\{1,\}\)  *.*/- \1 argument/p' \
		-e 's/^  -\(.\), --\([a-z0-9-]*\)  .*(also -\(.\))$/\1 \2 -\
\3 \2 -/p' \
		-e 's/^      --\([a-z0-9-]*\)\[=[A-Z]*\]  *.*/- \1 argument/p' \
		-e 't' \
		-e 's/^  -\(.\), --\([a-z0-9-]*\)  .*/\1 \2 -/p' \
		-e 's/^      --\([a-z0-9-]*\)  .*/- \1 -/p' | sort
}

# The same of the manual: .It Fl k Ar n , Fl -top Ar n
manual_options() {
	awk '$1 == ".It" && $2 == "Fl" {
		n = 0; long = ""; argument = "-"
		for (i = 2; i <= NF; i++) {
			if ($i == "Fl" && $(i + 1) ~ /^-./)
				long = substr($(i + 1), 2)
			else if ($i == "Fl")
				letters[++n] = $(i + 1)
			else if ($i == "Ar" || $i == "Cm")
				argument = "argument"
		}
		if (n == 0)
			letters[++n] = "-"
		while (n > 0)
			print letters[n--], long, argument
	}' "man/$1.1" | sort
}

# The flags a file of lib is compiled with, as the Makefile has them.
compiler_flags() {
	# shellcheck disable=SC2016 # make is to see the dollars
	printf '%s\n' 'include Makefile' 'show-flags:' \
		'	@printf "%s\n" "$(subst ",\",$(ALL_CPPFLAGS)) -std=c11 -O2 $(WARNINGS)"' |
		make -s -f - show-flags
}

# --- options ---

@test "the manual has the options that --help has, with the same letters and arguments" {
	for tool in $TOOLS; do
		help_options "$tool" >"$BATS_TEST_TMPDIR/help"
		manual_options "$tool" >"$BATS_TEST_TMPDIR/manual"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/help")" -gt 10 ]
		diff "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/manual"
	done
}

@test "the synopsis of the manual has every letter" {
	for tool in $TOOLS; do
		sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/s/^\.\(Op \)\{0,1\}Fl \(.*\)/\2/p' "man/$tool.1" >"$BATS_TEST_TMPDIR/synopsis"
		# Short for what asks nothing of the stream, and for spellings: -h -V -0.
		help_options "$tool" | awk '$1 != "-" && $1 !~ /[hV0]/ { print $1, $3 }' | while read -r letter argument; do
			if [ "$argument" = argument ]; then
				grep -q "^$letter Ar " "$BATS_TEST_TMPDIR/synopsis"
			else
				grep -q "^[A-Za-z]*${letter}[A-Za-z]*$" "$BATS_TEST_TMPDIR/synopsis"
			fi || { echo "$tool: the synopsis lacks -$letter" && false; }
		done
	done
}

@test "every explanation in --help starts in the same column" {
	for tool in $TOOLS; do
		"$tool" --help >"$BATS_TEST_TMPDIR/help"
		columns=$(awk 'match($0, /^  (-.,|   ) --[a-z0-9-]+( [A-Z]+|\[=[A-Z]+\])?  +/) { print RLENGTH }' "$BATS_TEST_TMPDIR/help" | sort -u)
		echo "columns: $columns"
		[ "$(echo "$columns" | wc -l)" = 1 ]
		# What goes on in the next line is two further to the right.
		indents=$(awk 'match($0, /^          +/) { print RLENGTH }' "$BATS_TEST_TMPDIR/help" | sort -u)
		[ -z "$indents" ] || [ "$indents" = $((columns + 2)) ]
	done
}

@test "the completion files are what the tools print" {
	for tool in $TOOLS; do
		"$tool" --completion bash | diff - "completions/$tool.bash"
		"$tool" --completion zsh | diff - "completions/_$tool"
		"$tool" --completion fish | diff - "completions/$tool.fish"
	done
}

@test "the completion files have every option, and no other" {
	for tool in $TOOLS; do
		"$tool" --help | grep -oE '^  (-.,|   ) --[a-z0-9-]+' | sed 's/.*--//' | sort >"$BATS_TEST_TMPDIR/help"
		grep -oE -- '--[a-z0-9-]+' "completions/$tool.bash" | sed 's/^--//' | sort -u |
			sed '/^$/d' | diff "$BATS_TEST_TMPDIR/help" -
		sed -n "s/^	'[^[]*--\([a-z0-9-]*\).*/\1/p" "completions/_$tool" | sort | diff "$BATS_TEST_TMPDIR/help" -
		sed -n 's/.* -l \([a-z0-9-]*\) .*/\1/p' "completions/$tool.fish" | sort | diff "$BATS_TEST_TMPDIR/help" -
	done
}

# --- completions at work ---

@test "bash takes the completion files" {
	for tool in $TOOLS; do
		bash -n "completions/$tool.bash"
	done
}

@test "zsh takes the completion files" {
	need zsh
	for tool in $TOOLS; do
		zsh -n "completions/_$tool"
	done
}

@test "fish takes the completion files" {
	need fish
	for tool in $TOOLS; do
		HOME=$BATS_TEST_TMPDIR fish -n "completions/$tool.fish"
	done
}

# What bash offers after these words, the last of which is being typed.
complete_in_bash() {
	# shellcheck disable=SC2016 # the inner shell is to see the dollars
	bash --norc -c '
		. "completions/$1.bash"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
		set -- "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		entry=$(complete -p "$1") && function=${entry#*-F } && "${function%% *}" "$@"
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$@"
}

@test "bash completes options, their values and file names" {
	[ "$(complete_in_bash stream-topk --on)" = --only ]
	[ "$(complete_in_bash stream-topk --only '')" = $'certain\npossible' ]
	[ "$(complete_in_bash stream-topk --only c)" = certain ]
	[ "$(complete_in_bash stream-topk --only = p)" = possible ]
	[ "$(complete_in_bash stream-topk --only =)" = $'certain\npossible' ]
	[ "$(complete_in_bash stream-topk --share Make)" = Makefile ]
	[ "$(complete_in_bash stream-topk --none-such)" = '' ]
}

complete_in_fish() {
	HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR fish -c \
		"source completions/stream-topk.fish; complete -C 'stream-topk $1'" | cut -f 1 | sort
}

@test "fish completes options and their values" {
	need fish
	[ "$(complete_in_fish --on)" = --only ]
	[ "$(complete_in_fish '--only ')" = $'certain\npossible' ]
	[ "$(complete_in_fish '--only=p')" = --only=possible ]
}

# --- manuals and examples ---

@test "the manuals lint clean" {
	need mandoc
	for manual in man/*.[1-9]; do
		mandoc -T lint -W warning "$manual"
	done
}

# Runs a shell's command line beside a log. What follows a file for ever reads it to its end, and a log of
# another name is the same log. It has to succeed, and to print something.
run_example() {
	local line=$1 name
	line=${line//tail -f/cat}
	line=${line//tail -F/cat}
	cd "$BATS_FILE_TMPDIR/examples" || return
	grep -oE '[A-Za-z0-9_.-]+\.log\b' <<<"$line" | while read -r name; do
		[ -e "$name" ] || ln -s access.log "$name"
	done
	echo "\$ $line"
	timeout 20 bash -o pipefail -c "$line" >out </dev/null
	[[ $line == *'>'* || $line == *--output-file* ]] || [ -s out ]
	cd "$SK_ROOT" || return
}

@test "the examples of the manuals run" {
	for manual in man/*.1; do
		# mdoc writes a backslash as \e, and a minus as \-.
		examples=$(sed -n '/^\.Sh EXAMPLES/,/^\.Sh /s/^\.Dl \$ //p' "$manual" | sed -e 's/\\-/-/g' -e 's/\\e/\\/g')
		[ -n "$examples" ]
		while IFS= read -r example; do
			run_example "$example"
		done <<<"$examples"
	done
}

@test "the examples of README.md run" {
	[ -e README.md ] || skip "there is no README.md yet"
	# In fences or indented, as they would be typed at a prompt.
	examples=$(sed -n 's/^ *\$ \(.*stream-.*\)/\1/p' README.md)
	[ -n "$examples" ]
	while IFS= read -r example; do
		run_example "$example"
	done <<<"$examples"
}

# --- the sources ---

# pattern, grep's options and files: lines that match are shown, and are a failure.
nothing_has() {
	local pattern=$1
	shift
	run grep -n -e "$pattern" "$@" /dev/null
	echo "$output"
	[ "$status" = 1 ]
}

@test "every header in lib compiles alone" {
	local flags=()
	eval "flags=($(compiler_flags))"
	[[ " ${flags[*]} " == *" -Wconversion "* ]]
	for header in lib/*.h lib/*/*.h; do
		# A header that gives its includer's functions loops says so in its first lines.
		if sed 3q "$header" | grep -q 'to be included by a file that first defines'; then
			continue
		fi
		echo "$header"
		echo "#include \"${header#lib/}\"" | "$CC" "${flags[@]}" -Werror -fsyntax-only -x c -
	done
}

# Lines "including included" for every quoted include, as paths in lib: what is not beside its includer is there.
includes() {
	awk 'BEGIN { for (i = 1; i < ARGC; i++) there[ARGV[i]] = 1 }
	/^#include "/ {
		name = $0
		gsub(/^#include "|".*/, "", name)
		beside = FILENAME
		sub(/[^\/]*$/, "", beside)
		beside = beside name
		gsub(/[^\/]*\/\.\.\//, "", beside)
		print FILENAME, beside in there ? beside : "lib/" name
	}' "$@"
}

@test "no floor includes a higher one" {
	includes lib/*.h lib/*/*.[ch] cmd/*.c >"$BATS_TEST_TMPDIR/includes"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/includes")" -gt 30 ]
	# The floors that a floor may include; everyone may use the headers on lib's ground.
	awk '
	BEGIN {
		may["sketch"] = " sketch "
		may["record"] = " record "
		may["pipe"] = " pipe sketch "
		may["window"] = " window pipe sketch "
		may["run"] = " run window pipe record sketch "
		may["aggregate"] = " aggregate run pipe sketch "
		may["cmd"] = " aggregate run sketch "
	}
	$2 ~ /^lib\/[^\/]*$/ { next }
	{
		split($1, mine, "/")
		n = split($2, other, "/")
		floor = mine[1] == "lib" ? mine[2] : mine[1]
		included = n == 3 && other[1] == "lib" ? other[2] : "unknown"
		if (index(may[floor], " " included " ") == 0) {
			print $1 " includes " $2
			wrong = 1
		}
	}
	END { exit wrong }' "$BATS_TEST_TMPDIR/includes"
}

@test "lib/sketch and lib/record neither print nor exit" {
	for source in lib/sketch/*.[ch] lib/record/*.[ch]; do
		# The preprocessor takes the comments out, and leaves the rest.
		"$CC" -fpreprocessed -dD -E -P -x c "$source" >"$BATS_TEST_TMPDIR/bare"
		echo "$source"
		nothing_has '^ *# *include *<stdio\.h>|\b(_?exit|_Exit|abort|quick_exit|v?[fsd]?n?w?printf|f?put[cs]|putchar|perror)\(' \
			-E "$BATS_TEST_TMPDIR/bare"
	done
}

# The files of the project, as far as they can be listed in one command.
list_tree() {
	files=()
	while IFS= read -r -d '' file; do
		files+=("$file")
	done < <(find . \( -name .git -o -name build -o -name 'build-*' \) -prune -o -type f "$@" -print0)
	[ ${#files[@]} -gt 0 ]
}

@test "C sources are ASCII, and no line ends in a blank" {
	list_tree -name '*.[ch]'
	LC_ALL=C nothing_has '[^	 -~]' "${files[@]}"
	nothing_has '[	 ]$' "${files[@]}"
}

@test "no file names a path of the machine it was written on" {
	list_tree ! -name '*.tar.gz'
	# A directory of some user.
	nothing_has '(^|[^A-Za-z0-9_.~/-])/(home|Users|root)/[A-Za-z0-9_.-]+' -IE "${files[@]}"
	for path in "$SK_ROOT" "${HOME:-/}"; do
		[ "$path" = / ] || nothing_has "$path/" -IF "${files[@]}"
	done
}

@test "every script passes shellcheck" {
	need shellcheck
	list_tree
	grep -lE '^#!.*(sh|bats)$' "${files[@]}" >"$BATS_TEST_TMPDIR/scripts"
	grep -v '\.bats$' "$BATS_TEST_TMPDIR/scripts" | tr '\n' '\0' | xargs -0 -n 4 -P 2 shellcheck
	grep '\.bats$' "$BATS_TEST_TMPDIR/scripts" | tr '\n' '\0' | xargs -0 -n 4 -P 2 shellcheck -S warning
}

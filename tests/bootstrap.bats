#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031,SC2016,SC2086
# What ./bootstrap does on systems that lack this or that. Every command it calls is a stub that writes down its
# arguments, and a package manager "installs" by making stubs: nothing is installed, and no network is asked.

bats_require_minimum_version 1.5.0

# What a full system has: programs, and what compilers find.
COMPILER='cc gcc libc.h gcc.sanitizers'
BASE="$COMPILER make cmp find zstd.h isal.h zlib.h lzma.h bz2.h"
EVERYTHING="$BASE bash bats cmocka.h pkg-config mandoc shellcheck python3 clang clang.sanitizers tmux zsh fish zstd xz bzip2 sqlite3"

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	bootstrap=$(cd "$BATS_TEST_DIRNAME/.." && pwd)/bootstrap
	shell=$(command -v sh)
	real=$PATH
	system=$PWD/system # the PATH of the system to be set up
	shelf=$PWD/shelf   # what package managers take from
	calls=$PWD/calls
	export real system shelf calls
	mkdir "$system" "$shelf"
	: >"$calls"

	stub "$shelf" cc 'case $(cat) in
		*cmocka*) [ -e "$system/cmocka.h" ] ;;
		*zstd*) [ -e "$system/zstd.h" ] ;;
		*isa-l*) [ -e "$system/isal.h" ] ;;
		*bzlib*) [ -e "$system/bz2.h" ] ;;
		*zlib*) [ -e "$system/zlib.h" ] ;;
		*lzma*) [ -e "$system/lzma.h" ] ;;
		*) [ -e "$system/libc.h" ] ;;
		esac'
	for program in gcc clang; do
		stub "$shelf" $program "case \$1 in
			-dumpversion) echo 17.0.6 ;;
			-fsanitize*) [ -e \"\$system/$program.sanitizers\" ] ;;
			*) exec cc \"\$@\" ;;
			esac"
	done
	stub "$shelf" make '[ "$1" != --version ] || echo GNU Make 4.3'
	stub "$shelf" pkg-config '[ -e "$system/${2#lib}.h" ] || { [ "$2" = bzip2 ] && [ -e "$system/bz2.h" ]; }'
	for program in $EVERYTHING; do
		[ -e "$shelf/$program" ] || stub "$shelf" "$program"
	done

	# The real ones that every system has.
	for program in cat dirname env mktemp rm sed sh tail; do
		ln -s "$(command -v "$program")" "$system/$program"
	done
	stub "$system" sleep
	stub "$system" id 'echo 0'
	stub "$system" uname 'echo x86_64'
}

# directory, name, what it does after it has written down how it was called
stub() {
	printf '%s\n' '#!/bin/sh' "PATH=\$real; printf '%s\\n' \"$2\${*:+ \$*}\" >>\"\$calls\"" "${3-}" >"$1/$2"
	chmod +x "$1/$2"
}

there() {
	local name
	for name; do
		cp "$shelf/$name" "$system/"
	done
}

# A package manager. On standard input, the packages it has and what they bring.
manager() {
	cat >packages
	stub "$system" "$1" '
		case "$1 $2" in
		depends\ *) echo "  Depends: $2-17" && exit ;;
		update* | -Sy*) exit ;;
		esac
		shift
		status=0
		for package; do
			case $package in
			-*) continue ;;
			esac
			if line=$(grep "^$package " "$system/../packages"); then
				for name in ${line#"$package"}; do cp "$shelf/$name" "$system/"; done
			else
				echo "no package $package" && status=1
			fi
		done
		exit $status'
}

debian() {
	manager apt-get <<-'END'
		gcc cc gcc gcc.sanitizers
		libc6-dev libc.h
		make make
		diffutils cmp
		findutils find
		bash bash
		bats bats
		libcmocka-dev cmocka.h
		libzstd-dev zstd.h
		libisal-dev isal.h
		zlib1g-dev zlib.h
		liblzma-dev lzma.h
		libbz2-dev bz2.h
		pkg-config pkg-config
		mandoc mandoc
		shellcheck shellcheck
		python3 python3
		clang clang
		libclang-rt-17-dev clang.sanitizers
		tmux tmux
		zsh zsh
		fish fish
		zstd zstd
		xz-utils xz
		bzip2 bzip2
		sqlite3 sqlite3
	END
}

fedora() {
	manager dnf <<-'END'
		gcc cc gcc
		glibc-devel libc.h
		make make
		diffutils cmp
		findutils find
		bash bash
		bats bats
		libcmocka-devel cmocka.h
		libzstd-devel zstd.h
		isa-l-devel isal.h
		zlib-devel zlib.h
		xz-devel lzma.h
		bzip2-devel bz2.h
		pkgconf-pkg-config pkg-config
		mandoc mandoc
		ShellCheck shellcheck
		python3 python3
		libasan gcc.sanitizers
		libubsan gcc.sanitizers
		clang clang
		compiler-rt clang.sanitizers
		tmux tmux
		zsh zsh
		fish fish
		zstd zstd
		xz xz
		bzip2 bzip2
		sqlite sqlite3
	END
}

alpine() {
	manager apk <<-'END'
		gcc cc gcc
		musl-dev libc.h
		make make
		diffutils cmp
		findutils find
		bash bash
		bats bats
		cmocka-dev cmocka.h
		zstd-dev zstd.h
		isa-l-dev isal.h
		zlib-dev zlib.h
		xz-dev lzma.h
		bzip2-dev bz2.h
		pkgconf pkg-config
		mandoc mandoc
		shellcheck shellcheck
		python3 python3
		clang clang
		compiler-rt clang.sanitizers
		tmux tmux
		zsh zsh
		fish fish
		zstd zstd
		xz xz
		bzip2 bzip2
		sqlite sqlite3
	END
}

arch() {
	manager pacman <<-'END'
		gcc cc gcc libc.h gcc.sanitizers
		make make
		diffutils cmp
		findutils find
		bash bash
		bash-bats bats
		cmocka cmocka.h
		zstd zstd.h zstd
		isa-l isal.h
		zlib zlib.h
		xz lzma.h xz
		bzip2 bz2.h bzip2
		pkgconf pkg-config
		mandoc mandoc
		shellcheck shellcheck
		python python3
		clang clang
		compiler-rt clang.sanitizers
		tmux tmux
		zsh zsh
		fish fish
		sqlite sqlite3
	END
}

homebrew() {
	manager brew <<-'END'
		bats-core bats
		cmocka cmocka.h
		zstd zstd.h zstd
		isa-l isal.h
		zlib zlib.h
		xz lzma.h xz
		bzip2 bz2.h bzip2
		pkgconf pkg-config
		mandoc mandoc
		shellcheck shellcheck
		python3 python3
		llvm clang clang.sanitizers
		tmux tmux
		fish fish
		sqlite sqlite3
	END
}

# exit status wanted, then the arguments
bootstrap() {
	run -"$1" --separate-stderr env -i "PATH=$system" "real=$real" "system=$system" "shelf=$shelf" "calls=$calls" \
		"$shell" "$bootstrap" "${@:2}" </dev/null
	printf '%s\n' "$output" "$stderr" "called:"
	cat "$calls"
}

called() {
	grep -qxF -- "$*" "$calls"
}

never_called() {
	if grep "^$1" "$calls"; then
		return 1
	fi
}

# What was called last.
last_call() {
	tail -n 1 "$calls"
}

# Every package that a manager was told to install.
installed() {
	sed -n 's/^[a-z-]* \(install\|add\|-S\) //p' "$calls" | tr ' ' '\n' | grep -v '^-' | sort | paste -s -d ' ' -
}

# --- what is there ---

@test "with everything there nothing is installed, and make is called" {
	debian && there $EVERYTHING
	bootstrap 0 check
	never_called apt-get
	[ "$(last_call)" = "make check" ]
	[ "$output" = "bootstrap: make check" ]
	[ "$stderr" = '' ]
}

@test "every shell that is here runs it" {
	debian && there $EVERYTHING
	for shell in dash bash 'busybox sh' ksh mksh yash; do
		command -v "${shell%% *}" >/dev/null || continue
		echo "$shell"
		read -ra words <<<"$shell"
		shell=$(command -v "${words[0]}")
		bootstrap 0 check
		[ "$output" = "bootstrap: make check" ]
	done
}

@test "the target is all unless others are named, and variables are passed on" {
	there $EVERYTHING
	bootstrap 0
	[ "$(last_call)" = "make all" ]
	bootstrap 0 bench PREFIX=/usr install
	[ "$(last_call)" = "make bench PREFIX=/usr install" ]
}

@test "make runs in the project's directory, wherever one is, and whatever CDPATH says" {
	there $EVERYTHING
	stub "$system" make '[ "$1" = --version ] && echo GNU || pwd >>"$calls"'
	mkdir -p elsewhere/"$(basename "${bootstrap%/*}")"
	cd "${bootstrap%/*}/.."
	run -0 env "CDPATH=$BATS_TEST_TMPDIR/elsewhere" "PATH=$system" "$shell" "$(basename "${bootstrap%/*}")/bootstrap"
	[ "$(last_call)" = "${bootstrap%/*}" ]
}

@test "it runs without a standard input, and make has an empty one" {
	there $EVERYTHING
	stub "$system" make '[ "$1" = --version ] && echo GNU || cat'
	run -0 env "PATH=$system" "$shell" "$bootstrap" <&-
	[ "$output" = "bootstrap: make all" ]
}

@test "make's exit status is its own" {
	there $EVERYTHING
	stub "$system" make '[ "$1" = --version ] && echo GNU || exit 3'
	bootstrap 3
}

@test "GNU make may be called gmake" {
	there $EVERYTHING
	stub "$system" make 'exit 1'
	stub "$system" gmake '[ "$1" != --version ] || echo GNU Make 4.3'
	bootstrap 0 all
	[ "$(last_call)" = "gmake all" ]
}

@test "demo needs a compiler and make, and bench needs python3 as well" {
	debian && there $BASE
	bootstrap 0 demo
	never_called apt-get
	bootstrap 0 bench
	[ "$(installed)" = python3 ]
}

@test "a compiler without the system's headers is not enough" {
	debian && there $BASE && rm "$system/libc.h"
	bootstrap 0
	[ "$(installed)" = "gcc libc6-dev" ]
}

# --- each package manager ---

@test "apt-get gives a bare system everything, and the compiler's runtime in the compiler's version" {
	debian
	bootstrap 0 check
	[ "$(grep '^apt-get' "$calls" | sed 1q)" = "apt-get update -q" ]
	grep -q '^apt-get install -y -q --no-install-recommends gcc ' "$calls"
	[ "$(installed)" = "$(sed 's/ .*//' packages | sort | paste -s -d ' ' -)" ]
	[ "$(last_call)" = "make check" ]
	[ "$stderr" = '' ]
}

@test "dnf gives a bare system everything" {
	fedora
	bootstrap 0 check
	grep -q '^dnf install -y -q --setopt=install_weak_deps=False gcc ' "$calls"
	[ "$(installed)" = "$(sed 's/ .*//' packages | sort | paste -s -d ' ' -)" ]
	[ "$(last_call)" = "make check" ]
}

@test "apk gives a bare system everything but gcc's sanitizers, which it does not have" {
	alpine
	bootstrap 0 check
	grep -q '^apk add --no-cache gcc ' "$calls"
	[ "$(installed)" = "$(sed 's/ .*//' packages | sort | paste -s -d ' ' -)" ]
	[ "$(last_call)" = "make check" ]
	[[ $output == *"bootstrap: going on without: gcc-sanitizers"* ]]
}

@test "pacman gives a bare system everything" {
	arch
	bootstrap 0 check
	called pacman -Sy --noconfirm
	grep -q '^pacman -S --noconfirm --needed gcc ' "$calls"
	[ "$(installed)" = "$(sed 's/ .*//' packages | sort | paste -s -d ' ' -)" ]
	[ "$(last_call)" = "make check" ]
}

@test "brew gives a Mac what its own tools lack, and not through sudo" {
	homebrew && there $BASE bash zsh && (cd "$system" && rm zstd.h isal.h zlib.h lzma.h bz2.h)
	stub "$system" id 'echo 501'
	stub "$system" sudo 'exit 1'
	bootstrap 0 check
	[ "$(installed)" = "$(sed 's/ .*//' packages | sort | paste -s -d ' ' -)" ]
	[ "$(last_call)" = "make check" ]
	never_called sudo
}

# --- trouble ---

@test "only what is missing is installed" {
	debian && there $EVERYTHING && rm "$system/mandoc" "$system/zsh" "$system/cmocka.h"
	bootstrap 0 check
	[ "$(installed)" = "libcmocka-dev mandoc zsh" ]
	[ "$output" = "bootstrap: installing libcmocka-dev mandoc (apt-get)
bootstrap: installing zsh (apt-get)
bootstrap: make check" ]
}

@test "apt-get update is tried twice, and its lists are used if it fails again" {
	debian && there $EVERYTHING && rm "$system/mandoc"
	sed -i.old 's/update\*[^)]*) exit ;;/update*) exit 1 ;;/' "$system/apt-get"
	bootstrap 0 check
	[ "$(grep -c '^apt-get update' "$calls")" = 2 ]
	[ "$(installed)" = mandoc ]
	[[ $output == *"apt-get update -q failed; going on"* ]]
}

@test "what the tests can do without does not stop them when it cannot be installed" {
	debian && there $EVERYTHING && rm "$system/fish" "$system/tmux"
	sed -i.old '/^fish/d' packages
	bootstrap 0 check
	[[ $output == *"bootstrap: could not install fish: no package fish"* ]]
	[[ $output == *"bootstrap: going on without: fish"* ]]
	[ -e "$system/tmux" ]
	[ "$(last_call)" = "make check" ]
}

@test "what the tests cannot do without stops them when it cannot be installed" {
	debian && there $EVERYTHING && rm "$system/bats"
	sed -i.old '/^bats/d' packages
	bootstrap 2 check
	[[ $stderr == *"no package bats"* ]]
	[[ $stderr == *"bootstrap: could not install: bats" ]]
	never_called "make check"
}

@test "a package that does not bring what it should is noticed" {
	debian && there $EVERYTHING && rm "$system/bats"
	sed -i.old 's/^bats .*/bats fish/' packages
	bootstrap 2 check
	[[ $stderr == "bootstrap: still missing: bats"* ]]
}

@test "a user installs through sudo, and make runs as the user" {
	debian && there $EVERYTHING && rm "$system/bats"
	stub "$system" id 'echo 1000'
	stub "$system" sudo '[ "$1" = -n ] && shift && PATH=$system:$real && exec "$@"'
	bootstrap 0 check
	called sudo -n apt-get update -q
	called sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends bats
	[ "$(installed)" = bats ]
	[ "$(last_call)" = "make check" ]
}

@test "a user without sudo, or whom it would ask for a password, is shown the command" {
	debian && there $EVERYTHING && rm "$system/bats" "$system/fish"
	stub "$system" id 'echo 1000'
	bootstrap 2 check
	[ "$stderr" = "bootstrap: missing: bats -- as root, run: \
env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends bats fish" ]
	never_called apt-get
	stub "$system" sudo 'exit 1'
	bootstrap 2 check
	[[ $stderr == *"as root, run: env "* ]]
	never_called apt-get
}

@test "make goes on without zstd where it cannot be had" {
	debian && there $BASE && rm "$system/zstd.h"
	stub "$system" id 'echo 1000'
	bootstrap 0 demo
	[[ $output == *"bootstrap: going on without: libzstd"* ]]
	[ "$(last_call)" = "make demo" ]
	stub "$system" id 'echo 0'
	bootstrap 0 demo
	[ "$(installed)" = libzstd-dev ]
	[ "$(last_call)" = "make demo" ]
}

@test "a user without sudo who lacks only what can be done without goes on" {
	debian && there $EVERYTHING && rm "$system/fish"
	stub "$system" id 'echo 1000'
	bootstrap 0 check
	[[ $output == *"bootstrap: going on without: fish"* ]]
	[ "$(last_call)" = "make check" ]
}

@test "without a package manager the missing are named" {
	there $EVERYTHING && rm "$system/bats" "$system/mandoc"
	bootstrap 2 check
	[[ $stderr == *"no package manager"*": bats mandoc"* ]]
}

@test "--no-install only says what is missing" {
	debian && there $EVERYTHING && rm "$system/bats" "$system/fish"
	bootstrap 0 --no-install check
	never_called apt-get
	[ "$output" = "bootstrap: missing: bats fish
bootstrap: make check" ]
}

@test "options it does not know are refused, and --help helps" {
	there $EVERYTHING
	bootstrap 2 --none-such
	[[ $stderr == *"bootstrap: unknown option --none-such" ]]
	bootstrap 2 check --no-install
	[[ $stderr == *"options come before targets: --no-install" ]]
	bootstrap 0 --help
	[[ $output == "Usage: ./bootstrap "* ]]
	never_called make
}

@test "nothing is left behind in the directory for temporary files" {
	there $EVERYTHING
	mkdir scratch
	run -0 env "TMPDIR=$PWD/scratch" "PATH=$system" "$shell" "$bootstrap" check
	[ "$(ls scratch)" = '' ]
}

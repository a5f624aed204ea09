#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# What is said to somebody who has mistyped, or asked for what is not there.

load helpers

setup() {
	sk_setup
}

# dies TEXT COMMAND...: it ends with status 2 and the one line "TOOL: TEXT".
dies() {
	run --separate-stderr "${@:2}" </dev/null
	[ "$status" = 2 ]
	[ "$stderr" = "$2: $1" ] || { echo "$stderr"; return 1; }
}

@test "an option that is none is told which one it looks like" {
	dies 'unknown option "--filed": did you mean --field?' stream-topk --filed 7
	dies 'unknown option "--outptu": did you mean --output?' stream-quantile --outptu=json
	dies 'unknown option "--szie": did you mean --size?' stream-window --szie 1h
	dies 'unknown option "--nothing"; --help lists them' stream-distinct --nothing
	dies 'unknown option "--"; --help lists them' stream-distinct --=3
	dies 'unknown option -x; --help lists them' stream-distinct -x
	dies 'unknown option "--HELPP": did you mean --help?' stream-distinct --HELPP
	dies 'unknown option -F: did you mean -f, --field? --help lists them' stream-topk -F 7
	dies 'unknown option -q: did you mean --quiet? --help lists them' stream-topk -q
	dies 'unknown option -n: did you mean --null? --help lists them' stream-topk -n
	dies 'unknown option -l: did you mean --lateness or --late? --help lists them' stream-window -l
	dies 'unknown option -1: did you mean -k 1...?' stream-topk -10
	dies 'unknown option -1; --help lists them' stream-distinct -10
}

@test "an option that is the front of several is told which" {
	dies 'option "--sk" may be any of --skip-empty, --sketch' stream-distinct --sk
	dies '--where needs an argument, CONDITION' stream-topk --wh
}

@test "a choice that is none is told which there are, and which one it looks like" {
	run --separate-stderr stream-topk -i josn
	[ "$status" = 2 ]
	[[ $stderr == 'stream-topk: --input "josn": it is one of: lines '*' json '*'; did you mean json?' ]]
	dies '--algorithm "klll": it is one of: kll req dd tdigest; did you mean kll?' stream-quantile -a klll
	dies '--output "JSON": it is one of: text tsv json csv prom influx sql; did you mean json?' stream-topk -o JSON
	dies '--only "nothing": it is one of: certain possible' stream-topk --only nothing
}

# notes LINE...: what the last run, which succeeded, said behind what it skipped.
notes() {
	[ "$status" = 0 ]
	said_last "$@"
}

# fails LINE...: the same of one that had no answer.
fails() {
	[ "$status" = 2 ] && [ -z "$output" ]
	said_last "$@"
}

# useless UNIT [LINE...]: the same of one to which no record was of any use, which is said behind all that.
useless() {
	[ "$status" = 2 ] && [ -z "$output" ]
	said_last "${@:2}" "${BATS_RUN_COMMAND%% *}: no $1 could be used"
}

said_last() {
	[ "$(grep -v ' skipped ' <<<"$stderr")" = "$(printf '%s\n' "$@")" ] || { echo "$stderr"; return 1; }
}

@test "a field that no record has is named, and so are those there are" {
	for i in 1 2 3; do echo "{\"path\":\"/\",\"user\":{\"name\":\"x\",\"odd id\":$i},\"ms\":$i}"; done >log.json
	run --separate-stderr stream-topk -i json -f pth log.json
	fails 'stream-topk: log.json: line 1 has no field "pth"; it has "path", ".user.name", ".user."odd id"", "ms"; did you mean "path"?'
	run --separate-stderr stream-topk -i json -f path -b .name log.json
	fails 'stream-topk: log.json: line 1 has no field ".name"; it has "path", ".user.name", ".user."odd id"", "ms"'
	echo 'level=info msg="a b=c" ok' >log.logfmt
	run --separate-stderr stream-topk -i logfmt -f lvel log.logfmt
	fails 'stream-topk: log.logfmt: line 1 has no field "lvel"; it has "level", "msg", "ok"; did you mean "level"?'
	printf 'a,b,"c\nd"\n' >table.csv
	run --separate-stderr stream-topk -i csv -f 4 table.csv
	fails 'stream-topk: table.csv: record 1 has no field 4; it has 1, 2, 3'
	# One record with the field, and nothing is said of it.
	echo '{"pth":1}' >>log.json
	run --separate-stderr stream-topk -i json -f pth log.json
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "names are listed as -f takes them, whatever is in them" {
	local name

	echo '{"odd name":1,"a.b":2,"c,d":3,"e\"f":4,"g\u0041":5,"7":6,".x":7,"":8,"h":{"i j":9,"k:l":10,"m":11}}' >odd.json
	run --separate-stderr stream-topk -i json -f 'od name' odd.json
	fails 'stream-topk: odd.json: line 1 has no field "od name"; it has "odd name", "a.b", "c,d", "."e\"f"", "."g\u0041"", "7", ".".x"", ".""", ".h."i j"", ".h."k:l"", ".h.m"; did you mean "odd name"?'
	n=0
	for name in 'odd name' a.b '"c,d"' '."e\"f"' '."g\u0041"' '"7"' '.".x"' '.""' '.h."i j"' '.h."k:l"' .h.m; do
		n=$((n + 1))
		[ "$(stream-topk -i json -f "$name" odd.json | cut -f 3)" = $n ]
	done
	run --separate-stderr stream-topk -i json -f 'cd' odd.json
	[[ $stderr == *'; did you mean "c,d"?' ]]
	run --separate-stderr stream-topk -i json -f 'gu0041' odd.json
	[[ $stderr == *'; did you mean "."g\u0041""?' ]]
	run --separate-stderr stream-quantile -i json --where 'od name=1' odd.json
	[[ $stderr == *'--where: no line has a field "od name"; line 1 has "odd name", '*'; did you mean "odd name"?'* ]]
	echo '"odd name"=1 "e\",f"=2 "c,d"=3 last=4' >odd.logfmt
	run --separate-stderr stream-topk -i logfmt -f 'od name' odd.logfmt
	fails 'stream-topk: odd.logfmt: line 1 has no field "od name"; it has "odd name", "e"",f", "c,d", "last"; did you mean "odd name"?'
	n=0
	for name in '"odd name"' '"e"",f"' '"c,d"' '"last"'; do
		n=$((n + 1))
		[ "$(stream-topk -i logfmt -f "$name" odd.logfmt | cut -f 3)" = $n ]
	done
	# What there is no room for is there all the same.
	echo "{\"$(printf '%300s' x)\":1}" >long.json
	run --separate-stderr stream-topk -i json -f a long.json
	fails 'stream-topk: long.json: line 1 has no field "a"; it has others'
}

@test "a name that is none is told which one it looks like, in every format" {
	printf 'time,path,status\nt,/,200\n' >table.csv
	tr , '\t' <table.csv >table.tsv
	tr , ' ' <table.csv >table.txt
	for input in '-i csv table.csv' '-i tsv table.tsv' table.txt; do
		for name in pth Path PATH ptah; do
			# shellcheck disable=SC2086 # words
			run --separate-stderr stream-topk -H -f $name $input
			[ "$status" = 2 ]
			[ "$stderr" = "stream-topk: ${input##* }: no field \"$name\" in the header, which names \"time\", \"path\", \"status\"; did you mean \"path\"?" ]
		done
		# shellcheck disable=SC2086
		run --separate-stderr stream-window --count 5 -H -b nothing $input
		[ "$stderr" = "stream-window: ${input##* }: no field \"nothing\" in the header, which names \"time\", \"path\", \"status\"" ]
		# shellcheck disable=SC2086
		run --separate-stderr stream-quantile -H -f 3 --where 'stauts=1' $input
		[[ $stderr == *'; did you mean "status"?' ]]
	done
	# However many names there are.
	{ seq -s , -f 'column%g' 500; seq -s , 500; } >wide.csv
	run --separate-stderr stream-topk -i csv -H -f clumn456 wide.csv
	[[ $stderr == *'"column7", '*', ...; did you mean "column456"?' ]]
	run --separate-stderr stream-topk -d , -H -f clumn456 wide.csv
	[[ $stderr == *'"column7", '*', ...; did you mean "column456"?' ]]
	run --separate-stderr stream-topk -i clf -f stauts table.csv
	[ "$status" = 2 ]
	[[ $stderr == 'stream-topk: --input clf: field "stauts": no field of a log: host, '*'; did you mean "status"?' ]]
	run --separate-stderr stream-topk -i clf -f Agent table.csv
	[[ $stderr == *'; did you mean "agent"?' ]]
	echo '{"path":1,"n":{"id":2}}' >log.json
	for name in .pth '$.path' Path; do
		run --separate-stderr stream-topk -i json -f "$name" log.json
		fails "stream-topk: log.json: line 1 has no field \"$name\"; it has \"path\", \".n.id\"; did you mean \"path\"?"
	done
}

@test "without any record that has the field there is no answer, in all tools and formats" {
	echo '{"a":1}' >in.json
	echo 'a=1' >in.logfmt
	printf '1\t2\n' >in.tsv
	echo '::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1' >in.clf
	for tool in topk distinct quantile; do
		for input in 'json .nope' 'logfmt nope' 'tsv 3' 'clf 4'; do
			run --separate-stderr "stream-$tool" --quiet -i "${input% *}" -f "${input#* }" "in.${input% *}"
			fails "stream-$tool: in.${input% *}: line 1 has no field ${stderr#*has no field }"
			# Of nothing there is an answer, of what is not meant too, and conditions say what they miss themselves.
			run -0 "stream-$tool" -i "${input% *}" -f "${input#* }" /dev/null
		done
		run -0 --separate-stderr "stream-$tool" -i json -f .nope --where a=2 in.json
		[ -z "$stderr" ]
	done
	# A state and a file stay as they were.
	stream-topk -i json -f a --state state --output-file answer in.json
	cp state old-state
	cp answer old-answer
	run -2 stream-topk -i json -f .nope --state state --output-file answer in.json
	cmp state old-state
	cmp answer old-answer
	# With windows, they have been printed by the end.
	echo '{"t":1,"a":1}' | stream-window -s 1s --time-unit s -i json -t t >windows
	run -2 --separate-stderr stream-distinct -f .nope windows
	[[ $output == *"${TAB}0${TAB}0${TAB}0" && $stderr == *' has no field ".nope"; it has "t", "a"'* ]]
	run -2 --separate-stderr stream-window -s 1s -i json -t nope in.json
	[[ $stderr == *': line 1 has no field "nope"; it has "a"' ]]
	# Records that have it, and something else is wrong with them.
	printf '{"a":"x"}\n{"b":1}\n' >in.json
	run -2 --separate-stderr stream-quantile -i json -f a in.json
	[[ ${stderr_lines[-1]} == 'stream-quantile: no line could be used' ]]
}

@test "where something is wrong with all records there is no answer, in all tools" {
	printf 'a x\nb y\n\n' >in
	local last='no line could be used'
	for more in '' '-j 3'; do
		# shellcheck disable=SC2086 # several words, or none
		for command in "stream-topk -f 1 -w 2 $more" "stream-quantile -f 2 $more" "stream-quantile -S -f 2 $more" \
			"stream-quantile -f 7 $more" "stream-distinct -i json -f x $more" 'stream-window -s 1m --text' \
			'stream-window -s 1m --text -i json'; do
			run -2 --separate-stderr $command in
			[ -z "$output" ]
			[ "${stderr_lines[-1]}" = "${command%% *}: $last" ]
			run -2 --separate-stderr $command --quiet in
			[ "$stderr" = "${command%% *}: $last" ]
		done
	done
	run -2 --separate-stderr stream-quantile -f 2 --where '1=a' in
	# A state and a file stay as they were, and windows have been printed by the end.
	echo 1 | stream-quantile --state state --output-file answer
	cp state old-state
	cp answer old-answer
	run -2 stream-quantile --state state --output-file answer in
	cmp state old-state
	cmp answer old-answer
	echo '1 a' | stream-window -s 1s --time-unit s >windows
	run -2 --separate-stderr stream-quantile -f 2 windows
	[ "${stderr_lines[-1]}" = "stream-quantile: $last" ]
}

@test "where nothing is wrong with records, but none is meant or in time, the answer is one of nothing" {
	printf 'a x\nb y\n\n' >in
	printf '\n \r\n' >blank
	for more in '' '-j 3'; do
		# shellcheck disable=SC2086
		run -0 stream-quantile -f 2 $more --where '1=c' in
		# shellcheck disable=SC2086
		run -0 stream-quantile $more blank
		# shellcheck disable=SC2086
		run -0 stream-topk -w 1 $more blank
	done
	run -0 stream-quantile /dev/null
	run -0 stream-window -s 1m --text blank
	run -0 stream-window -s 1m --text --time-unit s --until 1970-01-01T00:01 <<<'100'
	run -0 stream-window -s 1m --text --time-unit s --future 1m <<<4102444800
}

@test "a field that is empty in all lines, or behind the last of each, is told of" {
	for i in $(seq 2000); do echo "a $i"; done >in
	for more in '-j 1' '-j 3'; do
		# shellcheck disable=SC2086
		run --separate-stderr stream-topk $more -f 99 in
		[ "$output" = "2000${TAB}0${TAB}" ]
		notes 'stream-topk: --field: no line has anything in field 99'
		# shellcheck disable=SC2086
		run --separate-stderr stream-distinct $more -b 3 -f 1 in
		notes 'stream-distinct: --by: no line has anything in field 3'
	done
	# One line is enough, wherever it is; and so is none.
	echo 'a b c' >>in
	for more in '-j 1' '-j 3'; do
		# shellcheck disable=SC2086
		run --separate-stderr stream-topk $more -f 3 in
		notes ''
	done
	run --separate-stderr stream-topk -f 3 /dev/null
	notes ''
	run --separate-stderr stream-topk -d , -H -f b <<<$'a,b\n1,\n2,'
	notes 'stream-topk: --field: no line has anything in field "b"'
	run --separate-stderr stream-topk --quiet -f 99 in
	notes ''
	stream-window --count 5 <<<$'a\nb' >windows
	run --separate-stderr stream-topk -f 2 windows
	notes 'stream-topk: --field: no line has anything in field 2'
}

@test "a condition on a field that no record has is told of" {
	for i in $(seq 1000); do echo "{\"path\":\"/\",\"status\":$i}"; done >log.json
	run --separate-stderr stream-topk -i json -f path --where 'stauts>5' log.json
	notes 'stream-topk: --where: no line has a field "stauts"; line 1 has "path", "status"; did you mean "status"?'
	echo '{"stauts":1}' >>log.json
	run --separate-stderr stream-topk -i json -f path --where 'stauts>5' log.json
	notes ''
}

@test "the same is said whoever reads" {
	loggen -n 20000 -o json >log.json
	run -2 --separate-stderr stream-topk -j 3 -i json -f pth --where '!hots=x' log.json
	[[ ${stderr_lines[1]} == 'stream-topk: --where: no line has a field "hots"; line 1 has "time", '* ]]
	printf "%s\n" "$stderr" >expected
	run --separate-stderr stream-topk -j 1 -i json -f pth --where '!hots=x' log.json
	printf '%s\n' "$stderr" | cmp - expected
	run --separate-stderr stream-quantile -j 3 -i json -f path log.json
	printf '%s\n' "$stderr" >expected
	[ "$(wc -l <expected)" = 3 ]
	run --separate-stderr stream-quantile -j 1 -i json -f path log.json
	printf '%s\n' "$stderr" | cmp - expected
}

@test "where next to nothing is a number, the fields that are numbers are named" {
	loggen -n 1000 >access.log
	run --separate-stderr stream-quantile -f 7 access.log
	useless line 'stream-quantile: access.log: field 7 of line 1 is not a number; fields 9, 10, 13 are'
	run --separate-stderr stream-quantile -f 77 access.log
	useless line 'stream-quantile: access.log: field 77 of line 1 is empty, and no number; fields 9, 10, 13 are'
	run --separate-stderr stream-quantile -i clf -f path access.log
	useless line 'stream-quantile: access.log: field "path" of line 1 is not a number; fields "status", "bytes", 1 are'
	run --separate-stderr stream-quantile access.log
	useless line 'stream-quantile: access.log: line 1 is not a number; fields 9, 10, 13 are'
	run --separate-stderr stream-quantile -d ';' access.log
	useless line 'stream-quantile: access.log: line 1 is not a number; none of its fields is'
	run --separate-stderr stream-quantile --quiet -f 7 access.log
	useless line
	# One that is makes it an answer, and the rest a matter of notes.
	run --separate-stderr stream-quantile -q 0.5 -f 1 <(cut -d ' ' -f 1 access.log; echo 5)
	[[ $output == *5* ]]
	[[ $status == 0 && $stderr != *'could be used'* ]]
}

@test "of a web log the fields are named that it has" {
	echo 'h - - [22/Nov/2026:10:00:00 +0000] "-" 400 5' >common
	echo 'h - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x" 0.1 a' >longer
	run --separate-stderr stream-topk -i clf -f 1 common
	[[ $stderr == *'line 1 has no field 1; it has "host", "ident", "user", "time", "request", "status", "bytes"' ]]
	run --separate-stderr stream-topk -i clf -f 3 longer
	[[ $stderr == *' has no field 3; it has "host", "ident", "user", "time", "request", "method", "path", "proto", "status", "bytes", "referer", "agent", and the numbers 1 to 2 for what stands behind' ]]
	sed -i 's/ a$//' longer
	run --separate-stderr stream-topk -i auto -f 3 longer
	[[ $stderr == *', "agent", and the number 1 for what stands behind' ]]
}

@test "the fields that are numbers have their names where a header has" {
	printf 'name,ms,"odd ""one"""\na,5,1\nb,6,2\n' >table.csv
	for input in csv auto; do
		run --separate-stderr stream-quantile -i "$input" -H -f name table.csv
		useless record 'stream-quantile: table.csv: field "name" of record 2 is not a number; fields "ms", "odd "one"" are'
	done
	printf 'name ms\na 5\nb 6\n' >table
	run --separate-stderr stream-quantile -H -f name table
	useless line 'stream-quantile: table: field "name" of line 2 is not a number; field "ms" is'
	printf 'name;ms;\na;5;9\nb;6;9\n' >table
	run --separate-stderr stream-quantile -d ';' -H -f 1 table
	useless line 'stream-quantile: table: field 1 of line 2 is not a number; fields "ms", 3 are'
}

@test "a few numbers that are none are only counted" {
	{ echo x; seq 100; } >numbers
	run --separate-stderr stream-quantile -q 0.5 numbers
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *'skipped 1 of 101 lines'* ]]
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# Windows of records that have a format: stream-window -i csv, tsv, json, logfmt, clf, and the tools after it.

load helpers

# The same requests, 600 a minute, as lines and in every format; those of csv with line ends in quotes, of tsv with escapes.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	for format in combined json logfmt csv; do
		loggen -n 6000 -r 600 -o "$format" >"log.$format"
	done
	awk -F , 'NR == 1 { print $0 ",\"odd\n\"\"name\"\"\""; next }
		NR % 3 == 0 { $1 = "\"" $1 "\"" } { print $0 ",\"a\n\"\"b" NR % 7 "\"\", c\"" }' OFS=, log.csv >quoted.csv
	tr , '\t' <log.csv | sed 's/$/\tan\\todd\\nname/' >log.tsv
}

setup() {
	sk_setup
	cd "$BATS_FILE_TMPDIR" || return
}

# options_for FORMAT: those to read it with.
options_for() {
	case $1 in
	csv | tsv) echo "-i $1 -H" ;;
	*) echo "-i $1" ;;
	esac
}

# said WHAT: nothing but that was said.
said() {
	[ "$stderr" = "stream-window: $1" ] || { echo "wanted \"$1\", said: $stderr"; return 1; }
}

@test "one log has the same windows in every format, and the same answers" {
	stream-window -s 1m -t 4 log.combined | stream-topk -f 7 -b 9 -k 3 >"$BATS_TEST_TMPDIR/want"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 50 ]
	for file in clf:log.combined json:log.json logfmt:log.logfmt csv:log.csv csv:quoted.csv tsv:log.tsv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		stream-window -s 1m "${format[@]}" "${file#*:}" 2>"$BATS_TEST_TMPDIR/notes" |
			stream-topk "${format[@]}" -f path -b status -k 3 >"$BATS_TEST_TMPDIR/got"
		cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
		[ ! -s "$BATS_TEST_TMPDIR/notes" ]
	done
}

@test "windows by key are the same in every format" {
	for window in '--session 20s' '--count 40'; do
		# shellcheck disable=SC2046,SC2086 # words
		stream-window $window $([ "${window% *}" = --count ] || echo -t 4) -b 1,6 log.combined |
			stream-distinct -f 7 | tr -d '"' | LC_ALL=C sort >"$BATS_TEST_TMPDIR/want"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 100 ]
		for file in json:log.json logfmt:log.logfmt csv:quoted.csv tsv:log.tsv; do
			read -ra format <<<"$(options_for "${file%:*}")"
			# shellcheck disable=SC2086
			stream-window $window "${format[@]}" -b client,method "${file#*:}" |
				stream-distinct "${format[@]}" -f path | LC_ALL=C sort >"$BATS_TEST_TMPDIR/got"
			cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
		done
	done
}

@test "lines, files of late records and commands have the records as they came" {
	for file in clf:log.combined json:log.json logfmt:log.logfmt tsv:log.tsv csv:quoted.csv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		header=$([ "${format[2]:-}" != -H ] || echo yes)
		[ "${file%:*}" != csv ] || header="$header yes"
		# shellcheck disable=SC2086
		tail -n "+$(($(wc -w <<<"$header") + 1))" "${file#*:}" >"$BATS_TEST_TMPDIR/records"
		stream-window -s 1m "${format[@]}" --exec cat "${file#*:}" | cmp - "$BATS_TEST_TMPDIR/records"
		stream-window -s 1m "${format[@]}" --text "${file#*:}" | sed 's/^2020-11-22T10:[01][0-9]:00Z	//' |
			cmp - "$BATS_TEST_TMPDIR/records"
		stream-window -s 1m "${format[@]}" "${file#*:}" | stream-dump --records | cmp - "${file#*:}"
	done
	# All but the first of them are late.
	printf '"a\nb",9\n"c\nd",1\n"e\nf",2\n' >late.csv
	rm -f late
	run -0 --separate-stderr stream-window -s 1s -i csv -t 2 --late late late.csv
	[ "$(cat late)" = "$(tail -n 4 late.csv)" ]
	said 'late.csv: skipped 2 of 3 records: too late for their windows; the first, record 2: ""c\x0ad",1"'
}

@test "a window is a line for each record of csv, line ends in quotes and all" {
	printf '1,"a\nb"\r\n2,5" disk\n\n61,"c ""\n"" d"\n' >text.csv
	run -0 --separate-stderr stream-window -s 1m -i csv --text text.csv
	[ "$output" = $'1970-01-01T00:00:00Z\t1,"a\nb"\r\n1970-01-01T00:00:00Z\t2,5" disk\n1970-01-01T00:01:00Z\t61,"c ""\n"" d"' ]
	said 'text.csv: skipped 1 of 4 records: no such field; the first, line 4: ""'
	stream-window -s 1m -i csv --text -z <(tr '\n' '\0' <text.csv) 2>/dev/null | tr '\0' '\n' | cmp - <(echo "$output")
}

@test "times are read as the format writes them" {
	want=$'1970-01-01T00:00:00Z\n1970-01-01T00:01:00Z'
	printf '{"a": {"ts": "1970-01-01T00:00:01\\u005a"}}\n{"a": {"ts": "1970-01-01 00:01:01.5+00:00"}}\n' >in
	[ "$(stream-window -s 1m -i json -t .a.ts --text in | cut -f 1)" = "$want" ]
	printf '{"ts": 1.5}\n{"ts": 6.1e1}\n{"ts": 61}\n' >in
	[ "$(stream-window -s 1m -i json -t ts --text in 2>/dev/null | cut -f 1 | uniq)" = "$want" ]
	printf 'x at="01/Jan/1970:00:00:01 +0000"\nx at="01/Jan/1970:01:01:01 +0100"\n' >in
	[ "$(stream-window -s 1m -i logfmt -t at --text in | cut -f 1)" = "$want" ]
	printf '"Thu, 01 Jan 1970 00:00:01 GMT",x\n"Thu, 01 Jan 1970 00:01:01 GMT",x\n' >in
	[ "$(stream-window -s 1m -i csv --text in | cut -f 1)" = "$want" ]
	printf 'x\t01.01.1970 00:00\nx\t01.01.1970 00:01\n' >in
	[ "$(stream-window -s 1m -i tsv -t 2 --time-format '%d.%m.%Y %H:%M' --text in | cut -f 1)" = "$want" ]
}

@test "records without the field, without a time, or malformed are counted, with the first one's line and text" {
	printf '{"time": 1}\n{"tim": 2}\n{"time": "x"}\n{"time": 61\n{"time": null}\n{"time": 3}\n' >in
	run -0 --separate-stderr stream-window -s 1m -i json --text in
	[ "$output" = "1970-01-01T00:00:00Z$TAB{\"time\": 1}
1970-01-01T00:00:00Z$TAB{\"time\": 3}" ]
	[ "${#stderr_lines[@]}" -eq 3 ]
	[ "${stderr_lines[0]}" = 'stream-window: in: skipped 1 of 6 lines: no such field; the first, line 2: "{"tim": 2}"' ]
	[ "${stderr_lines[1]}" = 'stream-window: in: skipped 1 of 6 lines: ends too early; the first, line 4: "{"time": 61"' ]
	[ "${stderr_lines[2]}" = 'stream-window: in: skipped 2 of 6 lines: not a time of the format seconds; the first, line 3: "x"' ]
	run -2 --separate-stderr stream-window -s 1m -i json --strict in
	[ "${stderr_lines[0]}" = 'stream-window: in: line 2: no such field: "{"tim": 2}"' ]
}

@test "options that do not go with a format are refused" {
	dies() {
		run -2 --separate-stderr stream-window "${@:2}" log.json
		said "$1"
	}
	dies '--header goes with lines, csv and tsv; records of this --input have names of their own' -s 1m -i json -H
	dies '--time: one field is wanted, and ranges go with lines only' -s 1m -i csv -t 1-2
	dies '--time: one field is wanted, and ranges go with lines only' -s 1m -i json -t a,b
	dies '--time does not go with --count' --count 2 -i json -t a
	dies '--delimiter goes with lines and csv' -s 1m -i tsv -d ,
	dies '--time: no field number, and names come with --header, or an --input that has them, or -i auto finds one: "time"' -s 1m -t time
	run -2 --separate-stderr stream-window -s 1m -i base64 log.json
	[[ $stderr == *'--input'*base64* ]]
}

@test "a stream says what its records are" {
	need python3
	for file in clf:log.combined json:log.json logfmt:log.logfmt csv:quoted.csv tsv:log.tsv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		stream-window -s 1m "${format[@]}" "${file#*:}" >"$BATS_TEST_TMPDIR/stream"
		python3 "$SK_ROOT/tests/frames_check.py" <"$BATS_TEST_TMPDIR/stream" >"$BATS_TEST_TMPDIR/read"
		head -n 1 "$BATS_TEST_TMPDIR/read" | grep -Fq "\"layout\": \"${file%:*}\""
		stream-dump -o json "$BATS_TEST_TMPDIR/stream" >"$BATS_TEST_TMPDIR/dump"
		head -n 1 "$BATS_TEST_TMPDIR/dump" | grep -Fq "\"layout\":\"${file%:*}\""
		python3 - "$BATS_TEST_TMPDIR" <<-'END'
			import json, sys
			read, dump = ([json.loads(line) for line in open(sys.argv[1] + name)] for name in ("/read", "/dump"))
			counts = [[row["records"] for row in rows if row["type"] == "records"] for rows in (read, dump)]
			assert [len(records) for records in counts[0]] == counts[1] and sum(counts[1]) == 6000
			assert read[0].get("delimiter") == dump[0].get("delimiter") and read[0]["header"] == dump[0].get("header", "")
		END
	done
	stream-window -s 1m -i csv -d ';' <<<'1;a' | stream-dump | head -n 1 | grep -Fq 'layout=csv delimiter=;'
	run -0 bash -c 'stream-window -s 1m -t 4 log.combined | stream-dump | grep -c layout='  || [ "$output" = 0 ]
}

@test "the tools after it need not be told what records are" {
	for file in clf:log.combined json:log.json logfmt:log.logfmt csv:quoted.csv tsv:log.tsv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		stream-window -s 1m "${format[@]}" "${file#*:}" >"$BATS_TEST_TMPDIR/stream"
		for tool in 'stream-topk -f path -k 3' 'stream-topk -f path,method -b status,proto -o json' 'stream-topk -k 2' \
			'stream-topk -f method -w bytes' 'stream-distinct -f referer -b path,method' 'stream-quantile -f status --windows whole'; do
			# shellcheck disable=SC2086 # words
			for asked in "${format[*]}" ''; do
				$tool $asked "$BATS_TEST_TMPDIR/stream" 2>&1 >"$BATS_TEST_TMPDIR/got$asked" | grep -v 'no such field' || true
			done
			cmp "$BATS_TEST_TMPDIR/got${format[*]}" "$BATS_TEST_TMPDIR/got"
			[ -s "$BATS_TEST_TMPDIR/got" ]
		done
	done
	[ "$(stream-window -s 1m -i csv -d ';' <<<'1;"a;b"' | stream-topk -f 2 | cut -f 5)" = 'a;b' ]
}

@test "a tool that is told otherwise than the stream says refuses it" {
	refuses() {
		stream-window -s 1m "${@:3}" >stream
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr stream-topk $2 stream
		[[ $stderr == "stream-topk: stream: byte "*": $1" ]] || { echo "said: $stderr"; return 1; }
		[ -z "$output" ]
	}
	refuses 'its records are json, and others are asked for (--input)' '-i csv' -i json log.json
	refuses 'its records are clf, and others are asked for (--input)' '-i logfmt -f a' -i clf log.combined
	refuses 'its records are csv with another delimiter (--delimiter)' '-i csv -d ;' -i csv -H log.csv
	refuses 'the stream has no header, and --header asks for one' '-H' -i csv <<<1,2
	# One who knows better may take lines for what they are, and anything for lines.
	[ "$(stream-window -s 1m -t 4 log.combined | stream-topk -i clf -f method --windows whole -k 1 | cut -f 5)" = "$(
		stream-topk -i clf -f method -k 1 log.combined | cut -f 3)" ]
	[ "$(stream-window -s 1m -i json log.json | stream-topk -i lines -f 1 --windows whole -k 1 | cut -f 3)" -gt 0 ]
	{ stream-window -s 1m -i json <<<'{"time":1,"a":2}'; stream-window -s 1m <<<'1 a'; } >two
	run -2 --separate-stderr stream-topk -f a two
	[[ $stderr == *': its records are lines, and those of the stream before were not' ]]
}

@test "names without records that have some are refused" {
	why='--field: no field number, and names come with --header, or an --input that has them, or -i auto finds one: "path"'
	for input in log.combined /dev/null <(stream-window -s 1m -t 4 log.combined) <(stream-window -s 1m -i csv <<<1,2); do
		run -2 --separate-stderr stream-topk -f path "$input"
		[ "$stderr" = "stream-topk: $why" ]
		run -2 --separate-stderr stream-topk -w path "$input"
		[[ $input == /dev/fd/* ]] || [ "$stderr" = "stream-topk: ${why/--field/--weight}" ]
	done
	run -2 --separate-stderr stream-topk -f a <(stream-window -s 1m -i json <<<'{"time":1,"a":2}') <(echo 1)
	[ "$stderr" = 'stream-topk: windows and inputs without windows do not go together' ]
}

@test "--where takes records as a filter in front would, in every format" {
	for window in '-s 1m -t 4' '--session 5s -t 4' '--count 7'; do
		by=; [ "${window%% *}" = -s ] || by='-b 6'
		# shellcheck disable=SC2086 # words
		awk '$9 >= 400 && $7 !~ /css/' log.combined | stream-window $window $by --text >"$BATS_TEST_TMPDIR/want"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 100 ]
		# shellcheck disable=SC2086
		stream-window $window $by --where '9>=400' --where '!7~css' --text log.combined >"$BATS_TEST_TMPDIR/got"
		cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
	done
	for file in clf:log.combined json:log.json logfmt:log.logfmt csv:quoted.csv tsv:log.tsv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		stream-window -s 1m "${format[@]}" "${file#*:}" |
			stream-topk -f path -k 3 --where 'status>=400' --where '!path~css' >"$BATS_TEST_TMPDIR/want"
		[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -gt 20 ]
		stream-window -s 1m "${format[@]}" --where 'status>=400' --where '!path~css' "${file#*:}" |
			stream-topk -f path -k 3 >"$BATS_TEST_TMPDIR/got"
		cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
	done
}

@test "what --where leaves out is not late, is not told of, and lets --idle go on" {
	cd "$BATS_TEST_TMPDIR"
	printf 'a=%s time=2026-11-22T10:%s:00Z\n' 1 00 0 30 1 01 0 x 1 02 >log
	run --separate-stderr stream-window -s 1m -i logfmt --where a=1 --text log
	[ "$status" = 0 ] && [ -z "$stderr" ]
	[ "$output" = "$(printf '2026-11-22T10:%s:00Z\ta=1 time=2026-11-22T10:%s:00Z\n' 00 00 01 01 02 02)" ]
	run --separate-stderr stream-window -s 1m -i logfmt --where b=1 --text log
	[ "$status" = 0 ] && [ -z "$output" ]
	[[ $stderr = *'"b"'* ]]
	run stream-window -s 1m --where 'status>=500' -t 4 log
	[ "$status" = 2 ] && [[ $output = *'--where: no field number'* ]]
	run stream-window -s 1m --where '5' -t 4 log
	[ "$status" = 2 ] && [[ $output = *'--where "5": '* ]]
}

@test "a stream of records that nobody wants goes on by the clock with --idle" {
	cd "$BATS_TEST_TMPDIR"
	mkfifo in
	stream-window -s 1s -t 2 --where '1=yes' --idle 10ms --text <in >out 3>&- &
	exec 4>in
	echo "yes 2020-11-22T10:00:00Z" >&4
	for ((i = 0; i < 2000; i++)); do
		echo "no 2020-11-22T10:00:05Z" >&4
		[ ! -s out ] || break
		read -rt 0.01 <> <(:) || :
	done
	[ "$(cat out)" = "2020-11-22T10:00:00Z${TAB}yes 2020-11-22T10:00:00Z" ]
	exec 4>&-
	wait
}

@test "-i auto is the format that it finds, and the tools after it are told" {
	cut -f 1-9 log.tsv >even.tsv
	for file in clf:log.combined json:log.json logfmt:log.logfmt csv:log.csv tsv:even.tsv; do
		read -ra format <<<"$(options_for "${file%:*}")"
		stream-window -s 1m "${format[@]}" -t time "${file#*:}" >"$BATS_TEST_TMPDIR/want"
		for input in "${file#*:}" - /dev/stdin; do
			stream-window -s 1m -i auto -t time "$input" <"${file#*:}" >"$BATS_TEST_TMPDIR/got" 2>"$BATS_TEST_TMPDIR/notes"
			cmp "$BATS_TEST_TMPDIR/want" "$BATS_TEST_TMPDIR/got"
			[ ! -s "$BATS_TEST_TMPDIR/notes" ]
		done
		[ -n "$(stream-topk -f path -k 1 "$BATS_TEST_TMPDIR/got")" ]
	done
	stream-window -s 1m -i auto log.json | cmp - <(stream-window -s 1m -i json log.json)
	sed 's/.*\[\([^ ]*\) .*"\([A-Z]*\) .*/\1 \2/' log.combined >"$BATS_TEST_TMPDIR/lines"
	stream-window -s 1m -i auto "$BATS_TEST_TMPDIR/lines" | cmp - <(stream-window -s 1m "$BATS_TEST_TMPDIR/lines")
	[ -z "$(stream-window -s 1m -i auto --text </dev/null)" ]
	run stream-window -s 1m -i auto -t time "$BATS_TEST_TMPDIR/lines"
	[ "$status" = 2 ] && [[ $output = *'-i auto takes it for lines, and their fields have numbers, not names'* ]]
}

# told TOOL WANT: the rows of the window from 00:01:00 on, of those in "frames", without their times.
told() {
	[ "$($1 frames | grep '00:01:00Z.*00:02:00Z' | cut -d "$TAB" -f 3- | cut -d , -f 3-)" = "$2" ] || { $1 frames; return 1; }
}

@test "an empty window has a row in every tool and format" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '0 a 1' '120 b 2' | stream-window -s 1m --empty >frames
	told 'stream-topk -f 2' "0${TAB}0${TAB}"
	told 'stream-topk -f 2 --share -b 3' "${TAB}0${TAB}0${TAB}0${TAB}"
	told 'stream-topk -f 2 -o csv' '0,0,'
	told 'stream-topk -f 2 -o json' '"revision":0,"count":0,"error":0,"item":null,"exact":true}'
	told 'stream-topk -f 2,3 -b 3,2 -o json' '"revision":0,"key":null,"count":0,"error":0,"item":null,"exact":true}'
	told 'stream-distinct -f 2' "0${TAB}0${TAB}0"
	told 'stream-distinct -f 2 -b 3' "${TAB}0${TAB}0${TAB}0"
	told 'stream-distinct -f 2 -b 3 -o json' '"revision":0,"key":null,"count":0,"low":0,"high":0,"exact":true}'
	told 'stream-quantile -f 3 -q p50,p9' "0.5${TAB}nan${TAB}nan${TAB}nan
0.09${TAB}nan${TAB}nan${TAB}nan"
	told 'stream-quantile -f 3 -q p50 -b 2 -o json' '"revision":0,"key":null,"q":0.5,"value":null,"low":null,"high":null,"exact":true}'
	told 'stream-quantile -f 3 --rank 7' "7${TAB}nan${TAB}nan${TAB}nan"
	told 'stream-quantile -f 3 --summary -b 2' "${TAB}0${TAB}nan${TAB}nan${TAB}nan${TAB}nan${TAB}nan${TAB}nan${TAB}nan"
	told 'stream-quantile -f 3 --histogram 3' "nan${TAB}nan${TAB}0${TAB}0"
	[ "$(stream-topk -f 2 -b 3 -o influx frames | sed -n 2p)" = 'stream_topk count=0i,error=0i,exact=true 60000000000' ]
	[ "$(stream-quantile -f 3 -q p50 -o influx frames | wc -l)" = 2 ]
	[ "$(stream-topk -f 2 -o sql frames | grep -c "'1970-01-01T00:02:00Z', 0, 0, 0, NULL, TRUE);")" = 1 ]
	[ "$(stream-quantile -f 3 -b 2 -q p50 -o sql frames | grep -c "0, NULL, 0.5, NULL, NULL, NULL, TRUE);")" = 1 ]
	[[ $(stream-topk -f 2 -o text frames) == *"      0  "* ]]
	stream-topk -f 2 -S frames | stream-topk >rows
	cmp rows <(stream-topk -f 2 frames)
	# Told from an item that is empty, and of no stream without windows.
	[ "$(printf '0,\n' | stream-window -s 1m -i csv | stream-topk -f 2 -o json | cut -d , -f 4-)" = '"count":1,"error":0,"item":"","exact":true}' ]
	[ -z "$(stream-topk -f 2 -b 3 </dev/null; stream-quantile </dev/null)" ]
}

@test "an empty window is asserted of, and drawn, as one of nothing" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '0 a 1' '120 b 2' | stream-window -s 1m --empty >frames
	run -1 --separate-stderr stream-topk -f 2 --assert 'items>0' frames
	[[ $stderr == *'1970-01-01T00:01:00Z to 1970-01-01T00:02:00Z: items is 0'* ]]
	run -1 stream-quantile -f 3 --assert 'p50>0' frames
	run -0 stream-topk -f 2 -b 3 --assert 'items>0' frames
	for tool in 'topk -f 2' 'quantile -f 3' 'quantile -f 3 --summary' 'quantile -f 3 --histogram 3' 'distinct -f 2 -b 3'; do
		# shellcheck disable=SC2086 # the tool and its options
		run -0 stream-$tool --plot frames
		[[ $output == *00:02:00Z* && ($output != *nan* || $tool == *summary) ]]
	done
}

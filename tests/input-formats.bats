#!/usr/bin/env bats
# shellcheck disable=SC2154
# Records that have a format: --input csv, tsv, json, logfmt, clf.

load helpers

setup() {
	sk_setup
}

# rows ROW...: what the last run printed, count and item of each row, in any order.
rows() {
	local row
	for row; do
		grep -Fqx -- "$row" <<<"$output" || { echo "no row: $row"; echo "$output"; return 1; }
	done
	[ "${#lines[@]}" = $# ]
}

@test "blank lines are no records of json and logfmt" {
	printf '\n{"a":1}\n \t\r\n\n{"a":2}\nx\n\n' >in.json
	printf '\na=1\n \t\r\n\na=2\nb=1\n\n' >in.logfmt
	run -0 --separate-stderr stream-quantile -i json -f a -q 0,1 in.json
	[ "$output" = "0${TAB}1${TAB}1${TAB}1
1${TAB}2${TAB}2${TAB}2" ]
	[[ ${stderr_lines[0]} == *': skipped 1 of 7 lines: '*'; the first, line 6: "x"' && ${#stderr_lines[@]} = 1 ]]
	run -0 --separate-stderr stream-topk -i logfmt -f a in.logfmt
	[[ ${#lines[@]} = 2 && $stderr == *': skipped 1 of 7 lines: no such field; the first, line 6: "b=1"' ]]
	yes $'{"a":1}\n' | head -n 600000 >blanks
	for threads in 1 3; do
		run -0 --separate-stderr stream-topk -j "$threads" --strict -i json -f a blanks
		[ "$output" = "300000${TAB}0${TAB}1" ] && [ -z "$stderr" ]
	done
	run -0 --separate-stderr stream-topk -i json -f a --where '!b=1' --strict <<<$'\n{"a":1}'
	[ "$output" = "1${TAB}0${TAB}1" ]
	run -0 stream-distinct -i json -f a <<<''
	[ "$output" = "0${TAB}0${TAB}0" ]
	stream-window -s 1s --time-unit s -i json -t a in.json 2>stderr | stream-distinct -f a | cut -f 3 >got
	[ "$(tr '\n' ' ' <got)" = '1 1 ' ]
	[ "$(wc -l <stderr)" = 1 ]
	run --separate-stderr stream-topk -i clf -f host <<<''
	[[ $stderr == *' skipped 1 of 1 '* ]]
}

@test "csv has quotes, doubled quotes, line ends in quotes, and names in its header" {
	printf '\357\273\277name,"the ""size"""\r\n"a, ""x""",3\r\n5" disk,2\r\n"two\nlines",1\r\n"a"b,4\r\n' >table.csv
	run --separate-stderr stream-topk -i csv -H -f name -w 'the "size"' table.csv
	[ "$status" = 0 ]
	rows "4${TAB}0${TAB}ab" "3${TAB}0${TAB}a, \"x\"" "2${TAB}0${TAB}5\" disk" "1${TAB}0${TAB}two\\nlines"
	[ "$stderr" = "" ]
}

@test "csv without a header has numbers, and another delimiter if it is asked for" {
	printf 'a;"b;c"\n"b;c";x;y\n' >table.csv
	run --separate-stderr stream-topk -i csv -d ';' -f 2 table.csv
	rows "1${TAB}0${TAB}b;c" "1${TAB}0${TAB}x"
	run --separate-stderr stream-topk -i csv -d ';' -f -1 table.csv
	rows "1${TAB}0${TAB}b;c" "1${TAB}0${TAB}y"
}

@test "lines that end in carriage returns alone are no header that swallows them all" {
	local format tool says="line 1 holds carriage returns with no newline behind them; where they end lines, tr '\r' '\n' makes newlines of them"

	printf 'a,"b\rc",d""\r1,2,3\r4,5,6\r' >mac.csv
	for tool in 'stream-topk -f a' 'stream-quantile -f a' stream-distinct 'stream-window -t a -s 1s'; do
		for format in csv lines; do
			run --separate-stderr $tool -i $format -d , -H mac.csv
			[ "$status" = 2 ]
			[ "$output" = "" ]
			[ "$stderr" = "${tool%% *}: mac.csv: $says" ]
		done
	done
	run -2 --separate-stderr stream-topk -i tsv -H <(tr , '\t' <mac.csv)
	[[ $stderr == *"$says" ]]
	run -2 --separate-stderr stream-topk -i csv -f 1 mac.csv
	[ "$stderr" = "stream-topk: mac.csv: $says" ]
	[ "$(tr '\r' '\n' <mac.csv | stream-distinct -i csv -H -f a 2>/dev/null | cut -f 1)" = 2 ]
	# More than fits into memory, and by several threads.
	yes '1,2,3' | head -n 2000000 | tr '\n' '\r' >mac.csv
	run -2 --separate-stderr stream-topk -j 3 -m 1M -i csv -f 1 mac.csv
	[ "$stderr" = "stream-topk: mac.csv: $says" ]
	run -2 --separate-stderr stream-topk -j 3 -i csv -f 1 mac.csv
	[ "$stderr" = "stream-topk: mac.csv: $says" ]
}

@test "carriage returns in quotes, at the end of lines, and where no names are have their meaning" {
	printf 'x,"a\r""\rb",c\r\r\n1,2,3\r\n' >table.csv
	run stream-topk -i csv -H -f x table.csv
	[ "$output" = "1${TAB}0${TAB}1" ]
	printf 'loading\rdone\n' >text
	for format in lines tsv; do
		run stream-topk -i $format -o json -f 1 text
		[ "$output" = '{"count":1,"error":0,"item":"loading\u000ddone","exact":true}' ]
	done
	[ "$(printf 'a,b\r\0c,d\0' | stream-distinct -z -i csv -f 2 | cut -f 1)" = 2 ]
}

@test "a stray quote in csv costs one record, which is named" {
	{
		seq 100 | sed 's/.*/&,x/'
		printf '101,"stray\n'
		seq 102 200 | sed 's/.*/&,x/'
		printf '201,"x"\n'
		seq 202 300 | sed 's/.*/&,x/'
	} >table.csv
	run --separate-stderr stream-topk -i csv -f 2 table.csv
	[ "$status" = 0 ]
	[ "$output" = "299${TAB}0${TAB}x" ]
	[[ $stderr == *'table.csv: skipped 1 of 300 records: a quote that is not closed; the first, line 101: '*stray* ]]
	run --separate-stderr stream-topk -i csv -f 2 --strict table.csv
	[ "$status" = 2 ]
	[[ $stderr == *'table.csv: line 101: a quote that is not closed'* ]]
}

@test "a quote that is never closed does not swallow the rest of the input" {
	{ printf '0,"open\n'; seq 300000 | sed 's/$/,x/'; } >table.csv
	run --separate-stderr stream-topk -i csv -f 2 table.csv
	[ "$output" = "300000${TAB}0${TAB}x" ]
	[[ $stderr == *'skipped 1 of 300001 records'* ]]
}

@test "csv is the same wherever reads end" {
	need python3
	printf 'k,"a\n""b"""\r\n"x",""\n"q,1\n5"z,"\nend"\n\n"last' >table.csv
	stream-topk -i csv -f 1 -o json table.csv >whole 2>whole.err
	python3 -c '
import os, time
for byte in open("table.csv", "rb").read():
    os.write(1, bytes([byte]))
    time.sleep(0.001)' | stream-topk -i csv -f 1 -o json >pieces 2>pieces.err
	cmp whole pieces
	diff <(sed 's/table.csv/standard input/' whole.err) pieces.err
	[ -s whole ] && [ -s whole.err ]
}

@test "csv is what Python's module reads" {
	need python3
	python3 -c '
import csv, json, random, subprocess
random.seed(5)
writer = csv.writer(open("table.csv", "w", newline=""))
text = "ab,\"\n\r;\t "
pick = lambda: "".join(random.choice(text) for _ in range(random.randrange(6)))
for i in range(20000):
    writer.writerow([pick() for _ in range(1 + random.randrange(4))])
counts = {}
for row in csv.reader(open("table.csv", newline="")):
    if row:
        counts[row[-1]] = counts.get(row[-1], 0) + 1
answer = subprocess.run(["stream-topk", "-i", "csv", "-f", "-1", "-k", "all", "-o", "json", "table.csv"], capture_output=True)
rows = [json.loads(line) for line in answer.stdout.splitlines()]
assert len(rows) > 1000 and {row["item"]: row["count"] for row in rows} == counts'
}

@test "tsv has escapes" {
	printf 'a\\tb\tx\na\\tb\t\\N\nC:\\Users\ty\n' >table.tsv
	run --separate-stderr stream-topk -i tsv -f 1 table.tsv
	rows "2${TAB}0${TAB}a\\tb" "1${TAB}0${TAB}C:\\\\Users"
}

@test "json has names and paths" {
	cat >log.json <<-'END'
		{"user": {"name": "a,\"b\"", "tags": ["x", "y"]}, "odd, name": 1, "n": 12345678901234567890}
		{"user": {"name": "a,\"b\""}, "n": null}
		{"user": 7}
		{"user": 
	END
	run --separate-stderr stream-topk -i json -f .user.name -o json log.json
	[ "$output" = '{"count":2,"error":0,"item":"a,\"b\"","exact":true}' ]
	[[ $stderr == *'skipped 1 of 4 lines: no such field; the first, line 3: '* ]]
	[[ $stderr == *'skipped 1 of 4 lines: ends too early; the first, line 4: '* ]]
	run --separate-stderr stream-topk -i json -f n log.json
	rows "1${TAB}0${TAB}12345678901234567890" "1${TAB}0${TAB}null"
	run --separate-stderr stream-topk -i json -f '."odd, name",.user.tags[-1]' -o json log.json
	[ "$output" = '{"count":1,"error":0,"item":["1","y"],"exact":true}' ]
}

@test "logfmt has names" {
	printf 'level=info msg="a \\"b\\"" n=3\nlevel=warn msg=c\nlevel=info n=4\n' >log
	run --separate-stderr stream-topk -i logfmt -f level log
	rows "2${TAB}0${TAB}info" "1${TAB}0${TAB}warn"
	run --separate-stderr stream-quantile -i logfmt -f n -q 1 log
	[[ $output == *4* ]]
	[[ $stderr == *'skipped 1 of 3 lines: no such field; the first, line 2: '* ]]
}

@test "logs of web servers are taken apart" {
	cat >access.log <<-'END'
		192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a b HTTP/1.0" 200 2326 "-" "Mozilla \"x\"" 0.25
		2001:db8::1 - "j d" [10/Oct/2000:13:55:37 -0700] "\x16\x03" 400 -
		192.0.2.7 - - [10/Oct/2000:13:55:38 -0700] "GET /a b HTTP/1.0" 200 2326 "-" "Mozilla \"x\"" 0.75
		192.0.2.7 - - [10/Oct
	END
	run --separate-stderr stream-topk -i clf -f path access.log
	[ "$output" = "2${TAB}0${TAB}/a b" ]
	[[ $stderr == *'skipped 1 of 4 lines: no such field; the first, line 2: '* ]]
	[[ $stderr == *'skipped 1 of 4 lines: no time in brackets where it belongs; the first, line 4: '* ]]
	run --separate-stderr stream-quantile -i clf -f 1 -b agent -q 1 access.log
	[[ $output == *'Mozilla "x"'*0.75* ]]
	run --separate-stderr stream-distinct -i clf -f user,status access.log
	[[ $output == 2* ]]
}

@test "a request has what of method, path and protocol there is" {
	local request n=0
	local -a want=('GET /nv ' 'GET /a b HTTP/1.1' '  ' '  ' 'GET  HTTP/1.1')

	for request in 'GET /nv' 'GET /a b HTTP/1.1' '-' 'GET' 'GET HTTP/1.1'; do
		printf 'h - - [22/Nov/2026:10:00:00 +0000] "%s" 200 5\n' "$request" >access.log
		run echo "$(stream-topk -i clf -f method access.log 2>/dev/null | cut -f 3)" \
			"$(stream-topk -i clf -f path access.log 2>/dev/null | cut -f 3)" \
			"$(stream-topk -i clf -f proto access.log 2>/dev/null | cut -f 3)"
		[ "$output" = "${want[n]}" ]
		n=$((n + 1))
	done
}

@test "what is no log of a web server is told of, whatever is asked of it" {
	loggen -n 100 >access.log
	{ head -n 50 access.log; echo; echo 'some other text'; echo 'h - - [t] "GET / HTTP/1.1" ok 5'; tail -n 50 access.log; } >mixed.log
	for field in host time path status bytes; do
		stream-topk -i clf -f $field access.log >expected
		run --separate-stderr stream-topk -i clf -f $field mixed.log
		[ "$output" = "$(cat expected)" ]
		[ "${#stderr_lines[@]}" = 3 ]
		[[ $stderr == *'skipped 1 of 103 lines: ends too early; the first, line 51: ""'* ]]
		[[ $stderr == *'skipped 1 of 103 lines: no time in brackets where it belongs; the first, line 52: '* ]]
		[[ $stderr == *'skipped 1 of 103 lines: no valid number; the first, line 53: '* ]]
		run --separate-stderr stream-topk -i clf -f $field --strict mixed.log
		[ "$status" = 2 ] && [ "$output" = "" ]
		[[ $stderr == *'mixed.log: line 51: ends too early: ""' ]]
	done
	run --separate-stderr stream-distinct -i clf mixed.log
	[ "$output" = "$(stream-distinct access.log)" ]
	[ "${#stderr_lines[@]}" = 3 ]
}

@test "composite items keep their parts apart, whatever these hold" {
	printf '"a\tb",c\na,"b\tc"\n' >table.csv
	run --separate-stderr stream-topk -i csv -f 1,2 -o json table.csv
	[[ $output == *'"item":["a\u0009b","c"]'* ]]
	[[ $output == *'"item":["a","b\u0009c"]'* ]]
	printf 'a\037b,c\nd,e\n' >table.csv
	run --separate-stderr stream-topk -i csv -f 1,2 -o json table.csv
	[ "${#lines[@]}" = 1 ]
	[[ $stderr == *'unit separator'* ]]
}

@test "weights, keys and skipped records go together" {
	printf 'k,w\na,1\nb,x\na,2.5\nshort\na,"3\nb,1.25\n' >table.csv
	run --separate-stderr stream-topk -i csv -H -b k -w w -f k table.csv
	rows "a${TAB}3.5${TAB}0${TAB}a" "b${TAB}1.25${TAB}0${TAB}b"
	[[ $stderr == *'skipped 1 of 6 records: weight is not a number; the first, line 3: "x"'* ]]
	[[ $stderr == *'skipped 1 of 6 records: no such field; the first, line 5: "short"'* ]]
	[[ $stderr == *'skipped 1 of 6 records: a quote that is not closed; the first, line 6: '* ]]
}

@test "threads give the same answer and the same remarks" {
	loggen -n 30000 | awk 'NR % 97 == 0 { sub(/\[/, "(") } { print }' >access.log
	for fields in "-f path" "-f agent,status -b method" "-f path -w bytes"; do
		# shellcheck disable=SC2086 # words
		stream-topk -i clf -j 1 $fields access.log >one 2>&1
		# shellcheck disable=SC2086
		stream-topk -i clf -j 3 $fields access.log >three 2>&1
		cmp one three
		grep -q 'skipped 309 of 30000 lines: no time' one
	done
}

@test "what does not go with a format is refused" {
	refused() {
		run --separate-stderr stream-topk "$@" /dev/null
		[ "$status" = 2 ] && [ "$output" = "" ] && [ "${#stderr_lines[@]}" = 1 ]
	}
	refused -i lines -f name
	refused -i tsv -d ,
	refused -i csv -d '"'
	refused -i json -f 2
	refused -i json -f .a..b
	refused -i clf -f referrer
	refused -i clf -H -f path
	refused -i xml
	printf 'a,b\n' >table.csv
	run --separate-stderr stream-topk -i csv -H -f c table.csv
	[ "$status" = 2 ]
	[[ $stderr == *'no field "c" in the header, which names "a", "b"'* ]]
}

@test "a field of csv or tsv that is asked for by its name says that there is a header" {
	printf 'time,path,ms\n1,/a,5\n2,/b,7\n3,/a,9\n' >log.csv
	tr , '\t' <log.csv >log.tsv
	for format in csv tsv; do
		[ "$(stream-topk -i "$format" -f path log.$format)" = "2${TAB}0${TAB}/a
1${TAB}0${TAB}/b" ]
		for more in '-f path -w ms' '-f 2 -w ms' '-b path -f 3' '-f 2 --where ms>5' '-f 2'; do
			# shellcheck disable=SC2086 # options
			stream-topk -i "$format" $more "log.$format" >got
			[ "$more" = '-f 2' ] || more="$more -H"
			# shellcheck disable=SC2086
			stream-topk -i "$format" $more "log.$format" | same - got
		done
		[ "$(wc -l <got)" = 3 ]
		[ "$(stream-quantile -i "$format" -f ms -q 1 "log.$format" | cut -f 2)" = 9 ]
		[ "$(stream-distinct -i "$format" -b path -f ms "log.$format" | cut -f 1,2 | tr '\t\n' ' ,')" = '/a 2,/b 1,' ]
		[ "$(stream-window -i "$format" -s 2s -t time "log.$format" | stream-topk -f path | cut -f 5 | tr '\n' ' ')" = '/a /a /b ' ]
		stream-window -i "$format" -s 2s -t 1 --where 'path=/a' "log.$format" | cmp - <(stream-window -H -i "$format" -s 2s -t 1 --where 'path=/a' "log.$format")
	done
	run -2 --separate-stderr stream-topk -d , -i lines -f path log.csv
	[[ $stderr == *'no field number, and names come with --header, or an --input that has them, or -i auto finds one: "path"' ]]
}

@test "a name in a header may have a comma, a quote or a number in it" {
	printf '"a,b",7,"x""y","""q""",t\n' >table.csv
	for i in 1 2 3; do printf '%s\n' "i,s$i,x,q$i,2026-11-22T10:0$i:00Z"; done >>table.csv
	[ "$(stream-topk -i csv -H -f '"a,b"' table.csv)" = "3${TAB}0${TAB}i" ]
	[ "$(stream-distinct -i csv -H -f '"7"' table.csv)" = "$(stream-distinct -i csv -H -f 2 table.csv)" ]
	[ "$(stream-topk -k 1 -i csv -H -f 'x"y' -b '"a,b"' table.csv)" = "i${TAB}3${TAB}0${TAB}x" ]
	[ "$(stream-topk -k 1 -i csv -H -f '"x""y","a,b"' table.csv)" = "3${TAB}0${TAB}x${TAB}i" ]
	[ "$(stream-topk -k 1 -i csv -H -f '"""q"""' --where '"a,b"=i' --where '"7"=s2' table.csv)" = "1${TAB}0${TAB}q2" ]
	[ "$(stream-window --count 2 -i csv -H -b '"a,b"' --where '"7"!=s1' table.csv | stream-topk -f '"a,b"')" = \
		"0${TAB}2${TAB}i${TAB}2${TAB}0${TAB}i" ]
	sed '1s/t$/"t,z"/' table.csv >zone.csv
	[ "$(stream-window -s 1h -i csv -H -t '"t,z"' zone.csv | stream-distinct -f '"7"' | cut -f 3)" = 3 ]
	printf '{"a,b":"v","7":"w"}\n' >log.json
	[ "$(stream-topk -i json -f '"a,b","7"' log.json)" = "1${TAB}0${TAB}v${TAB}w" ]
	run stream-topk -i csv -H -f '"a,b' table.csv
	[ "$status" = 2 ]
	[[ $output = *'--field'*': a quote is not closed' ]]
}

@test "a name that a header has twice is refused, and numbers say which is meant" {
	printf 'a,b,c,a\n1,2,3,4\n' >table.csv
	tr , '\t' <table.csv >table.tsv
	tr , ' ' <table.csv >table.txt
	for input in '-i csv table.csv' '-i tsv table.tsv' table.txt '-d , table.csv'; do
		for fields in '-f a' '-f b -b a' '-f b,a'; do
			# shellcheck disable=SC2086 # words
			run --separate-stderr stream-topk -H $fields $input
			[ "$status" = 2 ] && [ "$output" = "" ]
			[ "$stderr" = "stream-topk: ${input##* }: the header has \"a\" twice, as fields 1 and 4; ask for the number" ]
		done
		# shellcheck disable=SC2086
		run --separate-stderr stream-distinct -H --where a=1 $input
		[ "$status" = 2 ] && [[ $stderr == *'"a" twice'* ]]
		# shellcheck disable=SC2086
		run --separate-stderr stream-window --count 2 -b a -H $input
		[ "$status" = 2 ] && [[ $stderr == *'"a" twice'* ]]
		# shellcheck disable=SC2086
		[ "$(stream-topk -H -f b,4 $input)" = "1${TAB}0${TAB}2${TAB}4" ]
	done
}

# spoilt FORMAT REASON RECORD: of three records the second is malformed, told of by its line and front, and fatal with --strict.
spoilt() {
	local good field=k

	case $1 in
	json) good='{"k":"a"}' ;;
	logfmt) good=k=a ;;
	csv) good=a,b field=1 ;;
	clf) good='h - - [t] "GET / HTTP/1.1" 200 5' field=host ;;
	esac
	{ echo "$good"; printf '%b\n' "$3"; echo "$good"; } >spoilt
	run --separate-stderr stream-topk -i "$1" -f $field spoilt
	[ "$status" = 0 ] && [[ $output = "2${TAB}0${TAB}"? ]] || { echo "$*: $output"; return 1; }
	[[ $stderr = "stream-topk: spoilt: skipped 1 of 3 "*": $2; the first, line 2: \""* ]] || { echo "$*: $stderr"; return 1; }
	run --separate-stderr stream-topk --strict -i "$1" -f $field spoilt
	[ "$status" = 2 ] && [ "$output" = "" ]
	[[ $stderr = "stream-topk: spoilt: line 2: $2: \""* ]] || { echo "$*: $stderr"; return 1; }
}

@test "a malformed record is told of in every format, and ends a strict run" {
	spoilt json 'a quote that is not closed' '{"k":"a'
	spoilt json 'a control character in a string' '{"k":"a\000b"}'
	spoilt json 'a value is expected' '\000'
	spoilt json 'no valid escape' '{"k":"\\u12"}'
	spoilt json 'no valid number' '{"k":1,"n":01}'
	spoilt json 'ends too early' '{"k":"a","n":[[['
	spoilt json 'nested too deeply' "$(printf '[%.0s' $(seq 5000))"
	spoilt json 'text behind the value' '{"k":1}{"k":2}'
	spoilt logfmt 'a quote that is not closed' 'k=a m="b'
	spoilt logfmt 'no valid escape' 'k="\\q"'
	spoilt logfmt 'a quote in unquoted text' 'k=a m=b"c"'
	spoilt csv 'a quote that is not closed' 'a,"b'
	spoilt clf 'a quote that is not closed' 'h - - [t] "GET / 200 5'
}

@test "bytes that are no text are what they are, and huge numbers keep their digits" {
	nines=$(printf '9%.0s' $(seq 500))
	printf 'k=\377 m=1\nk="a\000b"\nk=%s\n' "$nines" | stream-topk -i logfmt -f k -o json >answer
	printf '"\377",1\n"a\000b",\n%s,\n' "$nines" | stream-topk -i csv -f 1 -o json | cmp - answer
	printf '\377\t1\na\000b\t\n%s\t\n' "$nines" | stream-topk -i tsv -f 1 -o json | cmp - answer
	printf '{"k":"\377"}\n{"k":"a\\u0000b"}\n{"k":%s}\n' "$nines" | stream-topk -i json -f k -o json | cmp - answer
	[ "$(grep -c "$nines" answer)" = 1 ]
	[ "$(printf '{"k":"\\ud800"}\n{"k":"\\udc00"}\n{"k":"\\ud83d\\ude00"}\n' | stream-topk -i json -f k)" = \
		"$(printf '2\t0\t\357\277\275\n1\t0\t\360\237\230\200')" ]
}

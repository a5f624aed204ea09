#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016
# --where: which records are meant.

load helpers

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	loggen -n 20000 >access.log
	loggen -n 20000 -o json >access.json
	loggen -n 20000 -o logfmt >access.logfmt
	loggen -n 20000 -o csv >access.csv
}

setup() {
	sk_setup
	DATA=$BATS_FILE_TMPDIR
}

# chosen AWK OPTION...: of the log, the items that awk chooses are those that stream-topk with these options has.
chosen() {
	awk "$1" "$DATA/access.log" | count_items >expected
	shift
	[ -s expected ]
	stream-topk -k all "$@" >answer
	cmp expected answer || { echo "$*"; diff expected answer | head -n 5; return 1; }
}

@test "fields of lines are compared as numbers and as text, and matched, as awk does" {
	chosen '$9 >= 500 { print $7 }' -f 7 --where '9>=500' "$DATA/access.log"
	chosen '$9 == 200 { print $7 }' -f 7 --where '9 = 200' "$DATA/access.log"
	chosen '$9 != 200 { print $9 }' -f 9 --where '9!=200' "$DATA/access.log"
	chosen '$NF > 0.25 { print $1 }' -f 1 --where '-1>0.25' "$DATA/access.log"
	chosen '$7 < "/d" { print $7 }' -f 7 --where '7</d' "$DATA/access.log"
	chosen '$7 ~ "^/products/" { print $7 }' -f 7 --where '7~^/products/' "$DATA/access.log"
	chosen '$7 ~ /[0-9]+\.(css|js)$/ { print $7 }' -f 7 --where '7~[0-9]+\.(css|js)$' "$DATA/access.log"
	chosen '$0 !~ /bot/ { print $7 }' -f 7 --where '1-!~bot' "$DATA/access.log"
	chosen '$6 == "\"POST" { print }' --where '6="""POST"' "$DATA/access.log"
}

@test "several conditions must all hold" {
	chosen '$9 >= 300 && $9 < 500 && $7 !~ /css/ { print $7 }' -f 7 --where '9>=300' --where '9<500' --where '!7~css' \
		"$DATA/access.log"
}

@test "fields have names in a header and in all formats that have names" {
	chosen '$9 >= 500 { print $7 }' -i clf -f path --where 'status>=500' "$DATA/access.log"
	chosen '$9 >= 500 { print $7 }' -i json -f path --where '.status>=500' "$DATA/access.json"
	chosen '$9 >= 500 { print $7 }' -i logfmt -f path --where 'status>=500' "$DATA/access.logfmt"
	chosen '$9 >= 500 { print $7 }' -i csv -H -f path --where 'status>=500' "$DATA/access.csv"
	chosen '$9 >= 500 { print $9 }' -i csv -H -f status --where 'status>=500' "$DATA/access.csv"
	{ echo 'a b c d e f path h status'; cat "$DATA/access.log"; } >named.log
	chosen '$9 >= 500 { print $7 }' -H -f path --where 'status>=500' named.log
	chosen '$9 >= 500 { print $9 }' -H -f status --where 'status>=500' named.log
}

@test "keys, weights and composite items are those of the records chosen" {
	awk '$9 >= 400' "$DATA/access.log" >expected.log
	stream-topk -k all -b 9 -f 1,7 -w 10 expected.log >expected
	stream-topk -k all -b 9 -f 1,7 -w 10 --where '9>=400' "$DATA/access.log" >answer
	cmp expected answer
	stream-topk -k all -i clf -b status -f host,path -w bytes --where 'status>=400' "$DATA/access.log" >answer 2>notes
	cmp expected answer
	stream-distinct -b 9 -f 1,7 expected.log >expected
	stream-distinct -b 9 -f 1,7 --where '9>=400' "$DATA/access.log" >answer
	cmp expected answer
	stream-quantile -b 9 -f -1 expected.log >expected
	stream-quantile -b 9 -f -1 --where '9>=400' "$DATA/access.log" >answer
	cmp expected answer
	[ -s answer ]
}

@test "weights with ever more decimals are summed for the records chosen" {
	awk 'BEGIN { for (i = 0; i < 5000; i++) printf "%d %.*f\n", i % 7, i / 700, i / 3 }' >weights
	awk '$1 != 3' weights | stream-topk -k all -f 1 -w 2 >expected
	stream-topk -k all -f 1 -w 2 --where '1!=3' weights >answer
	cmp expected answer
	awk '{ printf "a=%s b=%s\n", $1, $2 }' weights >weights.logfmt
	stream-topk -k all -i logfmt -f a -w b --where 'a!=3' weights.logfmt >answer
	cmp expected answer
}

@test "windows take the records chosen" {
	stream-window -s 1m -t 4 "$DATA/access.log" | stream-topk -k all -b 1 -f 9 --where '9>=304' >answer
	awk '$9 >= 304' "$DATA/access.log" | stream-window -s 1m -t 4 | stream-topk -k all -b 1 -f 9 >expected
	[ -s answer ]
	cmp expected answer
}

@test "a record without the field is chosen by a condition turned round only, and is no bad record" {
	printf '%s\n' '{"level":"debug","n":1}' '{"n":2}' '{"level":null,"n":3}' '{"level":"info","n":4}' >levels
	each() {
		run --separate-stderr stream-topk -i json -f n "${@:2}" levels
		[ "$status" = 0 ]
		[ "$stderr" = "" ]
		[ "$(cut -f 3 <<<"$output" | sort | tr -d '\n')" = "$1" ] || { echo "$*: $output"; return 1; }
	}
	each 34 --where 'level!=debug'
	each 234 --where '!level=debug'
	each 1 --where 'level=debug'
	each 3 --where 'level=null'
	each '' --where 'level<5'
	each 1234 --where '!level<5'
	[ -z "$(stream-topk -i json -f n --where 'none=' --quiet levels 2>&1)" ]
	printf 'a\nb x\n' >lines
	[ "$(stream-topk --where '2=' lines)" = "1${TAB}0${TAB}a" ]
}

@test "records not chosen are not skipped, whatever is wrong with what is not looked at" {
	printf '%s\n' 'ok 5' 'ok x' 'no y' 'no' >values
	run --separate-stderr stream-quantile -f 2 -q 0.5 --where '1=ok' values
	[ "$status" = 0 ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *'values: skipped 1 of 4 lines: not a number; the first, line 2: "x"' ]]
	run --separate-stderr stream-quantile --strict -f 2 --where '1=no' values
	[ "$status" = 2 ]
	[[ $stderr == *'values: line 3: not a number: "y"' ]]
	printf '%s\n' '{"a":1}' '{"a":2,"n":7}' '{"a":1' >values
	run --separate-stderr stream-quantile -i json -f n -q 0.5 --where 'a=2' values
	[ "$status" = 0 ]
	[[ $output == *7 ]]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == *'values: skipped 1 of 3 '*'; the first, '*' 3: '* ]]
}

@test "where nothing is chosen there is nothing, and that is no error" {
	run --separate-stderr stream-topk --where '1=nobody' "$DATA/access.log"
	[ "$status" = 0 ]
	[ "$output$stderr" = "" ]
}

@test "records may end in NUL and hold line ends" {
	printf 'a\nx\0b\ny\0' >records
	run stream-topk -z -f 1 --where '2=y' records
	[ "$output" = "1${TAB}0${TAB}b" ]
	printf 'n,t\n1,"a\nb"\n2,"a\n"\n' >table.csv
	run stream-topk -i csv -H -f n --where 't~^a.b$' table.csv
	[ "$output" = "1${TAB}0${TAB}1" ]
}

@test "a condition that cannot be read is refused, with what it lacks" {
	refused() {
		run --separate-stderr stream-topk --where "$1" "${@:3}" "$DATA/access.log"
		[ "$status" = 2 ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == "stream-topk: --where"*"$2"* ]] || { echo "$stderr"; return 1; }
	}
	refused '7' 'an operator is missing behind the field'
	refused '7' 'an operator is missing'
	refused '>5' 'a field is missing'
	refused '7=~x' '"7=~x": "=~" at byte 2 is no operator; did you mean ~?'
	refused '7=>500' '"7=>500": "=>" at byte 2 is no operator; did you mean >=?'
	refused '7 =< 500' '"=<" at byte 3 is no operator; did you mean <=?'
	refused '7===500' '"===" at byte 2 is no operator; did you mean =?'
	refused '7=!500' 'did you mean !=?'
	refused '7<>500' 'did you mean !=?'
	refused '7!==500' 'did you mean !=?'
	refused '7!=~x' 'did you mean !~?'
	refused '7~=x' 'did you mean ~?'
	refused '7!>5' '"!>" at byte 2 is no operator; did you mean <=?'
	refused '!7!<5' 'did you mean >=?'
	refused '7>>5' '">>" at byte 2 is no operator; a value that begins with one of =<>!~ stands in quotes'
	refused '7 eq 5' '"eq" at byte 3 is no operator; did you mean =?'
	refused '7 contains x' 'did you mean ~?'
	refused '7>' 'a value is missing'
	refused '7<=' 'a value is missing'
	refused '7>=500 && 7~x' 'no" && "at byte 8: for both to hold give --where twice'
	refused '7=5 or 7=6' 'no" or "at byte 5: one of several values is'
	refused "7='x'" 'the quotes around a value are double ones'
	printf '%s\n' 'a = "b"' 'a !b' 'a ~c' 'a (b or c)' 'a and' >odd
	[ "$(stream-topk -d , --where '1="a !b"' odd | wc -l)" = 1 ]
	[ "$(stream-topk --where '2="!b"' odd | wc -l)" = 1 ]
	[ "$(stream-topk --where '2~!b' odd | wc -l)" = 1 ]
	[ "$(stream-topk --where '2~"~c"' odd | wc -l)" = 1 ]
	[ "$(stream-topk --where '2==and' odd | wc -l)" = 1 ]
	[ "$(stream-topk -d , --where '1=a (b or c)' odd | wc -l)" = 1 ]
	refused '7,8=x' 'one field is wanted'
	refused '7~(' '"7~("'
	refused '7="x' 'a quote is not closed'
	refused '7>1e999' 'out of range'
	run -2 --separate-stderr stream-topk --where 'status=5' "$DATA/access.log"
	[[ $stderr == 'stream-topk: --where: no field number'*'"status"' ]]
	refused '9=5' 'sketches' -i base64
}

@test "a field that is not there is named" {
	printf 'a,b\n1,2\n' >table.csv
	run --separate-stderr stream-topk -i csv -H -f a --where 'c=1' table.csv
	[ "$status" = 2 ]
	[[ $stderr == *'table.csv: no field "c" in the header, which names "a", "b"'* ]]
	run --separate-stderr stream-topk -i clf --where 'stat=1' -f path table.csv
	[ "$status" = 2 ]
	[[ $stderr == *'field "stat"'*status* ]]
}

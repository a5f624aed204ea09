#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2094
# Records that are no text: --input be32, f64, f32, i64, u64.

load helpers

setup() {
	sk_setup
	need python3
}

# pack FORMAT NUMBER...: the numbers as Python's struct has them.
pack() {
	python3 -c '
import struct, sys
for number in sys.argv[2:]:
    sys.stdout.buffer.write(struct.pack("<" + sys.argv[1], (float if sys.argv[1] in "df" else int)(number)))' "$@"
}

@test "raw doubles have the quantiles of the same numbers as text, in any number of threads" {
	python3 -c '
import random, struct
random.seed(7)
values = [random.gauss(0, 1000) for _ in range(1200000)] + [float("inf"), -float("inf"), 5e-324, -0.0]
open("values", "wb").write(struct.pack("<%dd" % len(values), *values))
open("values.txt", "w").writelines("%r\n" % value for value in values)'
	stream-quantile --summary -o json values.txt >text
	for threads in 1 3; do
		stream-quantile -j "$threads" --summary -i f64 -o json values >raw
		cmp text raw
	done
	stream-quantile --summary -i f64 -o json <values >raw
	cmp text raw
}

@test "raw whole numbers are the items that their text is, and sketches of both merge" {
	python3 -c '
import random, struct
random.seed(8)
values = [random.choice([1, -1]) * random.getrandbits(random.randrange(64)) for _ in range(700000)]
values += [-2**63, 2**63 - 1, 0, 9, 10, 99, 100, 9999, 10000, -1] * 50
open("values", "wb").write(struct.pack("<%dq" % len(values), *values))
open("values.txt", "w").writelines("%d\n" % value for value in values)'
	stream-topk -j 1 -k 300 values.txt >text
	for threads in 1 3; do
		stream-topk -j "$threads" -k 300 -i i64 values >raw
		cmp text raw
	done
	[ "$(stream-distinct values.txt)" = "$(stream-distinct -i i64 values)" ]
	[ "$(stream-distinct --hash-as int64 values.txt)" = "$(stream-distinct --hash-as int64 -i i64 values)" ]
	[ "$(stream-distinct --hash-as double values.txt)" = "$(stream-distinct --hash-as double -i i64 values)" ]
	stream-distinct -S values.txt >text.sk
	stream-distinct -S -i i64 values >raw.sk
	[ "$(stream-distinct text.sk raw.sk)" = "$(stream-distinct text.sk text.sk)" ]
}

@test "numbers of all kinds have the text that gives them back" {
	run stream-topk -k all -i u64 <(pack Q 18446744073709551615 0)
	[ "$output" = "1${TAB}0${TAB}0
1${TAB}0${TAB}18446744073709551615" ] || [ "$output" = "1${TAB}0${TAB}18446744073709551615
1${TAB}0${TAB}0" ]
	run stream-quantile -q 1 -i u64 <(pack Q 18446744073709551615 7)
	[[ $output == "1${TAB}18446744073709551616${TAB}"* || $output == "1${TAB}1.8446744073709552e+19${TAB}"* ]]
	[ "$(stream-topk -i f64 <(pack d 0.1) | cut -f 3)" = 0.1 ]
	[ "$(stream-topk -i f64 <(pack d 0.30000000000000004) | cut -f 3)" = 0.30000000000000004 ]
	[ "$(stream-topk -i f32 <(pack f 0.1) | cut -f 3)" = 0.1 ]
	[ "$(stream-topk -i f64 <(pack d 5e-324) | cut -f 3)" = 5e-324 ]
	[ "$(stream-topk -i f64 <(pack d 1e300) | cut -f 3)" = 1e+300 ]
	[ "$(stream-topk -i f64 <(pack d nan) | cut -f 3)" = nan ]
	# A single 0.1 is no double 0.1 to those who hash doubles.
	[ "$(stream-distinct --hash-as double -i f32 <(pack f 0.1 0.0 -0.0) <(pack f 0.1))" = "$(printf '2\t2\t2')" ]
	stream-distinct --hash-as double -S -i f32 <(pack f 0.1) >single
	stream-distinct --hash-as double -S -i f64 <(pack d 0.1) >double
	[ "$(stream-distinct single double | cut -f 1)" = 2 ]
}

@test "numbers of 4 bytes are printed in the digits that they need" {
	pack f 0.1 0.2 0.3 16777216 1e-45 3.4028235e38 -0.7 >singles
	run stream-quantile -q 0,0.2,0.4,0.5,0.6,0.8,1 -i f32 singles
	[ "$output" = "0${TAB}-0.7${TAB}-0.7${TAB}-0.7
0.2${TAB}1e-45${TAB}1e-45${TAB}1e-45
0.4${TAB}0.1${TAB}0.1${TAB}0.1
0.5${TAB}0.2${TAB}0.2${TAB}0.2
0.6${TAB}0.3${TAB}0.3${TAB}0.3
0.8${TAB}16777216${TAB}16777216${TAB}16777216
1${TAB}3.4028235e+38${TAB}3.4028235e+38${TAB}3.4028235e+38" ]
	run stream-quantile --summary -i f32 <(pack f 0.1 0.3)
	[[ $output == "2${TAB}0.1${TAB}0.3${TAB}0.2"* ]]
	run stream-quantile --histogram 1 -i f32 <(pack f 0.1 0.3)
	[ "$output" = "0.1${TAB}0.3${TAB}2${TAB}1" ]
	run stream-quantile -q 1 -i f64 <(pack d 0.10000000149011612)
	[[ $output == *"${TAB}0.10000000149011612" ]]
}

@test "conditions are on the number that a raw record is, compared exactly" {
	local kind most=9223372036854775807 max=18446744073709551615
	local -A code=([f64]=d [f32]=f [i64]=q [u64]=Q)

	for kind in f64 f32 i64 u64; do
		pack "${code[$kind]}" 1 5 7 >numbers
		run stream-topk -k all -i "$kind" --where '1>2' numbers
		[ "$output" = "1${TAB}0${TAB}5
1${TAB}0${TAB}7" ]
		[ "$(stream-distinct -i "$kind" --where '1!=5' numbers | cut -f 1)" = 2 ]
		[ "$(stream-distinct -i "$kind" --where '!-1>=5.5' numbers | cut -f 1)" = 2 ]
		[ "$(stream-quantile -q 0 -i "$kind" --where '1>1' --where '1<=7' numbers | cut -f 2)" = 5 ]
		[ "$(stream-topk -i "$kind" --where '1~^[57]$' --where '1!~7' numbers | cut -f 3)" = 5 ]
		[ "$(stream-topk -i "$kind" --where '1="5"' numbers | cut -f 3)" = 5 ]
	done
	# No double tells these apart.
	pack q $((most - 1)) $most -$most >numbers
	[ "$(stream-topk -i i64 --where "1=$most" numbers)" = "1${TAB}0${TAB}$most" ]
	[ "$(stream-topk -i i64 --where "1<$((most - 1))" numbers)" = "1${TAB}0${TAB}-$most" ]
	[ "$(stream-distinct -i i64 --where '1<9223372036854775808' numbers | cut -f 1)" = 3 ]
	[ "$(stream-distinct --hash-as int64 -i i64 --where "1>=$most" numbers | cut -f 1)" = 1 ]
	pack Q $max 18446744073709551614 0 >numbers
	[ "$(stream-topk -i u64 --where "1=$max" numbers)" = "1${TAB}0${TAB}$max" ]
	[ "$(stream-topk -i u64 --where "1>=18446744073709551614" --where "1!=$max" numbers | cut -f 3)" = 18446744073709551614 ]
	[ "$(stream-distinct -i u64 --where '1<1e300' numbers | cut -f 1)" = 3 ]
	[ "$(stream-distinct -i u64 --where '1>-1' numbers | cut -f 1)" = 3 ]
	pack d 9007199254740992 nan inf -0.0 >numbers
	[ "$(stream-topk -i f64 --where '1=9007199254740993' numbers)" = "" ]
	[ "$(stream-topk -i f64 --where '1>9007199254740993' numbers | cut -f 3)" = inf ]
	[ "$(stream-distinct -i f64 --where '1=0' numbers | cut -f 1)" = 1 ]
	[ "$(stream-topk -i f64 --where '1~^n' numbers | cut -f 3)" = nan ]
	# A single is what it is printed as.
	pack f 0.1 0.2 3.4028235e38 >numbers
	[ "$(stream-topk -i f32 --where '1=0.1' numbers | cut -f 3)" = 0.1 ]
	[ "$(stream-topk -i f32 --where '1>=0.2' --where '1<1e39' --where '1!=3.4028235e38' numbers | cut -f 3)" = 0.2 ]
}

@test "conditions on raw numbers hold in any number of threads, and name the record that is left out" {
	python3 -c '
import random, struct
random.seed(3)
values = [random.randrange(1000) / 8 for _ in range(1200000)]
open("values", "wb").write(struct.pack("<%dd" % len(values), *values))
open("values.txt", "w").writelines("%.17g\n" % value for value in values)'
	for threads in 1 3; do
		for tool in "stream-topk -k 50" "stream-quantile --summary" stream-distinct "stream-distinct --hash-as double"; do
			$tool -j 1 --where '1>=99.5' --where '1<110' values.txt >text
			$tool -j "$threads" --where '1>=99.5' --where '1<110' -i f64 values >raw
			cmp text raw
		done
	done
	run --separate-stderr stream-quantile -q 1 -i f64 --where '!1<2' <(pack d 1 5 nan 3)
	[[ $output == "1${TAB}5"* ]]
	[[ $stderr == *'skipped 1 of 4 records: not a number; the first, record 3: "nan"'* ]]
}

@test "conditions on fields that raw numbers do not have are refused" {
	run stream-topk -i f64 --where '2>1' <(pack d 1)
	[ "$status" = 2 ]
	[ "$output" = "stream-topk: --where: records of this --input are single numbers, which are field 1: 2" ]
	run stream-quantile -i i64 --where 'value>1' <(pack q 1)
	[ "$status" = 2 ]
	[ "$output" = 'stream-quantile: --where: records of this --input are single numbers, which are field 1 and have no names: "value"' ]
}

@test "a number that is not one is left out of quantiles, and named" {
	pack d 1 nan 3 >values
	run --separate-stderr stream-quantile -q 1 -i f64 values
	[ "$status" = 0 ]
	[[ $output == "1${TAB}3"* ]]
	[[ $stderr == *'values: skipped 1 of 3 records: not a number; the first, record 2: "nan"'* ]]
	run --separate-stderr stream-distinct --hash-as double -i f64 values
	[ "${output%%"$TAB"*}" = 2 ]
	run --separate-stderr stream-quantile --strict -i f64 values
	[ "$status" = 2 ]
	[ "$output" = "" ]
}

@test "what is left of a number or record at the end is an error, behind the answer of what was whole" {
	{ pack d 1 2; printf 'abc'; } >values
	run --separate-stderr stream-quantile -q 1 -i f64 values
	[ "$status" = 2 ]
	[[ $output == "1${TAB}2"* ]]
	[[ $stderr == *'values: record 3: the input ends within it: "abc"' ]]
	printf '\0\0\0\2ab\0\0\0\3ab' >records
	run --separate-stderr stream-topk -i be32 records
	[ "$status" = 2 ]
	[ "$output" = "1${TAB}0${TAB}ab" ]
	[[ $stderr == *'records: record 2: the input ends within it: '* ]]
	printf '\0\0\0\2ab\0\0' >records
	run --separate-stderr stream-topk -i be32 records
	[ "$status" = 2 ]
	[ "$output" = "1${TAB}0${TAB}ab" ]
}

@test "records behind their lengths hold any bytes, and are the same wherever reads end" {
	python3 -c '
import collections, json, os, random, struct, subprocess
random.seed(9)
items = [bytes(random.choice(b"a\n\0\"") for _ in range(random.randrange(4))) for _ in range(5000)]
items += [b"\r\n\x1a\n" * 100000, b"\x89SKF"]
data = b"".join(struct.pack(">I", len(item)) + item for item in items)
open("records", "wb").write(data)
def rows(process, data):
    answer = process.communicate(data)[0]
    assert process.returncode == 0
    return answer
command = ["stream-topk", "-k", "all", "-i", "be32", "-o", "json"]
whole = subprocess.run(command + ["records"], capture_output=True, check=True).stdout
process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
at = 0
while at < len(data):
    size = random.choice([1, 3, 1000, 70000])
    os.write(process.stdin.fileno(), data[at:at + size])
    at += size
assert rows(process, None) == whole
counts = collections.Counter(item.decode("utf-8", "surrogateescape") for item in items)
answer = {row["item"]: row["count"] for row in map(json.loads, whole.splitlines()) if len(row["item"]) < 1000}
assert len(answer) == len(counts) - 1
assert all(counts[item] == count for item, count in answer.items())
'
}

@test "an input of records may begin like a damaged sketch" {
	printf '\0\0\0\4\r\n\032\n' >records
	run --separate-stderr stream-topk -i be32 records
	[ "$status" = 0 ]
	stream-topk -S <(echo a) >sketch
	[ "$(stream-topk -i be32 sketch <(printf '\0\0\0\1a'))" = "2${TAB}0${TAB}a" ]
	# Numbers may begin with any bytes at all.
	head -c 8 sketch >number
	[ "$(stream-distinct -i u64 number | cut -f 1)" = 1 ]
}

# bats test_tags=plain
@test "a record behind a length of gigabytes is passed over, in little memory" {
	need_true_memory
	python3 -c '
import struct, sys
write = sys.stdout.buffer.write
write(struct.pack(">I", 1) + b"a" + struct.pack(">I", 40000000))
for _ in range(40):
    write(b"x" * 1000000)
write(struct.pack(">I", 1) + b"a")' >records
	run --separate-stderr bash -c 'ulimit -v 100000; stream-topk -m 1M -i be32 records'
	[ "$status" = 0 ] || is_sanitized
	is_sanitized || [ "$output" = "2${TAB}0${TAB}a" ]
	[ "$(stream-topk -m 1M -i be32 records 2>note)" = "2${TAB}0${TAB}a" ]
	grep -q 'skipped 1 of 3 records: longer than 262144 bytes.*the first, record 2: "xxx' note
	printf '\0\0\0\1a\377\377\377\377rest' >records
	run --separate-stderr stream-topk -i be32 records
	[ "$status" = 2 ]
	[ "$output" = "1${TAB}0${TAB}a" ]
	[[ $stderr == *'record 2: the input ends within it'* && $stderr == *'skipped 1 of 2'* ]]
}

@test "records behind their lengths have fields, a header, weights and keys" {
	python3 -c '
import struct, sys
for record in b"k;n\nx;w", b"a;b\nb;2", b"a;b\nb;3", b"c;d;1":
    sys.stdout.buffer.write(struct.pack(">I", len(record)) + record)' >records
	run --separate-stderr stream-topk -i be32 -d ';' -H -f "$(printf 'n\nx')" -w w -b k records
	[ "$output" = "a${TAB}5${TAB}0${TAB}b\\nb
c${TAB}1${TAB}0${TAB}d" ]
}

@test "what raw records do not go with is refused" {
	for options in "-f 1" "-b 1" "-d ," "-H" "-z"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr stream-distinct -i f64 $options /dev/null
		[ "$status" = 2 ] && [ "$output" = "" ] && [ "${#stderr_lines[@]}" = 1 ]
	done
	run --separate-stderr stream-topk -i i64 -w 1 /dev/null
	[ "$status" = 2 ]
	run --separate-stderr stream-topk -i be32 -z /dev/null
	[ "$status" = 2 ]
}

@test "a message on csv names the line of the file where the record starts" {
	printf 'a,b\n"x\ny",1\n"\n\n",2\nshort\nc,"open\nd,3\n' >table.csv
	run --separate-stderr stream-topk -i csv -f 2 table.csv
	[[ $stderr == *'skipped 1 of 6 records: no such field; the first, line 7: "short"'* ]]
	[[ $stderr == *'skipped 1 of 6 records: a quote that is not closed; the first, line 8: '* ]]
	# Behind more than one batch and block, too.
	{
		printf '"two\nlines",x\n'
		seq 100000 | sed 's/.*/"&",x/'
		printf '"two\nlines",x\nshort\n'
	} >table.csv
	run --separate-stderr stream-topk -i csv -f 2 table.csv
	[[ $stderr == *'the first, line 100005: "short"'* ]]
	run --separate-stderr stream-topk --strict -i csv -H -f 2 table.csv
	[ "$status" = 2 ]
	[[ $stderr == *'table.csv: line 100005: no such field: "short"'* ]]
}

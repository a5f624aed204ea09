#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016,SC2030,SC2031
# What stream-quantile answers: against sort and a line number, and awk.

load helpers

LOG_LINES=100000
NUMBERS=1300000 # more than are kept exactly
[ -z "${SK_LONG:-}" ] || NUMBERS=4000000
PERCENTS="50 90 99 99.9 99.99"

setup_file() {
	[ -x "$SK_BIN/stream-quantile" ] || return 0
	loggen -n "$LOG_LINES" >"$BATS_FILE_TMPDIR/log"
	awk '{ print $NF }' "$BATS_FILE_TMPDIR/log" >"$BATS_FILE_TMPDIR/times"
	LC_ALL=C sort -g "$BATS_FILE_TMPDIR/times" >"$BATS_FILE_TMPDIR/sorted"
	# Lognormal, by Box and Muller.
	LC_ALL=C awk -v n="$NUMBERS" 'BEGIN {
		srand(7)
		for (i = 0; i < n; i++)
			printf "%.9g\n", exp(sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) + 3)
	}' >"$BATS_FILE_TMPDIR/many"
	LC_ALL=C sort -g "$BATS_FILE_TMPDIR/many" >"$BATS_FILE_TMPDIR/many-sorted"
}

setup() {
	[ -x "$SK_BIN/stream-quantile" ] || skip "there is no stream-quantile in this build"
	sk_setup
	log=$BATS_FILE_TMPDIR/log
	times=$BATS_FILE_TMPDIR/times
	many=$BATS_FILE_TMPDIR/many
}

# refuses PATTERN ARGUMENT...: exit 2, nothing on standard output, and one line on standard error.
refuses() {
	local pattern=$1

	shift
	run -2 --separate-stderr stream-quantile "$@"
	[ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ] || { echo "said: $output $stderr"; return 1; }
	# shellcheck disable=SC2053 # a glob
	[[ $stderr == "stream-quantile: "$pattern ]] || { echo "said: $stderr"; return 1; }
}

# nearest_ranks SORTED PERCENT...: the lines of a sorted file at these percents, by nearest rank.
nearest_ranks() {
	local file=$1 percent

	shift
	for percent; do
		awk -v percent="$percent" -v n="$(wc -l <"$file")" 'BEGIN {
			line = int(n * (percent * 100) / 10000 + 1e-9)
			if (line < n * (percent * 100) / 10000 - 1e-9) line++
			print line < 1 ? 1 : line
		}' | { read -r line && sed -n "${line}{p;q;}" "$file"; }
	done
}

# ranks_hold NUMBERS ERROR: rows "q value low high" on standard input: the true value lies between the bounds, and the
# value's rank is within ERROR of q.
ranks_hold() {
	LC_ALL=C awk -F '\t' -v error="$2" '
		NR == FNR { q[++rows] = $1; value[rows] = $2 + 0; low[rows] = $3 + 0; high[rows] = $4 + 0; next }
		{
			n++
			number = $1 + 0
			for (i = 1; i <= rows; i++) {
				if (number <= value[i]) { upto[i]++; if (number < value[i]) below[i]++ }
				if (number <= high[i]) { upto_high[i]++; if (number < low[i]) below_low[i]++ }
			}
		}
		END {
			if (rows == 0) { print "no rows"; exit 1 }
			for (i = 1; i <= rows; i++) {
				if (below_low[i] / n > q[i] || upto_high[i] / n < q[i] - 1e-9) {
					print "not within bounds: " q[i], below_low[i] / n, upto_high[i] / n; exit 1
				}
				if (below[i] / n > q[i] + error || upto[i] / n < q[i] - error) {
					print "off: " q[i], below[i] / n, upto[i] / n; exit 1
				}
			}
		}' - "$1"
}

# --- exact ---

@test "exact quantiles are lines of sort -g" {
	nearest_ranks "$BATS_FILE_TMPDIR/sorted" 0 1 25 50 75 90 99 99.9 99.99 100 >want
	stream-quantile -f -1 -q 0,p1,0.25,50%,p75,0.9,p99,p99.9,0.9999,1 "$log" >rows
	awk '{ print $2 + 0, $3 + 0, $4 + 0 }' rows >got
	awk '{ print $1 + 0, $1 + 0, $1 + 0 }' want >wanted
	[ "$(wc -l <got)" = 10 ]
	same wanted got
}

@test "the default is the median and the upper percentiles" {
	[ "$(seq 1 1000 | stream-quantile)" = $'0.5\t500\t500\t500
0.9\t900\t900\t900
0.99\t990\t990\t990
0.999\t999\t999\t999' ]
}

@test "there is an answer for each key" {
	stream-quantile -b 9 -f -1 -q p90 "$log" | cut -f 1,3 >got
	awk '{ print $9 }' "$log" | sort -u | while read -r key; do
		awk -v key="$key" '$9 == key { print $NF }' "$log" | LC_ALL=C sort -g >part
		printf '%s\t%s\n' "$key" "$(nearest_ranks part 90 | awk '{ print $1 + 0 }')"
	done >want
	[ "$(wc -l <want)" -ge 3 ]
	same want got
}

@test "ranks are the part of the numbers that is at most the value" {
	[ "$(printf '%s\n' 1 2 2 3 | stream-quantile --rank 0,1,2,2.5,3,1e9)" = $'0\t0\t0\t0
1\t0.25\t0.25\t0.25
2\t0.75\t0.75\t0.75
2.5\t0.75\t0.75\t0.75
3\t1\t1\t1
1000000000\t1\t1\t1' ]
}

@test "the summary is that of awk" {
	stream-quantile --summary "$times" >got
	awk '{ n++; sum += $1; squares += $1 * $1 } END {
		printf "%d %.9g %.9g\n", n, sum / n, sqrt((squares - sum * sum / n) / (n - 1))
	}' "$times" >want
	awk '{ printf "%d %.9g %.9g\n", $1, $4, $5 }' got >rounded
	same want rounded
	awk '{ print $2 + 0, $3 + 0, $6 + 0, $7 + 0, $8 + 0 }' got >got-order
	nearest_ranks "$BATS_FILE_TMPDIR/sorted" 0 100 25 50 75 | awk '{ printf "%s%s", s, $1 + 0; s = " " } END { print "" }' >want-order
	same want-order got-order
}

@test "a histogram has every number in one range" {
	run -0 stream-quantile --histogram 3 <<<$'0\n1\n2\n3\n4\n5\n9'
	[ "$output" = $'0\t3\t3\t0.428571\n3\t6\t3\t0.428571\n6\t9\t1\t0.142857' ]
	run -0 stream-quantile --histogram 3 <<<$'7\n7'
	[ "$output" = $'7\t7\t2\t1' ]
}

# histogram_is "NUMBER..." "LOW HIGH COUNT"... OPTION...
histogram_is() {
	local numbers=$1

	shift
	# shellcheck disable=SC2086 # words
	printf '%s\n' $numbers | stream-quantile "${@:2}" | cut -f 1-3 | tr '\t\n' ' ;' >got
	[ "$(cat got)" = "$1" ] || { echo "got: $(cat got)"; return 1; }
}

@test "a histogram has ranges of their own for infinities, and divides the rest" {
	histogram_is '-inf 0 1 2 inf inf' '-inf -inf 1;0 1 1;1 2 2;inf inf 2;' --histogram 2
	histogram_is 'inf 7' '7 7 1;inf inf 1;' --histogram 5
	histogram_is 'inf inf' 'inf inf 2;' --histogram 5
	histogram_is '-inf inf' '-inf -inf 1;inf inf 1;' --histogram 5 --log
	histogram_is 'inf 1 10 100' '1 10 1;10 100 2;inf inf 1;' --histogram 2 --log
	histogram_is '-inf -4 -3 0 -0 0 1 99 100' '-inf -inf 1;-4 0 2;0 1 3;1 10 1;10 100 2;' --histogram 2 --log
	histogram_is 'nan 1 3' '1 2 1;2 3 1;' --histogram 2
}

@test "a histogram goes from the smallest double to the greatest, and has round ends" {
	histogram_is '1e-300 1e300' '1e-300 1e-200 1;1e-200 1e-100 0;1e-100 1 0;1 1e+100 0;1e+100 1e+200 0;1e+200 1e+300 1;' --histogram 6 --log
	histogram_is '5e-324 1 1.7976931348623157e308' '5e-324 1.7976931348623157e+308 3;' --histogram 1 --log
	histogram_is '-1.7976931348623157e308 0 1.7976931348623157e308' '-1.7976931348623157e+308 0 1;0 1.7976931348623157e+308 2;' --histogram 2
	histogram_is '5e-324 1.5e-323' '5e-324 1e-323 1;1e-323 1.5e-323 1;' --histogram 2
	histogram_is '0 1' '0 0.1 1;0.1 0.2 0;0.2 0.3 0;0.3 0.4 0;0.4 0.5 0;0.5 0.6 0;0.6 0.7 0;0.7 0.8 0;0.8 0.9 0;0.9 1 1;' --histogram 10
	histogram_is '-0.7 0.7 0' '-0.7 0 1;0 0.7 2;' --histogram 2
	histogram_is '3 3' '3 3 2;' --histogram 4 --log
	histogram_is '-3 -3' '-3 -3 2;' --histogram 4 --log
	histogram_is '0 0 3' '0 3 3;' --histogram 1 --log
	for big in '--histogram 40' '--histogram 40 --log' '--histogram 1 --log'; do
		# shellcheck disable=SC2086 # words
		stream-quantile $big "$times" | awk '$1 > $2 || (NR > 1 && $1 != last) { exit 1 } { last = $2; n += $3 } END { if (n != '"$LOG_LINES"') exit 1 }'
	done
}

@test "histograms of sketches lose no number either" {
	for algorithm in kll req dd; do
		{ printf '%s\n' inf -inf -inf 0 0 0 -5; seq 3000; } |
			stream-quantile -S --base64 -a "$algorithm" -k 64 2>/dev/null >sketch ||
			{ printf '%s\n' inf -inf -inf 0 0 0 -5; seq 3000; } | stream-quantile -S --base64 -a "$algorithm" >sketch
		for log in '' --log; do
			stream-quantile -i base64 --histogram 4 $log sketch >got
			awk '{ n += $3 } END { exit n != 3007 }' got
			[ "$(head -1 got | cut -f 1-2)" = "-inf${TAB}-inf" ]
			[ "$(tail -1 got | cut -f 1-2)" = "inf${TAB}inf" ]
		done
	done
}

@test "numbers are printed so that they read back as the same" {
	printf '%s\n' 0.1 1e300 -2.5e-310 123456789012 inf 0.30000000000000004 >numbers
	stream-quantile -q 0,0.3,0.5,0.6,0.8,1 numbers | cut -f 2 >got
	printf '%s\n' -2.5e-310 0.1 0.30000000000000004 123456789012 1e+300 inf >want
	same want got
}

# rounded COUNT TOTAL LINE TEXT: what the last run said of numbers that it rounded.
rounded() {
	[[ $stderr == *": rounded $1 of $2 "*": whole numbers that no double is equal to; the first, "*" $3: \"$4\"" ]] || { echo "said: $stderr"; return 1; }
}

@test "whole numbers that no double is equal to are told of, and no answer of them is called exact" {
	need python3
	printf '%s\n' 1 9007199254740993 9007199254740992 3 9223372036854775807 >whole
	run -0 --separate-stderr stream-quantile -q 0.4,0.8,1 -o json whole
	rounded 2 5 2 9007199254740993
	python3 -c '
import json, sys
for line, true in zip(sys.stdin, (3, 9007199254740993, 9223372036854775807), strict=True):
    row = json.loads(line, parse_float=lambda text: int(float(text)))
    assert row["exact"] is False and int(row["low"]) <= true <= int(row["high"]) and (row["low"] < row["high"]) == (true > 3), row' <<<"$output"
	# The truth is 0.6 of 5 numbers at 9007199254740992.
	run -0 --separate-stderr stream-quantile --rank 3,9007199254740992 whole
	[ "$output" = "3${TAB}0.4${TAB}0.4${TAB}0.4
9007199254740992${TAB}0.8${TAB}0.4${TAB}0.8" ]
	run -0 --separate-stderr stream-quantile --summary -o json whole
	[[ $output == *'"exact":false}' ]]
	# Of doubles nothing is lost.
	for input in 9007199254740992 -9007199254740994 1e300 36028797018963968 0.1234567890123456789; do
		run -0 --separate-stderr stream-quantile -q 1 -o json <<<"$input"
		[[ -z $stderr && $output == *'"exact":true}' ]]
	done
	refuses '*: line 2: "9007199254740993" is a whole number that no double is equal to, and no answer of it exact (--exact)' --exact whole
}

@test "so it is in every format, with keys in those alone that have such, and whoever reads" {
	need python3
	printf '{"k":"a","n":1}\n{"k":"b","n":-9007199254740995}\n{"k":"c","n":2}\n' >big.json
	run -0 --separate-stderr stream-quantile -i json -f n -b k -q 1 -o json big.json
	rounded 1 3 2 -9007199254740995
	[ "$(grep -o '"exact":[a-z]*' <<<"$output" | tr '\n' ' ')" = '"exact":true "exact":false "exact":true ' ]
	printf '"x","n"\n1,"18446744073709551615"\n' >big.csv
	run -0 --separate-stderr stream-quantile -i csv -H -f n -q 1 big.csv
	rounded 1 1 2 18446744073709551615
	python3 -c '
import random, struct
random.seed(3)
values = [random.getrandbits(50) for _ in range(700000)]
values[500001] = 2**62 + 1
values[600000] = 2**61 + 1
open("big", "w").writelines("%d\n" % value for value in values)
open("big.u64", "wb").write(struct.pack("<%dQ" % len(values), *values))
open("big.i64", "wb").write(struct.pack("<%dq" % len(values), *[-value for value in values]))'
	for threads in 1 3; do
		run -0 --separate-stderr stream-quantile -j "$threads" -q 1 -o json big
		rounded 2 700000 500002 4611686018427387905
		[[ $output == *'"exact":false}' ]]
		run -0 --separate-stderr stream-quantile -j "$threads" -i u64 -q 1 -o json big.u64
		rounded 2 700000 500002 4611686018427387905
		[[ $output == *'"exact":false}' ]]
		run -0 --separate-stderr stream-quantile -j "$threads" -i i64 -q 1 -o json big.i64
		rounded 2 700000 500002 -4611686018427387905
		[[ $output == *'"exact":false}' ]]
	done
}

@test "files know that numbers in them were rounded, and windows which of them have such" {
	stream-quantile -S <<<9007199254740993 >rounded.sk
	stream-quantile -S <<<4 >whole.sk
	run -0 stream-quantile -q 0.5 -o json whole.sk
	[[ $output == *'"exact":true}' ]]
	run -0 stream-quantile -q 0.5 -o json rounded.sk whole.sk
	[[ $output == *'"exact":false}' ]]
	printf '%s\n' '0 1' '1 9007199254740993' '2 3' '3 4' '4 5' >timed
	run -0 stream-quantile -f 2 -q 1 -o json < <(stream-window -s 2s --slide 1s --time-unit s timed)
	[ "$(grep -o '"exact":[a-z]*' <<<"$output" | tr '\n' ' ')" = '"exact":true "exact":false "exact":false "exact":true "exact":true "exact":true ' ]
}

@test "nothing is no error" {
	run -0 stream-quantile </dev/null
	[ -z "$output" ]
	run -0 stream-quantile --histogram 5 </dev/null
	[ -z "$output" ]
	run -0 stream-quantile --summary -o json </dev/null
	[ "$output" = '{"count":0,"min":null,"max":null,"mean":null,"stddev":null,"p25":null,"p50":null,"p75":null,"exact":true}' ]
}

@test "what is no number is left out and noted" {
	run -0 --separate-stderr stream-quantile -q p50 <<<$'1\nx\n3\nnan\n5'
	[ "$output" = $'0.5\t3\t3\t3' ]
	[[ $stderr == *'skipped 2 of 5 lines: not a number; the first, line 2: "x"'* ]]
	refuses '*' --strict <<<$'1\nx'
}

@test "json is json" {
	need python3
	for question in '-q p50' '--rank 3,4.5' --summary '--histogram 4'; do
		# shellcheck disable=SC2086 # words
		printf '%s\n' 1 -inf 1e300 2.5 | stream-quantile $question -o json >rows
		python3 -c 'import json, sys
rows = [json.loads(line) for line in open("rows")]
assert rows and all(row["exact"] is True for row in rows)'
	done
}

# --- sketches ---

@test "of millions, the bounds of kll hold the truth, and ranks are good to 0.05 %" {
	[ "${SK_SANITIZED:-0}" = 0 ] || skip "accuracy does not depend on the build"
	stream-quantile -q "$(sed 's/\([^ ]*\)/p\1/g; s/ /,/g' <<<"$PERCENTS")" "$many" >rows
	[ "$(wc -l <rows)" = 5 ]
	awk '$3 >= $4 { exit 1 }' rows
	ranks_hold "$many" 0.0005 <rows
}

@test "of millions, req is the better the higher the rank" {
	[ "${SK_SANITIZED:-0}" = 0 ] || skip "accuracy does not depend on the build"
	stream-quantile -a req -q 0.999,0.9999,0.99999 "$many" >rows
	ranks_hold "$many" 0.00005 <rows
}

@test "of millions, dd is within 1 % of the value for certain" {
	[ "${SK_SANITIZED:-0}" = 0 ] || skip "accuracy does not depend on the build"
	stream-quantile -a dd -q 0.5,0.99,0.9999 "$many" >rows
	nearest_ranks "$BATS_FILE_TMPDIR/many-sorted" 50 99 99.99 | paste - rows |
		awk '{ off = $3 / $1 - 1; if (off > 0.01 || off < -0.01 || $4 > $1 || $5 < $1) { print; exit 1 } }'
}

@test "of millions, tdigest is near, and promises nothing" {
	[ "${SK_SANITIZED:-0}" = 0 ] || skip "accuracy does not depend on the build"
	stream-quantile -a tdigest -q 0.5,0.99,0.9999 "$many" | awk -v OFS='\t' '{ print $1, $2, $3, $4 }' >rows
	ranks_hold "$many" 0.005 <rows
	ends="$(sed -n '1p' "$BATS_FILE_TMPDIR/many-sorted") $(sed -n '$p' "$BATS_FILE_TMPDIR/many-sorted")"
	awk -v ends="$ends" 'BEGIN { split(ends, end, " ") } $3 != end[1] || $4 != end[2] { exit 1 }' rows
}

@test "text has no more digits of a mean and a deviation than people read, and other formats all" {
	printf '%s\n' 0.1234567890123 2 4 >in
	[ "$(stream-quantile --summary -o text in | tail -n 1 | tr -s ' ')" = ' 3 0.1234567890123 4 2.04115226 1.93859922 0.1234567890123 2 4' ]
	[ "$(stream-quantile --summary in | cut -f 4)" = 2.0411522630041 ]
}

@test "the summary of a sketch has exact moments, and ranks and histograms go on" {
	stream-quantile --summary -a dd -m 64K "$many" >got
	LC_ALL=C awk '{ n++; d = $1 - mean; mean += d / n; m2 += d * ($1 - mean) } END {
		printf "%d %.9g %.9g\n", n, mean, sqrt(m2 / (n - 1)) }' "$many" >want
	awk '{ printf "%d %.9g %.9g\n", $1, $4, $5 }' got >rounded
	same want rounded
	for algorithm in kll req dd tdigest; do
		head -1200000 "$many" >part
		stream-quantile -a "$algorithm" --histogram 20 part | awk '{ sum += $3 } END { exit sum != 1200000 }'
		stream-quantile -a "$algorithm" --rank 20.085 part |
			awk '$2 < 0.49 || $2 > 0.51 || $3 > 0.501 || $4 < 0.499 { print; exit 1 }'
	done
}

@test "memory is kept to, with many keys too" {
	stream-quantile -m 32K -q p50,p90 "$many" >rows
	ranks_hold "$many" 0.05 <rows
	head -500000 "$many" | awk '{ print NR % 50, $1 }' | stream-quantile -m 256K -b 1 -f 2 -q p50 >rows
	awk '$3 < 15 || $3 > 27 || $4 > 20.3 || $5 < 19.8 { print; exit 1 } END { exit NR != 50 }' rows
	need_true_memory
	memory_at_most 20000 stream-quantile -m 1M "$many"
}

@test "many keys of few values are exact in the memory there is by default" {
	awk 'BEGIN { for (j = 0; j < 6; j++) for (i = 0; i < 40000; i++) print "/page/" i, (i + j * 5) % 30 }' >pages
	awk 'BEGIN { for (i = 0; i < 40000; i++) print "/page/" i, i % 5 + 10 }' | LC_ALL=C sort >want
	for algorithm in kll req dd tdigest; do
		stream-quantile -a "$algorithm" -b 1 -f 2 -q p50 pages >rows
		awk '$3 != $4 || $3 != $5 { exit 1 } { print $1, $3 }' rows | LC_ALL=C sort | cmp - want
	done
	# Of windows, those that are open have half of it.
	awk 'NR <= 90000 { print int(NR / 30), $0 }' pages | stream-window -s 1h -t 1 --out-of-order 10s |
		stream-quantile -b 2 -f 3 -q p50 >rows
	awk '$5 != $6 || $5 != $7 { exit 1 } END { exit NR != 40000 }' FS='\t' rows
	need_true_memory
	memory_at_most 70000 stream-quantile -b 1 -f 2 -q p50 pages
}

@test "--exact fails rather than sketch, and --error picks the sketch" {
	refuses '*an exact answer*' --exact -m 1M "$many"
	run -0 stream-quantile -a kll -e 1% -q p50 -o json "$many"
	[[ $output == *'"exact":false'* ]]
	run -2 stream-quantile -e 0.0001 -m 16K -q p50 "$many"
	[[ $output == *'above --error'* ]]
}

# --- kept sketches ---

@test "sketches one behind the other are the sketch of all" {
	split -l $((LOG_LINES / 2)) "$times" part.
	stream-quantile -S part.aa >a.sk
	stream-quantile -S part.ab >b.sk
	cat a.sk b.sk >both.sk
	stream-quantile both.sk | ranks_hold "$times" 0.0002
	stream-quantile a.sk part.ab | ranks_hold "$times" 0.0002
	head -1000 "$times" | stream-quantile -S >few.sk
	run -0 stream-quantile -o json few.sk
	[[ $output == *'"exact":true'* ]]
	head -1000 "$times" >few
	[ "$(stream-quantile few.sk)" = "$(stream-quantile few)" ]
}

@test "every algorithm comes back from a file as it was" {
	for algorithm in kll req dd tdigest; do
		stream-quantile -S -a "$algorithm" "$times" >a.sk
		stream-quantile -S --image -a "$algorithm" "$times" >a.image
		stream-quantile -S --base64 -a "$algorithm" -b 9 -f -1 "$log" >a.base64
		stream-quantile -S a.sk >again.sk
		stream-quantile a.sk >want
		stream-quantile again.sk >got
		same want got
		ranks_hold "$times" 0.05 <got
		stream-quantile -q p50 -i image a.image | ranks_hold "$times" 0.05
		stream-quantile -b 1 -i base64 a.base64 >rows
		[ "$(wc -l <rows)" = $((4 * $(wc -l <a.base64))) ]
		[ "$(head -c 100 a.image | stream-quantile -i image 2>&1)" != "" ]
	done
}

@test "sketches of different algorithms are not merged, exact numbers are with all" {
	seq 1 10 | stream-quantile -S >few.sk
	for algorithm in kll req dd tdigest; do
		stream-quantile -S -a "$algorithm" "$times" >"$algorithm.sk"
		run -0 stream-quantile -q p50 few.sk "$algorithm.sk"
		first=$output
		run -0 stream-quantile -q p50 "$algorithm.sk" few.sk
		[ "${first%%"$TAB"*}" = "${output%%"$TAB"*}" ]
	done
	for other in req dd tdigest; do
		run -2 --separate-stderr stream-quantile kll.sk "$other.sk"
		[[ $stderr == "stream-quantile: $other.sk: byte "*": the sketch cannot be merged"* ]]
	done
}

@test "a state grows from run to run" {
	for run in 1 2 3; do
		seq $((run * 100 - 99)) $((run * 100)) | stream-quantile --state state -q 1,p50 >got
	done
	[ "$(cut -f 2 got)" = $'300\n150' ]
}

# --- mean and deviation of kept sketches ---

# same_moments WANT GOT MEAN: two summaries, the mean in column MEAN, have the same counts and ends, mean and deviation to
# 12 digits, and no "nan".
same_moments() {
	paste "$1" "$2" | awk -v mean="$3" '
		function near(a, b) { return a - b <= 1e-12 * (b < 0 ? -b : b) && b - a <= 1e-12 * (b < 0 ? -b : b) }
		{ half = NF / 2 }
		/nan/ || half < mean + 1 { print "no moments: " $0; exit 1 }
		{ for (i = 1; i < mean; i++) if ($i != $(i + half)) { print "others: " $0; exit 1 } }
		!near($mean, $(mean + half)) || !near($(mean + 1), $(mean + 1 + half)) { print; exit 1 }
		END { if (NR == 0) exit 1 }'
}

@test "the summary of two files is the summary of both inputs" {
	split -l $((LOG_LINES / 2)) "$times" part.
	for algorithm in kll req dd tdigest; do
		stream-quantile --summary -a "$algorithm" "$times" >want
		for part in part.aa part.ab; do
			stream-quantile -S -a "$algorithm" "$part" >"$part.sk"
			[ "$(stream-dump "$part.sk" | cut -f 3)" = "$algorithm" ]
		done
		stream-quantile --summary part.aa.sk part.ab.sk >got
		same_moments want got 4
		cat part.aa.sk part.ab.sk | stream-quantile -S >all.sk
		stream-quantile --summary all.sk >got
		same_moments want got 4
		# Numbers behind a file, and before it
		stream-quantile --summary -a "$algorithm" part.aa.sk part.ab >got
		same_moments want got 4
		stream-quantile --summary -a "$algorithm" part.aa part.ab.sk >got
		same_moments want got 4
	done
}

@test "so it is of each key" {
	head -50000 "$log" >first
	tail -n +50001 "$log" >second
	for algorithm in kll req dd tdigest; do
		error=
		[ "$algorithm" = tdigest ] || error='-e 5%'
		# shellcheck disable=SC2086 # words
		stream-quantile --summary -a "$algorithm" $error -b 9 -f -1 "$log" >want
		for half in first second; do
			# shellcheck disable=SC2086
			stream-quantile -S -a "$algorithm" $error -b 9 -f -1 "$half" >"$half.sk"
		done
		stream-quantile --summary -b 9 first.sk second.sk >got
		[ "$(wc -l <got)" -gt 2 ]
		same_moments want got 5
	done
}

@test "states have moments, whatever was asked before" {
	split -l $((LOG_LINES / 4)) "$times" part.
	for algorithm in kll req dd tdigest; do
		rm -f state
		stream-quantile --summary "$times" >want
		for part in part.a?; do
			stream-quantile -a "$algorithm" -q p50 --state state "$part" >row
		done
		stream-quantile --summary state >got
		same_moments want got 4
		stream-quantile --summary --state state </dev/null >got
		same_moments want got 4
	done
}

@test "infinite numbers are kept apart in files" {
	seq 1000 >finite
	for algorithm in kll req dd; do
		stream-quantile -S -a "$algorithm" -e 5% finite >finite.sk
		for infinity in inf -inf; do
			{ cat finite && echo "$infinity"; } | stream-quantile -S -a "$algorithm" -e 5% >"of$infinity.sk"
			[[ $(stream-dump "of$infinity.sk" | cut -f 9) == *" mean=$infinity" ]]
			[ "$(stream-quantile --summary finite.sk "of$infinity.sk" | cut -f 1,4,5)" = "2001$TAB$infinity${TAB}nan" ]
		done
		[ "$(stream-quantile --summary ofinf.sk of-inf.sk | cut -f 1,4,5)" = "2002${TAB}nan${TAB}nan" ]
		stream-quantile -S ofinf.sk of-inf.sk >both.sk
		[ "$(stream-quantile --summary finite.sk both.sk | cut -f 1,4,5)" = "3002${TAB}nan${TAB}nan" ]
		[[ $(stream-dump both.sk) != *mean=* ]]
	done
}

@test "files without moments can be read" {
	for algorithm in kll req tdigest; do
		stream-quantile -S --image -a "$algorithm" "$times" >a.image
		stream-quantile -S -i image a.image >bare.sk
		stream-quantile -S -a "$algorithm" "$times" >a.sk
		[ "$(wc -c <bare.sk)" -lt "$(wc -c <a.sk)" ]
		[[ $(stream-dump bare.sk) != *mean=* ]]
		[ "$(stream-quantile --summary bare.sk | cut -f 1,4,5)" = "$LOG_LINES${TAB}nan${TAB}nan" ]
		[ "$(stream-quantile --summary a.sk bare.sk | cut -f 1,4,5)" = "$((2 * LOG_LINES))${TAB}nan${TAB}nan" ]
		[ "$(stream-quantile --summary bare.sk a.sk | cut -f 1,4,5)" = "$((2 * LOG_LINES))${TAB}nan${TAB}nan" ]
	done
}

@test "moments of another number of values are refused" {
	need python3
	stream-quantile -S "$times" >a.sk
	# The frame of the sketch is at byte 28: 16 bytes of head, 40 of payload, and the moments.
	python3 -c '
import struct, sys
stream = bytearray(open("a.sk", "rb").read())
size = struct.unpack_from("<I", stream, 32)[0]
struct.pack_into("<Q", stream, 28 + 16 + 40, int(sys.argv[1]))
crc = 0xFFFFFFFF
for byte in stream[28:40] + stream[44:44 + size]:
    crc ^= byte
    for _ in range(8):
        crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
struct.pack_into("<I", stream, 40, crc ^ 0xFFFFFFFF)
open("changed.sk", "wb").write(stream)' $((LOG_LINES - 1))
	run -0 stream-dump changed.sk
	refuses 'changed.sk: byte 28: kll: its contents contradict each other' changed.sk
}

@test "stream-dump shows mean and deviation" {
	seq 0 100000 | stream-quantile -S >a.sk
	[[ $(stream-dump a.sk | cut -f 9) == *' mean=50000 deviation=28867.94647'* ]]
	[[ $(stream-dump -o text a.sk) == *' mean=50000 deviation=28867.94647'* ]]
	[[ $(stream-dump -o json a.sk) == *',"mean":50000,"deviation":28867.94647'*',"bytes":'* ]]
	# Numbers as they came have none to show.
	seq 10 | stream-quantile -S >few.sk
	[[ $(stream-dump -o json few.sk) != *mean* ]]
}

# --- the command line ---

@test "bad options are refused with their text" {
	refuses '--quantiles "p101": not a quantile*' -q p101
	refuses '--quantiles "": not a quantile*' -q 0.5,
	refuses '--quantiles "half": not a quantile*' -q p50,half
	refuses '--rank "x": not a number' --rank x
	refuses '--rank "nan": not a number' --rank 1,nan
	refuses '*one of them at a time' --rank 1 --summary
	refuses '--confidence: below 1*' --confidence 1
	refuses '--error: this sketch has no error that it keeps to' -a tdigest -e 0.1
	refuses '--error: no sketch*' -e 0.0000001
	refuses '--memory: this sketch needs*' -a req -m 16K
	refuses '--histogram "0": *' --histogram 0
}

@test "--explain says what the run would use, and reads nothing" {
	run -0 stream-quantile --explain -o json -e 1% /nonexistent
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} == '{"algorithm":"exact","parameters":"up to 1048576 values","error":0,'* ]]
	[[ ${lines[1]} == '{"algorithm":"kll","parameters":"k 269","error":0.00997,"error_of":"rank error","confidence":0.99,'* ]]
	[ "$(stream-quantile --exact --explain | cut -f 1)" = exact ]
	[ "$(stream-quantile -S --image --explain | cut -f 1)" = kll ]
	[ "$(stream-quantile -m 64K --explain | tail -n 1 | cut -f 2)" != 'k 32768' ]
	[ "$(stream-topk -S -e 1% --explain | tail -n 1 | cut -f 3)" = 0.01 ]
	[ "$(stream-distinct -a theta -e 1% --explain | tail -n 1 | cut -f 1,2)" = 'theta	lgK 14' ]
}

@test "--k and --item-type make the sketches that an engine wants" {
	seq 100000 >in
	stream-quantile -S --image --k 200 in >double
	stream-quantile -S --image --k 200 --item-type float in >float
	[ "$(stream-dump -i image --item-type float float | cut -f 4)" = float ]
	[ "$(wc -c <float)" -lt $(($(wc -c <double) * 6 / 10)) ]
	stream-dump float --item-type float | grep -q 'k=200 '
	stream-quantile -i image --item-type float -q p50 float |
		awk '{ exit !($3 <= 50000 && 50000 <= $4 && $2 > 48000 && $2 < 52000) }'
	stream-quantile -a req -S --image --k 24 --item-type float in | stream-dump --item-type float | grep -q 'k=24 '
	for options in '--k 7' '--k 65536' '-a req --k 13' '-a req --k 2' '-a dd --k 5' '-a tdigest --k 9'; do
		# shellcheck disable=SC2086 # words
		run -2 stream-quantile $options in
		[[ $output == 'stream-quantile: --k: '* ]]
	done
}

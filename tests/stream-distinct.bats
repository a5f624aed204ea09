#!/usr/bin/env bats
# shellcheck disable=SC2154
# stream-distinct: how many different items there are.

load helpers

setup() {
	sk_setup
}

# Succeed if ${2} lies within the bounds of the answer ${1}: count TAB low TAB high.
within_bounds() {
	awk -F '\t' -v truth="$2" '{ exit !($2 <= truth && truth <= $3) }' <<<"$1"
}

@test "fields of a log have as many different values as cut, sort -u and wc -l say" {
	loggen -n 30000 >log
	for field in 1 7 9; do
		truth=$(awk -v f="$field" '{ print $f }' log | LC_ALL=C sort -u | wc -l)
		[ "$(stream-distinct -f "$field" log)" = "$truth	$truth	$truth" ]
		[ "$(stream-distinct -f "$field" <log)" = "$truth	$truth	$truth" ]
	done
}

@test "whole lines are counted as sort -u counts them, the empty one with them" {
	printf 'a\n\nb\na\n\n' >in
	[ "$(stream-distinct in)" = '3	3	3' ]
	[ "$(stream-distinct --skip-empty in)" = '2	2	2' ]
}

@test "no input has no items" {
	[ "$(stream-distinct </dev/null)" = '0	0	0' ]
	[ "$(stream-distinct -o json </dev/null)" = '{"count":0,"low":0,"high":0,"exact":true}' ]
}

@test "five million items are counted within one per cent, and the bounds contain the truth" {
	for options in '' '-a theta' '--type hll4'; do
		# shellcheck disable=SC2086 # words
		answer=$(seq 5000000 | stream-distinct $options)
		within_bounds "$answer" 5000000
		awk '{ exit !($1 > 4950000 && $1 < 5050000) }' <<<"$answer"
	done
}

@test "each key has a count of its own, as awk has it" {
	loggen -n 20000 >log
	awk '!seen[$9, $1]++ { n[$9]++ } END { for (k in n) print k "\t" n[k] "\t" n[k] "\t" n[k] }' log |
		LC_ALL=C sort >want
	stream-distinct -b 9 -f 1 log | diff - want
}

@test "sketches of two days are one count of both" {
	seq 1 200000 >mon
	seq 100001 300000 >tue
	for options in '' '-a theta' '--exact'; do
		# shellcheck disable=SC2086 # words
		stream-distinct $options -S mon >mon.sk && stream-distinct $options -S tue >tue.sk
		# shellcheck disable=SC2086 # words
		within_bounds "$(cat mon.sk tue.sk | stream-distinct $options)" 300000
		# shellcheck disable=SC2086 # words
		within_bounds "$(stream-distinct $options mon.sk tue)" 300000
	done
	[ "$(stream-distinct --exact mon.sk tue.sk)" = '300000	300000	300000' ]
}

@test "a sketch of few items is exact" {
	seq 100 | stream-distinct -S >few.sk
	[ "$(stream-distinct -o json few.sk)" = '{"count":100,"low":100,"high":100,"exact":true}' ]
}

@test "HLL and Theta are not merged, and what was merged before is still the answer" {
	seq 100000 | stream-distinct -S >hll.sk
	seq 100000 | stream-distinct -a theta -S >theta.sk
	run -2 --separate-stderr stream-distinct hll.sk theta.sk
	[[ $stderr == *'theta.sk: '*'cannot be merged'* ]]
	within_bounds "$output" 100000
}

@test "images and base64 are read back" {
	seq 50000 | stream-distinct -S --image --type hll4 >image
	within_bounds "$(stream-distinct -i image image)" 50000
	seq 50000 | stream-distinct -S --base64 | stream-distinct -i base64 >back
	within_bounds "$(cat back)" 50000
	awk '{ print $1 % 3, $1 }' < <(seq 30000) | stream-distinct -S --base64 -b 1 -f 2 >keyed
	[ "$(wc -l <keyed)" -eq 3 ]
	stream-distinct -i base64 -b 1 keyed >back
	[ "$(cut -f 1 back | tr '\n' ' ')" = '0 1 2 ' ]
}

@test "--state adds up run after run, and is left alone when something goes wrong" {
	seq 1 1000 | stream-distinct --exact --state st >/dev/null
	[ "$(seq 501 1500 | stream-distinct --exact --state st)" = '1500	1500	1500' ]
	cp st before
	run -2 --separate-stderr stream-distinct --exact --state st /nowhere
	cmp st before
	head -c 100 before >st
	run -2 --separate-stderr stream-distinct --state st </dev/null
	[ "$(stat -c %s st)" -eq 100 ]
}

@test "a damaged sketch is refused with one line that names it" {
	seq 100000 | stream-distinct -S >good
	head -c 5000 good >half
	run -2 --separate-stderr stream-distinct half
	[[ $stderr == 'stream-distinct: half: '* ]]
	printf 'x' | dd of=good bs=1 seek=3000 conv=notrunc 2>/dev/null
	run -2 --separate-stderr stream-distinct good
	[[ $stderr == 'stream-distinct: good: '*checksum* ]]
}

@test "--error chooses the sketch, --exact refuses one" {
	[ "$(seq 3000000 | stream-distinct -e 5% -S --image | wc -c)" -lt 2000 ]
	run -2 --separate-stderr stream-distinct --exact -m 1M < <(seq 1000000)
	[[ $stderr == *--exact* ]]
	[ -z "$output" ]
}

@test "options that no sketch has are refused" {
	for options in '--lgk 3' '--lgk 22' '-a cpc' '--type hll5' '-e 0.0000001'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr stream-distinct $options </dev/null
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
	done
}

# --- sets ---

# The shares of three sets of numbers as comm has them: what is in all, and what is in the first alone.
make_sets() {
	seq 1 "$1" >a
	seq $(($1 / 2)) $(($1 * 2)) >b
	seq $(($1 / 4)) $(($1 * 3 / 4)) >c
}

@test "sets of records have exact intersections, differences and ratios" {
	make_sets 200000
	[ "$(stream-distinct --union a b c)" = '400000	400000	400000' ]
	[ "$(stream-distinct --intersect a b c)" = '50001	50001	50001' ]
	[ "$(stream-distinct --minus a b)" = '99999	99999	99999' ]
	[ "$(stream-distinct --minus a b c)" = '49999	49999	49999' ]
	stream-distinct --jaccard -o json a b >ratio
	[ "$(cat ratio)" = '{"jaccard":0.2500025,"low":0.2500025,"high":0.2500025,"exact":true}' ]
	loggen -n 20000 >log
	for half in 1 2; do
		awk -v half="$half" 'NR % 3 >= half { print $1, $7 }' log >"$half"
	done
	cut -d ' ' -f 1 1 | LC_ALL=C sort -u >one && cut -d ' ' -f 1 2 | LC_ALL=C sort -u >two
	[ "$(stream-distinct --intersect -f 1 1 2 | cut -f 1)" = "$(LC_ALL=C comm -12 one two | wc -l)" ]
	[ "$(stream-distinct --minus -f 1 1 2 | cut -f 1)" = "$(LC_ALL=C comm -23 one two | wc -l)" ]
}

@test "sets of Theta sketches have theirs within bounds" {
	make_sets 1000000
	for set in a b c; do
		stream-distinct -S -a theta "$set" >"$set.sk"
	done
	within_bounds "$(stream-distinct --intersect a.sk b.sk c.sk)" 250001
	within_bounds "$(stream-distinct --minus a.sk b.sk)" 499999
	within_bounds "$(stream-distinct --jaccard a.sk b.sk)" 0.25
	# An answer is a sketch like others, and records go with sketches.
	stream-distinct --intersect -S a.sk b >both.sk
	within_bounds "$(stream-distinct both.sk)" 500001
	run -0 stream-distinct --intersect a.sk b.sk -o json
	[[ $output == *'"exact":false'* ]]
	# The bounds are worth something.
	awk -F '\t' '{ exit !($3 - $2 < 0.1 * $1) }' < <(stream-distinct --intersect a.sk b.sk)
}

@test "sets are told apart by key" {
	printf 'x 1\nx 2\ny 1\n' >first
	printf 'x 2\nx 3\nz 1\n' >second
	[ "$(stream-distinct --intersect -b 1 -f 2 first second | cut -f 1,2 | tr '\n\t' ' ,')" = 'x,1 y,0 z,0 ' ]
	[ "$(stream-distinct --minus -b 1 -f 2 first second | cut -f 1,2 | tr '\n\t' ' ,')" = 'x,1 y,1 z,0 ' ]
}

@test "an empty file is an empty set, wherever it stands" {
	seq 10 >a && : >empty
	[ "$(stream-distinct --intersect empty a)" = '0	0	0' ]
	[ "$(stream-distinct --intersect a empty)" = '0	0	0' ]
	[ "$(stream-distinct --minus a empty)" = '10	10	10' ]
	[ "$(stream-distinct --minus empty a)" = '0	0	0' ]
	[ "$(stream-distinct --jaccard empty empty | cut -f 1)" = 1 ]
}

@test "several sketches in one file are one set" {
	seq 1 100 | stream-distinct -S -a theta >a.sk
	seq 101 200 | stream-distinct -S -a theta >b.sk
	seq 51 150 >c
	cat a.sk b.sk | stream-distinct --intersect - c >answer
	[ "$(cat answer)" = '100	100	100' ]
}

@test "what cannot be intersected is refused, and a set that is missing is no answer" {
	seq 100000 >a && stream-distinct -S a >hll.sk
	run -2 --separate-stderr stream-distinct --intersect a hll.sk
	[[ $stderr == *'input 2: '*'HLL'* ]] && [ -z "$output" ]
	run -2 --separate-stderr stream-distinct --intersect a nowhere
	[[ $stderr == *nowhere* ]] && [ -z "$output" ]
	for options in '--intersect a' '--minus a' '--jaccard a' '--jaccard a a a' '--jaccard -S a a' \
		'-a hll --intersect a a' '--union --minus a a' '--minus --state s a a' '--minus --every 1s a a'; do
		# shellcheck disable=SC2086 # words
		run -2 stream-distinct $options
		[ "${#lines[@]}" -eq 1 ]
	done
}

# --- other engines' columns ---

# The images are of Apache DataSketches' Python package: update(int) and update(float).
@test "--hash-as gives the bytes that an engine's column of that type has" {
	printf '%s\n' 1 -5 9223372036854775807 | stream-distinct -S --base64 --type hll4 --lgk 12 --hash-as int64 >int64
	[ "$(cat int64)" = AgEHDAMIAwAr8vsGScLXBv+6tA0= ]
	printf '%s\n' 1.0 0 -0 2.5 inf 25e-1 | stream-distinct -S --base64 --type hll4 --lgk 12 --hash-as double >double
	[ "$(cat double)" = AgEHDAMIBAALpZ0Py9fCBEqpKBAontsE ]
	printf '%s\n' 1 -5 | stream-distinct -S --base64 -a theta --lgk 12 --hash-as int64 >theta
	[ "$(cat theta)" = AgMDAAAazJMCAAAAAAAAABX5fcu9hqEFJOFrQ9qmyD4= ]
	# UTF-16 of h, e acute, and a character beyond 16 bits.
	printf 'h\303\251\360\237\230\200\n' | stream-distinct -S --base64 --hash-as utf16le >utf16
	printf 'h\0\351\0\075\330\0\336\n' | stream-distinct -S --base64 | diff - utf16
}

@test "what does not fit the column's type is a bad record" {
	printf '%s\n' 1 1.5 '' 9223372036854775808 x >numbers
	run -0 --separate-stderr stream-distinct --hash-as int64 numbers
	[ "$output" = '1	1	1' ]
	[[ $stderr == *'skipped 2 of 5'*'not a number'*'line 2: "1.5"'* ]]
	[[ $stderr == *'skipped 1 of 5'*'out of range'*'line 4'* ]]
	run -0 --separate-stderr stream-distinct --hash-as double numbers
	[ "$output" = '3	3	3' ]
	printf 'a\377\n' >bytes
	run -2 stream-distinct --strict --hash-as utf16le bytes
	[[ $output == *'line 1: not UTF-8'* ]]
}

@test "packed Theta images are smaller, and read back as the same" {
	seq 100000 >in
	stream-distinct -S --image -a theta in >three
	stream-distinct -S --image -a theta --theta-version 4 in >four
	[ "$(wc -c <four)" -lt "$(wc -c <three)" ]
	[ "$(stream-dump --columns four | cut -f 4 | tail -n 1)" = "$(stream-dump --columns three | cut -f 4 | tail -n 1)" ]
	[ "$(stream-distinct -i image four)" = "$(stream-distinct -i image three)" ]
	[ "$(stream-distinct -i image -S --image four | cmp - three && echo same)" = same ]
}

@test "a sketch file that is cut off within its first bytes is no text" {
	seq 100 | stream-distinct -S >whole.sk
	for size in 2 5 7 8 15 16 27 28 30; do
		head -c "$size" whole.sk >cut.sk
		run -2 --separate-stderr stream-distinct cut.sk
		[[ $stderr == "stream-distinct: cut.sk: byte "*': the stream is cut off'* ]] && [ -z "$output" ]
	done
}

@test "a file that is no base64 is complained of once" {
	seq 1000 >text
	run -2 --separate-stderr stream-distinct -i base64 text
	[ "$stderr" = 'stream-distinct: text: line 1: not base64' ]
	[ -z "$output" ]
}

@test "an infinite value is refused by the sketch that cannot hold it" {
	printf '1\ninf\n' >values
	run -2 --separate-stderr stream-quantile -a tdigest -S --image values
	[ "$stderr" = 'stream-quantile: values: an infinite value, which a sketch of this kind cannot hold' ]
}

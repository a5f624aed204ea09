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

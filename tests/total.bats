#!/usr/bin/env bats
# shellcheck disable=SC2154
# --total: a total beside the groups.

load helpers

setup() {
	sk_setup
	awk 'BEGIN { for (i = 0; i < 300; i++) print "k" i % 3, i % 50 }' >keyed
}

@test "the last row is what the answer would be without keys" {
	stream-distinct -b 1 -f 2 keyed >want
	stream-distinct -f 2 keyed | sed "s/^/total$TAB/" >>want
	stream-distinct -b 1 -f 2 --total keyed | same want -
	for question in '-q 0.5,0.9' '--rank 10' --summary '--histogram 3'; do
		# shellcheck disable=SC2086
		{
			stream-quantile -b 1 -f 2 $question keyed
			stream-quantile -f 2 $question keyed | sed "s/^/total$TAB/"
		} >want
		# shellcheck disable=SC2086
		stream-quantile -b 1 -f 2 $question --total keyed | same want -
	done
	stream-topk -b 1 -f 2 -k 4 --share keyed >want
	stream-topk -f 2 -k 4 --share keyed | sed "s/^/total$TAB/" >>want
	stream-topk -b 1 -f 2 -k 4 --share --total keyed | same want -
}

@test "stream-topk without keys adds the total weight, of which items are parts" {
	run -0 stream-topk -f 1 -w 2 -k 1 --share --total <<<$'a 1.5\nb 2\na 1.25'
	[ "$output" = "2.75${TAB}0${TAB}0.578947${TAB}a
4.75${TAB}0${TAB}1${TAB}total" ]
	# Also of a sketch the total is exact; and a composite item has the word once.
	[ "$(seq 100000 | stream-topk --quiet -m 16K -k 1 --total | tail -1)" = "100000${TAB}0${TAB}total" ]
	[ "$(stream-topk -f 1,2 -k 1 --total <<<'a b' | tail -1)" = "1${TAB}0${TAB}total${TAB}" ]
	[ "$(stream-topk --total --share </dev/null)" = "0${TAB}0${TAB}0${TAB}total" ]
	run -2 stream-distinct --total </dev/null
	[ "$output" = 'stream-distinct: --total goes with --by: it is that of all keys' ]
}

@test "of sketches, the total has bounds that hold" {
	seq 400000 | awk '{ print $1 % 3, $1 }' >many
	stream-distinct -b 1 -f 2 --total -m 1M many | tail -1 | {
		IFS=$TAB read -r key _ low high
		[ "$key" = total ]
		[ "$low" -lt 400000 ] && [ "$high" -gt 400000 ] && [ "$low" -gt 360000 ] && [ "$high" -lt 440000 ]
	}
	run -2 --separate-stderr stream-distinct -b 1 -f 2 --total --exact -m 48M <(seq 700000 | awk '{ print $1 % 3, $1 }')
	[[ $stderr == 'stream-distinct: '*'needs more than --memory' ]]
	# Sketches by key, written by others, have a total as well.
	stream-distinct -S -b 1 -f 2 many >sketches
	stream-distinct -b 1 --total sketches | tail -1 | { IFS=$TAB read -r key _ low high; [ "$low" -lt 400000 ] && [ "$high" -gt 400000 ]; }
}

@test "text sets the total apart, and json says which it is" {
	run -0 stream-distinct -b 1 --total -o text <<<$'a\nb'
	[ "$output" = 'key    count  low  high
a          1    1     1
b          1    1     1

total      2    2     2' ]
	run -0 stream-distinct -b 1 --total -o json <<<'total'
	[ "$output" = '{"key":"total","count":1,"low":1,"high":1,"exact":true}
{"count":1,"low":1,"high":1,"exact":true,"total":true}' ]
	run -0 stream-topk --total -o json <<<'total'
	[ "$output" = '{"count":1,"error":0,"item":"total","exact":true}
{"count":1,"error":0,"exact":true,"total":true}' ]
	# Of no key there is a total too, and several fields are columns.
	[ "$(stream-distinct -b 1,2 --total -o csv </dev/null)" = 'key1,key2,count,low,high
total,"",0,0,0' ]
}

@test "what is summed up elsewhere has a total of its own name" {
	printf '%s\n' 'a x' 'a y' 'b x' >few
	stream-distinct -b 1 -f 2 --total -o prom few >got
	[ "$(grep -v '#' got | grep -v _low | grep -v _high)" = 'stream_distinct{key="a"} 2
stream_distinct{key="b"} 1
stream_distinct_overall 2' ]
	[ "$(stream-distinct -b 1 -f 2 --total -o influx few | tail -1)" = 'stream_distinct_overall count=2i,low=2i,high=2i,exact=true' ]
	for question in -q0.5 --summary; do
		stream-quantile -b 1 -f 2 $question --total -o prom keyed >got
		! command -v promtool >/dev/null || promtool check metrics <got
	done
	need sqlite3
	{
		stream-distinct -b 1 -f 2 --total -o sql few
		echo 'SELECT sum(s.count), o.count FROM stream_distinct s, stream_distinct_overall o;'
	} | sqlite3 >got
	echo '3|2' | same - got
}

@test "each window has its total" {
	printf '%s %s\n' 0 a 1 b 2 a | stream-window -s 2s --time-unit s >frames
	run -0 stream-topk -b 2 -f 2 --total frames
	[ "$output" = "1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:02Z${TAB}a${TAB}1${TAB}0${TAB}a
1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:02Z${TAB}b${TAB}1${TAB}0${TAB}b
1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:02Z${TAB}total${TAB}1${TAB}0${TAB}a
1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:02Z${TAB}total${TAB}1${TAB}0${TAB}b
1970-01-01T00:00:02Z${TAB}1970-01-01T00:00:04Z${TAB}a${TAB}1${TAB}0${TAB}a
1970-01-01T00:00:02Z${TAB}1970-01-01T00:00:04Z${TAB}total${TAB}1${TAB}0${TAB}a" ]
	[ "$(stream-distinct -f 2 -b 2 --total -o sql frames | grep -c 'CREATE TABLE')" = 2 ]
	[ "$(stream-topk -f 2 --total frames | grep -c "2${TAB}0${TAB}total")" = 1 ]
}

@test "an interim answer has one, and a sketch none" {
	seq 3 | stream-topk -S --total 2>said || [ $? = 2 ]
	[ "$(cat said)" = 'stream-topk: --total is a row of the answer, and --sketch writes none' ]
	mkfifo in
	stream-distinct -b 1 --total --every 20ms -o json <in >got &
	exec 8>in
	echo a >&8
	eventually grep -q '"total":true,"interim":true' got
	exec 8>&-
	wait $!
	[ "$(tail -1 got)" = '{"count":1,"low":1,"high":1,"exact":true,"total":true}' ]
	run -2 stream-distinct -b 1 --total -m 16K </dev/null
	[ "$output" = 'stream-distinct: --memory: at least 32K is needed with --total' ]
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# Answers by window, through the pipe from stream-window to the tools, against an exact reference: 60,000 events out of
# order, with ties, duplicates, silences and some that come an hour late. tests/window_reference.py says what is right.

load helpers

setup_file() {
	need python3
	export SK_ROOT
	python3 "$SK_ROOT/tests/window_reference.py" write >"$BATS_FILE_TMPDIR/events"
}

setup() {
	sk_setup
	events=$BATS_FILE_TMPDIR/events
}

# agree NONE|SOME TOOL WINDOW... [-- MORE]: as the reference has it, and no record or some records were late.
agree() {
	local late=$1

	shift
	echo "$*"
	python3 "$SK_ROOT/tests/window_reference.py" "$events" "$@" >said || return
	cat said
	grep -qE '^[1-9][0-9]* windows' said
	case $late in
	none) grep -q ' 0 late$' said ;;
	some) grep -qE ' [1-9][0-9]* late$' said ;;
	esac
}

@test "the events are what they are said to be" {
	[ "$(wc -l <"$events")" -eq 60000 ]
	awk '{
		if (NR > 1 && $1 < largest) out_of_order++
		if (NR > 1 && $1 > largest + 2000) silent++
		if (seen[$0]++) duplicates++
		if (times[$1]++) ties++
		if (!(NR > 1 && $1 < largest)) largest = $1
		keys[$2]
	} END {
		for (key in keys) n++
		exit !(n == 30 && out_of_order > 10000 && silent == 2 && duplicates > 500 && ties > 10000)
	}' "$events"
}

@test "tumbling windows that wait for every record" {
	agree none topk -s 10m --out-of-order 1h
	agree none distinct -s 1m --out-of-order 1h
	agree none quantile -s 1h --align 17m --out-of-order 1h
}

@test "sliding windows that wait for every record" {
	agree none topk -s 20m --slide 5m --out-of-order 1h
	agree none distinct -s 7m --slide 3m --out-of-order 1h
	agree none quantile -s 5m --slide 2m --out-of-order 1h
}

@test "empty windows are answered for too" {
	agree none distinct -s 1m --empty --out-of-order 1h
}

@test "sessions that wait for every record" {
	agree none topk --session 1m -b 2 --out-of-order 1h
	agree none distinct --session 5s --out-of-order 1h
	agree none quantile --session 40s -b 2 --out-of-order 1h
}

@test "windows of counts" {
	agree none topk --count 1000
	agree none distinct --count 70 -b 2
	agree none quantile --count 100 -b 2
}

@test "windows of counts that overlap" {
	stream-window --count 2 --slide 1 </dev/null >/dev/null 2>&1 || skip "windows of counts do not slide here"
	agree none topk --count 1000 --slide 300
	agree none distinct --count 70 --slide 20 -b 2
}

@test "windows divided by the tools" {
	agree none topk -s 30m --out-of-order 1h -- -b 2
	agree none distinct -s 10m --slide 5m --out-of-order 1h -- -b 2
	agree some quantile -s 1h --out-of-order 10s -- -b 2
}

@test "tumbling and sliding windows that do not wait so long, and say how many came too late" {
	agree some topk -s 1m --out-of-order 30s
	agree some quantile -s 5m --slide 1m --out-of-order 30s
}

@test "sessions that do not wait so long" {
	agree some topk --session 2s --out-of-order 5s
	agree some distinct --session 1m -b 2 --out-of-order 20s
}

@test "windows that are corrected end as they have to" {
	agree some topk -s 10m --slide 5m --out-of-order 30s --lateness 10m
	agree none distinct -s 5m --out-of-order 30s --lateness 1h
	agree some quantile -s 1m --lateness 1m
	agree some distinct -s 30m --out-of-order 10s --lateness 5m -- -b 2
}

@test "sessions that are corrected, grow and join end as they have to" {
	agree some distinct --session 2s --out-of-order 5s --lateness 1m
	agree some topk --session 10m -b 2 --out-of-order 5s --lateness 20m
	agree none quantile --session 1m -b 2 --out-of-order 20s --lateness 1h
}

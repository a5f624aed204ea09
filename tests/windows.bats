#!/usr/bin/env bats
# shellcheck disable=SC2154
# Streams of panes and windows, as another program writes them by the manual of frames: answers by window.

load helpers

setup() {
	sk_setup
	need python3
}

# What writes frames; what follows it says which.
export PYTHONPATH=$SK_ROOT/tests PYTHONDONTWRITEBYTECODE=1
WRITER='
import struct, sys
from frames_writer import *
import frames_writer

def start():
    frames_writer.start(10)
'

write() {
	python3 -c "$WRITER
$(cat)"
}

two_minutes() {
	write <<'PY'
start()
records(0, b"a 1\nb 2\na 3\n")
records(1, b"c 4\n")
watermark(60 * S)
close(0, 60 * S, [0])
close(30 * S, 90 * S, [0, 1])
finished(0)
records(1, b"a 5\n")
close(60 * S, 120 * S, [1], 1)
close(120 * S, 180 * S, [])
finished(1)
end(5)
PY
}

@test "every tool answers by window, and windows share panes" {
	two_minutes >stream
	cat >want <<'END'
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z 2 0 a
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z 1 0 b
1970-01-01T00:00:30Z 1970-01-01T00:01:30Z 2 0 a
1970-01-01T00:00:30Z 1970-01-01T00:01:30Z 1 0 b
1970-01-01T00:00:30Z 1970-01-01T00:01:30Z 1 0 c
1970-01-01T00:01:00Z 1970-01-01T00:02:00Z 1 0 a
1970-01-01T00:01:00Z 1970-01-01T00:02:00Z 1 0 c
1970-01-01T00:02:00Z 1970-01-01T00:03:00Z 0 0 
END
	stream-topk -f 1 stream | tr '\t' ' ' | diff want -
	stream-topk -f 1 <stream | tr '\t' ' ' | diff want -
	[ "$(stream-distinct -f 1 stream | cut -f 3 | tr '\n' ' ')" = '2 3 2 0 ' ]
	[ "$(stream-quantile -f 2 -q 1 stream | cut -f 4 | tr '\n' ' ')" = '3 4 5 nan ' ]
	[ "$(stream-topk -f 2 -b 1 -k 1 stream | cut -f 2,3,4 | tail -n 2)" = '1970-01-01T00:02:00Z	c	1
1970-01-01T00:03:00Z		0' ]
}

@test "prom has metrics of an empty window too" {
	write >stream <<'PY'
start()
close(0, 60 * S, [])
end()
PY
	[ "$(stream-topk -o prom -b 1 stream | grep -v '#')" = 'stream_topk 0
stream_topk_error 0' ]
	[ "$(stream-quantile -o prom -q 0.5 stream | grep '^stream_quantile')" = 'stream_quantile{quantile="0.5"} NaN
stream_quantile_sum 0
stream_quantile_count 0
stream_quantile_low{quantile="0.5"} NaN
stream_quantile_high{quantile="0.5"} NaN' ]
}

@test "json names the window, and which revision it is" {
	two_minutes >stream
	run -0 stream-distinct -o json -f 1 stream
	[ "${lines[2]}" = '{"start":"1970-01-01T00:01:00Z","end":"1970-01-01T00:02:00Z","revision":1,"count":2,"low":2,"high":2,"exact":true}' ]
}

@test "tsv has one header line, and text one for each window" {
	two_minutes >stream
	[ "$(stream-topk --columns -f 1 stream | grep -c start)" = 1 ]
	[ "$(stream-topk --columns -f 1 stream | head -n 1)" = 'start	end	count	error	item' ]
	[ "$(stream-topk -o text -f 1 stream | grep -c '^start')" = 4 ]
}

@test "a window's rows come when it closes, and not later" {
	mkfifo pipe
	stream-topk -f 1 pipe >rows &
	exec 4>pipe
	two_minutes >stream
	head -c 240 stream >&4
	for _ in $(seq 200); do
		[ -s rows ] && break
		sleep 0.05
	done
	[ "$(head -n 1 rows)" = '1970-01-01T00:00:00Z	1970-01-01T00:01:00Z	2	0	a' ]
	tail -c +241 stream >&4
	exec 4>&-
	wait
	[ "$(wc -l <rows)" = 8 ]
}

@test "sessions have keys, counts have ordinals, times have fractions and may be before 1970" {
	write >stream <<'PY'
start()
records(7, b"x\ny\n")
close(-S // 2, S, [7], key=(b"k1", b"k2"))
close(10, 12, [7], counted=1)
end(2)
PY
	[ "$(stream-distinct stream | tr '\t' ' ' | head -n 1)" = '1969-12-31T23:59:59.5Z 1970-01-01T00:00:01Z k1 k2 2 2 2' ]
	[ "$(stream-distinct stream | tr '\t' ' ' | tail -n 1)" = '10 12 2 2 2' ]
	[ "$(stream-distinct -b 1 stream | tr '\t' ' ' | head -n 1)" = '1969-12-31T23:59:59.5Z 1970-01-01T00:00:01Z k1 k2 x 1 1 1' ]
	run -2 --separate-stderr stream-distinct -b "1$(printf ',1%.0s' {1..62})" stream
	[[ $stderr == *'have more parts than 64 together'* ]]
}

@test "streams behind each other have panes of their own" {
	{ two_minutes && two_minutes; } >stream
	[ "$(stream-distinct -f 1 stream | cut -f 3 | tr '\n' ' ')" = '2 3 2 0 2 3 2 0 ' ]
	[ "$(stream-distinct -f 1 stream stream | wc -l)" = 16 ]
}

@test "a stream that is cut off or damaged gives the windows before, and is an error" {
	two_minutes >whole
	size=$(wc -c <whole)
	for at in 100 200 300 400; do
		head -c "$at" whole >short
		run -2 --separate-stderr stream-topk -f 1 short
		[[ $stderr == *'cut off'* ]]
		# What was whole is answered for, and nothing else.
		echo "$output" | sed '/^$/d' >got
		stream-topk -f 1 whole | head -n "$(wc -l <got)" | diff - got
		[ "$at" -lt 300 ] || [ -s got ]
		{ head -c "$at" whole && printf '\377' && tail -c +$((at + 2)) whole; } >flipped
		run -2 --separate-stderr stream-topk -f 1 flipped
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	[ "$size" -gt 400 ]
}

@test "sketches of panes are answered for by window, merged with each other and with records" {
	seq 1 40 | stream-quantile -S >a
	seq 41 70 | stream-quantile -S >b
	write >stream <<'PY'
start()
sketches("a", pane=0)
records(1, b"100\n200\n")
close(0, 60 * S, [0])
sketches("b", pane=1)
close(0, 120 * S, [0, 1])
finished(0)
close(60 * S, 120 * S, [1])
close(120 * S, 180 * S, [])
end(72)
PY
	stream-quantile -q 1 stream | cut -f 1,4 >got
	printf '%s\n' '1970-01-01T00:00:00Z	40' '1970-01-01T00:00:00Z	200' '1970-01-01T00:01:00Z	200' '1970-01-01T00:02:00Z	nan' | diff - got
	stream-quantile -q 0.5 stream | cut -f 4 | tr '\n' ' ' >got
	[ "$(cat got)" = '20 36 56 nan ' ]
}

@test "sketches of panes keep their keys within windows" {
	printf '%s\n' 'a x' 'b y' 'a z' | stream-topk -b 1 -f 2 -S >keyed
	printf '%s\n' x y | stream-topk -S >plain
	write >stream <<'PY'
start()
sketches("keyed", pane=5)
sketches("keyed", pane=6)
close(0, 60 * S, [5])
close(0, 120 * S, [5, 6], key=(b"k",))
finished(5, 6)
end(6)
PY
	cat >want <<'END'
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z 1 0 x
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z 1 0 y
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z 1 0 z
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k 2 0 x
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k 2 0 y
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k 2 0 z
END
	stream-topk -b '' stream | tr '\t' ' ' | diff want -
	cat >want <<'END'
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z a 1 0 x
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z a 1 0 z
1970-01-01T00:00:00Z 1970-01-01T00:01:00Z b 1 0 y
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k a 2 0 x
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k a 2 0 z
1970-01-01T00:00:00Z 1970-01-01T00:02:00Z k b 2 0 y
END
	stream-topk stream | tr '\t' ' ' | diff want -
	stream-topk -b 1 stream | tr '\t' ' ' | diff want -
	write >stream <<'PY'
start()
sketches("keyed", pane=5)
close(0, 60 * S, [5])
sketches("plain", pane=6)
close(60 * S, 120 * S, [6])
end(5)
PY
	run -2 --separate-stderr stream-topk -b 1 stream
	[ "${lines[2]}" = '1970-01-01T00:00:00Z	1970-01-01T00:01:00Z	b	1	0	y' ]
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == *'the sketch has no key (--by)' ]]
	run -2 --separate-stderr stream-topk stream
	[ "${#lines[@]}" -eq 3 ]
	[[ $stderr == *'this is of no key, '* ]]
}

@test "sketches of panes that the tool cannot read or merge end the stream, and the windows before are answered for" {
	seq 90000 | stream-quantile -a kll -S >kll
	seq 90000 | stream-quantile -a dd -S >bins
	seq 9 | stream-distinct -S >distinct
	for bad in bins distinct; do
		python3 -c "$WRITER"'
start()
sketches("kll", pane=5)
close(0, 60 * S, [5])
sketches(sys.argv[1], pane=5)
close(0, 60 * S, [5], 1)
end(9)' "$bad" >stream
		run -2 --separate-stderr stream-quantile -q 1 stream
		[ "$output" = '1970-01-01T00:00:00Z	1970-01-01T00:01:00Z	1	90000	90000	90000' ]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
	seq 9 >plain
	run -2 --separate-stderr stream-quantile stream plain
	[[ $stderr == *'do not go together'* ]]
}

@test "sketches of every algorithm are read in panes" {
	for algorithm in kll req dd tdigest; do
		seq 90000 | stream-quantile -a "$algorithm" -S >a
		python3 -c "$WRITER"'
start()
sketches("a", pane=5)
sketches("a", pane=6)
close(0, 60 * S, [5, 6])
end(18)' >stream
		[ "$(stream-quantile -q 1 stream | cut -f 4)" = "$(stream-quantile -q 1 a | cut -f 2)" ]
	done
	for algorithm in hll theta; do
		seq 90000 | stream-distinct -a "$algorithm" -S >a
		python3 -c "$WRITER"'
start()
sketches("a", pane=5)
close(0, 60 * S, [5])
end(9)' >stream
		# Twice the same is it, but not in an order that is known: as in a window.
		[ "$(stream-distinct stream | cut -f 3)" = "$(stream-distinct a a | cut -f 1)" ]
	done
}

@test "a sketch of a window is not taken for one of no window" {
	seq 9 | stream-quantile -S >a
	write >stream <<'PY'
start()
sketches("a", window=(0, 60 * S))
end(9)
PY
	[ "$(stream-quantile -q 1 stream)" = '1970-01-01T00:00:00Z	1970-01-01T00:01:00Z	1	9	9	9' ]
	run -2 --separate-stderr stream-quantile stream a
	[[ $stderr == *'a: byte '*': this is of no window, and there are sketches of windows: they do not go together' ]]
	[ -z "$output" ]
	run -2 --separate-stderr stream-quantile a stream
	[[ $stderr == *'stream: byte '*': this is of windows, and there are sketches of no window'* ]]
	[ -z "$output" ]
}

@test "bad records in windows are skipped and counted" {
	write >stream <<'PY'
start()
records(0, b"1\nx\n3\n")
close(0, S, [0])
end(3)
PY
	run -0 --separate-stderr stream-quantile -q 1 stream
	[ "$output" = '1970-01-01T00:00:00Z	1970-01-01T00:00:01Z	1	3	3	3' ]
	[[ $stderr == *'skipped 1 of 3 lines: not a number; the first, line 2: "x"'* ]]
}

@test "open panes share the memory, and answers stay within bounds" {
	python3 -c "$WRITER"'
start()
for pane in range(4):
    records(pane, b"".join(b"%d\n" % (i * 7 + pane) for i in range(60000)))
for pane in range(4):
    close(pane * S, (pane + 1) * S, [pane])
close(0, 4 * S, [0, 1, 2, 3])
finished(0, 1, 2, 3)
end(240000)' >stream
	stream-distinct -m 1M stream >rows
	[ "$(wc -l <rows)" -eq 5 ]
	awk -F "\t" 'NR < 5 && !($4 <= 60000 && 60000 <= $5) { exit 1 }' rows
	awk -F "\t" 'NR == 5 && !($4 <= 240000 && 240000 <= $5) { exit 1 }' rows
	run -2 --separate-stderr stream-distinct --exact -m 1M stream
	[[ $stderr == *'--exact'* ]]
}

@test "thousands of open panes are exact in little memory, and a large one among them turns into a sketch" {
	python3 -c "$WRITER"'
start()
for i in range(4000):
    for pane in range(0 if i < 3 else i, 4000 if i < 3 else i):
        records(pane, b"%d %d\n%d %d\n" % (pane, pane % 7, pane + i, 7))
for i in range(40):
    records(9999, b"".join(b"%d %d\n" % (j, j) for j in range(1000 * i, 1000 * i + 1000)))
for pane in range(4000):
    close(pane * S, (pane + 1) * S, [pane])
    finished(pane)
close(9999 * S, 10000 * S, [9999])
finished(9999)
end(64000)' >stream
	stream-distinct -f 1 -m 2M stream >rows
	awk -F "\t" 'NR <= 4000 && !($3 == 3 && $4 == 3 && $5 == 3) { exit 1 }
	    NR == 4001 && !($4 < $5 && $4 <= 40000 && 40000 <= $5) { exit 1 }
	    END { exit NR != 4001 }' rows
	stream-topk -k 2 -f 1 -m 2M stream >rows
	awk -F "\t" 'NR <= 8000 && ($3 != (NR % 2 ? 4 : 1) || $4 != 0) { exit 1 }' rows
	stream-quantile -q 0.5,1 -f 2 -m 2M stream >rows
	awk -F "\t" 'NR <= 8000 && NR % 2 == 0 && !($4 == 7 && $5 == 7 && $6 == 7) { exit 1 }' rows
	for tool in 'stream-topk -k 2 -f 1' 'stream-distinct -f 1' 'stream-quantile -f 2'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr $tool -m 256K stream
		[[ $stderr == *'more open windows, or keys in them, than fit in --memory: give more with -m' ]]
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
}

# bats test_tags=plain
@test "large panes together keep to the memory" {
	need_true_memory
	awk 'BEGIN {
		for (i = 0; i < 300000; i++)
			printf "%d k%d item-%s-%d-%d\n", i / 1000, i % 13, "and-what-belongs-to-it", i, i
	}' | stream-window --session 60s -b 2 >stream
	for tool in 'stream-topk -k 2 -f 3' 'stream-distinct -f 3'; do
		# shellcheck disable=SC2086 # words
		[ "$($tool -o json -m 16M stream | grep -c '"exact": *false')" -ge 13 ]
		# shellcheck disable=SC2086
		memory_at_most $(((16 + 4) * 1024)) $tool -m 16M stream
	done
}

@test "each of many open windows of long items has an answer with bounds, or a note says that items may lack" {
	awk 'BEGIN {
		for (i = 0; i < 40000; i++)
			printf "%d %0200d\n", i / 400, i % 400 < 40 ? 7 : i
	}' | stream-window -s 1s --out-of-order 2h >stream
	stream-topk -k 2 -f 2 stream >exact
	for memory in 512K 1M 2M; do
		stream-topk -k 2 -f 2 -m "$memory" stream >rows 2>notes
		[ "$(cut -f 1 rows | uniq | wc -l)" -eq 100 ]
		[ "$(wc -l <notes)" -le 1 ]
		[ "$(wc -l <rows)" -eq 200 ] || grep -q 'note: in some windows, more --memory might put other items into the list$' notes
		paste exact rows | awk -F '\t' 'NR % 2 && $5 == $10 && !($8 - $9 <= $3 && $3 <= $8) { exit 1 }'
	done
	stream-topk -k 2 -f 2 -m 512K --only certain stream 2>&1 >/dev/null | grep -q 'in some windows, more --memory'
}

# bats test_tags=plain
@test "windows that slide, and many open ones, keep to the memory when items are long" {
	need_true_memory
	awk 'BEGIN {
		for (i = 0; i < 300000; i++)
			printf "%d %0200d\n", i / 50, i
	}' >lines
	for windows in '-s 1h --slide 1m' '-s 10m --slide 1m' '-s 1m --out-of-order 1h' '-s 1m --lateness 1h'; do
		# shellcheck disable=SC2086 # words
		stream-window $windows lines >stream
		for tool in 'stream-topk -k 2 -f 2' 'stream-distinct -f 2'; do
			# shellcheck disable=SC2086
			memory_at_most $(((16 + 6) * 1024)) $tool -m 16M stream
		done
	done
}

@test "the first items of windows that slide are the first of all, whatever came and went" {
	awk 'BEGIN {
		srand(7)
		for (i = 0; i < 60000; i++) {
			kind = int(rand() * 3)
			item = kind == 0 ? int(rand() * rand() * 40) + int(i / 9000) : kind == 1 ? int(rand() * 20000) : 100000 - i
			printf "%d %d item-%d\n", i / 500, int(rand() * 3), item
		}
	}' | stream-window -s 60s --slide 4s >stream
	for tool in 'stream-topk -f 3' 'stream-topk -f 3 -w 2' 'stream-topk -f 3 -w 2 -m 2M'; do
		# shellcheck disable=SC2086 # words
		$tool -k 7 stream >first 2>notes
		# shellcheck disable=SC2086
		$tool -k 1000000 stream 2>notes | awk -F '\t' '$1 != last { n = 0; last = $1 } n++ < 7' >all
		cmp first all
	done
}

@test "records of a pane say the same whether they come together or apart" {
	for tool in 'stream-topk -w 2 -f 1' 'stream-distinct -f 1' 'stream-quantile -f 2' 'stream-topk -w 2 -f 1 -b 2' 'stream-distinct -f 1 -b 2'; do
		for apart in 0 1; do
			python3 -c "$WRITER"'
apart = '"$apart"'
lines = [b"item-%d-%s %s\n" % (i * i % 83, b"x" * (i % 40), b"%d" % (i % 5 + 1)) for i in range(120)]
start()
for part in [[b"a 1\n"], [b"b 1.5\n"], [b"c 1.25\n"]] if apart else [[b"a 1\n", b"b 1.5\n", b"c 1.25\n"]]:
    records(999, b"".join(part))
close(-S, 0, [999])
for pane in range(120):
    for part in [[line] for line in lines[:pane]] if apart else [lines[:pane]]:
        records(pane, b"".join(part))
    close(pane * S, (pane + 1) * S, [pane])
    if pane > 2:
        close((pane - 2) * S, (pane + 1) * S, [pane - 2, pane - 1, pane])
for pane in range(120):
    close(pane * S, (pane + 1) * S, [pane], revision=1)
end(1)' >stream
			# shellcheck disable=SC2086 # words
			$tool -o json stream >"rows.$apart"
		done
		same rows.0 rows.1
		[ "$(wc -l <rows.0)" -gt 300 ]
	done
	[ "$(stream-topk -w 2 -f 1 stream | head -n 3 | cut -f 3-)" = "1.5	0	b
1.25	0	c
1	0	a" ]
}

@test "what windows do not go with is refused" {
	two_minutes >stream
	echo 'a 1' >plain
	run -2 --separate-stderr stream-topk -f 1 stream plain
	[[ $stderr == *'do not go together'* ]]
	run -2 --separate-stderr stream-topk -z stream
	[[ $stderr == *'--null is given'* ]]
	run -2 --separate-stderr stream-topk -H -f who stream
	[[ $stderr == *'the stream has no header'* ]]
	for form in --base64 --image; do
		run -2 --separate-stderr stream-topk -f 1 -S "$form" stream
		[[ $stderr == *'do not say of which window a sketch is'* ]]
		[ -z "$output" ]
	done
	run -2 --separate-stderr stream-distinct --intersect -f 1 stream stream
	[[ $stderr == *'as a whole, not window by window'* ]]
	[ -z "$output" ]
}

@test "a log is cut by the minute and answered for, as awk and sort do it" {
	loggen -n 20000 -r 40 >log
	stream-window -s 1m -t 4 log | stream-topk -f 7 -k 1000000 >rows
	awk '{ split(substr($4, 2), t, /[\/:]/); print t[3] "-11-" t[1] "T" t[4] ":" t[5] ":00Z\t" $7 }' log |
		LC_ALL=C sort | uniq -c | awk '{ print $2 "\t" $1 "\t" $3 }' | LC_ALL=C sort >want
	cut -f 1,3,5 rows | LC_ALL=C sort | diff - want
	[ "$(cut -f 1 rows | uniq | wc -l)" -gt 3 ]
}

@test "a header goes through windows to the tool that asks for it" {
	printf 'time who n\n10 a 1\n20 b 2\n70 a 3\n' >in
	stream-window -H -s 1m -t time in | stream-quantile -H -f n -q 1 >rows
	[ "$(cut -f 4 rows | tr '\n' ' ')" = '2 3 ' ]
	[ "$(stream-window -z -s 1m -t 1 < <(tr '\n' '\0' <in | tail -c +12) | stream-distinct -z -f 2 | cut -f 3 | tr '\n' ' ')" = '2 1 ' ]
}

# refuses_frames TOOL...: each of them ends with an error that says what is wrong with "stream", and stream-dump too.
refuses_frames() {
	local why=$1 tool

	shift
	for tool; do
		# shellcheck disable=SC2086 # a tool and its options
		run -2 --separate-stderr $tool stream
		[[ $stderr == "${tool%% *}: stream: byte "*": $why" ]] || { echo "$tool: $stderr"; return 1; }
	done
}

@test "frames that contradict themselves or the stream are refused by every tool" {
	contradiction=$(stream-dump <(write <<<$'start()\nrecords(0, b"a")\nend()') 2>&1 >/dev/null | sed 's/.*: //')
	while read -r frames; do
		write >stream <<<"$(printf 'start()\nrecords(0, b"1\\n")\nrecords(1, b"2\\n")\n%b\nend(2)\n' "$frames")"
		refuses_frames "$contradiction" stream-topk stream-distinct stream-quantile stream-dump 'stream-topk -S'
	done <<-'END'
		frame(5, bytes(7))
		frame(5, bytes(9))
		frame(5, b"")
		watermark(60)\nwatermark(59)
		frame(4, bytes(39))
		frame(4, bytes(41))
		frame(8, bytes(39))
		frame(7, bytes(9))
		frame(2, bytes(7))
		frame(6, bytes(23))
		frame(6, bytes(24))
		close(0, 60, [0, 0])
		close(0, 60, [1, 2, 0, 1])
		close(0, 60, [0], counted=1)\nclose(0, 60, [1, 0, 1])
	END
	write >stream <<-'PY'
		start()
		records(0, b"1\n")
		records(1, b"2\n")
		watermark(-60)
		watermark(60)
		watermark(60)
		close(0, 60, [1, 7, 0])
		end(2)
		start()
		watermark(-60)
		end()
	PY
	[ "$(stream-topk stream | wc -l)" = 2 ]
}

@test "a window that closes again without a higher revision is refused where only one of them can count" {
	for revisions in '0 0' '1 0' '2 2' '2 1'; do
		write >stream <<-PY
			start()
			records(0, b"1\n")
			records(1, b"2\n")
			close(0, 60, [0], ${revisions% *})
			close(0, 60, [0, 1], ${revisions#* })
			finished(0, 1)
			end(2)
		PY
		refuses_frames 'a window has closed again, and not with a higher revision' 'stream-topk -S' 'stream-topk --windows whole'
		[ "$(stream-topk stream | wc -l)" = 3 ]
	done
	# What FINISHED has named is an empty pane.
	write >stream <<-'PY'
		start()
		records(0, b"1\n")
		finished(0)
		records(0, b"2\n")
		close(0, 60, [0])
		end(2)
	PY
	[ "$(stream-topk stream | cut -f 3-)" = "1${TAB}0${TAB}2" ]
}

@test "sketches of empty windows stand in the order of time" {
	printf '%s\n' '0 a' '180 b' '190 c' '240 d' | stream-window -s 1m --empty --lateness 3m |
		stream-distinct -f 2 -S | stream-dump -o json | grep -o '"start":"[^"]*' >got
	printf '"start":"1970-01-01T00:0%s:00Z\n' 0 1 2 3 4 | same - got
	printf '%s\n' '0 a' '180 b' '60 c' '240 d' | stream-window -s 1m --empty --lateness 3m >frames
	stream-distinct -f 2 -S frames | stream-dump -o json | grep -o '"start":"[^"]*' >got
	printf '"start":"1970-01-01T00:0%s:00Z\n' 0 1 2 3 4 | same - got
	[ "$(stream-distinct -f 2 -S frames | stream-distinct | cut -f 3 | tr '\n' ' ')" = '1 1 0 1 1 ' ]
}

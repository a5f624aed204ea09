#!/usr/bin/env bats
# shellcheck disable=SC2154
# stream-window on sketches of windows, which it puts together to longer ones; and --since and --until.

load helpers

setup_file() {
	need python3
	# 4 hours of events, 9 seconds apart, with a key and a number; and each minute's numbers as sketches of its window.
	awk 'BEGIN { for (i = 0; i < 1600; i++)
		print 1795348800 + 9 * i, "key" i % 3, i * 7919 % 10007 }' >"$BATS_FILE_TMPDIR/events"
	cd "$BATS_FILE_TMPDIR" || return
	write minutes >minutes.sk <<-'END'
		sketch_file("events", 60, ["stream-quantile", "-f", "3", "-S"])
	END
	write minutes >keyed.sk <<-'END'
		sketch_file("events", 60, ["stream-distinct", "-b", "2", "-f", "3", "-S"])
	END
}

setup() {
	sk_setup
	need python3
	ln -s "$BATS_FILE_TMPDIR"/* .
}

# Run the Python on standard input, with what writes frames.
write() {
	PYTHONPATH=$SK_ROOT/tests PYTHONDONTWRITEBYTECODE=1 python3 -c '
from frames_writer import *
import subprocess

def by_time(name, size):
    """The lines of a file by the start of their windows, in seconds."""
    windows = {}
    for line in open(name):
        windows.setdefault(int(line.split()[0]) // size * size, []).append(line)
    return windows

def sketch(lines, command, window):
    """What the command says of lines, as of a window in seconds."""
    with open("part.sk", "wb") as part:
        subprocess.run(command, input="".join(lines).encode(), stdout=part, check=True)
    sketches("part.sk", (window[0] * S, window[1] * S))

def sketch_file(name, size, command, slide=None):
    """A stream of sketches of the windows of a file."""
    start()
    for at, lines in sorted(by_time(name, size).items()):
        sketch(lines, command, (at, at + size))
    end()
'"$(cat)"
}

# What a file or stream of frames holds, as the reader that knows nothing but the manual sees it.
frames_reader() {
	python3 "$SK_ROOT/tests/frames_reader.py"
}

# said PATTERN: of the last "run --separate-stderr", one line on standard error.
said() {
	# shellcheck disable=SC2053 # a glob
	if [ "${#stderr_lines[@]}" -ne 1 ] || [[ $stderr != "stream-window: "$1 ]]; then
		echo "wanted \"stream-window: $1\", said: $stderr"
		return 1
	fi
}

# dies PATTERN OPTION...: stream-window exits 2 and says so.
dies() {
	local pattern=$1

	shift
	run -2 --separate-stderr bash -c 'stream-window "$@" >/dev/null' - "$@"
	said "$pattern"
}

# Answers from sketches are those from the records.
same_quantiles() {
	stream-window "$@" minutes.sk | stream-quantile -q 0.1,0.5,1 >got
	stream-window "$@" -t 1 events | stream-quantile -f 3 -q 0.1,0.5,1 >want
	same want got
	[ "$(wc -l <got)" -ge 6 ]
}

@test "minutes roll up to hours, to windows that slide, are shifted or are days of a place" {
	same_quantiles -s 1h
	same_quantiles -s 1m
	same_quantiles -s 2h --slide 30m
	same_quantiles -s 50m --slide 20m --align 5m
	same_quantiles -s 1h --align 10m
	same_quantiles -s 1d --zone +10:00
	[ "$(head -n 1 got | cut -f 1)" = 2026-11-21T14:00:00Z ]
}

@test "streaming gives the same, and so does a spool" {
	same_quantiles -s 1h --out-of-order 10s
	same_quantiles -s 2h --slide 30m --lateness 1m
	stream-window -s 2h --slide 30m minutes.sk >all
	stream-window -m 32K -s 2h --slide 30m minutes.sk | same all -
	TMPDIR=$PWD/nowhere dies "a temporary file in $PWD/nowhere: *" -m 32K -s 1h minutes.sk
	TMPDIR=$PWD/nowhere stream-window -s 2h --slide 30m minutes.sk | same all -
}

@test "keys travel on" {
	stream-window -s 1h keyed.sk >hours
	stream-distinct -b 2 hours >got
	# Windows of time have no keys: they are the tool's.
	stream-window -s 1h -t 1 events | stream-distinct -b 2 -f 3 >want
	same want got
	[ "$(wc -l <got)" -eq 12 ]
	frames_reader <hours >said
	[ "$(grep -c '"key": \["key1"\]' said)" -eq "$(stream-dump keyed.sk | grep -cw key1)" ]
	stream-distinct hours | same want -
	stream-distinct -b '' hours | cut -f 1,3 >got
	stream-window -s 1h -t 1 events | stream-distinct -f 3 | cut -f 1,3 | same - got
}

# Files one behind the other, each in order: the second begins before the first ends.
@test "files of several hosts need no allowance, and are written in the order of time" {
	awk 'NR % 2' events >a
	awk 'NR % 2 == 0' events >b
	for host in a b; do
		write >$host.sk <<<"sketch_file('$host', 300, ['stream-quantile', '-f', '3', '-S'])"
	done
	stream-window -s 1h -t 1 events | stream-quantile -f 3 -q 0.1,0.5,1 >want
	stream-window -s 1h a.sk b.sk | stream-quantile -q 0.1,0.5,1 | same want -
	cat b.sk a.sk | stream-window -s 1h | stream-quantile -q 0.1,0.5,1 | same want -
	stream-window -s 1h b.sk a.sk | frames_reader >said
	grep '"close"' said | grep -o '"start": [0-9]*' | LC_ALL=C sort -c
	[ "$(grep -c '"close"' said)" -eq 4 ]
	# One pane for each hour, finished when it has closed
	[ "$(grep -c '"finished"' said)" -eq 4 ]
	# As they come, the second host is late but for the last hour
	run -0 --separate-stderr bash -c 'stream-window -s 1h --out-of-order 5m a.sk b.sk | stream-quantile --summary >got'
	said '36 of 96 sketches came too late for their windows'
	stream-window -s 1h --out-of-order 5h a.sk b.sk | stream-quantile -q 0.1,0.5,1 | same want -
}

@test "with --lateness windows close again when sketches come late" {
	write >late.sk <<-'END'
		start()
		sketch(["1\n"], ["stream-quantile", "-S"], (0, 60))
		sketch(["2\n"], ["stream-quantile", "-S"], (3600, 3660))
		sketch(["3\n"], ["stream-quantile", "-S"], (60, 120))
		sketch(["4\n"], ["stream-quantile", "-S"], (7200, 7260))
		end()
	END
	stream-window -s 1h --lateness 2h late.sk | stream-quantile -q 1 -o json >got
	[ "$(grep -c . got)" -eq 4 ]
	grep '"start":"1970-01-01T00:00:00Z","end":"1970-01-01T01:00:00Z","revision":1,.*"value":3' got
	stream-window -s 1h late.sk | stream-quantile -q 1 | cut -f 4 | tr '\n' ' ' >got
	[ "$(cat got)" = '3 2 4 ' ]
}

@test "a window is passed on when a sketch from behind its end has come" {
	mkfifo pipe
	stream-window -s 1h --out-of-order 1ms pipe >frames 3>&- &
	exec 4>pipe
	write >whole <<-'END'
		start()
		sketch(["1\n"], ["stream-quantile", "-S"], (3540, 3600))
		sketch(["2\n"], ["stream-quantile", "-S"], (3600, 3660))
		end()
	END
	size=$(wc -c <whole)
	head -c $((size - 41)) whole >&4
	eventually grep -q . frames
	# The second is not whole yet: another may come for the same hour.
	[ "$(stream-dump -o json frames 2>/dev/null | grep -c '"close"')" = 0 ]
	tail -c 41 whole | head -c 1 >&4
	closed() {
		stream-dump frames 2>/dev/null | grep -qw close
	}
	eventually closed
	tail -c 40 whole >&4
	exec 4>&-
	wait
	stream-quantile -q 1 frames | cut -f 1,4 >got
	printf '%s\n' "1970-01-01T00:00:00Z${TAB}1" "1970-01-01T01:00:00Z${TAB}2" | same - got
}

@test "empty windows are told of when they are asked for" {
	write >sparse.sk <<-'END'
		start()
		sketch(["1\n"], ["stream-distinct", "-S"], (0, 60))
		sketch(["2\n"], ["stream-distinct", "-S"], (7200, 7260))
		end()
	END
	[ "$(stream-window -s 1h sparse.sk | stream-distinct | cut -f 3 | tr '\n' ' ')" = '1 1 ' ]
	[ "$(stream-window -s 1h --empty sparse.sk | stream-distinct | cut -f 3 | tr '\n' ' ')" = '1 0 1 ' ]
}

@test "a sketch that lies in no window is left out, counted and named" {
	stream-window -s 90s minutes.sk 2>said >got
	grep -x "stream-window: minutes.sk: skipped 80 of 240 sketches: it lies in no window as a whole; the first, byte [0-9]*: 2026-11-22T12:01:00Z to 2026-11-22T12:02:00Z" said
	[ "$(stream-quantile -q 1 <got | wc -l)" -eq 160 ]
	dies 'minutes.sk: byte *: it lies in no window as a whole: 2026-11-22T12:01:00Z to 2026-11-22T12:02:00Z' \
		--strict -s 90s minutes.sk
	[ "$(stream-window --quiet -s 90s minutes.sk 2>&1 >got)" = '' ]
	write >far.sk <<-'END'
		start()
		sketch(["1\n"], ["stream-distinct", "-S"], (-9223372000, -9223371999))
		sketch(["1\n"], ["stream-distinct", "-S"], (9223372000, 9223372001))
		end()
	END
	run -0 --separate-stderr bash -c 'stream-window -s 1h far.sk >got'
	said 'far.sk: skipped 2 of 2 sketches: its time is out of range; the first, *'
	[ "$(frames_reader <got | grep -c .)" -eq 2 ]
}

@test "windows that overlap are not put into one, for their records would count several times" {
	write >sliding.sk <<-'END'
		start()
		for at in range(0, 600, 60):
		    sketch(["%d\n" % at], ["stream-topk", "-S"], (at, at + 300))
		end()
	END
	dies "sliding.sk: byte *: windows that overlap, 1970-01-01T00:00:00Z to 1970-01-01T00:05:00Z and 1970-01-01T00:01:00Z to 1970-01-01T00:06:00Z: their records would count several times" -s 1h sliding.sk
	dies 'sliding.sk: *' -s 1h --out-of-order 1m sliding.sk
	# Each in a window of its own they are what they were; and those of other streams may be cut otherwise.
	run -0 --separate-stderr bash -c 'stream-window -s 5m --slide 1m sliding.sk | stream-topk | cut -f 3 | sort | uniq -c'
	[ "$(awk '{ print $1, $2 }' <<<"$output")" = '10 1' ]
	[ -z "$stderr" ]
	write >other.sk <<-'END'
		start()
		sketch(["a\n"], ["stream-topk", "-S"], (0, 300))
		end()
		start()
		sketch(["b\n"], ["stream-topk", "-S"], (60, 360))
		end()
	END
	run -0 --separate-stderr bash -c 'stream-window -s 1h other.sk | stream-topk -k all | wc -l'
	[ "$output" = 2 ]
	[ "$stderr" = 'stream-window: windows overlap, as 1970-01-01T00:00:00Z to 1970-01-01T00:05:00Z and 1970-01-01T00:01:00Z to 1970-01-01T00:06:00Z: records that are in both count twice' ]
	# Sessions of different keys overlap, too; of one key they do not.
	write >sessions.sk <<-'END'
		start()
		for i in range(6):
		    sketch(["k%d x%d\n" % (i % 3, i)], ["stream-topk", "-b", "1", "-f", "2", "-S"], (100 * i, 100 * i + 250))
		end()
	END
	run -0 --separate-stderr bash -c 'stream-window -s 1h sessions.sk | stream-topk | wc -l'
	[ "$output" = 6 ]
	[ -z "$stderr" ]
	# Different items are one item wherever they are.
	stream-window -s 10m --slide 1m -t 1 events | stream-distinct -f 3 -S >slid.sk
	run -0 --separate-stderr bash -c 'stream-window -s 6h slid.sk | stream-distinct --windows whole | cut -f 3-'
	[ "$output" = "$(stream-distinct -f 3 events)" ]
	[ "$(grep -c overlap <<<"$stderr")" -eq 0 ]
}

@test "minutes and hours of the same records are noted, and equal windows of two hosts are not" {
	stream-window -s 1m -t 1 events | stream-topk -f 3 -S >m.sk
	stream-window -s 1h -t 1 events | stream-topk -f 3 -S >h.sk
	for command in 'stream-window -s 1h m.sk h.sk' 'stream-window -s 1d h.sk m.sk' 'stream-topk --windows whole m.sk h.sk' \
		'stream-topk --since 2026 h.sk m.sk'; do
		run -0 --separate-stderr bash -c "$command | cat"
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == stream-*': windows overlap, as 2026-11-'*'Z to 2026-'*' and 2026-'*': records that are in both count twice' ]]
	done
	for command in 'stream-window -s 1h m.sk m.sk' 'stream-topk --windows whole m.sk m.sk' 'stream-topk m.sk h.sk' \
		'stream-window -s 10m --slide 5m m.sk m.sk'; do
		run -0 --separate-stderr bash -c "$command | cat"
		[ -z "$stderr" ]
	done
	stream-window -s 10m --slide 5m -t 1 events >slid
	run -0 --separate-stderr stream-topk -f 3 --windows whole slid
	[[ $stderr == 'stream-topk: windows overlap, '* ]]
	stream-topk -f 3 -b 2 -S slid >slid.sk
	run -0 --separate-stderr stream-topk -b 1 --windows whole slid.sk
	[[ $stderr == 'stream-topk: windows overlap, '* ]]
	stream-window --count 20 --slide 10 events | stream-topk -f 3 -S >counted.sk
	run -0 --separate-stderr stream-topk --windows whole counted.sk
	[ "$stderr" = 'stream-topk: windows overlap, as 0 to 20 and 10 to 30: records that are in both count twice' ]
}

@test "what is no sketch of a window of time is an error, and the other inputs are answered for" {
	seq 5 | stream-quantile -S >plain.sk
	stream-window -s 1h -t 1 events >cut.sk
	write >counted.sk <<-'END'
		start()
		sketches("minutes.sk", (0, 10), counted=True)
		end()
	END
	write >pane.sk <<-'END'
		start()
		sketches("plain.sk", pane=3)
		end()
	END
	head -c 5000 minutes.sk >short.sk
	{ head -c 3000 minutes.sk && printf '\377' && tail -c +3002 minutes.sk; } >changed.sk
	stream-window -s 1h minutes.sk | stream-quantile -q 1 >want
	while read -r file why; do
		run -2 --separate-stderr bash -c "set -o pipefail; stream-window -s 1h $file minutes.sk | stream-quantile -q 1 >got"
		said "$file: byte [1-9]*: $why"
		same want got
	done <<-'END'
		plain.sk the sketch is of no window
		counted.sk the sketch is of a window of counted records, which has no time
		cut.sk the stream has been cut into windows, and is not of sketches of windows
		pane.sk the stream has been cut into windows, and is not of sketches of windows
		short.sk the stream is cut off: it has no END
		changed.sk *checksum*
	END
	dies 'nowhere: *' -s 1h nowhere minutes.sk
}

@test "records and sketches do not go together, nor do options that are for records" {
	dies 'minutes.sk: sketches, which do not go together with the records before' -s 1h events minutes.sk
	dies 'events: records, which do not go together with the sketches before' -s 1h minutes.sk events
	dies 'minutes.sk: sketches, with which --count does not go' --count 5 minutes.sk
	dies 'minutes.sk: sketches, with which --session does not go' --session 5m minutes.sk
	dies 'minutes.sk: sketches, with which --late does not go' -s 1h --late late minutes.sk
	dies 'minutes.sk: sketches, with which --exec does not go' -s 1h --exec cat minutes.sk
	dies 'minutes.sk: sketches or windows, which cannot be written as lines (--text)' -s 1h --text minutes.sk
}

@test "there may be as many sketches as half the memory has room for" {
	write >many.sk <<-'END'
		start()
		for at in range(1000):
		    sketches("one.sk", (at * S, (at + 1) * S)) if at else sketch(["1\n"], ["stream-distinct", "-S"], (0, 1))
		    at or open("one.sk", "wb").write(open("part.sk", "rb").read())
		end()
	END
	dies 'many.sk: more sketches to put in order than fit in --memory: give more with -m' -m 32K -s 1h many.sk
	[ "$(stream-window -m 64K -s 1h many.sk | stream-distinct | cut -f 3)" = 1 ]
	[ "$(stream-window -m 32K -s 1h --out-of-order 1s many.sk | stream-distinct | cut -f 3)" = 1 ]
}

@test "--since and --until select records by their time" {
	window() {
		stream-window -s 1h -t 1 --text "$@" events | cut -f 2
	}
	window --since 2026-11-22T13:30 --until 2026-11-22T14:45 >got
	awk '1795354200 <= $1 && $1 < 1795358700' events | same - got
	window --since 1795354200 >got
	awk '1795354200 <= $1' events | same - got
	window --until 2026-11-22T15:30+01:00 >got
	awk '$1 < 1795357800' events | same - got
	window --until 2026-11-22T15:30 --zone +01:00 >got
	awk '$1 < 1795357800' events | same - got
	run -0 --separate-stderr stream-window -s 1h -t 1 --text --since 2027-01 events
	[ -z "$output$stderr" ]
	# Sessions are of what is selected.
	stream-window --session 5m -b 2 -t 1 --since 2026-11-22T13 --until 2026-11-22T14 events | stream-distinct -f 3 | cut -f 1-4 |
		tr '\t' ' ' >got
	printf '%s\n' '2026-11-22T13:00:09Z 2026-11-22T14:04:33Z key2 133' '2026-11-22T13:00:18Z 2026-11-22T14:04:42Z key0 133' \
		'2026-11-22T13:00:00Z 2026-11-22T14:04:51Z key1 134' | same - got
}

@test "sketches are put together from 1678 to 2261, as records are" {
	for year in 1678 1749 2189 2261; do
		printf '%s-12-31T12:0%s:00Z x\n' "$year" 0 "$year" 3 |
			stream-window -s 1m --future 100000d | stream-distinct -f 2 -S >years.sk
		for more in '' '--future 100000d --out-of-order 1h'; do
			# shellcheck disable=SC2086 # options
			run -0 --separate-stderr stream-window -s 1d $more years.sk
			[ -z "$stderr" ]
			# shellcheck disable=SC2086
			[ "$(stream-window -s 1d $more years.sk | stream-distinct | cut -f 1,3)" = "$year-12-31T00:00:00Z${TAB}1" ]
		done
	done
	run -0 --separate-stderr stream-window -s 3650d years.sk
	[[ $stderr == *'years.sk: skipped 2 of 2 sketches: its time is out of range; the first, byte '*': 2261-12-31T12:00:00Z to 2261-12-31T12:01:00Z' ]]
}

@test "what is not selected shows how far time has come, and what is late stays late" {
	printf '%s\n' '0 a' '100 b' '3600 c' '10 late' '7200 d' >in
	run -0 --separate-stderr stream-window -s 1h --text --since 1970-01-01T00 --until 1970-01-01T01 in
	said 'in: skipped 1 of 5 lines: too late for their windows; the first, line 4: "10 late"'
	[ "$(cut -f 2 <<<"$output" | tr '\n' ,)" = '0 a,100 b,' ]
	mkfifo pipe
	stream-window -s 1h --until 1970-01-01T01 --text pipe >rows 3>&- &
	exec 4>pipe
	printf '%s\n' '0 a' '4000 b' >&4
	eventually grep -q 'a$' rows
	exec 4>&-
	wait
	[ "$(wc -l <rows)" -eq 1 ]
}

@test "--since and --until select sketches whose windows lie within, and say how many do in part" {
	stream-window -s 1h --since 2026-11-22T13 --until 2026-11-22T15 minutes.sk | stream-quantile -q 1 | cut -f 1 >got
	printf '%s\n' 2026-11-22T13:00:00Z 2026-11-22T14:00:00Z | same - got
	run -0 --separate-stderr bash -c 'stream-window -s 1h --since 2026-11-22T13:00:30 --until 2026-11-22T13:10:01 minutes.sk |
		stream-quantile -q 1 | cut -f 1-4'
	said '2 of 240 sketches are left out: they are only partly of the time from --since to --until'
	stream-window -s 1h -t 1 --since 2026-11-22T13:01 --until 2026-11-22T13:10 events | stream-quantile -f 3 -q 1 | cut -f 1-4 >want
	same want - <<<"$output"
	# Those that lie in no window do not matter where they are not selected.
	run -0 --separate-stderr bash -c 'stream-window --strict -s 90s --until 2026-11-22T12:01 minutes.sk | stream-quantile -q 1'
	[ "${#lines[@]}" -eq 1 ]
	[ -z "$stderr" ]
	# They move time on, too.
	mkfifo pipe
	stream-window -s 1h --until 2026-11-22T13 --out-of-order 1ms pipe >frames 3>&- &
	exec 4>pipe
	head -c 12000 minutes.sk >&4
	closed() {
		stream-dump frames 2>/dev/null | grep -qw close
	}
	eventually closed
	exec 4>&-
	wait
}

@test "times that are none are refused" {
	dies '--since "yesterday": not a time such as *' -s 1h --since yesterday events
	dies '--until "2026-13": no such time' -s 1h --until 2026-13 events
	dies '--since "": not a time such as *' -s 1h --since '' events
	dies '--since has to be before --until' -s 1h --since 2026-11 --until 2026-11-01 events
	dies '--since does not go with --count' --count 5 --since 2026-11 events
	dies '--until does not go with --count' --count 5 --until 2026-11 events
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# stream-window: records in windows of time, sessions and counts.

load helpers

setup_file() {
	need python3
	export SK_ROOT
	# 60,000 events over some three hours: seconds with a fraction, up to 30 s out of order, and a key.
	python3 - >"$BATS_FILE_TMPDIR/events" <<-'END'
		import random
		random.seed(11)
		for i in range(60000):
		    time = 1700000000000 + i * 200 - random.randrange(30000)
		    print("%d.%03d key%d %d" % (time // 1000, time % 1000, random.randrange(40) ** 2 // 40, i))
	END
}

setup() {
	sk_setup
	cp "$BATS_FILE_TMPDIR/events" .
}

# What references in Python start from; "same" compares what the tool said with what it should have.
REFERENCE='
from collections import defaultdict
from datetime import datetime, timezone

def events():
    """(nanoseconds, key, line) as they come"""
    for line in open("events"):
        time, key, _ = line.split()
        yield int(time.replace(".", "")) * 10**6, key, line.rstrip("\n")

def stamp(time):
    text = datetime.fromtimestamp(time // 10**9, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (("." + "%09d" % (time % 10**9)).rstrip("0") if time % 10**9 else "") + "Z"

def cut(*arguments, data=None):
    process = subprocess.run(["stream-window", "--quiet", *arguments], input=data, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, check=True)
    assert process.stderr == b"", process.stderr
    return process.stdout

def lines(*arguments):
    return cut("--text", *arguments, "events").decode().splitlines()
'

reference() {
	python_test <<<"$REFERENCE
$(cat)"
}

# said PATTERN: of the last "run --separate-stderr", one line on standard error.
said() {
	# shellcheck disable=SC2053 # a glob
	if [ "${#stderr_lines[@]}" -ne 1 ] || [[ $stderr != "stream-window: "$1 ]]; then
		echo "wanted \"stream-window: $1\", said: $stderr"
		return 1
	fi
}

# useless PATTERN: the same, and behind it that this was all there was; exit 2.
useless() {
	[ "$status" = 2 ]
	[ "${stderr_lines[-1]}" = 'stream-window: no line could be used' ]
	stderr=${stderr_lines[0]}
	unset 'stderr_lines[-1]'
	said "$1"
}

# dies PATTERN COMMAND...: exit 2, nothing printed, one line on standard error.
dies() {
	local pattern=$1

	shift
	run -2 --separate-stderr "$@"
	[ -z "$output" ]
	said "$pattern"
}

# --- windows ---

@test "tumbling windows are those of a reference" {
	reference <<-'END'
		size = 60 * 10**9
		want = sorted(((time // size * size), i, line) for i, (time, _, line) in enumerate(events()))
		got = lines("-s", "1m", "--out-of-order", "30s")
		equal(len(got), 60000)
		assert got == [stamp(start) + "\t" + line for start, _, line in want]
	END
}

@test "sliding windows are those of a reference, also where sizes are no multiples" {
	reference <<-'END'
		for size, slide in (60, 25), (45, 30):
		    windows = defaultdict(list)
		    for i, (time, _, line) in enumerate(events()):
		        last = time // (slide * 10**9)
		        # The panes of a window are in order of time, the records of a pane as they came.
		        rest = time - last * slide * 10**9
		        pane = (last, rest >= size % slide * 10**9)
		        number = last
		        while (number * slide + size) * 10**9 > time:
		            windows[number * slide * 10**9].append((pane, i, line))
		            number -= 1
		    want = [stamp(start) + "\t" + line for start in sorted(windows) for _, _, line in sorted(windows[start])]
		    got = lines("-s", "%ds" % size, "--slide", "%ds" % slide, "--out-of-order", "30s")
		    assert got == want, (size, slide)
	END
}

@test "sessions are those of a reference" {
	reference <<-'END'
		gap = 20 * 10**9
		for by in False, True:
		    keys = defaultdict(list)
		    for time, key, line in events():
		        keys[key if by else ""].append((time, line))
		    want = []
		    for key, of_key in keys.items():
		        of_key.sort()
		        start = before = None
		        for time, line in of_key:
		            if before is None or time - before >= gap:
		                start = time
		            want.append(stamp(start) + "\t" + line)
		            before = time
		    got = lines("--session", "20s", "--out-of-order", "30s", *(["-b", "2"] if by else []))
		    if by:
		        assert len({line.split("\t")[0] for line in want}) > 100
		    equal(sorted(got), sorted(want))
	END
}

@test "a key may have thousands of sessions at a time" {
	reference <<-'END'
		random.seed(3)
		times = [100 * random.randrange(20000) + random.randrange(60) for _ in range(60000)]
		want, before = [], None
		for i, time in sorted((time, i) for i, time in enumerate(times)):
		    if before is None or i - before >= 50:
		        start, pane = i, []
		        want.append((start, pane))
		    pane.append((time, "%d %d" % (i, time)))
		    before = i
		want = [stamp(start * 10**9) + "\t" + line for start, pane in want for _, line in pane]
		data = "".join("%d %d\n" % (time, i) for i, time in enumerate(times)).encode()
		got = cut("--text", "--session", "50s", "--out-of-order", "30d", data=data).decode().splitlines()
		assert len(set(line.split("\t")[0] for line in want)) > 15000
		equal(sorted(got), sorted(want))
	END
}

@test "windows of counts are those of a reference" {
	reference <<-'END'
		for by in False, True:
		    open_windows, want = defaultdict(list), []
		    count = defaultdict(int)
		    for _, key, line in events():
		        key = key if by else ""
		        start = count[key] // 7 * 7
		        count[key] += 1
		        open_windows[key].append("%d\t%s" % (start, line))
		        if count[key] % 7 == 0:
		            want += open_windows.pop(key)
		    got = lines("--count", "7", *(["-b", "2"] if by else []))
		    equal(len(got), 60000)
		    assert got[:len(want)] == want
		    equal(sorted(got[len(want):]), sorted(line for rest in open_windows.values() for line in rest))
	END
}

@test "windows of counts that slide are those of a reference" {
	reference <<-'END'
		for by, size, slide in (False, 70, 30), (True, 7, 2), (True, 5, 5):
		    keys = defaultdict(list)
		    for _, key, line in events():
		        keys[key if by else ""].append(line)
		    want = []
		    for of_key in keys.values():
		        for start in range(0, len(of_key), slide):
		            want += ["%d\t%s" % (start, line) for line in of_key[start:start + size]]
		    got = lines("--count", str(size), "--slide", str(slide), *(["-b", "2"] if by else []))
		    if not by:
		        assert got == want
		    equal(sorted(got), sorted(want))
	END
	dies '--slide "10s": not a number of records, at least 1' stream-window --count 3 --slide 10s events
	dies '--slide "10": not a duration *' stream-window -s 1m --slide 10 events
	dies '--slide: windows may overlap, *' stream-window --count 3 --slide 4 events
}

@test "keys of counts are remembered within --memory" {
	seq 1000000 >in
	run -2 --separate-stderr stream-window --count 3 -b 1 -m 1M in
	said 'in: the windows that are open, and the count of every key, do not fit in --memory: give more with -m'
}

@test "empty windows are told of between others" {
	printf '%s\n' '10 a' '45 b' >in
	[ "$(stream-window -s 10s --empty --text in)" = "1970-01-01T00:00:10Z	10 a
1970-01-01T00:00:20Z
1970-01-01T00:00:30Z
1970-01-01T00:00:40Z	45 b" ]
}

@test "empty windows are left out where they are too many" {
	printf '%s\n' 2020-01-01T00:00:00Z 2020-01-01T00:00:02Z 2021-01-01T00:00:00Z 2021-01-01T00:00:02Z >in
	run -0 --separate-stderr timeout 20 stream-window -s 1s --empty --text in
	[ "$(cut -f 1 <<<"$output")" = "2020-01-01T00:00:00Z
2020-01-01T00:00:01Z
2020-01-01T00:00:02Z
2021-01-01T00:00:00Z
2021-01-01T00:00:01Z
2021-01-01T00:00:02Z" ]
	said '31622397 empty windows from 2020-01-01T00:00:03Z to 2021-01-01T00:00:00Z are left out: more than 100000 in a row'
	printf '%s\n' 0 100001 >in
	[ "$(stream-window -s 1s --empty --text in | wc -l)" -eq 100002 ]
}

@test "windows are shifted by --align" {
	[ "$(echo 2020-11-22T12:00:00Z | stream-window -s 7d --align 4d --text)" = "2020-11-16T00:00:00Z	2020-11-22T12:00:00Z" ]
	[ "$(echo 65 | stream-window -s 1m --align 10s --text)" = "1970-01-01T00:00:10Z	65" ]
}

@test "days are those of the zone, with 23 and 25 hours" {
	cat >in <<-END
		2020-03-28T22:59:59Z
		2020-03-28T23:00:00Z
		2020-03-29T21:59:59Z
		2020-03-29T22:00:00Z
		2020-10-24T22:00:00Z
		2020-10-25T22:59:59Z
		2020-10-25T23:00:00Z
	END
	stream-window -s 1d --zone CET-1CEST,M3.5.0,M10.5.0/3 --text in | cut -f 1 >got
	cat >want <<-END
		2020-03-28T00:00:00+01:00
		2020-03-29T00:00:00+01:00
		2020-03-29T00:00:00+01:00
		2020-03-30T00:00:00+02:00
		2020-10-25T00:00:00+02:00
		2020-10-25T00:00:00+02:00
		2020-10-26T00:00:00+01:00
	END
	same want got
}

@test "no waiting, no lateness and no future can be said" {
	printf '%s\n' '0 a' '61 b' '59 c' '120 d' >in
	for wait in 0s 0 0h0ms; do
		run -0 --separate-stderr stream-window -s 1m --out-of-order $wait --lateness $wait --text in
		[ "$(cut -f 2 <<<"$output" | tr '\n' ' ')" = '0 a 61 b 120 d ' ]
		said 'in: skipped 1 of 4 lines: too late for their windows; *'
	done
	[ "$(stream-window -s 1m --future 0s --text in 2>/dev/null | wc -l)" = 3 ]
	dies '--out-of-order "1": not a duration such as 0s, *' stream-window -s 1m --out-of-order 1 in
	dies '--out-of-order "": not a duration such as 0s, *' stream-window -s 1m --out-of-order '' in
	dies '--size "0s": not a duration such as *' stream-window -s 0s in
	dies '--idle "0s": not a duration such as *' stream-window -s 1m --idle 0s in
}

@test "windows of days that begin more often follow the zone as well" {
	cat >days.py <<-'END'
		import subprocess, sys
		from datetime import datetime, timedelta, timezone
		from zoneinfo import ZoneInfo
		name, days, hours = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
		zone, slide = ZoneInfo(name), timedelta(hours=hours)

		def instant(local):  # the first at which the clock says that or later
		    low = int(local.replace(tzinfo=timezone.utc).timestamp()) - 27 * 3600
		    for at in range(low, low + 54 * 3600, 900):
		        if datetime.fromtimestamp(at, zone).replace(tzinfo=None) >= local:
		            return at

		times = [t + i * 1800 for t in (1603490400, 1616800000, 1585350000) for i in range(100)]
		first = datetime(1970, 1, 1)
		want = {}
		for time in times:
		    local = datetime.fromtimestamp(time, zone).replace(tzinfo=None)
		    number = (local - first) // slide + 3
		    while number * slide + first + timedelta(days=days + 2) > local:
		        start, end = (instant(first + number * slide + timedelta(days=d)) for d in (0, days))
		        if start <= time < end:
		            want.setdefault((end, start), []).append(time)
		        number -= 1
		given = "".join(f"{t}\n" for t in sorted(times))
		out = subprocess.run(["stream-window", "-s", f"{days}d", "--slide", f"{int(hours * 60)}m", "--zone", name,
		    "--exec", "echo $STREAM_WINDOW_START $(cat)"], input=given, capture_output=True, text=True, check=True).stdout
		got = [l.split() for l in out.splitlines()]
		wanted = [[datetime.fromtimestamp(start, zone).isoformat(), *map(str, sorted(want[end, start]))] for end, start in sorted(want)]
		assert got == wanted, next((g, w) for g, w in zip(got, wanted) if g != w)
	END
	[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip "no zone files here"
	python3 days.py Europe/Berlin 1 6
	python3 days.py America/New_York 1 12
	python3 days.py Australia/Lord_Howe 2 8
}

@test "a zone is a file too, and of times that name none" {
	[ -e /usr/share/zoneinfo/Europe/Berlin ] || skip "no zone files here"
	[ "$(echo '2020-07-01 00:30:00 x' | stream-window -s 1h --zone Europe/Berlin --text)" = \
		"2020-07-01T00:00:00+02:00	2020-07-01 00:30:00 x" ]
	[ "$(echo '2020-07-01T00:30:00Z x' | stream-window -s 1h --zone Europe/Berlin --text)" = \
		"2020-07-01T02:00:00+02:00	2020-07-01T00:30:00Z x" ]
	dies '--zone "Europe/Nowhere": *' stream-window -s 1d --zone Europe/Nowhere in
	dies '--zone "../zoneinfo/UTC": *' stream-window -s 1d --zone ../zoneinfo/UTC in
}

# --- times ---

@test "times are found in every format, in as many fields as they take" {
	while IFS='|' read -r field record start; do
		echo "$record"
		[ "$(echo "$record" | stream-window -s 1s -t "$field" --text)" = "$start	$record" ]
	done <<-'END'
		1|1700000000 x|2023-11-14T22:13:20Z
		1|1700000000123 x|2023-11-14T22:13:20Z
		2|x 1700000000123456|2023-11-14T22:13:20Z
		-1|x 1700000000123456789|2023-11-14T22:13:20Z
		1|2023-11-14T22:13:20.5Z x|2023-11-14T22:13:20Z
		1|2023-11-14 22:13:20 x|2023-11-14T22:13:20Z
		1|2023-11-14 22:13:20,123 +0100 x|2023-11-14T21:13:20Z
		1-2|2023-11-14 22:13:20,123 +0100 x|2023-11-14T22:13:20Z
		4|a - - [14/Nov/2023:22:13:20 +0100] "GET / HTTP/1.1" 200|2023-11-14T21:13:20Z
		1|Tue Nov 14 22:13:20 2023 x|2023-11-14T22:13:20Z
		1|Tue, 14 Nov 2023 22:13:20 GMT x|2023-11-14T22:13:20Z
	END
}

@test "a date and a time of day are one time in a stream of others too, and a date alone is none" {
	printf '%s\n' '2023-11-14T22:13:20Z a' '2023-11-14 22:13:21 b' '2023-11-14 c' '2023-11-14 23:13:22 +0100 d' >in
	run --separate-stderr stream-window -s 1s --text in
	[ "$output" = "2023-11-14T22:13:20Z	2023-11-14T22:13:20Z a
2023-11-14T22:13:21Z	2023-11-14 22:13:21 b
2023-11-14T22:13:22Z	2023-11-14 23:13:22 +0100 d" ]
	said 'in: skipped 1 of 4 lines: not a time of the format iso; the first, line 3: "2023-11-14"'
	run -2 --separate-stderr stream-window -s 1s --text --strict in
	said 'in: line 3: not a time of the format iso: "2023-11-14"'
	# With fields that are not blank-separated there is no more to be read.
	printf '%s\n' '2023-11-14T22:13:20Z,a' '2023-11-14,22:13:21' >in
	run --separate-stderr stream-window -s 1s -d , --text in
	[ "$output" = "2023-11-14T22:13:20Z	2023-11-14T22:13:20Z,a" ]
	said 'in: skipped 1 of 2 lines: not a time of the format iso; the first, line 2: "2023-11-14"'
	# Where dates come first they stay times.
	[ "$(printf '%s\n' '2023-11-14 a' '2023-11-15 b' '2023-11-15 10:00:00 c' | stream-window -s 1d --text | wc -l)" = 3 ]
}

@test "each time is of the zone that it names, or else of the zone given" {
	printf '%s\n' '2023-11-14T22:13:20Z a' '2023-11-14T23:13:21 b' '2023-11-14 23:13:22 c' '2023-11-14T22:13:23Z d' >in
	[ "$(stream-window -s 1s --zone +01:00 --text in | cut -f 1 | cut -c 18-)" = "20+01:00
21+01:00
22+01:00
23+01:00" ]
	[ "$(sed 1d in | stream-window -s 1s --zone +01:00 --text | cut -f 1 | cut -c 18-19 | tr '\n' ' ')" = '21 22 23 ' ]
}

@test "lines that end in CR LF have times at their end" {
	[ "$(printf '%s\r\n' 'a 1700000000' 'b 1700000001' | stream-window -s 1m -t 2 --text | wc -l)" = 2 ]
	[ "$(printf '%s\r\n' 2023-11-14T22:13:20Z 2023-11-14T22:13:21Z | stream-window -s 1m --text | wc -l)" = 2 ]
	[ "$(printf '%s\r\n' 'a 2023-11-14 22:13:20' | stream-window -s 1m -t 2 --text | cut -f 1)" = 2023-11-14T22:13:00Z ]
	[ "$(printf '%s\r\n' x,at a,1700000000 | stream-window -s 1m -i csv -H -t at --text | wc -l)" = 1 ]
	[ "$(printf '%s\r\n' 2023-11-14 | stream-window -s 1m -t 1 --time-format %F --text | wc -l)" = 1 ]
	printf '1\r\n\r\n' >in
	run --separate-stderr stream-window -s 1m --text in
	said 'in: skipped 1 of 2 lines: no time; *'
}

# in_days N FORMAT: the day N days from now, or -N days ago.
in_days() {
	python3 - "$@" <<-'END'
		import datetime, sys
		day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=int(sys.argv[1]))
		print(day.strftime(sys.argv[2]))
	END
}

@test "a syslog time is of the latest year in which it is not ahead of now" {
	[ "$(in_days 0 '%b %e %H:%M:%S host x' | stream-window -s 1d --text | cut -c 1-10)" = "$(in_days 0 %Y-%m-%d)" ]
	for ago in 1 2 100 183 200 300 360; do
		[ "$(in_days -$ago '<13>%b %e %H:%M:%S host x' | stream-window -s 1d --text | cut -c 1-10)" = "$(in_days -$ago %Y-%m-%d)" ]
	done
	# A day that is the next in places to the east is not last year's: it is told of.
	in_days 1 '%b %e 00:00:00 host x' >in
	run --separate-stderr stream-window -s 1d --text --future 30m in
	[ -z "$output" ] || [ "${output:0:10}" = "$(in_days 1 %Y-%m-%d)" ]
	in_days 20 '%b %e %H:%M:%S host x' >in
	[ "$(stream-window -s 1d --text --future 30d in | cut -c 1-10)" = "$(in_days 20 %Y-%m-%d)" ]
	[ "$(echo 'Feb 29 12:00:00 x' | stream-window -s 1d --text | cut -c 5-10)" = -02-29 ]
}

@test "a syslog time may have a priority, and be of either kind, in a stream too" {
	cat >in <<-'END'
		<165>1 2023-11-14T22:13:20.003Z host app - ID47 - a
		<34>Nov 14 2023 22:13:21 host su: b
		<13>2023-11-14T22:13:22.000001+00:00 host c
		<6>1 2023-11-14T23:13:23+01:00 host app - - - d
	END
	for format in auto syslog; do
		[ "$(stream-window -s 1s --time-format $format --text in | cut -f 1 | tr '\n' ' ')" = \
			"2023-11-14T22:13:20Z 2023-11-14T22:13:21Z 2023-11-14T22:13:22Z 2023-11-14T22:13:23Z " ]
		for first in 2 3; do
			sed -n "$first"p in >one
			[ "$(stream-window -s 1s --time-format $format --text one | cut -f 1)" = "2023-11-14T22:13:2$((first - 1))Z" ]
		done
	done
	echo '<34>1 - host app - - - nil' >>in
	run --separate-stderr stream-window -s 1s --text in
	said '*skipped 1 of 5 lines: not a time of the format syslog; the first, line 5: "<34>1 -*'
	[ "$(in_days 0 '<34>%b %e %H:%M:%S host su: x' | stream-window -s 1d --text | cut -c 1-10)" = "$(in_days 0 %Y-%m-%d)" ]
}

@test "a format can be named, and be a pattern" {
	[ "$(echo '1700000000000' | stream-window -s 1s --time-unit us --text)" = "1970-01-20T16:13:20Z	1700000000000" ]
	[ "$(echo '14.11.2023 22:13:20 x' | stream-window -s 1s --time-format '%d.%m.%Y %H:%M:%S' --text)" = \
		"2023-11-14T22:13:20Z	14.11.2023 22:13:20 x" ]
	dies '--time-format "never": it is one of: *' stream-window -s 1s --time-format never
	dies '--time-format "%Y %Q": *, at byte 4' stream-window -s 1s --time-format '%Y %Q'
}

@test "windows are cut from 1678 to 2261, and what is beyond is out of range" {
	for window in '-s 1m' '-s 1d' '-s 1d --zone +01:00' '-s 7d --slide 1d --empty' '--session 1h' \
		'-s 1h --align 5m --slide 7m' '-s 1h --lateness 300d --out-of-order 3650d'; do
		for time in 1678-01-01T12:00:00Z 1700-06-01T12:00:00Z 1749-12-31T12:00:00Z 2189-12-31T12:00:00Z \
			2261-12-31T12:00:00Z; do
			echo "$window $time"
			# shellcheck disable=SC2086
			run --separate-stderr stream-window $window --future 100000d --text <<<"$time x"
			[[ $output == *"	$time x" ]]
			[ -z "$stderr" ]
		done
		for time in 0001-01-01T12:00:00Z 1677-01-01T12:00:00Z 2262-12-31T12:00:00Z 9999-12-31T12:00:00Z \
			-9223372036.8 9223372036.8; do
			echo "$window $time"
			# shellcheck disable=SC2086
			run --separate-stderr stream-window $window --future 100000d --text --time-format "$([[ $time == *Z ]] && echo iso || echo s)" <<<"$time x"
			[ -z "$output" ]
			useless "*skipped 1 of 1 lines: time is out of range; the first, line 1: \"$time\""
		done
	done
	[ "$(printf '%s x\n' 1678-01-01T12:00:00Z 2026-01-01T00:00:00Z | stream-window -s 1d | stream-topk -f 2 | cut -f 1 | head -n 1)" = 1678-01-01T00:00:00Z ]
	# Windows of years leave less room on either side.
	run --separate-stderr stream-window -s 3650d --text <<<'1678-01-01T12:00:00Z x'
	[ -z "$output" ]
	useless '*skipped 1 of 1 lines: time is out of range; *'
}

@test "records without a time are left out, and named" {
	printf '%s\n' 'x 1' 'x never' x 'x 2' >in
	run --separate-stderr stream-window -s 1s -t 2 --text in
	[ "$output" = "1970-01-01T00:00:01Z	x 1
1970-01-01T00:00:02Z	x 2" ]
	[ "${stderr_lines[0]}" = 'stream-window: in: skipped 1 of 4 lines: no time; the first, line 3: ""' ]
	[ "${stderr_lines[1]}" = 'stream-window: in: skipped 1 of 4 lines: not a time of the format seconds; the first, line 2: "never"' ]
	run -2 --separate-stderr stream-window -s 1s -t 2 --text --strict in
	said 'in: line 2: not a time of the format seconds: "never"'
	echo 2020-02-30T10:00:00Z >in
	run --separate-stderr stream-window -s 1s --text --time-format iso in
	useless '*skipped 1 of 1 lines: there is no such time; *'
}

@test "a record without a time is named by its line, wherever it is" {
	{ echo time && seq 999 && echo never && seq 1000 1010; } >in
	run -2 --separate-stderr stream-window -s 1s --strict --text -H in
	said 'in: line 1001: not a time of the format seconds: "never"'
	seq 600 >first
	run -2 --separate-stderr stream-window -s 1s --strict --text first in
	said 'in: line 1: not a time of the format seconds: "time"'
}

@test "a record too late for its windows goes into no pane, and into the file" {
	reference <<-'END'
		size, behind = 60 * 10**9, 5 * 10**9
		for lateness in 0, 10:
		    watermark, late, windows = -1, [], defaultdict(list)
		    for time, _, line in events():
		        start = time // size * size
		        if start + size + lateness * 10**9 <= watermark:
		            late.append(line)
		        else:
		            windows[start].append(line)
		        watermark = max(watermark, time - behind)
		    open("late", "w").write("kept\n")
		    more = ["--lateness", "%ds" % lateness] if lateness else []
		    got = lines("-s", "1m", "--out-of-order", "5s", "--late", "late", *more)
		    assert len(late) > 100
		    equal(open("late").read().splitlines(), ["kept"] + late)
		    if lateness == 0:
		        equal(got, [stamp(start) + "\t" + line for start in sorted(windows) for line in windows[start]])
	END
	run --separate-stderr stream-window -s 1m --out-of-order 5s --lateness 10s --text events
	first=$(sed -n 2p late)
	[[ $stderr =~ ^'stream-window: events: skipped '[0-9]+' of 60000 lines: too late for their windows; the first, line '([0-9]+)': "'"$first"'"'$ ]]
	[ "$(sed -n "${BASH_REMATCH[1]}p" events)" = "$first" ]
}

@test "a window that is corrected is told of again as a whole" {
	printf '%s\n' '1 a' '11 b' '2 c' '22 d' >in
	[ "$(stream-window -s 10s --lateness 30s --text in)" = "1970-01-01T00:00:00Z	1 a
1970-01-01T00:00:00Z	1 a
1970-01-01T00:00:00Z	2 c
1970-01-01T00:00:10Z	11 b
1970-01-01T00:00:20Z	22 d" ]
}

@test "a time far ahead is distrusted" {
	now=$(date +%s)
	printf '%s\n' "$now a" "$((now + 86400)) b" "$((now + 1)) c" >in
	run --separate-stderr stream-window -s 1h --out-of-order 1s --text in
	[ "$(cut -f 2 <<<"$output")" = "$now a
$((now + 1)) c" ]
	said "in: skipped 1 of 3 lines: times too far ahead (--future); the first, line 2: \"$((now + 86400)) b\""
	[ "$(stream-window -s 1h --future 2d --text in 2>/dev/null | wc -l)" -ge 2 ]
}

# --- records ---

@test "a header names fields, and is no record" {
	printf '%s\n' 'who,when' 'a,1' 'b,2' >in
	[ "$(stream-window -s 10s -H -d , -t when --text in)" = "1970-01-01T00:00:00Z	a,1
1970-01-01T00:00:00Z	b,2" ]
	stream-window -s 10s -H -d , -t when in in >out.sk
	sed 's/who/what/' in >other
	run -2 --separate-stderr stream-window -s 10s -H -d , -t when in other
	said 'other: the header is not that of the first input'
	dies 'in: no field "where" in the header, which names *' stream-window -s 10s -H -d , -t where --text in
	dies '--time: no field number, and names come with --header, or an --input that has them, or -i auto finds one: "when"' stream-window -s 10s -d , -t when in
}

@test "records end in NUL with -z" {
	printf '1 a\nb\0002 c\0' | stream-window -s 10s -z --text | tr '\0\n' '|/' >got
	printf '1970-01-01T00:00:00Z\t1 a/b|1970-01-01T00:00:00Z\t2 c|' >want
	same want got
}

@test "frames hold the windows that --text prints, and the keys" {
	reference <<-'END'
		def decode(*arguments):
		    data = cut(*arguments, "events")
		    said = subprocess.run([sys.executable, os.environ["SK_ROOT"] + "/tests/frames_reader.py"], input=data,
		        stdout=subprocess.PIPE, check=True).stdout.splitlines()
		    panes, finished, text, keys = {}, set(), [], defaultdict(set)
		    for frame in map(json.loads, said):
		        if frame["type"] == "records":
		            assert frame["pane"] not in finished
		            panes.setdefault(frame["pane"], []).extend(frame["records"])
		        elif frame["type"] == "close":
		            start = frame["start"] if frame["counted"] else stamp(frame["start"])
		            assert frame["end"] > frame["start"]
		            for pane in frame["panes"]:
		                assert pane not in finished
		                text += ["%s\t%s" % (start, line) for line in panes[pane]]
		                keys[tuple(frame.get("key", []))] |= {line.split()[1] for line in panes[pane]}
		        elif frame["type"] == "finished":
		            finished |= set(frame["panes"])
		    assert set(panes) <= finished
		    equal((frame["type"], frame["records"]), ("end", 60000))
		    return text, keys

		for arguments in (["-s", "1m", "--out-of-order", "5s", "--lateness", "7s"], ["-s", "1m", "--slide", "35s"],
		        ["--session", "40s", "--out-of-order", "5s", "-b", "2"], ["--count", "70", "-b", "2"]):
		    text, keys = decode(*arguments)
		    assert text == lines(*arguments), arguments
		    if "-b" in arguments:
		        assert len(keys) > 20 and all(keys[key] == set(key) for key in keys), keys
	END
}

# Frames in, of which each OPEN is held against what came before it and what closes in the end.
@test "frames tell of windows under way: of those that overlap, of the one that closes next" {
	need python3
	cat >opens.py <<'END'
import json, os, random, subprocess, sys
def frames(lines, options):
    out = subprocess.run(["stream-window", "--quiet", *options.split()], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    said = subprocess.run([sys.executable, os.environ["SK_ROOT"] + "/tests/frames_reader.py"], input=out, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in said.stdout.splitlines()]
for seed in range(1 if os.environ.get("SK_SANITIZED", "0") != "0" else 2):
    random.seed(seed)
    time, lines = 0, ""
    for _ in range(300):
        time += random.choice([0, 0, 0, 1, 2, 5, 40])
        lines += "%d %s\n" % (max(0, time - random.choice([0, 0, 3, 9])), random.choice("abc"))
    for options, overlap in (("-s 10s", 0), ("-s 10s --out-of-order 6s", 0), ("-s 10s --out-of-order 4s --lateness 20s", 0),
        ("-s 10s --slide 5s", 1), ("-s 10s --slide 3s --out-of-order 5s", 1), ("-s 12s --slide 2s --lateness 5s", 1),
        ("--count 7", 0), ("--count 7 -b 2", 0), ("--count 7 --slide 3", 1), ("--count 8 --slide 2 -b 2", 1), ("--session 3s", None)):
        opened, closed, finished, n, next_end = {}, set(), set(), 0, 0
        for frame in frames(lines, options):
            if frame["type"] == "finished": finished.update(frame["panes"])
            if frame["type"] not in ("open", "close"): continue
            window = frame["start"], frame["end"] if not frame["counted"] else 0, *frame.get("key", [])
            if frame["type"] == "open":
                n += 1
                assert window not in closed and not finished & set(frame["panes"]) and frame["panes"], (options, frame)
                opened.setdefault(window, set()).update(frame["panes"])
            elif window not in closed:
                # What it had when it was last told of is part of it; and where all are told of, that is all of it.
                assert opened.get(window, set()) <= set(frame["panes"]), (options, frame, opened)
                assert overlap and not frame["counted"] or window not in opened or opened[window] == set(frame["panes"])
                closed.add(window)
        assert (n > 0) == (overlap is not None)
        assert overlap != 0 or "lateness" in options or set(opened) == closed, (options, set(opened) ^ closed)
# In order, the window that closes next is known from its first record on, with all that it has.
said = [f for f in frames("1\n6\n12\n13\n31\n", "-s 10s --slide 5s") if f["type"] in ("open", "close")]
got = [(f["type"][0], f["start"] // 10 ** 9, f["panes"]) for f in said]
assert got == [("o", -5, [0]), ("c", -5, [0]), ("o", 0, [0, 1]), ("c", 0, [0, 1]), ("o", 5, [1, 2]), ("c", 5, [1, 2]),
    ("c", 10, [2]), ("o", 25, [3]), ("c", 25, [3]), ("c", 30, [3])], got
END
	python3 opens.py
	# A lateness is told of from the beginning.
	echo 1 | stream-window -s 10s --lateness 1s | python3 "$SK_ROOT/tests/frames_check.py" | head -n 1 >got
	grep -q '"corrected": true' got
	echo 1 | stream-window -s 10s | python3 "$SK_ROOT/tests/frames_check.py" | head -n 1 >got
	grep -q '"corrected": false' got
}

@test "frames name the fields as the header does, and what ends records" {
	printf 'when,who\0001,a\0' | stream-window -s 1s -z -H -d , -t when |
		python3 "$SK_ROOT/tests/frames_reader.py" >got
	head -n 1 got | grep -q '"end": 0, .*"header": "when,who"'
	grep -qF '"type": "records", "size": 12, "pane": 0, "records": ["1,a"]' got
}

@test "no records are no windows" {
	[ -z "$(stream-window -s 1m --text </dev/null)" ]
	stream-window -s 1m </dev/null >out.sk
	[ "$(head -c 8 out.sk | wc -c)" = 8 ]
	stream-dump out.sk
	stream-window -H -s 1m </dev/null | stream-dump
}

@test "lines are what a terminal gets" {
	reference <<-'END'
		import pty
		control, terminal = pty.openpty()
		process = subprocess.Popen(["stream-window", "-s", "1s"], stdin=subprocess.PIPE, stdout=terminal)
		process.communicate(b"1 a\n")
		equal(os.read(control, 1000), b"1970-01-01T00:00:01Z\t1 a\r\n")
	END
}

# --- endings ---

@test "frames are refused where a stream of records is wanted" {
	stream-window -s 1m --out-of-order 30s events >out.sk
	run -2 --separate-stderr stream-window -s 1m --text out.sk
	said 'out.sk: sketches or windows, which cannot be written as lines (--text)'
}

@test "options that do not go together are refused" {
	dies '--size, --session or --count has to say *' stream-window events
	dies '--size and --session do not go together' stream-window -s 1m --session 1m events
	dies '--by goes with --session or --count: *' stream-window -s 1m -b 2 events
	dies '--slide: *' stream-window -s 1m --slide 2m events
	dies '--time does not go with --count' stream-window --count 3 -t 2 events
	dies '--late does not go with --count' stream-window --count 3 --late late events
	dies '--slide goes with --size or --count' stream-window --session 1m --slide 1s events
	dies '--align and --empty go with --size' stream-window --session 1m --empty events
	dies '--time: one field is wanted, *' stream-window -s 1m -t 1,3 events
}

@test "what cannot be read is named, and the rest is cut" {
	run -2 --separate-stderr bash -c 'stream-window -s 1d --out-of-order 30s --text nowhere events >out'
	[ "$(wc -l <out)" -eq 60000 ]
	said 'nowhere: *'
}

@test "a full disk is an error" {
	[ -e /dev/full ] || skip "no /dev/full here"
	run -2 bash -c 'stream-window -s 1m events >/dev/full'
	[[ $output == 'stream-window: standard output: '* ]]
	run -2 bash -c 'stream-window -s 1m --late /dev/full --text events >/dev/null'
	[[ $output == 'stream-window: /dev/full: '* ]]
}

@test "a reader that goes away ends the run without a word" {
	# shellcheck disable=SC2016 # the inner shell is to see the dollars
	run -0 bash -c 'stream-window -s 1m --quiet --text events events events | head -n 1; echo "${PIPESTATUS[0]}"'
	[ "${lines[1]}" = 141 ]
	[ "${#lines[@]}" = 2 ]
}

@test "windows that do not fit in memory are an error" {
	run -2 --separate-stderr stream-window -s 1d -m 100K --text events
	said 'events: the windows that are open do not fit in --memory: give more with -m'
	run -2 --separate-stderr stream-window --session 1d -m 16K -b 3 events
	said '*the windows that are open do not fit in --memory: give more with -m'
	stream-window -s 1d -m 16K events >/dev/null
}

@test "keys are forgotten with their sessions" {
	awk 'BEGIN { for (i = 0; i < 200000; i++) printf "%d.%03d key%d\n", i / 1000, i % 1000, i }' >in
	stream-window --session 1s -b 2 -m 1M in >/dev/null
	[ "$(stream-window --session 1s -b 2 -m 1M --text in | wc -l)" -eq 200000 ]
}

@test "windows of a quiet pipe close by the clock with --idle" {
	reference <<-'END'
		process = subprocess.Popen(["stream-window", "-s", "200ms", "--idle", "50ms", "--text"],
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		write(process, b"1000.1 a\n1000.15 b\n")
		equal(process.stdout.readline(), b"1970-01-01T00:16:40Z\t1000.1 a\n")
		equal(process.stdout.readline(), b"1970-01-01T00:16:40Z\t1000.15 b\n")
		write(process, b"1000.3 late or not\n2000 c\n")
		process.stdin.close()
		assert process.stdout.read().endswith(b"\t2000 c\n")
		equal(process.wait(), 0)
	END
}

@test "a window comes out as soon as it is complete, and nothing waits for a buffer" {
	reference <<-'END'
		process = subprocess.Popen(["stream-window", "-s", "10s", "--text"], stdin=subprocess.PIPE,
		    stdout=subprocess.PIPE)
		for i in range(50):
		    write(process, b"%d x\n" % (10 * i))
		    if i > 0:
		        assert process.stdout.readline().endswith(b"\t%d x\n" % (10 * i - 10))
		process.stdin.close()
		process.wait()
		process = subprocess.Popen(["stream-window", "-s", "10s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		write(process, b"1 to be seen\n")
		got = b""
		while b"1 to be seen\n" not in got:
		    got += os.read(process.stdout.fileno(), 65536)
		process.stdin.close()
		process.wait()
	END
}

@test "SIGINT and SIGTERM close the windows so far" {
	reference <<-'END'
		for number in signal.SIGINT, signal.SIGTERM:
		    process = subprocess.Popen(["stream-window", "-s", "1h", "--text"], stdin=subprocess.PIPE,
		        stdout=subprocess.PIPE, preexec_fn=defaults)
		    write(process, b"1 a\n")
		    wait_until_read(process)
		    process.send_signal(number)
		    equal(process.stdout.read(), b"1970-01-01T00:00:00Z\t1 a\n")
		    equal(process.wait(), -number)
	END
}

@test "SIGINT when the reader has gone away ends the run, and END is for readers that are there" {
	reference <<-'END'
		for form in [], ["--text"]:
		    process = subprocess.Popen(["stream-window", "-s", "1h", *form], stdin=subprocess.PIPE,
		        stdout=subprocess.PIPE, preexec_fn=defaults)
		    write(process, b"1 a\n")
		    wait_until_read(process)
		    if not form:
		        os.read(process.stdout.fileno(), 65536)
		    process.stdout.close()
		    process.send_signal(signal.SIGINT)
		    equal(process.wait(), -signal.SIGPIPE)
		process = subprocess.Popen(["stream-window", "-s", "1h"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
		    preexec_fn=defaults)
		write(process, b"1 a\n")
		wait_until_read(process)
		process.send_signal(signal.SIGINT)
		subprocess.run(["stream-dump"], input=process.stdout.read(), stdout=subprocess.DEVNULL, check=True)
		equal(process.wait(), -signal.SIGINT)
	END
}

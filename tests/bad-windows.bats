#!/usr/bin/env bats
# shellcheck disable=SC2154
# What a pipe of stream-window and a tool says to input that is bad, to streams that are damaged, and when one end dies.

load helpers

setup() {
	sk_setup
}

# Every byte of a stream is tried, or every fifth where that takes long.
every() {
	if is_sanitized; then echo 5; else echo 1; fi
}

# cut_says OUTPUT NOTES WINDOW...: stream-window --text WINDOW... of the file "in", exit 0, and no more than that said.
cut_says() {
	local output_wanted=$1 notes_wanted=$2

	shift 2
	run -0 --separate-stderr stream-window --text "$@" in
	[ "$output" = "$output_wanted" ] || { echo "printed: $output"; return 1; }
	[ "$stderr" = "$notes_wanted" ] || { echo "said: $stderr"; return 1; }
}

# A small stream of frames in "stream", and in "rows" what stream-topk -f 2 makes of it.
small_stream() {
	printf '%s\n' '0 a' '1 b' '61 a' '125 c' | stream-window -s 1m >stream
	stream-topk -f 2 stream >rows
	[ "$(wc -l <rows)" = 4 ]
}

# --- times ---

@test "records without a time are counted with the first one's line and text, and the others are answered for" {
	printf '%s\n' '10 a' '' 'b' '20 c' 'later d' '70 e' >in
	cut_says '1970-01-01T00:00:00Z	10 a
1970-01-01T00:00:00Z	20 c
1970-01-01T00:01:00Z	70 e' 'stream-window: in: skipped 1 of 6 lines: no time; the first, line 2: ""
stream-window: in: skipped 2 of 6 lines: not a time of the format seconds; the first, line 3: "b"' -s 1m
	[ "$(stream-window --quiet -s 1m in | stream-distinct -f 2 | cut -f 3 | tr '\n' ' ')" = '2 1 ' ]
	run -2 --separate-stderr stream-window -s 1m --strict in
	[ "$stderr" = 'stream-window: in: line 2: no time: ""' ]
}

@test "no record with a time is no window, and said" {
	printf '%s\n' 'one' 'two' >in
	run -2 --separate-stderr stream-window --text -s 1m in
	[ -z "$output" ]
	[ "$stderr" = 'stream-window: in: skipped 2 of 2 lines: not a time of any known format (--time-format); the first, line 1: "one"
stream-window: no line could be used' ]
	run -0 --separate-stderr bash -c 'stream-window -s 1m in | stream-topk'
	[ -z "$output" ]
	[[ $stderr == *'skipped 2 of 2 lines'* ]]
}

@test "a record of another format than the others is left out, whichever it is" {
	printf '%s\n' '2016-11-22T10:00:00Z a' '22/Nov/2016:10:00:01 +0000 b' '1479808802 c' '2016-11-22T10:00:03Z d' >in
	run -0 --separate-stderr stream-window -s 1h --text in
	[ "$(cut -f 2 <<<"$output")" = '2016-11-22T10:00:00Z a
2016-11-22T10:00:03Z d' ]
	[[ $stderr == *"skipped 2 of 4 lines: not a time of the format iso; the first, line 2: \"22/Nov/2016:10:00:01"* ]]
}

@test "times of any year have their window, or are said not to" {
	# The epoch, before it, and the year in which unsigned 32-bit seconds end.
	printf '%s\n' '-1 a' '-0.5 b' '0 c' >in
	cut_says '1969-12-31T23:59:59Z	-1 a
1969-12-31T23:59:59Z	-0.5 b
1970-01-01T00:00:00Z	0 c' '' -s 1s
	printf '%s\n' '-4000000000 a' '4000000000 b' '4294967296 c' >in
	cut_says '1843-03-31T16:53:00Z	-4000000000 a
2096-10-02T07:06:00Z	4000000000 b
2106-02-07T06:28:00Z	4294967296 c' '' -s 1m --future 36500d
	# Too far ahead of the clock, unless told otherwise
	cut_says '1843-03-31T16:53:00Z	-4000000000 a' \
		'stream-window: in: skipped 2 of 3 lines: times too far ahead (--future); the first, line 2: "4000000000 b"' -s 1m
	# What nanoseconds in 64 bits cannot hold
	printf '%s\n' '1970-01-01T00:00:00Z a' '9999-12-31T23:59:59Z b' '0001-01-01T00:00:00Z c' >in
	cut_says '1970-01-01T00:00:00Z	1970-01-01T00:00:00Z a' \
		'stream-window: in: skipped 2 of 3 lines: time is out of range; the first, line 2: "9999-12-31T23:59:59Z"' -s 1d
	printf '%s\n' '10 a' '253402300799 b' '99999999999999999999 c' '-99999999999999999999 d' '11 e' >in
	cut_says '1970-01-01T00:00:10Z	10 a
1970-01-01T00:00:11Z	11 e' \
		'stream-window: in: skipped 3 of 5 lines: time is out of range; the first, line 2: "253402300799"' -s 1s
}

@test "one time far ahead makes nothing late" {
	printf '%s\n' '2001-09-09T00:00:00Z a' '2001-09-09T00:01:00Z b' '2999-01-01T00:00:00Z c' '2101-01-01T00:00:00Z c' \
		'2001-09-09T00:02:00Z d' >in
	run -0 --separate-stderr stream-window -s 1m --text in
	[ "$(grep -o '.$' <<<"$output" | tr '\n' ' ')" = 'a b d ' ]
	[[ $stderr != *late* ]]
	[[ $stderr == *'in: skipped 1 of 5 lines: times too far ahead (--future); the first, line 4: "2101-01-01T00:00:00Z c"'* ]]
}

# A log of 2020, of a line every ten seconds for an hour.
old_log() {
	awk 'BEGIN { for (i = 0; i < 360; i++) print 1580000000 + 10 * i, "old" }'
}

has_lines() {
	[ "$(wc -l <"$2")" = "$1" ]
}

# closes_live LINES FILE: so many records are in windows that close when the FILE has come, and more may come.
closes_live() {
	rm -f pipe && mkfifo pipe
	stream-window -s 1m --text pipe >got &
	exec 7>pipe
	cat "$2" >&7
	eventually has_lines "$1" got
	exec 7>&-
	wait $!
}

stray_note='stream-window: in: 1 of 361 lines: times far ahead of those around them (--future), in windows of their own'

@test "with --strict a time too far ahead ends the run, and a late one does not" {
	printf '%s\n' '2025-01-01T00:00:10Z a' '2025-01-01T00:02:00Z b' '2025-01-01T00:00:20Z late' '2099-01-01T00:00:00Z c' '2025-01-01T00:02:30Z d' >in
	run -2 --separate-stderr stream-window -s 1m --strict --text in
	[ "$stderr" = 'stream-window: in: line 4: times too far ahead (--future): "2099-01-01T00:00:00Z c"' ]
	stream-window -s 1m --future 100000d in 2>/dev/null | stream-topk -f 2 -S >sketches
	run -2 --separate-stderr stream-window -s 1h --out-of-order 1h --strict sketches
	[[ $stderr == 'stream-window: sketches: byte '*': its time is too far ahead (--future): 2099-01-01T00:00:00Z to 2099-01-01T00:01:00Z' ]]
	# Put in order first, nothing is distrusted.
	stream-window -s 1h --strict sketches | stream-topk >rows
	[ "$(wc -l <rows)" = 3 ]
}

@test "one stray time of the past makes nothing late, wherever it is" {
	old_log >old
	for line in 1 2 180 360; do
		{ head -n "$((line - 1))" old && echo '1735689600 stray' && tail -n "+$line" old; } >in
		[ "$(wc -l <in)" = 361 ]
		run -0 --separate-stderr stream-window -s 1m --text in
		[ "$(grep -c old <<<"$output")" = 360 ]
		[ "$(tail -n 1 <<<"$output")" = '2025-01-01T00:00:00Z	1735689600 stray' ]
		[ "$(grep -c stray <<<"$output")" = 1 ]
		[ "$stderr" = "$stray_note" ]
		[ "$(stream-window --quiet -s 1m in | stream-topk -f 2 | awk '{ n += $3 } END { print n }')" = 361 ]
		[ "$(stream-window --quiet --session 1m in | stream-topk -f 2 | awk '{ print $3 }' | sort -n | tr '\n' ' ')" = '1 360 ' ]
	done
	# As the last it is no stray: nothing says so.
	{ cat old && echo '1735689600 stray'; } >in
	run -0 --separate-stderr stream-window -s 1m --text in
	[ "$(wc -l <<<"$output")" = 361 ]
	[ -z "$stderr" ]
}

@test "a stray ahead of the stream is in its window when that gets there" {
	{ old_log | head -n 10 && echo '1580001800 early' && old_log | tail -n +11; } >in
	run -0 --separate-stderr stream-window -s 10m --text in
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" = 361 ]
	[ "$(cut -f 1 <<<"$output" | sort)" = "$(cut -f 1 <<<"$output")" ]
}

@test "a stream goes on behind a gap, and so do records that are hours apart" {
	{ old_log && awk 'BEGIN { for (i = 0; i < 360; i++) print 1580700000 + 10 * i, "new" }'; } >in
	run -0 --separate-stderr stream-window -s 1m --text in
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" = 720 ]
	# The windows of before the gap close with the second record behind it.
	head -n 362 in >begin
	closes_live 360 begin
	# Out of order behind the gap is late, as elsewhere.
	echo '1580700000 straggler' >>in
	run -0 --separate-stderr stream-window -s 1m --text in
	[[ $stderr == *'skipped 1 of 721 lines: too late'* ]]
	awk 'BEGIN { for (i = 0; i < 100; i++) print 1580000000 + 10800 * i, "seldom" }' >in
	run -0 --separate-stderr stream-window -s 1h --text in
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" = 100 ]
}

@test "what is near the clock moves a stream on at once, behind a gap too" {
	printf '%s\n' '1580000000 old' "$(date +%s) new" >begin
	closes_live 1 begin
}

@test "a stream that goes back by a day loses nothing in silence" {
	awk 'BEGIN {
		for (i = 0; i < 3000; i++) print 1700000000 + i, "today"
		for (i = 0; i < 3000; i++) print 1700000000 - 86400 + i, "yesterday"
		print 1700003000, "today"
	}' >in
	stream-window -s 1h --late late in 2>notes | stream-topk -f 2 >rows
	[ "$(cat notes)" = 'stream-window: in: skipped 3000 of 6001 lines: too late for their windows; the first, line 3001: "1699913600 yesterday"' ]
	[ "$(grep -c yesterday late)" = 3000 ]
	[ "$(wc -l <late)" = 3000 ]
	[ "$(awk '{ n += $3 } END { print n }' rows)" = 3001 ]
	run ! grep yesterday rows
	# With patience enough there is no such thing.
	stream-window -s 1h --out-of-order 25h in | stream-topk -f 2 >rows
	[ "$(awk '{ n += $3 } END { print n }' rows)" = 6001 ]
}

# --- frames ---

@test "a record that is too late for some of its windows is in the others, and counted" {
	printf '%s\n' '630 a' '1020 b' '810 c' '811 d' '0 e' '1800 f' >in
	stream-window -s 5m --slide 1m --late late in 2>notes | stream-topk -f 2 >rows
	[ "$(grep -c "${TAB}c$" rows)" = 1 ]
	cat >want <<-'END'
		stream-window: in: skipped 1 of 6 lines: too late for their windows; the first, line 5: "0 e"
		stream-window: in: 2 of 6 lines came too late for some of their windows, and are in the others only; the first, line 3: "810 c"
	END
	same want notes
	# Given to another run, what is in a window would count twice.
	[ "$(cat late)" = '0 e' ]
	stream-window -s 5m --slide 1m --lateness 5m in 2>&1 >frames | cut -d ' ' -f 3 >notes
	[ "$(cat notes)" = skipped ]
	run -0 --separate-stderr stream-window -s 5m --slide 1m --strict --text in
	[[ $output == *" f" ]]
}

@test "a stream cut off anywhere gives the windows before, says so, and is an error" {
	small_stream
	python_test "$(every)" <<-'END'
		data, rows = open("stream", "rb").read(), open("rows", "rb").read()
		seen = set()
		for n in range(1, len(data), int(sys.argv[1])):
		    for tool in ["stream-topk", "-f", "2"], ["stream-dump"]:
		        if tool[0] == "stream-dump" and n % 7:
		            continue
		        process = subprocess.run(tool, input=data[:n], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
		        equal(process.returncode, 2)
		        assert process.stderr.endswith(b": the stream is cut off: it has no END\n"), (n, process.stderr)
		        equal(process.stderr.count(b"\n"), 1)
		        if tool[0] == "stream-topk":
		            assert rows.startswith(process.stdout) and process.stdout[-1:] in (b"", b"\n"), (n, process.stdout)
		            seen.add(process.stdout)
		assert sys.argv[1] != "1" or len(seen) == 4, seen
	END
}

@test "a flipped bit in any byte is an error, and never another answer" {
	small_stream
	python_test "$(every)" <<-'END'
		data, rows = open("stream", "rb").read(), open("rows", "rb").read()
		for place in range(0, len(data), int(sys.argv[1])):
		    damaged = bytearray(data)
		    damaged[place] ^= 1 << place % 8
		    process = subprocess.run(["stream-topk", "-f", "2"], input=damaged, stdout=subprocess.PIPE,
		        stderr=subprocess.PIPE, timeout=20)
		    equal((place, process.returncode), (place, 2))
		    assert rows.startswith(process.stdout), (place, process.stdout)
		    assert process.stderr.startswith(b"stream-topk: standard input: byte "), (place, process.stderr)
		    equal(process.stderr.count(b"\n"), 1)
	END
}

@test "a stream whose line ends have changed on the way is not taken for text" {
	small_stream
	for change in 's/\r\n/\n/g' 's/\n/\r\n/g'; do
		python3 -c 'import sys
was, now = sys.argv[1].encode().decode("unicode_escape").encode().split(b"/")[1:3]
sys.stdout.buffer.write(sys.stdin.buffer.read().replace(was, now))' "$change" <stream >changed
		run ! cmp -s stream changed
		refused '*: byte 0: a streamkit stream whose signature is damaged' stream-topk -f 2 changed
		run -2 --separate-stderr stream-window -s 1m changed
		[ "$stderr" = 'stream-window: changed: byte 0: a streamkit stream whose signature is damaged' ]
	done
}

# versions VERSION TYPE FLAGS: a stream of that version of the format, with one frame of that type and flags.
versions() {
	python3 - "$@" <<-'END'
		import struct, sys
		version, kind, flags = map(int, sys.argv[1:])
		table = list(range(256))
		for _ in range(8):
		    table = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in table]
		def crc32c(data, crc=0xFFFFFFFF):
		    for byte in data:
		        crc = crc >> 8 ^ table[(crc ^ byte) & 255]
		    return crc ^ 0xFFFFFFFF
		def frame(kind, payload, flags=0):
		    head = struct.pack("<BBHII", kind, flags, 0, len(payload), len(payload))
		    return head + struct.pack("<I", crc32c(head + payload)) + payload
		sys.stdout.buffer.write(bytes.fromhex("89534B460D0A1A0A") + frame(1, struct.pack("<HHBBHI", version, 0, 10, 0, 0, 0)) +
		    frame(2, struct.pack("<Q", 0) + b"0 a\n") + frame(kind, b"\0" * 8, flags) +
		    frame(4, struct.pack("<qqIIIIIIQ", 0, 60 * 10**9, 0, 0, 0, 0, 1, 0, 0)) + frame(6, struct.pack("<QQQ", 4, 1, 0)))
	END
}

@test "a newer version is refused, and so is a frame that is not known, unless it may be skipped" {
	need python3
	versions 1 99 2 >stream
	[ "$(stream-topk -f 2 stream)" = '1970-01-01T00:00:00Z	1970-01-01T00:01:00Z	1	0	a' ]
	versions 1 99 0 >stream
	refused '*: byte *: it takes a newer version to read this stream' stream-topk stream
	for version in 0 2 255; do
		versions "$version" 99 2 >stream
		refused '*: byte 8: it takes a newer version to read this stream' stream-topk stream
		run -2 stream-dump stream
		run -2 stream-window -s 1m stream
	done
}

@test "streams behind each other are read as one, and text among them is an error" {
	small_stream
	cat rows rows | same - <(cat stream stream | stream-topk -f 2)
	for behind in /dev/null stream; do
		{ cat stream && echo 'some text' && cat "$behind"; } >mixed
		run -2 --separate-stderr stream-topk -f 2 mixed
		same rows - <<<"$output"
		[[ $stderr == "stream-topk: mixed: byte $(wc -c <stream): "* ]]
		[ "${#stderr_lines[@]}" = 1 ]
	done
	echo 'some text' >text
	run -2 --separate-stderr stream-topk -f 2 stream text
	[[ $stderr == *'do not go together'* ]]
	run -2 --separate-stderr stream-topk -f 2 text stream
	[[ $stderr == *'do not go together'* ]]
}

# --- ends that die ---

# An endless stream of records.
endless() {
	# shellcheck disable=SC2016 # awk is to see the dollars
	echo 'awk "BEGIN { for (;;) print i++, i % 7 }" 2>/dev/null'
}

@test "when the reader dies stream-window does too, without a word" {
	for rest in '| true' '| head -n 1' '| head -c 100000' '--text | true' '--text | head -n 1' \
		'| stream-topk -f 2 | true' '| stream-topk -f 2 | head -n 1'; do
		echo "$rest"
		# shellcheck disable=SC2016 # the inner shell is to see the dollars
		run -0 --separate-stderr timeout 20 bash -c "$(endless) | stream-window -s 1m $rest >out; "'echo "${PIPESTATUS[1]}"'
		[ "$output" = 141 ]
		[ -z "$stderr" ]
	done
}

@test "when the reader refuses its options stream-window ends" {
	# shellcheck disable=SC2016
	run -0 --separate-stderr timeout 20 bash -c "$(endless) | stream-window -s 1m | stream-topk --none-such; "'echo "${PIPESTATUS[*]: -2}"'
	[ "$output" = '141 2' ]
	[ "${#stderr_lines[@]}" = 1 ]
}

@test "where SIGPIPE is ignored a reader that dies ends the run all the same" {
	# shellcheck disable=SC2016
	run -0 timeout 20 bash -c 'trap "" PIPE; seq 3000000 2>/dev/null | stream-window -s 1m 2>said | true; cat said'
	[ -z "$output" ]
}

@test "when stream-window is killed the tool answers for what was whole, says so, and fails" {
	python_test <<-'END'
		cut = subprocess.Popen(["stream-window", "-s", "1m"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		ask = subprocess.Popen(["stream-topk", "-f", "2"], stdin=cut.stdout, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
		cut.stdout.close()
		write(cut, b"0 a\n61 b\n")
		equal(ask.stdout.readline(), b"1970-01-01T00:00:00Z\t1970-01-01T00:01:00Z\t1\t0\ta\n")
		cut.kill()
		rows, said = ask.communicate()
		equal((ask.returncode, rows), (2, b""))
		assert b"cut off" in said and said.count(b"\n") == 1, said
		cut.stdin.close()
		cut.wait()
	END
}

@test "what a tool has answered for stays when its input turns out to be bad" {
	small_stream
	head -c $(($(wc -c <stream) - 30)) stream >short
	run -2 --separate-stderr stream-distinct -f 2 short
	[ -n "$output" ]
	stream-distinct -f 2 stream | head -n "${#lines[@]}" | same - <(echo "$output")
	# Other inputs are read all the same, or the run ends there; but never is a window half.
	run -2 --separate-stderr stream-distinct -f 2 short stream
	stream-distinct -f 2 stream >rows
	while read -r row; do
		grep -qxF "$row" rows
	done <<<"$output"
}

# --- sketches of windows ---

# Of three windows in "days.sk", or the test is skipped; in "rows" what they answer.
sketches_of_windows() {
	echo '1 a' | stream-window -s 1s | stream-distinct -S >/dev/null 2>&1 || skip "-S does not go with windows here"
	printf '%s\n' '0 a' '90000 b' '90001 c' '180000 a' | stream-window -s 1d | stream-distinct -f 2 -S >days.sk
	stream-distinct days.sk >rows
	[ "$(cut -f 3 rows | tr '\n' ' ')" = '1 2 1 ' ]
}

@test "sketches of windows that are cut off or damaged are an error, and no window answers otherwise" {
	sketches_of_windows
	python_test "$(every)" <<-'END'
		data, rows = open("days.sk", "rb").read(), open("rows", "rb").read().splitlines()
		ways = [data[:n] for n in range(2, len(data))]
		for place in range(len(data)):
		    ways.append(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1:])
		for way in ways[::int(sys.argv[1])]:
		    process = subprocess.run(["stream-distinct"], input=way, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
		        timeout=20)
		    equal(process.returncode, 2)
		    got = process.stdout.splitlines()
		    assert got == rows[:len(got)] or got == [b"0\t0\t0"], (got, process.stderr)
		    equal(process.stderr.count(b"\n"), 1)
	END
}

@test "sketches of windows and records of windows, or plain sketches, do not become one answer in silence" {
	sketches_of_windows
	echo a | stream-distinct -S >plain.sk
	printf '%s\n' '0 a' | stream-window -s 1d >stream
	for mixed in 'days.sk plain.sk' 'plain.sk days.sk'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr stream-distinct -f 2 $mixed
		echo "$mixed: $status: $output: $stderr"
		[ "$status" = 2 ]
		[ "${#stderr_lines[@]}" = 1 ]
	done
	# Those that follow windows under way are answered for with them, or refused; but never lost.
	run --separate-stderr stream-distinct -f 2 stream days.sk
	echo "$status: $output: $stderr"
	[ "$status" = 2 ] || [ "$(cut -f 3 <<<"$output" | tr '\n' ' ')" = '1 1 2 1 ' ] || [ "$(cut -f 3 <<<"$output" | tr '\n' ' ')" = '1 2 1 ' ]
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# stream-dump: what sketch files hold.

load helpers

setup() {
	sk_setup
}

# said PATTERN: of the last "run --separate-stderr", one line on standard error.
said() {
	# shellcheck disable=SC2053 # a glob
	if [ "${#stderr_lines[@]}" -ne 1 ] || [[ $stderr != "stream-dump: "$1 ]]; then
		echo "wanted \"stream-dump: $1\", said: $stderr"
		return 1
	fi
}

# flip FILE OFFSET: change the byte there.
flip() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # an octal escape
	printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# column N of the rows
column() {
	cut -f "$1"
}

@test "each sketch has a row: family, key, exactness, count" {
	printf 'a 1\na 2\na 2\nb 7\n' | stream-distinct -S -b 1 -f 2 >in.sk
	[ "$(stream-dump in.sk | cut -f 1-5,7,8)" = "$(printf '%s\n' "1	sketch	items	string	a	yes	2" "2	sketch	items	string	b	yes	1")" ]
	[ "$(stream-dump --columns in.sk | head -n 1)" = "frame	type	family	items	key	records	exact	count	parameters	bytes" ]
}

@test "counts are those of the tools that wrote the sketch" {
	seq 300000 >in
	for options in '' '--type hll4 --lgk 9' '-a theta --lgk 10'; do
		# shellcheck disable=SC2086 # words
		stream-distinct $options -S in >in.sk
		[ "$(stream-dump in.sk | column 8)" = "$(stream-distinct in.sk | cut -f 1)" ]
		[ "$(stream-dump in.sk | column 7)" = no ]
	done
	seq 100 | stream-topk -S | stream-dump >out
	[ "$(cut -f 3,7,8 out)" = "frequent	yes	100" ]
	printf 'a 1.25\nb 2\n' | stream-topk -f 1 -w 2 -S | stream-dump >out
	[ "$(column 8 <out)" = 3.25 ]
}

@test "parameters are shown, and json has a field for each" {
	seq 100000 | stream-distinct --lgk 12 --type hll6 -S >in.sk
	[ "$(stream-dump in.sk | column 9)" = 'lg_k=12 bits=6 mode=registers' ]
	need python3
	stream-dump -o json in.sk | python3 -c '
import json, sys
row = json.load(sys.stdin)
assert row["file"] == "in.sk" and row["frame"] == 1 and row["type"] == "sketch", row
assert row["family"] == "hll" and row["lg_k"] == 12 and row["bits"] == 6 and row["mode"] == "registers", row
assert row["offset"] == 28 and row["version"] == 1 and row["exact"] is False and row["empty"] is False, row
assert "key" not in row, row'
}

@test "keys of several parts are an array in json, whatever is in them" {
	printf 'a\tb\n' | stream-distinct -S -d , -b 1,2 >in.sk
	[ "$(stream-dump -o json in.sk | grep -o '"key":[^]]*]')" = '"key":["a\u0009b",""]' ]
	printf 'x,y,1\n' | stream-distinct -S -d , -b 1,2 -f 3 >in.sk
	[ "$(stream-dump -o json in.sk | grep -o '"key":[^]]*]')" = '"key":["x","y"]' ]
	[ "$(stream-dump in.sk | column 5)" = 'x\ty' ]
}

@test "streams behind each other, files and standard input are numbered on" {
	seq 10 | stream-topk -S >a.sk
	seq 10 | stream-distinct -S >b.sk
	cat a.sk b.sk >ab.sk
	[ "$(stream-dump ab.sk - a.sk <b.sk | cut -f 1,3 | tr '\n\t' '; ')" = '1 frequent;2 items;3 items;4 frequent;' ]
	[ "$(stream-dump -n 3 ab.sk b.sk | cut -f 1,3)" = '3	items' ]
	run -2 --separate-stderr stream-dump -n 4 ab.sk b.sk
	said '--frame 4: there are 3 frames'
}

@test "text is aligned under a header" {
	seq 10 | stream-topk -S | stream-dump -o text >out
	[ "$(wc -l <out)" = 2 ]
	[[ $(head -n 1 out) == frame\ \ type* ]]
	[ "$(awk 'NR == 1 { print NF }' out)" = 10 ]
}

@test "--image gives the image that the tool itself writes" {
	seq 100000 >in
	stream-distinct -S --image in >want
	stream-distinct -S in | stream-dump --image >got
	cmp want got
	[ "$(stream-dump want | cut -f 2,3,8)" = "image	hll	$(stream-distinct -i image want | cut -f 1)" ]
	stream-dump --image want | cmp - want
}

@test "--image of several sketches wants to know which" {
	printf 'a 1\nb 2\n' | stream-distinct -S -a theta -b 1 -f 2 >in.sk
	run -2 --separate-stderr stream-dump --image in.sk
	[ -z "$output" ]
	said 'there is more than one sketch: --frame*'
	stream-dump --image -n 2 in.sk >out
	stream-dump --base64 -n 2 in.sk | cut -f 2 | base64 -d | cmp - out
	run -2 --separate-stderr stream-dump --image </dev/null
	said '--image: there is no sketch'
}

@test "--base64 is what the tools write, and is read back" {
	seq 1000 | awk '{ print $1 % 3, $1 }' >in
	stream-distinct -S --base64 -b 1 -f 2 in >want
	stream-dump -i base64 --base64 want | cmp - want
	[ "$(stream-dump -i base64 want | cut -f 3,5 | tr '\n\t' '; ')" = 'hll 0;hll 1;hll 2;' ]
	# Keys are as tsv has them, and come back whatever is in them.
	printf 'a\\tb\\nc\t5\na\\\\tb\\r\t6\n\\\\\t7\n\t8\nplain\t9\n' >odd
	stream-distinct -i tsv -b 1 -f 2 -S odd >odd.sk
	stream-distinct -i tsv -b 1 -f 2 -S --base64 odd >odd64
	cut -f 1 odd | LC_ALL=C sort >keys
	cut -f 1 odd64 | LC_ALL=C sort | same keys -
	stream-dump --base64 odd.sk | cut -f 1 | LC_ALL=C sort | same keys -
	stream-dump -i base64 --base64 odd64 | cmp - odd64
	stream-distinct -b 1 -o tsv odd.sk | cut -f 1,2 >counts
	[ "$(wc -l <counts)" = 5 ]
	stream-distinct -b 1 -o tsv -i base64 odd64 | cut -f 1,2 | same counts -
	stream-dump -o json odd.sk | grep -o '"key":"[^"]*"' >keys
	stream-dump -o json -i base64 odd64 | grep -o '"key":"[^"]*"' | same keys -
	# So do keys of several parts.
	printf 'a\\tb\tc\\td\t1\na\tb\\tc\\td\t2\n\t\t3\nx\\ny\tz\t4\n\t\\t\t5\n' >two
	stream-distinct -i tsv -b 1,2 -f 3 -S --base64 two >two64
	cut -f 1,2 two | LC_ALL=C sort >keys
	cut -f 1,2 two64 | LC_ALL=C sort | same keys -
	stream-dump -i base64 --base64 two64 | cmp - two64
	stream-distinct -i base64 -b 1,2 -o tsv two64 | cut -f 1,2 | LC_ALL=C sort | same keys -
	# Lines may end as on Windows.
	sed 's/$/\r/' two64 >crlf64
	stream-dump -i base64 --base64 crlf64 | cmp - two64
	stream-distinct -i base64 -b 1,2 -o tsv crlf64 | cut -f 1,2 | LC_ALL=C sort | same keys -
	printf 'x\r' >cr
	run -2 --separate-stderr stream-dump -i base64 cr
	said 'cr: line 1: not base64'
	# More parts than there can be are no key.
	{ printf '%70s' '' | tr ' ' '\t'; tail -n 1 two64 | cut -f 3; } >many
	run -2 --separate-stderr stream-dump -i base64 many
	said 'many: line 1: a key of too many parts'
	printf 'x\n' >>want
	run -2 --separate-stderr stream-dump -i base64 want
	[ "${#lines[@]}" = 3 ]
	said 'want: line 4: not base64'
}

@test "a damaged frame is found, and what was whole before it is shown" {
	printf 'a 1\nb 2\n' | stream-distinct -S -b 1 -f 2 >in.sk
	offset=$(stream-dump -o json in.sk | sed -n '2s/.*"offset":\([0-9]*\).*/\1/p')
	flip in.sk $((offset + 60))
	run -2 --separate-stderr stream-dump in.sk
	[ "${#lines[@]}" = 1 ]
	said "in.sk: byte $offset: a frame's checksum is wrong"
}

@test "a stream that is cut off anywhere is found" {
	seq 10 | stream-distinct -S >in.sk
	size=$(wc -c <in.sk)
	for ((length = 1; length < size; length += 7)); do
		head -c "$length" in.sk >cut.sk
		run -2 --separate-stderr stream-dump cut.sk
		said 'cut.sk: byte *: the stream is cut off: it has no END'
	done
}

@test "what is no sketch is refused, and the other files are shown" {
	seq 10 | stream-distinct -S >good.sk
	echo 'some text' >text
	head -c 100 /dev/zero >zeros
	sed 's/\r$//' good.sk | tr -d '\r' >mangled
	run -2 --separate-stderr stream-dump text good.sk
	[ "${#lines[@]}" = 1 ]
	said 'text: byte 0: text, neither *'
	run -2 --separate-stderr stream-dump zeros
	said 'zeros: byte 0: neither a stream of frames nor the image of a sketch'
	run -2 --separate-stderr stream-dump mangled
	said 'mangled: byte 0: a streamkit stream whose signature is damaged'
	run -2 --separate-stderr stream-dump none good.sk
	[ "${#lines[@]}" = 1 ]
	said 'none: No such file or directory'
	cat good.sk text >both
	run -2 --separate-stderr stream-dump both
	[ "${#lines[@]}" = 1 ]
	said "both: byte $(wc -c <good.sk): not a streamkit stream"
}

@test "a damaged image is found" {
	seq 1000 | stream-distinct -S --image >in.img
	head -c 100 in.img >cut.img
	run -2 --separate-stderr stream-dump cut.img
	[ -z "$output" ]
	said 'cut.img: byte 0: hll: *'
}

@test "families that are not implemented are named, and a note says so" {
	printf '\004\001\020\013\000\006\314\223' >cpc.img
	run -0 --separate-stderr stream-dump cpc.img
	[ "$output" = '1	image	cpc	-	-	-	-	-	-	8' ]
	said 'cpc.img: byte 0: cpc: not checked, for *'
	run -0 --separate-stderr stream-dump --quiet cpc.img
	[ -z "$stderr" ]
}

# --- windows ---

@test "frames of windows have rows that say what is in them" {
	printf 't u\n1 a\n2 b\n12 c\n' | stream-window -H -t t -s 10s --lateness 5s >in.sk
	stream-dump in.sk | cut -f 1,2,5,6,9,10 >got
	cat >want <<-'END'
		0	hello	-	-	record_end=newline corrected=yes header=t u	16
		1	open	-	-	start=1970-01-01T00:00:00Z end=1970-01-01T00:00:10Z panes=0	48
		2	records	-	1	pane=0	12
		3	watermark	-	-	time=1970-01-01T00:00:01Z	8
		4	open	-	-	start=1970-01-01T00:00:10Z end=1970-01-01T00:00:20Z panes=1	48
		5	records	-	1	pane=0	12
		6	records	-	1	pane=1	13
		7	close	-	-	start=1970-01-01T00:00:00Z end=1970-01-01T00:00:10Z revision=0 panes=0	48
		8	watermark	-	-	time=1970-01-01T00:00:12Z	8
		9	close	-	-	start=1970-01-01T00:00:10Z end=1970-01-01T00:00:20Z revision=0 panes=1	48
		10	finished	-	-	panes=0,1	16
		0	end	-	3	skipped=0	24
	END
	diff want got
	[ "$(stream-dump -n 7 in.sk | cut -f 2)" = close ]
	[ "$(printf '1 a\0' | stream-window --count 1 -z | stream-dump | sed -n 1p | cut -f 9)" = record_end=nul ]
}

@test "json has the fields of each frame, and panes are an array" {
	need python3
	printf '%s a\n' 1 4 8 12 | stream-window -s 10s --slide 2s >in.sk
	stream-dump -o json in.sk >got
	python3 "$SK_ROOT/tests/frames_reader.py" <in.sk >want
	python3 -c '
import calendar, json, re, sys, time
got, want = [[json.loads(line) for line in open(name)] for name in ("got", "want")]
def when(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")) * 10 ** 9
assert len(got) == len(want), (len(got), len(want))
for row, frame in zip(got, want):
    kind = frame["type"]
    assert row["type"] == kind and row["bytes"] == frame["size"], (row, frame)
    assert ("frame" in row) == (kind not in ("hello", "end"))
    if kind == "hello": assert row["record_end"] == "newline" and row["corrected"] is False and "header" not in row
    if kind == "records": assert row["pane"] == frame["pane"] and row["records"] == len(frame["records"])
    if kind == "watermark": assert when(row["time"]) == frame["time"]
    if kind in ("open", "close", "finished"): assert row["panes"] == frame["panes"]
    if kind in ("open", "close"): assert (when(row["start"]), when(row["end"])) == (frame["start"], frame["end"]) and row["counted"] is False
    if kind == "close": assert row["revision"] == 0
    if kind == "end": assert row["records"] == 4 and row["skipped"] == 0
assert max(len(row.get("panes", [])) for row in got) > 1'
	printf 'x,1\ny,2\n' | stream-window --count 1 -d , -b 1,2 | stream-dump -o json | grep -q '"type":"close","start":"0","end":"1","counted":true,"revision":0,"panes":\[0\],"key":\["x","1"\],"bytes":'
}

@test "of many panes text shows the first, and tsv all" {
	seq 1 20 | stream-window -s 20s --slide 1s >in.sk
	stream-dump in.sk | grep -q ' panes=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18\b'
	stream-dump -o text in.sk | grep -q ' panes=0,1,2,3,4,5,6,7,\.\.\. '
	stream-dump -o text in.sk >got
	run ! grep -qE 'panes=([0-9]+,){8}[0-9]' got
}

@test "--records gives back what went into windows" {
	seq 5000 >in
	stream-window -s 1m in | stream-dump --records | cmp - in
	stream-window -s 1m in >in.sk
	frame=$(stream-dump in.sk | awk '$2 == "records" { n++ } n == 2 { print $1; exit }')
	[ "$(stream-dump -n "$frame" --records in.sk | wc -l)" = "$(stream-dump -n "$frame" in.sk | column 6)" ]
	printf '1 a\0002 b\0' >nul
	stream-window -z -s 1m nul | stream-dump --records | cmp - nul
	# What names the fields comes first, and again where it is another.
	printf 't u\n1 a\n' | stream-window -H -t t -s 1m >one.sk
	printf 't v\n1 b\n' | stream-window -H -t t -s 1m >other.sk
	[ "$(stream-dump --records one.sk one.sk other.sk | tr '\n' ,)" = 't u,1 a,1 a,t v,1 b,' ]
	head -c "$(($(wc -c <in.sk) - 30))" in.sk >cut.sk
	run -2 --separate-stderr stream-dump --records cut.sk
	[ "${#lines[@]}" = 5000 ]
	said 'cut.sk: byte *: the stream is cut off: it has no END'
	seq 10 | stream-distinct -S | stream-dump --records | cmp - /dev/null
	run -2 --separate-stderr stream-dump --records --image in.sk
	said '--records and --image do not go together'
}

@test "sketches of windows and of panes say so" {
	need python3
	cat >make.py <<-'END'
		import struct, sys
		TABLE = list(range(256))
		for _ in range(8):
		    TABLE = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in TABLE]
		def frame(kind, payload):
		    head, crc = struct.pack("<BBHII", kind, 0, 0, len(payload), len(payload)), 0xFFFFFFFF
		    for byte in head + payload:
		        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
		    return head + struct.pack("<I", crc ^ 0xFFFFFFFF) + payload
		def sketch(flags, start, end, pane=b""):
		    image = b"\1\1\102\0\0\0\0\0" + bytes(8)
		    return frame(3, struct.pack("<BBBBIQqqII", 66, 0, flags, 0, 0, 0, start, end, 0, len(image)) + pane + image)
		frames = [frame(1, b"\1\0\0\0"), sketch(3, -10 ** 9, 10 ** 9), sketch(11, 5, 9), sketch(17, 0, 0, struct.pack("<Q", 2 ** 64 - 1))]
		out = bytes.fromhex("89534B460D0A1A0A") + b"".join(frames) + frame(6, struct.pack("<QQQ", len(frames), 0, 0))
		sys.stdout.buffer.write(out)
	END
	python3 make.py >in.sk
	[ "$(stream-dump in.sk | cut -f 9 | sed 's/ held=.*//; s/ retained=.*//')" = "start=1969-12-31T23:59:59Z end=1970-01-01T00:00:01Z
start=5 end=9
pane=18446744073709551615" ]
	stream-dump -o json in.sk | grep -q '"start":"5","end":"9","counted":true'
	stream-dump -o json in.sk | grep -q '"pane":18446744073709551615'
}

@test "no input is no rows" {
	[ -z "$(stream-dump </dev/null)" ]
	[ -z "$(stream-dump -o text --columns </dev/null)" ]
}

@test "bad command lines and a full disk are errors" {
	run -2 --separate-stderr stream-dump --image --base64 </dev/null
	said '--image and --base64 do not go together'
	run -2 --separate-stderr stream-dump --none
	said 'unknown option "--none"; --help lists them'
	[ -e /dev/full ] || skip "no /dev/full here"
	seq 10 | stream-distinct -S >in.sk
	# shellcheck disable=SC2016 # the inner shell is to see the dollar
	run -2 --separate-stderr bash -c 'stream-dump in.sk >/dev/full'
	said '*No space left on device'
}

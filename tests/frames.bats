#!/usr/bin/env bats
# shellcheck disable=SC2154
# Streams of frames, as a reader in another language sees them that knows nothing but the manual.

load helpers

setup() {
	sk_setup
	need python3
}

frames_reader() {
	python3 "$SK_ROOT/tests/frames_reader.py" 2>/dev/null
}

frames_check() {
	python3 "$SK_ROOT/tests/frames_check.py" 2>/dev/null
}

@test "a reader written from the manual takes fifty lines" {
	[ "$(wc -l <"$SK_ROOT/tests/frames_reader.py")" -le 50 ]
}

@test "a reader written from the manual reads what is compressed" {
	need zstd
	seq 5000 | stream-distinct --exact -S >plain.sk
	stream-dump plain.sk >/dev/null
	seq 5000 | stream-distinct --exact -S --zstd >packed.sk || skip "this build is without zstd"
	[ "$(wc -c <packed.sk)" -lt "$(wc -c <plain.sk)" ]
	frames_reader <plain.sk >want
	frames_reader <packed.sk | same want -
	frames_check <packed.sk | same <(frames_check <plain.sk) -
}

@test "a reader written from the manual reads what is written" {
	seq 5 | stream-distinct -S >a.sk
	frames_reader <a.sk >got
	cat >want <<'END'
{"type": "hello", "size": 4, "end": 255, "header": ""}
END
	frames_check <a.sk | head -n 1 | sed 's/"version": 1, //; s/"length": [0-9]*, //' | same want -
	head -n 1 got | grep -q '"end": 255, .*"header": ""'
	sed -n 2p got | grep -q '^{"type": "sketch", "size": [1-9][0-9]*, "family": 66, .*"flags": 1, .*"parts": 0, "records": 5, '
	echo '{"type": "end", "size": 24, "frames": 2, "records": 5, "skipped": 0}' >want
	tail -n 1 got | same want -
	[ "$(wc -l <got)" -eq 3 ]
	# Streams behind each other
	cat a.sk a.sk | frames_reader >twice
	cat got got | same twice -
}

@test "a reader written from the manual refuses what is cut off or changed" {
	seq 5 | stream-distinct -S >a.sk
	size=$(wc -c <a.sk | tr -d ' ')
	for keep in 8 9 27 28 40 $((size - 40)) $((size - 1)); do
		head -c "$keep" a.sk >cut.sk
		run ! frames_reader <cut.sk
		run -2 stream-distinct cut.sk
	done
	LC_ALL=C tr '5' '6' <a.sk >changed.sk
	run ! cmp -s a.sk changed.sk
	run ! frames_reader <changed.sk
}

# Frames of windows, put together by the layout in the manual: what this build thinks of them.
@test "frames of windows are told apart by stream-dump, and refused where they contradict themselves" {
	cat >make.py <<'END'
import struct, sys
TABLE = list(range(256))
for _ in range(8):
    TABLE = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in TABLE]
def crc32c(data, crc=0xFFFFFFFF):
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF
def frame(kind, payload, flags=0):
    head = struct.pack("<BBHII", kind, flags, 0, len(payload), len(payload))
    return head + struct.pack("<I", crc32c(head + payload)) + payload
def hello(end, header, behind=b""):
    return frame(1, struct.pack("<HHBBHI", 1, 0, end, 0, 0, len(header)) + header + behind)
records = frame(2, struct.pack("<Q", 7) + b"1 a\n2 b\n")
def window(kind, revision, flags=0):
    return frame(kind, struct.pack("<qqIIIIII", -60, 60, revision, 0, 2, 10, 2, 0) + b"\1\0\0\0a\1\0\0\0b" + struct.pack("<QQ", 7, 8), flags)
close = window(4, 1)
def sketch(flags, start=-60, end=60, pane=b""):
    if flags & 2 == 0:
        start = end = 0
    image = b"\1\1\102\0\0\0\0\0" + bytes(8)
    head = struct.pack("<BBBBIQqqII", 66, 0, flags, 0, 1, 1, start, end, 5, len(image))
    return frame(3, head + b"\1\0\0\0k" + pane + image)
frames = {
    "good": [hello(10, b"time url"), records, close, frame(5, struct.pack("<q", -1)), frame(7, struct.pack("<QQ", 7, 8)),
             sketch(3), sketch(17, -60, 60, struct.pack("<Q", 7))],
    "both": [hello(10, b""), sketch(19, -60, 60, struct.pack("<Q", 7))],
    "counted": [hello(10, b""), sketch(9)],
    "backwards": [hello(10, b""), sketch(3, 60, 59)],
    "open": [hello(10, b"", b"\1"), records, window(8, 0, 2), window(4, 0), close],
    "revised": [hello(10, b""), records, window(8, 1, 2)],
    "without": [frame(1, b"\1\0\0\0"), records],
    "unended": [hello(0, b""), records],
    "early": [hello(10, b"time\nurl"), records],
    "end": [hello(13, b""), records],
}[sys.argv[1]]
end = frame(6, struct.pack("<QQQ", len(frames), 2, 0))
sys.stdout.buffer.write(bytes.fromhex("89534B460D0A1A0A") + b"".join(frames) + end)
END
	python3 make.py good >good.sk
	cat >want <<'END'
{"type": "hello", "size": 20, "version": 1, "end": 10, "length": 8, "header": "time url", "corrected": false, "layout": null}
{"type": "records", "size": 16, "pane": 7, "records": ["1 a", "2 b"]}
{"type": "close", "size": 66, "start": -60, "end": 60, "revision": 1, "counted": false, "parts": 2, "length": 10, "key": ["a", "b"], "panes": [7, 8]}
{"type": "watermark", "size": 8, "time": -1}
{"type": "finished", "size": 16, "panes": [7, 8]}
{"type": "sketch", "size": 61, "family": 66, "item": 0, "flags": 3, "decimals": 0, "parts": 1, "records": 1, "start": -60, "end": 60, "length": 5, "image": 16, "key": ["k"]}
{"type": "sketch", "size": 69, "family": 66, "item": 0, "flags": 17, "decimals": 0, "parts": 1, "records": 1, "start": 0, "end": 0, "length": 5, "image": 16, "key": ["k"], "pane": 7}
{"type": "end", "size": 24, "frames": 7, "records": 2, "skipped": 0}
END
	frames_check <good.sk | same want -
	frames_reader <good.sk | tail -n +2 | same <(tail -n +2 want) -
	stream-dump good.sk >got
	for type in records close watermark finished; do
		grep -qw "$type" got
	done
	python3 make.py open >good.sk
	cat >want <<'END'
{"type": "hello", "size": 13, "version": 1, "end": 10, "length": 0, "header": "", "corrected": true, "layout": null}
{"type": "open", "size": 66, "start": -60, "end": 60, "revision": 0, "counted": false, "parts": 2, "length": 10, "key": ["a", "b"], "panes": [7, 8]}
END
	frames_check <good.sk | sed -n '1p; 3p' | same want -
	stream-dump good.sk | grep -qw open
	for bad in without unended early end both counted backwards revised; do
		python3 make.py "$bad" >bad.sk
		run ! frames_check <bad.sk
		run -2 --separate-stderr stream-dump bad.sk
		[[ $stderr == *"a frame contradicts itself"* ]]
	done
}

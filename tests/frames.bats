#!/usr/bin/env bats
# shellcheck disable=SC2154
# Streams of frames, as a reader in another language sees them that knows nothing but the manual.

load helpers

setup() {
	sk_setup
	need python3
}

frames_reader() {
	python3 "$SK_ROOT/tests/frames_reader.py"
}

@test "a reader written from the manual reads what is written" {
	seq 5 | stream-distinct -S >a.sk
	frames_reader <a.sk >got
	cat >want <<'END'
{"type": "hello", "size": 4, "end": 255, "header": ""}
END
	head -n 1 got | same want -
	sed -n 2p got | grep -q '^{"type": "sketch", "size": [1-9][0-9]*, "family": 66, "exact": true, "records": 5, "key": \[\]}$'
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
{"type": "hello", "size": 20, "end": 10, "header": "time url"}
{"type": "records", "size": 16, "pane": 7, "records": ["1 a", "2 b"]}
{"type": "close", "size": 66, "start": -60, "end": 60, "counted": false, "revision": 1, "key": ["a", "b"], "panes": [7, 8]}
{"type": "watermark", "size": 8, "time": -1}
{"type": "finished", "size": 16, "panes": [7, 8]}
{"type": "sketch", "size": 61, "family": 66, "exact": true, "records": 1, "key": ["k"], "start": -60, "end": 60, "counted": false}
{"type": "sketch", "size": 69, "family": 66, "exact": true, "records": 1, "key": ["k"], "pane": 7}
{"type": "end", "size": 24, "frames": 7, "records": 2, "skipped": 0}
END
	frames_reader <good.sk | same want -
	stream-dump good.sk >got
	for type in records close watermark finished; do
		grep -qw "$type" got
	done
	python3 make.py open >good.sk
	cat >want <<'END'
{"type": "hello", "size": 13, "end": 10, "header": "", "corrected": true}
{"type": "open", "size": 66, "start": -60, "end": 60, "counted": false, "revision": 0, "key": ["a", "b"], "panes": [7, 8]}
END
	frames_reader <good.sk | sed -n '1p; 3p' | same want -
	stream-dump good.sk | grep -qw open
	for bad in without unended early end both counted backwards revised; do
		python3 make.py "$bad" >bad.sk
		run ! frames_reader <bad.sk
		run -2 --separate-stderr stream-dump bad.sk
		[[ $stderr == *"a frame contradicts itself"* ]]
	done
}

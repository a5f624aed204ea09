#!/usr/bin/env python3
"""Prints the streams of frames on standard input, a line of JSON for each frame: a reader written from streamkit-frames(5)
alone, in 50 lines. Bytes become the characters of their numbers; what is compressed goes through the zstd program."""
import json, struct, subprocess, sys
NAMES = {1: "hello", 2: "records", 3: "sketch", 4: "close", 5: "watermark", 6: "end", 7: "finished", 8: "open"}
WINDOW = "<qqI?3xII4x4x", "start end revision counted parts length"
FIELDS = {1: ("<HxxB3xI", "version end length"), 2: ("<Q", "pane"), 5: ("<q", "time"), 6: ("<QQQ", "frames records skipped"),
    3: ("<BBBBIQqqII", "family item flags decimals parts records start end length image"), 4: WINDOW, 8: WINDOW}
TABLE = list(range(256))
for _ in range(8):
    TABLE = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in TABLE]
def crc32c(data, crc=0xFFFFFFFF):
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF

def frames(data, place=0):
    """The type and the payload of each frame, of one stream after the other. Dies of what is cut off or changed."""
    while place < len(data):
        assert data[place:place + 8] == b"\x89SKF\r\n\x1a\n", "a stream does not begin here"
        place, kind = place + 8, None
        while kind != 6:
            kind, flags, stored, size, crc = struct.unpack_from("<BBxxIII", data, place)
            payload = data[place + 16:place + 16 + stored]
            assert crc == crc32c(data[place:place + 12] + payload), "a frame is cut off or changed"
            assert kind in NAMES or flags & 2, "a frame of a type that is not known, and not to be skipped"
            if flags & 1 and kind in NAMES:
                payload = subprocess.run(["zstd", "-dc"], input=payload, stdout=subprocess.PIPE, check=True).stdout
            place += 16 + stored
            yield kind, payload

def read(kind, at, hello):
    """What a payload says, as a dictionary; ${hello} is that of the stream."""
    layout, names = FIELDS.get(kind, ("", ""))
    said, place = dict(zip(names.split(), struct.unpack_from(layout, at.ljust(12, b"\xff")))), struct.calcsize(layout)
    if kind == 1: said["header"] = at[12:12 + said["length"]].decode("latin-1")
    if kind == 2: said["records"] = at[8:].decode("latin-1").split(chr(hello["end"]))[:-1]  # csv: quotes apart
    for _ in range(said.get("parts", 0)):
        start, place = place + 4, place + 4 + struct.unpack_from("<I", at, place)[0]
        said.setdefault("key", []).append(at[start:place].decode("latin-1"))
    if kind == 3 and said["flags"] & 16: said["pane"] = struct.unpack_from("<Q", at, len(at) - said["image"] - 8)[0]
    if kind in (4, 7, 8): said["panes"] = struct.unpack_from("<%dQ" % ((len(at) - place) // 8), at, place)
    return said

if __name__ == "__main__":
    hello = None
    for kind, payload in frames(sys.stdin.buffer.read()):
        said = read(kind, payload, hello)
        hello = said if kind == 1 else hello
        print(json.dumps({"type": NAMES.get(kind, kind), "size": len(payload), **said}))

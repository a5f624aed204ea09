#!/usr/bin/env python3
"""Prints streams of frames as a line of JSON per frame: a reader written from streamkit-frames(5) alone, without zstd.
Reads standard input; bytes become the characters of their numbers. It dies of what the manual refuses."""
import json, re, struct, sys

NAMES = {1: "hello", 2: "records", 3: "sketch", 4: "close", 5: "watermark", 6: "end", 7: "finished", 8: "open"}
LAYOUTS = [None, "csv", "tsv", "json", "logfmt", "clf"]
TABLE = list(range(256))
for _ in range(8):
    TABLE = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in TABLE]

def crc32c(data, crc=0xFFFFFFFF):
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF

def need(condition, why):
    condition or sys.exit("frames_reader: " + why)

def read_key(at, parts, end):
    """The parts of a key that goes from byte 40 to ${end}, and where that is."""
    place, key = 40, []
    for _ in range(parts):
        need(place + 4 <= end, "a key of fewer parts")
        start_of, place = place + 4, place + 4 + struct.unpack_from("<I", at, place)[0]
        key.append(at[start_of:place].decode("latin-1"))
    need(place == end, "a key of another length")
    return key, place

def read(kind, at, stream):
    """What a payload says, as a dictionary; the stream's own is what HELLO said."""
    if kind == 1:
        end, size = struct.unpack_from("<II", at, 4) if len(at) != 4 else (255, 0)
        need(at[:2] == b"\1\0" and end in (0, 10, 255) and size <= max(len(at) - 12, 0), "HELLO contradicts itself")
        more, said = at[12 + size:], {}
        if more[:1] and more[0] & 1: said["corrected"] = True
        if more[1:2] > b"\0":
            need(more[1] < 6, "a layout that is not known")
            need(len(more) > 2, "HELLO contradicts itself")
            said["layout"] = LAYOUTS[more[1]]
            if more[1] == 1: said["delimiter"] = chr(more[2])
        need(end == 255 or "delimiter" in said or end not in at[12:12 + size], "the header holds the end")
        need(said.get("delimiter", ",") not in ('"', "\r", "\n", chr(end)), "HELLO contradicts itself")
        return stream.update(end=end, header=at[12:12 + size].decode("latin-1"), **said) or stream
    if kind == 2:
        need(stream["end"] != 255 and len(at) >= 8 and (len(at) == 8 or at[-1] == stream["end"]), "RECORDS without end")
        records, end = at[8:].decode("latin-1"), chr(stream["end"])
        if stream.get("layout") == "csv":  # ends in quotes, where a field begins with one, are none
            rest = "[^" + re.escape(stream["delimiter"]) + end + "]*"
            field = '(?:"(?:[^"]|"")*"%s|(?!")%s)' % (rest, rest)
            records = re.findall("(%s(?:%s%s)*)%s" % (field, re.escape(stream["delimiter"]), field, end), records)
            need(sum(map(len, records)) + len(records) == len(at) - 8, "RECORDS whose quotes stay open")
        else:
            records = records.split(end)[:-1]
        return {"pane": struct.unpack("<Q", at[:8])[0], "records": records}
    if kind in (4, 8):
        start, end, revision, flags, parts, size, count, zero = struct.unpack_from("<qqIIIIII", at)
        need(flags < 2 and zero == 0 and start <= end and len(at) == 40 + size + 8 * count, "CLOSE contradicts itself")
        need(kind == 4 or revision == 0, "OPEN of a revision")
        key, place = read_key(at, parts, 40 + size)
        return {"start": start, "end": end, "counted": flags == 1, "revision": revision, "key": key,
            "panes": struct.unpack_from("<%dQ" % count, at, place)}
    if kind == 3:
        family, item, flags, decimals, parts, records, start, end, size, image = struct.unpack_from("<BBBBIQqqII", at)
        need(item < 4 and flags < 32 and flags & 10 != 8 and flags & 18 != 18 and decimals < 10, "SKETCH contradicts itself")
        tail = 32 * (flags >> 2 & 1) + 8 * (flags >> 4)
        need(start <= end and len(at) == 40 + size + tail + image, "SKETCH contradicts itself")
        said = {"family": family, "exact": flags & 1 == 1, "records": records, "key": read_key(at, parts, 40 + size)[0]}
        if flags & 2: said.update(start=start, end=end, counted=flags & 8 == 8)
        if flags & 16: said.update(pane=struct.unpack_from("<Q", at, len(at) - image - 8)[0])
        return said
    if kind == 5: return {"time": struct.unpack("<q", at)[0]}
    if kind == 6: return dict(zip(("frames", "records", "skipped"), struct.unpack("<QQQ", at)))
    return {"panes": struct.unpack("<%dQ" % (len(at) // 8), at)} if kind == 7 else {}

data, place, frames, stream = sys.stdin.buffer.read(), 0, 0, None
while place < len(data):
    if stream is None:
        need(data[place:place + 8] == bytes.fromhex("89534B460D0A1A0A"), "not a stream")
        place, frames, stream = place + 8, 0, {}
    need(data[place:place + 1] != b"\x89" and len(data) - place >= 16, "cut off")
    kind, flags, zero, stored, size, crc = struct.unpack_from("<BBHIII", data, place)
    payload = data[place + 16:place + 16 + stored]
    need(len(payload) == stored and crc == crc32c(data[place:place + 12] + payload), "cut off, or a wrong checksum")
    need(zero == 0 and flags < 4 and (flags & 1 or size == stored), "a frame contradicts itself")
    need((kind in NAMES or flags & 2) and (kind != 8 or flags & 2) and (kind == 1) == (frames == 0), "a frame that cannot be here")
    said = {"compressed": True} if flags & 1 else read(kind, payload, stream)
    need(kind != 6 or said["frames"] == frames, "frames are missing")
    print(json.dumps({"type": NAMES.get(kind, kind), "size": size, **said}))
    place, frames, stream = place + 16 + stored, frames + 1, None if kind == 6 else stream
need(stream is None, "cut off: no END")

#!/usr/bin/env python3
"""Reads streams of frames as frames_reader.py does, and dies of what a reader refuses by streamkit-frames(5), of frames that are
missing too. Prints what it read; records of csv are cut where quotes say."""
import json, re, struct, sys
sys.dont_write_bytecode = True
from frames_reader import NAMES, frames, read

LAYOUTS = [None, "csv", "tsv", "json", "logfmt", "clf"]

def check_hello(at, said):
    if len(at) == 4:
        return said.update(end=255, header="")
    more, end = at[12 + said["length"]:] + b"\0\0\0", said["end"]
    assert said["version"] == 1 and end in (0, 10, 255) and len(at) >= 12 + said["length"]
    said.update(corrected=more[0] & 1 == 1, layout=LAYOUTS[more[1]], **({"delimiter": chr(more[2])} if more[1] == 1 else {}))
    assert more[1] == 0 or len(at) >= 12 + said["length"] + 3
    assert more[1] == 1 or chr(end) not in said["header"]
    assert said.get("delimiter", ",") not in ('"', "\r", "\n", chr(end))

def check_records(at, said, hello):
    end = chr(hello["end"])
    assert hello["end"] != 255 and (len(at) == 8 or at[-1] == hello["end"])
    if hello.get("layout") == "csv":  # ends in quotes, where a field begins with one, are none
        comma = re.escape(hello["delimiter"])
        field = '(?:"(?:[^"]|"")*"[^%s%s]*|(?!")[^%s%s]*)' % (comma, end, comma, end)
        said["records"] = re.findall("(%s(?:%s%s)*)%s" % (field, comma, field, end), at[8:].decode("latin-1"))
        assert sum(map(len, said["records"])) + len(said["records"]) == len(at) - 8

def check(kind, at, said, hello):
    if kind == 1: check_hello(at, said)
    if kind == 2: check_records(at, said, hello)
    if kind in (4, 8):
        keys = sum(4 + len(part) for part in said.get("key", []))
        assert at[20] < 2 and at[21:24] + at[36:40] == bytes(7) and said["start"] <= said["end"] and keys == said["length"]
        assert len(at) == 40 + keys + 8 * struct.unpack_from("<I", at, 32)[0] and (kind == 4 or said["revision"] == 0)
    if kind == 3:
        flags = said["flags"]
        assert said["item"] < 4 and flags < 32 and flags & 10 != 8 and flags & 18 != 18 and said["decimals"] < 10
        assert said["start"] <= said["end"] and sum(4 + len(part) for part in said.get("key", [])) == said["length"]
        assert len(at) == 40 + said["length"] + 32 * (flags >> 2 & 1) + 8 * (flags >> 4) + said["image"]
    if kind in (5, 6): assert len(at) == {5: 8, 6: 24}[kind]
    if kind == 7: assert len(at) % 8 == 0

count, hello = 0, None
for kind, payload in frames(sys.stdin.buffer.read()):
    assert (kind == 1) == (count == 0)
    said = read(kind, payload, hello)
    check(kind, payload, said, hello)
    hello = said if kind == 1 else hello
    assert kind != 6 or said["frames"] == count
    count = 0 if kind == 6 else count + 1
    print(json.dumps({"type": NAMES.get(kind, kind), "size": len(payload), **said}))

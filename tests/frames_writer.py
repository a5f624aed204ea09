"""Writes streams of frames to standard output: a writer from streamkit-frames(5) alone, for tests in which another program
wrote what the tools read. For "from frames_writer import *"."""
import struct, sys

S = 10 ** 9
TABLE = list(range(256))
for _ in range(8):
    TABLE = [crc >> 1 ^ (0x82F63B78 if crc & 1 else 0) for crc in TABLE]
frames = 0

def crc32c(data, crc=0xFFFFFFFF):
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF

def frame(kind, payload):
    global frames
    frames += 1
    head = struct.pack("<BBHII", kind, 0, 0, len(payload), len(payload))
    sys.stdout.buffer.write(head + struct.pack("<I", crc32c(head + payload)) + payload)
    sys.stdout.buffer.flush()

def start(end=0xFF):
    global frames
    frames = 0
    sys.stdout.buffer.write(bytes.fromhex("89534B460D0A1A0A"))
    frame(1, struct.pack("<HHBBHI", 1, 0, end, 0, 0, 0))

def records(pane, text):
    frame(2, struct.pack("<Q", pane) + text)

def close(start, end, panes, revision=0, counted=0, key=()):
    parts = b"".join(struct.pack("<I", len(part)) + part for part in key)
    frame(4, struct.pack("<qqIBBHIIII", start, end, revision, counted, 0, 0, len(key), len(parts), len(panes), 0) +
          parts + b"".join(struct.pack("<Q", pane) for pane in panes))

def watermark(time):
    frame(5, struct.pack("<q", time))

def finished(*panes):
    frame(7, b"".join(struct.pack("<Q", pane) for pane in panes))

def end(n=0):
    frame(6, struct.pack("<QQQ", frames, n, 0))

def payloads(name):
    """The payloads of the SKETCH frames in a file."""
    data, at = open(name, "rb").read(), 8
    while at < len(data):
        kind, flags, zero, size = struct.unpack_from("<BBHI", data, at)
        assert flags == 0
        if kind == 3:
            yield data[at + 16:at + 16 + size]
        at += 16 + size

def sketches(name, window=None, pane=None, counted=False):
    """The sketches of a file, as of a window (start and end) or of a pane."""
    for payload in payloads(name):
        payload = bytearray(payload)
        if pane is not None:
            image = len(payload) - struct.unpack_from("<I", payload, 36)[0]
            payload[2] |= 16
            payload[image:image] = struct.pack("<Q", pane)
        if window is not None:
            payload[2] |= 10 if counted else 2
            struct.pack_into("<qq", payload, 16, *window)
        frame(3, bytes(payload))

#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2094
# One set of hard names in ten formats: the counts are those of Python's Counter in each.

load helpers

setup() {
	sk_setup
	need python3
	write_formats
}

# Files of the same 3,000 items, and the truth about them.
write_formats() {
	python3 - <<'END_OF_SCRIPT'
import collections, csv, json, random, struct

random.seed(12)
names = ["", '"', '""', '"a"', 'a"b', 'say "hi", then go', ",", ";", "a,b;c", "two\nlines", "\n", "\n\n", "\t", "a\tb", "\\",
    "\\n", "\\t", "C:\\new\\table", "é", "ßtraße", "日本語", "🙂", "a\u0301", "\r", "a\r", "\r\n", " ", " a ", "a=b", "{}", "null", "\\N",
    "-", "[x]", "'", "#", "x" * 300, "é" * 150, '"' * 300, ",\n" * 150, "\u00a0", "\ufeff", "0", "1e3", "\x1f", "\x7f", "\x01"]
items = [random.choice(names) for _ in range(3000)]
items += names

def write(name, data):
    with open(name, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)

def escaped(text, escapes):
    return "".join(escapes.get(c, c) for c in text)

write("truth.json", json.dumps(collections.Counter(items)))
write("lines", "".join(item + "\0" for item in items))
for name, delimiter in ("csv", ","), ("semicolons", ";"):
    with open(name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([i, item, "end"] for i, item in enumerate(items))
tsv = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\\": "\\\\"}
write("tsv", "".join("%d\t%s\n" % (i, escaped(item, tsv)) for i, item in enumerate(items)))
write("json", "".join(json.dumps({"n": i, "item": item}, ensure_ascii=i % 2 == 0) + "\n" for i, item in enumerate(items)))
quoted = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x01": "\\u0001", "\x1f": "\\u001f"}
write("logfmt", "".join('n=%d item="%s"\n' % (i, escaped(item, quoted)) for i, item in enumerate(items)))
quoted = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\x01": "\\x01", "\x1f": "\\x1f"}
write("clf", "".join('192.0.2.1 - - [22/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 %d "-" "%s"\n' %
    (i, escaped(item, quoted)) for i, item in enumerate(items)))
write("be32", b"".join(struct.pack(">I", len(item.encode())) + item.encode() for item in items))
write("timed", "".join("%d\t%s\0" % (1000000000 + i // 100, item) for i, item in enumerate(items)))
END_OF_SCRIPT
}

# counts OPTION...: what stream-topk makes of them is the truth, and nothing is said.
counts() {
	run --separate-stderr stream-topk -k all -o json "$@"
	if [ "$status" != 0 ] || [ "$stderr" != "" ]; then
		echo "$*: $stderr"
		return 1
	fi
	python3 -c '
import json, sys
truth = json.load(open("truth.json"))
rows = [json.loads(line) for line in sys.argv[1].split("\n")]
counts = {row["item"]: row["count"] for row in rows}
assert len(rows) == len(counts) == len(truth) and counts == truth, set(counts.items()) ^ set(truth.items())' "$output"
}

@test "lines, whose ends are NUL" {
	counts -z lines
}

@test "csv" {
	counts -i csv -f 2 csv
	counts -i auto -f 2 csv
	counts -i csv -f -2 - <csv
}

@test "csv with semicolons" {
	counts -i csv -d ';' -f 2 semicolons
}

@test "tsv" {
	counts -i tsv -f 2 tsv
}

@test "json" {
	counts -i json -f item json
	counts -i auto -f .item json
}

@test "logfmt" {
	counts -i logfmt -f item logfmt
	counts -i auto -f item logfmt
}

@test "logs of web servers" {
	counts -i clf -f agent clf
	counts -i auto -f agent clf
}

@test "records behind their lengths" {
	counts -i be32 be32
	counts -i be32 - <be32
}

@test "sketches of several of these, in base64" {
	stream-topk -i be32 -S --base64 be32 >sketches
	counts -i base64 sketches
	stream-topk -i csv -f 2 -S csv >csv.sk
	counts csv.sk
}

@test "frames of windows" {
	stream-window -z -s 1d -t 1 timed >frames
	counts -z -d "$TAB" -f 2- --windows whole frames
}

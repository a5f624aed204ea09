#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2002,SC2030,SC2031 # a pipe is what is tested
# Input that gzip, zstd, xz or bzip2 have compressed: known by what it begins with, whatever its name.

load helpers

# FORMAT, the program, and options of it that make it write to standard output.
FORMATS='gzip gzip -c
zstd zstd -q -c
xz xz -c
bzip2 bzip2 -c'

setup_file() {
	loggen -n 4000 >"$BATS_FILE_TMPDIR/in.log"
	split -l 2000 "$BATS_FILE_TMPDIR/in.log" "$BATS_FILE_TMPDIR/part-"
}

setup() {
	sk_setup
	in=$BATS_FILE_TMPDIR/in.log
}

# can FORMAT: whether this build unpacks it.
can() {
	echo a | ${2-"$1"} -c >probe
	! stream-topk probe 2>&1 | grep -q 'this build cannot read'
}

# each COMMAND: call it (and not as a condition, within which nothing that fails would end the test) with "FORMAT PROGRAM ARGUMENT..." for every format that can be tested here.
each() {
	local format tested=0

	while read -r -a format; do
		if ! command -v "${format[1]}" >/dev/null || ! can "${format[@]:0:2}"; then
			continue
		fi
		tested=$((tested + 1))
		echo "${format[0]}:"
		"$1" "${format[@]}"
	done <<<"$FORMATS"
	[ "$tested" -gt 0 ] || skip "nothing to compress with, or this build cannot read it"
}

answers_as_before() {
	"${@:2}" <"$in" >packed
	stream-topk -f 1,7 packed | same want -
	stream-topk -f 1,7 <packed | same want -
	cat packed | stream-topk -f 1,7 | same want -
	stream-topk -j 4 -f 1,7 packed | same want -
	[ -s want ]
}

@test "compressed input gives the answer of what it was, from files and pipes, whatever its name" {
	stream-topk -f 1,7 "$in" >want
	each answers_as_before
}

behind_each_other() {
	for part in "$BATS_FILE_TMPDIR"/part-*; do
		"${@:2}" <"$part"
	done >packed
	stream-topk -f 1,7 packed | same want -
	cat packed | stream-topk -f 1,7 | same want -
}

@test "compressed files may be put one behind the other" {
	stream-topk -f 1,7 "$in" >want
	each behind_each_other
}

one_of_each() {
	"${@:2}" <"$BATS_FILE_TMPDIR/part-aa" >"part.$1"
	all+=("part.$1")
}

@test "files of several kinds may be put one behind the other, in whatever pieces they come" {
	all=()
	each one_of_each
	for first in "${all[@]}"; do
		for second in "${all[@]}"; do
			cat "$first" "$second" "$first" >packed
			for part in 1 2 3; do cat "$BATS_FILE_TMPDIR/part-aa"; done | stream-topk -f 1,7 >want
			stream-topk -f 1,7 packed | same want -
			cat packed | stream-topk -f 1,7 | same want -
		done
	done
	# Names of fields stand at the front of an input, as in what was unpacked.
	for kind in "${all[@]##*.}"; do
		printf 'k,n\na,1\n' | "$kind" -c >"table.$kind"
	done
	cat table.* >packed
	[ "$(stream-topk -i csv -H -f k packed | head -n 1)" = "${#all[@]}${TAB}0${TAB}a" ]
	[ "$(stream-topk -i csv -H -f k table.*)" = "${#all[@]}${TAB}0${TAB}a" ]
	python_test "${all[@]##*.}" <<'END'
packed = [open("table." + kind, "rb").read() for kind in sys.argv[1:]]
for first in packed:
    for second in packed:
        both = first + second
        whole = ask(both)
        equal(whole[:2], (0, b"2\t0\ta,1\n2\t0\tk,n\n"))
        process = start()
        for at in range(len(both)):
            write(process, both[at:at + 1])
            if at in range(len(first) - 2, len(first) + 11):
                wait_until_read(process)
        equal(finish(process), whole)
        # Whatever is left of the second, it is missed.
        for size in range(1, len(second)):
            status, output, errors = ask(both[:len(first) + size])
            assert status == 2 and (b"too early" in errors or b"something else behind" in errors), (both[:2], size, errors)
            assert b"a,1" in output, output
END
}

mixed() {
	"${@:2}" <"$BATS_FILE_TMPDIR/part-ab" >packed
	stream-topk -f 1,7 "$BATS_FILE_TMPDIR/part-aa" packed | same want -
	stream-topk -f 1,7 - "$BATS_FILE_TMPDIR/part-aa" <packed | same want -
	[ "$(cat packed | stream-distinct --exact -f 7 - packed)" = "$(stream-distinct --exact -f 7 "$BATS_FILE_TMPDIR/part-ab")" ]
}

@test "compressed and other files go together" {
	stream-topk -f 1,7 "$in" >want
	each mixed
}

nothing() {
	"${@:2}" </dev/null >packed
	[ "$(stream-distinct packed)" = "$(stream-distinct /dev/null)" ]
	[ "$(cat packed | stream-distinct)" = "$(stream-distinct /dev/null)" ]
	cat packed packed >two
	[ "$(stream-distinct two)" = "$(stream-distinct /dev/null)" ]
}

@test "nothing compressed is an empty input, and so is an empty file with any name" {
	each nothing
	: >empty.gz
	[ "$(stream-distinct empty.gz)" = "$(stream-distinct /dev/null)" ]
}

last_line() {
	printf 'a\nb' | "${@:2}" >packed
	[ "$(stream-topk packed)" = "$(printf 'a\nb' | stream-topk)" ]
}

@test "a last line without its end is a line" {
	each last_line
}

other_tools() {
	"${@:2}" <"$in" >packed
	stream-quantile -f -1 packed | same quantiles -
	stream-distinct -f 1 packed | same different -
	stream-window -s 1m -t 4 --text packed | same windows -
	cat packed | stream-window -s 1m -t 4 | stream-distinct -f 1 | same windowed -
	"${@:2}" <sketch >packed.sk
	stream-distinct packed.sk | same merged -
	cat packed.sk | stream-distinct | same merged -
	stream-dump packed.sk >dumped
	same dump <(sed 's/^packed\.sk/sketch/' dumped)
	"${@:2}" <frames >packed.frames
	stream-distinct -f 1 packed.frames | same windowed -
	"${@:2}" <lines64 | stream-distinct -i base64 | same decoded -
}

@test "all tools unpack, records, sketches and windows" {
	stream-quantile -f -1 "$in" >quantiles
	stream-distinct -f 1 "$in" >different
	stream-window -s 1m -t 4 --text "$in" >windows
	stream-window -s 1m -t 4 "$in" >frames
	stream-distinct -f 1 frames >windowed
	stream-distinct -S -f 1 "$in" >sketch
	stream-distinct sketch >merged
	stream-distinct -S -f 1 --base64 "$in" >lines64
	stream-distinct -i base64 lines64 >decoded
	stream-dump sketch >dump
	[ -s windows ] && [ -s windowed ] && [ -s dump ]
	each other_tools
}

cut_off() {
	local size at

	"${@:2}" <"$in" >packed
	size=$(wc -c <packed)
	for at in 2 3 4 5 7 12 $((size / 2)) $((size - 1)); do
		[ "$1:$at" != bzip2:2 ] || continue # two capitals
		head -c "$at" packed >part
		run -2 --separate-stderr stream-topk -f 7 -k 1 part
		one_line_said "part: the $1 data end too early"
	done
	# Only the last byte of a checksum is missing.
	[ -n "$output" ]
	stream-topk -f 1,7 - <part 2>said | same want -
	[ "$(cat said)" = "stream-topk: standard input: the $1 data end too early" ]
}

@test "input that is cut off is named after the answer from what was whole" {
	stream-topk -f 1,7 "$in" >want
	each cut_off
}

garbled() {
	"${@:2}" <"$in" >packed
	{ head -c 20000 packed; printf 'this is not what was written'; tail -c +20030 packed; } >bad
	run -2 --separate-stderr stream-topk -f 7 -k 1 "$BATS_FILE_TMPDIR/part-aa" bad "$BATS_FILE_TMPDIR/part-ab"
	one_line_said "bad: corrupt $1 data"
	[ -n "$output" ]
}

@test "input that is garbled is named, and the other inputs count" {
	each garbled
}

followed() {
	{ "${@:2}" <"$in"; echo 'and something else'; } >packed
	run -2 --separate-stderr stream-topk -f 1,7 packed
	one_line_said "packed: something else behind the $1 data, which is left out"
	same want <(printf '%s\n' "$output")
}

followed_by_little() {
	local little

	"${@:2}" <<<a >whole
	for little in x $'\xfdab' $'\x1fab' '(ab' Pab Bab BZhi; do
		{ cat whole; printf %s "$little"; } >packed
		run -2 --separate-stderr stream-topk packed
		one_line_said "packed: something else behind the $1 data, which is left out"
		[ "$output" = "1${TAB}0${TAB}a" ]
	done
}

@test "what lies behind compressed data is told from more of them, however short it is" {
	each followed_by_little
}

@test "what lies behind compressed data is no input, and that is said" {
	stream-topk -f 1,7 "$in" >want
	each followed
}

@test "zeros behind gzip data are what tapes leave" {
	need gzip
	can gzip || skip "this build cannot read gzip"
	stream-topk -f 1,7 "$in" >want
	{ gzip -c "$in"; head -c 5000 /dev/zero; } >packed
	stream-topk -f 1,7 packed | same want -
	{ cat packed; echo x; } >bad
	run -2 --separate-stderr stream-topk -k 1 bad
	one_line_said 'bad: something else behind the gzip data, which is left out'
}

@test "a name, a comment and an extra field in a gzip header are passed over" {
	need gzip
	can gzip || skip "this build cannot read gzip"
	python_test <<-'END'
		import zlib
		data = b"a\na\nb\n"
		packer = zlib.compressobj(wbits=-15)
		body = packer.compress(data) + packer.flush() + struct.pack("<II", zlib.crc32(data), len(data))
		head = b"\x1f\x8b\x08\x1e" + b"\0" * 6 + b"\x03\x00abc" + b"a name\0" + b"a comment\0"
		head += struct.pack("<H", zlib.crc32(head) & 0xffff)
		equal(ask((head + body) * 3), (0, b"6\t0\ta\n3\t0\tb\n", b""))
	END
}

@test "frames of zstd that are to be skipped are" {
	need zstd
	can zstd || skip "this build cannot read zstd"
	stream-topk -f 1,7 "$in" >want
	{ printf '\x5f\x2a\x4d\x18\x05\0\0\0hello'; zstd -q -c "$in"; printf '\x50\x2a\x4d\x18\0\0\0\0'; } >packed
	stream-topk -f 1,7 packed | same want -
}

@test "windows of zstd beyond 128 MiB are refused, with what to do" {
	need zstd
	can zstd || skip "this build cannot read zstd"
	printf 'a\nb\n' | zstd -q -c --ultra --long=31 --no-check - >packed
	run -2 --separate-stderr stream-topk packed
	one_line_said 'packed: zstd data that take more than 128 MiB of memory to unpack: use zstd -dc --long=31 FILE*'
	[ -z "$output" ]
}

@test "text that begins a little like compressed data is text" {
	local text

	for text in $'BZh9\n' $'BZh91AY\n' BZh0 BZh91AX 'BZh is text' $'BZh\n' B BZ $'BZh0\n' $'(\xb5\n' P $'P*M\n' 'P*M' $'\x1f' $'\xfd'; do
		[ "$(printf %s "$text" | stream-topk | cut -f 1)" = 1 ]
		printf '%s' "$text" | stream-topk --strict >/dev/null
	done
}

@test "images, which may begin with anything, are not unpacked" {
	need gzip
	stream-distinct --exact -S --image </dev/null >image 2>/dev/null || true
	gzip -c <image >packed
	run -2 --separate-stderr stream-distinct -i image packed
	[[ $stderr != *gzip* ]]
}

lines_counted() {
	"${@:2}" <text >packed
	run -2 --separate-stderr stream-quantile --strict -f -1 packed
	[ "$stderr" = 'stream-quantile: packed: line 2001: not a number: "short"' ]
	stream-quantile -f -1 packed >answer 2>notes
	same want answer
	same notes.want <(sed 's/packed/text/' notes)
}

@test "bad records are named, by the lines of what it was" {
	{ cat "$BATS_FILE_TMPDIR/part-aa"; echo short; cat "$BATS_FILE_TMPDIR/part-ab"; } >text
	stream-quantile -f -1 text >want 2>notes.want
	[ -s notes.want ]
	each lines_counted
}

@test "what a pipe dribbles is answered as it comes" {
	can gzip || skip "this build cannot read gzip"
	python_test <<-'END'
		import zlib
		process = subprocess.Popen(["stream-window", "--count", "1", "--text"], stdin=subprocess.PIPE,
		    stdout=subprocess.PIPE)
		for member in range(2):
		    packer = zlib.compressobj(wbits=31)
		    for i in range(3):
		        write(process, packer.compress(b"line %d\n" % i) + packer.flush(zlib.Z_SYNC_FLUSH))
		        while b"line %d" % i not in (line := process.stdout.readline()):
		            assert line, "the output ended"
		    # Byte by byte, trailers and headers too.
		    for byte in packer.flush():
		        write(process, bytes([byte]))
		process.stdin.close()
		equal(process.wait(), 0)
	END
}

@test "signals come through while compressed input is waited for" {
	can gzip || skip "this build cannot read gzip"
	python_test <<-'END'
		import zlib
		packer = zlib.compressobj(wbits=31)
		process = start("--every", "50ms", "-o", "tsv")
		write(process, packer.compress(b"a\na\n") + packer.flush(zlib.Z_SYNC_FLUSH))
		read_until(process, b"2\t0\ta\n")
		process.send_signal(signal.SIGINT)
		output, errors = process.communicate()
		equal(process.returncode, -signal.SIGINT)
	END
}

# bats test_tags=plain
@test "a bomb takes no more memory than any other input" {
	need gzip
	need_true_memory
	can gzip || skip "this build cannot read gzip"
	head -c 30000000 /dev/zero | tr '\0' '\n' | gzip -1 >lines
	memory_at_most 20000 stream-topk -f 1 lines
	{ echo short; head -c 30000000 /dev/zero; } | gzip -1 >line
	memory_at_most 20000 stream-topk -m 1M line
}

@test "no byte that is changed goes unnoticed, and none is dangerous" {
	python_test <<-'END'
		import bz2, gzip, lzma
		random.seed(7)
		data = b"".join(b"%d\n" % (i * i % 97) for i in range(400))
		want = ask(data)
		for pack in gzip.compress, bz2.compress, lzma.compress:
		    packed = pack(data)
		    got = ask(packed)
		    if b"this build cannot" in got[2]:
		        continue
		    equal(got, want)
		    places = [random.randrange(10, len(packed)) for _ in range(40)] + [len(packed) - 1]
		    for at in places:
		        changed = bytearray(packed)
		        changed[at] ^= 1 << random.randrange(8)
		        status, output, errors = ask(bytes(changed))
		        assert (status == 2 and errors.count(b"\n") == 1) or output == want[1], (pack, at, status, errors)
		    for at in range(14, len(packed), 9):
		        status, output, errors = ask(packed[:at])
		        assert status == 2 and b"end too early" in errors, (pack, at, status, errors)
	END
}

@test "a build that cannot says what to do" {
	local format refused=0

	while read -r -a format; do
		if ! command -v "${format[1]}" >/dev/null || can "${format[@]:0:2}"; then
			continue
		fi
		refused=$((refused + 1))
		"${format[@]:1}" <"$in" >packed
		run -2 --separate-stderr stream-topk packed - <<<a
		one_line_said "packed: ${format[0]} data, which this build cannot read: use ${format[1]} -dc *FILE | ..."
		[ "$output" = "1${TAB}0${TAB}a" ]
	done <<<"$FORMATS"
	[ "$refused" -gt 0 ] || skip "this build can"
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# Sketches that are written compressed (--zstd), and a build that cannot.

load helpers

setup_file() {
	loggen -n 30000 >"$BATS_FILE_TMPDIR/in.log"
	(cd "$BATS_FILE_TMPDIR" && split -l 15000 in.log part-)
}

setup() {
	sk_setup
	in=$BATS_FILE_TMPDIR/in.log
	case $BATS_TEST_DESCRIPTION in
	*"is there or not"* | *"build without"* | *"builds without"*) ;;
	*) stream-topk -S --zstd </dev/null >/dev/null || skip "this build is without zstd" ;;
	esac
}

# Lines "tool options", for sketches of each kind.
SKETCHES='stream-topk -f 1,7
stream-topk -m 64K -f 1,7
stream-topk -b 9 -f 7
stream-distinct -f 1
stream-distinct -m 16K -f 1
stream-distinct -b 9 -f 1
stream-quantile -f -1
stream-quantile -m 64K -f -1
stream-quantile -a tdigest -f -1
stream-quantile -b 9 -f -1'

# size FILE: in bytes
size() {
	wc -c <"$1" | tr -d ' '
}

# Whether a file is compressed: whether any frame says so.
is_compressed() {
	stream-dump "$1" | grep -q 'stored='
}

@test "what is compressed is smaller, and gives the same answer" {
	while read -r sketch; do
		echo "$sketch"
		$sketch -S "$in" >plain.sk
		$sketch -S --zstd "$in" >packed.sk
		is_compressed packed.sk
		run ! is_compressed plain.sk
		[ "$(size packed.sk)" -lt $(($(size plain.sk) * 7 / 8)) ]
		# The answer takes the options of how to ask, and not those of what to look at.
		case $sketch in
		*' -b '*) set -- "${sketch%% *}" -b 1 ;;
		*) set -- "${sketch%% *}" ;;
		esac
		"$@" plain.sk >plain
		"$@" packed.sk >packed
		[ -s plain ]
		same plain packed
		# All that is in it is the same too.
		stream-dump --base64 plain.sk >plain
		stream-dump --base64 packed.sk | same plain -
	done <<<"$SKETCHES"
}

@test "compressed sketches, others and records can stand beside each other" {
	cd "$BATS_FILE_TMPDIR"
	stream-distinct --exact -S --zstd -f 1 part-aa >"$BATS_TEST_TMPDIR/a.sk"
	stream-distinct --exact -S -f 1 part-ab >"$BATS_TEST_TMPDIR/b.sk"
	stream-distinct -f 1 in.log >"$BATS_TEST_TMPDIR/want"
	cd "$BATS_TEST_TMPDIR"
	cat a.sk b.sk | stream-distinct | same want -
	cat b.sk a.sk a.sk | stream-distinct | same want -
	stream-distinct -f 1 a.sk "$BATS_FILE_TMPDIR/part-ab" | same want -
	cat a.sk b.sk | stream-distinct --exact -S --zstd >c.sk
	is_compressed c.sk
	stream-distinct c.sk | same want -
}

@test "a state may be compressed, or be no longer" {
	stream-topk -b 9 -f 7 -k all --state plain "$BATS_FILE_TMPDIR/part-aa" >/dev/null
	stream-topk -b 9 -f 7 -k all --state packed --zstd "$BATS_FILE_TMPDIR/part-aa" >/dev/null
	is_compressed packed
	[ "$(size packed)" -lt "$(size plain)" ]
	stream-topk -b 9 -f 7 -k all "$in" >want
	cp packed second
	stream-topk -b 9 -f 7 -k all --state packed --zstd "$BATS_FILE_TMPDIR/part-ab" | same want -
	stream-topk -b 9 -f 7 -k all --state second "$BATS_FILE_TMPDIR/part-ab" | same want -
	is_compressed packed
	run ! is_compressed second
	stream-topk -b 1 -k all packed | same want -
	# With -S, both are.
	stream-topk -f 7 --state third -S --zstd "$in" >out.sk
	is_compressed out.sk
	same third out.sk
}

@test "what would not be smaller is left as it is" {
	echo few | stream-distinct -S >plain.sk
	echo few | stream-distinct -S --zstd | same plain.sk -
	seq 100000 | stream-distinct -a theta --lgk 10 -S >plain.sk # hashes
	seq 100000 | stream-distinct -a theta --lgk 10 -S --zstd | same plain.sk -
}

@test "stream-dump tells what a compressed frame takes" {
	stream-distinct -m 16K -f 1 -S --zstd "$in" >packed.sk
	stored=$(stream-dump packed.sk | sed -n 's/.* stored=\([0-9]*\)	.*/\1/p')
	# Signature, HELLO with 4 bytes, a header, the payload, and END with 24
	[ "$(size packed.sk)" = $((8 + 16 + 4 + 16 + stored + 16 + 24)) ]
	[ "$(stream-dump -o text packed.sk | grep -c "stored=$stored ")" = 1 ]
	[[ $(stream-dump -o json packed.sk) == *",\"stored\":$stored}" ]]
	# Every field that there can be
	seq 100 | stream-quantile -b 1 -S --zstd >out.sk
	stream-dump -o json out.sk >/dev/null
	stream-dump --image packed.sk >image
	stream-distinct -m 16K -f 1 -S --image "$in" | same image -
}

# repack HOW <PLAIN >PACKED: each SKETCH frame's payload through the zstd program, with options after HOW: "file", which
# tells it the length, or "pipe", which does not; "twice" is two frames in one payload.
repack() {
	python3 -c '
import struct, subprocess, sys
def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff
def zstd(data):
    how, *options = sys.argv[1:]
    if how == "pipe":
        return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True).stdout
    with open("payload", "wb") as file:
        file.write(data)
    packed = subprocess.run(["zstd", "-q", "-c", *options, "payload"], stdout=subprocess.PIPE, check=True).stdout
    return packed * 2 if how == "twice" else packed
stream = sys.stdin.buffer.read()
out, stream = stream[:8], stream[8:]
while stream:
    kind, flags, zero, stored, size, crc = struct.unpack("<BBHIII", stream[:16])
    payload, stream = stream[16:16 + stored], stream[16 + stored:]
    if kind == 3:
        payload, flags = zstd(payload), 1
    header = struct.pack("<BBHII", kind, flags, zero, len(payload), size)
    out += header + struct.pack("<I", crc32c(header + payload)) + payload
sys.stdout.buffer.write(out)' "$@"
}

@test "streams compressed by the zstd program are read" {
	need python3 zstd
	stream-distinct -b 9 -f 1 -S "$in" >plain.sk
	stream-distinct -b 1 plain.sk >want
	for options in -1 '-19 --check' '--ultra -22' '-3 --no-check'; do
		# shellcheck disable=SC2086 # words
		repack file $options <plain.sk >packed.sk
		is_compressed packed.sk
		stream-distinct -b 1 packed.sk | same want -
	done
}

@test "payloads that are not one zstd frame of a known length are refused" {
	need python3 zstd
	stream-topk -f 7 -S "$in" >plain.sk
	for how in pipe twice; do
		repack $how <plain.sk >packed.sk
		refused 'packed.sk: byte 28: a frame contradicts itself' stream-topk packed.sk
	done
}

@test "--zstd without anything to compress is refused, whether zstd is there or not" {
	if ! stream-topk -S --zstd </dev/null >/dev/null; then
		refused '--zstd: this build is without zstd' stream-topk --zstd /dev/null
		skip "this build is without zstd"
	fi
	refused '--zstd goes with --sketch or --state' stream-topk --zstd /dev/null
	refused '--zstd does not go with --base64 and --image*' stream-topk --zstd -S --base64 /dev/null
	refused '--zstd does not go with --base64 and --image*' stream-topk --zstd -S --image /dev/null
	refused '--zstd does not go with --base64 and --image*' stream-topk --zstd -S --image --state st /dev/null
	[ ! -e st ]
}

# bats test_tags=plain
@test "a build without zstd says so, and does all the rest" {
	! is_sanitized || skip "one build is enough"
	without=$BATS_TEST_TMPDIR/without
	(unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES SANITIZE &&
		make -s -j2 -C "$SK_ROOT" BUILD="$without" ZSTD=no CFLAGS=-O0 "$without/stream-topk" "$without/streamkit.pc")
	run ! grep zstd "$without/streamkit.pc"
	if stream-topk -f 7 -S --zstd "$in" >packed.sk 2>/dev/null; then
		PATH=$without:$PATH run -2 --separate-stderr stream-topk packed.sk
		one_line_said 'packed.sk: byte 28: compressed with zstd, which this build cannot read'
		mkdir state && cp packed.sk state/st
		PATH=$without:$PATH refused 'state/st: byte 28: compressed with zstd, which this build cannot read' \
			stream-topk -f 7 --state state/st "$in"
		same packed.sk state/st
	fi
	PATH=$without:$PATH refused '--zstd: this build is without zstd' stream-topk -S --zstd /dev/null
	PATH=$without:$PATH refused '--zstd: this build is without zstd' stream-topk --zstd --state st /dev/null
	[ ! -e st ]
	stream-topk -f 7 -S "$in" >plain.sk
	"$without/stream-topk" -f 7 -S "$in" | same plain.sk -
	stream-topk plain.sk >want
	"$without/stream-topk" plain.sk | same want -
}

# bats test_tags=plain
@test "a compiler that finds no zstd builds without, and says once what is missing" {
	! is_sanitized || skip "one build is enough"
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES SANITIZE
	mkdir empty
	# A header that shadows the real one, and has nothing
	echo '#error none here' >empty/zstd.h
	make -s -C "$SK_ROOT" BUILD="$PWD/b" CPPFLAGS="-I$PWD/empty" CFLAGS=-O0 "$PWD/b/flags" >out 2>said
	same /dev/null out
	[ "$(grep -c '^zstd is missing (library and zstd.h' said)" = 1 ]
	run ! grep SK_HAVE_ZSTD b/flags
	make -s -C "$SK_ROOT" BUILD="$PWD/b" CPPFLAGS="-I$PWD/empty" CFLAGS=-O0 "$PWD/b/flags" >out 2>&1
	same /dev/null out
	# Who does not want it is told nothing.
	make -s -C "$SK_ROOT" BUILD="$PWD/c" ZSTD=no CFLAGS=-O0 "$PWD/c/flags" >out 2>&1
	same /dev/null out
	run ! grep SK_HAVE_ZSTD c/flags
}

#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016
# -j: the answer is the same, byte for byte, however many threads read the file, and however a pipe gives it.

load helpers

setup_file() {
	command -v python3 >/dev/null || return 0
	cd "$BATS_FILE_TMPDIR" || return
	python3 -c "$GENERATOR"
}

setup() {
	sk_setup
	need python3
	DATA=$BATS_FILE_TMPDIR
}

# mixed: key, value, weight, item and a tail, some of which are bad, and weights with ever more decimals.
# edges: records that end around the ends of stripes, and lengths around those of buffers.
# short: records of no bytes to three.
GENERATOR='
import os, random
random.seed(7)
STRIPE = 1 << 18

with open("mixed", "w") as file:
    n = 200000 if os.environ.get("SK_SANITIZED", "0") == "0" else 50000
    for i in range(n):
        key = random.choice("abcdefgh") if random.random() < .9 else "k%d" % random.randrange(500)
        value = "%.3f" % random.lognormvariate(3, 2)
        if random.random() < .005:
            value = random.choice(["-", "", "1e999", "x"])
        weight = "%d" % random.randrange(1000)
        if i > n // 3 and random.random() < .001:
            weight = "%.*f" % (random.randrange(1, 4 + (i > 2 * n // 3) * 5), random.random() * 100)
        if random.random() < .0005:
            weight = random.choice(["-3", "zz", "9e12" if i > .85 * n else "9e6"])
        item = "item%d" % int(random.paretovariate(.3) % 1e9)
        tail = "x" * random.randrange(20, 60) if random.random() < .999 else "x" * random.randrange(3000)
        if random.random() < 4 / n:
            tail = "y" * random.randrange(100000, 900000)
        file.write("%s %s %s %s %s\n" % (key, value, weight, item, tail))

with open("edges", "wb") as file:
    at, serial = 0, 0
    def record(size):
        global at, serial
        serial += 1
        file.write((b"%d " % (serial % 1000)).ljust(size, b"z")[:size] + b"\n")
        at += size + 1
    for length in [0, 1, 4095, 4096, 65535, 65536, STRIPE, STRIPE + 65536, 400000, 3 * STRIPE, 4 << 20, (4 << 20) + 1]:
        for short in (-2, -1, 0, 1, 2, 70) if length < STRIPE else (0, 70):
            while at % STRIPE < STRIPE - 9000:
                record(random.randrange(5000))
            record(STRIPE - at % STRIPE - 1 - short)
            record(length)
            # After a record that only the run can read, it is a while until the crew reads again.
            for _ in range(150 if length >= STRIPE else 5):
                record(random.randrange(70000))
    file.write(b"1 without an end")

with open("short", "wb") as file:
    file.write(b"".join(b"%d\n" % random.randrange(300) if random.random() < .5 else b"\n" for _ in range(10 * n)))
    file.write(b"\n" * 15 * n)
'

# Write a file as a pipe would give it at its worst.
CHOPPER='
import os, random, sys
random.seed(1)
with open(sys.argv[1], "rb") as file:
    while chunk := file.read(random.choice([1, 100, 4095, 65537, 300001, random.randrange(1, 200000)])):
        while chunk:
            chunk = chunk[os.write(1, chunk):]
'

# alike FILE TOOL [ARGUMENT...]: the same output, notes and status in one thread, in several and from a pipe.
alike() {
	local file=$1 threads one=0 status=0

	shift
	"$@" -j 1 "$file" >one 2>one.notes || one=$?
	[ "$one" -eq 0 ] || { cat one.notes; return 1; }
	[ -s one ]
	# Sanitizers make this slow; one number of threads shows what they look for.
	for threads in $(if is_sanitized; then echo 3; else echo 2 5; fi); do
		"$@" -j "$threads" "$file" >many 2>many.notes || status=$?
		[ "$status" -eq 0 ]
		cmp one many || { echo "-j $threads: $*"; return 1; }
		same one.notes many.notes || { echo "-j $threads: $*"; return 1; }
	done
	! is_sanitized || return 0
	python3 -c "$CHOPPER" "$file" | "$@" >many 2>many.notes
	sed "s|$file|standard input|" one.notes >notes
	cmp one many || { echo "a pipe: $*"; return 1; }
	same notes many.notes || { echo "a pipe: $*"; return 1; }
}

@test "frequent items are the same in any number of threads" {
	alike "$DATA/mixed" stream-topk -S -f 4
	alike "$DATA/mixed" stream-topk -S -m 100M --exact -f 4
	alike "$DATA/mixed" stream-topk -k all -m 16M
	alike "$DATA/mixed" stream-topk -k all -m 16M -b 1 -f 2-
	is_sanitized || awk -F '\t' '$3 > 0 { lost++ } END { exit lost == 0 }' one
	alike "$DATA/mixed" stream-topk -S -m 16M -b 1 -f 4
	alike "$DATA/mixed" stream-topk -S -m 20M -b 1 -f 4,2 -w 3
	alike "$DATA/mixed" stream-topk -k all -m 20M -f 4,2,5 -w 3
	alike "$DATA/mixed" stream-topk -k all -m 20M -d x -f 1- -b -1
	alike "$DATA/mixed" stream-topk -k all -m 20M -f 5,5,5,5,5,5,4 -b 1,5,5
}

@test "counts of different items are the same in any number of threads" {
	alike "$DATA/mixed" stream-distinct -S -f 4
	alike "$DATA/mixed" stream-distinct -S -b 1 -m 16M -f 4
	alike "$DATA/mixed" stream-distinct -S -a theta
	alike "$DATA/mixed" stream-distinct -S -a theta -b 1 -m 20M -f 4,3
	alike "$DATA/mixed" stream-distinct -f 1 --skip-empty
	alike "$DATA/mixed" stream-distinct -S --exact -b 1 -f 4
	alike "$DATA/mixed" stream-distinct -b 1 -m 16M -f 2-
	alike "$DATA/mixed" stream-distinct -S --hash-as double -f 2
	alike "$DATA/mixed" stream-distinct -S --hash-as int64 -b 1 -f 3
	alike "$DATA/mixed" stream-distinct -S --hash-as utf16le -b 1 -f 2-
}

@test "quantiles are the same in any number of threads" {
	local algorithm

	for algorithm in kll req tdigest dd; do
		alike "$DATA/mixed" stream-quantile -S -a $algorithm -f 2
		alike "$DATA/mixed" stream-quantile -S -a $algorithm -b 1 -m 20M -f 2
	done
	alike "$DATA/mixed" stream-quantile -f 2
	alike "$DATA/mixed" stream-quantile -m 17M --summary -f 3 -b 1
}

@test "records chosen by conditions are the same in any number of threads" {
	alike "$DATA/mixed" stream-topk -S -m 16M -f 4 --where '2>20'
	alike "$DATA/mixed" stream-topk -k all -m 20M -b 1 -f 4,2 -w 3 --where '1~^[a-d]$' --where '3!=5'
	alike "$DATA/mixed" stream-topk -k all -m 20M -f 5 --where '5~^x{2,}$'
	alike "$DATA/mixed" stream-quantile -S -a kll -m 20M -b 1 -f 2 --where '!4~7$'
	alike "$DATA/edges" stream-topk -k all -m 300M --where '1<500'
}

@test "records of any length meet where pieces do" {
	alike "$DATA/edges" stream-topk -k all -m 300M
	alike "$DATA/edges" stream-topk -S -f 1 -m 16M
	alike "$DATA/edges" stream-topk -k all -m 16M -b 1
	alike "$DATA/edges" stream-quantile -S -f 1 -m 16M
	alike "$DATA/edges" stream-quantile -S -f 1 -b 1 -m 20M
}

@test "records of hardly any bytes are read as well" {
	alike "$DATA/short" stream-topk -k all
	alike "$DATA/short" stream-distinct -S -b 1 -f 1
	alike "$DATA/short" stream-quantile -S
	alike "$DATA/short" stream-topk -k all -f 1,1,1 -b 1,2
}

@test "a header is read first, and again for the next file" {
	{ echo "k v w i t"; cat "$DATA/mixed"; } >first
	{ echo "t i w v k"; awk '{ print $5, $4, $3, $2, $1 }' "$DATA/mixed"; } >second
	stream-topk -j 1 -H -b k -f i -w w -k all first second >one 2>one.notes
	for threads in 2 5; do
		stream-topk -j $threads -H -b k -f i -w w -k all first second >many 2>many.notes
		same one many
		same one.notes many.notes
	done
	grep -q . one.notes
}

@test "several files, an empty one and a standard input that has been read from" {
	: >empty
	tr '\n' '\0' <"$DATA/mixed" >zeros
	for threads in 1 2 3; do
		{
			head -c 1000000 >front
			stream-topk -j $threads -z -k all -m 16M zeros empty zeros - zeros >answer.$threads 2>notes.$threads
		} <zeros
		[ "$(wc -c <front)" -eq 1000000 ]
		same answer.1 answer.$threads
		same notes.1 notes.$threads
	done
}

@test "the first record that is left out has its number" {
	seq 3000000 >numbers
	sed '2345678s/.*/two/' numbers >bad
	run -0 --separate-stderr stream-quantile -j 2 -q 1 bad
	[ "$stderr" = 'stream-quantile: bad: skipped 1 of 3000000 lines: not a number; the first, line 2345678: "two"' ]
	refused '*' stream-topk -j 0 bad
	run -2 stream-quantile -j 2 --strict bad
	[[ $output == 'stream-quantile: bad: line 2345678: not a number: "two"' ]]
}

@test "reports while a file is read count whole records, and an end by a signal gives the answer so far" {
	python_test "$DATA/mixed" <<-'END'
		data = sys.argv[1]
		process = start("-j", "2", "-k", "1", "-f", "5", "--every", "10ms", *[data] * 3000)
		process.stdin.close()
		first = read_until(process, b"\n")
		equal(len(first), 2)
		if os.path.isdir("/proc/self/task"):
		    assert len(os.listdir("/proc/%d/task" % process.pid)) >= 2  # sanitizers have their own
		process.send_signal(signal.SIGINT)
		process.stdin = None
		status, output, errors = finish(process)
		equal(status, -signal.SIGINT)
		last = output.split(b"\n")[-2].split(b"\t")
		assert int(last[0]) >= int(first[0].split(b"\t")[0]), last
	END
}

@test "buffers of threads take no more than a few MiB, nor any from the answer" {
	need_true_memory
	seq 1000000 | awk '{ print $1 % 10, $1 }' >numbers
	memory_at_most $((16 * 1024 + 8 * 1024)) stream-topk -j 64 -m 16M numbers
	memory_at_most $((64 * 1024 + 20 * 1024)) stream-topk -j 64 -b 1 -f 2 numbers
}

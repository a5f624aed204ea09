# shellcheck shell=bash disable=SC2154 # bats sets status, output, stderr and stderr_lines
# helpers.bash -- what every test file starts with: "load helpers", then sk_setup in setup().
#
# SK_BIN is the build to test, <repository>/build unless the environment says otherwise. A sanitized build is known
# by SK_SANITIZED=1 or by its symbols; what it cannot show (peak memory) is then skipped.

bats_require_minimum_version 1.5.0

SK_ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
SK_BIN=$(cd "${SK_BIN:-$SK_ROOT/build}" && pwd) || exit
export SK_BIN
export PATH=$SK_BIN:$SK_BIN/bench:$PATH

TAB=$'\t'
export TAB

sk_setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset POSIXLY_CORRECT
}

# need PROGRAM...: skip, saying which is missing.
need() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "no $program here"
	done
}

is_sanitized() {
	[ "${SK_SANITIZED:-0}" = 1 ] || nm "$SK_BIN/stream-topk" 2>/dev/null | grep -q __asan_init
}

# Oracles

# From items on standard input, one a line, the answer of stream-topk -k all: for items in which tsv escapes nothing.
count_items() {
	LC_ALL=C awk '{ count[$0]++ } END { for (item in count) printf "%d\t0\t%s\n", count[item], item }' |
		heaviest_first
}

# Sort "count error item": by count, then by the item's bytes.
heaviest_first() {
	LC_ALL=C sort -t "$TAB" -k 1,1nr -k 3
}

# bounds_hold ANSWER ITEMS: every row of ANSWER (of -k all) bounds the true count of its item among ITEMS, and the
# manual's promise holds: no error, and no item left out, is above 2/n of the total.
bounds_hold() {
	LC_ALL=C awk -F '\t' '
		function bad(why) { print why ": " $0; failed = 1; exit 1 }
		NR == FNR { truth[$0]++; total++; next }
		{ rows++ }
		NF != 3 || $1 !~ /^[0-9]+$/ || $2 !~ /^[0-9]+$/ { bad("not a row") }
		!($3 in truth) || $3 in seen { bad("not an item, or twice") }
		truth[$3] > $1 || truth[$3] < $1 - $2 { bad("the truth is " truth[$3]) }
		{ seen[$3] = 1; if ($2 + 0 > most) most = $2 + 0 }
		$1 + 0 > last && rows > 1 { bad("not in order") }
		{ last = $1 + 0 }
		END {
			if (failed) exit 1
			if (rows == 0) { print "no rows"; exit 1 }
			if (most > 2 * total / rows) { print "an error of " most; exit 1 }
			for (item in truth)
				if (!(item in seen) && truth[item] > 2 * total / rows) {
					print "left out: " item; exit 1
				}
		}' "$2" "$1"
}

# same WANT GOT: two files are the same; shows where they are not.
same() {
	cmp -s "$1" "$2" || { diff "$1" "$2" | sed 's/\(.\{200\}\).*/\1.../; 20q'; return 1; }
}

# Running

# refused PATTERN COMMAND...: it exits 2 with nothing on standard output and one line on standard error, which starts
# with the program's name and matches the glob PATTERN.
refused() {
	local pattern=$1

	shift
	run -2 --separate-stderr "$@"
	[ -z "$output" ] || { echo "output: $output"; return 1; }
	one_line_said "$pattern"
}

# one_line_said PATTERN: of the last "run --separate-stderr".
one_line_said() {
	# shellcheck disable=SC2053 # a glob
	if [ "${#stderr_lines[@]}" -ne 1 ] || [[ $stderr != "stream-topk: "$1 ]]; then
		echo "wanted \"stream-topk: $1\", said: $stderr"
		return 1
	fi
}

# eventually COMMAND...: try for up to ten seconds or so until it succeeds.
eventually() {
	local try

	for ((try = 0; try < 200; try++)); do
		"$@" && return
		sleep 0.05
	done
	echo "in vain: $*"
	return 1
}

# What tests in Python start from.
SK_PYTHON='
import fcntl, json, os, random, signal, struct, subprocess, sys, termios, time
from decimal import Decimal, ROUND_HALF_EVEN, localcontext

signal.alarm(60)  # rather fail than hang

def defaults():
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGPIPE:
        signal.signal(number, signal.SIG_DFL)

def start(*arguments, before=defaults, **more):
    return subprocess.Popen(["stream-topk", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, preexec_fn=before, **more)

def ask(data, *arguments):
    """Run on the bytes data: status, output, diagnostics."""
    process = start(*arguments)
    output, errors = process.communicate(data)
    return process.returncode, output, errors

def write(process, data):
    process.stdin.write(data)
    process.stdin.flush()

def wait_until_read(process):
    """Wait until all that was written has been read: what signals do after that is certain."""
    left = 1
    while left:
        left = struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, b"\0" * 4))[0]
        if left:
            time.sleep(0.005)

def read_until(process, line):
    """The lines up to and with this one."""
    lines = []
    while not lines or lines[-1] != line:
        lines.append(process.stdout.readline())
        assert lines[-1], ("the output ended", lines)
    return lines

def finish(process):
    output, errors = process.communicate()
    return process.returncode, output, errors

def equal(got, want):
    assert got == want, "got %.300r, want %.300r" % (got, want)
'

# python_test [ARGUMENT...]: run the Python on standard input.
python_test() {
	need python3
	python3 -c "$SK_PYTHON
$(cat)" "$@"
}

# peak_memory COMMAND...: the most memory, in KiB, that the command had; its output goes nowhere.
peak_memory() {
	python3 -c '
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1))
sys.exit(status != 0)' "$@"
}

# memory_at_most KIB COMMAND...
memory_at_most() {
	local most=$1 used

	shift
	used=$(peak_memory "$@")
	[ "$used" -le "$most" ] || { echo "$used KiB, more than $most: $*"; return 1; }
}

# For tests of peak memory.
need_true_memory() {
	need python3
	! is_sanitized || skip "a sanitized build takes more memory"
}

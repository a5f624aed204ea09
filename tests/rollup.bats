#!/usr/bin/env bats
# shellcheck disable=SC2154
# Sketches of windows: written when they are final, read back window by window or as one, and kept in states.

load helpers

setup() {
	sk_setup
}

# log MINUTES [SEED]: 50 lines a minute from 2026-11-22 on: a time, one of some hosts, a number.
log() {
	awk -v minutes="$1" -v seed="${2:-1}" 'BEGIN {
		srand(seed)
		for (i = 0; i < 50 * minutes; i++)
			printf "%.1f h%d %.3f\n", 1795305600 + i * 1.2, int(10 ^ (rand() * 2.5)), 5 * rand() * rand()
	}'
}

TOOLS=('stream-topk --exact -f 2' 'stream-distinct --exact -f 2' 'stream-quantile --exact -f 3')

@test "what -S keeps of windows is what the pipe answers without it" {
	log 20 >log
	for cut in '-s 1m' '-s 5m --slide 1m' '-s 1m --empty'; do
		for tool in "${TOOLS[@]}" 'stream-quantile --exact -f 3 -b 2'; do
			# shellcheck disable=SC2086 # words
			stream-window $cut log >frames
			$tool frames >want
			$tool -S frames >sketches
			$tool sketches | same want -
			$tool -o json frames >want
			$tool -o json sketches | same want -
			$tool --zstd -S frames >sketches 2>/dev/null || continue
			$tool -o json sketches | same want -
		done
	done
}

@test "sessions and counts keep their keys" {
	log 20 >log
	for cut in '--session 20s -b 2' '--count 40 -b 2' '--count 400'; do
		for tool in "${TOOLS[@]}"; do
			# shellcheck disable=SC2086 # words
			stream-window $cut log >frames
			$tool frames | LC_ALL=C sort >want
			$tool -S frames >sketches
			$tool sketches >got
			LC_ALL=C sort got | same want -
		done
	done
	stream-window --session 20s -b 2 log | stream-distinct -f 3 -S >sketches
	stream-distinct sketches >got
	cut -f 1-3 got | LC_ALL=C sort -t "$TAB" -s -k 2,2 -k 1,1 -k 3,3 | same <(cut -f 1-3 got) -
	stream-distinct -b 1 sketches | same got -
}

@test "a window comes once, in its last revision, whatever came late" {
	need python3
	log 10 | python3 -c '
import random, sys
random.seed(1)
lines = enumerate(sys.stdin)
sys.stdout.writelines(l for _, l in sorted((i + random.expovariate(0.05), l) for i, l in lines))' >late
	for cut in '-s 10s' '-s 30s --slide 10s' '--session 6s -b 2'; do
		for tool in "${TOOLS[@]}"; do
			# shellcheck disable=SC2086 # words
			stream-window $cut --out-of-order 1s --lateness 60s late >frames 2>/dev/null
			$tool -o json frames >rows
			[ "$(grep -c '"revision":[1-9]' rows)" -gt 5 ]
			$tool -S frames >sketches
			$tool -o json sketches >got
			python3 - "$cut" <<'PY'
import json, sys
last, revision = {}, {}
for line in open("rows"):
    row = json.loads(line)
    window, number = (row["start"], row["end"], row.get("key")), row.pop("revision")
    if number > revision.get(window, -1):
        last[window], revision[window] = [], number
    last[window].append(row)
got = {}
for line in open("got"):
    row = json.loads(line)
    row.pop("revision", None)
    got.setdefault((row["start"], row["end"], row.get("key")), []).append(row)
if "session" in sys.argv[1]:
    # Those that grew have gone: no two of a key are nearer than the gap.
    assert set(got) < set(last)
    assert all(not (a != b and a[2] == b[2] and a[0] <= b[0] and b[1] <= a[1]) for a in got for b in got)
else:
    assert set(got) == set(last)
assert all(last[window] == rows for window, rows in got.items())
PY
		done
	done
}

@test "a session that grew takes the place of those that it took in" {
	printf '%s\n' '0 a' '1 a' '100 a' '200 a' '50 a' '300 a' '1000 a' >log
	stream-window --session 60s -b 2 --out-of-order 1s --lateness 1h --time-unit s log >frames
	[ "$(stream-distinct -f 1 frames | wc -l)" -gt 4 ]
	stream-distinct -f 1 -S frames >sketches
	[ "$(stream-distinct sketches | cut -f 1,2,4 | tr '\t\n' '  ')" = \
		'1970-01-01T00:00:00Z 1970-01-01T00:02:40Z 4 1970-01-01T00:03:20Z 1970-01-01T00:04:20Z 1 1970-01-01T00:05:00Z 1970-01-01T00:06:00Z 1 1970-01-01T00:16:40Z 1970-01-01T00:17:40Z 1 ' ]
}

@test "a late record for one window does not change another that is final" {
	need python3
	# Nothing came in the first pane of the window from 0 to 60, so nothing says that it is final: the pane that it
	# has is one of the next window, and gets a record that is too late for it.
	python3 - >frames <<'PY'
import struct, sys
table = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    table.append(n)
def crc(data):
    c = 0xFFFFFFFF
    for byte in data:
        c = c >> 8 ^ table[(c ^ byte) & 255]
    return c ^ 0xFFFFFFFF
def frame(kind, payload):
    head = struct.pack("<BBHII", kind, 0, 0, len(payload), len(payload))
    sys.stdout.buffer.write(head + struct.pack("<I", crc(head + payload)) + payload)
S = 10 ** 9
def close(start, end, *panes):
    frame(4, struct.pack("<qqIBBHIIII", start * S, end * S, 0, 0, 0, 0, 0, 0, len(panes), 0) +
          b"".join(struct.pack("<Q", pane) for pane in panes))
sys.stdout.buffer.write(bytes.fromhex("89534B460D0A1A0A"))
frame(1, struct.pack("<HH", 1, 0) + b"\n\0\0\0" + struct.pack("<I", 0))
frame(2, struct.pack("<Q", 1) + b"a\n")
close(0, 60, 1)
frame(2, struct.pack("<Q", 1) + b"b\n")
close(30, 90, 1)
frame(7, struct.pack("<Q", 1))
frame(6, struct.pack("<QQQ", 6, 2, 0))
PY
	[ "$(stream-distinct frames | cut -f 3 | tr '\n' ' ')" = '1 2 ' ]
	stream-distinct -S frames >sketches
	[ "$(stream-distinct sketches | cut -f 3 | tr '\n' ' ')" = '1 2 ' ]
}

@test "minutes make the hour, byte for byte" {
	log 60 >log
	for tool in "${TOOLS[@]}" 'stream-distinct -a theta --lgk 6 -f 2' 'stream-topk --exact -b 2 -f 3 -k 2'; do
		stream-window -s 1m log | $tool -S >minutes
		stream-window -s 1h log | $tool -S >hour
		$tool hour >want
		[ "$(cut -f 1,2 want | sort -u)" = "2026-11-22T00:00:00Z${TAB}2026-11-22T01:00:00Z" ]
		[[ $tool != *--exact* ]] || $tool log | same <(cut -f 3- want) -
		$tool --windows whole minutes | same want -
		$tool --windows whole -S minutes | cmp - hour
		stream-window -s 1m log | $tool --windows whole -S | cmp - hour
	done
	# The moments of numbers are rounded in their order.
	tool='stream-quantile -a dd -f 3'
	$tool log >want
	stream-window -s 1m log | $tool -S >minutes
	$tool --windows whole minutes | cut -f 3- | same want -
	tool='stream-distinct -a hll --lgk 6 -f 2'
	stream-window -s 1h log | $tool -S | $tool |
		awk -v truth="$(cut -d ' ' -f 2 log | sort -u | wc -l)" '!($4 <= truth && truth <= $5) { exit 1 }'
}

@test "an hour is the same however it was cut and counted, at a real size" {
	need python3
	# 100,000 records and more than 98,000 different items an hour.
	python3 - >log <<'PY'
import random
random.seed(7)
for i in range(300000):
    print("%.3f u%d %.3f p%d" % (1795305600 + i * 0.036, random.randrange(5000000), random.lognormvariate(0, 1),
        random.paretovariate(0.8)))
PY
	stream-window -s 1m log >minutes
	stream-window -s 1h log >hours
	stream-window -s 1h --slide 30m log >slid
	for tool in 'stream-distinct -f 2' 'stream-topk -f 4' 'stream-quantile -f 3'; do
		$tool hours >want
		[ "$(wc -l <want)" -ge 3 ]
		$tool -S minutes >minutes.sk
		stream-window -s 1h minutes.sk | $tool | same want -
		$tool slid >want
		stream-window -s 1h --slide 30m minutes.sk | $tool | same want -
	done
	# Sketches that hold no items: their images are equal too.
	for tool in 'stream-distinct --lgk 12' 'stream-distinct --lgk 9 --type hll4' 'stream-distinct --lgk 12 --type hll6' \
		'stream-distinct -a theta --lgk 10'; do
		$tool -f 2 -S hours >want
		$tool -f 2 -S minutes >minutes.sk
		stream-window -s 15m minutes.sk | $tool -S >quarters.sk
		for parts in minutes.sk quarters.sk; do
			stream-window -s 1h "$parts" | $tool -S | cmp - want
			$tool --windows whole -S "$parts" >"whole.${parts%.sk}"
		done
		$tool --windows whole -S want | cmp - whole.minutes
		cmp whole.minutes whole.quarters
		$tool -f 2 --windows whole -S hours | cmp - whole.minutes
		$tool want | awk '$5 == $4 || $3 < 90000 { exit 1 }'
		$tool -f 2 -S slid >want
		stream-window -s 1h --slide 30m minutes.sk | $tool -S | cmp - want
	done
	# Of two hosts, and in any order.
	tool='stream-distinct --lgk 12'
	stream-window -s 1h log | $tool -f 2 -S | $tool >want
	awk 'NR % 3 == 0' log | stream-window -s 1m | $tool -f 2 -S >one.sk
	awk 'NR % 3 != 0' log | stream-window -s 1m | $tool -f 2 -S >two.sk
	stream-window -s 1h two.sk one.sk | $tool | same want -
	cat one.sk two.sk | stream-window -s 1h | $tool | same want -
}

@test "stream-window puts minutes together to hours" {
	log 150 >log
	stream-window -s 1m log | stream-distinct -f 2 -S >minutes
	for tool in "${TOOLS[@]}"; do
		stream-window -s 1m log | $tool -S >minutes
		stream-window -s 1h log | $tool >want
		stream-window -s 1h minutes | $tool | same want -
		stream-window -s 1h minutes | $tool -S | $tool | same want -
	done
	# Sketches of minutes are sketches: what an hour's would have been is told by one.
	tool='stream-quantile -a dd -f 3'
	stream-window -s 1m log | $tool -S >minutes
	stream-window -s 1h log | $tool -S | $tool >want
	stream-window -s 1h minutes | $tool -S | $tool | same want -
	tool='stream-distinct -a theta --lgk 6 -f 2'
	stream-window -s 1m log | $tool -S >minutes
	stream-window -s 1h log | stream-distinct --exact -f 2 | cut -f 1-3 >want
	stream-window -s 1h minutes | $tool | paste want - |
		awk '$1 != $4 || $2 != $5 || $7 > $3 || $8 < $3 { print; exit 1 } END { exit NR != 3 }'
}

@test "files of two hosts, and of two days, answer as one" {
	log 20 1 >one
	log 30 2 >two
	LC_ALL=C sort -n -s one two >both
	for tool in "${TOOLS[@]}" 'stream-topk --exact -f 3 -b 2'; do
		stream-window -s 1m both | $tool >want
		stream-window -s 1m one | $tool -S >one.sk
		stream-window -s 1m two | $tool -S >two.sk
		$tool one.sk two.sk | same want -
		cat two.sk one.sk | $tool | same want -
		$tool -S two.sk one.sk | $tool | same want -
	done
}

@test "sketches beyond the memory wait in a file" {
	log 60 >log
	stream-window -s 10s log | stream-quantile -b 2 -f 3 -S >sketches
	[ "$(wc -c <sketches)" -gt 200000 ]
	stream-quantile -b 1 sketches >want
	stream-quantile -b 1 -m 1M sketches | same want -
	run -2 --separate-stderr env TMPDIR=/nowhere stream-quantile -b 1 -m 1M sketches
	[[ $stderr == *'/nowhere'* ]]
	TMPDIR=/nowhere stream-quantile -b 1 sketches | same want -
	run -2 --separate-stderr stream-quantile -b 1 -m 64K sketches
	[[ $stderr == *'more windows and keys than fit in --memory: give more with -m' ]]
}

@test "--since and --until make one answer of the windows between them" {
	log 10 >log
	stream-window -s 1m log >frames
	stream-distinct -f 2 -S frames >sketches
	for input in frames sketches; do
		run -0 --separate-stderr stream-distinct -f 2 --since 2026-11-22T00:02 --until 2026-11-22T00:05 "$input"
		count=$(awk '$1 >= 1795305720 && $1 < 1795305900 { print $2 }' log | sort -u | wc -l)
		[ "$output" = "2026-11-22T00:02:00Z${TAB}2026-11-22T00:05:00Z${TAB}$count${TAB}$count${TAB}$count" ]
		[ -z "$stderr" ]
		run -0 --separate-stderr stream-distinct -f 2 --since 2026-11-22T00:02:30 --until 1795305900 "$input"
		[[ $output == 2026-11-22T00:03:00Z* ]]
		[[ $stderr == *': 1 window lies only partly within the times asked for, and is left out' ]]
		run -0 --separate-stderr stream-distinct -f 2 --since 2026-11-22T00:02:30 --until 2026-11-22T00:04:30 "$input"
		[[ $stderr == *': 2 windows lie only partly'* ]]
		[ "$(stream-distinct -f 2 --windows each --since 2026-11-22T00:08 "$input" | cut -f 1 | tr '\n' ' ')" = \
			'2026-11-22T00:08:00Z 2026-11-22T00:09:00Z ' ]
		run -0 --separate-stderr stream-distinct -f 2 --since 2027-01 "$input"
		[ -z "$output" ]
		[[ $stderr == *'no window lies within the times asked for' ]]
		stream-distinct -f 2 --until 2026-11-22T00:05 -S "$input" >half
		stream-distinct half | cut -f 1,2 | grep -qx "2026-11-22T00:00:00Z${TAB}2026-11-22T00:05:00Z"
		count=$(stream-distinct -f 2 --windows whole "$input" | cut -f 3)
		stream-distinct -f 2 --windows whole -S --base64 "$input" | stream-distinct -i base64 |
			awk -v count="$count" '!($2 <= count && count <= $3) { exit 1 } END { exit NR != 1 }'
	done
}

@test "what has no windows has no times to choose by" {
	log 2 >log
	stream-distinct -f 2 -S log >plain
	for options in '--since 2026' '--until 2026-11' '--windows whole' '--windows each'; do
		for input in log plain; do
			# shellcheck disable=SC2086 # words
			run -2 --separate-stderr stream-distinct -f 2 $options "$input"
			[ "$stderr" = "stream-distinct: $input: --since, --until and --windows are about windows, and there are none" ]
			[ -z "$output" ]
		done
	done
	stream-window --count 10 log >counted
	run -2 --separate-stderr stream-distinct -f 2 --since 2026-11-22 counted
	[[ $stderr == *'no times for --since and --until'* ]]
	[ -z "$output" ]
	stream-distinct -f 2 --windows whole counted | same <(stream-distinct -f 2 log | sed "s/^/0${TAB}100${TAB}/") -
	for options in '--since x' '--since 2026-13' '--since 2026-11-22 --until 2026-11-22' '--windows all' \
		'--since 2026-11 --state state'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr stream-distinct -f 2 $options log
		[ "${#stderr_lines[@]}" -ge 1 ]
		[ -z "$output" ]
	done
	[ ! -e state ]
}

@test "sets of windows are told from each other as wholes" {
	log 5 1 >one
	log 5 2 >two
	for name in one two; do
		stream-window -s 1m "$name" | stream-distinct -a theta -f 2 -S >"$name.sk"
	done
	for set in --intersect --minus --jaccard; do
		stream-distinct -f 2 "$set" one two >want
		stream-distinct "$set" --windows whole one.sk two.sk | cut -f 3- | same want -
		run -2 --separate-stderr stream-distinct "$set" one.sk two.sk
		[[ $stderr == *'--windows whole' ]]
	done
}

@test "what is whole of a damaged file is answered for, and the rest is named" {
	log 5 >log
	stream-window -s 1m log | stream-distinct -f 2 -S >sketches
	stream-distinct sketches >want
	size=$(wc -c <sketches)
	head -c $((size / 2)) sketches >cutoff
	run -2 --separate-stderr stream-distinct cutoff
	[[ $stderr == *'cutoff: byte '*': the stream is cut off: it has no END' ]]
	[ "${#lines[@]}" -ge 1 ]
	head -n "${#lines[@]}" want | same <(printf '%s\n' "$output") -
	{ head -c $((size / 2)) sketches && printf X && tail -c +$((size / 2 + 2)) sketches; } >damaged
	run -2 --separate-stderr stream-distinct damaged
	[[ $stderr == *"damaged: byte "*": a frame's checksum is wrong" ]]
	head -n "${#lines[@]}" want | same <(printf '%s\n' "$output") -
	run -2 --separate-stderr stream-distinct cutoff sketches
	[ "$(printf '%s\n' "$output" | cut -f 1,2)" = "$(cut -f 1,2 want)" ]
	seq 9 | stream-quantile -S >other
	run -2 --separate-stderr stream-distinct sketches other
	[[ $stderr == *'other: byte '* ]]
}

@test "sketches of another tool are an error in one line for each file" {
	log 20 1 >one
	log 30 2 >two
	stream-window -s 1m one | stream-topk -f 2 -S >one.sk
	stream-window -s 1m two | stream-topk -f 2 -S >two.sk
	stream-window -s 1m two | stream-distinct -f 2 -S >good.sk
	stream-window -s 30m one | stream-topk -f 2 -S >single.sk
	stream-distinct good.sk >want
	run -2 --separate-stderr stream-distinct one.sk good.sk two.sk single.sk
	printf '%s\n' "$output" | same want -
	printf '%s\n' "${stderr_lines[@]}" | LC_ALL=C sort | sed 's/byte [0-9]*/byte N/' >said
	same said - <<-'END'
		stream-distinct: one.sk: byte N: frequent: no sketch that this tool reads; 20 sketches of this input are of no use
		stream-distinct: single.sk: byte N: frequent: no sketch that this tool reads
		stream-distinct: two.sk: byte N: frequent: no sketch that this tool reads; 30 sketches of this input are of no use
	END
	[ "$(stream-dump one.sk | grep -c .)" -gt 0 ]
	[[ $stderr == *'one.sk: byte 28: '* ]]
	run -2 --separate-stderr stream-quantile --windows whole one.sk
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr == 'stream-quantile: one.sk: byte 28: frequent: '* ]]
}

@test "an interrupted -S ends its file with END, and with the windows that had closed" {
	log 5 >log
	stream-window -s 1m --lateness 1h log >frames
	mkfifo pipe
	stream-distinct -f 2 -S pipe >sketches 2>/dev/null &
	exec 4>pipe
	head -c 6000 frames >&4
	# The signature of the sketches comes with what is the first to be read.
	for _ in $(seq 200); do
		[ -s sketches ] && break
		sleep 0.05
	done
	kill -TERM $!
	wait $! || true
	exec 4>&-
	stream-distinct sketches >got
	stream-distinct -f 2 frames | cut -f 1,2,4- | head -n "$(wc -l <got)" | same got -
	[ "$(wc -l <got)" -ge 1 ]
}

@test "a window cut by the end of a log is whole with a state" {
	log 10 >log
	head -n 210 log >first
	tail -n +211 log >second
	for tool in "${TOOLS[@]}" 'stream-topk --exact -f 3 -b 2'; do
		rm -f state
		stream-window -s 1m log | $tool >want
		stream-window -s 1m first | $tool --state state >first.rows
		stream-window -s 1m second | $tool --state state >second.rows
		tail -n "$(wc -l <second.rows)" want | same second.rows -
		$tool state | same want -
		[ "$(head -n 1 second.rows | cut -f 1)" = 2026-11-22T00:04:00Z ]
		# And so by way of sketches.
		stream-window -s 1m first | $tool -S >first.sk
		stream-window -s 1m second | $tool -S >second.sk
		rm -f other
		$tool --state other first.sk | same first.rows -
		$tool --state other second.sk | same second.rows -
		cmp state other
		# And with windows that are corrected.
		rm -f other
		stream-window -s 1m --lateness 5m first | $tool --state other >/dev/null
		stream-window -s 1m --lateness 5m second | $tool --state other >/dev/null
		$tool other | same want -
	done
}

@test "a state of windows stays as it was when something goes wrong" {
	log 3 >log
	stream-window -s 1m log | stream-distinct -f 2 --state state >/dev/null
	cp state before
	: | stream-window -s 1m | stream-distinct -f 2 --state state
	stream-distinct state | same <(stream-distinct before) -
	cp state before
	run -2 --separate-stderr stream-distinct -f 2 --state state log
	[[ $stderr == *'do not go together' ]]
	cmp state before
	stream-window -s 1m log | head -c 2000 >cutoff
	run -2 --separate-stderr stream-distinct -f 2 --state state cutoff
	[[ $stderr == *'the state stays as it was, for not all input could be read' ]]
	cmp state before
	rm state
	stream-distinct -f 2 --state state log >/dev/null
	cp state before
	stream-window -s 1m log >frames
	run -2 --separate-stderr stream-distinct -f 2 --state state frames
	[[ $stderr == *'do not go together' ]]
	[ -z "$output" ]
	cmp state before
}

@test "a state that is a link stays one, and nothing is left beside a state" {
	mkdir real here
	ln -s ../real/state here/state
	seq 9 | stream-distinct --state here/state >/dev/null
	[ "$(seq 10 | stream-distinct --state here/state)" = "10${TAB}10${TAB}10" ]
	[ -L here/state ]
	[ "$(stream-distinct real/state)" = "10${TAB}10${TAB}10" ]
	[ "$(ls real here | tr '\n' ' ')" = 'here: state  real: state ' ]
	# A file that cannot grow is a full disk.
	(
		trap '' XFSZ
		ulimit -f 1
		run -2 --separate-stderr stream-distinct --exact --state here/state <(seq 200000)
		[[ $stderr == *'here/state: '* ]]
	)
	[ "$(ls real here | tr '\n' ' ')" = 'here: state  real: state ' ]
	[ "$(stream-distinct real/state)" = "10${TAB}10${TAB}10" ]
}

@test "a signal waits until the state is written" {
	seq 400000 | stream-distinct --exact --state state >/dev/null
	for _ in 1 2 3; do
		stream-distinct --exact --state state </dev/null >/dev/null 2>&1 &
		while kill -0 $! 2>/dev/null; do
			if compgen -G 'state.*' >/dev/null; then
				kill -TERM $! || true
				break
			fi
		done
		wait $! || true
		[ "$(echo state*)" = state ]
	done
	[ "$(stream-distinct state)" = "400000${TAB}400000${TAB}400000" ]
}

# bats test_tags=plain
@test "a week of minutes is asked for any day in no time" {
	is_sanitized && skip 'a sanitized build is slow'
	awk 'BEGIN { srand(3); for (i = 0; i < 10080 * 20; i++) printf "%d h%d %.3f\n", 1794873600 + i * 3, 300 * rand(), rand() }' >log
	stream-window -s 1m log >frames
	for tool in 'stream-quantile -f 3' 'stream-distinct -f 2' 'stream-topk -f 2'; do
		$tool -S frames >sketches
		[ "$($tool sketches | cut -f 1 | uniq | wc -l)" -eq 10080 ]
		for day in 17 20 23; do
			# A fifth of a second is wanted, and five times that is let pass.
			timeout 1 $tool --since 2026-11-$day --until 2026-11-$((day + 1)) sketches >got
			[ "$(head -n 1 got | cut -f 1,2)" = "2026-11-${day}T00:00:00Z${TAB}2026-11-$((day + 1))T00:00:00Z" ]
		done
	done
}

@test "counted windows of different streams are not one, whatever their numbers" {
	seq 1 200 >one
	seq 301 450 >two
	for n in one two; do
		stream-window --count 100 "$n" >"$n.frames"
		stream-distinct -S "$n.frames" >"$n.sk"
	done
	why='windows of counted records are those of one stream, and these are numbered like those of another'
	stream-distinct --state state one.frames >rows
	cp state before
	for input in one.frames two.frames two.sk one.sk; do
		run -2 --separate-stderr stream-distinct --state state "$input"
		[[ -z $output && ${stderr_lines[0]} == "stream-distinct: $input: byte "*": $why" ]]
		cmp state before
	done
	run -2 --separate-stderr stream-distinct --state fresh one.frames two.frames
	[[ ${stderr_lines[0]} == "stream-distinct: two.frames: byte "*": $why" ]]
	run -2 --separate-stderr stream-distinct one.sk two.sk
	[[ $stderr == "stream-distinct: two.sk: byte "*": $why" ]]
	echo "$output" | same rows -
	run -2 --separate-stderr stream-distinct <(cat one.sk two.sk)
	[[ $stderr == *": $why" ]]
	# As they come each stream is answered for by itself, and one answer for all of them is no window's.
	[ "$(stream-distinct one.frames two.frames | cut -f 3 | tr '\n' ' ')" = '100 100 100 50 ' ]
	[ "$(stream-distinct --windows whole one.sk two.sk | cut -f 3)" = 350 ]
	# Keys of their own are windows of their own.
	for n in one two; do
		sed "s/$/ $n/" "$n" | stream-window --count 100 -b 2 | stream-distinct -S >"$n.sk"
	done
	[ "$(stream-distinct one.sk two.sk | cut -f 3,4 | tr '\n\t' ' ,')" = 'one,100 two,100 two,50 one,100 ' ]
}

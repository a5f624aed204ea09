#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# The recipes of streamkit(7), each as it stands there, on data of tests/recipe_data.py, against answers worked out
# otherwise. What a recipe needs that this build has not got skips its test.

load helpers

setup_file() {
	need python3
	export SK_ROOT
	mkdir "$BATS_FILE_TMPDIR/data"
	cd "$BATS_FILE_TMPDIR/data" || return
	python3 "$SK_ROOT/tests/recipe_data.py"
}

setup() {
	sk_setup
	cp "$BATS_FILE_TMPDIR"/data/* .
}

# The names of the recipes.
recipes() {
	sed -n '/^\.Sh RECIPES/,/^\.Sh SEE/s/^\.Ss //p' "$SK_ROOT/man/streamkit.7"
}

# Leaves the commands of a recipe in command.1, command.2 and so on. What follows a file for ever reads it to its end.
take_recipe() {
	rm -f command.*
	awk -v recipe="$1" '
	/^\.S[sh] / { here = $0 == ".Ss " recipe }
	/^\.Bd / && here { inside = 1; next }
	/^\.Ed/ { inside = began = 0 }
	!inside { next }
	/^\$ / { file = "command." ++n; began = 1; sub(/^\$ /, "") }
	began { gsub(/\\-/, "-"); gsub(/\\e/, "\\"); gsub(/tail -F/, "cat"); print >file }
	' "$SK_ROOT/man/streamkit.7"
	[ -s command.1 ]
}

# cook RECIPE [N]...: run these of its commands, or all, in order: what they print is in out.N, and what they say in said.N.
cook() {
	local recipe=$1 command

	shift
	take_recipe "$recipe"
	if [ $# = 0 ]; then
		# shellcheck disable=SC2046 # a list of words
		set -- $(printf '%s\n' command.* | sed 's/command\.//' | sort -n)
	fi
	for command; do
		sed 's/^/$ /' "command.$command"
		# What head has no use for is written into a broken pipe: 141.
		timeout 30 bash -o pipefail -c "$(cat "command.$command")" >"out.$command" 2>"said.$command" </dev/null ||
			[ $? = 141 ] || { cat "said.$command"; return 1; }
	done
}

# What answers in Python start from: "rows(N)" is what the Nth command printed.
KITCHEN='
from collections import Counter, defaultdict
from datetime import datetime, timezone
sys.path.insert(0, os.environ["SK_ROOT"] + "/tests")
from window_reference import windows_of_sessions, windows_of_time
from types import SimpleNamespace

SECOND = 10**9

def stamp(time):
    text = datetime.fromtimestamp(time // SECOND, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")
    return text + (("." + "%09d" % (time % SECOND)).rstrip("0") if time % SECOND else "") + "Z"

def instant(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return int(datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z").timestamp()) * SECOND + \
        int((fraction + "0" * 9)[:9])

def requests(name="access.log"):
    """(seconds, client, path, taken)"""
    for line in open(name):
        fields = line.split()
        time = datetime.strptime(fields[3][1:] + " " + fields[4][:-1], "%d/%b/%Y:%H:%M:%S %z").timestamp()
        yield int(time), fields[0], fields[6], float(fields[-1])

def rows(number):
    return [line.split("\t") for line in open("out.%d" % number).read().splitlines()]

def divide(records, size, shift=0):
    """By tumbling windows of so many seconds: {(start, end): records}"""
    windows = defaultdict(list)
    for record in records:
        start = (record[0] - shift) // size * size + shift
        windows[stamp(start * SECOND), stamp((start + size) * SECOND)].append(record)
    return windows

def quantile(values, percent):
    return sorted(values)[max(-(-len(values) * percent // 100), 1) - 1]

def visitors(size, shift=0, more=lambda time: True):
    divided = divide((r for r in requests() if more(r[0])), size, shift)
    return sorted([*window, str(len({r[1] for r in divided[window]}))] for window in divided)
'

taste() {
	python_test <<<"$KITCHEN
$(cat)"
}

# has TOOL OPTION: skip where this build has not got it.
has() {
	"$1" --help | grep -qE -- "--$2( |\$)" || skip "$1 has no --$2 here"
}

can_keep_windows() {
	echo '1 a' | stream-window -s 1s | stream-distinct -S >/dev/null 2>&1 || skip "-S does not go with windows here"
}

@test "every recipe has a test" {
	recipes >want
	[ "$(wc -l <want)" -ge 6 ]
	sed -n 's/^	cook "\([^"]*\)".*/\1/p' "$BATS_TEST_FILENAME" | awk '!seen[$0]++' | sort >got
	sort want | same - got
}

@test "the manual fits 80 columns, and its pictures are ASCII" {
	LC_ALL=C awk '/[^	 -~]/ { print; bad = 1 } END { exit bad }' "$SK_ROOT/man/streamkit.7"
	need mandoc
	mandoc -T ascii -O width=80 "$SK_ROOT/man/streamkit.7" | sed 's/.//g' |
		awk 'length > 80 { print; bad = 1 } END { exit bad }'
}

@test "what the manual says of a watermark comes true" {
	sed -n '/^record     watermark/,/^\.Ed/p' "$SK_ROOT/man/streamkit.7" | sed -n 's/^\(10:0[^ ]*\).*/2025-03-22T\1Z/p' >in
	[ "$(wc -l <in)" = 8 ]
	stream-window -s 1m --out-of-order 5s --lateness 30s --late late in 2>said | stream-distinct -o json >rows
	[ "$(cat late)" = 2025-03-22T10:00:56Z ]
	grep '"start":"2025-03-22T10:00:00Z"' rows | sed 's/.*"revision":\([0-9]*\),"count":\([0-9]*\),.*/\1 \2/' >got
	printf '%s\n' '0 2' '1 3' | same - got
}

@test "what the manual says of sketches is what their own manuals say" {
	for row in hll:distinct theta:distinct kll:quantile req:quantile dd:quantile frequent:topk; do
		own=$(sed -n "s/^\.It \(Cm \)*${row%:*} Ta \([^T]* Ta [^ ]*\) Ta [^ ]* Ta \([^ ]*\) Ta .*/\2 Ta \3/p" \
			"$SK_ROOT/man/stream-${row#*:}.1")
		here=$(sed -n "s/^\.It .* Ta stream-${row#*:} Ta \(Cm \)*${row%:*} Ta //p" "$SK_ROOT/man/streamkit.7")
		echo "$row: $own: $here"
		[ -n "$own" ]
		[ "$own" = "$here" ]
	done
}

@test "top paths of each minute" {
	cook "Top paths of each minute"
	taste <<-'END'
		want = []
		for window, records in sorted(divide(requests(), 60).items()):
		    top = sorted(Counter(r[2] for r in records).items(), key=lambda pair: (-pair[1], pair[0]))[:5]
		    want += [[*window, str(n), "0", path] for path, n in top]
		assert len(want) > 1000
		equal(rows(1), want)
		equal(rows(2), want)
	END
	[ ! -s said.1 ]
}

@test "the 99th percentile of each endpoint by the hour" {
	cook "The 99th percentile of each endpoint by the hour"
	taste <<-'END'
		want = []
		for window, records in sorted(divide(requests(), 3600).items()):
		    for path in sorted({r[2] for r in records}):
		        want.append([*window, path, quantile([r[3] for r in records if r[2] == path], 99)])
		assert len(want) > 300
		equal([[*row[:3], float(row[4])] for row in rows(1)], want)
		equal([float(row[4]) for row in rows(2)], sorted((row[3] for row in want), reverse=True)[:20])
	END
}

@test "daily visitors, and what is kept of them" {
	can_keep_windows
	cook "Daily visitors, rolled up to weeks" 1 2
	taste <<-'END'
		want = visitors(86400)
		equal(len(want), 17)
		equal(rows(1), [])
		equal([row[:3] for row in rows(2)], want)
		assert all(row[2] == row[3] == row[4] for row in rows(2))
	END
	# Those of two hosts are merged, day by day.
	cat days.sk days.sk | stream-distinct | same out.2 -
}

@test "daily visitors rolled up to weeks" {
	can_keep_windows
	echo '1 a' | stream-window -s 1s | stream-distinct -S | stream-window -s 2s >/dev/null 2>&1 ||
		skip "stream-window does not take sketches here"
	cook "Daily visitors, rolled up to weeks" 1 3
	taste <<-'END'
		want = visitors(7 * 86400, 4 * 86400)
		equal(len(want), 3)
		equal([row[:3] for row in rows(3)], want)
	END
}

@test "visitors of some days" {
	can_keep_windows
	has stream-distinct since
	cook "Daily visitors, rolled up to weeks" 1 4
	taste <<-'END'
		first, last = (instant("2025-03-%02dT00:00:00Z" % day) // SECOND for day in (10, 13))
		clients = {r[1] for r in requests() if first <= r[0] < last}
		equal([row[:3] for row in rows(4)], [["2025-03-10T00:00:00Z", "2025-03-13T00:00:00Z", str(len(clients))]])
	END
}

@test "a day that is cut by log rotation" {
	echo '1 a' | stream-window -s 1s | stream-distinct --state state >/dev/null 2>&1 || skip "--state does not go with windows here"
	mv access.log.0 rest
	cp access.log whole
	mv rest access.log
	cook "A day that is cut by log rotation"
	mv whole access.log
	taste <<-'END'
		want = {tuple(row[:2]): row for row in visitors(86400)}
		first, second = rows(1), rows(2)
		assert first[-1][:2] == second[0][:2], "no day was cut"
		assert int(first[-1][2]) < int(second[0][2])
		equal([row[:3] for row in second], [want[tuple(row[:2])] for row in second])
		equal({tuple(row[:2]) for row in first + second}, set(want))
	END
}

@test "percentiles of sensors" {
	cook "Percentiles of sensors"
	taste <<-'END'
		events, header = [], open("readings.csv").readline()
		for line in open("readings.csv").read().splitlines()[1:]:
		    time, sensor, celsius = line.split(",")
		    events.append(SimpleNamespace(nanoseconds=instant(time), sensor=sensor, celsius=float(celsius), line=line))
		options = SimpleNamespace(size=900 * SECOND, slide=300 * SECOND, align=0, out_of_order=120 * SECOND,
		    lateness=3600 * SECOND, empty=False)
		windows, late, _ = windows_of_time(events, options)
		got = {}
		for row in map(json.loads, open("out.1")):
		    revisions = got.setdefault((instant(row["start"]), row["key"]), {})
		    revisions.setdefault(row["revision"], []).append(row["value"])
		want = {}
		for (end, start, _), records in windows.items():
		    for sensor in {r.sensor for r in records}:
		        of = [r.celsius for r in records if r.sensor == sensor]
		        want[start, sensor] = [quantile(of, percent) for percent in (5, 50, 95)]
		last = {key: revisions[max(revisions)] for key, revisions in got.items()}
		assert last == want, [(key, last.get(key), want[key]) for key in want if last.get(key) != want[key]][:3]
		assert any(len(revisions) > 1 for revisions in got.values())
		kept = open("late.csv").read().splitlines()
		equal(len(kept), late)
		assert late > 5 and set(kept) <= {e.line for e in events}, late
	END
}

@test "concurrent players" {
	cook "Concurrent players"
	taste <<-'END'
		seen = defaultdict(set)
		for line in open("beats.tsv"):
		    time, player, arena = line.split()
		    for start in range(int(time) // 10000 - 5, int(time) // 10000 + 1):
		        seen[start * 10 * SECOND, arena].add(player)
		        seen[start * 10 * SECOND, None].add(player)
		want = {(stamp(start), arena): str(len(players)) for (start, arena), players in seen.items()}
		got = {(row[0], row[2]): row[3] for row in rows(1)}
		equal(got, {key: n for key, n in want.items() if key[1]})
		equal(rows(2)[0][2], max((n for key, n in want.items() if not key[1]), key=int))
		equal(want[rows(2)[0][0], None], rows(2)[0][2])
	END
}

alarms='
events = []
for line in open("alarms.log").read().splitlines():
    time, bed, kind, _ = line.split()
    events.append(SimpleNamespace(nanoseconds=instant(time), key=bed, kind=kind, line=line))
options = SimpleNamespace(session=300 * SECOND, by=True, out_of_order=60 * SECOND, lateness=0)
episodes, late, _ = windows_of_sessions(events, options)
assert len(episodes) > 50
'

@test "alarms of patient monitors" {
	cook "Alarms of patient monitors" 1
	taste <<-END
		$alarms
		want = set()
		for (end, start, bed), records in episodes.items():
		    top = sorted(Counter(r.kind for r in records).items(), key=lambda pair: (-pair[1], pair[0].encode()))[:3]
		    want |= {(stamp(start), stamp(end), bed, str(n), "0", kind) for kind, n in top}
		equal({tuple(row) for row in rows(1)}, want)
		equal(len(rows(1)), len(want))
		kept = open("late.log").read().splitlines()
		assert late > 0 and len(kept) == late and set(kept) <= {e.line for e in events}
	END
}

@test "an episode of alarms to a program" {
	has stream-window exec
	cook "Alarms of patient monitors" 2
	taste <<-END
		$alarms
		for (end, start, bed), records in episodes.items():
		    kept = open("%s %s.log" % (bed, stamp(start))).read().splitlines()
		    equal(sorted(kept), sorted(r.line for r in records))
		equal(len([name for name in os.listdir(".") if name.startswith("bed")]), len(episodes))
	END
}

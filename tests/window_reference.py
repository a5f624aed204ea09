#!/usr/bin/env python3
"""What windows hold, worked out record by record from the manuals alone, and compared with what the tools say.

window_reference.py write                             60,000 events, out of order, on standard output
window_reference.py EVENTS TOOL WINDOW... [-- MORE]   stream-window WINDOW... EVENTS | stream-TOOL MORE...

An event is a line: seconds since 1970, a key, a path and a value. The watermark is modelled as streamkit(7) has it, so
that which records are late is known, and how many of them stream-window has to say were left out. Prints how many
windows were compared, and how many records were late; dies of the first difference."""
import argparse, collections, datetime, json, random, subprocess, sys

SECOND = 10**9
UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
EVENTS, KEYS, START = 60000, 30, 1700000000
NEVER = -(1 << 63)
TOP, QUANTILES = 4, (0.0, 0.25, 0.5, 0.9, 0.999, 1.0)

def write():
    """Six hours, with silences of all and of single keys; up to 3 minutes out of order, and some up to an hour."""
    dice, clock, lines = random.Random(7), START * 1000, []
    while len(lines) < EVENTS:
        clock += dice.choice((0, 0, 100, 300, 1400))
        if len(lines) in (15000, 40000):
            clock += 45 * 60000
        time = clock
        if dice.random() < 0.3:
            time -= dice.randrange(180000)
        if dice.random() < 0.005:
            time -= dice.randrange(600000, 3500000)
        if dice.random() < 0.05:
            time -= time % 10000  # ties, and on the borders of windows
        key = min(int(dice.paretovariate(0.7)), KEYS)
        if (time // 1200000 + key) % 5 == 0:
            key = 1
        path = "/%d" % min(int(dice.paretovariate(0.5)), 500)
        lines.append("%d.%03d key%d %s %g" % (time // 1000, time % 1000, key, path, round(dice.lognormvariate(0, 2), 3)))
        if dice.random() < 0.02:
            lines.append(dice.choice(lines[-50:]))
    print("\n".join(lines[:EVENTS]))

class Event:
    def __init__(self, line):
        self.time, self.key, self.path, self.value = line.split()
        self.nanoseconds = int(self.time.replace(".", "")) * 10**6
        self.value = float(self.value)

def span(text):
    number = text.rstrip("smhd")
    return int(number) * UNITS[text[len(number):]]

# Which records make up which windows: {(end, start, key): events}, and how many were late, for all and for some of theirs.

def watermarks(events, options):
    """Each event, with the watermark that it meets."""
    largest = None
    for event in events:
        yield event, NEVER if largest is None else largest - options.out_of_order
        largest = event.nanoseconds if largest is None else max(largest, event.nanoseconds)

def windows_of_time(events, options):
    windows, late, partly = collections.defaultdict(list), 0, 0
    size, slide = options.size, options.slide or options.size
    for event, watermark in watermarks(events, options):
        taken = missed = False
        start = (event.nanoseconds - options.align) // slide * slide + options.align
        while start + size > event.nanoseconds:
            if start + size + options.lateness > watermark:
                windows[start + size, start, None].append(event)
                taken = True
            else:
                missed = True
            start -= slide
        late += not taken
        partly += taken and missed
    if options.empty:
        for end in range(min(windows)[0], max(windows)[0], slide):
            windows[end, end - size, None]  # there is one now
    return windows, late, partly

class Session:
    def __init__(self, event):
        self.first = self.last = event.nanoseconds
        self.events = [event]

    def join(self, other):
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.events += other.events

def windows_of_sessions(events, options):
    gap, late, done = options.session, 0, []
    sessions = collections.defaultdict(list)
    for event, watermark in watermarks(events, options):
        key, time = event.key if options.by else None, event.nanoseconds
        over = [s for s in sessions[key] if s.last + gap + options.lateness <= watermark]
        done += [(key, s) for s in over]
        near = [s for s in sessions[key] if s not in over and s.first - gap < time < s.last + gap]
        rest = [s for s in sessions[key] if s not in over and s not in near]
        if near or time + gap + options.lateness > watermark:
            near.append(Session(event))
            for other in near[1:]:
                near[0].join(other)
            rest.append(near[0])
        else:
            late += 1
        sessions[key] = rest
    done += [(key, s) for key in sessions for s in sessions[key]]
    windows = collections.defaultdict(list)
    for key, s in done:
        windows[s.last + gap, s.first, key] += s.events
    return windows, late, 0

def windows_of_counts(events, options):
    windows, seen = collections.defaultdict(list), collections.Counter()
    size = options.count
    slide = options.count if options.slide is None else options.slide
    for event in events:
        key = event.key if options.by else None
        start = seen[key] // slide * slide
        while start >= 0 and start + size > seen[key]:
            windows[start + size, start, key].append(event)
            start -= slide
        seen[key] += 1
    # The last window of a key ends where its records do.
    return {(min(end, seen[key]), start, key): events for (end, start, key), events in windows.items()}, 0, 0

# What is asked of them

def top(events):
    count = collections.Counter(event.path for event in events)
    return [(n, path) for path, n in sorted(count.items(), key=lambda pair: (-pair[1], pair[0].encode()))[:TOP]]

def distinct(events):
    return [(len({event.path for event in events}),)]

def quantiles(events):
    """By nearest rank: the smallest value that at least q of all do not exceed."""
    values, rows = sorted(event.value for event in events), []
    for q in QUANTILES if values else ():
        thousandths = round(q * 1000)
        rank = max(-(-len(values) * thousandths // 1000), 1)
        rows.append((q, values[rank - 1]))
    return rows

TOOLS = {
    "topk": (["-f", "3", "-k", str(TOP)], top, ("count", "item")),
    "distinct": (["-f", "3"], distinct, ("count",)),
    "quantile": (["-f", "4", "-q", ",".join(map(str, QUANTILES))], quantiles, ("q", "value")),
}

# What the tools say

def border(text):
    """A time of nanoseconds, or an ordinal."""
    if not isinstance(text, str) or text.isdigit():
        return int(text)
    whole, _, fraction = text.rstrip("Z").partition(".")
    time = datetime.datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return int(time.timestamp()) * SECOND + int((fraction + "0" * 9)[:9])

def run(file, tool, window, more):
    cut = subprocess.Popen(["stream-window", *window, file], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # Many windows are open at once, and are to stay exact.
    ask = subprocess.Popen(["stream-" + tool, "-o", "json", "-m", "1G", *TOOLS[tool][0], *more], stdin=cut.stdout,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    cut.stdout.close()
    rows, said = ask.communicate()
    notes = cut.stderr.read().decode()
    assert cut.wait() == 0 and ask.returncode == 0 and said == b"", (notes, said)
    return [json.loads(row) for row in rows.splitlines()], notes

def gather(rows, names):
    """{(end, start, key): {revision: rows}}, windows in the order in which they came."""
    windows = {}
    for row in rows:
        assert row["exact"], row
        key = row.get("key")
        key = key[0] if isinstance(key, list) else key
        revisions = windows.setdefault((border(row["end"]), border(row["start"]), key), {})
        revisions.setdefault(row["revision"], []).append(tuple(row[name] for name in names))
    return windows

def by_key(windows):
    """Windows of all, divided by the tool."""
    divided = collections.defaultdict(list)
    for (end, start, _), events in windows.items():
        for event in events:
            divided[end, start, event.key].append(event)
    return divided

def compare(got, want, options):
    """The last revision of each window is what it has to be; of sessions, those before may have been shorter."""
    for window in want:
        assert window in got, ("missing", window, want[window])
        last = got[window][max(got[window])]
        assert last == want[window], ("different", window, want[window], got[window])
    for end, start, key in got:
        if (end, start, key) not in want:
            assert options.session and options.lateness > 0 and any(
                a <= start and end <= b and key == k for b, a, k in want), ("too many", start, end, key)
    revised = sum(len(revisions) > 1 for revisions in got.values()) + len(got) - len(want)
    assert (revised > 0) == (options.lateness > 0), revised
    if options.lateness == 0:
        order = [window[:2] for window in got]
        assert options.count or order == sorted(order), "order"

def parse(arguments):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in "--slide", "--session", "--align", "--out-of-order", "--lateness":
        parser.add_argument(name, type=span if name != "--slide" else str)
    parser.add_argument("-s", "--size", type=span)
    parser.add_argument("--count", type=int)
    parser.add_argument("-b", "--by")
    parser.add_argument("--empty", action="store_true")
    options = parser.parse_args(arguments)
    for name in "align", "out_of_order", "lateness":
        setattr(options, name, getattr(options, name) or 0)
    if options.slide is not None:
        options.slide = int(options.slide) if options.count else span(options.slide)
    return options

def main(file, tool, *arguments):
    behind = arguments.index("--") if "--" in arguments else len(arguments)
    window, more = arguments[:behind], arguments[behind + 1:]
    options = parse(window)
    events = [Event(line) for line in open(file)]
    model = windows_of_sessions if options.session else windows_of_counts if options.count else windows_of_time
    windows, late, partly = model(events, options)
    if more:
        windows = by_key(windows)
    want = {window: TOOLS[tool][1](windows[window]) for window in windows}
    rows, notes = run(file, tool, window, more)
    compare(gather(rows, TOOLS[tool][2]), {w: rows for w, rows in want.items() if rows}, options)
    note = "stream-window: %s: skipped %d of %d lines: too late for their windows; the first, line " % (file, late, len(events))
    some = "stream-window: %s: %d of %d lines came too late for some of their windows, and are in the others only; the first, line " % (file, partly, len(events))
    said = [line for line, count in ((note, late), (some, partly)) if count]
    lines = notes.splitlines()
    assert len(lines) == len(said) and all(map(str.startswith, lines, said)), (notes, late, partly)
    print(len(want), "windows,", late, "late")

if __name__ == "__main__":
    write() if sys.argv[1:] == ["write"] else main(*sys.argv[1:])

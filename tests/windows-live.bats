#!/usr/bin/env bats
# shellcheck disable=SC2154
# Windows while they are under way: interim answers, corrections, signals, streams that are cut off.

load helpers

setup() {
	sk_setup
	need python3
}

# What tests in Python start from: a pipe of stream-window and a tool, in a process group of their own.
PIPE='
import os, select, signal, subprocess, sys, time
signal.alarm(60)  # rather fail than hang

class Pipe:
    def __init__(self, window, tool):
        pipe = subprocess.PIPE
        self.window = subprocess.Popen(["stream-window", *window.split()], stdin=pipe, stdout=pipe, stderr=pipe,
            preexec_fn=lambda: os.setpgid(0, 0))
        self.tool = subprocess.Popen(tool.split(), stdin=self.window.stdout, stdout=pipe, stderr=pipe,
            preexec_fn=lambda: os.setpgid(0, self.window.pid))
        self.window.stdout.close()
    def write(self, text):
        self.window.stdin.write(text.encode())
        self.window.stdin.flush()
    def line(self):
        return self.tool.stdout.readline().decode()
    def until(self, wanted):
        """The lines up to one that begins so, but for the times in it."""
        while True:
            line = self.line()
            assert line, "the output ended before: " + wanted
            if line.replace("1970-01-01T00:", "").replace("Z", "").replace("\t", " ").startswith(wanted):
                return line
    def finish(self):
        self.window.stdin.close()
        rest = self.tool.stdout.read().decode()
        self.window.wait()
        errors = self.tool.stderr.read().decode() + self.window.stderr.read().decode()
        return self.tool.wait(), rest, errors

def equal(got, want):
    assert got == want, "got %.500r, want %.500r" % (got, want)
'

python_pipe() {
	python3 -c "$PIPE
$(cat)"
}

# --- interim answers ---

@test "--every shows the window under way, and again in full when it closes" {
	python_pipe <<-'END'
		pipe = Pipe("-s 1m", "stream-topk -f 2 --every 50ms")
		pipe.write("1 a\n2 b\n3 a\n")
		pipe.until("00:00 01:00 2 0 a")
		equal(pipe.line(), "1970-01-01T00:00:00Z\t1970-01-01T00:01:00Z\t1\t0\tb\n")
		equal(pipe.line(), "\n")
		pipe.write("50 a\n61 c\n")
		pipe.until("00:00 01:00 3 0 a")
		pipe.until("01:00 02:00 1 0 c")
		equal(pipe.line(), "\n")
		status, rest, errors = pipe.finish()
		equal((status, errors), (0, ""))
		equal(rest.rstrip("\n").split("\n")[-1], "1970-01-01T00:01:00Z\t1970-01-01T00:02:00Z\t1\t0\tc")
	END
}

@test "in json interim rows say so, and what is without that is what there is without --every" {
	python_pipe <<-'END'
		import json
		for options in "-s 10s", "-s 10s --slide 5s --out-of-order 3s", "--count 4 -b 2", "-s 10s --lateness 5s":
		    lines = ["%d %s\n" % (n + n % 3, "abc"[n % 3]) for n in range(60)]
		    pipe = Pipe(options, "stream-distinct -f 1 -o json --every 20ms")
		    rows = []
		    for start in range(0, 60, 4):
		        pipe.write("".join(lines[start:start + 4]))
		        if start >= 56:
		            break
		        while not rows or not rows[-1].get("interim"):
		            rows.append(json.loads(pipe.line()))
		        rows.append(json.loads(pipe.line()))
		    status, rest, errors = pipe.finish()
		    rows += map(json.loads, rest.splitlines())
		    out = subprocess.run("stream-window --quiet %s | stream-distinct -f 1 -o json" % options, shell=True,
		        input="".join(lines).encode(), stdout=subprocess.PIPE).stdout
		    want = list(map(json.loads, out.splitlines()))
		    equal([row for row in rows if not row.get("interim")], want)
		    # Of each interim row the window has not closed yet, and has no more in it than in the end.
		    name = lambda row: (row["start"], row["end"], row.get("key"))
		    full = {name(row): row["count"] for row in want}
		    seen, interim = set(), 0
		    for row in rows:
		        if not row.get("interim"):
		            seen.add(name(row))
		            continue
		        interim += 1
		        assert name(row) not in seen, (options, row)
		        assert row["count"] <= full.get(name(row), 10 ** 9), (options, row)
		    assert interim > 5, (options, interim)
	END
}

@test "SIGUSR1 shows the windows under way, those of each key and in order" {
	python_pipe <<-'END'
		pipe = Pipe("--count 3 -b 2", "stream-distinct -f 1")
		pipe.write("1 c\n1 c\n1 c\n")
		equal(pipe.line(), "0\t3\tc\t1\t1\t1\n")
		pipe.write("1 b\n2 a\n3 b\n")
		while not select.select([pipe.tool.stdout], [], [], 0.05)[0]:
		    pipe.tool.send_signal(signal.SIGUSR1)
		rows = [pipe.line().rstrip("\n") for _ in range(4)]
		equal(rows, ["", "0\t3\ta\t1\t1\t1", "0\t3\tb\t2\t2\t2", ""])
		equal(pipe.finish()[0], 0)
	END
}

@test "of sessions, and of nothing, there is no interim answer" {
	python_pipe <<-'END'
		pipe = Pipe("--session 30s", "stream-topk -f 2 --every 20ms")
		time.sleep(0.1)
		pipe.write("1 a\n2 b\n")
		time.sleep(0.1)
		pipe.write("90 c\n")
		equal(pipe.finish()[1].count("\n"), 3)
		pipe = Pipe("-s 1m", "stream-distinct --every 20ms")
		time.sleep(0.1)
		equal(pipe.finish()[1], "")
	END
}

# --- revisions ---

@test "where windows may be corrected, rows say which revision they are" {
	printf '1 a\n12 b\n3 c\n25 d\n' >in
	stream-window -s 10s --lateness 20s in >late.sk
	stream-topk -f 2 -k 1 --columns late.sk | cut -f 1-4 >got
	cat >want <<-END
		start${TAB}end${TAB}revision${TAB}count
		1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:10Z${TAB}0${TAB}1
		1970-01-01T00:00:00Z${TAB}1970-01-01T00:00:10Z${TAB}1${TAB}1
		1970-01-01T00:00:10Z${TAB}1970-01-01T00:00:20Z${TAB}0${TAB}1
		1970-01-01T00:00:20Z${TAB}1970-01-01T00:00:30Z${TAB}0${TAB}1
	END
	same want got
	stream-quantile -f 1 -q 1 -o text late.sk | head -n 1 | grep -q '^start *end *revision *q'
	[ "$(stream-distinct late.sk | cut -f 3 | tr -d '\n')" = 0100 ]
	stream-window -s 10s in 2>/dev/null | stream-distinct --columns | head -n 1 | grep -q "^start${TAB}end${TAB}count"
	stream-window --count 2 -b 2 in | stream-distinct -o json | grep -qv '"revision":0' && false
	stream-window -s 10s --lateness 1s in 2>/dev/null | stream-topk -o json -k 1 | head -n 1 | grep -q '"revision":0'
}

@test "of streams behind each other the first says whether there is a column of revisions" {
	printf '1 a\n12 b\n3 c\n25 d\n' >in
	stream-window -s 10s --lateness 20s in >late.sk
	stream-window -s 10s in >once.sk 2>/dev/null
	run -0 --separate-stderr stream-distinct late.sk once.sk
	[ -z "$stderr" ]
	[ "$(cut -f 3 <<<"$output" | tr -d '\n')" = 0100000 ]
	run -0 --separate-stderr stream-distinct once.sk late.sk
	[ "$stderr" = 'stream-distinct: windows of another stream may be answered for again, and no column says which revision a row is of: -o json does' ]
	[ "$(awk -F '\t' '{ print NF }' <<<"$output" | sort -u)" = 5 ]
	run -0 --separate-stderr stream-distinct -o json once.sk late.sk
	[ -z "$stderr" ]
}

# --- signals ---

@test "Ctrl-C on a whole pipe loses no window: the tool reads on until its input ends" {
	python_pipe <<-'END'
		for tool in "stream-topk -f 2 --every 20ms", "stream-distinct -f 2", "stream-quantile -f 1 -q 1":
		    for number in signal.SIGINT, signal.SIGTERM:
		        pipe = Pipe("-s 1m", tool)
		        pipe.write("1 a\n61 b\n62 b\n")
		        pipe.until("00:00 01:00")
		        os.killpg(pipe.window.pid, number)
		        equal(pipe.tool.wait(), -number)
		        equal(pipe.window.wait(), -number)
		        rest = pipe.tool.stdout.read().decode().rstrip("\n").split("\n")
		        assert rest[-1].startswith("1970-01-01T00:01:00Z\t1970-01-01T00:02:00Z\t"), rest
		        equal(pipe.tool.stderr.read(), b"")
	END
}

@test "a tool that alone has the signal ends soon, and with another one at once" {
	python_pipe <<-'END'
		for signals in 1, 2:
		    pipe = Pipe("-s 1m", "stream-topk -f 2")
		    pipe.write("1 a\n61 b\n")
		    pipe.until("00:00 01:00")
		    start = time.monotonic()
		    pipe.tool.send_signal(signal.SIGINT)
		    if signals == 2:
		        time.sleep(0.2)
		        pipe.tool.send_signal(signal.SIGTERM)
		    equal(pipe.tool.wait(), -(signal.SIGINT if signals == 1 else signal.SIGTERM))
		    took = time.monotonic() - start
		    assert signals == 2 and took < 0.8 or signals == 1 and 0.8 < took < 20, took
		    equal(pipe.tool.stdout.read(), b"")
		    pipe.window.kill()
	END
}

@test "an input that never ends does not keep a tool that was told to end" {
	python_pipe <<-'END'
		read, write = os.pipe()
		printf = subprocess.run(["stream-window", "-s", "1m"], input=b"1 a\n61 b\n", stdout=subprocess.PIPE).stdout
		# The same RECORDS again and again: a stream that goes on.
		at, frames = 8, []
		while at < len(printf):
		    size = 16 + int.from_bytes(printf[at + 4:at + 8], "little")
		    frames.append(printf[at:at + size])
		    at += size
		records = [frame for frame in frames if frame[0] == 2][0]
		tool = subprocess.Popen(["stream-distinct"], stdin=read, stdout=subprocess.PIPE)
		os.close(read)
		os.write(write, printf[:8] + frames[0] + records)
		time.sleep(0.2)
		tool.send_signal(signal.SIGINT)
		start = time.monotonic()
		try:
		    while time.monotonic() - start < 30:
		        os.write(write, records)
		        time.sleep(0.01)
		except BrokenPipeError:
		    pass
		assert time.monotonic() - start < 15
		equal(tool.wait(), -signal.SIGINT)
	END
}

# --- streams that are cut off ---

@test "a pipe that is cut off gives the windows before, and is an error, in every tool" {
	loggen -n 3000 -r 10 >log
	for tool in 'stream-topk -f 7' 'stream-distinct -f 1' 'stream-quantile -f 10'; do
		# shellcheck disable=SC2086 # words
		stream-window -s 1m -t 4 log | $tool >whole
		[ "$(cut -f 1 whole | uniq | wc -l)" -gt 3 ]
		# shellcheck disable=SC2086
		stream-window -s 1m -t 4 log | head -c 100000 >short || true
		# shellcheck disable=SC2086
		run -2 --separate-stderr $tool short
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr == *': short: byte '*': the stream is cut off: it has no END' ]]
		printf '%s\n' "$output" >got
		[ "$(wc -l <got)" -gt 1 ]
		head -n "$(wc -l <got)" whole | same - got
		run ! cmp -s whole got
	done
}

@test "wherever a stream is cut, there are the windows before the cut and the exit status 2" {
	cat >cuts.py <<'END'
import os, subprocess, sys
for number, tool in enumerate((["stream-topk", "-f2"], ["stream-distinct", "-f2"], ["stream-quantile", "-f1", "-q1"])):
    stream = subprocess.run("printf '1 a\\n2 b\\n12 c\\n23 d\\n' | stream-window -s 10s --lateness 1s", shell=True, stdout=subprocess.PIPE).stdout
    def run(data):
        read, write = os.pipe()
        os.write(write, data)
        os.close(write)
        process = subprocess.Popen(tool, stdin=read, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(read)
        out, errors = process.communicate()
        return process.returncode, out, errors
    status, whole, errors = run(stream)
    assert status == 0 and not errors and whole.count(b"\n") == (4 if number < 1 else 3), (status, whole, errors)
    lengths = []
    for size in range(1, len(stream)) if number == 0 else range(1 + number, len(stream), 9):
        status, out, errors = run(stream[:size])
        if size == 1:  # it might be anything
            continue
        assert status == 2 and errors.count(b"\n") == 1 and b"cut off" in errors, (tool, size, status, out, errors)
        assert whole.startswith(out) and (not out or out.endswith(b"\n")), (tool, size, out)
        lengths.append(len(out))
    assert lengths == sorted(lengths) and lengths[-1] == len(whole), lengths
END
	python3 cuts.py
}

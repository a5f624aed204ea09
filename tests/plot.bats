#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# Pictures (--plot), and how far a run is, on a terminal.

load helpers

setup() {
	sk_setup
	unset COLUMNS LC_CTYPE LANG NO_COLOR
	export LC_ALL=C.UTF-8 TERM=xterm
	{
		yes /index.html | head -80
		yes '/日本語の長い名前' | head -33
		yes "/$(head -c 120 /dev/zero | tr '\0' x)/end" | head -7
		echo $'/caf\xc3\xa9\x01\xff'
	} >items
	# Nine in ten below 100, and a few up to 50000.
	awk 'BEGIN { for (i = 1; i <= 900; i++) print i / 9; for (i = 1; i <= 100; i++) print i * 5 * i }' >numbers
	awk 'BEGIN {
		for (i = 0; i < 180; i++)
			printf "2026-11-22T10:%02d:%02dZ %s user%d %d\n", i / 60, i % 60, i % 3 ? "a" : "b", (i * i) % (11 + i / 20), i % 60 * (1 + int(i / 60))
	}' >log
}

same_as() {
	cat >want
	diff want "$1"
}

valid() {
	need python3
	python3 -c '
import sys, xml.dom.minidom
picture = xml.dom.minidom.parse(sys.argv[1]).documentElement
assert picture.tagName == "svg" and int(picture.getAttribute("width")) == 800
for tag in sys.argv[2:]:
    name, count = tag.split("=")
    got = len(picture.getElementsByTagName(name))
    assert got == int(count), (name, got)' "$@"
}

# --- on a terminal's width ---

@test "items are bars, with their names cut in the middle and wide characters in their columns" {
	stream-topk --plot items >got
	same_as got <<'END'
/index.html                             80  ████████████████████████████████████
/日本語の長い名前                       33  ██████████████▉
/xxxxxxxxxxxxxxxxxx…xxxxxxxxxxxxxx/end   7  ███▏
/café\x01\xff                            1  ▌
END
}

@test "ASCII draws the same, and is taken where nothing says UTF-8" {
	stream-topk --plot=ascii -k 2 items >got
	same_as got <<'END'
/index.html                             80  ####################################
/\xe6\x97\xa5\xe6\..90\x8d\xe5\x89\x8d  33  ##############:
END
	LC_ALL=C stream-topk --plot -k 2 items | cmp got -
	env -u LC_ALL stream-topk --plot -k 2 items | cmp got -
	TERM=dumb stream-topk --plot -k 2 items | cmp got -
	env -u LC_ALL LANG=de_DE.utf8 stream-topk --plot -k 2 items >got
	grep -q █ got
}

@test "COLUMNS is the width where no terminal says" {
	COLUMNS=40 stream-topk --plot -k 1 items >got
	echo '/index.html  80  ███████████████████████' | same_as got
	COLUMNS=1 stream-topk --plot -k 1 items >got
	COLUMNS=x stream-topk --plot=ascii -k 1 items | awk '{ exit length() != 80 }'
}

@test "what is uncertain is shaded" {
	seq 1 5000 | stream-distinct -m 16K --lgk 4 --plot=ascii >got
	grep -qE '^ *[0-9]+  #+[.:]?\.+$' got
	awk '{ exit length() != 80 }' got
}

@test "a histogram has ranges of equal ratio where numbers span decades, unless told otherwise" {
	stream-quantile --histogram 5 --plot numbers >got
	same_as got <<'END'
 0.111 to 1.5   13  █▏
  1.5 to 20.3  171  ██████████████▎
  20.3 to 274  723  ████████████████████████████████████████████████████████████
  274 to 3701   20  █▋
3701 to 50000   73  ██████
END
	stream-quantile --histogram 5 --plot --log=never numbers >got
	stream-quantile --histogram 5 --log=never numbers | cut -f 3 | diff - <(awk '{ print $4 }' got)
	stream-quantile --histogram 5 --log numbers | cut -f 3 | diff - <(printf '%s\n' 13 171 723 20 73)
	# Edges are a power apart: 1, 10, 100, 1000.
	seq 1 1000 | stream-quantile --histogram 3 --log | awk '{ printf "%.6g %.6g\n", $1, $2 }' |
		diff - <(printf '%s\n' '1 10' '10 100' '100 1000')
	# What spreads evenly stays as it is.
	seq 1 10000 | stream-quantile --histogram 2 --plot=ascii | grep -q '^ *1 to 500[01]  5000  #'
	# Numbers below zero have no ratio, and a picture none by itself.
	seq -5 1000 | stream-quantile --histogram 3 --log | cut -f 1-3 |
		diff - <(printf '%s\n' "-5${TAB}0${TAB}5" "0${TAB}1${TAB}1" "1${TAB}10${TAB}9" "10${TAB}100${TAB}90" "100${TAB}1000${TAB}901")
	{ echo -1; cat numbers; } >below
	diff <(stream-quantile --histogram 3 --plot below) <(stream-quantile --histogram 3 --log=never --plot below)
	diff <(seq -5 0 | stream-quantile --histogram 3 --log) <(seq -5 0 | stream-quantile --histogram 3)
}

@test "zeros have a range of their own on a log scale" {
	{ printf '0\n0\n'; seq 1 1000; } | stream-quantile --histogram 4 --log >got
	[ "$(cut -f 1 got | head -1)" = 0 ]
	[ "$(cut -f 2,3 got | head -1)" = "1${TAB}2" ]
	[ "$(awk '{ n += $3 } END { print n }' got)" = 1002 ]
}

@test "quantiles are a curve, and the ones asked for below it" {
	seq 0 100 | COLUMNS=46 stream-quantile -q 0.5,p90 --plot >got
	same_as got <<'END'
100% │                                    ▂▄▆█
     │                                ▂▄▆█████
     │                            ▂▄▆█████████
     │                        ▂▄▆█████████████
     │                    ▂▄▆█████████████████
 50% │                ▂▄▆█████████████████████
     │            ▂▄▆█████████████████████████
     │       ▁▂▄▆█████████████████████████████
     │    ▂▅▆█████████████████████████████████
     │▂▅▆█████████████████████████████████████
  0% └────────────────────────────────────────
      0                  50                100
p50   50
p90   90
END
}

@test "ranks are bars, and a summary is a box" {
	seq 1 10 | COLUMNS=40 stream-quantile --rank 5,10 --plot >got
	same_as got <<'END'
5   0.5  ███████████████▌
10    1  ███████████████████████████████
END
	seq 1 10 | stream-quantile --summary --plot >got
	[ "$(wc -l <got)" = 2 ]
	grep -q 'min .* p25 .* p50 .* p75 .* max  0' got
}

@test "nothing is an empty picture, and single and infinite numbers are none to fail of" {
	[ -z "$(stream-topk --plot </dev/null)" ]
	[ -z "$(stream-quantile --plot </dev/null)" ]
	echo 5 | stream-quantile --plot >got
	grep -qx 'p50   5' got
	printf 'inf\n-inf\n1\n' | stream-quantile --plot >got
	grep -qx 'p50   1' got
	printf 'inf\n-inf\n' | stream-quantile --plot >got
	printf 'inf\n1\n' | stream-quantile --histogram 3 --plot >got
	stream-topk --plot=svg </dev/null >got.svg
	valid got.svg rect=0
}

# --- keys and windows ---

@test "every key has a picture under its heading" {
	stream-topk -b 2 -f 3 -k 1 --plot=ascii log >got
	awk 'NR == 1 && $0 != "a" || NR == 3 && $0 != "" || NR == 4 && $0 != "b" || NR == 5 && !/#$/ { exit 1 }
		END { exit NR != 5 }' got
	stream-distinct -b 2 -f 3 --plot=ascii log >got
	[ "$(wc -l <got)" = 2 ]
}

@test "windows are a line each, and a new scale is announced" {
	stream-window -s 1m log >frames
	stream-quantile -f -1 -q 0.5,1 --plot frames >got
	same_as got <<'END'
start                      p50      p100  0                                  100
2026-11-22T10:00:00Z        29        59  ███████████▓▓▓▓▓▓▓▓▓▓▓
start                      p50      p100  0                                  200
2026-11-22T10:01:00Z        58       118  ███████████▓▓▓▓▓▓▓▓▓▓▓
2026-11-22T10:02:00Z        87       177  █████████████████▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
END
	stream-distinct -f 3 --plot=ascii frames | awk 'NR == 1 && !/^start/ || NR > 1 && !/#$|[.:]$/ { exit 1 } END { exit NR != 4 }'
}

@test "the pictures of windows have one scale, and a new one is announced" {
	{ yes '1 a' | head -n 8; yes '61 a' | head -n 4; yes '121 b' | head -n 90; } >in
	stream-window -s 1m --time-unit s in | stream-topk -f 2 --plot=ascii | tr -s ' ' >got
	[ "$(grep -c '^ 0 ' got)" = 2 ]
	[ "$(sed -n 2p got)" = ' 0 10' ]
	[ "$(sed -n 9p got)" = ' 0 100' ]
	bar() { sed -n "$1p" got | tr -cd '#' | wc -c; }
	[ "$(bar 3)" -gt 50 ]
	[ "$(bar 6)" -ge $(($(bar 3) / 2 - 1)) ]
	[ "$(bar 6)" -le $(($(bar 3) / 2 + 1)) ]
	# What has no window has its own.
	[ "$(stream-topk -b 1 -f 2 --plot=ascii in | grep -c '^ *0 ')" = 0 ]
}

@test "windows with keys have a picture each" {
	stream-window -s 1m log | stream-distinct -b 2 -f 3 --plot=ascii >got
	[ "$(grep -c ' to ' got)" = 3 ]
	[ "$(grep -c '^$' got)" = 2 ]
	[ "$(grep -c '^[ab]  ' got)" = 6 ]
}

@test "a window's line is there as soon as the window has closed" {
	python_test <<'PY'
cutter = subprocess.Popen(["stream-window", "-s", "1m"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
drawer = subprocess.Popen(["stream-distinct", "-f", "2", "--plot=ascii"], stdin=cutter.stdout, stdout=subprocess.PIPE)
for minute in range(3):
    cutter.stdin.write(b"2026-11-22T10:%02d:00Z a\n" % minute)
    cutter.stdin.flush()
    if minute == 1:
        assert drawer.stdout.readline().startswith(b"start")
    if minute > 0:
        assert drawer.stdout.readline().startswith(b"2026-11-22T10:%02d:00Z" % (minute - 1))
cutter.stdin.close()
assert drawer.stdout.readline().startswith(b"2026-11-22T10:02:00Z")
equal((cutter.wait(), drawer.wait()), (0, 0))
PY
}

# --- files ---

@test "picture files are XML, whatever the items are" {
	stream-topk --plot=svg items >got.svg
	valid got.svg rect=4
	printf 'a<b&c>"\xff\xef\xbf\xbf\x01\n]]>\n' | stream-topk --plot=svg >got.svg
	valid got.svg rect=2
	stream-quantile --histogram 7 --plot=svg numbers >got.svg
	valid got.svg rect=7
	stream-quantile --plot=svg numbers >got.svg
	valid got.svg polyline=1
	stream-quantile --summary --plot=svg numbers >got.svg
	valid got.svg
	grep -q prefers-color-scheme got.svg
}

@test "picture files name their axes, have a background of their own, and say that there is nothing" {
	stream-topk --plot=svg items >got.svg
	grep -q '>count</text>' got.svg
	grep -q '^<path class="b" d="M0 0h800v[0-9]*h-800z"/>$' got.svg
	stream-quantile --histogram 7 --plot=svg numbers >got.svg
	grep -q '>count</text>' got.svg
	grep -q '>value</text>' got.svg
	# The last number of the axis is not below the highest bar: 723.
	grep -q '>800</text>' got.svg
	stream-quantile --plot=svg numbers >got.svg
	grep -q '>share</text>' got.svg
	grep -q '>at most this value</text>' got.svg
	stream-quantile --plot=svg </dev/null >got.svg
	valid got.svg text=1
	grep -q '>no data</text>' got.svg
}

@test "numbers beside bars have six digits" {
	seq 1 7 | stream-quantile --rank 2 --plot=ascii | grep -q '^2  0.285714  #'
}

@test "names of quantiles stand apart from their values" {
	seq 1 1000 | stream-quantile -q p50,p99.9999 --plot=ascii | tail -2 >got
	same_as got <<'END'
p50      500
p99.9999 1000
END
}

@test "windows are lines over time in a picture file" {
	stream-window -s 10s log >frames
	stream-quantile -f -1 --plot=svg frames >got.svg
	valid got.svg polyline=4
	stream-distinct -f 3 --plot=svg frames >got.svg
	valid got.svg polyline=1 polygon=1
	[ "$(sed -n 's/^<polyline.*points="\(.*\) ".*/\1/p' got.svg | wc -w)" = 18 ]
	stream-topk -f 3 -k 2 --plot=svg frames >got.svg
	[ "$(grep -c 'class="h"' got.svg)" = 18 ]
}

@test "a picture file has 64 parts at most, and says so; a line is joined where it has too many points" {
	seq 100 | sed 's/$/ x/' >many
	run --separate-stderr stream-topk -b 1 -f 2 --plot=svg many
	[ "$stderr" = 'stream-topk: the picture has the first 64 of 100 parts' ]
	seq 1 9000 | stream-window --count 1 | stream-quantile -q 1 --plot=svg >got.svg
	valid got.svg polyline=1
	grep -q 'Each point is the greatest of 4 windows' got.svg
}

# --- options ---

@test "--plot goes with neither --output nor --sketch, and a file has no interim answers" {
	refused '*--plot and --output*' stream-topk --plot -o json items
	refused '*--plot*--sketch*' stream-topk --plot -S --base64 items
	refused '*--every*' stream-topk --plot=svg --every 1s items
	refused '*--plot*ascii svg*' stream-topk --plot=jpeg items
	run -2 stream-quantile --log numbers
}

# --- terminals ---

# Run on a terminal of 80 columns by 24 lines; its bytes are in "shown".
# shellcheck disable=SC2016
on_terminal='
import pty
def on_terminal(command, feed=None, columns=80, **more):
    """What the command writes to a terminal that is its output and diagnostics; feed(write) gives its input."""
    leader, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    def before():
        defaults()
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    process = subprocess.Popen(command, stdin=more.get("stdin", subprocess.PIPE), stdout=more.get("stdout", terminal), stderr=terminal,
        preexec_fn=before, env=dict(os.environ, **more.get("env", {})))
    os.close(terminal)
    shown = []
    def read(until=None):
        while until is None or until not in b"".join(shown):
            try:
                got = os.read(leader, 65536)
            except OSError:
                got = b""
            if not got:
                assert until is None, b"".join(shown)
                break
            shown.append(got)
        return b"".join(shown)
    if feed:
        feed(process.stdin or process, read)
    if process.stdin:
        process.stdin.close()
    text = read()
    process.wait()
    return text
'

@test "on a terminal bars have one colour, unless NO_COLOR says none" {
	python_test <<PY
$on_terminal
plain = lambda env: on_terminal(["stream-topk", "--plot", "items"], env=env)
assert b"\033[36m" in plain({}) and b"\033[36m" in plain({"NO_COLOR": ""})
assert b"\033" not in plain({"NO_COLOR": "1"}) and b"\033" not in plain({"TERM": "dumb"})
widest = max(len(line) for line in on_terminal(["stream-topk", "--plot=ascii", "items"], columns=60,
    env={"NO_COLOR": "1"}).decode().split("\r\n"))
equal(widest, 60)
PY
}

@test "interim pictures are drawn over each other" {
	python_test <<PY
$on_terminal
def feed(stdin, read):
    for item in b"a", b"b", b"c":
        stdin.write(item + b"\n")
        stdin.flush()
        read(item + b"  1")
shown = on_terminal(["stream-topk", "--plot=ascii", "--every", "50ms"], feed, env={"NO_COLOR": "1"})
assert b"\033[1A\r\033[J" in shown and b"\033[2A\r\033[J" in shown, shown
last = shown[shown.rindex(b"\033[J") + 3:].decode().split("\r\n")
equal([line[:4] for line in last], ["a  1", "b  1", "c  1", ""])
PY
}

@test "a run that takes longer than a second says how far it is, and takes that back" {
	python_test <<PY
$on_terminal
def feed(stdin, read):
    stdin.write(b"a\n" * 1000)
    stdin.flush()
    read(b"records")
shown = on_terminal(["stream-topk"], feed)
assert b"\rstream-topk: 2.0 kB, " in shown and b"B/s, 1,000 records\033[K" in shown, shown
lines = shown[shown.rindex(b"\r\033[K") + 4:]
equal(lines, b"count  item\r\n 1000  a\r\n")
# Nothing where it is not wanted, or there are other things to see.
for more in ["--quiet"], ["--every", "300ms"]:
    def feed(stdin, read):
        stdin.write(b"a\n")
        stdin.flush()
        time.sleep(1.4)
    assert b"records" not in on_terminal(["stream-topk", *more], feed), more
PY
}

@test "how far a run is does not get between answers in a pipe, which may end on the terminal" {
	python_test <<PY
$on_terminal
def feed(stdin, read):
    stdin.write(b"a\n")
    stdin.flush()
    time.sleep(1.4)
piped = lambda *more: on_terminal(["sh", "-c", 'stream-topk "\$@" | cat', "sh", *more], feed)
equal(piped("--every", "1m"), b"1\t0\ta\r\n")
shown = piped()
assert b"1 records\033[K\r\033[K1\t0\ta" in shown, shown
PY
}

@test "of a file it is said how much there is, packed or not, and how long that will take" {
	need gzip
	loggen -n 150000 >in.log
	gzip -1 -c in.log >in.log.gz
	python_test <<PY
$on_terminal
import re
def stop_inside(process, file):
    while file.tell() == 0: # which is where it reads, too
        pass
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.1)
    process.send_signal(signal.SIGCONT)
for name in "in.log", "in.log.gz":
    size = os.path.getsize(name) / 1e6
    for attempt in range(10): # it may have read all before it could be stopped
        file = open(name, "rb", buffering=0)
        shown = on_terminal(["stream-topk", "-j", "1", "-f", "1"], lambda process, read: stop_inside(process, file), stdin=file)
        if b" left" in shown:
            break
    said = re.search(rb"\rstream-topk: ([0-9]+)% of ([0-9.]+ MB), [0-9.]+ [kM]?B/s, ([0-9,]+) records, [0-9a-z ]+ left\033", shown)
    assert said, shown[:300]
    equal(said[2].decode(), "%.*f MB" % (1 if size < 99.95 else 0, size))
    part = int(said[3].replace(b",", b"")) / 150000
    assert abs(part - int(said[1]) / 100) < 0.1, said[0]
PY
}

@test "messages and windows do not stand behind the line that says how far it is" {
	python_test <<PY
$on_terminal
def feed(stdin, read):
    stdin.write(b"1\nx\n")
    stdin.flush()
    read(b"records")
shown = on_terminal(["stream-quantile", "-q", "0.5"], feed, stdout=subprocess.DEVNULL)
assert b"\r\033[Kstream-quantile: " in shown, shown
PY
}

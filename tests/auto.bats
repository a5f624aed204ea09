#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2094
# --input auto: the format of records is guessed by the first ones, and said on a terminal.

load helpers

setup() {
	sk_setup
	need python3
}

# guessed FILE [OPTION...]: what is said on a terminal.
guessed() {
	python3 - "$@" <<'END_OF_SCRIPT'
import os, pty, subprocess, sys
master, slave = pty.openpty()
subprocess.run(["stream-topk", "-i", "auto"] + sys.argv[2:] + [sys.argv[1]], stdout=subprocess.DEVNULL, stderr=slave)
os.close(slave)
text = b""
try:
    while chunk := os.read(master, 4096):
        text += chunk
except OSError:
    pass
print(text.decode().replace("\r\n", "\n"), end="")
END_OF_SCRIPT
}

@test "logs are known for what they are, and a terminal is told" {
	for format in combined json logfmt csv; do
		loggen -n 500 -o "$format" >"log.$format"
	done
	[ "$(guessed log.combined)" = "stream-topk: reading log.combined as clf (-i clf)" ]
	[ "$(guessed log.json)" = "stream-topk: reading log.json as json (-i json)" ]
	[ "$(guessed log.logfmt)" = "stream-topk: reading log.logfmt as logfmt (-i logfmt)" ]
	[ "$(guessed log.csv)" = "stream-topk: reading log.csv as csv (-i csv -H)" ]
	for format in combined json logfmt csv; do
		option=-i${format/combined/clf}
		header=
		[ "$format" != csv ] || header=-H
		stream-topk "$option" $header -f path -b method "log.$format" >named
		for input in "log.$format" - /dev/stdin; do
			stream-topk -i auto -f path -b method "$input" <"log.$format" >auto 2>note
			cmp named auto
			[ ! -s note ]
		done
	done
}

@test "tables have delimiters and perhaps a header" {
	printf 'name;size\n"a;b";3\nc;4\n' >table
	[ "$(guessed table)" = "stream-topk: reading table as csv (-i csv -H -d ';')" ]
	[ "$(stream-topk -i auto -f name -w size table)" = "$(printf '4\t0\tc\n3\t0\ta;b')" ]
	printf 'a,1\r\nb,2\r\n' >table
	[ "$(guessed table)" = "stream-topk: reading table as csv (-i csv)" ]
	printf 'n\tv\nx\\ty\t1\nz\t2\n' >table
	[ "$(guessed table)" = "stream-topk: reading table as tsv (-i tsv -H)" ]
	# Words over words may be names or not: it takes a field that is asked for by name.
	printf 'a,b\nc,d\n' >table
	[ "$(guessed table)" = "stream-topk: reading table as csv (-i csv)" ]
	[ "$(guessed table -f b)" = "stream-topk: reading table as csv (-i csv -H)" ]
	[ "$(guessed table -H -f 1)" = "stream-topk: reading table as csv (-i csv -H)" ]
	printf '\357\273\277"k",n\na,1\na,2' >table
	[ "$(stream-topk -i auto -f k table)" = "$(printf '2\t0\ta')" ]
}

@test "when in doubt, lines are lines" {
	while IFS= read -r text; do
		printf '%b' "$text" >input
		[ "$(guessed input)" = "stream-topk: reading input as lines (-i lines)" ] || { echo "$text"; return 1; }
		stream-topk input >lines
		stream-topk -i auto input >auto
		cmp lines auto
	done <<-'END_OF_TEXTS'
		one,line
		a b\nc d\n
		Nov 1, 2026\nNov 2, 2026\n
		1,5;2,5\n3,5;4,5\n
		a,b\nc\n
		a,"b\nc,d\n
		{not json}\n{neither}\n
		3\n4\n
		a=b\nc=d\n
		a=b and c=d\ne=f\n
		[1]\n[2]\n
		192.0.2.7 - - [10/Oct\n
		\0\0\0\0
		\n\n
	END_OF_TEXTS
	: >empty
	run --separate-stderr stream-topk -i auto empty
	[ "$status" = 0 ] && [ "$output" = "" ] && [ "$stderr" = "" ]
	run --separate-stderr stream-topk -i auto missing
	[ "$status" = 2 ]
	run --separate-stderr stream-topk -i auto -f name <(printf 'a b\nc d\n')
	[ "$status" = 2 ]
	[ "$output" = "" ]
}

@test "pipes are guessed, too, and sketches are known in any case" {
	mkfifo pipe
	stream-topk -i auto -f a pipe >out &
	{
		printf '{"a":1}\n'
		printf '{"a":1}\n{"a":2}\n'
	} >pipe
	wait $!
	[ "$(cat out)" = "$(printf '2\t0\t1\n1\t0\t2')" ]
	printf 'x\nx\n' | stream-topk -S >sketch
	[ "$(stream-topk -i auto sketch)" = "$(printf '2\t0\tx')" ]
}

@test "what dribbles through a pipe is waited for as long as that helps" {
	python_test <<'END_OF_TEST'
def dribble(pieces, *arguments):
    process = start("-i", "auto", *arguments)
    for piece in pieces:
        write(process, piece)
        wait_until_read(process)
    return finish(process)

# A header alone says nothing.
equal(dribble([b"path,ms\n", b"/a,1\n"], "-f", "path"), (0, b"1\t0\t/a\n", b""))
equal(dribble([b"pa", b"th,ms", b"\n/a", b",1\n/", b"b,2"], "-f", "path"), (0, b"1\t0\t/a\n1\t0\t/b\n", b""))
equal(dribble([b"path\tms\n", b"/a\t1"], "-f", "path", "-w", "ms"), (0, b"1\t0\t/a\n", b""))
equal(dribble([b"path|ms\n", b"/a|1\n"], "-d", "|", "-f", "path"), (0, b"1\t0\t/a\n", b""))
equal(dribble([b'"pa\n', b'th",ms\n', b'"/a', b'\nb",1\n'], "-f", "ms"), (0, b"1\t0\t1\n", b""))
equal(dribble([b"\xef\xbb", b"\xbfpath,ms\n", b"/a,1\n"], "-f", "path"), (0, b"1\t0\t/a\n", b""))
equal(dribble([b"\xef\xbb\xbfpath,ms\n/a,1"], "-f", "path"), (0, b"1\t0\t/a\n", b""))
# Without a second line it is lines, and none is lost.
equal(dribble([b"path,ms\n"]), (0, b"1\t0\tpath,ms\n", b""))
equal(dribble([b"path,", b"ms"]), (0, b"1\t0\tpath,ms\n", b""))
equal(dribble([b"Hello, you\n", b"Hello, you\n", b"bye\n"])[1], b"2\t0\tHello, you\n1\t0\tbye\n")
END_OF_TEST
}

@test "a live stream is waited for no longer" {
	python_test <<'END_OF_TEST'
def at_once(line, want, *arguments):
    process = start("-i", "auto", "--every", "50ms", *arguments)
    write(process, line)
    read_until(process, want)
    process.kill()
    process.communicate()
at_once(b'{"a":1,"b":2}\n', b"1\t0\t1\n", "-f", "a")
at_once(b"a=1 b=2\n", b"1\t0\t1\n", "-f", "a")
at_once(b'192.0.2.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 5\n', b"1\t0\t/a\n", "-f", "path")
at_once(b"word\n", b"1\t0\tword\n")
at_once(b"two words\n", b"1\t0\ttwo words\n")
at_once(b"a,b\nc,d\n", b"1\t0\ta\n", "-f", "1")
at_once(b"a,b\nc\n", b"1\t0\tc\n")
END_OF_TEST
}

@test "what goes wrong behind the first lines is said, and they are answered for" {
	need gzip
	printf 'path,ms\n' | gzip -c >packed
	printf '/a,1\n' >>packed
	run -2 --separate-stderr stream-topk -i auto packed
	[ "$output" = "1${TAB}0${TAB}path,ms" ]
	one_line_said "packed: something else behind the gzip data, which is left out"
}

@test "a field asked for by name in what looks like lines is an error that says what to try" {
	local why='standard input: -i auto takes it for lines, and their fields have numbers, not names; try'

	refused "$why -i csv -H: \"a,b\"" stream-topk -i auto -f a < <(printf 'a,b\nc\n')
	refused "$why -i csv -H -d ';': \"a;b\"" stream-topk -i auto -f a < <(printf 'a;b\nc\n')
	refused "$why -i tsv -H: *" stream-topk -i auto -f a < <(printf 'a\tb\nc\n')
	refused "$why -i json: *" stream-topk -i auto -f a < <(printf '{"a": 1,\n}\n')
	refused "$why -i logfmt: *" stream-topk -i auto -b a < <(printf 'a=1\na=1\n')
	refused "$why -H, if its first line names them: *" stream-topk -i auto -f a < <(printf 'a b\nc d\n')
	refused "missing: *" stream-topk -i auto -f a missing
	[ "$(stream-topk -i auto -f a </dev/null)" = "" ]
	printf 'a\nb\n' | stream-topk -S >sketch
	[ "$(stream-topk -i auto -f a sketch)" = "$(printf '1\t0\ta\n1\t0\tb')" ]
}

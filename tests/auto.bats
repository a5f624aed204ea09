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

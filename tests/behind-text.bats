#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2030,SC2031
# A stream of frames behind text, in one input: no text can be told from it by its lines, and it is refused.

load helpers

WHY='a streamkit stream behind other records, with which it does not go'

setup() {
	sk_setup
	printf 'a\nb\na\n' | stream-topk -S >x.sk
	printf '2026-11-20T10:00:00Z x\n2026-11-20T10:02:00Z y\n' | stream-window -s 1m -t 1 >w.sk
}

# foreign BYTE COMMAND...: the stream at BYTE is refused; the answer to what stands before it is in $output.
foreign() {
	run -2 --separate-stderr "${@:2}"
	one_line_said "*: byte $1: $WHY"
}

@test "frames behind text are an error, and the text before them is answered for" {
	{ echo hi; cat x.sk; } >mixed
	foreign 3 stream-topk mixed
	[ "$output" = "1${TAB}0${TAB}hi" ]
	foreign 3 stream-topk <mixed
	{ echo hi; cat w.sk; } >mixed
	foreign 3 stream-topk -f 1 mixed
	# A line without its end is lost with what cut it off.
	{ echo a; printf hi; cat x.sk; } >mixed
	foreign 4 stream-topk - <mixed
	[ "$output" = "1${TAB}0${TAB}a" ]
	# Files before and behind it count.
	echo a >good
	foreign 4 stream-topk good mixed good
	[ "$output" = "3${TAB}0${TAB}a" ]
}

@test "all formats of text and all tools look, and so do those of records with a length" {
	{ echo 1,2; cat x.sk; } >mixed
	foreign 4 stream-topk -i csv mixed
	foreign 4 stream-topk -i csv -H mixed
	foreign 4 stream-topk -i tsv mixed
	foreign 4 stream-topk -z mixed
	foreign 4 stream-topk -d , -f 2 mixed
	foreign 4 stream-topk -i auto mixed
	{ echo '{"a":1}'; cat x.sk; } >mixed
	foreign 8 stream-topk -i json -f a mixed
	{ echo 'a=1'; cat x.sk; } >mixed
	foreign 4 stream-topk -i logfmt -f a mixed
	printf '\0\0\0\2hi' | cat - x.sk >mixed
	foreign 6 stream-topk -i be32 mixed
	[ "$output" = "1${TAB}0${TAB}hi" ]
	# Of a record it may be a part.
	{ printf '\0\0\0\10'; head -c 8 x.sk; } >record
	[ "$(stream-distinct -i be32 <record)" = "$(echo | stream-distinct)" ]
	# And any number may look so.
	head -c 8 x.sk | stream-quantile -i i64 -q 0.5
	{ echo 1; cat x.sk; } >mixed
	for tool in stream-distinct stream-quantile "stream-window -s 1m -t 1 --text"; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr $tool mixed
		[[ $stderr == *"mixed: byte 2: $WHY"* ]]
	done
	run -2 --separate-stderr stream-dump mixed
	[[ $stderr == *"neither a stream of frames nor the image"* ]]
}

@test "frames behind text are found wherever blocks and pieces meet, by all threads" {
	# A signature has an end of a line within it.
	for size in 262136 262137 262138 262140 262142 262143 262144 262145 327680 524281 524286; do
		{ yes abcdefg | head -c "$((size - 1))"; echo; cat x.sk; } >mixed
		foreign "$size" stream-topk -j 1 mixed
		foreign "$size" stream-topk <mixed
	done
	for size in 1048577 5242874 6291450 6291456 8388600 8388602 8388606 8388608 16777210; do
		{ yes abcdefg | head -c "$((size - 1))"; echo; cat x.sk; yes abcdefg | head -c 9000000; } >mixed
		foreign "$size" stream-topk -j 4 mixed
		foreign "$size" stream-topk -j 1 mixed
	done
}

@test "a signature that comes byte by byte is one" {
	python_test <<'END'
signature = open("x.sk", "rb").read()
for front in b"hi\n", b"hi\n\x89SKF\r\n", b"hi\n" + signature[:7] + b"x\n":
    for options in [], ["-i", "tsv"]:
        process = start(*options)
        for byte in front + signature[:8]:
            write(process, bytes([byte]))
            wait_until_read(process)
        status, output, errors = finish(process)
        equal(status, 2)
        equal((output, errors), ask(front + signature, *options)[1:])
        assert b"byte %d: " % len(front) in errors, errors
# Nor does it become text by a damage to its second half.
damaged = signature[:5] + b"x" + signature[6:]
process = start()
for at in range(8):
    write(process, damaged[at:at + 1])
    wait_until_read(process)
write(process, damaged[8:])
equal(finish(process), ask(damaged))
assert b"signature is damaged" in ask(damaged)[2]
END
	# What only looks like one is text.
	printf 'a\n\x89SKF\r\n\x1a' | stream-topk >/dev/null
	printf 'a\n\x89SKF\r\n\x1ab\n\x89SKF\r\n\x1a\r\n\x1a\n\x1a\x1a\n\xc3\x89\n' | stream-distinct
}

@test "frames behind text are found in compressed input" {
	need gzip
	{ echo hi; cat x.sk; } | gzip -c >mixed
	foreign 3 stream-topk mixed
	[ "$output" = "1${TAB}0${TAB}hi" ]
	{ echo hi | gzip -c; gzip -c x.sk; } >mixed
	foreign 3 stream-topk <mixed
}

@test "text behind frames is an error, too" {
	{ cat x.sk; echo hi; } >mixed
	run -2 --separate-stderr stream-topk mixed
	one_line_said "mixed: byte $(wc -c <x.sk | tr -d ' '): not a streamkit stream"
}

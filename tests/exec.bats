#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154 # commands are to see the dollars
# stream-window --exec: a command for each window.

load helpers

setup() {
	sk_setup
	printf '%s\n' '1 a' '2 b' '11 c' '35 a' >in
}

# cut_in_time ARGUMENT...: stream-window, but not for ever.
cut_in_time() {
	timeout 20 stream-window "$@"
}

@test "the parts of a key are told apart by the byte 037, or by what separates the fields of lines" {
	printf 'a\tb c\t1\n' >in
	# shellcheck disable=SC2016
	[ "$(stream-window --count 1 -i tsv -b 1-2 --exec 'IFS=$(printf "\037") read -r one two <<-END
		$STREAM_WINDOW_KEY
		END
		echo "<$one> <$two>"' in)" = '<a> <b c>' ]
	printf 'a b 1\n' >in
	# shellcheck disable=SC2016
	[ "$(stream-window --count 1 -b 1,2 --exec 'printf %s "$STREAM_WINDOW_KEY"' in)" = $'a\tb' ]
	# shellcheck disable=SC2016
	[ "$(stream-window --count 1 -d ' ' -b 1,2 --exec 'printf %s "$STREAM_WINDOW_KEY"' in)" = 'a b' ]
}

@test "no command is run for a key whose parts could not be told apart" {
	printf 'a\037b,c\na,b\037c\n' >in
	# shellcheck disable=SC2016
	run -2 --separate-stderr stream-window --count 1 -i csv -b 1,2 --exec 'printf "%s;" "$STREAM_WINDOW_KEY"' in
	[ "$output" = $'a\037b\037c;' ]
	[[ $stderr == *'a part of the key holds the byte that parts are told apart by'* ]]
}

@test "a command reads its window's records, and is told which they are" {
	cut_in_time -s 10s --exec 'echo "$STREAM_WINDOW_START $STREAM_WINDOW_END $STREAM_WINDOW_REVISION ${STREAM_WINDOW_KEY-none}"
		cat' in >got
	cat >want <<-'END'
		1970-01-01T00:00:00Z 1970-01-01T00:00:10Z 0 none
		1 a
		2 b
		1970-01-01T00:00:10Z 1970-01-01T00:00:20Z 0 none
		11 c
		1970-01-01T00:00:30Z 1970-01-01T00:00:40Z 0 none
		35 a
	END
	same want got
}

@test "a command is told of keys, ordinals, revisions and zones" {
	run cut_in_time --count 2 -b 2 --exec 'echo "$STREAM_WINDOW_START $STREAM_WINDOW_END $STREAM_WINDOW_KEY"' in
	[ "$(LC_ALL=C sort <<<"$output")" = "0 1 b
0 1 c
0 2 a" ]
	STREAM_WINDOW_KEY=outer run cut_in_time -s 1h --zone +01:00 --exec 'echo "$STREAM_WINDOW_START ${STREAM_WINDOW_KEY-none}"' in
	[ "$output" = "1970-01-01T01:00:00+01:00 none" ]
	printf '%s\n' 1 11 2 22 >late
	run cut_in_time -s 10s --lateness 1m --exec 'echo "$STREAM_WINDOW_START $STREAM_WINDOW_REVISION $(wc -l)"' late
	[ "${lines[1]}" = "1970-01-01T00:00:00Z 1 2" ]
}

@test "a key that no variable can hold is an error, and no other window's" {
	printf 'a\0b 1\nc 1\n' >in
	run -2 --separate-stderr cut_in_time --count 1 -b 1 --exec 'echo "$STREAM_WINDOW_KEY"' in
	[ "$output" = c ]
	[ "${stderr_lines[0]}" = 'stream-window: window 0, key "a\x00b": the command is not run: no variable can hold the NUL byte of the key' ]
}

@test "an empty window's command has nothing to read" {
	run cut_in_time -s 10s --empty --exec 'wc -l' in
	[ "$(tr -d ' \n' <<<"$output")" = 2101 ]
}

@test "a command that fails is told of and counted, and the run goes on" {
	run -2 --separate-stderr cut_in_time --count 1 -b 2 --exec 'echo "$STREAM_WINDOW_KEY"; test "$STREAM_WINDOW_KEY" != b' in
	[ "${#lines[@]}" -eq 4 ]
	[ "$stderr" = 'stream-window: window 0, key "b": the command failed with exit status 1
stream-window: 1 of 4 commands failed' ]
	run -2 --separate-stderr cut_in_time --strict --count 1 --exec 'cat; exit 3' in
	[ "$output" = "1 a" ]
	[ "$stderr" = 'stream-window: window 0: the command failed with exit status 3' ]
	run -2 --separate-stderr cut_in_time --quiet -s 1h --exec 'kill -9 $$' in
	[[ $stderr == 'stream-window: window 1970-01-01T00:00:00Z: the command was killed by signal 9'* ]]
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "a command that cannot be run is told of" {
	run -2 --separate-stderr cut_in_time -s 1h --exec ./nowhere in
	[ "${stderr_lines[1]}" = 'stream-window: window 1970-01-01T00:00:00Z: the command was not found (exit status 127)' ]
	run -2 --separate-stderr cut_in_time -s 1h --exec ./in in
	[ "${stderr_lines[1]}" = 'stream-window: window 1970-01-01T00:00:00Z: the command cannot be run (exit status 126)' ]
}

@test "a command may leave its input unread" {
	seq 400000 >many
	run -0 --separate-stderr cut_in_time -s 100000s --exec 'head -n 1' many
	[ "$(tr '\n' ' ' <<<"$output")" = "1 100000 200000 300000 400000 " ]
	[ -z "$stderr" ]
	run -0 cut_in_time -s 100000s --exec : many
	[ -z "$output" ]
	run -0 cut_in_time -s 100000s --exec 'exec <&-; echo closed' many
	[ "${#lines[@]}" -eq 5 ]
}

@test "a command has ended when the shell has, whoever else holds its input" {
	seq 400000 >many
	run -0 cut_in_time -s 100000s --exec 'exec 3<&0; sleep 60 <&3 3<&- >/dev/null 2>&1 & echo $!' many
	[ "${#lines[@]}" -eq 5 ]
	kill "${lines[@]}"
}

@test "a command has none of our files, and signals as we found them" {
	[ -e /proc/self/fd ] || skip "no /proc/self/fd here"
	run -0 cut_in_time -s 1h --late late --exec 'ls -l /proc/self/fd' in
	[[ $output != *"/in"* ]]
	[[ $output != *late* ]]
	python_test <<-'END'
		signal.signal(signal.SIGPIPE, signal.SIG_DFL)
		signal.signal(signal.SIGHUP, signal.SIG_IGN)
		signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGINT])
		def found(*arguments):
		    """Blocked and ignored, but for signals 32 and 33, which are the C library's."""
		    said = subprocess.run(arguments, stdout=subprocess.PIPE, stdin=open("in"), check=True,
		        restore_signals=False, timeout=20).stdout.split()
		    return [int(mask, 16) & ~(3 << 31) for mask in said[1::2]]
		show = "exec grep -E 'SigBlk|SigIgn' /proc/self/status"
		equal(found("stream-window", "-s", "1h", "--exec", show), found("sh", "-c", show))
	END
}

@test "a command that is slow holds the stream up" {
	run -0 cut_in_time --count 1 --exec 'sleep 0.05; cat' in
	same in <(echo "$output")
}

@test "windows of a quiet pipe run their commands" {
	python_test <<-'END'
		process = subprocess.Popen(["stream-window", "-s", "200ms", "--idle", "50ms", "--exec", "cat; echo end"],
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
		write(process, b"1000.1 a\n")
		equal(process.stdout.readline() + process.stdout.readline(), b"1000.1 a\nend\n")
		process.stdin.close()
		equal(process.wait(), 0)
	END
}

@test "SIGINT and SIGTERM reach the command, then the windows that are open close" {
	python_test <<-'END'
		# No shell, which may catch a SIGINT that comes while it starts something else.
		slow = "import signal, time; signal.signal(2, signal.SIG_DFL); print(\"a\", flush=True); time.sleep(60)"
		for number in signal.SIGINT, signal.SIGTERM:
		    process = subprocess.Popen(["stream-window", "--count", "1", "--exec",
		        "read line; test $line = b && exec echo b; exec python3 -c '" + slow + "'"], stdin=subprocess.PIPE,
		        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=defaults)
		    process.stdin.write(b"a\nb\n")
		    process.stdin.close()
		    equal(process.stdout.readline(), b"a\n")
		    process.send_signal(number)
		    equal(process.stdout.read(), b"b\n")
		    equal(process.stderr.read(), b"")
		    equal(process.wait(), -number)
	END
}

@test "a second signal ends it at once" {
	python_test <<-'END'
		process = subprocess.Popen(["stream-window", "--count", "1", "--exec", "cat; sleep 60 >/dev/null"],
		    stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=defaults)
		process.stdin.write(b"a\nb\nc\n")
		process.stdin.close()
		for line in b"a\n", b"b\n":
		    equal(process.stdout.readline(), line)
		    process.send_signal(signal.SIGTERM)
		equal(process.stdout.read(), b"")
		equal(process.wait(), -signal.SIGTERM)
	END
}

@test "a reader that goes away ends the run without a word" {
	seq 100000 >many
	run -0 --separate-stderr bash -c 'timeout 20 stream-window -s 100s --exec cat many | head -n 1; echo "${PIPESTATUS[0]}"'
	[ "${lines[1]}" = 141 ]
	[ -z "$stderr" ]
}

@test "windows that wait for their command stay within --memory" {
	seq 100000 >many
	run -2 --separate-stderr cut_in_time -m 100K -s 1d --out-of-order 1d --exec cat many
	[ "$stderr" = "stream-window: many: the windows that are open do not fit in --memory: give more with -m" ]
	run -2 --separate-stderr cut_in_time -s 1d --text --exec cat many
	[ "$stderr" = "stream-window: --text and --exec do not go together" ]
}

#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016
# How tools read and write: files, pipes, signals, what goes wrong, and what is said of it.

load helpers

setup() {
	sk_setup
}

as_an_ordinary_user_would() {
	[ ! -r "$1" ] || skip "this user reads everything"
}

# a_line_of SIZE BYTE
a_line_of() {
	head -c "$1" /dev/zero | tr '\0' "$2"
	echo
}

# Inputs

@test "a missing file among good ones: the answer covers the others, one line names it, and the status is 2" {
	echo a >one
	printf 'b\na\n' >two
	run -2 --separate-stderr stream-topk one missing two
	[ "$output" = $'2\t0\ta\n1\t0\tb' ]
	one_line_said 'missing: No such file or directory'
	run -2 --separate-stderr stream-topk missing
	[ -z "$output" ]
	one_line_said 'missing: *'
}

@test "each file that cannot be read is named" {
	run -2 --separate-stderr stream-topk missing1 - missing2 <<<a
	[ "$output" = $'1\t0\ta' ]
	[ "${#stderr_lines[@]}" -eq 2 ]
	[[ ${stderr_lines[0]} == 'stream-topk: missing1: '* ]]
	[[ ${stderr_lines[1]} == 'stream-topk: missing2: '* ]]
}

@test "a directory is an input that cannot be read" {
	mkdir directory
	run -2 --separate-stderr stream-topk directory - <<<a
	[ "$output" = $'1\t0\ta' ]
	one_line_said 'directory: Is a directory'
}

@test "a file without permission is an input that cannot be read" {
	echo secret >file
	chmod 000 file
	as_an_ordinary_user_would file
	run -2 --separate-stderr stream-topk file - <<<a
	[ "$output" = $'1\t0\ta' ]
	one_line_said 'file: Permission denied'
}

@test "empty input is success without an answer" {
	: >empty
	for format in tsv json; do
		run -0 --separate-stderr stream-topk -o "$format" empty
		[ -z "$output$stderr" ]
		run -0 --separate-stderr stream-topk -o "$format" -f 3 -w 2 -b 1 --share --min-share 1% --only certain </dev/null
		[ -z "$output$stderr" ]
	done
	run -0 --separate-stderr stream-topk empty empty /dev/null
	[ -z "$output$stderr" ]
}

@test "the last record needs no newline" {
	run -0 stream-topk < <(printf 'a\nb\na')
	[ "$output" = $'2\t0\ta\n1\t0\tb' ]
	run -0 stream-topk < <(printf a)
	[ "$output" = $'1\t0\ta' ]
	run -0 stream-topk -f 2 < <(printf 'x a\ny a')
	[ "$output" = $'2\t0\ta' ]
}

@test "several files are read in turn, and a record ends where its file does" {
	printf a >one
	printf b >two
	: >empty
	printf 'a\n' >three
	run -0 stream-topk one empty two three
	[ "$output" = $'2\t0\ta\n1\t0\tb' ]
	run -0 stream-topk -f 2 <(printf 'x a') <(printf 'y b')
	[ "$output" = $'1\t0\ta\n1\t0\tb' ]
}

@test "a dash is standard input, and a second one is at its end already" {
	echo file >file
	run -0 --separate-stderr stream-topk - file - <<<$'a\na'
	[ "$output" = $'2\t0\ta\n1\t0\tfile' ]
	[ -z "$stderr" ]
	echo dash >-
	run -0 stream-topk ./-
	[ "$output" = $'1\t0\tdash' ]
}

@test "options may follow files, and -- ends them" {
	echo a >file
	echo b >-k
	run -0 stream-topk file -o json
	[ "$output" = '{"count":1,"error":0,"item":"a","exact":true}' ]
	run -0 stream-topk -- -k
	[ "$output" = $'1\t0\tb' ]
}

@test "notes about records name their file and count lines from its start" {
	printf 'a 1\n' >one
	printf 'a 1\na x\n' >two
	run -0 --separate-stderr stream-topk -f 1 -w 2 one two
	[ "$output" = $'2\t0\ta' ]
	one_line_said 'two: *line 2: "x"'
	printf 'a w\na 1\na x\n' >two
	run -0 --separate-stderr stream-topk -H -f a -w w two
	one_line_said 'two: *line 3: "x"'
}

@test "NUL bytes are bytes of a line like any other" {
	printf 'a\0b\na\0c\na\0b\n\0\n' | stream-topk >got
	printf '2\t0\ta\0b\n1\t0\t\0\n1\t0\ta\0c\n' >want
	same want got
	printf 'x\0 a\0b c\n' | stream-topk -f 2 >got
	printf '1\t0\ta\0b\n' >want
	same want got
}

@test "invalid UTF-8 goes through tsv unchanged" {
	printf '\377\n\303\n\377\n' | stream-topk >got
	printf '2\t0\t\377\n1\t0\t\303\n' >want
	same want got
}

@test "a line of 10 MB can be an item" {
	for byte in x y x; do a_line_of 10000000 "$byte"; done >in
	stream-topk in >got
	{ printf '2\t0\t' && a_line_of 10000000 x && printf '1\t0\t' && a_line_of 10000000 y; } >want
	same want got
	# shellcheck disable=SC2002
	cat in | stream-topk >got
	same want got
}

@test "of a line of 10 MB one field can be taken" {
	{ printf 'a ' && a_line_of 10000000 x && printf 'a ' && a_line_of 10000000 y; } >in
	run -0 --separate-stderr stream-topk -f 1 in
	[ "$output" = $'2\t0\ta' ]
	[ -z "$stderr" ]
	run -0 stream-topk -f 3 <<<"$(a_line_of 1000000 x) y a"
	[ "$output" = $'1\t0\ta' ]
}

@test "a record longer than a quarter of --memory is left out and reported, and the lines around it are not" {
	{ echo good && a_line_of 3000000 x && echo good; } >in
	# shellcheck disable=SC2002
	cat in >in-pipe
	run -0 --separate-stderr stream-topk -m 1M in
	[ "$output" = $'2\t0\tgood' ]
	one_line_said 'in: skipped 1 of 3 lines: *--memory*line 2: "xxx*"...'
	run -0 --separate-stderr stream-topk -m 1M < <(cat in)
	[ "$output" = $'2\t0\tgood' ]
	run -0 --separate-stderr stream-topk -m 16M in
	[[ $output == $'2\t0\tgood\n1\t0\txxx'* ]]
	[ -z "$stderr" ]
	run -0 --separate-stderr stream-topk -m 1M - in < <(a_line_of 3000000 y | tr -d '\n')
	[ "$output" = $'2\t0\tgood' ]
	[[ $stderr == *'skipped 2 of 4 lines'* ]]
}

@test "with --strict a record longer than a quarter of --memory ends the run with status 2" {
	{ echo good && a_line_of 3000000 x && echo good; } >in
	refused 'in: line 2: *--memory*' stream-topk --strict -m 1M in
}

@test "a record of exactly a quarter of --memory is counted, and one of a byte more is not" {
	{ a_line_of 262143 x && a_line_of 262144 y; } >in
	run -0 --separate-stderr stream-topk -m 1M in
	[ -z "$stderr" ]
	[ "${#lines[@]}" -eq 2 ]
	run -0 --separate-stderr stream-topk -m 1M < <(a_line_of 262144 y | tr -d '\n')
	[ "${#lines[@]}" -eq 1 ]
	run -0 --separate-stderr stream-topk -m 1M < <(a_line_of 262145 y; echo x)
	[ "$output" = $'1\t0\tx' ]
	one_line_said '*skipped 1 of 2*'
}

@test "records may lie anywhere across the edges of reads" {
	seq 200000 | awk '{ print $1 % 1000, "word", $1 % 7 }' >in
	count_items <in >want
	for size in 61 4096 262144; do
		dd if=in bs="$size" status=none | stream-topk -k all >got
		same want got
	done
	head -3000 in >short
	count_items <short >want
	dd if=short bs=1 status=none | stream-topk -k all >got
	same want got
}

@test "a FIFO is read like a file" {
	mkfifo fifo
	printf 'a\nb\na\n' >fifo &
	run -0 timeout 20 stream-topk fifo
	[ "$output" = $'2\t0\ta\n1\t0\tb' ]
	wait
}

@test "a process that waits for a FIFO's writer dies of SIGINT" {
	mkfifo fifo
	python_test <<-'END'
	def waits_in_open():
	    # Linux: the signals are handled, and the process sleeps.
	    status = open("/proc/%d/status" % process.pid).read()
	    caught = int(status.split("SigCgt:")[1].split()[0], 16)
	    return caught >> signal.SIGINT - 1 & 1 and "State:\tS" in status
	if not os.path.exists("/proc/self/status"):
	    sys.exit(0)
	process = start("fifo")
	while not waits_in_open():
	    time.sleep(0.005)
	process.send_signal(signal.SIGINT)
	equal(finish(process), (-signal.SIGINT, b"", b""))
	END
}

@test "an empty environment works" {
	run -0 --separate-stderr env -i "$SK_BIN/stream-topk" -f 1 -o text <<<'a b'
	[ "$output" = $'count  item\n    1  a' ]
	[ -z "$stderr" ]
}

# Output

@test "a full device is a failed run that names standard output" {
	[ -e /dev/full ] || skip 'no /dev/full here'
	for format in text tsv json; do
		run -2 --separate-stderr bash -c 'echo a | stream-topk -o "$1" >/dev/full' - "$format"
		one_line_said 'standard output: No space left on device'
	done
	run -2 --separate-stderr bash -c 'seq 1000000 | stream-topk -k all >/dev/full'
	one_line_said 'standard output: No space left on device'
	for option in --help --version '--completion bash'; do
		run -2 --separate-stderr bash -c "stream-topk $option >/dev/full"
		one_line_said 'standard output: No space left on device'
	done
}

@test "closed standard output is a failed run that names it" {
	run -2 --separate-stderr bash -c 'echo a | stream-topk >&-'
	one_line_said 'standard output: Bad file descriptor'
	run -2 --separate-stderr bash -c 'stream-topk --help >&-'
	one_line_said 'standard output: Bad file descriptor'
	# And no file that is opened takes its place.
	echo a >file
	run -2 bash -c 'stream-topk - <>file >&-'
	[ "$(cat file)" = a ]
}

@test "closed standard input is an input that cannot be read, and is not missed when files are named" {
	run -2 --separate-stderr bash -c 'stream-topk <&-'
	[ -z "$output" ]
	one_line_said 'standard input: Bad file descriptor'
	echo a >file
	run -0 --separate-stderr bash -c 'stream-topk file <&-'
	[ "$output" = $'1\t0\ta' ]
	[ -z "$stderr" ]
	run -2 --separate-stderr bash -c 'stream-topk file - <&-'
	[ "$output" = $'1\t0\ta' ]
}

@test "closed standard error does not mix diagnostics into the answer" {
	run -2 bash -c 'stream-topk missing - <<<a 2>&-'
	[ "$output" = $'1\t0\ta' ]
}

@test "a reader that goes away early ends the run without a word" {
	seq 300000 >in
	run -0 --separate-stderr bash -c 'stream-topk -k all in | head -1'
	[ "$output" = $'1\t0\t1' ]
	[ -z "$stderr" ]
	run -0 --separate-stderr bash -c 'stream-topk --help | head -1'
	[ -z "$stderr" ]
}

@test "a reader that goes away early is no news either where SIGPIPE is ignored" {
	seq 300000 >in
	run -0 --separate-stderr bash -c 'trap "" PIPE; stream-topk -k all in | head -1'
	[ "$output" = $'1\t0\t1' ]
	[ -z "$stderr" ]
	python_test <<-'END'
	def ignoring():
	    defaults()
	    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
	process = start("-k", "all", "in", before=ignoring)
	process.stdout.read(10)
	process.stdout.close()
	equal(process.stderr.read(), b"")
	equal(process.wait(), -signal.SIGPIPE)
	END
}

@test "a stream that does not end is left when its reader goes away" {
	run -0 --separate-stderr timeout 20 bash -c 'yes | stream-topk --every 10ms | head -1'
	[[ $output == *$'\t0\ty' ]]
	[ -z "$stderr" ]
}

# Live

@test "a line typed into a pipe is counted at once with --every" {
	python_test <<-'END'
	process = start("--every", "10ms")
	write(process, b"a\n")
	read_until(process, b"1\t0\ta\n")
	write(process, b"a\n")
	read_until(process, b"2\t0\ta\n")
	write(process, b"b\na")  # this one ends with the input
	read_until(process, b"1\t0\tb\n")
	status, output, errors = finish(process)
	equal((status, errors), (0, b""))
	equal(output[-12:], b"3\t0\ta\n1\t0\tb\n")
	END
}

@test "elsewhere than on a terminal, an empty line follows each report but the last" {
	python_test <<-'END'
	process = start("--every", "10ms", "-o", "tsv")
	write(process, b"a\n")
	read_until(process, b"1\t0\ta\n")
	equal(process.stdout.readline(), b"\n")
	_, output, _ = finish(process)
	blocks = (b"1\t0\ta\n\n" + output).split(b"\n\n")
	equal(set(blocks), {b"1\t0\ta"} | {blocks[-1]})
	equal(blocks[-1], b"1\t0\ta\n")
	END
}

@test "json rows of interim reports say so, and those of the last do not" {
	python_test <<-'END'
	process = start("--every", "10ms", "-o", "json")
	write(process, b"a\n")
	line = b'{"count":1,"error":0,"item":"a","exact":true,"interim":true}\n'
	read_until(process, line)
	status, output, errors = finish(process)
	equal((status, errors), (0, b""))
	*before, last = output.splitlines(True)
	equal(set(before) - {line}, set())
	equal(last, b'{"count":1,"error":0,"item":"a","exact":true}\n')
	END
}

@test "reports come in time while records keep coming, and are none when the input is short" {
	run -0 --separate-stderr timeout 20 bash -c 'yes | stream-topk --every 50ms -o json | sed 5q | wc -l'
	[ "$output" -eq 5 ]
	run -0 stream-topk --every 1h <<<a
	[ "$output" = $'1\t0\ta' ]
}

@test "SIGUSR1 prints an interim answer, and the run goes on" {
	python_test <<-'END'
	process = start()
	write(process, b"a\nb\na\n")
	wait_until_read(process)
	process.send_signal(signal.SIGUSR1)
	equal(read_until(process, b"\n"), [b"2\t0\ta\n", b"1\t0\tb\n", b"\n"])
	write(process, b"b\n")
	wait_until_read(process)
	process.send_signal(signal.SIGUSR1)
	equal(read_until(process, b"\n"), [b"2\t0\ta\n", b"2\t0\tb\n", b"\n"])
	equal(finish(process), (0, b"2\t0\ta\n2\t0\tb\n", b""))
	END
}

@test "SIGINT and SIGTERM print the answer so far with its notes, and the process dies of the signal" {
	python_test <<-'END'
	for number in signal.SIGINT, signal.SIGTERM:
	    process = start("-f", "1", "-w", "2")
	    write(process, b"a 1\nb x\na 2\nunfinished")
	    wait_until_read(process)
	    process.send_signal(number)
	    status = process.wait()  # although its input is still open
	    equal(status, -number)
	    equal(process.stdout.read(), b"3\t0\ta\n")
	    errors = process.stderr.read()
	    assert errors.count(b"\n") == 1 and b"line 2" in errors, errors
	END
}

@test "a shell sees 143 after SIGTERM" {
	mkfifo fifo
	stream-topk --every 10ms fifo >got &
	local pid=$!
	exec 7>fifo
	echo a >&7
	eventually grep -q a got
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ]
	exec 7>&-
	[ "$(tail -1 got)" = $'1\t0\ta' ]
}

# With -z, /dev/zero is records without end that are always there; without, it is one record without end.
dies_of_sigint_within() {
	[ -e /dev/zero ] || skip 'no /dev/zero here'
	python_test "$@" <<-'END'
	process = start("-m", "1M", *sys.argv[1:], "/dev/zero")
	try:
	    time.sleep(0.2)  # it reads, or does not yet: either way it is to end
	    process.send_signal(signal.SIGINT)
	    process.communicate(timeout=3)
	    equal(process.returncode, -signal.SIGINT)
	finally:
	    process.kill()
	END
}

@test "SIGINT is answered while input is always there" {
	dies_of_sigint_within -z
}

@test "SIGINT is answered within a record that does not end" {
	dies_of_sigint_within
}

@test "reports come while input is always there" {
	[ -e /dev/zero ] || skip 'no /dev/zero here'
	run -0 timeout -s KILL 4 bash -c 'stream-topk -z --every 10ms /dev/zero | sed 5q'
	[ "${#lines[@]}" -ge 3 ]
}

@test "reports come within a record that does not end" {
	run -0 timeout -s KILL 4 bash -c '(echo a; cat /dev/zero) | stream-topk -m 1M --every 10ms | sed 5q'
	[ "$(grep -c '^1	0	a$' <<<"$output")" -ge 2 ]
}

@test "SIGINT and SIGTERM that are ignored at the start stay ignored" {
	python_test <<-'END'
	def ignoring():
	    defaults()
	    signal.signal(signal.SIGINT, signal.SIG_IGN)
	    signal.signal(signal.SIGTERM, signal.SIG_IGN)
	process = start("--every", "10ms", before=ignoring)
	write(process, b"a\n")
	read_until(process, b"1\t0\ta\n")
	process.send_signal(signal.SIGINT)
	process.send_signal(signal.SIGTERM)
	write(process, b"a\n")
	read_until(process, b"2\t0\ta\n")
	status, output, errors = finish(process)
	equal((status, output[-6:], errors), (0, b"2\t0\ta\n", b""))
	END
}

# The command line

@test "wrong options end the run with status 2 and one line that names them" {
	refused '*--nonsense*' stream-topk --nonsense
	refused '*-Q*' stream-topk -Q
	refused '*--top*' stream-topk -k
	refused '*--memory*' stream-topk --memory
	refused '*--share*' stream-topk --share=1
	refused '--top "x"*' stream-topk -k x
	refused '--top "0"*' stream-topk -k 0
	refused '--top "-1"*' stream-topk -k -1
	refused '--top "1.5"*' stream-topk --top 1.5
	refused '--top ""*' stream-topk --top=
	refused '--field "0"*' stream-topk -f 0
	refused '--field "1,,2"*' stream-topk -f 1,,2
	refused '--field ""*' stream-topk -f ''
	refused '--field "3-2"*' stream-topk -f 3-2
	refused '--field "1000001"*' stream-topk -f 1000001
	refused '*--field*last*' stream-topk -f 2-,1
	refused '*--by*last*' stream-topk -b 2-,1
	refused '*--weight*one field*' stream-topk -w 1,2
	refused '*--header*' stream-topk -b name
	refused '*--header*' stream-topk -w name
	refused '--delimiter "ab"*' stream-topk -d ab
	refused '--delimiter ""*' stream-topk -d ''
	refused '*--delimiter*' stream-topk -z -d '\0'
	refused '--output "xml"*text tsv json*' stream-topk -o xml
	refused '--input "xml"*' stream-topk -i xml
	refused '--only "maybe"*certain possible*' stream-topk --only maybe
	refused '--min-share "2"*' stream-topk --min-share 2
	refused '--min-share "101%"*' stream-topk --min-share 101%
	refused '--min-share "-0.1"*' stream-topk --min-share -0.1
	refused '--error "x"*' stream-topk -e x
	refused '--every "10"*' stream-topk --every 10
	refused '--every "0s"*' stream-topk --every 0s
	refused '--every "1s2"*' stream-topk --every 1s2
	refused '--every "99999999999h"*' stream-topk --every 99999999999h
	refused '--completion "tcsh"*' stream-topk --completion tcsh
}

@test "a wrong option is found before any input is waited for" {
	mkfifo fifo
	run -2 timeout 20 stream-topk fifo -k x
}

@test "options may be written in any of the ways that getopt_long knows" {
	for options in '-k 1' '-k1' '--top 1' '--top=1' '-k 1 --qui'; do
		# shellcheck disable=SC2086 # words
		run -0 stream-topk $options <<<$'a\nb'
		[ "$output" = $'1\t0\ta' ]
	done
	run -0 stream-topk -zk1 < <(printf 'a\0b\0')
	[ "$output" = $'1\t0\ta' ]
}

@test "--help and --version go to standard output, with status 0" {
	for option in -h --help; do
		run -0 --separate-stderr stream-topk "$option"
		[[ ${lines[0]} == 'Usage: stream-topk '* ]]
		[ -z "$stderr" ]
		[ "$(awk 'length > 79' <<<"$output")" = '' ]
	done
	for option in -V --version; do
		run -0 --separate-stderr stream-topk "$option"
		[[ $output =~ ^stream-topk\ .*[0-9]+\.[0-9]+\.[0-9]+$ ]]
		[ -z "$stderr" ]
	done
}

@test "no escape code comes out where standard output is no terminal, whatever the terminal" {
	for format in text tsv json; do
		# 20 ms of reports, and the last.
		run -0 timeout 20 bash -c '(seq 1000; yes x | head -2000000) | TERM=xterm-256color stream-topk --every 5ms -o "$1"' - "$format"
		[[ $output != *$'\033'* ]]
		[[ $output == *2000000* ]]
	done
}

@test "where nothing could be read there is no answer, not even of nothing" {
	for tool in 'stream-topk' 'stream-distinct' 'stream-quantile --summary' 'stream-distinct -S'; do
		# shellcheck disable=SC2086 # words
		run -2 --separate-stderr $tool missing
		[ -z "$output" ] && [ "${#stderr_lines[@]}" -eq 1 ]
	done
	echo 1 >one
	run -2 --separate-stderr stream-distinct missing one
	[ "$output" = '1	1	1' ]
}

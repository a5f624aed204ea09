#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016
# -o: what other programs read, read by these programs.

load helpers

setup() {
	sk_setup
	# Names that are hard on somebody: quotes, commas, tabs, backslashes, blanks, equals signs, none at all, UTF-8.
	printf '%s\n' 'plain' "it's" '"quoted"' 'a,b' "tab${TAB}bed" 'back\slash' "end\\" ' blanks ' 'k=v' '' 'größe' '日本' "it's" \
		'{curly}' '$(echo no)' '--' '%s' >hard
}

teardown_file() {
	[ -e "$BATS_FILE_TMPDIR/pg" ] || return 0
	data=$(readlink "$BATS_FILE_TMPDIR/pg")
	[ ! -s "$data/postmaster.pid" ] || as_postgres "$(pg_programs)/pg_ctl" -D "$data" -m immediate stop >/dev/null
	rm -rf "$data"
}

# The items of FILE in JSON, one list: what readers have to give back.
wanted() {
	python3 -c '
import collections, json, sys
print(json.dumps(sorted(collections.Counter(open(sys.argv[1], newline="\n").read().split("\n")[:-1]).items())))' "$1"
}

@test "python reads csv and json back as they were" {
	need python3
	wanted hard >want
	stream-topk -k all -o csv hard | python3 -c '
import csv, json, sys
rows = list(csv.DictReader(sys.stdin))
print(json.dumps(sorted((row["item"], int(row["count"])) for row in rows)))' >got
	same want got
	stream-topk -k all -o json hard | python3 -c '
import json, sys
print(json.dumps(sorted((row["item"], row["count"]) for row in map(json.loads, sys.stdin))))' >got
	same want got
}

@test "csv has newlines within quotes, names the parts of keys, and has its names once for all windows" {
	printf 'a\nb\0c"d\0' | stream-topk -z -o csv >got
	printf 'count,error,item\n1,0,"a\nb"\n1,0,"c""d"\n' | same - got
	run -0 stream-distinct -d , -b 1,2 -f 3 -o csv <<<'x,y,z'
	[ "${lines[0]}" = key1,key2,count,low,high ]
	printf '%s a\n' 0 1 2 3 | stream-window -s 1s --time-unit s | stream-distinct -f 2 -o csv >got
	[ "$(grep -c start got)" = 1 ]
	[ "$(wc -l <got)" = 5 ]
}

# From an answer of format $1 on standard input, its items as they were: each format's own escapes undone, then \xHH.
UNHEX='
import re, sys
answer, how = sys.stdin.buffer.read(), sys.argv[1]
if how == "text":
    items = [line[7:] for line in answer.split(b"\n")[1:-1]]
elif how == "prom":
    items = re.findall(rb"^stream_topk\{item=\"((?:[^\"\\]|\\.)*)\"\}", answer, re.M)
    items = [re.sub(rb"\\(.)", lambda found: b"\n" if found[1] == b"n" else found[1], item) for item in items]
elif how == "influx":
    items = re.findall(rb"^stream_topk,item=((?:[^\\ ]|\\[^ ]|\\ )*) count=", answer, re.M)
    items = [re.sub(rb"\\([,= ])", rb"\1", item) for item in items]
else:
    items = [item.replace(b"\x27\x27", b"\x27") for item in re.findall(rb"^\(1, 0, \x27((?:[^\x27]|\x27\x27)*)\x27, ", answer, re.M)]
items = [re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), item) for item in items]
sys.stdout.buffer.write(b"".join(item + b"\0" for item in sorted(items)))'

@test "bytes written as \\xHH and these four characters are two things, in every format, and can be had back" {
	need python3
	printf '%s\0' '\xff' '\x5cxff' '\x00' '\XFF' '\xFF' '\\xff' '\\\x41' '\xf' '\x' 'x5c' '\' "a'b" >odd
	printf '%b' '\0377\0000' '\\\0377\0000' 'a\nb\0000' 'a\rb\0000' 'a\\x0ab\0000' 'a\\x0db\0000' '\\x5c\0000' 'a\0033\0000' \
		'a\\x1b\0000' 'a\\,b\0000' 'a\\nb\0000' '\\x\0377\0000' >>odd
	python3 -c 'import sys; sys.stdout.buffer.write(b"".join(x + b"\0" for x in sorted(open("odd", "rb").read().split(b"\0")[:-1])))' >want
	for format in text prom influx sql; do
		stream-topk -z -k all -o "$format" odd | python3 -c "$UNHEX" "$format" >got
		cmp want got
	done
	# NUL in items, which lines may have.
	printf 'a\\x00b\na\0b\n' >nul
	python3 -c 'import sys; sys.stdout.buffer.write(b"a\0b\0a\\x00b\0")' >want
	for format in text prom influx sql; do
		stream-topk -o "$format" nul | python3 -c "$UNHEX" "$format" | cmp want -
	done
}

@test "a backslash that stands before x and two digits is \\x5c, in items and in keys" {
	printf '\377\n\\xff\n\\xff\n\\x5cxff\n' >items
	run -0 stream-topk -o prom items
	[ "${lines[2]}" = 'stream_topk{item="\\x5cxff"} 2' ]
	[ "${lines[3]}" = 'stream_topk{item="\\x5cx5cxff"} 1' ]
	[ "${lines[4]}" = 'stream_topk{item="\\xff"} 1' ]
	stream-topk -o text items | same <(printf '%s\n' 'count  item' '    2  \x5cxff' '    1  \x5cx5cxff' '    1  \xff') -
	stream-topk -o sql items | grep -qxF "(2, 0, '\\x5cxff', TRUE),"
	stream-topk -o json items | same <(printf '{"count":%d,"error":0,"item":"%s","exact":true}\n' 2 '\\xff' 1 '\\x5cxff' 1 '\udcff') -
	LC_ALL=C stream-topk --plot=ascii items | awk '{ print $1 }' | same <(printf '%s\n' '\x5cxff' '\x5cx5cxff' '\xff') -
	stream-distinct -b 1 -o prom items | grep '^stream_distinct{' |
		same <(printf 'stream_distinct{key="%s"} 1\n' '\\x5cx5cxff' '\\x5cxff' '\\xff') -
	stream-distinct -b 1 -o influx items | cut -d ' ' -f 1 |
		same <(printf 'stream_distinct,key=%s\n' '\x5cx5cxff' '\x5cxff' '\xff') -
	stream-distinct -b 1 -o text items | sed 's/ .*//' | same <(printf '%s\n' key '\x5cx5cxff' '\x5cxff' '\xff') -
}

# Items with carriage returns, behind their lengths.
returns() {
	printf '\0\0\0\4a\r\nb\0\0\0\6a\\x0db\0\0\0\2b\r'
}

@test "sqlite3 takes sql, and has what there was" {
	need sqlite3 python3
	wanted hard >want
	{ stream-topk -k all -o sql hard; echo 'SELECT item, count FROM stream_topk;'; } | sqlite3 -json >rows
	python3 -c 'import json, sys
print(json.dumps(sorted((row["item"], row["count"]) for row in json.load(sys.stdin))))' <rows >got
	same want got
	# Carriage returns are where they were, also in front of a newline, and are told from what stands for them.
	returns >items.be32
	printf '%s\n' '1|615C7830640A62' '1|615C78356378306462' '1|625C783064' >want
	{ stream-topk -k all -i be32 -o sql items.be32; echo 'SELECT count, hex(item) FROM stream_topk ORDER BY item;'; } |
		sqlite3 | same want -
	# More rows than are inserted at once, into a table that is there already.
	seq 1234 | stream-topk -k all -o sql >numbers.sql
	[ "$(cat numbers.sql numbers.sql - <<<'SELECT count(*), sum(item) FROM stream_topk;' | sqlite3)" = "2468|$((1234 * 1235))" ]
	[ "$({ printf '1 1.5\n1 2\n' | stream-topk -f 1 -w 2 -o sql; echo 'SELECT count FROM stream_topk;'; } | sqlite3)" = 3.5 ]
	[ "$({ stream-quantile -o sql </dev/null; echo 'SELECT count(*) FROM stream_quantile;'; } | sqlite3)" = 0 ]
	[ "$({ printf 'inf\nnan\n' | stream-quantile -q 1 -o sql 2>/dev/null
		echo 'SELECT value IS NULL FROM stream_quantile;'; } | sqlite3)" = 1 ]
}

@test "duckdb takes sql" {
	need duckdb python3
	wanted hard >want
	{ stream-topk -k all -o sql hard; echo 'SELECT item, count FROM stream_topk;'; } | duckdb -json >rows
	python3 -c 'import json, sys
print(json.dumps(sorted((row["item"], row["count"]) for row in json.load(sys.stdin))))' <rows >got
	same want got
	{ returns | stream-topk -k all -i be32 -o sql; echo "SELECT count, hex(encode(item)) AS item FROM stream_topk ORDER BY 2;"; } |
		duckdb -csv -noheader | tr , '|' >got
	printf '%s\n' '1|615C7830640A62' '1|615C78356378306462' '1|625C783064' | same - got
	printf '%s a\n' 0 1 2 | stream-window -s 1s --time-unit s | stream-distinct -f 2 -o sql >windows.sql
	[ "$({ cat windows.sql; echo 'SELECT max("end") = TIMESTAMPTZ '\''1970-01-01T00:00:03Z'\'' FROM stream_distinct;'; } |
		duckdb -list -noheader)" = true ]
}

# PostgreSQL does not run as root.
as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		su postgres -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
	else
		"$@"
	fi
}

pg_programs() {
	local directory

	for directory in /usr/lib/postgresql/*/bin; do
		[ ! -x "$directory/initdb" ] || echo "$directory"
	done | tail -1
}

start_postgres() {
	local data

	[ -n "$(pg_programs)" ] || skip "no PostgreSQL here"
	[ "$(id -u)" != 0 ] || id postgres >/dev/null 2>&1 || skip "PostgreSQL does not run as root"
	# Directories above may be closed to the user that PostgreSQL runs as, and a socket's name has 107 bytes.
	data=$(mktemp -d /tmp/sk-pg.XXXXXX)
	ln -s "$data" "$BATS_FILE_TMPDIR/pg"
	[ "$(id -u)" != 0 ] || chown postgres "$data"
	as_postgres "$(pg_programs)/initdb" -A trust -U postgres -E UTF8 --locale=C.UTF-8 -N -D "$data" >/dev/null 2>&1 ||
		skip "PostgreSQL cannot be started here"
	as_postgres "$(pg_programs)/pg_ctl" -D "$data" -o "-k $data -c listen_addresses= -c fsync=off" -l "$data/log" -w start \
		>/dev/null || skip "PostgreSQL cannot be started here"
}

@test "psql takes sql" {
	need psql python3
	start_postgres
	wanted hard >want
	{ stream-topk -k all -o sql hard; echo "SELECT json_agg(json_build_array(item, count)) FROM stream_topk;"; } |
		psql -qAt -v ON_ERROR_STOP=1 -h "$BATS_FILE_TMPDIR/pg" -U postgres >rows
	python3 -c 'import json, sys
print(json.dumps(sorted(json.load(sys.stdin))))' <rows >got
	same want got
	{ echo 'DROP TABLE stream_topk;'; returns | stream-topk -k all -i be32 -o sql
		echo "SELECT count, upper(encode(convert_to(item, 'UTF8'), 'hex')) FROM stream_topk ORDER BY 2;"; } |
		psql -qAt -v ON_ERROR_STOP=1 -h "$BATS_FILE_TMPDIR/pg" -U postgres >got
	printf '%s\n' '1|615C7830640A62' '1|615C78356378306462' '1|625C783064' | same - got
	printf '%s a\n' 0 1 2 | stream-window -s 1s --time-unit s | stream-distinct -f 2 -o sql >windows.sql
	echo 'SELECT extract(epoch FROM max("end"))::int FROM stream_distinct;' >>windows.sql
	[ "$(psql -qAt -v ON_ERROR_STOP=1 -h "$BATS_FILE_TMPDIR/pg" -U postgres <windows.sql)" = 3 ]
}

@test "promtool finds nothing wrong with prom" {
	need promtool
	stream-topk -k all -o prom hard | promtool check metrics
	stream-topk -k all --share -b 1 -o prom hard | promtool check metrics
	stream-distinct -b 1 -o prom hard | promtool check metrics
	for question in '-q 0,0.5,1' '--rank 1,2,inf' --summary '--histogram 4' '--histogram 4 --log'; do
		# shellcheck disable=SC2086 # words
		seq 100 | stream-quantile $question -o prom | promtool check metrics
		# shellcheck disable=SC2086 # words
		printf '%s\n' -inf -1 0 0.5 9007199254740993 inf | stream-quantile $question -o prom | promtool check metrics
		# shellcheck disable=SC2086 # words
		seq 100 | awk '{ print $1 % 3, $1 }' | stream-quantile -b 1 -f 2 $question -o prom | promtool check metrics
	done
}

@test "prom: a metric stands together, its help once, and a summary has sum and count" {
	seq 4 | awk '{ print $1 % 2, $1 }' | stream-quantile -b 1 -f 2 -q 0.5 -o prom >got
	[ "$(grep -c '^# HELP stream_quantile ' got)" = 1 ]
	grep -qx 'stream_quantile{key="0",quantile="0.5"} 2' got
	grep -qx 'stream_quantile_sum{key="1"} 4' got
	grep -qx 'stream_quantile_count{key="1"} 2' got
	# Bounds are under the same labels, without a sum or a count of their own.
	grep -qx '# TYPE stream_quantile_low summary' got
	grep -qx 'stream_quantile_low{key="0",quantile="0.5"} 2' got
	grep -qx 'stream_quantile_high{key="1",quantile="0.5"} 1' got
	[ "$(grep -c '_sum\|_count' got)" = 4 ]
	[ "$(tail -c 1 got | od -An -tx1)" = ' 0a' ]
	awk '!/^#/ { sub(/(_sum|_count)?[{ ].*/, ""); if ($0 != last && ($0 in seen)) exit 1; seen[$0]; last = $0 }' got
}

# A reader of the line protocol, by its documentation.
INFLUX='
import re, sys
def cut(text, separator):
    return re.split(r"(?<!\\)" + separator, text)
def plain(text):
    return re.sub(r"\\([,= ])", r"\1", text)
for line in sys.stdin.buffer.read().decode().split("\n")[:-1]:
    head, fields, *time = cut(line, " ")
    name, *tags = cut(head, ",")
    tags = dict(map(plain, cut(tag, "=")) for tag in tags)
    fields = dict(cut(field, "=") for field in cut(fields, ","))
    assert all(re.fullmatch(r"-?\d+i|-?\d+(\.\d+)?(e[-+]?\d+)?|true|false", value) for value in fields.values()), fields
    print(name, tags.get("item", ""), fields["count"], *time, sep="\t")'

@test "influx: tags come back, counts are whole numbers, and windows have their time" {
	need python3
	grep -v 'end' hard | stream-topk -k all -o influx | python3 -c "$INFLUX" | sort >got
	grep -v 'end' hard | sort | uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/stream_topk\t\2\t\1i/' | sort >want
	same want got
	run -0 stream-topk -o influx <<<"end\\"
	[ "$output" = 'stream_topk,item=end\x5c count=1i,error=0i,exact=true' ]
	printf '%s a\n' 0.5 61 | stream-window -s 1m --time-unit s | stream-distinct -f 2 -o influx >got
	printf 'stream_distinct count=1i,low=1i,high=1i,exact=true %s\n' 0 60000000000 | same - got
}

@test "prom has one answer at a time, and pictures are no answers for a file" {
	refused '*--every*--output-file*' stream-topk -o prom --every 1s </dev/null
	seq 3 | stream-topk -o prom --every 1s --output-file answer
	grep -q '^stream_topk{item="1"} 1$' answer
	refused '*--plot*--output-file*' stream-topk --plot=svg --output-file picture </dev/null
	[ ! -e picture ]
}

@test "sql has no place for interim answers" {
	refused '*--every*' stream-topk -o sql --every 1s </dev/null
}

# --- --output-file ---

# left NAME...: the files of this directory are these, with nothing beside them.
left() {
	printf '%s\n' "$@" | sort | diff - <(find . -mindepth 1 -maxdepth 1 ! -name hard ! -name 'separate-stderr-*' | sed 's|^[.]/||' | sort)
}

@test "--output-file: the answer goes there as a whole, and nothing to standard output" {
	seq 5 | stream-topk >want
	run -0 stream-topk --output-file got < <(seq 5)
	[ -z "$output" ]
	same want got
	# Who has it open reads the old one on.
	exec 8<got
	seq 6 | stream-topk -o json --output-file got
	[ "$(wc -l <got)" = 6 ]
	same want - <&8
	seq 3 | stream-distinct -S --output-file sketch
	[ "$(stream-distinct sketch)" = "3${TAB}3${TAB}3" ]
	seq 3 | stream-distinct --output-file - >got
	[ "$(cat got)" = "3${TAB}3${TAB}3" ]
	left want got sketch
}

@test "--output-file: modes are those of the old file, or the usual ones, and links stay" {
	(umask 027 && stream-distinct --output-file new </dev/null)
	[ "$(ls -l new | cut -c 1-10)" = -rw-r----- ]
	echo old >kept
	chmod 604 kept
	mkdir elsewhere
	ln -s ../kept elsewhere/link
	stream-distinct --output-file elsewhere/link </dev/null
	[ -L elsewhere/link ]
	[ "$(ls -l kept | cut -c 1-10)" = -rw----r-- ]
	[ "$(cat kept)" = "0${TAB}0${TAB}0" ]
	ln -s nowhere dangling
	stream-distinct --output-file dangling </dev/null
	[ -s nowhere ]
	left new kept elsewhere dangling nowhere
}

@test "--output-file: what fails leaves the old file, and what cannot be replaced is refused at once" {
	echo old >kept
	refused 'none: *' stream-topk --output-file kept none
	refused '*needs more than --memory' stream-topk --exact -m 16K --output-file kept < <(seq 100000)
	[ "$(cat kept)" = old ]
	refused 'none/file: the answer could not be written: *' stream-topk --output-file none/file
	refused '.: not a regular file*' stream-topk --output-file .
	ln -s loop loop
	refused 'loop: *' stream-topk --output-file loop
	# An answer without what could not be read is an answer.
	run -2 stream-distinct --output-file kept <(seq 4) none
	[ "$(cat kept)" = "4${TAB}4${TAB}4" ]
	left kept loop
}

@test "--output-file: what is no regular file, or is open already, is written to" {
	stream-topk <<<a >want
	for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 "$PWD/link"; do
		[[ $name != /proc/* || -d /proc/self/fd ]] || continue
		ln -sf /dev/stdout link
		# A file that is open is not replaced, and what stands in it stays.
		rm -f got
		echo old >got
		stream-topk --output-file "$name" <<<a >>got
		{ echo old && cat want; } | same - got
		stream-topk --output-file "$name" <<<a | same want -
		stream-topk -S --output-file "$name" <<<a | stream-topk | same want -
	done
	stream-topk --output-file /dev/stderr <<<a 2>got
	same want got
	stream-topk --output-file /dev/fd/5 <<<a 5>got
	same want got
	stream-topk --output-file /dev/stderr <<<a 2>&1 >got | same want -
	[ ! -s got ]
	stream-topk --output-file /dev/null <<<a
	[ -c /dev/null ]
	mkfifo pipe
	stream-topk --output-file pipe <<<a &
	same want pipe
	wait $!
	[ -p pipe ]
	refused '/dev/fd/7: the answer could not be written: *' stream-topk --output-file /dev/fd/7 <<<a
	[ ! -c /dev/full ] || refused '/dev/full: No space left on device' stream-topk --output-file /dev/full <<<a
	# Interim answers follow each other, as on standard output.
	python_test <<'END'
process = start("--every", "20ms", "--output-file", "/dev/stdout")
write(process, b"a\n")
read_until(process, b"\n")
write(process, b"a\n")
read_until(process, b"2\t0\ta\n")
assert finish(process)[1].endswith(b"2\t0\ta\n")
master, slave = os.openpty()
process = subprocess.run(["stream-topk", "-S", "--output-file", "/dev/stdout"], stdin=subprocess.DEVNULL, stdout=slave, stderr=subprocess.PIPE)
assert process.returncode == 2 and b"no good on a terminal" in process.stderr, process
import socket
ours, theirs = socket.socketpair()
subprocess.run(["stream-topk", "--output-file", "/dev/stdout"], input=b"a\n", stdout=theirs, check=True)
equal(ours.recv(100), b"1\t0\ta\n")
END
	left want got link pipe
}

# has TEXT FILE: the file is this line, all of it.
has() {
	[ -e "$2" ] && [ "$(cat "$2")" = "$1" ]
}

@test "--output-file: each interim answer replaces it, and so does the one of a signal" {
	mkfifo in
	stream-distinct --output-file got <in &
	exec 8>in
	# More than a pipe holds: once it is written, it is being read, and signals are listened to.
	yes a | head -n 100000 >&8
	while ! has "1${TAB}1${TAB}1" got; do kill -USR1 $!; sleep 0.05; done
	echo b >&8
	while ! has "2${TAB}2${TAB}2" got; do kill -USR1 $!; sleep 0.05; done
	kill -TERM $!
	wait $! || [ $? = 143 ]
	exec 8>&-
	has "2${TAB}2${TAB}2" got
	rm got
	stream-distinct --every 20ms -o json --output-file got <in &
	exec 8>in
	echo a >&8
	eventually has '{"count":1,"low":1,"high":1,"exact":true,"interim":true}' got
	exec 8>&-
	wait $!
	has '{"count":1,"low":1,"high":1,"exact":true}' got
	left in got
}

@test "--output-file: rows of windows gather, and those under way stand behind them for as long as they are" {
	printf '%s a\n' 0 1 2 3 | stream-window -s 1s --time-unit s >frames
	stream-distinct -f 2 frames >want
	stream-distinct -f 2 --output-file got frames
	same want got
	mkfifo in
	{ stream-window -s 1s --time-unit s <in; } | stream-distinct -f 2 --every 20ms -o csv --output-file got &
	exec 8>in
	printf '%s a\n' 0 1 >&8
	eventually grep -q '^1970-01-01T00:00:01Z,1970-01-01T00:00:02Z,1,' got
	grep -q '^1970-01-01T00:00:00Z,1970-01-01T00:00:01Z,1,' got
	printf '%s a\n' 1 2 3 >&8
	exec 8>&-
	wait $!
	stream-distinct -f 2 -o csv <(printf '%s a\n' 0 1 1 2 3 | stream-window -s 1s --time-unit s) >want
	same want got
	left want got in frames
}

@test "prom holds one window: a file is replaced by each, and standard output ends at the second" {
	printf '%s a\n' 0 1 1 2 3 | stream-window -s 1s --time-unit s >frames
	run -2 --separate-stderr stream-topk -f 2 -o prom frames
	[ "$stderr" = 'stream-topk: -o prom holds one window, and this is the second: --output-file FILE is replaced with each' ]
	[ "$(grep -c '# HELP stream_topk ' <<<"$output")" = 1 ]
	stream-topk -f 2 -o prom --output-file got frames
	[ "$(grep -c '# HELP stream_topk ' got)" = 1 ]
	stream-topk -f 2 -o prom --windows whole --output-file got <(printf '%s a\n' 0 1 1 2 3 | stream-window -s 1s --time-unit s)
	grep -q 'stream_topk{item="a"} 5' got
	mkfifo in
	stream-window -s 1s --time-unit s <in | stream-topk -f 2 -o prom --output-file got &
	exec 8>in
	printf '%s a\n' 7 7 7 8 >&8
	eventually grep -q 'stream_topk{item="a"} 3' got
	exec 8>&-
	wait $!
	grep -q 'stream_topk{item="a"} 1' got
	left frames got in
}

# --- --human ---

@test "--human: thousands stand apart, and bounds are behind the number, in per cent" {
	run -0 stream-distinct --human < <(seq 1234567)
	[ "${lines[0]}" = '    count' ]
	[[ "${lines[1]}" =~ ^1,[0-9]{3},[0-9]{3}\ ±\ [01]\.[0-9]{2}\ %$ ]]
	# Rounded up, so that it is never none.
	run -0 stream-quantile -q 0.5,0.99 --human < <(seq 1200000)
	[[ "${lines[2]}" =~ ^0.99\ +1,18[0-9],[0-9]{3}\ ±\ 0\.0[1-9]\ %$ ]]
	# Below each other, with their points and signs.
	awk 'BEGIN { for (i = 0; i < 60000; i++) print i % 5 ? i % 7 : (i * 7919) % 100003 }' |
		stream-quantile -q 0.5,0.85,0.99 -m 32K --human >got
	[ "$(awk '{ sub(/[^±]*/, "&"); n = index($0, "±"); if (n > 0) print n }' got | sort -u | wc -l)" = 1 ]
}

@test "--human: what is exact has no bounds" {
	run -0 stream-distinct --human < <(seq 12345)
	[ "$output" = ' count
12,345' ]
	run -0 stream-quantile -q 0.5 --human <<<-1234567.25
	[ "$output" = '  q          value
0.5  -1,234,567.25' ]
	run -0 stream-topk --human -f 1 -w 2 <<<$'a 123456\nb 999.5'
	[ "$output" = '    count  item
123,456    a
    999.5  b' ]
	run -0 stream-quantile -q 0.5 --human < <(printf '%s\n' 100 -100 1e300 -999 1e3 1e15)
	[ "${lines[1]}" = '0.5    100' ]
}

@test "--human: decimals end where nobody reads on" {
	run -0 stream-quantile --summary --human <<<$'1\n2\n4000'
	[ "$(tr -s ' ' <<<"${lines[1]}")" = ' 3 1 4,000 1,334.33333 2,308.53511 1 2 4,000' ]
	run -0 stream-quantile -q 0,0.3,0.6,1 --human <<<$'123456789.75\n12345678901.25\n1e-7\ninf'
	[ "$(awk '{ print $2 }' <<<"$output" | tr '\n' ' ')" = 'value 1e-07 123,456,790 12,345,678,901 inf ' ]
}

@test "--human is for text alone" {
	refused '--human is about text*' stream-topk --human -o json
	stream-topk --human -o text <<<a
}

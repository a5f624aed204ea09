#!/usr/bin/env bats
# shellcheck disable=SC2154
# Keys: whatever is in their parts, in sketches, states and windows.

load helpers

setup() {
	sk_setup
}

# keys: what json rows on standard input have for a key, sorted.
keys() {
	python3 -c 'import json, sys
print(sorted(json.loads(line)["key"] for line in sys.stdin.buffer))'
}

@test "a key of several parts holds any bytes, and is read back as it was" {
	need python3
	python3 - <<-'END'
		import csv, json
		parts = ["", "\t", "a\tb", "\x1f", "a\x1fb", "new\nline", "\0", "x" * 300, "y\t" * 35000, "\x01\x02", '"', ","]
		rows = [["2025-01-01T00:00:00Z", u, v, "1"] for u in parts for v in (parts if len(u) < 70000 else ["", "z"])]
		with open("in.csv", "w", newline="") as file:
		    csv.writer(file, lineterminator="\n").writerows(rows)
		with open("in.json", "w") as file:
		    file.writelines(json.dumps(dict(zip("tuvn", row))) + "\n" for row in rows)
		with open("in.be32", "wb") as file:
		    for row in rows:
		        record = ";".join(row[1:]).encode()
		        file.write(len(record).to_bytes(4, "big") + record)
		print(sorted(row[1:3] for row in rows), file=open("want", "w"))
	END
	for format in csv json; do
		fields=("2,3" 4 1)
		[ "$format" = csv ] || fields=("u,v" n t)
		for tool in stream-topk stream-distinct 'stream-quantile -q 1'; do
			$tool -i "$format" -b "${fields[0]}" -f "${fields[1]}" -o json "in.$format" | keys >got
			same want got
			$tool -i "$format" -b "${fields[0]}" -f "${fields[1]}" -S "in.$format" >in.sk
			$tool -b 1,2 -o json in.sk | keys >got
			same want got
			$tool -b 1,2 -S in.sk | cmp - in.sk
			rm -f state
			$tool -i "$format" -b "${fields[0]}" -f "${fields[1]}" --state state "in.$format" >/dev/null
			$tool -b 1,2 -o json state | keys >got
			same want got
			stream-window -s 1m -i "$format" -t "${fields[2]}" "in.$format" |
				$tool -b "${fields[0]}" -f "${fields[1]}" -S | $tool -b 1,2 -o json | keys >got
			same want got
			stream-window --session 10s -i "$format" -t "${fields[2]}" -b "${fields[0]}" "in.$format" |
				$tool -f "${fields[1]}" -S | $tool -o json | keys >got
			same want got
		done
		stream-dump -o json in.sk | grep '"type":"sketch"' | keys >got
		same want got
	done
	[ "$(stream-distinct -i be32 -d ';' -b 1,2 -f 3 -S in.be32 | stream-distinct -b 1,2 | wc -l)" = 134 ]
}

@test "parts that are no UTF-8 are kept, and keys with tabs or newlines are in lines of base64 as in tsv" {
	printf 'a\xff\tb,\xc3,1\n' >in
	stream-topk -d , -b 1,2 -f 3 -S in | stream-topk -b 1,2 >got
	printf 'a\xff\\tb\t\xc3\t1\t0\t1\n' >want
	same want got
	stream-topk -d , -b 1,2 -f 3 -S --base64 in | stream-topk -i base64 -b 1,2 | same want -
	stream-topk -d , -b 2,1 -f 3 -S --base64 in | stream-topk -i base64 -b 1,2 >got
	printf '\xc3\ta\xff\\tb\t1\t0\t1\n' >want
	same want got
	printf '"a\nb",1\n' >in
	stream-topk -i csv -b 1 -f 2 -S --base64 in >lines
	[ "$(wc -l <lines)" = 1 ]
	[ "$(stream-topk -i base64 -b 1 lines)" = "a\\nb${TAB}1${TAB}0${TAB}1" ]
}

# Events: a time, a bed, a kind of alarm, and a number.
alarms() {
	awk 'BEGIN { for (i = 0; i < 400; i++)
		print 1763805600 + 3 * i + 40 * int(i / 30), "bed" i * 7 % 3, "kind" int(i * 13 / 5) % 4, i % 17 }'
}

@test "windows that have keys are answered for by other keys within them" {
	alarms >events
	for cut in '--session 20s' '--count 25' '-s 5m'; do
		by=2 kinds=3
		[ "$cut" != '-s 5m' ] || by='' kinds=2,3
		for tool in 'stream-topk -k all' stream-distinct 'stream-quantile -q 0.5,1'; do
			# shellcheck disable=SC2086
			{
				stream-window $cut ${by:+-b $by} events | $tool -b $kinds -f 4 >got
				# What is cut by both and answered for by one has the same rows, but for sessions, which are then others.
				[ -s got ]
				stream-window $cut ${by:+-b $by} events | $tool -b $kinds -f 4 -S >in.sk
				$tool in.sk >rows
				LC_ALL=C sort got | same - <(LC_ALL=C sort rows)
				$tool -b 1,2 in.sk | same rows -
				rm -f state
				stream-window $cut ${by:+-b $by} events | $tool -b $kinds -f 4 --state state | same got -
				$tool state | same rows -
			}
		done
	done
	# Each bed's own: its events alone, without its key.
	stream-window --session 20s -b 2 events | stream-topk -k all -b 3 -f 4 >got
	for bed in bed0 bed1 bed2; do
		grep "$bed" events | stream-window --session 20s | stream-topk -k all -b 3 -f 4 >want
		[ -s want ]
		awk -F '\t' -v OFS='\t' -v bed="$bed" '$3 == bed { print $1, $2, $4, $5, $6, $7 }' got | same want -
	done
	stream-window --session 20s -b 2 events | stream-topk -b 3 -f 4 -o json | head -n 1 | grep -q '"key":\["bed.","kind."\]'
	stream-window --session 20s -b 2 events | stream-distinct -b 3 -f 4 --columns | head -n 1 |
		same - <(printf 'start\tend\tkey1\tkey2\tcount\tlow\thigh\n')
}

@test "what a state has of a window with keys goes to the windows of the same keys" {
	alarms >events
	head -n 200 events >a
	tail -n +201 events >b
	rm -f state
	# Windows that count end where the state does.
	for part in a b; do
		stream-window --count 1000 -b 2 $part | stream-topk -k all -b 3 -f 4 --state state >got
	done
	stream-topk -k all state | cut -f 3- | LC_ALL=C sort >rows
	awk '{ print $2 "\t" $3 "\t" $4 }' events | LC_ALL=C sort | uniq -c |
		awk '{ print $2 "\t" $3 "\t" $1 "\t0\t" $4 }' | LC_ALL=C sort >want
	awk -F '\t' -v OFS='\t' '{ n[$1 FS $2 FS $5] += $3 } END { for (k in n) { split(k, p, FS); print p[1], p[2], n[k], 0, p[3] } }' rows |
		LC_ALL=C sort | same want -
}

@test "windows that begin and end together close in the order of their keys" {
	{
		seq 1 12 | sed 's/.*/1763805600 u&/'
		seq 1 12 | sed 's/.*/1763805700 u& b/'
	} >in
	for u in 1 10 11 12 2 3 4 5 6 7 8 9; do printf 'u%s\n' $u; done >order
	stream-window --session 10s -b 2 --text in | awk '{ print $3 }' | same <(cat order order) -
	stream-window --session 10s -b 2 --text in | awk '{ print $3 }' | head -n 12 | same order -
	stream-window --session 10s -b 2 in | stream-topk -f 2 >rows
	cut -f 3 rows | same <(cat order order) -
	stream-window --session 10s -b 2 in | stream-topk -f 2 -S | stream-topk | same rows -
	# shellcheck disable=SC2016
	stream-window --session 10s -b 2 --exec 'echo "$STREAM_WINDOW_KEY"' in | same <(cat order order) -
	stream-window --count 5 -b 2 in | stream-topk -f 2 | cut -f 3 | same order -
}

@test "a session that goes on in the next run is a window of each run" {
	for at in 0 5 10; do
		stream-window --session 10s <<<"$((1763805600 + at)) a" | stream-topk -f 2 --state state >/dev/null
	done
	[ "$(stream-topk state | wc -l)" = 3 ]
}

@test "sketches keep their keys in all that is made of them, and an empty --by merges them" {
	alarms | sort -n >events
	for tool in 'stream-topk -k all' stream-distinct 'stream-quantile -q 0.5,1'; do
		# shellcheck disable=SC2086
		{
			# Of no window.
			$tool -b 2 -f 4 events >by
			$tool -f 4 events >all
			$tool -b 2 -f 4 -S events >sk
			$tool sk | same by -
			$tool -b 1 sk | same by -
			$tool -b '' sk | same all -
			$tool -S sk | cmp - sk
			# Plain images hold no exact counts.
			$tool -b 2 -f 4 -S --base64 events | $tool -i base64 | cut -f 1 | same <(cut -f 1 by) -
			rm -f state
			$tool --state state sk | same by -
			$tool state | same by -
			# Of windows: minutes, put together to hours, and the whole.
			stream-window -s 1m events | $tool -b 2 -f 4 -S >m.sk
			stream-window -s 1m events | $tool -b 2 -f 4 | same - <($tool m.sk)
			stream-window -s 1m events | $tool -f 4 | same - <($tool -b '' m.sk)
			stream-window -s 1h events | $tool -b 2 -f 4 >by.h
			stream-window -s 1h events | $tool -f 4 >all.h
			stream-window -s 1h m.sk | $tool | same by.h -
			stream-window -s 1h m.sk | $tool -b 1 | same by.h -
			stream-window -s 1h m.sk | $tool -b '' | same all.h -
			stream-window -s 1h m.sk | $tool -S | $tool | same by.h -
			$tool --windows whole m.sk | cut -f 3- | same by -
			$tool --since 2020-01-01 --until 2030-01-01 m.sk | cut -f 3- | same by -
			$tool --windows whole -b '' m.sk | cut -f 3- | same all -
			$tool --windows whole -S m.sk | $tool | cut -f 3- | same by -
			rm -f state
			stream-window -s 1h m.sk | $tool --state state | same by.h -
			$tool state | same by.h -
			# Of windows that have keys themselves.
			stream-window --session 1d -b 2 events | $tool -f 4 --windows whole | cut -f 3- | same by -
			stream-window --session 1d -b 2 events | $tool -f 4 --windows whole -b '' | cut -f 3- | same all -
			stream-window --session 1d -b 2 events | $tool -f 4 -b 3 --windows whole | cut -f 3- |
				same <($tool -b 2,3 -f 4 events) -
		}
	done
	# Windows that have keys keep these, in the state too.
	rm -f state
	for run in 1 2; do
		stream-window --session 1d -b 2 events | stream-topk -k 1 -b '' -f 4 --state state >got
		[ "$(cut -f 3 got | LC_ALL=C sort | tr '\n' ' ')" = 'bed0 bed1 bed2 ' ]
		[ "$(cut -f 4 got | head -n 1)" = "$((run * $(stream-window --session 1d -b 2 events | stream-topk -k 1 -f 4 | head -n 1 | cut -f 4)))" ]
	done
	stream-window -s 1h m.sk | stream-quantile --columns | head -n 1 |
		same - <(printf 'start\tend\tkey\tq\tvalue\tlow\thigh\n')
}

@test "what has keys and what has none are not taken together in silence" {
	printf 'a 1\nb 2\n' >in
	stream-distinct -b 1 -f 2 -S in >keyed.sk
	stream-distinct -b 1,2 -f 2 -S in >two.sk
	stream-distinct -f 2 -S in >plain.sk
	run -2 --separate-stderr stream-distinct keyed.sk plain.sk
	[[ $stderr == *"plain.sk: byte 28: this is of no key, "*"--by '' takes all together"* ]]
	run -2 --separate-stderr stream-distinct plain.sk keyed.sk
	[[ $stderr == *"keyed.sk: byte 28: this is of a key, "* ]]
	run -2 --separate-stderr stream-distinct keyed.sk two.sk
	[[ $stderr == *"two.sk: byte 28: this has a key of another number of parts"* ]]
	run -2 --separate-stderr stream-distinct keyed.sk in
	[[ $stderr == *"in: this is of no key"* ]]
	run -2 --separate-stderr stream-distinct -b 1,2 keyed.sk
	[[ $stderr == *'the key of the sketch has 1 part'* ]]
	run -2 --separate-stderr stream-distinct -S --image keyed.sk
	[[ $stderr == *"--by '' merges them"* ]]
	[ "$(stream-distinct -b '' keyed.sk two.sk plain.sk)" = $'2\t2\t2' ]
	run -2 --separate-stderr stream-window --session 10s -b '' in
	[[ $stderr == *'a field is missing'* ]]
	# Sets by key, of which an input without any has the empty one.
	: >empty
	[ "$(stream-distinct --intersect keyed.sk keyed.sk)" = $'a\t1\t1\t1\nb\t1\t1\t1' ]
	[ "$(stream-distinct --minus empty keyed.sk)" = $'a\t0\t0\t0\nb\t0\t0\t0' ]
}

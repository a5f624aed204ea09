#!/usr/bin/env bats
# shellcheck disable=SC2154,SC2016
# Live reports on a terminal: tmux is the terminal, 80 columns by 24 lines.

load helpers

setup() {
	sk_setup
	need tmux
	: >log
	tmux_socket=sk-$$-$BATS_TEST_NUMBER
	unset TMUX NO_COLOR
	on_terminal new-session -d -x 80 -y 24 \
		"cd '$BATS_TEST_TMPDIR' && PS1='ready> ' exec bash --norc --noprofile -i"
	eventually shows '^ready> *$'
}

teardown() {
	[ -z "${tmux_socket:-}" ] || on_terminal kill-server 2>/dev/null || true
}

on_terminal() {
	tmux -L "$tmux_socket" -f /dev/null "$@"
}

enter() {
	on_terminal send-keys -l "$1"
	on_terminal send-keys Enter
}

press() {
	on_terminal send-keys "$@"
}

screen() {
	on_terminal capture-pane -p
}

# shows REGEX: a line of the screen matches. For "eventually", which prints the screen too when it is in vain.
shows() {
	screen | grep -qE -- "$1"
}

# The number of lines on the screen that match.
lines_of() {
	screen | grep -cE -- "$1" || true
}

eventually_shows() {
	eventually shows "$1" || { screen; return 1; }
}

watch() {
	enter "tail -n +1 -f log | stream-topk --every 100ms $*"
}

@test "an answer on a terminal is text with a header" {
	printf 'a\nb\na\n' >log
	enter 'clear; stream-topk log'
	eventually_shows '^    1  b$'
	shows '^count  item$'
	shows '^    2  a$'
	enter 'clear; stream-topk -o tsv log'
	eventually_shows '^2 +0 +a$'
	[ "$(lines_of 'count')" -eq 0 ]
}

@test "reports are drawn over each other: one header, and counts that change" {
	printf 'a x\nb y\n' >log
	watch -f 1
	eventually_shows '^    1  a$'
	for count in 2 3 4; do
		echo 'a z' >>log
		eventually_shows "^    $count  a\$"
	done
	seq -f 'new%.0f' 3 >>log
	eventually_shows '^    1  new3$'
	[ "$(lines_of '^count  item$')" -eq 1 ]
	[ "$(lines_of '  a$')" -eq 1 ]
	[ "$(lines_of '  b$')" -eq 1 ]
	[ "$(lines_of '^ready>')" -eq 1 ]
}

@test "an answer that becomes shorter or narrower leaves nothing of the one before" {
	# With --min-share, rows go when others grow.
	seq -f 'item-with-a-long-name-%.0f' 8 >log
	watch --min-share 10%
	eventually_shows '  item-with-a-long-name-8$'
	yes z | head -1000 >>log
	eventually_shows '^ 1000  z$'
	[ "$(lines_of 'item-with')" -eq 0 ]
	[ "$(lines_of '^count  item$')" -eq 1 ]
}

@test "items longer than the window is wide do not wrap while they are redrawn" {
	long=$(head -c 300 /dev/zero | tr '\0' x)
	printf '%s\n' "$long" "$long" short >log
	watch
	eventually_shows '^    1  short$'
	echo short >>log
	eventually_shows '^    2  short$'
	echo more >>log
	eventually_shows '^    1  more$'
	[ "$(lines_of '^count  item$')" -eq 1 ]
	[ "$(lines_of xxxx)" -eq 1 ]
	[ "$(lines_of short)" -eq 1 ]
}

@test "more rows than the window has lines do not scroll" {
	seq 100 199 >log
	watch -k all
	eventually_shows '^    1  100$'
	for count in 2 3 4; do
		echo 150 >>log
		eventually_shows "^    $count  150\$"
	done
	[ "$(lines_of '^count  item$')" -eq 1 ]
	[ "$(lines_of '^ready>')" -eq 1 ]
	shows '^and 80 more$'
	[ "$(on_terminal display-message -p '#{history_size}')" -eq 0 ]
}

@test "a total stands below the rows that fit" {
	seq 100 199 | awk '{ print $1, "x" }' >log
	watch -b 1 -f 2 --total
	eventually_shows '^total +100  x$'
	shows '^and 82 more$'
	[ "$(lines_of '^[0-9]+ +1  x$')" -eq 18 ]
}

@test "pictures fit into a small window, and say what is missing" {
	on_terminal resize-window -x 40 -y 10
	seq 100 149 >log
	watch --plot=ascii -k all
	eventually_shows '^and 43 more$'
	[ "$(lines_of '^1[0-9][0-9]  1  #')" -eq 7 ]
	press C-c
	eventually_shows '^ready> *$'
	echo 'tail -n +1 -f log | stream-quantile "$@" --plot=ascii --every 100ms' >run
	enter 'clear; . ./run -q p50,p90,p99'
	eventually_shows '^p50 124  p90 144  p99 149$'
	shows '^100% \|'
	shows '^ 50% \|'
	shows '^  0% \+---'
	press C-c
	eventually_shows '^ready> *$'
	enter 'clear; . ./run --histogram 20'
	eventually_shows '^ *100 to 10[0-9.]+ +[0-9]+  #'
	shows ' to 149 '
	[ "$(screen | awk '$2 == "to" { n += $4 } END { print n }')" -eq 50 ]
}

@test "keys without room for a picture are counted" {
	for i in 1 2 3 4; do seq 9 | sed "s/^/key$i /"; done >log
	enter 'tail -n +1 -f log | stream-quantile -b 1 -f 2 --plot=ascii --every 100ms'
	eventually_shows '^and [23] more keys$'
	shows '^key1$'
	[ "$(on_terminal display-message -p '#{history_size}')" -eq 0 ]
}

@test "an answer on the screen is drawn anew when the window's size changes" {
	seq 100 199 >log
	mkfifo fifo
	exec 7<>fifo
	echo 'echo $$ >pid; exec stream-topk -k all log fifo' >run
	enter 'clear; sh run'
	eventually test -s pid
	ask() {
		kill -USR1 "$(<pid)"
		shows '^and 80 more$'
	}
	eventually ask
	on_terminal resize-window -x 60 -y 10
	eventually_shows '^and 94 more$'
	on_terminal resize-window -x 70 -y 30
	eventually_shows '^and 74 more$'
	[ "$(lines_of '^count  item$')" -eq 1 ]
	press C-c
	eventually_shows '^ready> *$'
	exec 7>&-
}

@test "a run that was stopped draws below what came in between" {
	printf 'a\nb\n' >log
	watch
	eventually_shows '^    1  a$'
	press C-z
	eventually_shows 'Stopped'
	echo a >>log
	enter 'clear; echo between; fg'
	eventually_shows '^    2  a$'
	[ "$(lines_of '^between$')" -eq 1 ]
	[ "$(lines_of 'tail -n')" -eq 1 ]
	[ "$(lines_of '^count  item$')" -eq 1 ]
	press C-c
	eventually_shows '^ready> *$'
}

@test "lines wrap again however the run ends" {
	long=$(head -c 100 /dev/zero | tr '\0' x)
	for signal in TERM QUIT HUP KILL; do
		printf '%s\n' "$long" >log
		enter "clear; tail -n +1 -f log | stream-topk --every 20ms & sleep 0.3; kill -$signal %1"
		eventually_shows '^    1  xxx'
		enter "wait; clear; echo $long"
		eventually_shows '^x{80}$'
	done
	# The upstream dies.
	enter "clear; sh -c 'cat log; sleep 0.2; kill -KILL \$\$' | stream-topk --every 20ms; echo over"
	eventually_shows '^over'
	shows '^x{27}$'
}

@test "more groups than the window has lines do not scroll" {
	seq 100 199 | awk '{ print $1, "x" }' >log
	watch -b 1 -f 2
	eventually_shows '^100      1  x$'
	echo '100 x' >>log
	eventually_shows '^100      2  x$'
	[ "$(lines_of '^key +count +item$')" -eq 1 ]
	[ "$(on_terminal display-message -p '#{history_size}')" -eq 0 ]
}

@test "a smaller window is drawn smaller" {
	seq 100 199 >log
	watch -k all
	eventually_shows '^    1  100$'
	on_terminal resize-window -x 60 -y 10
	echo 150 >>log
	eventually_shows '^    2  150$'
	echo 150 >>log
	eventually_shows '^    3  150$'
	[ "$(screen | grep -c '  1[0-9][0-9]$')" -lt 10 ]
	[ "$(lines_of '  150$')" -eq 1 ]
}

@test "control characters in items cannot drive the terminal" {
	printf '\033[2J\033[5;5Hgotcha\n\007\033]0;title\007\nz\n' >log
	watch
	eventually_shows '^    1  z$'
	shows '\\x1b\[2J\\x1b\[5;5Hgotcha$'
	shows '^ready> tail'
}

@test "Ctrl-C leaves the last answer on the screen, and the prompt works after it" {
	printf 'a\nb\na\n' >log
	watch
	eventually_shows '^    2  a$'
	press C-c
	eventually_shows '^ready> *$'
	[ "$(lines_of '^count  item$')" -eq 1 ]
	[ "$(lines_of '^    2  a$')" -eq 1 ]
	[ "$(lines_of '^    1  b$')" -eq 1 ]
	enter 'echo status ${PIPESTATUS[1]}'
	eventually_shows '^status 130$'
	# Nothing else is on the screen; the empty line is bash's own, after SIGINT.
	[ "$(screen | grep -v '^$' | sed -n 's/^\(ready>\|count\|    [12]\|status\).*/\1/p' | tr '\n' ,)" = \
		'ready>,count,    2,    1,ready>,status,ready>,' ]
	[ "$(screen | grep -vc '^$')" -eq 7 ]
}

@test "lines wrap again after the last answer and after Ctrl-C" {
	long=$(head -c 100 /dev/zero | tr '\0' x)
	printf '%s\n' "$long" >log
	watch
	eventually_shows '^    1  xxx'
	[ "$(lines_of '^x+$')" -eq 0 ]
	press C-c
	eventually_shows '^ready> *$'
	# The last answer is whole: what is beyond the window is on the next line.
	[ "$(lines_of '^x+$')" -eq 1 ]
	enter "echo $long"
	eventually_shows '^x{80}$'
}

@test "an interim answer on SIGUSR1 is drawn too, and the run goes on to its end" {
	mkfifo fifo
	enter 'stream-topk fifo & exec 7>fifo'
	enter 'echo a >&7; echo go'
	eventually_shows '^go$'
	enter 'clear; until kill -USR1 %1 && sleep 0.1; do :; done'
	eventually_shows '^    1  a$'
	enter 'exec 7>&-; wait; echo over'
	eventually_shows '^over$'
}

@test "standard output into a pipe has no escape codes, though the terminal is there" {
	printf 'a\n' >log
	enter 'tail -n +1 -f log | stream-topk --every 50ms | cat -v'
	eventually_shows '^1 +0 +a$'
	echo a >>log
	eventually_shows '^2 +0 +a$'
	[ "$(lines_of '\^\[')" -eq 0 ]
	[ "$(lines_of count)" -eq 0 ]
	press C-c
	eventually_shows '^ready> *$'
}

@test "a window under way is drawn in place, and its rows stay when it closes" {
	printf '1 a\n2 b\n' >log
	enter 'tail -n +1 -f log | stream-window -s 1m | stream-topk -f 2 --every 100ms'
	eventually_shows '01:00Z +1  b$'
	[ "$(lines_of '^start +end +count  item$')" -eq 1 ]
	echo '3 a' >>log
	eventually_shows '01:00Z +2  a$'
	[ "$(lines_of '  a$')" -eq 1 ]
	echo '61 c' >>log
	eventually_shows '02:00Z +1  c$'
	echo '62 c' >>log
	eventually_shows '02:00Z +2  c$'
	[ "$(lines_of '^start +end +count  item$')" -eq 2 ]
	[ "$(lines_of '  [abc]$')" -eq 3 ]
	# Ctrl-C reaches all of the pipe, and the window that was under way is whole then.
	press C-c
	eventually_shows '^ready> *$'
	[ "$(lines_of '^start +end +count  item$')" -eq 2 ]
	[ "$(lines_of '01:00Z +2  a$')" -eq 1 ]
	[ "$(lines_of '02:00Z +2  c$')" -eq 1 ]
	[ "$(lines_of '  [abc]$')" -eq 3 ]
	# Between the two is an empty line.
	[ "$(screen | sed -n '/^start/=' | tr '\n' ' ' | awk '{ print $2 - $1 }')" -eq 4 ]
}

@test "what stream-window has to say at its end is not drawn over" {
	echo '{ for i in 1 12 3 14; do echo $i x; sleep 0.15; done; cat tail; } | stream-window -s 10s | stream-topk -f 2 --every 50ms' >run
	for tail in /dev/null fifo; do
		[ -e fifo ] || mkfifo fifo
		ln -sf "$tail" tail
		enter 'clear; . ./run'
		if [ "$tail" = fifo ]; then
			eventually_shows '00:20Z +2  x$'
			press C-c
		fi
		eventually_shows '^ready> *$'
		eventually_shows '^stream-window: standard input: skipped 1 of 4 lines: too late'
		[ "$(lines_of '00:20Z +2  x$')" -eq 1 ]
		[ "$(lines_of '^start')" -eq 2 ]
	done
}

@test "windows under way that have more rows than there are lines do not scroll" {
	seq 100 199 | awk '{ print 1, $1 }' >log
	echo 'tail -n +1 -f log | stream-window -s 1m --out-of-order 1m | stream-topk -k all -f 2 --every 100ms' >run
	enter '. ./run'
	eventually_shows '01:00Z +1  100$'
	for count in 2 3; do
		printf '2 150\n61 x\n' >>log
		eventually_shows "01:00Z +$count  150\$"
	done
	[ "$(lines_of '^start')" -eq 1 ]
	[ "$(on_terminal display-message -p '#{history_size}')" -eq 0 ]
}

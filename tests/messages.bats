#!/usr/bin/env bats
# shellcheck disable=SC2154
# What is said to somebody who has mistyped, or asked for what is not there.

load helpers

setup() {
	sk_setup
}

# dies TEXT COMMAND...: it ends with status 2 and the one line "TOOL: TEXT".
dies() {
	run --separate-stderr "${@:2}" </dev/null
	[ "$status" = 2 ]
	[ "$stderr" = "$2: $1" ] || { echo "$stderr"; return 1; }
}

@test "an option that is none is told which one it looks like" {
	dies 'unknown option "--filed": did you mean --field?' stream-topk --filed 7
	dies 'unknown option "--outptu": did you mean --output?' stream-quantile --outptu=json
	dies 'unknown option "--szie": did you mean --size?' stream-window --szie 1h
	dies 'unknown option "--nothing"; --help lists them' stream-distinct --nothing
	dies 'unknown option "--"; --help lists them' stream-distinct --=3
	dies 'unknown option -x; --help lists them' stream-distinct -x
}

@test "an option that is the front of several is told which" {
	dies 'option "--sk" may be any of --skip-empty, --sketch' stream-distinct --sk
	dies '--where needs an argument, CONDITION' stream-topk --wh
}

@test "a choice that is none is told which there are, and which one it looks like" {
	run --separate-stderr stream-topk -i josn
	[ "$status" = 2 ]
	[[ $stderr == 'stream-topk: --input "josn": it is one of: lines '*' json '*'; did you mean json?' ]]
	dies '--algorithm "klll": it is one of: kll req dd tdigest; did you mean kll?' stream-quantile -a klll
	dies '--only "nothing": it is one of: certain possible' stream-topk --only nothing
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# The measuring programs, in a quick form: what they measure is not judged.

load helpers

setup() {
	sk_setup
	need python3
}

@test "bench/updates times every sketch, by batches and one by one" {
	local family

	run -0 "$SK_ROOT/bench/updates" --bin "$SK_BIN" --rounds 1 --updates 2000 --python /nowhere/python
	[[ ${lines[0]} == "/nowhere/python has no packages datasketches and numpy"* ]]
	[ "$(printf '%s\n' "${lines[@]}" | awk '$1 ~ /^[a-z]+[0-9]*$/ && $NF != "asked"' | wc -l)" -eq 33 ]
	for family in murmur3 hll8 hll6 hll4 theta kll req tdigest dd frequent; do
		printf '%s\n' "${lines[@]}" | grep -Eq "^$family  .* batch +[0-9]+\.[0-9] "
	done
	printf '%s\n' "${lines[@]}" | grep -Eq '^theta  .* one +[0-9]+\.[0-9] '
}

@test "bench/updates says what it needs" {
	run -2 --separate-stderr "$SK_ROOT/bench/updates" --bin "$BATS_TEST_TMPDIR"
	[[ $stderr == "bench/updates: there is no $BATS_TEST_TMPDIR/bench/updates: run make" ]]
	run -2 "$SK_BIN/bench/updates" -b 0
	[[ $output == "usage: updates "* ]]
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# Images against the Apache DataSketches library, where Python has it: $SK_ORACLE_PYTHON, or python3.

load helpers

setup() {
	sk_setup
	python=${SK_ORACLE_PYTHON:-python3}
	need "$python"
	"$python" -c 'import datasketches' 2>/dev/null || skip "$python has no package datasketches"
	! is_sanitized || skip "python cannot load a sanitized library"
}

@test "Apache DataSketches and we read each other's images, and write the same ones" {
	run -0 "$python" "$SK_ROOT/tests/oracle" -n 3
	[[ ${lines[-1]} =~ ^[1-9][0-9]*" passed, 0 failed"$ ]]
}

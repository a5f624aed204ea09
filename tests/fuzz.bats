#!/usr/bin/env bats
# shellcheck disable=SC2154
# The fuzz targets, each for a moment: enough to see that they build and that their seeds pass. "make fuzz" takes longer.

load helpers

SECONDS_EACH=1

setup_file() {
	! command -v clang >/dev/null || run_targets
}

# All at once, which is quicker; and of a sanitized build that clang has made, the library will do. A failure is for the
# tests to report.
run_targets() {
	if is_sanitized && grep -q '^clang ' "$SK_BIN/flags"; then
		export SK_FUZZ_LIBRARY=$SK_BIN
	fi
	BUILD=$BATS_FILE_TMPDIR "$SK_ROOT/tests/fuzz/run" "$SECONDS_EACH" >"$BATS_FILE_TMPDIR/log" 2>&1 || true
}

setup() {
	sk_setup
	need clang make
	! grep '^skipped: ' "$BATS_FILE_TMPDIR/log" || skip "$(sed -n 's/^skipped: //p' "$BATS_FILE_TMPDIR/log")"
}

# What came of a target; if not well, what was said of it, or of the build.
fuzz() {
	grep "^$1  *ok, " "$BATS_FILE_TMPDIR/log" || {
		sed -n "/^$1 /,/^[a-z_]* *ok, /p" "$BATS_FILE_TMPDIR/log" | grep . || cat "$BATS_FILE_TMPDIR/log"
		return 1
	}
}

@test "on every input, cut anywhere, all builds of the loops of csv give the same values" {
	fuzz csv
}

@test "no input breaks the decoder of DDSketch images" {
	fuzz dd
}

@test "no input breaks the descriptions of images" {
	fuzz describe
}

@test "no input breaks the decoder of counts of different items" {
	fuzz distinct
}

@test "no input breaks the reader of tsv and of logs of web servers" {
	fuzz layout
}

@test "on every input all builds of the scanning loops give the same fields" {
	fuzz fields
}

@test "no input breaks the reader of frames and containers" {
	fuzz frame
}

@test "no input breaks the decoder of frequent-items images" {
	fuzz frequent
}

@test "no input breaks the decoder of HLL images" {
	fuzz hll
}

@test "on every input JSON is told from what is none, and read, as a reader byte by byte does" {
	fuzz json
}

@test "no input breaks the decoder of KLL images" {
	fuzz kll
}

@test "on every input logfmt is read as a reader byte by byte does" {
	fuzz logfmt
}

@test "on every input numbers are read as strtod() reads them" {
	fuzz number
}

@test "no input breaks the decoder of quantiles" {
	fuzz quantile_image
}

@test "no input breaks the decoder of REQ images" {
	fuzz req
}

@test "no input breaks the decoder of t-digest images" {
	fuzz tdigest
}

@test "no input breaks the decoder of Theta images" {
	fuzz theta
}

@test "an input that comes in pieces is what it is as a file" {
	fuzz source
}

@test "on every input times are read as by readers that remember nothing" {
	fuzz time
}

@test "no input breaks what unpacks, and pieces are as the whole" {
	fuzz unpack
}

@test "every fuzz target has a test here and a seed corpus" {
	local source name

	for source in "$SK_ROOT"/tests/fuzz/fuzz_*.c; do
		name=${source##*/fuzz_}
		name=${name%.c}
		grep -q "^	fuzz $name\$" "$BATS_TEST_FILENAME"
		[ -n "$(ls "$SK_ROOT/tests/fuzz/corpus/$name")" ]
	done
}

#!/usr/bin/env bats
# shellcheck disable=SC2154
# Images that Apache DataSketches' Python package wrote, and what it answers: see golden/make.

load helpers

setup() {
	sk_setup
	need python3
}

# What the tests in Python start from: for_each() image under golden/ that a test is about, ask the tools.
GOLDEN='
import glob, json, math, os, subprocess, sys

def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode(), done.stderr.decode()

def rows(*command):
    """The objects that a tool prints as json; it says nothing else."""
    status, output, errors = run(*command, "-o", "json", "--quiet")
    assert status == 0 and errors == "", (command, status, errors)
    return [json.loads(line) for line in output.splitlines()]

def ask(path, about, *options):
    return rows(about["tool"], "-i", "image", *about["options"], *options, path)

def equal(got, want):
    assert got == want, "got %.300r, want %.300r" % (got, want)

def for_each(wanted, check, least):
    """check(path, about) of all whose json is wanted(about): at least as many as are told."""
    failures, count = [], 0
    for path in sorted(glob.glob(os.path.join(sys.argv[1], "golden", "*.json"))):
        with open(path, encoding="utf-8") as file:
            about = json.load(file)
        if not wanted(about):
            continue
        count += 1
        try:
            check(path[:-5] + ".sk", about)
        except Exception as failure:
            failures.append("%s: %s: %s" % (os.path.basename(path), type(failure).__name__, failure))
    assert count >= least, count
    print(*failures, sep="\n")
    sys.exit(len(failures) != 0)
'

golden() {
	python3 -c "$GOLDEN
$(cat)" "$SK_ROOT/tests"
}

@test "stream-distinct reads HLL and Theta images, and estimates as DataSketches does" {
	golden <<'PY'
def check(path, about):
    [answer] = ask(path, about)
    # Lists and sets of HLL hold hashes of 32 bits, which may collide: not exact.
    equal(answer["exact"], about["exact"] and about["family"] == "theta")
    if about["exact"]:
        equal(answer["count"], about["n"])
    # After a union, ours is the most likely number, and theirs interpolates in tables.
    part = 0.005 if "union" in path else 1e-6
    assert abs(answer["count"] - about["estimate"]) <= 0.51 + part * about["estimate"], (answer, about)
    # Theirs hold in 95 % of all cases, ours in 99 % and more.
    assert answer["low"] <= about["lower"] + 0.51 + 1e-3 * about["n"], (answer, about)
    assert answer["high"] >= about["upper"] - 0.51 - 1e-3 * about["n"], (answer, about)
    assert answer["low"] <= answer["count"] <= answer["high"], answer
for_each(lambda about: about.get("tool") == "stream-distinct", check, 33)
PY
}

@test "stream-quantile reads KLL and REQ images, and gives the same quantiles and ranks" {
	golden <<'PY'
def check(path, about):
    if about["n"] == 0:
        return equal(ask(path, about), [])
    wanted = about["quantiles"]
    answers = ask(path, about, "-q", ",".join(str(q) for q, _ in wanted))
    equal([[answer["q"], answer["value"]] for answer in answers], wanted)
    equal({answer["exact"] for answer in answers}, {about["exact"]})
    ranks = ask(path, about, "--rank=" + ",".join(repr(value) for value, _ in about["ranks"]))
    for answer, (value, rank) in zip(ranks, about["ranks"]):
        equal(answer["value"], value)
        assert abs(answer["rank"] - rank) < 1e-9, (answer, rank)
    equal(len(ranks), len(about["ranks"]))
    [summary] = ask(path, about, "--summary")
    equal([summary[name] for name in ("count", "min", "max")], [about[name] for name in ("n", "min", "max")])
for_each(lambda about: about.get("tool") == "stream-quantile" and about["family"] != "tdigest", check, 16)
PY
}

@test "stream-quantile reads t-digests, and their quantiles are near the truth" {
	golden <<'PY'
def check(path, about):
    if about["n"] == 0:
        return equal(ask(path, about), [])
    answers = ask(path, about, "-q", ",".join(str(q) for q, _ in about["about_quantiles"]))
    for answer, (q, value) in zip(answers, about["about_quantiles"]):
        equal(answer["q"], q)
        assert abs(answer["value"] - value) <= 1 + 0.004 * about["n"], (answer, value)
    equal(len(answers), 7)
    [summary] = ask(path, about, "--summary")
    equal([summary[name] for name in ("count", "min", "max")], [about[name] for name in ("n", "min", "max")])
for_each(lambda about: about["family"] == "tdigest", check, 8)
PY
}

@test "stream-topk reads frequent items of strings and of integers, and lists them with the same bounds" {
	golden <<'PY'
def check(path, about):
    answers = ask(path, about, "-k", "all")
    equal(sorted([row["count"], row["error"], row["item"]] for row in answers), about["rows"])
    assert all(row["exact"] == about["exact"] for row in answers)
for_each(lambda about: about.get("tool") == "stream-topk", check, 6)
PY
}

@test "stream-dump tells family, parameters and count of each image" {
	golden <<'PY'
def check(path, about):
    [row] = rows("stream-dump", *(["--item-type", about["item"]] if "item" in about else []), path)
    for name, value in about.get("parameters", {}).items():
        equal((name, row[name]), (name, value))
    equal(row["family"], about["family"])
    equal(row["bytes"], os.path.getsize(path))
    equal(row["empty"], about["n"] == 0)
    equal(row["count"], round(about["estimate"]) if "estimate" in about and "union" not in path else row["count"])
    if "exact" in about:
        equal(row["exact"], about["exact"])
    if "item" in about:
        equal((row["items"], row["count"]), (about["item"], about["n"]))
for_each(lambda about: "refused" not in about, check, 63)
PY
}

@test "families that no tool reads are named by stream-dump, and refused by the others" {
	golden <<'PY'
def check(path, about):
    status, output, errors = run("stream-dump", path)
    equal(status, 0)
    equal(output.split("\t")[1:3], ["image", about["family"]])
    equal(errors, "stream-dump: %s: byte 0: %s: not checked, for it is of a kind that is not supported\n" % (
        path, about["family"]))
    for tool in "stream-distinct", "stream-quantile", "stream-topk":
        status, output, errors = run(tool, "-i", "image", path)
        equal(status, 2)
        equal(errors, "%s: %s: byte 0: %s: no sketch that this tool reads\n" % (tool, path, about["family"]))
for_each(lambda about: about.get("refused") == "family", check, 7)
PY
}

@test "KLL and REQ images of strings are refused by all tools, but stream-dump describes those of KLL" {
	golden <<'PY'
def check(path, about):
    tools = ["stream-distinct", "stream-quantile", "stream-topk"]
    if about["described"]:
        [row] = rows("stream-dump", path)
        equal([row[name] for name in ("family", "items", "count")], [about["family"], "string", about["n"]])
    else:
        tools.append("stream-dump")
    for tool in tools:
        status, output, errors = run(tool, "-i", "image", path)
        equal(status, 2)
        assert errors.startswith("%s: %s: " % (tool, path)) and errors.count("\n") == 1, errors
for_each(lambda about: about.get("refused") == "items", check, 2)
PY
}

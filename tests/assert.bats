#!/usr/bin/env bats
# shellcheck disable=SC2154
# --assert: questions that cron and CI ask, and their exit status.

load helpers

setup() {
	sk_setup
}

# says STATUS LINES COMMAND...: it exits so, and has these lines on standard error, without the program's name.
says() {
	local want=$1 said=$2

	shift 2
	run "-$want" --separate-stderr "$@"
	diff <(printf '%s\n' "$said") <(sed 's/^stream-[a-z]*: //' <<<"$stderr")
}

@test "what holds is quiet, and the answer is printed as ever" {
	seq 100 >numbers
	stream-quantile -q 0.5 numbers >want
	says 0 '' stream-quantile -q 0.5 --assert 'p99<=99' --assert 'p99.5 > 99' --assert count=100 --assert 'count==1e2' \
		--assert 'min!=2' --assert 'max<101' --assert 'mean<51' --assert 'stddev>29' --assert 'records>=100' numbers
	[ "$output" = "$(cat want)" ]
	says 0 '' stream-distinct --assert 'distinct=100' --assert 'count<101' numbers
	says 0 '' stream-topk --assert 'top.count=1' --assert 'top.share<=1%' --assert 'total=100' --assert 'items>=100' numbers
}

@test "what does not hold is said in a line each, with status 1 and the answer" {
	seq 100 >numbers
	says 1 'p99 is 99, not below 0.5
mean is 50.5, not at most 5e1
count is 100, not above 100
min is 1, not at least 2
max is 100, not 3
records is 100, not other than 100' stream-quantile -q 0.5 --quiet --assert 'p99<0.5' --assert 'mean<=5e1' --assert 'count>100' \
		--assert 'min>=2' --assert max=3 --assert 'p50<51' --assert records!=100 numbers
	[ "$output" = "$(stream-quantile -q 0.5 numbers)" ]
	says 1 'top.share is 40%, not below 20%' stream-topk --assert 'top.share<20%' <<<$'a\nb\na\nc\nd'
	says 1 'top.count is 2.5, not below 2.5' stream-topk -f 1 -w 2 --assert 'top.count<2.5' <<<$'a 1.25\nb 2\na 1.25'
	says 1 'jaccard is 0.5, not above 0.5' stream-distinct --jaccard --assert 'jaccard>0.5' --assert 'jaccard>=50%' \
		<(seq 3) <(seq 2 4)
}

@test "of nothing, counts are 0 and quantiles are not anything" {
	says 1 'p99 is not below 5: there are no values
count is 0, not above 0' stream-quantile --assert 'p99<5' --assert 'count>0' </dev/null
	says 1 'p99 is not other than 5: there are no values' stream-quantile --assert 'p99!=5' </dev/null
	says 1 'top.share is not below 20%: there are no items' stream-topk --assert 'top.share<20%' </dev/null
	says 0 '' stream-distinct --assert count=0 </dev/null
	# Without a key or a window there is no answer, and an assertion is not to hold because nothing came.
	says 1 'records is 0, not above 0' stream-distinct -b 1 --assert 'records>0' </dev/null
	says 1 'records is 0, not above 0' stream-distinct --assert 'records>0' < <(stream-window -s 1s </dev/null)
}

@test "bounds: what is true of a part of what lies between them may not hold" {
	seq 2000000 >numbers
	read -r count low high < <(stream-distinct numbers)
	[ "$low" -lt "$count" ] && [ "$count" -lt "$high" ]
	says 0 '' stream-distinct --assert "count>=$low" --assert "count<=$high" --assert "count!=$((high + 1))" numbers
	says 1 "count is $count ($low to $high), and may not be above $low
count is $count ($low to $high), and may not be below $high
count is $count ($low to $high), and may not be $count
count is $count ($low to $high), and may not be other than $low
count is $count ($low to $high), not above $high" stream-distinct --assert "count>$low" --assert "count<$high" --assert "count=$count" \
		--assert "count!=$low" --assert "count>$high" numbers
	IFS=$TAB read -r _ value low high < <(stream-quantile -q 0.5 numbers)
	says 1 "p50 is $value ($low to $high), and may not be below $high" stream-quantile -q 0.9 --assert "p50<$high" --assert "p50<=$high" numbers
	# The mean is exact all the same.
	says 0 '' stream-quantile -q 0.9 --assert mean=1000000.5 numbers
	says 1 'items is 118 (or more), and may not be 100000' stream-topk -m 16K --quiet --assert items=100000 < <(seq 100000)
}

@test "each key has to hold: the first are named, and how many there are" {
	awk 'BEGIN { for (i = 10; i < 20; i++) print "k" i, i }' >keyed
	says 1 '"k18": max is 18, not below 18
"k19": max is 19, not below 18' stream-quantile -b 1 -f 2 --assert 'max<18' keyed
	says 1 '"k15": max is 15, not below 15
"k16": max is 16, not below 15
"k17": max is 17, not below 15
max is not below 15 for 5 of 10 keys' stream-quantile -b 1 -f 2 --assert 'max<15' --assert records=1 keyed
}

@test "each window has to hold, and is named; so has the whole" {
	printf '%s a\n' 0 1 1 2 >timed
	stream-window -s 1s --time-unit s timed >frames
	says 1 '1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z: records is 2, not below 2' stream-distinct -f 2 --assert 'records<2' frames
	stream-distinct -S -f 2 frames >sketches
	says 1 '1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z: records is 2, not below 2' stream-distinct --assert 'records<2' sketches
	says 1 '1970-01-01T00:00:00Z to 1970-01-01T00:00:03Z: records is 4, not below 4' stream-distinct --windows whole --assert 'records<4' sketches
	says 1 "$(printf '0 to 4: "%s": records is 1, not below 1\n' a b c)
0 to 4: records is not below 1 for 4 of 4 keys" stream-distinct -b 2 --assert 'records<1' < <(stream-window --count 4 <<<$'0 a\n0 b\n0 c\n0 d')
	says 1 '0 to 2: "a": records is 2, not below 2' stream-distinct -b 2 --assert 'records<2' < <(stream-window --count 2 <<<$'0 a\n0 a')
}

@test "a sketch that is written is checked, and a state is saved" {
	run -1 stream-distinct -S --assert 'count<3' < <(seq 3)
	says 1 'count is 3, not below 3' stream-distinct --state kept --assert 'count<3' < <(seq 3)
	says 0 '' stream-distinct --state kept --assert 'count=5' < <(seq 4 5)
}

@test "something wrong is status 2, whatever holds" {
	says 2 'none: No such file or directory
count is 3, not below 3' stream-distinct --assert 'count<3' <(seq 3) none
	says 2 'none: No such file or directory' stream-distinct --assert 'count<3' none
}

@test "what cannot be read is refused, and the names are listed" {
	says 2 '--assert: "p9x<5": what there is to assert: p50 p99.9 (any pN) count min max mean stddev records; did you mean p9?' stream-quantile --assert 'p9x<5'
	says 2 '--assert: "count<5": what there is to assert: top.count top.share total items records; did you mean top.count?' stream-topk --assert 'count<5'
	says 2 '--assert: "count<5": what there is to assert: jaccard records' stream-distinct --jaccard --assert 'count<5' a b
	says 2 '--assert: "p101<5": what there is to assert: p50 p99.9 (any pN) count min max mean stddev records' stream-quantile --assert 'p101<5'
	for pair in P99=p99 q99=p99 99.9=p99.9 p99th=p99 mena=mean Count=count record=records stdev=stddev median=p50; do
		says 2 "--assert: \"${pair%=*}<5\": what there is to assert: p50 p99.9 (any pN) count min max mean stddev records; did you mean ${pair#*=}?" \
			stream-quantile --assert "${pair%=*}<5"
	done
	for pair in share=top.share top.shares=top.share tota=total item=items; do
		says 2 "--assert: \"${pair%=*}<5\": what there is to assert: top.count top.share total items records; did you mean ${pair#*=}?" \
			stream-topk --assert "${pair%=*}<5"
	done
	says 2 '--assert: "foo<5": what there is to assert: p50 p99.9 (any pN) count min max mean stddev records' stream-quantile --assert 'foo<5'
	says 2 '--assert: "count=>5": there is no =>; did you mean >=?' stream-distinct --assert 'count=>5'
	says 2 '--assert: "count =< 5": there is no =<; did you mean <=?' stream-distinct --assert 'count =< 5'
	says 2 '--assert: "count<>5": there is no <>; did you mean !=?' stream-distinct --assert 'count<>5'
	for bad in '' 'count<<5' 'count!5' 'count=!5' count '<5' 'count 5' 'count~5'; do
		says 2 "--assert: \"$bad\": wanted is a name, one of < <= > >= = != and a number" stream-distinct --assert "$bad"
	done
	for bad in 'count<' 'count<x' 'count<5k' 'count<%' 'count<1e2%' 'count<nan' 'count<5 6'; do
		says 2 "--assert: \"$bad\": that ends in no number" stream-distinct --assert "$bad"
	done
}

@test "the parts of a key are named one by one" {
	run -1 --separate-stderr stream-distinct -b 1,2 -f 3 --assert 'count>3' <<<'a b 1'
	[[ $stderr == *'"a", "b": '* ]]
}

@test "a share is a part of 1: what would hold for ever, or never, is refused" {
	says 2 '--assert: "top.share<50": top.share is a part of 1, or of 100%; did you mean 50%?' stream-topk --assert 'top.share<50'
	says 2 '--assert: "top.share >= 2.5": top.share is a part of 1, or of 100%; did you mean 2.5%?' stream-topk --assert 'top.share >= 2.5'
	says 2 '--assert: "jaccard>90": jaccard is a part of 1, or of 100%; did you mean 90%?' stream-distinct --jaccard --assert 'jaccard>90' a b
	for bad in 'top.share<101' 'top.share<150%' 'top.share>-0.1' 'top.share<inf' 'top.share<5e1'; do
		says 2 "--assert: \"$bad\": top.share is a part of 1, or of 100%" stream-topk --assert "$bad"
	done
	says 0 '' stream-topk --assert 'top.share<=1' --assert 'top.share<=100%' --assert 'top.share>0' --assert 'top.share>=0%' <<<a
	# Others may be any number.
	says 0 '' stream-topk --assert 'top.count<50' <<<a
	says 0 '' stream-distinct --assert 'count<50' <<<a
}

/*
 * test_intake.c -- which batches are complete, whoever reads them and however the input is cut.
 */
#include "support.h"

#include "record/scan.h"
#include "run/ahead.h"
#include "run/intake.h"

#define INPUT_SIZE ((size_t)3 << 20)

/* An input, with room around it for what reads ahead of it. */
static unsigned char *padded;
static unsigned char *input;

/* Records of ${most} bytes at most, a few of them far longer, some without the number that is asked for. */
static void
make_input(size_t most)
{
	size_t at = 0;

	while (at < INPUT_SIZE) {
		size_t size = random_below(100 * most) == 0 ? random_below(400000) : random_below(most);

		for (; size > 0 && at < INPUT_SIZE - 1; size--)
			input[at++] = (unsigned char)"0123456789. 5 "[random_below(14)];
		input[at++] = '\n';
	}
}

static int
set_up(void **state)
{
	(void)state;
	random_state = 11;
	padded = calloc(1, INPUT_SIZE + 2 * SK_SCAN_PAD);
	input = padded + SK_SCAN_PAD;
	return padded == NULL ? -1 : 0;
}

static int
tear_down(void **state)
{
	(void)state;
	free(padded);
	return 0;
}

/* The rule of aggregate.h, in its own words: mark the last byte of each record that completes a batch. */
static unsigned char *
model(void)
{
	unsigned char *marks = allocate(INPUT_SIZE);
	size_t records = 0, bytes = 0, start = 0;

	memset(marks, 0, INPUT_SIZE);
	for (size_t at = 0; at < INPUT_SIZE; at++) {
		if (input[at] != '\n')
			continue;
		records++;
		bytes += at + 1 - start;
		if (records == SK_BATCH || bytes >= SK_BATCH_BYTES ||
		    start / SK_STRIPE != (at + 1) / SK_STRIPE) {
			marks[at] = 1;
			records = bytes = 0;
		}
		start = at + 1;
	}
	return marks;
}

static const struct sk_fields two_fields = { .count = 2, .field = { { .number = 1 }, { .number = -1 } } };

static struct sk_intake *
new_intake(bool weighs)
{
	struct sk_intake_options options = {
		.items = two_fields,
		.keys = two_fields,
		.delimiter = SK_INTAKE_BLANKS,
		.end = '\n',
		.record_max = INPUT_SIZE,
	};

	if (weighs)
		options.weights = (struct sk_fields){ .count = 1, .field = { { .number = 2 } } };
	return sk_intake_new(&options);
}

/* A block of whole records, of ${most} bytes or one record. */
static size_t
cut_block(size_t at, size_t most)
{
	size_t size = INPUT_SIZE - at < most ? INPUT_SIZE - at : most;

	while (size > 0 && input[at + size - 1] != '\n')
		size--;
	if (size == 0)
		while (input[at + size++] != '\n')
			;
	return size;
}

/* Blocks of any sizes give complete batches where the rule says, and count the same memory. */
static void
test_blocks_decide_nothing(void **state)
{
	(void)state;
	for (int round = 0; round < 12; round++) {
		struct sk_intake *intake = new_intake(round % 2 == 1);
		const struct sk_span *keys;
		struct sk_batch batch;
		unsigned char *marks;
		static size_t memory[2];

		/* Rounds of a pair's number have the same input. */
		if (round % 4 == 0) {
			random_state = (uint64_t)round;
			make_input(round % 8 == 0 ? 20 : 2000);
			memory[0] = memory[1] = 0;
		}
		marks = model();
		sk_intake_input(intake, "input");
		for (size_t at = 0; at < INPUT_SIZE;) {
			size_t most = round % 4 < 2 ? INPUT_SIZE : random_below(100000) + 1;
			struct sk_span block = { input + at, cut_block(at, most) };

			at += block.size;
			while (sk_intake_batch(intake, &block, &batch, &keys)) {
				assert_int_equal(batch.complete, marks[block.data - input - 1]);
				assert_int_equal(
				    sk_intake_offset(intake), (uint64_t)(block.data - input));
			}
			assert_int_equal(block.size, 0);
		}
		if (memory[round % 2] != 0)
			assert_int_equal(memory[round % 2], sk_intake_memory(intake));
		memory[round % 2] = sk_intake_memory(intake);
		assert_true(memory[round % 2] > 0);
		sk_intake_free(intake);
		free(marks);
	}
}

/* Fold a batch into a number, without minding how it was cut. */
static uint64_t
fold(uint64_t sum, const struct sk_batch *batch, const struct sk_span *keys)
{
	for (size_t i = 0; i < batch->count; i++) {
		sum = sum * 31 + (batch->weights != NULL ? batch->weights[i] : 1);
		sum = sum * 31 + (uint64_t)batch->decimals;
		for (size_t j = 0; j < batch->items[i].size; j++)
			sum = sum * 31 + batch->items[i].data[j];
		for (size_t j = 0; j < keys[i].size; j++)
			sum = sum * 31 + keys[i].data[j];
	}
	return batch->complete ? sum * 31 + 7 : sum;
}

/* What readers of single stripes leave makes the same of an intake as what it reads itself. */
static void
test_readers_decide_nothing(void **state)
{
	(void)state;
	for (int round = 0; round < 4; round++) {
		struct sk_intake *alone = new_intake(round > 1), *taker = new_intake(round > 1);
		struct sk_intake *reader = sk_ahead_reader_new(taker);
		struct sk_ahead *ahead = sk_ahead_new(taker);
		const struct sk_span *keys;
		struct sk_batch batch;
		uint64_t sums[2] = { 0, 0 };
		size_t taken = 0, read = 0;

		make_input(round % 2 == 0 ? 20 : 2000);
		sk_intake_input(alone, "input");
		sk_intake_input(taker, "input");
		sk_ahead_reader_follow(reader, taker);
		for (size_t at = 0, size; at < INPUT_SIZE; at += size) {
			struct sk_ahead_mark mark = { .offset = at, .decimals = sk_ahead_mark(taker).decimals };
			struct sk_span block, left;

			/* The records that start in the stripe */
			size = cut_block(at, 1);
			while (at + size < INPUT_SIZE && (at + size) / SK_STRIPE == at / SK_STRIPE)
				size += cut_block(at + size, 1);
			block = left = (struct sk_span){ input + at, size };
			while (sk_intake_batch(alone, &block, &batch, &keys))
				sums[0] = fold(sums[0], &batch, keys);
			sk_ahead_read(ahead, reader, &mark, &left);
			for (size_t i = 0; i < sk_ahead_count(ahead); i++) {
				struct sk_span again = sk_ahead_bytes(ahead, i);

				if (sk_ahead_take(ahead, i, taker, &batch, &keys)) {
					sums[1] = fold(sums[1], &batch, keys);
					taken++;
					continue;
				}
				while (sk_intake_batch(taker, &again, &batch, &keys))
					sums[1] = fold(sums[1], &batch, keys);
				read++;
			}
			while (sk_intake_batch(taker, &left, &batch, &keys))
				sums[1] = fold(sums[1], &batch, keys);
			assert_int_equal(sk_intake_offset(taker), at + size);
			assert_int_equal(sk_intake_records(alone), sk_intake_records(taker));
			assert_int_equal(sk_intake_skipped(alone), sk_intake_skipped(taker));
			assert_int_equal(sk_intake_memory(alone), sk_intake_memory(taker));
			assert_true(sums[0] == sums[1]);
		}
		assert_true(taken > 10 && (read > 0) == (round > 1));
		assert_true((sk_intake_skipped(taker) > 0) == (round > 1));
		sk_ahead_free(ahead);
		sk_intake_free(reader);
		sk_intake_free(taker);
		sk_intake_free(alone);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_blocks_decide_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_readers_decide_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_source.c -- blocks of records out of files, pipes and standard input.
 */
#if defined(__linux__)
#define _GNU_SOURCE /* mkfifo and timers beside what POSIX has already */
#endif
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "record/scan.h"
#include "record/source.h"

#define BLOCK SK_SOURCE_BLOCK
#define INPUTS_MAX 8

static char dash[] = "-";
static char *const dashes[] = { dash, dash };

static const struct timespec at_once = { 0, 0 };
static const struct timespec a_moment = { 0, 20000000 };
static const struct timespec long_enough = { 20, 0 };

/* Inputs: what a source is to read, and how far it has got */

struct input {
	char name[TEMPORARY_NAME];
	unsigned char *bytes;
	size_t size;
	size_t at; /* what has come so far */
};

struct inputs {
	size_t count;
	struct input input[INPUTS_MAX];
	char *names[INPUTS_MAX];
	unsigned char end;
	size_t record_max;
	size_t too_long; /* records that have come so */
};

static void
write_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		const ssize_t written = write(fd, bytes, size);

		assert_true(written > 0);
		bytes += written;
		size -= (size_t)written;
	}
}

/* Add a file with ${size} bytes, which are the inputs' from now on. */
static void
take_file(struct inputs *inputs, unsigned char *bytes, size_t size)
{
	struct input *input = &inputs->input[inputs->count];
	int fd;

	assert_true(inputs->count < INPUTS_MAX);
	fd = mkstemp(temporary_name(input->name));
	assert_true(fd != -1);
	write_all(fd, bytes, size);
	close(fd);
	input->bytes = bytes;
	input->size = size;
	input->at = 0;
	inputs->names[inputs->count++] = input->name;
}

static void
add_text(struct inputs *inputs, const char *text)
{
	unsigned char *bytes = allocate(strlen(text));

	memcpy(bytes, text, strlen(text));
	take_file(inputs, bytes, strlen(text));
}

static void
inputs_release(struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++) {
		unlink(inputs->input[i].name);
		free(inputs->input[i].bytes);
	}
}

/* The bytes of the record at hand, its end byte left out. */
static size_t
record_length(const struct inputs *inputs, const struct input *input)
{
	const unsigned char *from = input->bytes + input->at;
	const unsigned char *end = memchr(from, inputs->end, input->size - input->at);

	return end != NULL ? (size_t)(end - from) : input->size - input->at;
}

/* A block of whole records: the next ones, none of them too long. */
static void
check_records(const struct inputs *inputs, struct input *input, struct sk_span block)
{
	const unsigned char *at = block.data, *stop = block.data + block.size;

	assert_true(block.size > 0);
	assert_int_equal(block.data[block.size - 1], inputs->end);
	while (at < stop) {
		const size_t length = record_length(inputs, input);

		if (length > inputs->record_max)
			fail_msg("a record of %zu bytes, with a limit of %zu", length,
			    inputs->record_max);
		assert_true(input->at < input->size);
		assert_true((size_t)(stop - at) > length);
		assert_memory_equal(at, input->bytes + input->at, length);
		assert_int_equal(at[length], inputs->end);
		at += length + 1;
		input->at += length + (input->at + length < input->size);
	}
}

/* The first bytes of the next record, which is too long. */
static void
check_too_long(struct inputs *inputs, struct input *input, struct sk_span block)
{
	const size_t length = record_length(inputs, input);

	if (length <= inputs->record_max)
		fail_msg(
		    "too long with %zu bytes, with a limit of %zu", length, inputs->record_max);
	assert_true(block.size > 0 && block.size <= length);
	assert_memory_equal(block.data, input->bytes + input->at, block.size);
	input->at += length + (input->at + length < input->size);
	inputs->too_long++;
}

/* Look at all that may be looked at around a block. */
static void
touch_padding(struct sk_span block)
{
	volatile unsigned char sink = 0;

	for (size_t i = 1; i <= SK_SCAN_PAD; i++) {
		sink = (unsigned char)(sink + block.data[-(ptrdiff_t)i]);
		sink = (unsigned char)(sink + block.data[block.size + i - 1]);
	}
}

/* A buffer as large as the longest record at most, with some room to spare. */
static void
check_memory(const struct sk_source *source, size_t longest)
{
	const size_t most = (longest > BLOCK ? longest : BLOCK) + BLOCK / 2;

	if (sk_source_memory(source) > most)
		fail_msg("%zu bytes, not %zu", sk_source_memory(source), most);
}

/* The next block, which must be of the input that the source names and go on where the last one
 * stopped. */
static enum sk_source_status
step(struct sk_source *source, struct inputs *inputs, const struct timespec *timeout)
{
	struct sk_span block;
	const enum sk_source_status status = sk_source_next(source, timeout, NULL, &block);

	if (status == SK_SOURCE_RECORDS || status == SK_SOURCE_TOO_LONG) {
		const size_t index = sk_source_index(source);
		struct input *input = &inputs->input[index - 1];

		assert_true(index >= 1 && index <= inputs->count);
		assert_string_equal(sk_source_name(source), input->name);
		for (size_t i = 0; i + 1 < index; i++)
			assert_int_equal(inputs->input[i].at, inputs->input[i].size);
		touch_padding(block);
		if (status == SK_SOURCE_RECORDS)
			check_records(inputs, input, block);
		else
			check_too_long(inputs, input, block);
	}
	return status;
}

/* Read it all; returns how many records were too long. */
static size_t
read_all(struct inputs *inputs)
{
	struct sk_source *source =
	    sk_source_new(inputs->names, inputs->count, inputs->end, inputs->record_max);
	enum sk_source_status status;

	assert_non_null(source);
	inputs->too_long = 0;
	while ((status = step(source, inputs, NULL)) != SK_SOURCE_END) {
		assert_true(status == SK_SOURCE_RECORDS || status == SK_SOURCE_TOO_LONG);
		check_memory(source, inputs->record_max);
	}
	for (size_t i = 0; i < inputs->count; i++)
		assert_int_equal(inputs->input[i].at, inputs->input[i].size);
	assert_int_equal(step(source, inputs, NULL), SK_SOURCE_END);
	sk_source_free(source);
	return inputs->too_long;
}

/* Files */

static void
test_small_files(void **state)
{
	static const char *const texts[] = { "", "\n", "a", "a\n", "\na", "a\nb", "\n\n\n",
		"a\n\nb\n", "a\r\nb\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			struct inputs inputs = { .end = '\n', .record_max = BLOCK };

			add_text(&inputs, texts[i]);
			add_text(&inputs, texts[j]);
			add_text(&inputs, "last");
			assert_int_equal(read_all(&inputs), 0);
			inputs_release(&inputs);
		}
}

static void
test_other_ends(void **state)
{
	static const unsigned char ends[] = { '\0', ';', 0xff, 'a' };

	(void)state;
	for (size_t i = 0; i < sizeof(ends); i++) {
		struct inputs inputs = { .end = ends[i], .record_max = BLOCK };
		unsigned char *bytes = allocate(9);

		memcpy(bytes,
		    "a\nb\0c;d\xff"
		    "e",
		    9);
		take_file(&inputs, bytes, 9);
		assert_int_equal(read_all(&inputs), 0);
		inputs_release(&inputs);
	}
}

/* A file that does not open is one error, and so is one that does not read. */
static void
test_errors_go_on(void **state)
{
	struct inputs inputs = { .end = '\n', .record_max = BLOCK };
	char *names[] = { (char[]){ "/nowhere/at/all" }, NULL, (char[]){ "/" }, NULL,
		(char[]){ "/nowhere" } };
	struct sk_source *source;
	struct sk_span block;

	(void)state;
	add_text(&inputs, "one\n");
	add_text(&inputs, "two");
	names[1] = inputs.names[0];
	names[3] = inputs.names[1];
	source = sk_source_new(names, 5, '\n', BLOCK);
	assert_non_null(source);
	assert_int_equal(sk_source_index(source), 0);
	errno = 0;
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_ERROR);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(sk_source_name(source), "/nowhere/at/all");
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("one\n")), 0);
	assert_string_equal(sk_source_name(source), names[1]);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_ERROR);
	assert_int_equal(errno, EISDIR);
	assert_string_equal(sk_source_name(source), "/");
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("two\n")), 0);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_ERROR);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_END);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_END);
	sk_source_free(source);
	sk_source_free(NULL);
	inputs_release(&inputs);
}

/* Every descriptor is closed, also those of inputs that were not read to the end. */
static void
test_descriptors_are_closed(void **state)
{
	const int before = open("/dev/null", O_RDONLY);
	struct inputs inputs = { .end = '\n', .record_max = BLOCK };
	int after;

	(void)state;
	close(before);
	add_text(&inputs, "one\n");
	add_text(&inputs, "two\n");
	read_all(&inputs);
	for (size_t steps = 0; steps < 4; steps++) {
		char *names[] = { inputs.names[0], (char[]){ "/" }, inputs.names[1] };
		struct sk_source *source = sk_source_new(names, 3, '\n', BLOCK);
		struct sk_span block;

		for (size_t i = 0; i < steps; i++)
			sk_source_next(source, NULL, NULL, &block);
		sk_source_free(source);
	}
	after = open("/dev/null", O_RDONLY);
	close(after);
	assert_int_equal(after, before);
	inputs_release(&inputs);
}

/* Long records */

static size_t
put_record(unsigned char *to, size_t length, bool ended)
{
	for (size_t i = 0; i < length; i++)
		to[i] = (unsigned char)('a' + (i * 7 + length) % 26);
	to[length] = '\n';
	return length + ended;
}

/* Records of these lengths, up to a 0, the last of them perhaps without its end byte. */
static size_t
lengths_round(size_t record_max, const size_t *lengths, bool ended)
{
	struct inputs inputs = { .end = '\n', .record_max = record_max };
	size_t size = 0, n = 0, too_long;
	unsigned char *bytes;

	for (; lengths[n] > 0; n++)
		size += lengths[n] + 1;
	bytes = allocate(size);
	size = 0;
	for (size_t i = 0; i < n; i++)
		size += put_record(bytes + size, lengths[i], ended || i + 1 < n);
	take_file(&inputs, bytes, size);
	add_text(&inputs, "the next file\nand more");
	too_long = read_all(&inputs);
	inputs_release(&inputs);
	return too_long;
}

static void
test_records_longer_than_a_block(void **state)
{
	static const size_t around[] = { BLOCK, BLOCK + 65536, 2 * BLOCK, 2 * BLOCK + 131072,
		5 * BLOCK };

	(void)state;
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++)
		for (size_t off = 0; off < 5; off++) {
			const size_t length = around[i] + off - 2;
			const size_t alone[] = { length, 0 }, last[] = { 5, length, 0 };
			const size_t among[] = { 10, length, 20, length, 1, 0 };

			for (int ended = 0; ended < 2; ended++) {
				assert_int_equal(lengths_round(6 * BLOCK, alone, ended), 0);
				assert_int_equal(lengths_round(6 * BLOCK, last, ended), 0);
				assert_int_equal(lengths_round(6 * BLOCK, among, ended), 0);
			}
		}
}

static void
test_records_that_are_too_long(void **state)
{
	static const size_t maxima[] = { BLOCK, BLOCK + 1000, 2 * BLOCK + 131072 };

	(void)state;
	for (size_t i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++)
		for (size_t excess = 100000; excess <= 3 * BLOCK; excess += 212345) {
			const size_t max = maxima[i], much = max + excess;
			const size_t alone[] = { much, 0 }, last[] = { 5, much, 0 };
			const size_t among[] = { 10, much, 20, 30, much, 1, 0 };
			const size_t row[] = { much, much, much + 1, 7, much, much, 0 };

			for (int ended = 0; ended < 2; ended++) {
				assert_int_equal(lengths_round(max, alone, ended), 1);
				assert_int_equal(lengths_round(max, last, ended), 1);
				assert_int_equal(lengths_round(max, among, ended), 2);
				assert_int_equal(lengths_round(max, row, ended), 5);
			}
		}
}

/* "Records may be record_max bytes long": that long and no longer, ended or not, wherever in the
 * buffer they begin. */
static void
test_records_of_about_the_limit(void **state)
{
	static const size_t maxima[] = { BLOCK, BLOCK + 65536, 2 * BLOCK + 12345 };

	(void)state;
	for (size_t i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++)
		for (size_t off = 0; off < 4; off++) {
			const size_t length = maxima[i] + off - 1, expected = off > 1;
			const size_t alone[] = { length, 0 },
				     second[] = { 1 + 33 * off, length, 0 };
			const size_t among[] = { 70000, length, 20, length, 9, 0 };

			for (int ended = 0; ended < 2; ended++) {
				assert_int_equal(lengths_round(maxima[i], alone, ended), expected);
				assert_int_equal(lengths_round(maxima[i], second, ended), expected);
				assert_int_equal(
				    lengths_round(maxima[i], among, ended), 2 * expected);
			}
		}
}

/* The memory stays that of one block until a record needs more. */
static void
test_memory_grows_with_need(void **state)
{
	struct inputs inputs = { .end = '\n', .record_max = 64 * BLOCK };
	const size_t size = 5 * BLOCK;
	unsigned char *bytes = allocate(size + 1);
	struct sk_source *source;

	(void)state;
	for (size_t i = 0; i < size; i += 1000)
		put_record(bytes + i, size - i < 999 ? size - i : 999, true);
	take_file(&inputs, bytes, size);
	source = sk_source_new(inputs.names, 1, '\n', inputs.record_max);
	assert_non_null(source);
	do
		check_memory(source, BLOCK);
	while (step(source, &inputs, NULL) == SK_SOURCE_RECORDS);
	assert_int_equal(inputs.input[0].at, inputs.input[0].size);
	sk_source_free(source);
	inputs_release(&inputs);
}

/* Random files */

static unsigned char *
random_bytes(size_t size, unsigned char end, size_t rarity)
{
	unsigned char *bytes = allocate(size);

	for (size_t i = 0; i < size; i++) {
		bytes[i] = (unsigned char)next_random();
		if (bytes[i] == end && rarity > 0)
			bytes[i] = (unsigned char)(end + 1);
	}
	for (size_t i = 0; rarity > 0 && i < size; i += 1 + random_below(2 * rarity))
		bytes[i] = end;
	return bytes;
}

/* Sizes near multiples of the block among them. */
static size_t
random_size(void)
{
	switch (random_below(4)) {
	case 0:
		return random_below(300);
	case 1:
		return BLOCK * (1 + random_below(3)) + random_below(9) - 4;
	default:
		return random_below(4 * BLOCK);
	}
}

static void
test_random_files(void **state)
{
	static const size_t rarities[] = { 0, 1, 30, 500, 20000, 200000, 500000 };

	(void)state;
	random_state = 1;
	for (int round = 0; round < (SANITIZED ? 40 : 150); round++) {
		struct inputs inputs = { .end = round % 3 == 0 ? '\0' : '\n',
			.record_max = BLOCK + random_below(2) * random_below(2 * BLOCK) };

		for (size_t n = random_below(4) + 1; n > 0; n--) {
			const size_t size = random_size();

			take_file(&inputs,
			    random_bytes(size, inputs.end, rarities[random_below(7)]), size);
		}
		read_all(&inputs);
		inputs_release(&inputs);
	}
}

/* Pipes */

/* Standard input is ${fd} until restore_input() gets back what this returns. */
static int
replace_input(int fd)
{
	const int kept = dup(STDIN_FILENO);

	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	return kept;
}

static void
restore_input(int kept)
{
	if (kept != -1) {
		dup2(kept, STDIN_FILENO);
		close(kept);
	} else {
		close(STDIN_FILENO);
	}
}

/* A source over standard input, which is a pipe; the other end goes to *${to}. */
static struct sk_source *
pipe_source(int *to, int *kept)
{
	struct sk_source *source;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	*to = ends[1];
	*kept = replace_input(ends[0]);
	source = sk_source_new(dashes, 1, '\n', BLOCK);
	assert_non_null(source);
	return source;
}

static void
say(int fd, const char *text)
{
	write_all(fd, (const unsigned char *)text, strlen(text));
}

static void
assert_next(struct sk_source *source, const struct timespec *timeout, const char *expected)
{
	struct sk_span block;

	assert_int_equal(sk_source_next(source, timeout, NULL, &block), SK_SOURCE_RECORDS);
	assert_int_equal(block.size, strlen(expected));
	assert_memory_equal(block.data, expected, block.size);
	assert_string_equal(sk_source_name(source), "standard input");
}

static void
assert_waited(struct sk_source *source, const struct timespec *timeout)
{
	struct sk_span block;

	assert_int_equal(sk_source_next(source, timeout, NULL, &block), SK_SOURCE_WAITED);
}

/* What a pipe gives is given at once, as soon as it holds a whole record. */
static void
test_short_writes(void **state)
{
	struct sk_source *source;
	struct sk_span block;
	int to, kept;

	(void)state;
	source = pipe_source(&to, &kept);
	assert_waited(source, &at_once);
	say(to, "one\ntw");
	assert_next(source, NULL, "one\n");
	assert_waited(source, &at_once);
	say(to, "o");
	assert_waited(source, &at_once);
	say(to, "\n");
	assert_next(source, &long_enough, "two\n");
	say(to, "\n");
	assert_next(source, &long_enough, "\n");
	say(to, "three");
	assert_waited(source, &a_moment);
	say(to, "\nfour\nfi");
	assert_next(source, NULL, "three\nfour\n");
	say(to, "ve");
	close(to);
	assert_next(source, NULL, "five\n");
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_END);
	sk_source_free(source);
	/* Standard input is the caller's, and stays open. */
	assert_true(fcntl(STDIN_FILENO, F_GETFD) != -1);
	restore_input(kept);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
test_timeouts(void **state)
{
	struct sk_source *source;
	int to, kept;
	double start;

	(void)state;
	source = pipe_source(&to, &kept);
	start = seconds();
	assert_waited(source, &a_moment);
	assert_true(seconds() - start >= 0.019);
	say(to, "late\n");
	start = seconds();
	assert_next(source, &long_enough, "late\n");
	assert_true(seconds() - start < 10);
	close(to);
	sk_source_free(source);
	restore_input(kept);
}

/* No names are standard input, and the second "-" finds nothing more. */
static void
test_standard_input(void **state)
{
	struct sk_source *source;
	struct sk_span block;
	int ends[2], kept;

	(void)state;
	for (size_t n = 0; n <= 2; n++) {
		assert_int_equal(pipe(ends), 0);
		say(ends[1], "from a pipe\nwithout end");
		close(ends[1]);
		kept = replace_input(ends[0]);
		source = sk_source_new(n > 0 ? dashes : NULL, n, '\n', BLOCK);
		assert_non_null(source);
		assert_next(source, NULL, "from a pipe\n");
		assert_next(source, NULL, "without end\n");
		assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_END);
		sk_source_free(source);
		restore_input(kept);
	}
}

/* A child that writes ${size} bytes in pieces of all sizes. */
static pid_t
start_writer(int to, const unsigned char *bytes, size_t size)
{
	const pid_t child = fork();

	assert_true(child != -1);
	if (child > 0)
		return child;
	for (size_t done = 0, piece; done < size; done += piece) {
		piece = 1 + random_below(random_below(3) == 0 ? 100000 : 3000);
		piece = piece < size - done ? piece : size - done;
		for (size_t sent = 0; sent < piece;) {
			const ssize_t written = write(to, bytes + done + sent, piece - sent);

			if (written <= 0)
				_exit(1);
			sent += (size_t)written;
		}
	}
	_exit(0);
}

static void
pipe_round(size_t size, size_t rarity, const struct timespec *timeout)
{
	struct inputs inputs = { .count = 1, .end = '\n', .record_max = BLOCK };
	struct input *input = &inputs.input[0];
	struct sk_source *source;
	enum sk_source_status status;
	int to, kept, exit_status;
	pid_t child;

	strcpy(input->name, "standard input");
	input->bytes = random_bytes(size, '\n', rarity);
	input->size = size;
	source = pipe_source(&to, &kept);
	child = start_writer(to, input->bytes, size);
	close(to);
	while ((status = step(source, &inputs, timeout)) != SK_SOURCE_END)
		assert_true(
		    status != SK_SOURCE_ERROR && (status != SK_SOURCE_WAITED || timeout != NULL));
	assert_int_equal(input->at, input->size);
	assert_int_equal(waitpid(child, &exit_status, 0), child);
	assert_int_equal(exit_status, 0);
	sk_source_free(source);
	restore_input(kept);
	free(input->bytes);
}

static void
test_random_pipes(void **state)
{
	static const size_t rarities[] = { 1, 40, 3000, 100000, 400000, 0 };

	(void)state;
	random_state = 2;
	for (int round = 0; round < (SANITIZED ? 12 : 36); round++)
		pipe_round(random_below(1 << 21), rarities[round % 6],
		    round % 3 == 0       ? &at_once
			: round % 3 == 1 ? &long_enough
					 : NULL);
}

/* Signals */

static volatile sig_atomic_t signals_seen;

static void
count_signal(int signal_number)
{
	(void)signal_number;
	signals_seen++;
}

/* Block the signals of interest; ${mask} lets them through. */
static void
set_up_signals(sigset_t *mask)
{
	struct sigaction action;
	sigset_t blocked;

	memset(&action, 0, sizeof(action));
	action.sa_handler = count_signal;
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGALRM);
	sigprocmask(SIG_BLOCK, &blocked, mask);
	sigdelset(mask, SIGUSR1);
	sigdelset(mask, SIGALRM);
	signals_seen = 0;
}

static void
set_alarm(long microseconds)
{
	const struct itimerval timer = {
		{0,  0           },
                { 0, microseconds}
	};

	assert_int_equal(setitimer(ITIMER_REAL, &timer, NULL), 0);
}

static void
test_signals_while_waiting(void **state)
{
	struct sk_source *source;
	struct sk_span block;
	sigset_t mask;
	int to, kept;

	(void)state;
	set_up_signals(&mask);
	source = pipe_source(&to, &kept);
	/* One that came before the wait, and one during it. */
	kill(getpid(), SIGUSR1);
	assert_int_equal(signals_seen, 0);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
	assert_int_equal(signals_seen, 1);
	set_alarm(20000);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
	assert_int_equal(signals_seen, 2);
	set_alarm(20000);
	assert_int_equal(sk_source_next(source, &long_enough, &mask, &block), SK_SOURCE_WAITED);
	assert_int_equal(signals_seen, 3);
	/* Nothing is lost, half a record included. */
	say(to, "a\nb");
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("a\n")), 0);
	set_alarm(20000);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
	say(to, "c\n");
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("bc\n")), 0);
	/* Outside the call they stay blocked. */
	kill(getpid(), SIGUSR1);
	assert_int_equal(signals_seen, 4);
	assert_int_equal(sk_source_next(source, &at_once, &mask, &block), SK_SOURCE_WAITED);
	assert_int_equal(signals_seen, 5);
	close(to);
	sk_source_free(source);
	restore_input(kept);
}

/* Files are never waited for, but signals get through between their blocks. */
static void
test_signals_while_reading_a_file(void **state)
{
	struct inputs inputs = { .end = '\n', .record_max = BLOCK };
	struct sk_source *source;
	struct sk_span block;
	sigset_t mask;

	(void)state;
	set_up_signals(&mask);
	add_text(&inputs, "a\nb\n");
	source = sk_source_new(inputs.names, 1, '\n', BLOCK);
	kill(getpid(), SIGUSR1);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
	assert_int_equal(signals_seen, 1);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("a\nb\n")), 0);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_END);
	sk_source_free(source);
	inputs_release(&inputs);
}

/* A FIFO without a writer holds up the opening, which a signal must be able to end. */
static void
test_signals_while_opening_a_fifo(void **state)
{
	char directory[TEMPORARY_NAME], name[TEMPORARY_NAME + 8];
	char *const names[] = { name };
	struct sk_source *source;
	struct sk_span block;
	sigset_t mask;
	pid_t child;
	int status;

	(void)state;
	set_up_signals(&mask);
	assert_non_null(mkdtemp(temporary_name(directory)));
	sprintf(name, "%s/fifo", directory);
	assert_int_equal(mkfifo(name, 0600), 0);
	source = sk_source_new(names, 1, '\n', BLOCK);
	for (int i = 1; i <= 2; i++) {
		set_alarm(20000);
		assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
		assert_int_equal(signals_seen, i);
		assert_int_equal(sk_source_index(source), 0);
	}
	/* One that came before the opening is not forgotten over it: the alarm is only there to end
	 * the wait. */
	kill(getpid(), SIGUSR1);
	set_alarm(200000);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_WAITED);
	set_alarm(0);
	assert_int_equal(signals_seen, 3);
	child = fork();
	if (child == 0) {
		const int to = open(name, O_WRONLY);

		_exit(write(to, "hello", 5) != 5);
	}
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_RECORDS);
	assert_int_equal(compare_spans(block, span_of("hello\n")), 0);
	assert_int_equal(sk_source_next(source, NULL, &mask, &block), SK_SOURCE_END);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	sk_source_free(source);
	unlink(name);
	rmdir(directory);
}

/* The buffer grows with what a record needs, wherever the one before it has left it to begin. */
static void
test_memory_is_a_matter_of_records(void **state)
{
	const size_t fits = BLOCK + BLOCK / 4 - 1; /* and its end */

	(void)state;
	for (size_t longer = 0; longer < 2; longer++)
		for (size_t before = 0; before < 70; before += 23) {
			struct inputs inputs = { .end = '\n' };
			const size_t size = before + 1 + fits + longer + 1;
			unsigned char *bytes = allocate(size);
			struct sk_source *source;
			struct sk_span block;
			size_t memory;

			memset(bytes, 'x', size);
			bytes[before] = bytes[size - 1] = '\n';
			take_file(&inputs, bytes, size);
			source = sk_source_new(inputs.names, 1, '\n', 4 * BLOCK);
			assert_non_null(source);
			memory = sk_source_memory(source);
			assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
			assert_int_equal(block.size, before + 1);
			assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
			assert_int_equal(block.size, fits + longer + 1);
			assert_true((sk_source_memory(source) > memory) == (longer > 0));
			sk_source_free(source);
			inputs_release(&inputs);
		}
}

/* Read on at ${offset} of the input, and expect ${text} there, to its end. */
static void
check_seek(struct sk_source *source, uint64_t offset, const char *text)
{
	struct sk_source_rest rest;
	struct sk_span block;

	assert_int_equal(sk_source_seek(source, offset), 0);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_int_equal(sk_source_offset(source), offset);
	assert_int_equal(block.size, strlen(text));
	assert_memory_equal(block.data, text, block.size);
	assert_true(sk_source_rest(source, &rest));
	assert_int_equal(rest.offset, offset + block.size);
}

/* Of a regular file somebody else can read the rest, and the source goes on where it is told to. */
static void
test_rests_of_files(void **state)
{
	struct inputs inputs = { .end = '\n' };
	struct sk_source_rest rest;
	struct sk_source *source;
	struct sk_span block;
	char bytes[4];

	(void)state;
	add_text(&inputs, "one\ntwo\nthree\n");
	add_text(&inputs, "binary");
	source = sk_source_new(inputs.names, 2, '\n', BLOCK);
	assert_non_null(source);
	sk_source_set_signature(source, (struct sk_span){ (const unsigned char *)"bin", 3 });
	assert_false(sk_source_rest(source, &rest));
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_int_equal(sk_source_offset(source), 0);
	assert_true(sk_source_rest(source, &rest));
	assert_int_equal(rest.input, 1);
	assert_int_equal(rest.base, 0);
	assert_int_equal(rest.offset, 14);
	assert_int_equal(rest.size, 14);
	assert_int_equal(pread(rest.fd, bytes, 4, 4), 4);
	assert_memory_equal(bytes, "two\n", 4);
	check_seek(source, 4, "two\nthree\n");
	check_seek(source, 8, "three\n");
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_BYTES);
	assert_false(sk_source_rest(source, &rest));
	sk_source_free(source);
	inputs_release(&inputs);
}

/* A signature with one half damaged is not that of a text, as one of few bytes may be. */
static void
test_damaged_signatures(void **state)
{
	static const struct {
		const char *signature;
		const char *text;
		enum sk_source_status status;
	} rows[] = {
		{ "ABCD\r\n.\n", "ABCD\r\n.\n and more", SK_SOURCE_BYTES },
		{ "ABCD\r\n.\n", "aBCD\r\n.\n and more", SK_SOURCE_BYTES },
		{ "ABCD\r\n.\n", "ABCD\r\n.\r", SK_SOURCE_BYTES },
		{ "ABCD\r\n.\n", "ABCD\n.\n and more", SK_SOURCE_BYTES },
		{ "ABCD\r\n.\n", "ABCD\n.\n", SK_SOURCE_RECORDS }, /* 7 bytes */
		{ "ABCD\r\n.\n", "aBCD\n.\n and more", SK_SOURCE_RECORDS },
		{ "ABCD\r\n.\n", "A", SK_SOURCE_BYTES }, /* cut off */
		{ "ABCD\r\n.\n", "A\n", SK_SOURCE_RECORDS },
		{ "bin", "ban\n", SK_SOURCE_RECORDS },
		{ "bin", "bi", SK_SOURCE_BYTES },
		{ "bin", "b", SK_SOURCE_RECORDS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inputs inputs = { .end = '\n' };
		struct sk_source *source;
		struct sk_span block;

		add_text(&inputs, rows[i].text);
		source = sk_source_new(inputs.names, 1, '\n', BLOCK);
		assert_non_null(source);
		sk_source_set_signature(source,
		    (struct sk_span){ (const unsigned char *)rows[i].signature, strlen(rows[i].signature) });
		assert_int_equal(sk_source_next(source, NULL, NULL, &block), rows[i].status);
		sk_source_free(source);
		inputs_release(&inputs);
	}
}

/* A standard input that has been read from begins where that ended; of a pipe there is no rest to be had. */
static void
test_rests_of_standard_input(void **state)
{
	struct inputs inputs = { .end = '\n' };
	const int kept = dup(STDIN_FILENO);
	struct sk_source_rest rest;
	struct sk_source *source;
	struct sk_span block;
	int ends[2];

	(void)state;
	add_text(&inputs, "gone\none\ntwo\n");
	assert_int_equal(close(STDIN_FILENO), 0);
	assert_int_equal(open(inputs.input[0].name, O_RDONLY), STDIN_FILENO);
	assert_int_equal(lseek(STDIN_FILENO, 5, SEEK_SET), 5);
	source = sk_source_new(NULL, 0, '\n', BLOCK);
	assert_non_null(source);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_true(sk_source_rest(source, &rest));
	assert_int_equal(rest.base, 5);
	assert_int_equal(rest.size, 8);
	check_seek(source, 4, "two\n");
	sk_source_free(source);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	write_all(ends[1], (const unsigned char *)"one\n", 4);
	source = sk_source_new(NULL, 0, '\n', BLOCK);
	assert_non_null(source);
	assert_int_equal(sk_source_next(source, NULL, NULL, &block), SK_SOURCE_RECORDS);
	assert_false(sk_source_rest(source, &rest));
	sk_source_free(source);
	assert_int_equal(dup2(kept, STDIN_FILENO), STDIN_FILENO);
	close(kept);
	close(ends[0]);
	close(ends[1]);
	inputs_release(&inputs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_files),
		cmocka_unit_test(test_other_ends),
		cmocka_unit_test(test_errors_go_on),
		cmocka_unit_test(test_descriptors_are_closed),
		cmocka_unit_test(test_records_longer_than_a_block),
		cmocka_unit_test(test_records_that_are_too_long),
		cmocka_unit_test(test_records_of_about_the_limit),
		cmocka_unit_test(test_memory_grows_with_need),
		cmocka_unit_test(test_random_files),
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_random_pipes),
		cmocka_unit_test(test_memory_is_a_matter_of_records),
		cmocka_unit_test(test_rests_of_files),
		cmocka_unit_test(test_damaged_signatures),
		cmocka_unit_test(test_rests_of_standard_input),
		cmocka_unit_test(test_signals_while_waiting),
		cmocka_unit_test(test_signals_while_reading_a_file),
		cmocka_unit_test(test_signals_while_opening_a_fifo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

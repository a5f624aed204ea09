/* source.c -- bytes in. */
#if defined(__linux__)
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#endif
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan.h"

#define PIPE_SIZE (1 << 20)
#define TAIL_ROOM ((size_t)1 << 16) /* for what a block leaves over, so that whole blocks are read behind it */
#define SIGNATURE_CUT ((size_t)2) /* as much of a signature is one that was cut off */
#define SIGNATURE_HALF ((size_t)4) /* half a signature of fewer bytes may well be text */
#define READ_ALIGN ((uintptr_t)64)  /* the kernel copies to aligned addresses half as fast again */

struct sk_source {
	char *const *names;
	size_t names_count;
	size_t opened; /* inputs so far */
	const char *name;
	int fd; /* -1 between inputs */
	bool regular;
	bool skipping; /* inside a record that was too long */
	bool at_end;   /* the input has nothing more, but its last record is still here */
	bool fresh;    /* it is not decided yet whether the input is binary */
	bool binary;
	bool has_signature;
	bool unscanned; /* what is held may hold whole records already */
	struct sk_span signature; /* of binary inputs */
	const struct sk_layout *layout; /* NULL: records are what lies between end bytes */
	struct sk_layout_progress progress; /* in what is held */
	bool mark_due; /* a byte order mark may still come */
	unsigned char end;
	size_t record_max;
	unsigned char *buffer; /* SK_SCAN_PAD bytes, then size, then SK_SCAN_PAD again */
	size_t size;
	size_t begin; /* of what has been read and is still wanted */
	size_t end_of_data;
	uint64_t offset; /* of `begin` in the input */
	off_t base;      /* of a regular file: where in it the input begins; -1 when that is not known */
	size_t given; /* bytes from `begin` on that are in the caller's block */
};

static char *const standard_input[] = { (char[]){ "-" } };

/* The byte at ${offset} of the buffer's usable part. */
static unsigned char *
at(const struct sk_source *source, size_t offset)
{
	return source->buffer + SK_SCAN_PAD + offset;
}

/* Bytes read and still wanted. */
static size_t
held(const struct sk_source *source)
{
	return source->end_of_data - source->begin;
}

static int
resize(struct sk_source *source, size_t size)
{
	unsigned char *buffer = realloc(source->buffer, size + 2 * SK_SCAN_PAD);

	if (buffer == NULL)
		return -1;
	/* The loops look at the padding, and memory checkers at that. */
	memset(buffer, 0, SK_SCAN_PAD);
	memset(buffer + SK_SCAN_PAD + size, 0, SK_SCAN_PAD);
	source->buffer = buffer;
	source->size = size;
	return 0;
}

struct sk_source *
sk_source_new(char *const *names, size_t n, unsigned char end, size_t record_max)
{
	struct sk_source *source = calloc(1, sizeof(*source));

	if (source == NULL)
		return NULL;
	source->names = n > 0 ? names : standard_input;
	source->names_count = n > 0 ? n : 1;
	source->name = "";
	source->fd = -1;
	source->end = end;
	source->record_max = record_max > SK_SOURCE_BLOCK ? record_max : SK_SOURCE_BLOCK;
	if (resize(source, SK_SOURCE_BLOCK + TAIL_ROOM) == -1) {
		free(source);
		return NULL;
	}
	return source;
}

static void
close_input(struct sk_source *source)
{
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	source->fd = -1;
}

void
sk_source_free(struct sk_source *source)
{
	if (source == NULL)
		return;
	close_input(source);
	free(source->buffer);
	free(source);
}

const char *
sk_source_name(const struct sk_source *source)
{
	return source->name;
}

size_t
sk_source_index(const struct sk_source *source)
{
	return source->opened;
}

bool
sk_source_waits(const struct sk_source *source)
{
	return source->opened > 0 && !source->regular;
}

uint64_t
sk_source_offset(const struct sk_source *source)
{
	return source->offset;
}

size_t
sk_source_memory(const struct sk_source *source)
{
	return sizeof(*source) + source->size + 2 * SK_SCAN_PAD;
}

/* A FIFO is opened when its writer comes; until then signals must get through. */
static int
open_interruptibly(const char *name, const sigset_t *mask)
{
	static const struct timespec at_once = { 0, 0 };
	sigset_t blocked;
	int fd, error;

	if (mask != NULL && pselect(0, NULL, NULL, NULL, &at_once, mask) == -1)
		return -1;
	if (mask != NULL)
		pthread_sigmask(SIG_SETMASK, mask, &blocked);
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	error = errno;
	if (mask != NULL)
		pthread_sigmask(SIG_SETMASK, &blocked, NULL);
	errno = error;
	return fd;
}

static int
open_next(struct sk_source *source, const sigset_t *mask)
{
	const char *name = source->names[source->opened];
	bool standard = strcmp(name, "-") == 0;
	struct stat status;
	int fd = standard ? STDIN_FILENO : open_interruptibly(name, mask);

	if (fd == -1 && errno == EINTR)
		return -1;
	source->opened++;
	source->name = standard ? "standard input" : name;
	source->begin = source->end_of_data = source->given = 0;
	source->offset = 0;
	source->skipping = source->at_end = source->unscanned = false;
	source->progress = (struct sk_layout_progress){ 0 };
	source->mark_due = source->layout != NULL;
	source->fresh = true;
	source->binary = source->has_signature && source->signature.size == 0;
	if (fd == -1)
		return -1;
	source->fd = fd;
	if (fstat(fd, &status) == -1) {
		int error = errno;

		close_input(source);
		errno = error;
		return -1;
	}
	source->regular = S_ISREG(status.st_mode);
	source->base = source->regular ? lseek(fd, 0, SEEK_CUR) : -1;
#if defined(F_SETPIPE_SZ)
	if (S_ISFIFO(status.st_mode))
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
#endif
#if defined(POSIX_FADV_SEQUENTIAL)
	if (source->regular)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
	return 0;
}

/*
 * Let signals arrive, and wait for input where it may be long in coming: false if there was a signal or none came.
 * Where input is always there pselect returns without letting a signal through, so that these have a turn of their own.
 */
static bool
await_input(const struct sk_source *source, const struct timespec *timeout, const sigset_t *mask)
{
	static const struct timespec at_once = { 0, 0 };
	fd_set readable;
	int ready;

	if (mask != NULL && pselect(0, NULL, NULL, NULL, &at_once, mask) == -1)
		return false;
	if (source->regular || source->fd >= FD_SETSIZE || (mask == NULL && timeout == NULL))
		return true;
	FD_ZERO(&readable);
	FD_SET(source->fd, &readable);
	ready = pselect(source->fd + 1, &readable, NULL, NULL, timeout, mask);
	return ready > 0 || (ready == -1 && errno != EINTR); /* other errors are read's to report */
}

/* The bytes of ${data}[0 .. ${size}) up to the last end byte, which is looked for from ${from} on; 0 without one. */
static size_t
whole_records(const unsigned char *data, size_t from, size_t size, unsigned char end)
{
	while (size > from)
		if (data[--size] == end)
			return size + 1;
	return 0;
}

/* Move what is held to ${begin}. */
static void
move_held(struct sk_source *source, size_t begin)
{
	size_t left = held(source);

	memmove(at(source, begin), at(source, source->begin), left);
	source->begin = begin;
	source->end_of_data = begin + left;
}

/* Forget what the caller was given, and move the rest to where the next read is aligned. */
static void
take_back(struct sk_source *source)
{
	if (source->given == 0)
		return;
	source->begin += source->given;
	source->offset += source->given;
	source->given = 0;
	move_held(source, (size_t)(-(uintptr_t)at(source, held(source)) & (READ_ALIGN - 1)));
}

/* The rest of a record that was too long: drop it, up to and with its end byte. */
static void
skip_record(struct sk_source *source)
{
	const unsigned char *start = at(source, source->begin);
	const unsigned char *end = memchr(start, source->end, held(source));

	source->progress = (struct sk_layout_progress){ 0 };
	source->skipping = end == NULL;
	source->given = end == NULL ? held(source) : (size_t)(end - start) + 1;
	take_back(source);
}

void
sk_source_set_signature(struct sk_source *source, struct sk_span signature)
{
	source->signature = signature;
	source->has_signature = true;
}

void
sk_source_set_layout(struct sk_source *source, const struct sk_layout *layout)
{
	source->layout = layout;
}

/*
 * Whether one half of the signature has stayed as it was: a bit or a line end has changed on the way, and those who know
 * the format will refuse it, rather than take it for text. Short signatures are no evidence.
 */
static bool
is_damaged_signature(struct sk_span signature, const unsigned char *front, size_t size)
{
	const size_t half = signature.size / 2;

	return half >= SIGNATURE_HALF && size == signature.size &&
	    (memcmp(front, signature.data, half) == 0 ||
		memcmp(front + half, signature.data + half, size - half) == 0);
}

/* Tell by its front whether the input is binary; false while too little of it is there. */
static bool
decided(struct sk_source *source)
{
	const unsigned char *front = at(source, source->begin);
	size_t size = held(source) < source->signature.size ? held(source) : source->signature.size;
	bool alike = source->has_signature && size > 0 &&
	    memcmp(front, source->signature.data, size) == 0;

	if (source->fresh && alike && size < source->signature.size && !source->at_end)
		return false;
	/* All of it, or so much of it at the input's end that it must have been cut off. */
	if (source->fresh && alike && (size == source->signature.size || size >= SIGNATURE_CUT))
		source->binary = true;
	else if (source->fresh && is_damaged_signature(source->signature, front, size))
		source->binary = true;
	source->fresh = false;
	return true;
}

static enum sk_source_status
give(struct sk_source *source, size_t size, struct sk_span *block)
{
	*block = (struct sk_span){ at(source, source->begin), size };
	source->given = size;
	return source->binary ? SK_SOURCE_BYTES : SK_SOURCE_RECORDS;
}

/* A record has come to its end that is longer than the limit, though it found room: hand out its front. */
static enum sk_source_status
give_too_long(struct sk_source *source, size_t size, struct sk_span *block)
{
	give(source, size, block);
	source->progress = (struct sk_layout_progress){ 0 };
	block->size = source->record_max;
	source->unscanned = true;
	return SK_SOURCE_TOO_LONG;
}

/*
 * The bytes, with its end byte, of a first record that is longer than the limit; 0: it is not, as far as it is there. The first
 * ${scanned} bytes hold no end of a record. Line ends in quotes are within the limit (quote_max), so that what is too long is one
 * line of any layout.
 */
static size_t
too_long(const struct sk_source *source, size_t scanned)
{
	const unsigned char *front = at(source, source->begin), *end;

	if (held(source) <= source->record_max)
		return 0;
	if (source->layout != NULL)
		scanned = 0;
	end = memchr(front + scanned, source->end, held(source) - scanned);
	return end != NULL && (size_t)(end - front) > source->record_max ? (size_t)(end - front) + 1 : 0;
}

/* The input is at its end: what is left is its last record, without an end byte. */
static enum sk_source_status
give_last(struct sk_source *source, struct sk_span *block)
{
	close_input(source);
	source->at_end = false;
	if (source->binary)
		return SK_SOURCE_BYTES_END;
	if (held(source) == 0 || source->skipping)
		return SK_SOURCE_RECORDS;
	/* A quote that is never closed has kept lines from being given. */
	if (*at(source, source->end_of_data - 1) != source->end)
		*at(source, source->end_of_data++) = source->end;
	if (too_long(source, 0) > 0)
		return give_too_long(source, too_long(source, 0), block);
	return give(source, held(source), block);
}

/* Pass over a byte order mark at the input's front; false while it is not clear whether there is one. */
static bool
passed_mark(struct sk_source *source)
{
	static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };
	size_t size = held(source) < sizeof(mark) ? held(source) : sizeof(mark), begin;

	if (!source->mark_due)
		return true;
	if (size < sizeof(mark) && memcmp(at(source, source->begin), mark, size) == 0 && !source->at_end)
		return false;
	source->mark_due = false;
	begin = sk_layout_mark((struct sk_span){ at(source, source->begin), held(source) });
	source->begin += begin;
	source->offset += begin;
	return true;
}

/* Give what is whole of the bytes held, the first ${scanned} of which hold no end. An empty block stands for nothing. */
static enum sk_source_status
cut_block(struct sk_source *source, size_t scanned, struct sk_span *block)
{
	size_t whole;

	source->unscanned = false;
	if (!decided(source))
		return SK_SOURCE_RECORDS;
	if (source->binary)
		return held(source) > 0 ? give(source, held(source), block) : SK_SOURCE_RECORDS;
	if (!passed_mark(source))
		return SK_SOURCE_RECORDS;
	/* A read is no longer than the limit, so the first record alone can be. */
	if (too_long(source, scanned) > 0)
		return give_too_long(source, too_long(source, scanned), block);
	if (source->layout != NULL)
		whole = sk_layout_whole(source->layout, at(source, source->begin), held(source), false,
		    &source->progress);
	else
		whole = whole_records(at(source, source->begin), scanned, held(source), source->end);
	return whole > 0 ? give(source, whole, block) : SK_SOURCE_RECORDS;
}

/* Read once. */
static enum sk_source_status
read_more(struct sk_source *source, struct sk_span *block)
{
	size_t before = held(source), room = source->size - source->end_of_data;
	ssize_t got;

	do
		got = read(source->fd, at(source, source->end_of_data),
		    room < SK_SOURCE_BLOCK ? room : SK_SOURCE_BLOCK);
	while (got == -1 && errno == EINTR);
	if (got == -1) {
		int error = errno;

		close_input(source);
		errno = error;
		return SK_SOURCE_ERROR;
	}
	source->at_end = got == 0;
	source->end_of_data += (size_t)got;
	if (source->skipping) {
		skip_record(source);
		before = 0;
	}
	return cut_block(source, source->fresh ? 0 : before, block);
}

/* The buffer is full of one record that has no end yet. */
static enum sk_source_status
make_room(struct sk_source *source, struct sk_span *block)
{
	size_t size = source->size * 2;

	if (held(source) > source->record_max) {
		give(source, held(source), block);
		source->skipping = true;
		return SK_SOURCE_TOO_LONG;
	}
	if (size > source->record_max + TAIL_ROOM)
		size = source->record_max + TAIL_ROOM;
	if (resize(source, size) == 0)
		return SK_SOURCE_RECORDS;
	close_input(source);
	errno = ENOMEM;
	return SK_SOURCE_ERROR;
}

static enum sk_source_status
next_of_input(struct sk_source *source, const struct timespec *timeout, const sigset_t *mask,
    struct sk_span *block)
{
	if (source->unscanned)
		return cut_block(source, 0, block);
	/* Whether the buffer grows is a matter of the record alone, not of where it happens to lie. */
	if (source->end_of_data == source->size && source->begin > 0)
		move_held(source, 0);
	if (source->end_of_data == source->size)
		return make_room(source, block);
	if (!await_input(source, timeout, mask))
		return SK_SOURCE_WAITED;
	return read_more(source, block);
}

bool
sk_source_rest(const struct sk_source *source, struct sk_source_rest *rest)
{
	struct stat status;

	if (source->fd == -1 || source->base == -1 || source->fresh || source->binary ||
	    source->skipping || fstat(source->fd, &status) == -1 || status.st_size < source->base)
		return false;
	*rest = (struct sk_source_rest){
		.fd = source->fd,
		.input = source->opened,
		.base = (uint64_t)source->base,
		.offset = source->offset + source->given,
		.size = (uint64_t)(status.st_size - source->base),
	};
	return true;
}

int
sk_source_seek(struct sk_source *source, uint64_t offset)
{
	int error;

	if (lseek(source->fd, source->base + (off_t)offset, SEEK_SET) != -1) {
		source->begin = source->end_of_data = source->given = 0;
		source->unscanned = false;
		source->offset = offset;
		return 0;
	}
	error = errno;
	close_input(source);
	errno = error;
	return -1;
}

enum sk_source_status
sk_source_next(struct sk_source *source, const struct timespec *timeout, const sigset_t *mask,
    struct sk_span *block)
{
	enum sk_source_status status;

	take_back(source);
	do {
		*block = (struct sk_span){ NULL, 0 };
		if (source->fd == -1) {
			if (source->opened == source->names_count)
				return SK_SOURCE_END;
			if (open_next(source, mask) == -1)
				return errno == EINTR ? SK_SOURCE_WAITED : SK_SOURCE_ERROR;
		}
		status = next_of_input(source, timeout, mask, block);
		if (status == SK_SOURCE_RECORDS && source->at_end)
			status = give_last(source, block);
		if (status != SK_SOURCE_RECORDS || block->size > 0)
			return status;
		take_back(source);
	} while (timeout == NULL);
	return SK_SOURCE_WAITED; /* a record that does not end is no reason to keep the caller */
}

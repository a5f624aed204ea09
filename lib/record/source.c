/* source.c -- bytes in. */
#include "source.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "raw.h"
#include "scan.h"
#include "source_parts.h"

#define TAIL_ROOM ((size_t)1 << 16) /* for what a block leaves over, so that whole blocks are read behind it */
#define READ_ALIGN ((uintptr_t)64)  /* the kernel copies to aligned addresses half as fast again */

static char *const standard_input[] = { (char[]){ "-" } };

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
	source->unpacks = true;
	source->record_max = record_max > SK_SOURCE_BLOCK ? record_max : SK_SOURCE_BLOCK;
	if (resize(source, SK_SOURCE_BLOCK + TAIL_ROOM) == -1) {
		free(source);
		return NULL;
	}
	return source;
}

void
sk_source_free(struct sk_source *source)
{
	if (source == NULL)
		return;
	sk_source_close_input(source);
	free(source->buffer);
	free(source);
}

const char *
sk_source_name(const struct sk_source *source)
{
	return source->name;
}

const char *
sk_source_why(const struct sk_source *source)
{
	return source->why != NULL ? source->why : strerror(source->error);
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
	size_t left = sk_source_held(source);

	memmove(sk_source_at(source, begin), sk_source_at(source, source->begin), left);
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
	move_held(source, (size_t)(-(uintptr_t)sk_source_at(source, sk_source_held(source)) & (READ_ALIGN - 1)));
}

/* The rest of a record that was too long, as its length has it. */
static void
skip_announced(struct sk_source *source)
{
	source->given = source->to_skip < sk_source_held(source) ? (size_t)source->to_skip : sk_source_held(source);
	source->to_skip -= source->given;
	source->skipping = source->to_skip > 0;
	take_back(source);
}

/* The rest of a record that was too long: drop it, up to and with its end byte. */
static void
skip_record(struct sk_source *source)
{
	const unsigned char *start = sk_source_at(source, source->begin);
	const unsigned char *end = memchr(start, source->end, sk_source_held(source));

	source->progress = (struct sk_layout_progress){ 0 };
	source->skipping = end == NULL;
	source->given = end == NULL ? sk_source_held(source) : (size_t)(end - start) + 1;
	take_back(source);
}

void
sk_source_set_unpacking(struct sk_source *source, bool unpacks)
{
	source->unpacks = unpacks;
}

bool
sk_source_set_layout(struct sk_source *source, const struct sk_layout *layout)
{
	source->layout = layout;
	if (source->given == 0 || source->fd == -1)
		return false;
	source->given = 0;
	source->unscanned = true;
	source->mark_due = sk_layout_is_text(sk_layout_kind(layout));
	return true;
}

void
sk_source_allow_partial(struct sk_source *source)
{
	source->allow_partial = true;
}

bool
sk_source_partial(const struct sk_source *source)
{
	return source->partial;
}

/* If nothing of the block was of use, the next look at it is one that keeps what it has seen. */
void
sk_source_hand_back(struct sk_source *source, size_t size)
{
	source->given -= size;
	source->stuck = source->given == 0;
	source->progress = (struct sk_layout_progress){ 0 };
}

static enum sk_source_status
give(struct sk_source *source, size_t size, struct sk_span *block)
{
	*block = (struct sk_span){ sk_source_at(source, source->begin), size };
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
	const unsigned char *front = sk_source_at(source, source->begin), *end;

	if (sk_source_held(source) <= source->record_max || sk_source_is_raw(source))
		return 0;
	if (source->layout != NULL)
		scanned = 0;
	end = memchr(front + scanned, source->end, sk_source_held(source) - scanned);
	return end != NULL && (size_t)(end - front) > source->record_max ? (size_t)(end - front) + 1 : 0;
}

/* A record has a length that is longer than the limit: hand out as much of it as is there. */
static enum sk_source_status
give_announced(struct sk_source *source, uint64_t size, struct sk_span *block)
{
	size_t lead = sk_layout_lead(source->layout);
	size_t there = size < sk_source_held(source) ? (size_t)size : sk_source_held(source);

	give(source, there, block);
	*block = (struct sk_span){ block->data + lead, there - lead };
	source->to_skip = size - there;
	source->skipping = source->to_skip > 0;
	source->unscanned = !source->skipping;
	return SK_SOURCE_TOO_LONG;
}

/* The input is at its end: what is left is its last record, without an end byte. */
static enum sk_source_status
give_last(struct sk_source *source, struct sk_span *block)
{
	sk_source_close_input(source);
	source->at_end = source->partial = false;
	if (source->binary)
		return SK_SOURCE_BYTES_END;
	if (sk_source_is_raw(source) && (sk_source_held(source) > 0 || source->skipping)) {
		give(source, sk_source_held(source), block);
		return SK_SOURCE_CUT_SHORT;
	}
	if (sk_source_held(source) == 0 || source->skipping)
		return SK_SOURCE_RECORDS;
	/* A quote that is never closed has kept lines from being given. */
	if (*sk_source_at(source, source->end_of_data - 1) != source->end)
		*sk_source_at(source, source->end_of_data++) = source->end;
	if (too_long(source, 0) > 0)
		return give_too_long(source, too_long(source, 0), block);
	return give(source, sk_source_held(source), block);
}

/* How many of the first ${held} bytes held to give, of records that have a layout. */
static size_t
cut_layout(struct sk_source *source, size_t scanned, size_t held)
{
	const unsigned char *front = sk_source_at(source, source->begin);
	size_t whole;

	source->partial = source->allow_partial && !source->stuck && !sk_layout_splits(source->layout);
	if (source->partial) {
		if ((whole = sk_layout_likely(source->layout, front, scanned, held)) > 0)
			return whole;
		source->partial = false;
		source->progress = (struct sk_layout_progress){ 0 };
	}
	whole = sk_layout_whole(source->layout, front, held, false, &source->progress);
	source->stuck = whole == 0;
	return whole;
}

/* Give what is whole of the bytes held, the first ${scanned} of which hold no end. An empty block stands for nothing. */
static enum sk_source_status
cut_block(struct sk_source *source, size_t scanned, struct sk_span *block)
{
	uint64_t announced = 0;
	size_t pending, held, whole;

	source->unscanned = false;
	if (!sk_source_decided(source) || sk_source_held(source) == 0)
		return SK_SOURCE_RECORDS;
	if (source->binary)
		return give(source, sk_source_held(source), block);
	if (!sk_source_passed_mark(source) || (sk_source_is_raw(source) && !sk_source_passed_signature(source)))
		return SK_SOURCE_RECORDS;
	/* A read is no longer than the limit, so the first record alone can be. */
	if (too_long(source, scanned) > 0)
		return give_too_long(source, too_long(source, scanned), block);
	if (sk_source_is_raw(source))
		announced = sk_layout_announced(
		    source->layout, (struct sk_span){ sk_source_at(source, source->begin), sk_source_held(source) });
	if (announced > source->record_max + SK_RAW_LENGTH_SIZE)
		return give_announced(source, announced, block);
	/* What may be the front of a signature, and has an end byte in it, is no record yet. */
	held = sk_source_held(source);
	pending = sk_signature_pending(&source->search, source->signature);
	held -= pending < held ? pending : held;
	if (source->layout != NULL)
		whole = cut_layout(source, scanned < held ? scanned : held, held);
	else
		whole = whole_records(sk_source_at(source, source->begin), scanned, held, source->end);
	return whole > 0 ? give(source, whole, block) : SK_SOURCE_RECORDS;
}

/* This input has failed, as errno or `why` says. */
static enum sk_source_status
give_up(struct sk_source *source)
{
	source->error = errno;
	sk_source_close_input(source);
	return SK_SOURCE_ERROR;
}

/* Read once. */
static enum sk_source_status
read_more(struct sk_source *source, struct sk_span *block)
{
	const bool unsure = source->fresh || sk_signature_pending(&source->search, source->signature) > 0;
	size_t before = unsure ? 0 : sk_source_held(source), room = source->size - source->end_of_data;
	ssize_t got;

	got = sk_source_read(source, sk_source_at(source, source->end_of_data),
	    room < SK_SOURCE_BLOCK ? room : SK_SOURCE_BLOCK);
	if (got == -1)
		return give_up(source);
	source->at_end = got == 0;
	source->end_of_data += (size_t)got;
	source->unlooked += (size_t)got;
	if (sk_source_look_for_packed(source) == -1)
		return give_up(source);
	/* Nothing is held of what is to be unpacked, and nothing can be said of what may have to be. */
	if (source->look_due || sk_source_held(source) == 0)
		return SK_SOURCE_RECORDS;
	sk_source_look_for_signature(source);
	if (source->skipping) {
		if (sk_source_is_raw(source))
			skip_announced(source);
		else
			skip_record(source);
		before = 0;
	}
	return cut_block(source, before, block);
}

/* The buffer is full of one record that has no end yet. */
static enum sk_source_status
make_room(struct sk_source *source, struct sk_span *block)
{
	size_t size = source->size * 2;

	if (sk_source_held(source) > source->record_max) {
		give(source, sk_source_held(source), block);
		source->skipping = true;
		return SK_SOURCE_TOO_LONG;
	}
	if (size > source->record_max + TAIL_ROOM)
		size = source->record_max + TAIL_ROOM;
	if (resize(source, size) == 0)
		return SK_SOURCE_RECORDS;
	errno = ENOMEM;
	return give_up(source);
}

static enum sk_source_status
next_of_input(struct sk_source *source, const struct timespec *timeout, const sigset_t *mask,
    struct sk_span *block)
{
	if (source->unscanned)
		return cut_block(source, 0, block);
	if (source->failed) {
		errno = source->error;
		return give_up(source);
	}
	if (source->foreign || source->at_end)
		return SK_SOURCE_RECORDS;
	/* Whether the buffer grows is a matter of the record alone, not of where it happens to lie. */
	if (source->end_of_data == source->size && source->begin > 0)
		move_held(source, 0);
	if (source->end_of_data == source->size)
		return make_room(source, block);
	if (!sk_source_await_input(source, timeout, mask))
		return SK_SOURCE_WAITED;
	return read_more(source, block);
}

/* The last record gets its end here, so that there is nothing left of it to give. */
bool
sk_source_more(struct sk_source *source, struct sk_span *block)
{
	size_t room = source->size - source->end_of_data, whole;
	ssize_t got;

	if (source->fd == -1 || source->at_end || source->foreign || source->failed || room == 0 ||
	    sk_source_held(source) >= SK_SOURCE_BLOCK)
		return false;
	if ((got = sk_source_read(source, sk_source_at(source, source->end_of_data), room)) == -1) {
		source->error = errno;
		source->failed = true;
		return false;
	}
	source->at_end = got == 0;
	source->end_of_data += (size_t)got;
	source->unlooked += (size_t)got;
	sk_source_look_for_signature(source);
	if (source->at_end && *sk_source_at(source, source->end_of_data - 1) != source->end)
		*sk_source_at(source, source->end_of_data++) = source->end;
	/* A signature may have begun in what was given. */
	whole = whole_records(sk_source_at(source, source->begin), source->foreign ? 0 : source->given,
	    sk_source_held(source), source->end);
	give(source, whole > 0 || source->foreign ? whole : source->given, block);
	return true;
}

bool
sk_source_rest(const struct sk_source *source, struct sk_source_rest *rest)
{
	struct stat status;

	if (source->fd == -1 || source->base == -1 || source->fresh || source->binary || source->foreign ||
	    source->skipping || source->failed || sk_signature_pending(&source->search, source->signature) > 0 ||
	    fstat(source->fd, &status) == -1 || status.st_size < source->base)
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
		source->search = (struct sk_signature_search){ .size = 0 };
		source->offset = offset;
		return 0;
	}
	error = errno;
	sk_source_close_input(source);
	source->error = errno = error;
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
			if (sk_source_open_next(source, mask) == -1) {
				source->error = errno;
				return errno == EINTR ? SK_SOURCE_WAITED : SK_SOURCE_ERROR;
			}
		}
		status = next_of_input(source, timeout, mask, block);
		if (status == SK_SOURCE_RECORDS && source->foreign && block->size == 0)
			status = give_up(source);
		else if (status == SK_SOURCE_RECORDS && source->at_end)
			status = give_last(source, block);
		if (status != SK_SOURCE_RECORDS || block->size > 0)
			return status;
		take_back(source);
	} while (timeout == NULL);
	return SK_SOURCE_WAITED; /* a record that does not end is no reason to keep the caller */
}

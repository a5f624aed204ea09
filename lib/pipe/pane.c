/* pane.c -- the frames by which windows travel. */
#include "pane.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../sketch/image.h"
#include "key.h"

#define NUMBER_SIZE ((size_t)8)
#define CLOSE_SIZE ((size_t)40) /* without key and panes */
#define FLAG_COUNTED 1

uint64_t
sk_pane_of(const struct sk_pane_close *close, size_t i)
{
	return sk_load64(close->panes + i * NUMBER_SIZE);
}

/* Two's complement, whatever the compiler makes of a number beyond INT64_MAX. */
static int64_t
load_signed(const unsigned char *at)
{
	uint64_t bits = sk_load64(at);

	return bits <= INT64_MAX ? (int64_t)bits : -(int64_t)~bits - 1;
}

/* Writing */

static void
store_panes(unsigned char *at, const uint64_t *panes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sk_store64(at + i * NUMBER_SIZE, panes[i]);
}

unsigned char *
sk_pane_write_records(struct sk_frame_writer *writer, uint64_t pane, size_t size)
{
	unsigned char *at;

	if (size > SK_FRAME_MAX) { /* so that the sum is one */
		errno = EMSGSIZE;
		return NULL;
	}
	if ((at = sk_frame_begin(writer, SK_FRAME_RECORDS, NUMBER_SIZE + size)) == NULL)
		return NULL;
	sk_store64(at, pane);
	return at + NUMBER_SIZE;
}

/* CLOSE and OPEN have one layout. */
static int
write_window(struct sk_frame_writer *writer, enum sk_frame_type type,
    const struct sk_pane_close *close, const uint64_t *panes)
{
	size_t key = sk_key_encoded_size(close->key, close->key_parts);
	unsigned char *at;

	if (close->start > close->end) {
		errno = EINVAL;
		return -1;
	}
	if (close->key.size > SK_FRAME_MAX || close->key_parts > SK_KEY_PARTS_MAX || key > SK_FRAME_MAX ||
	    close->panes_count > SK_FRAME_MAX / NUMBER_SIZE) {
		errno = EMSGSIZE;
		return -1;
	}
	at = sk_frame_begin(
	    writer, type, CLOSE_SIZE + key + close->panes_count * NUMBER_SIZE);
	if (at == NULL)
		return -1;
	sk_store64(at, (uint64_t)close->start);
	sk_store64(at + 8, (uint64_t)close->end);
	sk_store32(at + 16, close->revision);
	sk_store32(at + 20, close->counted ? FLAG_COUNTED : 0);
	sk_store32(at + 24, (uint32_t)close->key_parts);
	sk_store32(at + 28, (uint32_t)key);
	sk_store32(at + 32, (uint32_t)close->panes_count);
	sk_store32(at + 36, 0);
	at = sk_key_encode(close->key, close->key_parts, at + CLOSE_SIZE);
	store_panes(at, panes, close->panes_count);
	sk_frame_seal(writer);
	return 0;
}

int
sk_pane_write_close(struct sk_frame_writer *writer, const struct sk_pane_close *close,
    const uint64_t *panes)
{
	return write_window(writer, SK_FRAME_CLOSE, close, panes);
}

int
sk_pane_write_open(struct sk_frame_writer *writer, const struct sk_pane_close *window,
    const uint64_t *panes)
{
	if (window->revision != 0) {
		errno = EINVAL;
		return -1;
	}
	return write_window(writer, SK_FRAME_OPEN, window, panes);
}

int
sk_pane_write_watermark(struct sk_frame_writer *writer, int64_t time)
{
	unsigned char *at = sk_frame_begin(writer, SK_FRAME_WATERMARK, NUMBER_SIZE);

	if (at == NULL)
		return -1;
	sk_store64(at, (uint64_t)time);
	sk_frame_seal(writer);
	return 0;
}

int
sk_pane_write_finished(struct sk_frame_writer *writer, const uint64_t *panes, size_t n)
{
	unsigned char *at;

	if (n > SK_FRAME_MAX / NUMBER_SIZE) {
		errno = EMSGSIZE;
		return -1;
	}
	if ((at = sk_frame_begin(writer, SK_FRAME_FINISHED, n * NUMBER_SIZE)) == NULL)
		return -1;
	store_panes(at, panes, n);
	sk_frame_seal(writer);
	return 0;
}

/* Reading */

enum sk_frame_status
sk_pane_read_records(const struct sk_frame *frame, uint64_t *pane, struct sk_span *records)
{
	if (frame->size < NUMBER_SIZE)
		return SK_FRAME_CORRUPT;
	*pane = sk_load64(frame->payload);
	*records = (struct sk_span){ frame->payload + NUMBER_SIZE, frame->size - NUMBER_SIZE };
	return SK_FRAME_OK;
}

static int
compare_numbers(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;

	return (*a > *b) - (*a < *b);
}

/* A pane that is named twice would count twice. Most writers number panes in the order of time, but for late ones. */
static enum sk_frame_status
check_different(const struct sk_pane_close *close)
{
	enum sk_frame_status status = SK_FRAME_OK;
	size_t i = 1, n = close->panes_count;
	uint64_t *sorted;

	while (i < n && sk_pane_of(close, i) > sk_pane_of(close, i - 1))
		i++;
	if (i >= n)
		return SK_FRAME_OK;
	if ((sorted = malloc(n * sizeof(*sorted))) == NULL)
		return SK_FRAME_NO_MEMORY;
	for (i = 0; i < n; i++)
		sorted[i] = sk_pane_of(close, i);
	qsort(sorted, n, sizeof(*sorted), compare_numbers);
	for (i = 1; i < n && status == SK_FRAME_OK; i++)
		if (sorted[i] == sorted[i - 1])
			status = SK_FRAME_CORRUPT;
	free(sorted);
	return status;
}

enum sk_frame_status
sk_pane_read_close(struct sk_frame *frame, struct sk_pane_close *close)
{
	unsigned char *at = frame->payload;
	struct sk_pane_close read = { 0 };
	enum sk_frame_status status;
	size_t key, panes;

	if (frame->size < CLOSE_SIZE)
		return SK_FRAME_CORRUPT;
	if ((at[20] & ~FLAG_COUNTED) != 0)
		return SK_FRAME_NEWER;
	read.start = load_signed(at);
	read.end = load_signed(at + 8);
	read.revision = sk_load32(at + 16);
	read.counted = at[20] != 0;
	read.key_parts = sk_load32(at + 24);
	read.panes_count = sk_load32(at + 32);
	key = sk_load32(at + 28);
	if (sk_load32(at + 20) >> 8 != 0 || sk_load32(at + 36) != 0 || read.start > read.end ||
	    key > frame->size - CLOSE_SIZE)
		return SK_FRAME_CORRUPT;
	panes = frame->size - CLOSE_SIZE - key;
	if (panes % NUMBER_SIZE != 0 || panes / NUMBER_SIZE != read.panes_count)
		return SK_FRAME_CORRUPT;
	if ((status = sk_key_decode(at + CLOSE_SIZE, key, read.key_parts, &read.key)) != SK_FRAME_OK)
		return status;
	read.panes = at + CLOSE_SIZE + key;
	if ((status = check_different(&read)) == SK_FRAME_OK)
		*close = read;
	return status;
}

enum sk_frame_status
sk_pane_read_open(struct sk_frame *frame, struct sk_pane_close *window)
{
	if (frame->size >= CLOSE_SIZE && sk_load32(frame->payload + 16) != 0)
		return SK_FRAME_CORRUPT;
	return sk_pane_read_close(frame, window);
}

enum sk_frame_status
sk_pane_read_watermark(const struct sk_frame *frame, int64_t *time)
{
	if (frame->size != NUMBER_SIZE)
		return SK_FRAME_CORRUPT;
	*time = load_signed(frame->payload);
	return SK_FRAME_OK;
}

enum sk_frame_status
sk_pane_read_finished(const struct sk_frame *frame, const unsigned char **panes, size_t *n)
{
	if (frame->size % NUMBER_SIZE != 0)
		return SK_FRAME_CORRUPT;
	*panes = frame->payload;
	*n = frame->size / NUMBER_SIZE;
	return SK_FRAME_OK;
}

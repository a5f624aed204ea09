/* unpack.c -- compressed bytes: which they are, and one member behind the other. */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "unpack_parts.h"

#define PI_SIZE ((size_t)6) /* bzip2's blocks begin with these digits, and its end with those of the root of pi */
#define BZIP2_HEAD ((size_t)4)
#define MAGIC_SIZE ((size_t)4) /* of zstd */
#define CUT ((size_t)2)	       /* as much of a signature as this, and no more input, is one that was cut off */

static const struct sk_unpack_codec *const codecs[] = {
#if defined(SK_HAVE_ISAL) || defined(SK_HAVE_ZLIB)
	[SK_UNPACK_GZIP] = &sk_unpack_gzip,
#endif
#ifdef SK_HAVE_ZSTD
	[SK_UNPACK_ZSTD] = &sk_unpack_zstd,
#endif
#ifdef SK_HAVE_LZMA
	[SK_UNPACK_XZ] = &sk_unpack_xz,
#endif
#ifdef SK_HAVE_BZLIB
	[SK_UNPACK_BZIP2] = &sk_unpack_bzip2,
#endif
	[SK_UNPACK_UNDECIDED] = NULL,
};

/* How much of ${front} and a signature agree: all that can be compared, or not. */
static bool
agrees(struct sk_span front, const char *signature, size_t size)
{
	return memcmp(front.data, signature, front.size < size ? front.size : size) == 0;
}

/* All of a signature is there: the kind; more may come: undecided; cut off, with at least ${enough} bytes: the kind too. */
static enum sk_unpack_kind
judge(enum sk_unpack_kind kind, struct sk_span front, size_t size, size_t enough, bool whole)
{
	if (front.size >= size || (whole && front.size >= enough))
		return kind;
	return whole ? SK_UNPACK_PLAIN : SK_UNPACK_UNDECIDED;
}

/* The number that a skippable frame begins with is 0x184d2a50 to 0x184d2a5f, little-endian: letters, and a control character. */
static bool
agrees_skippable(struct sk_span front)
{
	return (front.data[0] & 0xf0) == 0x50 &&
	    agrees((struct sk_span){ front.data + 1, front.size - 1 }, "\x2a\x4d\x18", MAGIC_SIZE - 1);
}

/*
 * "BZh", the block size as a digit, and a block or the end. All but the digits of pi may well be text, but text goes on otherwise, with
 * a line's end at least: an input that is a front of these and nothing more was cut off.
 */
static bool
agrees_bzip2(struct sk_span front)
{
	struct sk_span rest;

	if (!agrees(front, "BZh", BZIP2_HEAD - 1))
		return false;
	if (front.size < BZIP2_HEAD)
		return true;
	rest = (struct sk_span){ front.data + BZIP2_HEAD, front.size - BZIP2_HEAD };
	if (front.data[3] < '1' || front.data[3] > '9')
		return false;
	return agrees(rest, "\x31\x41\x59\x26\x53\x59", PI_SIZE) || agrees(rest, "\x17\x72\x45\x38\x50\x90", PI_SIZE);
}

enum sk_unpack_kind
sk_unpack_kind(struct sk_span front, bool whole)
{
	if (front.size == 0)
		return whole ? SK_UNPACK_PLAIN : SK_UNPACK_UNDECIDED;
	if (agrees(front, "\x1f\x8b\x08", 3))
		return judge(SK_UNPACK_GZIP, front, 3, CUT, whole);
	if (agrees(front, "\x28\xb5\x2f\xfd", MAGIC_SIZE))
		return judge(SK_UNPACK_ZSTD, front, MAGIC_SIZE, CUT, whole);
	if (agrees_skippable(front))
		return judge(SK_UNPACK_ZSTD, front, MAGIC_SIZE, MAGIC_SIZE, whole);
	if (agrees(front, "\xfd\x37\x7a\x58\x5a\x00", 6))
		return judge(SK_UNPACK_XZ, front, 6, CUT, whole);
	if (agrees_bzip2(front))
		return judge(SK_UNPACK_BZIP2, front, BZIP2_HEAD + PI_SIZE, BZIP2_HEAD - 1, whole);
	return SK_UNPACK_PLAIN;
}

struct sk_unpack *
sk_unpack_new(enum sk_unpack_kind kind)
{
	struct sk_unpack *unpack;

	if (codecs[kind] == NULL) {
		errno = ENOTSUP;
		return NULL;
	}
	if ((unpack = codecs[kind]->new()) == NULL)
		return NULL;
	unpack->codec = codecs[kind];
	unpack->phase = SK_UNPACK_INSIDE;
	unpack->padded = 0;
	return unpack;
}

void
sk_unpack_free(struct sk_unpack *unpack)
{
	if (unpack != NULL)
		unpack->codec->free(unpack);
}

static bool
is_padded(const struct sk_unpack *unpack)
{
	return unpack->codec->padding == 0 || unpack->padded % unpack->codec->padding == 0;
}

/* What the first byte behind a member means; zeros are used up. */
static enum sk_unpack_status
look_behind(struct sk_unpack *unpack, struct sk_span *in)
{
	if (unpack->codec->zeros && in->data[0] == 0)
		unpack->phase = SK_UNPACK_ZEROS;
	if (unpack->phase == SK_UNPACK_ZEROS) {
		while (in->size > 0 && in->data[0] == 0)
			*in = (struct sk_span){ in->data + 1, in->size - 1 };
		return in->size == 0 ? SK_UNPACK_OK : SK_UNPACK_GARBAGE;
	}
	for (; unpack->codec->padding > 0 && in->size > 0 && in->data[0] == 0; unpack->padded++)
		*in = (struct sk_span){ in->data + 1, in->size - 1 };
	if (in->size == 0)
		return SK_UNPACK_OK;
	if (!is_padded(unpack))
		return SK_UNPACK_CORRUPT;
	/* As much of its signature as is there must be right, too: the library would wait for the rest of a header. */
	if (!unpack->codec->begins(in->data[0]) || sk_unpack_kind(*in, false) == SK_UNPACK_PLAIN)
		return SK_UNPACK_GARBAGE;
	unpack->padded = 0;
	if (unpack->codec->restart != NULL)
		unpack->codec->restart(unpack);
	unpack->phase = SK_UNPACK_INSIDE;
	return SK_UNPACK_OK;
}

/* One step inside a member. A library that does nothing with something to do has seen what it cannot make sense of. */
static enum sk_unpack_status
step_inside(struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *room)
{
	const size_t before = in->size + room->size;
	bool ended = false;
	enum sk_unpack_status status = unpack->codec->step(unpack, in, room, &ended);

	if (ended)
		unpack->phase = SK_UNPACK_BETWEEN;
	else if (status == SK_UNPACK_OK && in->size > 0 && in->size + room->size == before)
		status = SK_UNPACK_CORRUPT;
	return status;
}

enum sk_unpack_status
sk_unpack_step(struct sk_unpack *unpack, struct sk_span *in, unsigned char *out, size_t size, size_t *written)
{
	struct sk_unpack_room room = { out, size };
	enum sk_unpack_status status = SK_UNPACK_OK;

	/* Without input there may still be output that found no room before. */
	if (unpack->phase == SK_UNPACK_INSIDE)
		status = step_inside(unpack, in, &room);
	while (status == SK_UNPACK_OK && in->size > 0 && room.size > 0)
		status = unpack->phase == SK_UNPACK_INSIDE ? step_inside(unpack, in, &room) : look_behind(unpack, in);
	*written = size - room.size;
	return status;
}

enum sk_unpack_status
sk_unpack_end(struct sk_unpack *unpack)
{
	if (unpack->phase == SK_UNPACK_INSIDE)
		return SK_UNPACK_TRUNCATED;
	return is_padded(unpack) ? SK_UNPACK_OK : SK_UNPACK_CORRUPT;
}

#define IN_WORDS(kind, command) \
	{ \
		[SK_UNPACK_CORRUPT] = "corrupt " kind " data", \
		[SK_UNPACK_TRUNCATED] = "the " kind " data end too early", \
		[SK_UNPACK_GARBAGE] = "something else behind the " kind " data, which is left out", \
		[SK_UNPACK_TOO_LARGE] = kind " data that take more than 128 MiB of memory to unpack: use " command, \
		[SK_UNPACK_MISSING] = kind " data, which this build cannot read: use " command, \
		[SK_UNPACK_NO_MEMORY] = "out of memory for unpacking the " kind " data", \
	}

const char *
sk_unpack_strerror(enum sk_unpack_kind kind, enum sk_unpack_status status)
{
	static const char *const words[][SK_UNPACK_NO_MEMORY + 1] = {
		[SK_UNPACK_GZIP] = IN_WORDS("gzip", "gzip -dc FILE | ..."),
		[SK_UNPACK_ZSTD] = IN_WORDS("zstd", "zstd -dc --long=31 FILE | ..."),
		[SK_UNPACK_XZ] = IN_WORDS("xz", "xz -dc FILE | ..."),
		[SK_UNPACK_BZIP2] = IN_WORDS("bzip2", "bzip2 -dc FILE | ..."),
	};

	return words[kind][status];
}

/*
 * source_parts.h -- what the files of the source share: its state, how bytes come in (source_input.c), what the front of an
 * input says (source_front.c), and cutting blocks (source.c).
 */
#ifndef STREAMKIT_RECORD_SOURCE_PARTS_H
#define STREAMKIT_RECORD_SOURCE_PARTS_H

#include <sys/types.h>

#include "scan.h"
#include "signature.h"
#include "source.h"
#include "unpack_ahead.h"

#define SK_SOURCE_WORDS 96

struct sk_source {
	char *const *names;
	size_t names_count;
	size_t opened; /* inputs so far */
	const char *name;
	int fd; /* -1 between inputs */
	bool regular;
	bool skipping; /* inside a record that was too long */
	bool at_end;   /* the input has nothing more, but its last record is still here */
	bool failed;   /* a read has, which is yet to be told of */
	int error;     /* errno of the last failure */
	bool fresh;    /* it is not decided yet whether the input is binary */
	bool binary;
	bool has_signature;
	bool unpacks;	/* inputs that are compressed */
	bool look_due;	/* whether this one is, has not been decided yet */
	struct sk_unpack_ahead *ahead; /* NULL: the input is as it is read */
	enum sk_unpack_kind kind;      /* of that */
	bool packed;		       /* it was read so, though `ahead` may be gone by now */
	uint64_t taken;		       /* and this is how far */
	const char *why;	       /* it failed; NULL: `error` says it */
	bool unscanned; /* what is held may hold whole records already */
	struct sk_span signature; /* of binary inputs */
	struct sk_signature_search search; /* for one behind text */
	size_t unlooked; /* of what is held, the last bytes, which have not been searched */
	bool foreign;    /* what comes next is binary, and `why` says where */
	char words[SK_SOURCE_WORDS];
	const struct sk_layout *layout; /* NULL: records are what lies between end bytes */
	struct sk_layout_progress progress; /* in what is held */
	bool allow_partial;
	bool partial;     /* the last block may end within a record */
	bool stuck;       /* what is held was given, and has no whole record */
	uint64_t to_skip; /* bytes of a record that was too long, where its length was given */
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

/* The byte at ${offset} of the buffer's usable part. */
static inline unsigned char *
sk_source_at(const struct sk_source *source, size_t offset)
{
	return source->buffer + SK_SCAN_PAD + offset;
}

/* Bytes read and still wanted. */
static inline size_t
sk_source_held(const struct sk_source *source)
{
	return source->end_of_data - source->begin;
}

/* Whether end bytes end no record: their lengths are known. */
static inline bool
sk_source_is_raw(const struct sk_source *source)
{
	return source->layout != NULL && !sk_layout_is_text(sk_layout_kind(source->layout));
}

/* Open the next of the names, with signals let through by ${mask} while it waits. -1 with errno: not opened; EINTR: a signal came. */
int sk_source_open_next(struct sk_source *source, const sigset_t *mask);

/* Close the input, if there is one. */
void sk_source_close_input(struct sk_source *source);

/*
 * Let signals arrive, and wait for input where it may be long in coming: false if there was a signal or none came within
 * ${timeout} (NULL: for ever).
 */
bool sk_source_await_input(
    const struct sk_source *source, const struct timespec *timeout, const sigset_t *mask);

/* As read(2), on behalf of the input, which may be unpacked, and never EINTR. Sets `why` when it returns -1. */
ssize_t sk_source_read(struct sk_source *source, unsigned char *data, size_t size);

/*
 * Look at what has been read of the input's front, and if that is compressed, have it unpacked from now on: it is no longer held then.
 * Nothing is decided while too little of it is there. -1, with errno or `why` set: it cannot be unpacked.
 */
int sk_source_look_for_packed(struct sk_source *source);

/* Tell by its front whether the input is binary; false while too little of it is there. */
bool sk_source_decided(struct sk_source *source);

/*
 * Search what has been read of text since the last time for the signature of binary inputs. What begins there, and all behind it, is
 * no longer held then, and the input is `foreign`.
 */
void sk_source_look_for_signature(struct sk_source *source);

/* The same where records have lengths: it can only be where the next one begins. False while too little of that is there. */
bool sk_source_passed_signature(struct sk_source *source);

/* Pass over a byte order mark at the input's front; false while it is not clear whether there is one. */
bool sk_source_passed_mark(struct sk_source *source);

#endif

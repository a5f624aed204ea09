/*
 * unpack_parts.h -- what unpack.c asks of each library. A codec's own state begins with struct sk_unpack.
 */
#ifndef STREAMKIT_RECORD_UNPACK_PARTS_H
#define STREAMKIT_RECORD_UNPACK_PARTS_H

#include "unpack.h"

struct sk_unpack_codec;

enum sk_unpack_phase {
	SK_UNPACK_INSIDE,  /* a member */
	SK_UNPACK_BETWEEN, /* members, or behind the last */
	SK_UNPACK_ZEROS,   /* behind the last, and nothing but these may come */
};

struct sk_unpack {
	const struct sk_unpack_codec *codec;
	enum sk_unpack_phase phase;
	size_t padded; /* bytes of padding behind the last member */
};

/* What a step gives. */
struct sk_unpack_room {
	unsigned char *data;
	size_t size;
};

struct sk_unpack_codec {
	bool zeros;	/* are good behind the last member */
	size_t padding; /* behind each member there may be any multiple of so many of them; 0: none */
	struct sk_unpack *(*new)(void); /* NULL, errno: ENOMEM */
	void (*free)(struct sk_unpack *unpack);
	/*
	 * Unpack until ${in} is used up or ${out} is full, and pass over both. ${ended}: a member has come to its end, behind
	 * which ${in} begins.
	 */
	enum sk_unpack_status (*step)(
	    struct sk_unpack *unpack, struct sk_span *in, struct sk_unpack_room *out, bool *ended);
	/* Whether a member can begin with this byte. */
	bool (*begins)(unsigned char first);
	/* Be ready for another member. NULL: it is. */
	void (*restart)(struct sk_unpack *unpack);
};

extern const struct sk_unpack_codec sk_unpack_gzip;
extern const struct sk_unpack_codec sk_unpack_zstd;
extern const struct sk_unpack_codec sk_unpack_xz;
extern const struct sk_unpack_codec sk_unpack_bzip2;

#endif

/*
 * fuzz_unpack.c -- compressed bytes. Byte 0: how many bytes at a time; byte 1: how much room at a time. The rest is the input, of the
 * kind that it begins with; nothing else is unpacked.
 */
#include "fuzz.h"
#include "record/unpack.h"

#define OUTPUT_MAX ((size_t)1 << 20) /* of it is looked at: a bomb takes long */

struct outcome {
	enum sk_unpack_status status;
	size_t size;
	uint64_t digest;
	bool stopped; /* there was too much */
};

/* Unpack one piece of input; false at the end of it all. */
static bool
push(struct sk_unpack *unpack, struct sk_span in, size_t room, struct outcome *outcome)
{
	unsigned char *out = exact_memory(room);
	size_t written;

	do {
		outcome->status = sk_unpack_step(unpack, &in, out, room, &written);
		check(written <= room);
		check(outcome->status != SK_UNPACK_OK || in.size == 0 || written == room);
		for (size_t i = 0; i < written; i++)
			outcome->digest = (outcome->digest ^ out[i]) * UINT64_C(0x100000001b3);
		outcome->size += written;
		outcome->stopped = outcome->size > OUTPUT_MAX;
	} while (outcome->status == SK_UNPACK_OK && (in.size > 0 || written == room) && !outcome->stopped);
	free(out);
	return outcome->status == SK_UNPACK_OK && !outcome->stopped;
}

static struct outcome
unpack_all(enum sk_unpack_kind kind, const unsigned char *data, size_t size, size_t piece, size_t room)
{
	struct sk_unpack *unpack = sk_unpack_new(kind);
	struct outcome outcome = { .status = SK_UNPACK_OK };
	size_t at = 0;
	bool on = unpack != NULL;

	while (on && at < size) {
		size_t n = size - at < piece ? size - at : piece;
		unsigned char *memory = exact_memory(n);

		memcpy(memory, data + at, n);
		at += n;
		on = push(unpack, (struct sk_span){ memory, n }, room, &outcome);
		free(memory);
	}
	if (on)
		outcome.status = sk_unpack_end(unpack);
	sk_unpack_free(unpack);
	return outcome;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces;
	enum sk_unpack_kind kind;

	if (size < 2)
		return 0;
	kind = sk_unpack_kind((struct sk_span){ data + 2, size - 2 }, true);
	check(kind != SK_UNPACK_UNDECIDED);
	if (size - 2 >= SK_UNPACK_FRONT)
		check(sk_unpack_kind((struct sk_span){ data + 2, SK_UNPACK_FRONT }, false) == kind);
	if (kind == SK_UNPACK_PLAIN)
		return 0;
	whole = unpack_all(kind, data + 2, size - 2, size, (size_t)1 << 16);
	pieces = unpack_all(kind, data + 2, size - 2, data[0] + 1u, data[1] * 16u + 1);
	if (whole.stopped || pieces.stopped)
		return 0;
	/* What is good is so in pieces too. How much comes before a failure is the library's affair. */
	check((whole.status == SK_UNPACK_OK) == (pieces.status == SK_UNPACK_OK));
	if (whole.status == SK_UNPACK_OK)
		check(whole.size == pieces.size && whole.digest == pieces.digest);
	else
		check(sk_unpack_strerror(kind, whole.status) != NULL);
	return 0;
}

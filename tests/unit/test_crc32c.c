/*
 * test_crc32c.c -- the checksum of frames.
 */
#include "support.h"

#include "pipe/crc32c.h"
#include "pipe/crc32c_builds.h"

#define SIZE 300

/* RFC 3720, B.4: 48 bytes of an iSCSI read command */
static const unsigned char read_command[] = { 0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02,
	0, 0, 0, 0, 0, 0, 0 };

/* The definition, a bit at a time. */
static uint32_t
slow_crc32c(struct sk_span bytes)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < bytes.size; i++) {
		crc ^= bytes.data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static void
test_vectors(void **state)
{
	unsigned char bytes[32];
	const struct sk_span span = { bytes, sizeof(bytes) };

	(void)state;
	assert_int_equal(sk_crc32c(0, span_of("123456789")), 0xe3069283);
	assert_int_equal(sk_crc32c(0, span_of("")), 0);
	assert_int_equal(sk_crc32c(0, span_of("a")), 0xc1d04330);
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(sk_crc32c(0, span), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(sk_crc32c(0, span), 0x62a8ab43);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(sk_crc32c(0, span), 0x46dd794e);
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(31 - i);
	assert_int_equal(sk_crc32c(0, span), 0x113fdb5c);
	assert_int_equal(sizeof(read_command), 48);
	assert_int_equal(
	    sk_crc32c(0, (struct sk_span){ read_command, sizeof(read_command) }), 0xd9963a56);
}

/* Every length at every alignment is what the definition says. */
static void
test_lengths_and_alignments(void **state)
{
	(void)state;
	random_state = 1;
	for (size_t size = 0; size < 100; size++) {
		for (size_t offset = 0; offset < 9; offset++) {
			unsigned char *bytes = allocate(offset + size);
			const struct sk_span span = { bytes + offset, size };

			for (size_t i = 0; i < offset + size; i++)
				bytes[i] = (unsigned char)next_random();
			assert_int_equal(sk_crc32c(0, span), slow_crc32c(span));
			assert_int_equal(sk_crc32c_plain(0, span), slow_crc32c(span));
			free(bytes);
		}
	}
}

/* Lengths about those from which on it may be done in lanes. */
static void
test_long_ones(void **state)
{
	static const size_t sizes[] = { 3071, 3072, 3073, 6143, 6144, 6151, 100000 };
	unsigned char *bytes = allocate(100003);

	(void)state;
	random_state = 3;
	for (size_t i = 0; i < 100003; i++)
		bytes[i] = (unsigned char)next_random();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct sk_span span = { bytes + i % 4, sizes[i] };

		assert_int_equal(sk_crc32c(0, span), slow_crc32c(span));
		assert_int_equal(sk_crc32c_plain(0, span), slow_crc32c(span));
	}
	free(bytes);
}

/* In two parts, cut anywhere, and byte by byte. */
static void
test_parts(void **state)
{
	unsigned char bytes[SIZE];
	uint32_t whole, crc = 0;

	(void)state;
	random_state = 2;
	for (size_t i = 0; i < SIZE; i++)
		bytes[i] = (unsigned char)next_random();
	whole = slow_crc32c((struct sk_span){ bytes, SIZE });
	for (size_t cut = 0; cut <= SIZE; cut++) {
		crc = sk_crc32c(0, (struct sk_span){ bytes, cut });
		assert_int_equal(
		    sk_crc32c(crc, (struct sk_span){ bytes + cut, SIZE - cut }), whole);
	}
	crc = 0;
	for (size_t i = 0; i < SIZE; i++)
		crc = sk_crc32c(crc, (struct sk_span){ bytes + i, 1 });
	assert_int_equal(crc, whole);
	/* Nothing changes nothing. */
	assert_int_equal(sk_crc32c(whole, (struct sk_span){ NULL, 0 }), whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_lengths_and_alignments),
		cmocka_unit_test(test_long_ones),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_kll_image.c -- KLL sketches as bytes: golden images, other people's images where they are at
 * hand (SK_FIXTURES), and images that were damaged.
 */
#include "support.h"

#include <math.h>

#include "sketch/kll.h"

#define FIXTURES_DEFAULT "../shared/fixtures/datasketches"

static size_t
width_of(enum sk_kll_type type)
{
	return type == SK_KLL_FLOAT ? 4 : 8;
}

/* A sketch of the numbers (i * 7919) mod n. */
static struct sk_kll *
sketch_of(enum sk_kll_type type, unsigned k, size_t n)
{
	struct sk_kll *sketch = sk_kll_new(type, k, 9);

	assert_non_null(sketch);
	for (size_t i = 0; i < n; i++) {
		const int64_t integer = (int64_t)(i * 7919 % n);

		if (type == SK_KLL_INTEGER)
			assert_int_equal(sk_kll_add_integers(sketch, &integer, 1), 0);
		else
			assert_int_equal(sk_kll_add(sketch, (double)integer), 0);
	}
	return sketch;
}

static unsigned char *
encode(const struct sk_kll *sketch, size_t *size)
{
	unsigned char *image = allocate((*size = sk_kll_encoded_size(sketch)) + 1);

	image[*size] = 0xa5;
	sk_kll_encode(sketch, image);
	assert_int_equal(image[*size], 0xa5);
	return image;
}

/* Golden bytes */

static void
test_small_images_byte_by_byte(void **state)
{
	static const struct {
		enum sk_kll_type type;
		unsigned k;
		size_t n, size;
		unsigned char bytes[72];
	} rows[] = {
		{SK_KLL_DOUBLE,   200,   0, 8,  { 2, 1, 15, 1, 200, 0, 8, 0 }            },
		{ SK_KLL_FLOAT,   65535, 0, 8,  { 2, 1, 15, 1, 255, 255, 8, 0 }          },
		{ SK_KLL_DOUBLE,  200,   1, 16, { 2, 2, 15, 6, 200, 0, 8, 0 }            },
		{ SK_KLL_FLOAT,   8,     1, 12, { 2, 2, 15, 6, 8, 0, 8, 0 }              },
		{ SK_KLL_INTEGER, 200,   1, 16, { 2, 2, 15, 6, 200, 0, 8, 0 }            },
 /* 0, 1 and 2: n, min k, levels, start 197, minimum, maximum, items */
		{ SK_KLL_FLOAT,   200,   3, 44,
                 { 5, 1, 15, 2, 200, 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 200, 0, 1, 0, 197, 0, 0, 0,
			0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64 }},
		{ SK_KLL_INTEGER, 200,   3, 64,
                 { 5, 1, 15, 2, 200, 0, 8, 0, 3, 0, 0, 0, 0, 0, 0, 0, 200, 0, 1, 0, 197, 0, 0, 0,
			0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
			0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0 }                    },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sk_kll *sketch = sketch_of(rows[i].type, rows[i].k, rows[i].n), *decoded;
		size_t size;
		unsigned char *image = encode(sketch, &size);

		assert_int_equal(size, rows[i].size);
		assert_memory_equal(image, rows[i].bytes, size);
		assert_int_equal(
		    sk_kll_decode(&decoded, image, size, rows[i].type, 1), SK_IMAGE_OK);
		assert_int_equal(sk_kll_n(decoded), rows[i].n);
		assert_int_equal(sk_kll_k(decoded), rows[i].k);
		sk_kll_free(decoded);
		sk_kll_free(sketch);
		free(image);
	}
}

/* Our own images, whole */

static const struct {
	enum sk_kll_type type;
	unsigned k;
	size_t n;
} samples[] = {
	{SK_KLL_DOUBLE,   8,   0   },
	{ SK_KLL_FLOAT,   8,   1   },
	{ SK_KLL_DOUBLE,  8,   5   },
	{ SK_KLL_FLOAT,   8,   9   },
	{ SK_KLL_DOUBLE,  8,   100 },
	{ SK_KLL_INTEGER, 8,   1000},
	{ SK_KLL_FLOAT,   20,  3000},
	{ SK_KLL_DOUBLE,  200, 1000},
};
#define SAMPLES (sizeof(samples) / sizeof(*samples))

static void
test_decoded_sketches_answer_and_go_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const enum sk_kll_type type = samples[i].type;
		struct sk_kll *sketch = sketch_of(type, samples[i].k, samples[i].n), *decoded;
		size_t size, size_again;
		unsigned char *image = encode(sketch, &size), *again;

		assert_int_equal(sk_kll_decode(&decoded, image, size, type, 3), SK_IMAGE_OK);
		again = encode(decoded, &size_again);
		assert_int_equal(size_again, size);
		assert_memory_equal(again, image, size);
		assert_int_equal(sk_kll_is_estimation(decoded), sk_kll_is_estimation(sketch));
		for (double value = -1; value < (double)samples[i].n; value += 1)
			assert_true(
			    sk_kll_rank(decoded, value, true) == sk_kll_rank(sketch, value, true) ||
			    samples[i].n == 0);
		for (int64_t value = 0; value < 1000; value++)
			assert_int_equal(type == SK_KLL_INTEGER
				? sk_kll_add_integers(decoded, &value, 1)
				: sk_kll_add(decoded, (double)value),
			    0);
		assert_int_equal(sk_kll_merge(decoded, sketch), 0);
		assert_int_equal(sk_kll_merge(sketch, decoded), 0);
		assert_int_equal(sk_kll_n(sketch), 3 * samples[i].n + 1000);
		free(again);
		again = encode(sketch, &size_again);
		sk_kll_free(decoded);
		assert_int_equal(sk_kll_decode(&decoded, again, size_again, type, 3), SK_IMAGE_OK);
		sk_kll_reset(decoded);
		assert_int_equal(sk_kll_encoded_size(decoded), 8);
		free(again);
		sk_kll_free(decoded);
		sk_kll_free(sketch);
		free(image);
	}
}

/* Damage */

/* An image that may be anything: it is refused, or gives a sketch that works and encodes to itself.
 */
static enum sk_image_status
try(const unsigned char *bytes, size_t size, enum sk_kll_type type)
{
	unsigned char *image = allocate(size); /* exactly so long, for memory checkers */
	struct sk_kll *sketch, *again;
	enum sk_image_status status;

	if (size > 0)
		memcpy(image, bytes, size);
	status = sk_kll_decode(&sketch, image, size, type, 1);
	if (status != SK_IMAGE_OK) {
		assert_null(sketch);
	} else {
		size_t first_size, second_size;
		unsigned char *first = encode(sketch, &first_size), *second;
		struct sk_kll_view *view = sk_kll_view_new(sketch);
		const double middle = sk_kll_view_quantile(view, 0.5, true);

		assert_int_equal(sk_kll_decode(&again, first, first_size, type, 1), SK_IMAGE_OK);
		second = encode(again, &second_size);
		assert_int_equal(first_size, second_size);
		assert_memory_equal(first, second, first_size);
		assert_true(sk_kll_n(sketch) == 0 ||
		    (middle >= sk_kll_min(sketch) && middle <= sk_kll_max(sketch)));
		if (type != SK_KLL_INTEGER)
			for (int i = 0; i < 300; i++)
				(void)sk_kll_add(sketch, i);
		(void)sk_kll_merge(sketch, again);
		sk_kll_view_free(view);
		sk_kll_free(again);
		free(first);
		free(second);
	}
	sk_kll_free(sketch);
	free(image);
	return status;
}

static void
test_every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sk_kll *sketch = sketch_of(samples[i].type, samples[i].k, samples[i].n);
		size_t size;
		unsigned char *image = encode(sketch, &size);

		for (size_t cut = 0; cut < size; cut++)
			assert_int_equal(try(image, cut, samples[i].type), SK_IMAGE_TRUNCATED);
		assert_int_equal(try(image, size, samples[i].type), SK_IMAGE_OK);
		assert_int_equal(try(image, size + 1, samples[i].type), SK_IMAGE_CORRUPT);
		sk_kll_free(sketch);
		free(image);
	}
}

static void
test_every_changed_byte_is_refused_or_consistent(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sk_kll *sketch = sketch_of(samples[i].type, samples[i].k, samples[i].n);
		size_t size;
		unsigned char *image = encode(sketch, &size);

		for (size_t at = 0; at < size; at++) {
			const unsigned char byte = image[at];
			const unsigned step = at < 40 && !SANITIZED ? 1 : 37;

			for (unsigned change = 1; change < 256; change += step) {
				image[at] = (unsigned char)(byte ^ change);
				try(image, size, samples[i].type);
			}
			image[at] = byte;
		}
		sk_kll_free(sketch);
		free(image);
	}
}

static void
test_what_is_wrong_is_named(void **state)
{
	static const struct {
		size_t at, size;
		unsigned char bytes[8];
		enum sk_image_status status;
	} rows[] = {
		{2,   1, { 7 },                          SK_IMAGE_NOT_OURS},
                { 1,  1, { 4 },                          SK_IMAGE_NEWER   },
		{ 1,  1, { 0 },                          SK_IMAGE_CORRUPT },
                { 1,  1, { 2 },                          SK_IMAGE_CORRUPT },
		{ 0,  1, { 2 },                          SK_IMAGE_CORRUPT },
                { 3,  1, { 1 },                          SK_IMAGE_CORRUPT },
		{ 3,  1, { 4 },                          SK_IMAGE_CORRUPT },
                { 4,  2, { 7, 0 },                       SK_IMAGE_CORRUPT },
		{ 6,  1, { 7 },                          SK_IMAGE_CORRUPT },
                { 8,  8, { 0 },                          SK_IMAGE_CORRUPT }, /* n */
		{ 8,  8, { 101 },                        SK_IMAGE_CORRUPT },
		{ 8,  8, { 100, 0, 0, 0, 0, 0, 0, 128 }, SK_IMAGE_CORRUPT },
		{ 16, 2, { 9, 0 },                       SK_IMAGE_CORRUPT }, /* min k > k */
		{ 16, 2, { 7, 0 },                       SK_IMAGE_CORRUPT },
		{ 18, 1, { 0 },                          SK_IMAGE_CORRUPT }, /* levels */
		{ 18, 1, { 64 },                         SK_IMAGE_CORRUPT },
		{ 20, 4, { 255, 255, 255, 255 },         SK_IMAGE_CORRUPT }, /* starts */
	};
	struct sk_kll *sketch = sketch_of(SK_KLL_DOUBLE, 8, 100);
	size_t size, ends, last;
	unsigned char *image = encode(sketch, &size), *bad = allocate(size);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memcpy(bad, image, size);
		memcpy(bad + rows[i].at, rows[i].bytes, rows[i].size);
		assert_int_equal(try(bad, size, SK_KLL_DOUBLE), rows[i].status);
	}
	ends = 20 + 4 * (size_t)image[18];
	last = size - 8;
	for (size_t at = ends; at < size; at += 8) {
		memcpy(bad, image, size);
		sk_store_double(bad + at, NAN);
		assert_int_equal(try(bad, size, SK_KLL_DOUBLE), SK_IMAGE_CORRUPT);
	}
	memcpy(bad, image, size);
	sk_store_double(bad + ends, 200); /* minimum above the maximum */
	assert_int_equal(try(bad, size, SK_KLL_DOUBLE), SK_IMAGE_CORRUPT);
	memcpy(bad, image, size);
	sk_store_double(bad + last, 200); /* value above the maximum */
	assert_int_equal(try(bad, size, SK_KLL_DOUBLE), SK_IMAGE_CORRUPT);
	memcpy(bad, image, size);
	sk_store_double(bad + last, 0); /* top level out of order */
	assert_int_equal(try(bad, size, SK_KLL_DOUBLE), SK_IMAGE_CORRUPT);
	/* Told to be of another type. */
	assert_int_equal(try(image, size, SK_KLL_FLOAT), SK_IMAGE_CORRUPT);
	assert_int_equal(try((const unsigned char *)"GET / HTTP/1.1 200 OK", 21, SK_KLL_DOUBLE),
	    SK_IMAGE_NOT_OURS);
	assert_int_equal(try((const unsigned char *)"1\n2\n", 4, SK_KLL_DOUBLE), SK_IMAGE_NOT_OURS);
	free(bad);
	free(image);
	sk_kll_free(sketch);
}

/* Java's updatable images: the same with the end of the levels and the free part of the array. */

static unsigned char *
make_updatable(
    const unsigned char *image, size_t size, size_t capacity, size_t width, size_t *to_size)
{
	const size_t levels = image[18], starts = 20 + 4 * levels;
	const size_t first = sk_load32(image + 20);
	unsigned char *to;

	*to_size = size + 4 + first * width;
	to = allocate(*to_size);
	memset(to, 0xee, *to_size);
	memcpy(to, image, starts);
	to[1] = 3;
	to[3] = 0;
	sk_store32(to + starts, (uint32_t)capacity);
	memcpy(to + starts + 4, image + starts, 2 * width);
	memcpy(to + starts + 4 + (2 + first) * width, image + starts + 2 * width,
	    size - starts - 2 * width);
	return to;
}

static void
test_updatable_images_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		const enum sk_kll_type type = samples[i].type;
		const size_t width = width_of(type);
		struct sk_kll *sketch = sketch_of(type, samples[i].k, samples[i].n), *decoded;
		size_t size, updatable_size, again_size, retained = sk_kll_retained(sketch);
		unsigned char *image = encode(sketch, &size), *updatable, *again;

		if (samples[i].n > 1) {
			updatable = make_updatable(
			    image, size, sk_load32(image + 20) + retained, width, &updatable_size);
			assert_int_equal(
			    sk_kll_decode(&decoded, updatable, updatable_size, type, 1),
			    SK_IMAGE_OK);
			again = encode(decoded, &again_size);
			assert_int_equal(again_size, size);
			assert_memory_equal(again, image, size);
			for (size_t cut = 0; cut < updatable_size; cut += 1 + cut / 30)
				assert_int_equal(try(updatable, cut, type), SK_IMAGE_TRUNCATED);
			sk_kll_free(decoded);
			free(again);
			free(updatable);
		}
		sk_kll_free(sketch);
		free(image);
	}
}

/* An empty one still has its whole array. */
static void
test_an_empty_updatable_image_is_read(void **state)
{
	unsigned char image[20 + 8 + 16 + 8 * 8] = { 5, 3, 15, 1, 8, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 8, 0, 1, 0, 8, 0, 0, 0, 8, 0, 0, 0 };

	(void)state;
	memset(image + 28, 0xff, sizeof(image) - 28);
	assert_int_equal(try(image, sizeof(image), SK_KLL_DOUBLE), SK_IMAGE_OK);
	image[20] = 7;
	image[8] = 1;
	assert_int_equal(try(image, sizeof(image), SK_KLL_DOUBLE), SK_IMAGE_CORRUPT);
	memset(image + 28, 0, sizeof(image) - 28);
	assert_int_equal(try(image, sizeof(image), SK_KLL_DOUBLE), SK_IMAGE_OK);
}

/* Other people's images */

static unsigned char *
read_fixture(const char *name, size_t *size)
{
	const char *folder = getenv("SK_FIXTURES");
	char path[500];
	unsigned char *bytes = allocate(1 << 18);
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder != NULL ? folder : FIXTURES_DEFAULT, name);
	if ((file = fopen(path, "rb")) == NULL) {
		free(bytes);
		return NULL;
	}
	*size = fread(bytes, 1, (1 << 18) - 1, file);
	bytes[*size] = '\0';
	fclose(file);
	return bytes;
}

/* The ${n} numbers, at most, of json's array or number ${name}; returns how many there are. */
static size_t
json_numbers(const char *json, const char *name, double *numbers, size_t n)
{
	char quoted[100];
	const char *at;
	size_t count = 0;

	snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	if ((at = strstr(json, quoted)) == NULL)
		return 0;
	at += strlen(quoted);
	at += strspn(at, " [");
	while (count < n) {
		char *end;

		numbers[count] = strtod(at, &end);
		if (end == at)
			break;
		count++;
		if (*end != ',')
			break;
		at = end + 1 + strspn(end + 1, " ");
	}
	return count;
}

static double
json_number(const char *json, const char *name)
{
	double number = -1;

	assert_int_equal(json_numbers(json, name, &number, 1), 1);
	return number;
}

static void
assert_answers(const struct sk_kll *sketch, const char *json)
{
	double ranks[20], values[20], expected[20];
	const size_t n = json_numbers(json, "ranks", ranks, 20);
	struct sk_kll_view *view = sk_kll_view_new(sketch);

	assert_true(n > 0);
	assert_non_null(view);
	assert_int_equal(json_numbers(json, "values", values, 20), n);
	for (int inclusive = 0; inclusive <= 1; inclusive++) {
		assert_int_equal(
		    json_numbers(json, inclusive ? "quantiles_inclusive" : "quantiles_exclusive",
			expected, 20),
		    n);
		for (size_t i = 0; i < n; i++)
			assert_true(sk_kll_view_quantile(view, ranks[i], inclusive) == expected[i]);
		assert_int_equal(
		    json_numbers(json,
			inclusive ? "ranks_of_values_inclusive" : "ranks_of_values_exclusive",
			expected, 20),
		    n);
		for (size_t i = 0; i < n; i++) {
			assert_true(fabs(sk_kll_view_rank(view, values[i], inclusive) -
					expected[i]) < 1e-15);
			assert_true(
			    fabs(sk_kll_rank(sketch, values[i], inclusive) - expected[i]) < 1e-15);
		}
	}
	assert_true(sk_kll_min(sketch) == json_number(json, "min"));
	assert_true(sk_kll_max(sketch) == json_number(json, "max"));
	sk_kll_view_free(view);
}

static void
check_fixture(const char *name, enum sk_kll_type type)
{
	char file[120];
	size_t size, json_size, again_size;
	unsigned char *image, *again;
	char *json;
	struct sk_kll *sketch, *ours;
	uint64_t n;

	snprintf(file, sizeof(file), "%s.sk", name);
	image = read_fixture(file, &size);
	snprintf(file, sizeof(file), "%s.json", name);
	json = (char *)read_fixture(file, &json_size);
	assert_non_null(image);
	assert_non_null(json);
	assert_int_equal(sk_kll_decode(&sketch, image, size, type, 1), SK_IMAGE_OK);
	n = (uint64_t)json_number(json, "n");
	assert_int_equal(sk_kll_n(sketch), n);
	assert_int_equal(sk_kll_k(sketch), json_number(json, "k"));
	assert_int_equal(sk_kll_retained(sketch), json_number(json, "num_retained"));
	assert_int_equal(
	    sk_kll_is_estimation(sketch), strstr(json, "\"is_estimation_mode\": true") != NULL);
	if (n > 0)
		assert_answers(sketch, json);
	again = encode(sketch, &again_size);
	assert_int_equal(again_size, size);
	assert_memory_equal(again, image, size);
	free(again);
	if (!sk_kll_is_estimation(sketch)) {
		ours = sketch_of(type, sk_kll_k(sketch), (size_t)n);
		again = encode(ours, &again_size);
		assert_int_equal(again_size, size);
		assert_memory_equal(again, image, size);
		free(again);
		sk_kll_free(ours);
	}
	sk_kll_free(sketch);
	free(image);
	free(json);
}

static void
test_fixtures_are_read_and_reproduced(void **state)
{
	static const char *const types[] = { "double", "float", "long" };
	size_t size;
	unsigned char *first = read_fixture("kll_double_k200_n0.sk", &size);

	(void)state;
	if (first == NULL) {
		print_message("skipped: no fixtures\n");
		skip();
	}
	free(first);
	for (int type = 0; type < 3; type++)
		for (int power = -1, n = 0; power < 7; power++) {
			char name[100];

			snprintf(name, sizeof(name), "kll_%s_k200_n%d", types[type], n);
			check_fixture(name, (enum sk_kll_type)type);
			n = n == 0 ? 1 : n * 10;
		}
	check_fixture("kll_double_k4096_n100000", SK_KLL_DOUBLE);
	check_fixture("kll_double_merged_n100000", SK_KLL_DOUBLE);
}

/* Images of strings, which are looked at alone. The last is of 0 to 39 in decimal, k = 8. */

static const struct {
	size_t size;
	unsigned char bytes[136];
	struct sk_kll_strings expected;
} string_rows[] = {
	{ 8, { 2, 1, 15, 1, 200, 0, 8, 0 }, { 200, 200, 1, 0, 0, false } },
	{ 15, { 2, 2, 15, 4, 200, 0, 8, 0, 3, 0, 0, 0, 'a', 'b', 'c' }, { 200, 200, 1, 1, 1, true } },
	{ 12, { 2, 2, 15, 4, 200, 0, 8, 0 }, { 200, 200, 1, 1, 1, false } },
	{ 16, { 2, 2, 15, 4, 200, 0, 8, 0, 4 }, { 200, 200, 1, 1, 1, false } },
	{ 135,
	    { 5, 1, 15, 0, 8, 0, 8, 0, 40, 0, 0, 0, 0, 0, 0, 0, 8, 0, 3, 0, 8, 0, 0, 0, 10, 0, 0, 0,
		19, 0, 0, 0, 1, 0, 0, 0, '0', 1, 0, 0, 0, '9', 2, 0, 0, 0, '3', '3', 2, 0, 0, 0, '2',
		'6', 1, 0, 0, 0, '1', 2, 0, 0, 0, '1', '2', 2, 0, 0, 0, '1', '7', 2, 0, 0, 0, '2', '0',
		2, 0, 0, 0, '2', '4', 2, 0, 0, 0, '2', '9', 2, 0, 0, 0, '3', '1', 2, 0, 0, 0, '3', '6',
		1, 0, 0, 0, '5', 2, 0, 0, 0, '1', '4', 2, 0, 0, 0, '2', '1', 2, 0, 0, 0, '3', '2', 2, 0,
		0, 0, '3', '9', 1, 0, 0, 0, '9' },
	    { 8, 8, 3, 40, 16, true } },
};

static enum sk_image_status
try_strings(const unsigned char *bytes, size_t size, struct sk_kll_strings *strings)
{
	unsigned char *image = allocate(size);
	enum sk_image_status status;

	if (size > 0)
		memcpy(image, bytes, size);
	status = sk_kll_read_strings(strings, image, size);
	if (status == SK_IMAGE_OK) {
		assert_true(strings->retained <= strings->n && strings->min_k <= strings->k);
		assert_true(strings->retained <= size);
	}
	free(image);
	return status;
}

static void
test_images_of_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(string_rows) / sizeof(*string_rows); i++) {
		const struct sk_kll_strings *expected = &string_rows[i].expected;
		const size_t size = string_rows[i].size;
		struct sk_kll_strings strings;
		unsigned char image[sizeof(string_rows[i].bytes)];

		assert_int_equal(try_strings(string_rows[i].bytes, size, &strings), SK_IMAGE_OK);
		assert_int_equal(strings.k, expected->k);
		assert_int_equal(strings.min_k, expected->min_k);
		assert_int_equal(strings.levels, expected->levels);
		assert_int_equal(strings.n, expected->n);
		assert_int_equal(strings.retained, expected->retained);
		assert_int_equal(strings.likely, expected->likely);
		for (size_t cut = 0; cut < size; cut++)
			assert_int_equal(try_strings(string_rows[i].bytes, cut, &strings),
			    SK_IMAGE_TRUNCATED);
		assert_int_equal(
		    try_strings(string_rows[i].bytes, size + 1, &strings), SK_IMAGE_CORRUPT);
		memcpy(image, string_rows[i].bytes, sizeof(image));
		for (size_t at = 0; at < size; at++) {
			for (unsigned change = 1; change < 256; change++) {
				image[at] = (unsigned char)(string_rows[i].bytes[at] ^ change);
				try_strings(image, size, &strings);
			}
			image[at] = string_rows[i].bytes[at];
		}
	}
}

/* Numbers are not taken for text, nor a number that looks like an empty string for a likely one. */
static void
test_numbers_are_no_likely_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLES; i++) {
		struct sk_kll *sketch = sketch_of(samples[i].type, samples[i].k, samples[i].n);
		struct sk_kll_strings strings;
		size_t size;
		unsigned char *image = encode(sketch, &size);

		if (try_strings(image, size, &strings) == SK_IMAGE_OK)
			assert_false(strings.likely);
		sk_kll_free(sketch);
		free(image);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_images_byte_by_byte),
		cmocka_unit_test(test_decoded_sketches_answer_and_go_on),
		cmocka_unit_test(test_every_truncation_is_refused),
		cmocka_unit_test(test_every_changed_byte_is_refused_or_consistent),
		cmocka_unit_test(test_what_is_wrong_is_named),
		cmocka_unit_test(test_updatable_images_are_read),
		cmocka_unit_test(test_an_empty_updatable_image_is_read),
		cmocka_unit_test(test_images_of_strings),
		cmocka_unit_test(test_numbers_are_no_likely_strings),
		cmocka_unit_test(test_fixtures_are_read_and_reproduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

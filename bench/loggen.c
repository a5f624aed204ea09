/*
 * loggen.c -- writes a web server's log: the same options give the same bytes on every machine.
 *
 * The lines are in Apache's and nginx's combined format with the latency in seconds as an extra
 * last field. Clients and paths follow Zipf's law, sizes and latencies are log-normal, times rise.
 *
 * There is no floating point here. Libraries differ in the last bits of log, exp and cos, and
 * compilers in when they fuse a multiplication with an addition, so everything is done in integers:
 * powers of two and logarithms in fixed point with 24 bits after the point ("q24"), normal variates
 * as a sum of twelve uniform ones.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define Q24_ONE ((int64_t)1 << 24)
#define LN2_Q30 744261118
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum {
	EXIT_TROUBLE = 2,
	BUFFER_SIZE = 1 << 18,
	LINE_ROOM = 2048,          /* no line is longer */
	TEXT_ROOM = 256,           /* no client, path or referer is longer */
	POPULATION_LIMIT = 1 << 24 /* keeps weight * population within 64 bits */
};

enum form { FORM_COMBINED, FORM_JSON, FORM_LOGFMT, FORM_CSV };

struct options {
	uint64_t lines;
	uint64_t fresh; /* lines whose client is seen nowhere else */
	uint64_t seed;
	uint64_t clients;
	uint64_t paths;
	uint64_t start; /* seconds since 1970 */
	uint64_t rate;  /* lines per minute, on average */
	int64_t zipf;   /* exponent, q24 */
	enum form form;
	bool items;     /* only the first field */
};

static void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

static void
die(const char *format, ...)
{
	va_list arguments;

	fputs("loggen: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(EXIT_TROUBLE);
}

static void *
allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (memory == NULL)
		die("out of memory");
	return memory;
}

/* --- random numbers --- */

/* xoshiro256** (Blackman and Vigna), seeded by splitmix64 (Steele, Lea and Flood) */
struct random {
	uint64_t state[4];
};

/* The finaliser of splitmix64; it maps no two numbers to one. */
static uint64_t
mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
	return x ^ (x >> 31);
}

static void
random_init(struct random *random, uint64_t seed)
{
	for (size_t i = 0; i < 4; i++)
		random->state[i] = mix64(seed + (i + 1) * 0x9e3779b97f4a7c15U);
}

static uint64_t
rotate_left(uint64_t x, int bits)
{
	return (x << bits) | (x >> (64 - bits));
}

static uint64_t
random_next(struct random *random)
{
	uint64_t *s = random->state;
	uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	uint64_t shifted = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= shifted;
	s[3] = rotate_left(s[3], 45);
	return result;
}

/* 0 .. bound - 1, for bounds so small that the bias of multiply-and-shift is nothing. */
static uint32_t
random_below(struct random *random, uint32_t bound)
{
	return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

/* Mean 0, deviation 1, q24: twelve uniform numbers of 16 bits have a variance of 1 in sum. */
static int64_t
random_normal(struct random *random)
{
	int64_t sum = 0;

	for (int i = 0; i < 3; i++) {
		uint64_t bits = random_next(random);

		sum += (int64_t)((bits & 0xffff) + ((bits >> 16) & 0xffff) +
		    ((bits >> 32) & 0xffff) + (bits >> 48));
	}
	return (sum - 6 * 65535) * (Q24_ONE / 65536);
}

/* --- logarithm and power, base 2 --- */

/* log2(x) in q24, for x >= 1: the bits of the fraction come from repeated squaring. */
static int64_t
log2_q24(uint32_t x)
{
	int whole = 0;
	int64_t result;
	uint64_t mantissa;

	while (x >> whole > 1)
		whole++;
	mantissa = ((uint64_t)x << 31) >> whole; /* 1 <= mantissa < 2, 31 bits after the point */
	result = whole;
	for (int bit = 0; bit < 24; bit++) {
		mantissa = (mantissa * mantissa) >> 31;
		result *= 2;
		if (mantissa >> 32 != 0) {
			mantissa >>= 1;
			result++;
		}
	}
	return result;
}

/* 2^x rounded down to a whole number, for 0 <= x < 60 in q24; 0 below. The fraction is the series
 * of e^(f ln 2). */
static uint64_t
exp2_q24(int64_t x)
{
	int whole;
	uint64_t y, sum;

	if (x < 0)
		return 0;
	whole = (int)(x / Q24_ONE);
	y = ((uint64_t)(x % Q24_ONE) * LN2_Q30) >> 24;
	sum = (uint64_t)1 << 30;
	for (uint64_t term = 11; term > 0; term--)
		sum = ((uint64_t)1 << 30) + ((sum * y) >> 30) / term;
	return whole <= 30 ? sum >> (30 - whole) : sum << (whole - 30);
}

/* 2^(median + deviation * z), the arguments in q24. */
static uint64_t
random_lognormal(struct random *random, int64_t median, int64_t deviation)
{
	return exp2_q24(median + random_normal(random) * (deviation / 4096) / (Q24_ONE / 4096));
}

/* --- Zipf's law by Walker's alias method, in Vose's arrangement --- */

struct zipf {
	uint32_t size;
	uint32_t *keep;  /* chance, of 2^32, that a column answers itself */
	uint32_t *alias; /* and what it answers otherwise */
};

/* The weight of rank i + 1 times the population, so that the mean column weighs the sum of all the
 * weights. */
static uint64_t
zipf_weigh(uint64_t *weight, uint32_t size, int64_t exponent)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < size; i++) {
		uint64_t power =
		    exp2_q24(38 * Q24_ONE - exponent * (log2_q24(i + 1) / 256) / (Q24_ONE / 256));

		if (power == 0)
			power = 1;
		total += power;
		weight[i] = power * size;
	}
	return total;
}

/* part / whole, of 2^32, for part < whole < 2^44. */
static uint32_t
share(uint64_t part, uint64_t whole)
{
	uint64_t high = (part << 16) / whole;
	uint64_t rest = (part << 16) % whole;

	return (uint32_t)((high << 16) | ((rest << 16) / whole));
}

static void
zipf_init(struct zipf *zipf, uint32_t size, int64_t exponent)
{
	uint64_t *weight = allocate(size, sizeof(*weight));
	/* Light columns grow from the bottom of the stack, heavy ones from the top. */
	uint32_t *stack = allocate(size, sizeof(*stack));
	uint32_t light = 0, heavy = size;
	uint64_t total = zipf_weigh(weight, size, exponent);

	zipf->size = size;
	zipf->keep = allocate(size, sizeof(*zipf->keep));
	zipf->alias = allocate(size, sizeof(*zipf->alias));
	for (uint32_t i = 0; i < size; i++) {
		zipf->keep[i] = UINT32_MAX;
		zipf->alias[i] = i;
		if (weight[i] < total)
			stack[light++] = i;
		else
			stack[--heavy] = i;
	}
	while (light > 0 && heavy < size) {
		uint32_t small = stack[--light];
		uint32_t large = stack[heavy];

		zipf->keep[small] = share(weight[small], total);
		zipf->alias[small] = large;
		weight[large] -= total - weight[small];
		if (weight[large] < total) {
			heavy++;
			stack[light++] = large;
		}
	}
	free(stack);
	free(weight);
}

static void
zipf_release(struct zipf *zipf)
{
	free(zipf->keep);
	free(zipf->alias);
}

static uint32_t
zipf_draw(const struct zipf *zipf, struct random *random)
{
	uint64_t bits = random_next(random);
	uint32_t column = (uint32_t)(((bits >> 32) * zipf->size) >> 32);

	return (uint32_t)bits < zipf->keep[column] ? column : zipf->alias[column];
}

/* --- appending text: each returns the end of what it wrote --- */

static char *
put_bytes(char *to, const char *bytes, size_t size)
{
	memcpy(to, bytes, size);
	return to + size;
}

static char *
put_text(char *to, const char *text)
{
	return put_bytes(to, text, strlen(text));
}

static char *
put_number(char *to, uint64_t number, uint64_t base)
{
	char digits[64];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % base];
		number /= base;
	} while (number > 0);
	return put_bytes(to, digits + at, sizeof(digits) - at);
}

/* With leading zeroes. */
static char *
put_padded(char *to, uint64_t number, int digits)
{
	for (int i = digits; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	return to + digits;
}

/* --- many short texts in one piece of memory --- */

struct texts {
	char *bytes;
	size_t size;
	size_t capacity;
	size_t *offset; /* count + 1 of them */
	uint32_t count;
};

static void
texts_init(struct texts *texts, uint32_t limit)
{
	*texts = (struct texts){ 0 };
	texts->offset = allocate((size_t)limit + 1, sizeof(*texts->offset));
}

static void
texts_add(struct texts *texts, const char *bytes, size_t size)
{
	if (texts->capacity - texts->size < size) {
		texts->capacity = texts->capacity * 2 + 65536;
		texts->bytes = realloc(texts->bytes, texts->capacity);
		if (texts->bytes == NULL)
			die("out of memory");
	}
	memcpy(texts->bytes + texts->size, bytes, size);
	texts->size += size;
	texts->offset[++texts->count] = texts->size;
}

static char *
put_nth(char *to, const struct texts *texts, uint32_t n)
{
	return put_bytes(
	    to, texts->bytes + texts->offset[n], texts->offset[n + 1] - texts->offset[n]);
}

static void
texts_release(struct texts *texts)
{
	free(texts->bytes);
	free(texts->offset);
}

/* --- clients --- */

struct addresses {
	uint32_t counter; /* of addresses tried */
	uint32_t salt;
};

/* The finaliser of MurmurHash3 (Appleby); it maps no two numbers to one. */
static uint32_t
mix32(uint32_t x)
{
	x = (x ^ (x >> 16)) * 0x85ebca6bU;
	x = (x ^ (x >> 13)) * 0xc2b2ae35U;
	return x ^ (x >> 16);
}

/* A client not given before: an IPv4 address that could be on the Internet, or for one in 32 an
 * IPv6 address. */
static char *
put_new_client(char *to, struct addresses *addresses)
{
	uint32_t n, address, first;

	do {
		n = addresses->counter++;
		address = mix32(n ^ addresses->salt);
		first = address >> 24;
	} while (first == 0 || first == 10 || first == 127 || first >= 224);
	if (n % 32 != 19) {
		to = put_number(to, first, 10);
		*to++ = '.';
		to = put_number(to, (address >> 16) & 255, 10);
		*to++ = '.';
		to = put_number(to, (address >> 8) & 255, 10);
		*to++ = '.';
		return put_number(to, address & 255, 10);
	}
	to = put_text(to, n % 64 == 19 ? "2001:db8:" : "2001:db8:85a3:");
	to = put_number(to, address >> 16, 16);
	to = put_text(to, n % 128 < 64 ? "::" : "::1c:");
	return put_number(to, address & 0xffff, 16);
}

static void
make_clients(struct texts *clients, uint32_t count, struct addresses *addresses)
{
	char text[TEXT_ROOM];

	texts_init(clients, count);
	for (uint32_t i = 0; i < count; i++)
		texts_add(clients, text, (size_t)(put_new_client(text, addresses) - text));
}

/* --- paths --- */

static const char *const common_paths[] = { "/", "/robots.txt", "/favicon.ico", "/index.html",
	"/login", "/assets/css/main.css", "/assets/js/app.js", "/api/v1/session", "/search",
	"/about", "/feed.xml", "/images/logo.svg", "/cart", "/sitemap.xml", "/health",
	"/wp-login.php" };

static const char *const words[] = { "alpine", "amber", "annual", "apple", "autumn", "basic",
	"battery", "blue", "bridge", "camera", "canvas", "carbon", "city", "classic", "coast",
	"coffee", "copper", "cotton", "daily", "delta", "desk", "digital", "dynamic", "early",
	"engine", "evening", "family", "field", "first", "forest", "garden", "glass", "green",
	"guide", "harbour", "history", "island", "kitchen", "lamp", "leather", "light", "linen",
	"market", "meadow", "modern", "morning", "mountain", "music", "north", "notes", "ocean",
	"open", "orange", "paper", "pocket", "portable", "quick", "quiet", "river", "silver",
	"small", "summer", "travel", "winter" };

static char *
put_words(char *to, uint64_t bits, int count, char between)
{
	for (int i = 0; i < count; i++) {
		if (i > 0)
			*to++ = between;
		to = put_text(to, words[(bits >> (6 * i)) % COUNT_OF(words)]);
	}
	return to;
}

static char *
put_article(char *to, uint32_t n, uint64_t bits)
{
	to = put_text(to, "/blog/");
	to = put_number(to, 2015 + (bits >> 40) % 12, 10);
	*to++ = '/';
	to = put_padded(to, 1 + (bits >> 44) % 12, 2);
	*to++ = '/';
	to = put_words(to, bits, 3 + (int)((bits >> 48) % 3), '-');
	*to++ = '-';
	return put_number(to, n, 10);
}

static char *
put_product(char *to, uint32_t n, uint64_t bits)
{
	to = put_text(to, "/products/");
	to = put_words(to, bits, 1, '-');
	*to++ = '/';
	to = put_words(to, bits >> 6, 2 + (int)((bits >> 40) % 2), '-');
	to = put_text(to, "/p");
	return put_number(to, n, 10);
}

static char *
put_asset(char *to, uint32_t n, uint64_t bits)
{
	static const char *const prefix[] = { "/static/js/chunk-", "/static/css/",
		"/images/photos/", "/fonts/" };
	static const char *const suffix[] = { ".js", ".css", ".jpg", ".woff2" };
	size_t kind = (bits >> 40) % COUNT_OF(prefix);

	to = put_text(to, prefix[kind]);
	to = put_words(to, bits, 1, '-');
	*to++ = '.';
	to = put_number(to, bits >> 48, 16);
	/* Of fixed length, so that no two are equal. */
	to = put_number(to, UINT64_C(0x1000000) + n, 16);
	return put_text(to, suffix[kind]);
}

static char *
put_call(char *to, uint32_t n, uint64_t bits)
{
	static const char *const thing[] = { "users", "orders", "items", "reviews" };

	to = put_text(to, "/api/v");
	to = put_number(to, 1 + (bits >> 40) % 2, 10);
	*to++ = '/';
	to = put_text(to, thing[(bits >> 42) % COUNT_OF(thing)]);
	*to++ = '/';
	to = put_number(to, n, 10);
	if ((bits >> 44) % 2 == 0)
		return to;
	to = put_text(to, "?limit=");
	to = put_number(to, 10 * (1 + (bits >> 46) % 5), 10);
	to = put_text(to, "&offset=");
	return put_number(to, 10 * ((bits >> 50) % 100), 10);
}

static char *
put_search(char *to, uint32_t n, uint64_t bits)
{
	to = put_text(to, "/search?q=");
	to = put_words(to, bits, 1 + (int)((bits >> 40) % 3), '+');
	to = put_text(to, "&page=");
	to = put_number(to, 1 + (bits >> 44) % 9, 10);
	to = put_text(to, "&sid=");
	return put_number(to, n, 36);
}

static void
make_paths(struct texts *paths, uint32_t count, uint64_t seed)
{
	static char *(*const shape[])(char *, uint32_t, uint64_t) = { put_article, put_product,
		put_product, put_asset, put_asset, put_asset, put_call, put_search };
	char text[TEXT_ROOM];

	texts_init(paths, count);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t bits = mix64(seed + (uint64_t)i * 0x9e3779b97f4a7c15U);
		char *end = i < COUNT_OF(common_paths) ? put_text(text, common_paths[i])
						       : shape[bits >> 61](text, i, bits);

		texts_add(paths, text, (size_t)(end - text));
	}
}

/* --- what is drawn from short lists: each entry's share is its chance in a thousand --- */

struct choice {
	uint32_t share;
	const char *text;
};

/* clang-format off */
static const struct choice methods[] = {
	{930, "\"GET "},
	{55, "\"POST "},
	{8, "\"HEAD "},
	{4, "\"PUT "},
	{2, "\"OPTIONS "},
	{1, "\"DELETE "},
};

static const struct choice protocols[] = {
	{560, " HTTP/1.1\" "},
	{430, " HTTP/2.0\" "},
	{10, " HTTP/1.0\" "},
};

static const struct choice statuses[] = {
	{885, "200"},
	{45, "304"},
	{30, "404"},
	{15, "301"},
	{10, "302"},
	{5, "206"},
	{4, "403"},
	{3, "500"},
	{2, "503"},
	{1, "400"},
};

/* One ending in "/" stands for itself; one ending in a name is followed by one of the paths. */
static const struct choice referers[] = {
	{390, "-"},
	{260, "https://www.example.com"},
	{90, "https://shop.example.net"},
	{120, "https://www.google.com/"},
	{30, "https://www.bing.com/"},
	{20, "https://duckduckgo.com/"},
	{10, "https://news.ycombinator.com/"},
	{15, "https://www.reddit.com/"},
	{15, "https://t.co/"},
	{20, "https://www.facebook.com/"},
	{20, "https://blog.example.org"},
	{10, "android-app://com.google.android.googlequicksearchbox/"},
};

static const struct choice agents[] = {
	{210, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
	     "Gecko) Chrome/140.0.0.0 Safari/537.36"},
	{60, "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
	     "like Gecko) Version/18.6 Safari/605.1.15"},
	{60, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 "
	     "(KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"},
	{100, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
	     "Chrome/140.0.0.0 Mobile Safari/537.36"},
	{120, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"},
	{100, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
	{30, "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
	     "Chrome/140.0.0.0 Safari/537.36"},
	{80, "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
	{70, "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"},
	{50, "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"},
	{15, "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
	{35, "curl/8.14.1"},
	{10, "python-requests/2.32.4"},
	{20, "Go-http-client/2.0"},
	{20, "Prometheus/2.53.0"},
	{20, "-"},
};

/* clang-format on */

/* A choice for every number below 1000. */
struct urn {
	const char *text[1000];
	size_t size[1000];
};

static void
urn_init(struct urn *urn, const struct choice *choices, size_t count)
{
	size_t filled = 0;

	for (size_t i = 0; i < count; i++)
		for (uint32_t n = 0; n < choices[i].share && filled < COUNT_OF(urn->text); n++) {
			urn->text[filled] = choices[i].text;
			urn->size[filled++] = strlen(choices[i].text);
		}
	if (filled != COUNT_OF(urn->text))
		die("the shares beginning with '%s' do not add up", choices[0].text);
}

static uint32_t
urn_draw(struct random *random)
{
	return random_below(random, 1000);
}

static char *
put_choice(char *to, const struct urn *urn, uint32_t drawn)
{
	return put_bytes(to, urn->text[drawn], urn->size[drawn]);
}

/* --- time --- */

static bool
is_leap(uint64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* " - - [22/Nov/2020:10:00:00 +0000] ": all that stands between the client and the request. */
static char *
put_time(char *to, uint64_t seconds)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	static const unsigned char lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t day = seconds / 86400, year = 1970, length;
	size_t month = 0;

	for (; day >= (is_leap(year) ? 366U : 365U); year++)
		day -= is_leap(year) ? 366 : 365;
	for (; day >= (length = lengths[month] + (month == 1 && is_leap(year) ? 1U : 0U)); month++)
		day -= length;
	to = put_text(to, " - - [");
	to = put_padded(to, day + 1, 2);
	*to++ = '/';
	to = put_bytes(to, names + 3 * month, 3);
	*to++ = '/';
	to = put_padded(to, year, 4);
	*to++ = ':';
	to = put_padded(to, seconds / 3600 % 24, 2);
	*to++ = ':';
	to = put_padded(to, seconds / 60 % 60, 2);
	*to++ = ':';
	to = put_padded(to, seconds % 60, 2);
	return put_text(to, " +0000] ");
}

/* --- the log --- */

struct log {
	struct random random;
	struct addresses addresses;
	struct texts clients;
	struct texts paths;
	struct zipf client_law;
	struct zipf path_law;
	struct urn methods;
	struct urn protocols;
	struct urn statuses;
	struct urn referers;
	struct urn agents;
	uint64_t now;   /* microseconds since 1970 */
	uint32_t gap;   /* microseconds between lines, at most */
	uint64_t shown; /* the second that stamp says */
	char stamp[64];
	size_t stamp_size;
};

static void
log_init(struct log *log, const struct options *options)
{
	random_init(&log->random, options->seed);
	log->addresses.counter = 0;
	log->addresses.salt = (uint32_t)(mix64(options->seed + 1) >> 32);
	make_clients(&log->clients, (uint32_t)options->clients, &log->addresses);
	make_paths(&log->paths, (uint32_t)options->paths, options->seed);
	zipf_init(&log->client_law, (uint32_t)options->clients, options->zipf);
	zipf_init(&log->path_law, (uint32_t)options->paths, options->zipf);
	urn_init(&log->methods, methods, COUNT_OF(methods));
	urn_init(&log->protocols, protocols, COUNT_OF(protocols));
	urn_init(&log->statuses, statuses, COUNT_OF(statuses));
	urn_init(&log->referers, referers, COUNT_OF(referers));
	urn_init(&log->agents, agents, COUNT_OF(agents));
	log->now = options->start * 1000000;
	log->gap = (uint32_t)(2 * 60000000 / options->rate);
	log->shown = UINT64_MAX;
}

static void
log_release(struct log *log)
{
	texts_release(&log->clients);
	texts_release(&log->paths);
	zipf_release(&log->client_law);
	zipf_release(&log->path_law);
}

static char *
put_client(char *to, struct log *log, bool fresh)
{
	if (fresh)
		return put_new_client(to, &log->addresses);
	return put_nth(to, &log->clients, zipf_draw(&log->client_law, &log->random));
}

static char *
put_stamp(char *to, struct log *log)
{
	uint64_t seconds = log->now / 1000000;

	if (seconds != log->shown) {
		log->stamp_size = (size_t)(put_time(log->stamp, seconds) - log->stamp);
		log->shown = seconds;
	}
	log->now += random_below(&log->random, log->gap + 1);
	return put_bytes(to, log->stamp, log->stamp_size);
}

/* Only what has a body of its own is log-normal: a median of 4 KB, of which one in a thousand
 * passes 600 KB. */
static char *
put_size(char *to, struct log *log, const char *status)
{
	uint64_t size = random_lognormal(&log->random, 12 * Q24_ONE, 7 * Q24_ONE / 3);

	if (status[0] == '2')
		return put_number(to, size, 10);
	return put_text(to,
	    strcmp(status, "304") == 0 ? "0"
		: status[0] == '3'     ? "162"
		: status[0] == '4'     ? "548"
				       : "497");
}

static char *
put_referer(char *to, struct log *log)
{
	uint32_t drawn = urn_draw(&log->random);
	char last = log->referers.text[drawn][log->referers.size[drawn] - 1];

	*to++ = ' ';
	*to++ = '"';
	to = put_choice(to, &log->referers, drawn);
	if (last != '-' && last != '/')
		to = put_nth(to, &log->paths, zipf_draw(&log->path_law, &log->random));
	*to++ = '"';
	return to;
}

/* A median of 32 ms; server errors take eight times as long. */
static char *
put_latency(char *to, struct log *log, const char *status)
{
	uint64_t milliseconds =
	    random_lognormal(&log->random, (status[0] == '5' ? 8 : 5) * Q24_ONE, 8 * Q24_ONE / 5);

	if (milliseconds > 60000)
		milliseconds = 60000;
	to = put_number(to, milliseconds / 1000, 10);
	*to++ = '.';
	return put_padded(to, milliseconds % 1000, 3);
}

static char *
put_line(char *to, struct log *log, bool fresh)
{
	uint32_t status = urn_draw(&log->random);

	to = put_client(to, log, fresh);
	to = put_stamp(to, log);
	to = put_choice(to, &log->methods, urn_draw(&log->random));
	to = put_nth(to, &log->paths, zipf_draw(&log->path_law, &log->random));
	to = put_choice(to, &log->protocols, urn_draw(&log->random));
	to = put_choice(to, &log->statuses, status);
	*to++ = ' ';
	to = put_size(to, log, log->statuses.text[status]);
	to = put_referer(to, log);
	*to++ = ' ';
	*to++ = '"';
	to = put_choice(to, &log->agents, urn_draw(&log->random));
	*to++ = '"';
	*to++ = ' ';
	to = put_latency(to, log, log->statuses.text[status]);
	*to++ = '\n';
	return to;
}

/* --- other formats: the same records, put together anew from the combined line --- */

/* In the order in which they are written. */
enum { TIME, LEVEL, HOST, CLIENT, METHOD, PATH, PROTOCOL, STATUS, BYTES, REFERER, AGENT, LATENCY, FIELDS };

struct field {
	const char *text;
	size_t size;
};

static const char *const field_names[FIELDS] = { "time", "level", "host", "client", "method", "path", "proto",
	"status", "bytes", "referer", "agent", "latency" };

/* The bytes from *${at} up to ${end}, behind which *${at} then is. */
static struct field
next_field(const char **at, char end)
{
	const char *stop = strchr(*at, end);
	struct field field = { *at, (size_t)(stop - *at) };

	*at = stop + 1;
	return field;
}

/* "2026-11-22T10:00:00Z" from "22/Nov/2026:10:00:00". */
static struct field
iso_time(struct field time, char *room)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t month = 1;
	char *to = room;

	while (memcmp(names + 3 * (month - 1), time.text + 3, 3) != 0)
		month++;
	to = put_bytes(to, time.text + 7, 4);
	*to++ = '-';
	to = put_padded(to, month, 2);
	*to++ = '-';
	to = put_bytes(to, time.text, 2);
	*to++ = 'T';
	to = put_bytes(to, time.text + 12, 8);
	*to++ = 'Z';
	return (struct field){ room, (size_t)(to - room) };
}

/* ${line} ends in a line end and a NUL. What the combined format does not have comes from what it has. */
static void
take_apart(const char *line, struct field fields[FIELDS], char room[TEXT_ROOM])
{
	static const char *const hosts[] = { "web01.example.net", "web02.example.net", "web03.example.net",
		"web04.example.net" };
	const char *at = line;
	size_t host;

	fields[CLIENT] = next_field(&at, ' ');
	next_field(&at, '[');
	fields[TIME] = iso_time(next_field(&at, ' '), room);
	next_field(&at, '"');
	fields[METHOD] = next_field(&at, ' ');
	fields[PATH] = next_field(&at, ' ');
	fields[PROTOCOL] = next_field(&at, '"');
	at++;
	fields[STATUS] = next_field(&at, ' ');
	fields[BYTES] = next_field(&at, ' ');
	at++;
	fields[REFERER] = next_field(&at, '"');
	next_field(&at, '"');
	fields[AGENT] = next_field(&at, '"');
	at++;
	fields[LATENCY] = next_field(&at, '\n');
	host = (size_t)fields[LATENCY].text[fields[LATENCY].size - 1] % COUNT_OF(hosts);
	fields[HOST] = (struct field){ hosts[host], strlen(hosts[host]) };
	fields[LEVEL].text = *fields[STATUS].text == '5' ? "error" : *fields[STATUS].text == '4' ? "warning" : "info";
	fields[LEVEL].size = strlen(fields[LEVEL].text);
}

/* No field has quotes, backslashes or control bytes in it, so that nothing needs an escape. */
static bool
needs_quotes(enum form form, int number, struct field field)
{
	if (form == FORM_JSON)
		return number != STATUS && number != BYTES && number != LATENCY;
	for (size_t i = 0; i < field.size; i++)
		if (form == FORM_CSV ? field.text[i] == ',' : field.text[i] == ' ' || field.text[i] == '=')
			return true;
	return field.size == 0;
}

static char *
put_form(char *to, enum form form, const char *line)
{
	struct field fields[FIELDS];
	char room[TEXT_ROOM];

	take_apart(line, fields, room);
	for (int i = 0; i < FIELDS; i++) {
		bool quotes = needs_quotes(form, i, fields[i]);

		*to++ = i > 0 ? (form == FORM_LOGFMT ? ' ' : ',') : '{';
		to -= i == 0 && form != FORM_JSON;
		if (form == FORM_JSON) {
			*to++ = '"';
			to = put_text(to, field_names[i]);
			to = put_text(to, "\":");
		} else if (form == FORM_LOGFMT) {
			to = put_text(to, field_names[i]);
			*to++ = '=';
		}
		to = put_text(to, quotes ? "\"" : "");
		to = put_bytes(to, fields[i].text, fields[i].size);
		to = put_text(to, quotes ? "\"" : "");
	}
	return put_text(to, form == FORM_JSON ? "}\n" : "\n");
}

static char *
put_header(char *to)
{
	for (int i = 0; i < FIELDS; i++) {
		to = put_text(to, i > 0 ? "," : "");
		to = put_text(to, field_names[i]);
	}
	return put_text(to, "\n");
}

static char *
put_record(char *to, struct log *log, bool fresh, enum form form)
{
	char line[LINE_ROOM];

	if (form == FORM_COMBINED)
		return put_line(to, log, fresh);
	*put_line(line, log, fresh) = 0;
	return put_form(to, form, line);
}

/* --- output --- */

/* A reader that has seen enough is no news. */
static void
write_failed(void)
{
	if (errno == EPIPE)
		exit(EXIT_TROUBLE);
	die("standard output: %s", strerror(errno));
}

static void
write_all(const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(STDOUT_FILENO, bytes, size);

		if (written >= 0) {
			bytes += written;
			size -= (size_t)written;
		} else if (errno != EINTR) {
			write_failed();
		}
	}
}

/* The fresh lines are spread evenly, as the steps of a straight line of slope fresh / lines. */
static void
write_log(struct log *log, const struct options *options)
{
	static char buffer[BUFFER_SIZE];
	char *end = buffer;
	uint64_t slope = 0;

	if (options->form == FORM_CSV && !options->items)
		end = put_header(end);
	for (uint64_t n = 0; n < options->lines; n++) {
		bool fresh = (slope += options->fresh) >= options->lines;

		if (fresh)
			slope -= options->lines;
		if (options->items) {
			end = put_client(end, log, fresh);
			*end++ = '\n';
		} else {
			end = put_record(end, log, fresh, options->form);
		}
		if ((size_t)(buffer + BUFFER_SIZE - end) < LINE_ROOM) {
			write_all(buffer, (size_t)(end - buffer));
			end = buffer;
		}
	}
	write_all(buffer, (size_t)(end - buffer));
	if (close(STDOUT_FILENO) != 0)
		write_failed();
}

/* --- options --- */

static const char usage[] =
    "usage: loggen [-n LINES] [-s SEED] [-c CLIENTS] [-p PATHS] [-z EXPONENT]\n"
    "              [-r RATE] [-o FORMAT] [--start EPOCH] [--fresh LINES] [--items]\n"
    "Write a web server's log in the combined format, with the latency in seconds\n"
    "as an extra last field, or the same records in another format, with twelve\n"
    "fields. The same options give the same bytes everywhere.\n"
    "\n"
    "  -n, --lines N      lines to write (1000000)\n"
    "  -s, --seed N       of the random numbers (1)\n"
    "  -c, --clients N    different clients (100000)\n"
    "  -p, --paths N      different paths (50000)\n"
    "  -z, --zipf X       exponent of the law clients and paths follow (1.05)\n"
    "  -r, --rate N       lines per minute (6000)\n"
    "  -o, --format NAME  combined, json, logfmt, or csv with a header (combined)\n"
    "      --start EPOCH  time of the first line (1606039200)\n"
    "      --fresh N      so many of the lines have a client seen nowhere else (0)\n"
    "      --items        write the clients only\n"
    "      --help         show this and stop\n";

static uint64_t
parse_number(const char *name, const char *text, uint64_t least, uint64_t most)
{
	char *end;
	uintmax_t number;

	errno = 0;
	number = strtoumax(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number < least ||
	    number > most)
		die("--%s: '%s' is not a whole number from %" PRIu64 " to %" PRIu64, name, text,
		    least, most);
	return number;
}

/* A decimal fraction from 0 to 4, to q24. */
static int64_t
parse_exponent(const char *name, const char *text)
{
	int64_t number = 0, scale = 1;
	bool digits = false, point = false;
	const char *c = text;

	for (; scale < 1000000 && number <= 4 * scale; c++) {
		if (*c == '.' && !point) {
			point = true;
		} else if (*c >= '0' && *c <= '9') {
			digits = true;
			number = number * 10 + (*c - '0');
			scale *= point ? 10 : 1;
		} else {
			break;
		}
	}
	if (!digits || *c != '\0' || number > 4 * scale)
		die("--%s: '%s' is not a number from 0 to 4 of at most six decimals", name, text);
	return number * Q24_ONE / scale;
}

static enum form
parse_form(const char *name, const char *text)
{
	static const char *const names[] = { "combined", "json", "logfmt", "csv" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum form)i;
	die("--%s: '%s' is none of combined, json, logfmt and csv", name, text);
}

static void
set_option(struct options *options, int letter, const char *name, const char *text)
{
	switch (letter) {
	case 'n':
		options->lines = parse_number(name, text, 0, UINT64_C(1) << 48);
		break;
	case 's':
		options->seed = parse_number(name, text, 0, UINT64_MAX);
		break;
	case 'c':
		options->clients = parse_number(name, text, 1, POPULATION_LIMIT);
		break;
	case 'p':
		options->paths = parse_number(name, text, 1, POPULATION_LIMIT);
		break;
	case 'z':
		options->zipf = parse_exponent(name, text);
		break;
	case 'r':
		options->rate = parse_number(name, text, 1, 60000000);
		break;
	case 'o':
		options->form = parse_form(name, text);
		break;
	case 'S':
		options->start = parse_number(name, text, 0, UINT64_C(253402300799));
		break;
	case 'F':
		options->fresh = parse_number(name, text, 0, UINT64_C(1) << 31);
		break;
	default:
		options->items = true;
	}
}

static void
parse_options(struct options *options, int argc, char **argv)
{
	/* clang-format off */
	static const struct option names[] = {
		{"lines", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"clients", required_argument, NULL, 'c'},
		{"paths", required_argument, NULL, 'p'},
		{"zipf", required_argument, NULL, 'z'},
		{"rate", required_argument, NULL, 'r'},
		{"format", required_argument, NULL, 'o'},
		{"start", required_argument, NULL, 'S'},
		{"fresh", required_argument, NULL, 'F'},
		{"items", no_argument, NULL, 'i'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0}
	};
	/* clang-format on */
	int letter;

	while ((letter = getopt_long(argc, argv, "n:s:c:p:z:r:o:", names, NULL)) != -1) {
		const char *name = "";

		if (letter == '?')
			exit(EXIT_TROUBLE);
		if (letter == 'h') {
			write_all(usage, sizeof(usage) - 1);
			exit(0);
		}
		for (size_t i = 0; names[i].name != NULL; i++)
			if (names[i].val == letter)
				name = names[i].name;
		set_option(options, letter, name, optarg);
	}
	if (optind < argc)
		die("'%s': no such argument is expected; try --help", argv[optind]);
	if (options->fresh > options->lines)
		die("--fresh: more than the lines there are");
}

int
main(int argc, char **argv)
{
	static struct log log;
	struct options options = {
		.lines = 1000000,
		.seed = 1,
		.clients = 100000,
		.paths = 50000,
		.start = 1606039200,
		.rate = 6000,
		.zipf = 105 * Q24_ONE / 100,
	};

	parse_options(&options, argc, argv);
	log_init(&log, &options);
	write_log(&log, &options);
	log_release(&log);
	return 0;
}

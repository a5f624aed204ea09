/*
 * csv_loops.h -- the loops of csv.h, to be included by a file that first defines masks as for scan_loops.h, and behind
 * that, whose helpers they use.
 */
#include <string.h>

#include "csv.h"

#define CHUNK ((size_t)64)
#define NOWHERE ((size_t)-1)
#define QUOTE '"'

/* What the bytes before a chunk leave it with. A record starts OUTSIDE. */
enum { OUTSIDE = 0, INSIDE = 1, CLOSED = 2 /* by a quote that is the last byte, unless another follows */, PHASE = 3, LINES = 4 };

/* Bit i: whether an odd number of bits of ${mask} are set from 0 to i. */
static inline uint64_t
running_parity(uint64_t mask)
{
	mask ^= mask << 1;
	mask ^= mask << 2;
	mask ^= mask << 4;
	mask ^= mask << 8;
	mask ^= mask << 16;
	mask ^= mask << 32;
	return mask;
}

/*
 * Take those of the *${quotes} out that are characters, and return which bytes are inside of quotes, opening ones with them and
 * closing ones without. ${borders} are delimiters and line ends, ${before} says whether the first byte may open a field.
 */
static inline uint64_t
csv_inside(uint64_t *quotes, uint64_t borders, uint64_t before, uint64_t carried)
{
	for (;;) {
		uint64_t inside = running_parity(*quotes) ^ carried;
		uint64_t stray = *quotes & inside & ~((borders | *quotes) << 1 | before);
		uint64_t from, next;

		if (stray == 0)
			return inside;
		from = ~(uint64_t)0 << lowest_bit(stray);
		next = borders & from;
		*quotes &= ~(next == 0 ? from : from & ((next & -next) - 1));
	}
}

/*
 * Where quotes are, they are as good as random to the processor: what follows does without branches that depend on them.
 */

/* What the last of ${n} bytes leaves. */
static inline unsigned char
csv_phase(uint64_t quotes, uint64_t inside, size_t n)
{
	return (unsigned char)((inside >> (n - 1) & 1) * INSIDE | ((quotes & ~inside) >> (n - 1) & 1) * CLOSED);
}

/* All bits for INSIDE, none for the others. */
static inline uint64_t
csv_carried(uint64_t phase)
{
	return (uint64_t)0 - (phase & INSIDE);
}

/* Records are cut by walking over chunks. */
struct csv_walk {
	const struct sk_csv_dialect *dialect;
	const unsigned char *data;
	size_t size;
	size_t start;        /* of the record at hand */
	size_t at;           /* of the next chunk */
	size_t quote;        /* as in struct sk_layout_progress */
	size_t line_quote;
	unsigned char state; /* LINES: the record at hand has line ends in quotes */
	size_t cut;          /* where the record ends after all that has a stray quote; NOWHERE */
	bool lines;          /* a record may have line ends in quotes */
};

/* A chunk that has to do with quotes: which of its ${n} bytes are what. */
struct csv_chunk {
	size_t n;
	uint64_t quotes;
	uint64_t inside;
	uint64_t delimiters;
	uint64_t ends;
	uint64_t after; /* the byte before it is a quote that closes */
	uint64_t opens; /* fields */
};

/* Where the quoted field opened that byte ${i} of the chunk belongs to. */
static inline size_t
csv_quote_of(const struct csv_walk *walk, const struct csv_chunk *chunk, size_t i)
{
	uint64_t before = chunk->opens & low_bits(i);

	return before != 0 ? walk->at + highest_bit(before) : walk->quote;
}

/* The first byte of the chunk that is text behind a quoted field with line ends, and in *${quote} where that opened. */
static size_t
csv_torn(const struct csv_walk *walk, const struct csv_chunk *chunk, size_t *quote)
{
	const unsigned char *data = walk->data;
	uint64_t torn = chunk->after & ~(chunk->delimiters | chunk->ends | chunk->quotes) & low_bits(chunk->n);

	for (; torn != 0; torn &= torn - 1) {
		size_t i = lowest_bit(torn);

		*quote = csv_quote_of(walk, chunk, i);
		if (data[walk->at + i] != '\r' &&
		    memchr(data + *quote, walk->dialect->end, walk->at + i - *quote) != NULL)
			return i;
	}
	return NOWHERE;
}

/*
 * The byte of the chunk before which the record is too long, and in *${quote} the one to blame. A record that starts in the chunk
 * cannot reach its limit there.
 */
static size_t
csv_overlong(const struct csv_walk *walk, const struct csv_chunk *chunk, size_t *quote)
{
	size_t limit = walk->start + walk->dialect->quote_max, rest, first;
	uint64_t held;

	if (walk->dialect->quote_max == 0 || limit > walk->at + chunk->n)
		return NOWHERE;
	rest = limit > walk->at ? limit - walk->at : 0;
	held = chunk->ends & chunk->inside & low_bits(rest);
	if ((chunk->ends & ~chunk->inside & low_bits(rest)) != 0)
		return NOWHERE;
	if (held != 0 || (walk->state & LINES) != 0) {
		*quote = held != 0 ? csv_quote_of(walk, chunk, highest_bit(held)) : walk->line_quote;
		return rest;
	}
	/* One long line so far: what its end is decides. */
	if (chunk->ends == 0)
		return NOWHERE;
	first = lowest_bit(chunk->ends);
	*quote = csv_quote_of(walk, chunk, first);
	return (chunk->inside >> first & 1) != 0 ? first : NOWHERE;
}

/* Look for stray quotes. Returns how many bytes of the chunk come before what shows that there is one, and sets walk->cut. */
static size_t
csv_stray(struct csv_walk *walk, const struct csv_chunk *chunk)
{
	size_t torn_quote = 0, long_quote = 0, quote;
	size_t torn = csv_torn(walk, chunk, &torn_quote);
	size_t overlong = csv_overlong(walk, chunk, &long_quote);
	const unsigned char *end;

	if (torn == NOWHERE && overlong == NOWHERE)
		return chunk->n;
	quote = torn < overlong ? torn_quote : long_quote;
	end = memchr(walk->data + quote, walk->dialect->end, walk->size - quote);
	walk->cut = (size_t)(end - walk->data);
	return torn < overlong ? torn : overlong;
}

/* What the chunk means for the next. */
static inline void
csv_carry(struct csv_walk *walk, size_t n, uint64_t quotes, uint64_t inside, uint64_t opens)
{
	size_t last = walk->at + highest_bit(opens | 1);

	walk->quote = opens != 0 ? last : walk->quote;
	walk->state = csv_phase(quotes, inside, n);
}

/* A chunk with line ends in quotes, or behind such: which ends of it end records? Rare, and kept out of the way of others. */
static uint64_t
csv_line_ends(struct csv_walk *walk, const struct csv_chunk *chunk)
{
	uint64_t held = chunk->ends & chunk->inside, out = chunk->ends & ~chunk->inside;
	unsigned lines = out != 0 ? 0 : walk->state & LINES;
	size_t n = csv_stray(walk, chunk);

	walk->lines = true;
	if (walk->cut != NOWHERE)
		return out & low_bits(n);
	if (held > out) {
		walk->line_quote = csv_quote_of(walk, chunk, highest_bit(held));
		lines = LINES;
	}
	csv_carry(walk, chunk->n, chunk->quotes, chunk->inside, chunk->opens);
	walk->state |= (unsigned char)lines;
	return out;
}

/* Which line ends of the chunk end records. */
static inline uint64_t
csv_ends(struct csv_walk *walk, uint64_t quotes, uint64_t ends)
{
	const unsigned char *bytes = walk->data + walk->at;
	unsigned char delimiter = walk->dialect->delimiter;
	uint64_t phase = walk->state & PHASE, closed = phase >> 1;
	uint64_t before = closed | (walk->at == walk->start) | (bytes[-1] == delimiter);
	size_t left = walk->size - walk->at, n = left < CHUNK ? left : CHUNK;
	uint64_t delimiters = mask_of(bytes, delimiter) & low_bits(left);
	uint64_t inside = csv_inside(&quotes, delimiters | ends, before, csv_carried(phase));
	uint64_t after = (quotes & ~inside) << 1 | closed;
	uint64_t opens = quotes & inside & ~after;

	if ((ends & inside) != 0 || (walk->state & LINES) != 0) {
		struct csv_chunk chunk = { n, quotes, inside, delimiters, ends, after, opens };

		return csv_line_ends(walk, &chunk);
	}
	csv_carry(walk, n, quotes, inside, opens);
	return ends & ~inside;
}

/* The record at hand ends at ${end}. */
static inline struct sk_span
csv_end_record(struct csv_walk *walk, size_t end)
{
	struct sk_span record = { walk->data + walk->start, end - walk->start };

	walk->start = end + 1;
	return record;
}

/* End the record at the stray quote's line, and go on behind it. */
static struct sk_span
csv_cut_record(struct csv_walk *walk)
{
	struct sk_span record = csv_end_record(walk, walk->cut);

	walk->at = walk->start;
	walk->state = OUTSIDE;
	walk->cut = NOWHERE;
	return record;
}

/* Walk to the end of the data, or of ${max} records. ${records} is NULL for one who wants to know where they end only. */
static inline size_t
csv_walk(struct csv_walk *walk, struct sk_span *records, size_t max)
{
	size_t n = 0;

	while (walk->at < walk->size && n < max) {
		uint64_t valid = low_bits(walk->size - walk->at);
		uint64_t quotes = mask_of(walk->data + walk->at, QUOTE) & valid;
		uint64_t ends = mask_of(walk->data + walk->at, walk->dialect->end) & valid;

		if (quotes != 0 || walk->state != OUTSIDE)
			ends = csv_ends(walk, quotes, ends);
		if (records == NULL) {
			walk->start = ends != 0 ? walk->at + highest_bit(ends) + 1 : walk->start;
		} else {
			/* Whether there is a first one is as good as random, too: it is written in any case. */
			size_t end = walk->at + lowest_bit(ends | (uint64_t)1 << 63);

			records[n] = (struct sk_span){ walk->data + walk->start, end - walk->start };
			n += ends != 0 ? 1 : 0;
			walk->start = ends != 0 ? end + 1 : walk->start;
			for (ends &= ends - 1; ends != 0 && n < max; ends &= ends - 1)
				records[n++] = csv_end_record(walk, walk->at + lowest_bit(ends));
		}
		if (walk->cut == NOWHERE) {
			walk->at += CHUNK;
		} else if (n < max) {
			struct sk_span record = csv_cut_record(walk);

			if (records != NULL)
				records[n++] = record;
		}
	}
	return n;
}

static size_t
csv_whole(const struct sk_csv_dialect *dialect, const unsigned char *data, size_t size,
    struct sk_layout_progress *progress)
{
	struct csv_walk walk = { .dialect = dialect, .data = data, .size = size, .at = progress->scanned,
		.quote = progress->quote, .line_quote = progress->line_quote, .state = progress->state,
		.cut = NOWHERE };

	csv_walk(&walk, NULL, (size_t)-1);
	*progress = (struct sk_layout_progress){
		.scanned = size - walk.start,
		.quote = walk.quote - walk.start,
		.line_quote = walk.line_quote - walk.start,
		.state = walk.state,
	};
	return walk.start;
}

static size_t
csv_records(const struct sk_csv_dialect *dialect, const unsigned char *data, size_t size, bool last,
    struct sk_span *records, size_t max, size_t *used, bool *lines)
{
	struct csv_walk walk = { .dialect = dialect, .data = data, .size = size, .cut = NOWHERE };
	size_t n = csv_walk(&walk, records, max);

	/* What shows that a quote is stray may lie behind the block, or the input may have ended. */
	while (last && n < max && walk.start < size && (walk.state & PHASE) == INSIDE) {
		const unsigned char *end = memchr(data + walk.quote, dialect->end, size - walk.quote);

		if (end == NULL)
			break;
		walk.cut = (size_t)(end - data);
		records[n++] = csv_cut_record(&walk);
		n += csv_walk(&walk, records + n, max - n);
	}
	*used = walk.start;
	*lines |= walk.lines;
	return n;
}

/* Fields */

/* Find delimiters of a record. */
struct csv_search {
	const size_t *ordinal; /* which ones, counted from 1, in order */
	size_t n;
	size_t *place;  /* where they are, of those that are there */
	bool count_all; /* delimiters, even when all are found that are looked for */
	size_t passed;  /* delimiters counted */
	bool open;      /* the record ends in quotes */
};

static inline void
csv_search(unsigned char delimiter, struct sk_span record, struct csv_search *search)
{
	unsigned char phase = OUTSIDE;
	size_t next = 0;

	for (size_t at = 0; at < record.size; at += CHUNK) {
		const unsigned char *bytes = record.data + at;
		size_t left = record.size - at;
		uint64_t quotes = mask_of(bytes, QUOTE) & low_bits(left), delimiters;
		bool wanted = next < search->n || search->count_all;

		if (!wanted && quotes == 0) {
			phase &= INSIDE;
			continue;
		}
		delimiters = mask_of(bytes, delimiter) & low_bits(left);
		if (quotes != 0 || phase != OUTSIDE) {
			unsigned before = (at == 0) | (phase == CLOSED) | (bytes[-1] == delimiter);
			uint64_t inside = csv_inside(&quotes, delimiters, before, csv_carried(phase));

			delimiters &= ~inside;
			phase = csv_phase(quotes, inside, left < CHUNK ? left : CHUNK);
		}
		if (wanted) {
			size_t there = search->passed + (size_t)__builtin_popcountll(delimiters);

			for (; next < search->n && search->ordinal[next] <= there; next++)
				search->place[next] =
				    at + nth_bit(delimiters, search->ordinal[next] - search->passed);
			search->passed = there;
		}
	}
	search->open = phase == INSIDE;
}

/* Field ${number} of the record, whose delimiters around it are at ${place}: the one before (not of the first), and the one behind. */
static inline unsigned char
csv_value(struct sk_span record, const struct csv_search *search, size_t number, bool rest, const size_t *place,
    unsigned char **scratch, struct sk_span *value)
{
	size_t start = number == 1 ? 0 : place[0] + 1;
	size_t stop = number <= search->passed && !rest ? place[number == 1 ? 0 : 1] : record.size;

	*value = (struct sk_span){ record.data + start, stop - start };
	if (start < stop && record.data[start] == QUOTE && !rest)
		*value = sk_csv_unquote(*value, scratch);
	return SK_LAYOUT_VALUE;
}

/* A field counted from the back: its number is known once all fields are counted. */
static unsigned char
csv_back_value(const struct sk_csv_dialect *dialect, struct sk_span record, size_t fields, size_t back, bool rest,
    unsigned char **scratch, struct sk_span *value)
{
	size_t number = fields + 1 - back, place[2];
	size_t ordinal[2] = { number - 1, number };
	struct csv_search search = { .ordinal = ordinal, .n = 2, .place = place };

	if (back > fields)
		return SK_LAYOUT_MISSING;
	if (number == 1)
		search = (struct csv_search){ .ordinal = ordinal + 1, .n = 1, .place = place };
	csv_search(dialect->delimiter, record, &search);
	return csv_value(record, &search, number, rest, place, scratch, value);
}

/* The values of a record that is not malformed. */
static inline void
csv_values(const struct sk_csv_dialect *dialect, const struct sk_csv_columns *columns, struct sk_span record,
    const struct csv_search *search, size_t stride, unsigned char **scratch, struct sk_span *values,
    unsigned char *states)
{
	size_t fields = record.size > 0 ? search->passed + 1 : 0;

	for (size_t c = 0; c < columns->n; c++) {
		const struct sk_csv_column *column = &columns->column[c];
		struct sk_span *value = &values[c * stride];

		*value = (struct sk_span){ record.data + record.size, 0 };
		if (column->number < 0)
			states[c * stride] = csv_back_value(dialect, record, fields, (size_t)-column->number,
			    column->rest, scratch, value);
		else if (column->number == 0 || (size_t)column->number > fields)
			states[c * stride] = SK_LAYOUT_MISSING;
		else
			states[c * stride] = csv_value(record, search, (size_t)column->number, column->rest,
			    search->place + column->ordinal, scratch, value);
	}
}

static inline struct sk_span
csv_without_cr(struct sk_span record)
{
	if (record.size > 0 && record.data[record.size - 1] == '\r')
		record.size--;
	return record;
}

static size_t
csv_pick(const struct sk_csv_dialect *dialect, const struct sk_csv_columns *columns, const struct sk_span *records,
    size_t n, size_t stride, unsigned char *scratch, struct sk_span *values, unsigned char *states,
    struct sk_layout_fault *faults)
{
	size_t place[2 * SK_LAYOUT_WANTS_MAX], bad = 0;

	for (size_t i = 0; i < n; i++) {
		struct sk_span record = csv_without_cr(records[i]);
		struct csv_search search = { .ordinal = columns->ordinal, .n = columns->ordinals,
			.place = place, .count_all = columns->from_back };

		csv_search(dialect->delimiter, record, &search);
		faults[i] = (struct sk_layout_fault){ SK_LAYOUT_FINE, 0 };
		if (!search.open) {
			csv_values(dialect, columns, record, &search, stride, &scratch, values + i, states + i);
			continue;
		}
		bad++;
		faults[i] = (struct sk_layout_fault){ SK_LAYOUT_QUOTE_OPEN, sk_csv_open_quote(dialect, record) };
		for (size_t c = 0; c < columns->n; c++) {
			values[c * stride + i] = (struct sk_span){ record.data + record.size, 0 };
			states[c * stride + i] = SK_LAYOUT_BAD;
		}
	}
	return bad;
}

#undef QUOTE
#undef NOWHERE
#undef CHUNK

#define CSV_LOOPS(label)                                                                          \
	{                                                                                         \
		.name = (label), .whole = csv_whole, .records = csv_records, .pick = csv_pick,    \
	}

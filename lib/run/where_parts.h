/* where_parts.h -- what the files of where share: the conditions as they are kept. */
#ifndef STREAMKIT_RUN_WHERE_PARTS_H
#define STREAMKIT_RUN_WHERE_PARTS_H

#include <stdint.h>

#include "pattern.h"
#include "where.h"

/* How a field can stand to the value. Conditions are sets of these. */
enum sk_where_relation {
	SK_WHERE_LESS = 1,
	SK_WHERE_EQUAL = 2, /* and that it matches */
	SK_WHERE_GREATER = 4,
	SK_WHERE_OTHER = 8, /* no number, and the value is one; it does not match */
	SK_WHERE_MISSING = 16,
	SK_WHERE_ALL = 31,
};

struct sk_where_condition {
	char *text;      /* as it was given: for copies */
	char *parts;     /* the bytes of name and value */
	size_t field;    /* which of the conditions' */
	unsigned holds;  /* for fields in these relations to the value */
	struct sk_span value;
	bool is_number;
	bool is_integer; /* of 64 bits, too */
	double number;
	int64_t integer;
	bool is_whole;   /* of 64 bits beside the sign: for raw numbers */
	struct sk_where_whole {
		bool negative; /* no zero is */
		uint64_t magnitude;
	} whole;
	struct sk_pattern *pattern; /* NULL: compare */
};

/* How ${a} stands to ${b}: LESS, EQUAL or GREATER, which are 1 << 0, 1 and 2. */
#define SK_WHERE_RELATION(a, b) (1u << (1 + ((a) > (b)) - ((a) < (b))))

struct sk_where {
	size_t count;
	struct sk_where_condition condition[SK_WHERE_MAX];
	struct sk_fields fields;
	char why[160];
};

/*
 * What is wrong with the operator ${at} in the condition ${text}, if it is taken for that of ${size} bytes, which ${matches}, though there
 * are more of such signs; NULL: nothing. And with a condition that has none; and with the ${value}, which has no quotes.
 */
const char *sk_where_mistaken_sign(struct sk_where *where, const char *text, const char *at, size_t size, bool matches);
const char *sk_where_no_sign(struct sk_where *where, const char *text);
const char *sk_where_mistaken_value(struct sk_where *where, const char *text, const char *value);

/* How ${text} stands to the value of ${condition}: an enum sk_where_relation. */
unsigned sk_where_relate(const struct sk_where_condition *condition, struct sk_span text);

#endif

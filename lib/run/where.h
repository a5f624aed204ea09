/*
 * where.h -- which records are meant: conditions on their fields, as --where has them.
 *
 *	condition = ['!'] field operator value
 *	field     = as in fields.h, one; or, for one with a sign of an operator or a blank in it, a name in quotes
 *	operator  = '=' '==' '!=' '<' '<=' '>' '>=' '~' '!~'
 *	value     = text, or text in quotes
 *
 * An unquoted value of a comparison does not begin with a sign of an operator, nor ends one with && or "or" and another condition.
 * The field ends where the first operator begins. In quotes a doubled quote is one. Blanks around the operator are passed over.
 *
 * A value without quotes that is a number (number.h, NaN excepted) is compared as a number, and others are as bytes. A field that is no
 * number then differs from the value, and is neither less nor greater. Whole numbers of 64 bits are compared as they are,
 * others as doubles. What follows ~ is a regular expression (pattern.h). For a record that lacks the field no condition
 * holds, but for one with a '!' in front, which holds where the one without it does not.
 *
 * Threads: one at a time may use the conditions; others have copies.
 */
#ifndef STREAMKIT_RUN_WHERE_H
#define STREAMKIT_RUN_WHERE_H

#include "../record/layout.h"
#include "fields.h"

#define SK_WHERE_MAX 16

struct sk_where;

/* No conditions yet; NULL with ENOMEM. Free with sk_where_free(); NULL is fine. */
struct sk_where *sk_where_new(void);
void sk_where_free(struct sk_where *where);

/* The same conditions again, for another thread; NULL with ENOMEM. */
struct sk_where *sk_where_copy(const struct sk_where *where);

/*
 * Add the condition ${text}. Returns NULL, or what is wrong with it, a text that stays until the next call; the conditions
 * are then as they were.
 */
const char *sk_where_add(struct sk_where *where, const char *text);

/* The fields that conditions are on, each once; they stay as long as ${where} does. NULL has none. */
const struct sk_fields *sk_where_fields(const struct sk_where *where);

/*
 * Keep those of the *${place} for which all conditions hold, in order, and return how many they are of the ${n}. Field f of the record at
 * place p is ${columns}[f][p], and ${states}[f][p] the enum sk_layout_state of it; NULL: it is a value.
 */
size_t sk_where_select(struct sk_where *where, const struct sk_span *const *columns,
    const unsigned char *const *states, unsigned short *place, size_t n);

/*
 * The same of raw numbers of ${kind}, ${records}[p] being the one at place p: whatever field conditions are on, it is the number. It is
 * compared as what it is, not rounded to anything: but for an f32, which is what its text says; and with text and expressions as its
 * text (raw_text.h).
 */
size_t sk_where_select_numbers(struct sk_where *where, enum sk_layout_kind kind, const struct sk_span *records,
    unsigned short *place, size_t n);

#endif

/*
 * times.h -- the event times of records, as the options say where they stand and how they are written.
 *
 * A time may take several fields that stand side by side, as "2026-11-22 10:11:12" does where blanks separate fields;
 * its text is then everything from the first to the last of them. Where the options name one field only, and blanks
 * separate them, the first record whose time can be told shows how many fields there are to it: as many as make sense.
 * That record shows the format too, if no option does. A later one in which that many are no time may have more of them
 * or fewer, where the options leave that open; and where the first has a time of day, a day alone is no time.
 *
 * A text without a year, as syslog has, is of the latest year in which its day begins no more than a day after the
 * clock's time: what a log tells of has happened, and no place is a day ahead of UTC. Where times further ahead are
 * trusted, it is that much, up to half a year.
 *
 * Threads: none inside.
 */
#ifndef STREAMKIT_RUN_TIMES_H
#define STREAMKIT_RUN_TIMES_H

#include <stdbool.h>
#include <stdint.h>

#include "../window/zone.h"
#include "fields.h"
#include "skips.h"

struct sk_times_options {
	const char *format;         /* a name, a pattern with '%', or NULL and "auto": find out; borrowed */
	size_t fields;              /* side by side, that a time takes; 0: find out */
	int delimiter;              /* of fields: SK_INTAKE_BLANKS, or a byte */
	const struct sk_zone *zone; /* of times that name none; NULL: UTC; borrowed */
	int64_t future;             /* how far ahead of the clock times are trusted; at least 0 */
	int64_t least;              /* times that are of use */
	int64_t most;
};

struct sk_times;

/* The words that a format may be named by, with blanks in between. */
#define SK_TIMES_FORMATS "auto iso clf syslog ctime mail s ms us ns"

/* Die unless ${fields} are none, one, or several that stand side by side. */
void sk_times_check_fields(const struct sk_fields *fields);

/* Dies of a format that is none, and of want of memory. Free with sk_times_free(); NULL is fine. */
struct sk_times *sk_times_new(const struct sk_times_options *options);
void sk_times_free(struct sk_times *times);

/* The clock reads ${now} nanoseconds, which says of what year times are that name none. */
void sk_times_clock(struct sk_times *times, int64_t now);

/*
 * Read the time of ${record} that begins with its field ${first} into ${*nanoseconds}; false if there is none, for the
 * ${reason}, ${text} being what was looked at.
 */
bool sk_times_read(struct sk_times *times, struct sk_span first, struct sk_span record,
    int64_t *nanoseconds, enum sk_skip_reason *reason, struct sk_span *text);

/* The name of the format that times are read as, or the pattern; NULL as long as it is not known. */
const char *sk_times_format(const struct sk_times *times);

#endif

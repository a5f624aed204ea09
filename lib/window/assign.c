/*
 * assign.c -- floor divisions on the line of local time, put right where clocks were changed.
 */
#include "assign.h"

#include <errno.h>

#define SECOND INT64_C(1000000000)

/*
 * How far from the ends of 64 bits times have to stay. From a time it is less than a size and a slide to the borders
 * of its windows, and not more to those of the next ones, on local clocks, whose numbers count from the offset.
 */
static int64_t
margin_of(const struct sk_assigner *assigner)
{
	const int64_t most = INT64_MAX - SK_TIME_MAX;
	const int64_t offset = assigner->offset < 0 ? -assigner->offset : assigner->offset;
	const int64_t local = assigner->zone != NULL ? 4 * SK_TIME_DAY : 0; /* 26 hours are the most */

	if (assigner->size > most / 8)
		return most;
	if (offset > most / 2 - local)
		return most;
	return 2 * (assigner->size + assigner->slide) + offset + local;
}

int
sk_assigner_init(struct sk_assigner *assigner, int64_t size, int64_t slide, int64_t offset,
    const struct sk_zone *zone)
{
	if (slide < 1 || slide > size || size > SK_TIME_SPAN_MAX || offset > SK_TIME_SPAN_MAX ||
	    offset < -SK_TIME_SPAN_MAX ||
	    (zone != NULL &&
		(size % SK_TIME_DAY != 0 || slide % SECOND != 0 || offset % SECOND != 0))) {
		errno = EINVAL;
		return -1;
	}
	*assigner = (struct sk_assigner){ size, slide, offset, size % slide, zone, 0, 0 };
	assigner->most = INT64_MAX - margin_of(assigner);
	assigner->least = -assigner->most;
	return 0;
}

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Local time */

static int64_t
local_of(const struct sk_assigner *assigner, int64_t time)
{
	return assigner->zone == NULL
	    ? time
	    : time + sk_zone_offset(assigner->zone, floor_divide(time, SECOND)) * SECOND;
}

/* Borders in local time are whole seconds where there is a zone. */
static int64_t
instant_of(const struct sk_assigner *assigner, int64_t local)
{
	return assigner->zone == NULL ? local
				      : sk_zone_instant(assigner->zone, local / SECOND) * SECOND;
}

static int64_t
window_start(const struct sk_assigner *assigner, int64_t number)
{
	return instant_of(assigner, assigner->offset + number * assigner->slide);
}

static int64_t
window_end(const struct sk_assigner *assigner, int64_t number)
{
	return instant_of(assigner, assigner->offset + number * assigner->slide + assigner->size);
}

/*
 * Windows. A border is at the first instant at which it is that late, so a local time beyond a border is behind its
 * instant; one before it may be too, where clocks were put back over it.
 */

int64_t
sk_assigner_last(const struct sk_assigner *assigner, int64_t time)
{
	int64_t number = floor_divide(local_of(assigner, time) - assigner->offset, assigner->slide);

	if (assigner->zone != NULL)
		while (window_start(assigner, number + 1) <= time)
			number++;
	return number;
}

int64_t
sk_assigner_first(const struct sk_assigner *assigner, int64_t time)
{
	int64_t number = floor_divide(local_of(assigner, time) - assigner->offset - assigner->size,
			     assigner->slide) +
	    1;

	if (assigner->zone != NULL)
		while (window_end(assigner, number) <= time)
			number++;
	return number;
}

struct sk_interval
sk_assigner_window(const struct sk_assigner *assigner, int64_t number)
{
	return (struct sk_interval){ window_start(assigner, number), window_end(assigner, number) };
}

/* Panes */

/* Between a window's start and the next one's is the end of an earlier one, unless that is a start too. */
struct sk_interval
sk_assigner_pane(const struct sk_assigner *assigner, int64_t time)
{
	const int64_t number = sk_assigner_last(assigner, time);
	struct sk_interval pane = { window_start(assigner, number),
		window_start(assigner, number + 1) };
	int64_t middle;

	if (assigner->odd == 0)
		return pane;
	middle = instant_of(assigner, assigner->offset + number * assigner->slide + assigner->odd);
	if (time < middle)
		pane.end = middle;
	else
		pane.start = middle;
	return pane;
}

void
sk_assigner_panes(
    const struct sk_assigner *assigner, const int64_t *times, size_t n, int64_t *starts)
{
	struct sk_interval pane = { 0, 0 };

	for (size_t i = 0; i < n; i++) {
		if ((uint64_t)times[i] - (uint64_t)pane.start >=
		    (uint64_t)pane.end - (uint64_t)pane.start)
			pane = sk_assigner_pane(assigner, times[i]);
		starts[i] = pane.start;
	}
}

/*
 * watermark.c -- a maximum, less an allowance.
 */
#include "watermark.h"

void
sk_watermark_init(
    struct sk_watermark *watermark, int64_t out_of_order, int64_t future, int64_t idle)
{
	*watermark = (struct sk_watermark){ .out_of_order = out_of_order,
		.future = future,
		.idle = idle,
		.jump = future,
		.mark = INT64_MIN,
		.largest = INT64_MIN,
		.came = INT64_MIN,
		.farthest = INT64_MIN };
}

enum sk_time_verdict
sk_watermark_judge(struct sk_watermark *watermark, int64_t time, int64_t now)
{
	const int64_t known = watermark->largest > now ? watermark->largest : now;

	if (time > sk_time_add(known, watermark->future)) {
		watermark->distrusted++;
		return SK_WATERMARK_FUTURE;
	}
	if (watermark->future == INT64_MAX || time >= sk_time_subtract(now, watermark->future))
		return SK_WATERMARK_TRUSTED;
	return watermark->largest != INT64_MIN && time <= sk_time_add(watermark->largest, watermark->jump)
	    ? SK_WATERMARK_TRUSTED
	    : SK_WATERMARK_DOUBTED;
}

void
sk_watermark_doubt(struct sk_watermark *watermark, int64_t first, int64_t last, int64_t now)
{
	watermark->came = now;
	watermark->doubting = true;
	watermark->doubtful = first;
	watermark->doubtful_last = last;
}

/* The record in doubt is trusted. Whether that moves the watermark. */
static bool
trust(struct sk_watermark *watermark)
{
	const int64_t mark = watermark->mark;

	watermark->doubting = false;
	sk_watermark_take(watermark, watermark->doubtful_last, watermark->came);
	return watermark->mark > mark;
}

bool
sk_watermark_settle(struct sk_watermark *watermark, int64_t time)
{
	if (time >= sk_time_subtract(watermark->doubtful, watermark->jump))
		return trust(watermark);
	watermark->doubting = false;
	if (sk_watermark_strays(watermark) == 0)
		watermark->strays = 0;
	watermark->strays++;
	if (watermark->doubtful > watermark->farthest)
		watermark->farthest = watermark->doubtful;
	return false;
}

uint64_t
sk_watermark_strays(const struct sk_watermark *watermark)
{
	return watermark->farthest > watermark->largest ? watermark->strays : 0;
}

bool
sk_watermark_tick(struct sk_watermark *watermark, int64_t now)
{
	const int64_t quiet = sk_time_subtract(now, watermark->came);
	bool moved;
	int64_t mark;

	/* A clock that was set back is no quiet pipe. */
	if (watermark->idle == 0 || watermark->came == INT64_MIN || quiet < watermark->idle)
		return false;
	moved = watermark->doubting && trust(watermark);
	mark = sk_time_subtract(sk_time_add(watermark->largest, quiet), watermark->out_of_order);
	if (mark <= watermark->mark)
		return moved;
	watermark->mark = mark;
	return true;
}

int64_t
sk_watermark_reaches(const struct sk_watermark *watermark, int64_t mark)
{
	int64_t quiet, largest = watermark->largest;

	if (watermark->idle == 0 || watermark->came == INT64_MIN || mark == INT64_MAX)
		return INT64_MAX;
	if (watermark->doubting && watermark->doubtful_last > largest)
		largest = watermark->doubtful_last;
	quiet = sk_time_subtract(sk_time_add(mark, watermark->out_of_order), largest);
	return sk_time_add(watermark->came, quiet > watermark->idle ? quiet : watermark->idle);
}

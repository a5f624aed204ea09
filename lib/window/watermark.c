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
		.mark = INT64_MIN,
		.largest = INT64_MIN,
		.came = INT64_MIN };
}

enum sk_time_verdict
sk_watermark_judge(struct sk_watermark *watermark, int64_t time, int64_t now)
{
	const int64_t known = watermark->largest > now ? watermark->largest : now;

	if (time <= sk_time_add(known, watermark->future))
		return SK_WATERMARK_TRUSTED;
	watermark->distrusted++;
	return SK_WATERMARK_FUTURE;
}

bool
sk_watermark_tick(struct sk_watermark *watermark, int64_t now)
{
	const int64_t quiet = sk_time_subtract(now, watermark->came);
	int64_t mark;

	/* A clock that was set back is no quiet pipe. */
	if (watermark->idle == 0 || watermark->came == INT64_MIN || quiet < watermark->idle)
		return false;
	mark = sk_time_subtract(sk_time_add(watermark->largest, quiet), watermark->out_of_order);
	if (mark <= watermark->mark)
		return false;
	watermark->mark = mark;
	return true;
}

int64_t
sk_watermark_reaches(const struct sk_watermark *watermark, int64_t mark)
{
	int64_t quiet;

	if (watermark->idle == 0 || watermark->came == INT64_MIN || mark == INT64_MAX)
		return INT64_MAX;
	quiet = sk_time_subtract(sk_time_add(mark, watermark->out_of_order), watermark->largest);
	return sk_time_add(watermark->came, quiet > watermark->idle ? quiet : watermark->idle);
}

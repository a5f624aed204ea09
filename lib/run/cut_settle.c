/* cut_settle.c -- what the options of stream-window come to, once it is known what records are. */
#include "cut_settle.h"

#include "diag.h"
#include "guess.h"
#include "times.h"

void
sk_cut_settle_time(struct sk_cut_options *options)
{
	const struct sk_shared *shared = options->shared;
	struct sk_fields *time = &options->time;
	enum sk_layout_kind layout;
	bool has_layout = sk_shared_layout(shared, &layout);

	if (time->count == 0) {
		time->count = 1;
		if (has_layout && sk_layout_names_itself(layout))
			time->field[0].name = (struct sk_span){ (const unsigned char *)"time", 4 };
		else
			time->field[0].number = 1;
	}
	if (has_layout && (time->count > 1 || time->field[0].rest))
		sk_die("--time: one field is wanted, and ranges go with lines only");
	sk_times_check_fields(time);
	if (!sk_shared_names_fields(shared))
		sk_shared_refuse_names("time", time);
}

/* Nothing has come of which signals might want to know. */
void
sk_cut_guess(struct sk_cut_options *options, struct sk_shared *shared, struct sk_source *source,
    struct sk_cut_first *first)
{
	struct sk_span block = { NULL, 0 };

	first->due = true;
	first->status = sk_source_next(source, NULL, NULL, &first->block);
	if (first->status == SK_SOURCE_RECORDS) {
		sk_guess_gather(shared, source, &first->block);
		block = first->block;
	}
	sk_guess(shared, sk_source_name(source), block,
	    sk_fields_named(&options->time) || sk_fields_named(&shared->keys) ||
		sk_fields_named(sk_where_fields(shared->where)));
	sk_shared_check(shared);
	sk_cut_settle_time(options);
}

/* stream_layout.c -- the layout of a stream's records. */
#include "stream_layout.h"

static const struct {
	enum sk_frame_layout_kind said;
	enum sk_layout_kind kind;
} layouts[] = {
	{ SK_FRAME_LAYOUT_CSV, SK_LAYOUT_CSV },
	{ SK_FRAME_LAYOUT_TSV, SK_LAYOUT_TSV },
	{ SK_FRAME_LAYOUT_JSON, SK_LAYOUT_JSON },
	{ SK_FRAME_LAYOUT_LOGFMT, SK_LAYOUT_LOGFMT },
	{ SK_FRAME_LAYOUT_CLF, SK_LAYOUT_CLF },
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

bool
sk_stream_layout_kind(struct sk_frame_layout layout, enum sk_layout_kind *kind)
{
	for (size_t i = 0; i < LAYOUTS; i++)
		if (layouts[i].said == layout.kind) {
			*kind = layouts[i].kind;
			return true;
		}
	return false;
}

struct sk_frame_layout
sk_stream_layout_of(const struct sk_shared *shared)
{
	struct sk_frame_layout layout = { SK_FRAME_LAYOUT_UNSAID, 0 };
	enum sk_layout_kind kind;

	if (!sk_shared_layout(shared, &kind))
		return layout;
	for (size_t i = 0; i < LAYOUTS; i++)
		if (layouts[i].kind == kind)
			layout.kind = layouts[i].said;
	if (kind == SK_LAYOUT_CSV)
		layout.delimiter = (unsigned char)sk_shared_delimiter(shared);
	return layout;
}

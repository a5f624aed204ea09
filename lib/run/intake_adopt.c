/* intake_adopt.c -- records whose layout a stream says. */
#include "intake_parts.h"
#include "shared.h"

static void
refuse_names(const struct sk_intake *intake)
{
	sk_shared_refuse_names("field", &intake->options.items);
	sk_shared_refuse_names("by", &intake->options.keys);
	sk_shared_refuse_names("weight", &intake->options.weights);
	sk_shared_refuse_names("where", sk_where_fields(intake->options.where));
}

void
sk_intake_check_names(const struct sk_intake *intake)
{
	if (!intake->options.header && !intake->options.has_layout)
		refuse_names(intake);
}

bool
sk_intake_adopted(const struct sk_intake *intake)
{
	return intake->adopted;
}

bool
sk_intake_header(const struct sk_intake *intake)
{
	return intake->options.header;
}

static void
adopt(struct sk_intake *intake, enum sk_layout_kind kind, unsigned char delimiter, bool header)
{
	struct sk_intake_options *options = &intake->options;

	options->has_layout = intake->adopted = true;
	options->layout = kind;
	options->delimiter = delimiter;
	if (header && !sk_layout_names_itself(kind))
		options->header = true;
	if (!options->header && !sk_layout_names_itself(kind))
		refuse_names(intake);
	intake->header_due = options->header;
	intake->layout = sk_intake_layout_new(options);
	if (intake->where != NULL)
		sk_intake_layout_wants(options, intake->where->want);
	if ((intake->picks = sk_intake_picks_new(options)) == NULL)
		sk_die("out of memory");
	if (!sk_layout_splits(intake->layout))
		intake->skips.unit = "record";
}

const char *
sk_intake_adopt(struct sk_intake *intake, bool known, enum sk_layout_kind kind, unsigned char delimiter, bool header)
{
	static const char *const others[] = {
		[SK_LAYOUT_CSV] = "its records are csv, and others are asked for (--input)",
		[SK_LAYOUT_TSV] = "its records are tsv, and others are asked for (--input)",
		[SK_LAYOUT_JSON] = "its records are json, and others are asked for (--input)",
		[SK_LAYOUT_LOGFMT] = "its records are logfmt, and others are asked for (--input)",
		[SK_LAYOUT_CLF] = "its records are clf, and others are asked for (--input)",
	};
	const struct sk_intake_options *options = &intake->options;

	if (!known)
		return intake->adopted ? "its records are lines, and those of the stream before were not" : NULL;
	if (!options->has_layout && options->open)
		adopt(intake, kind, delimiter, header);
	else if (options->has_layout && options->layout != kind)
		return others[kind];
	else if (options->has_layout && kind == SK_LAYOUT_CSV && options->delimiter != delimiter)
		return "its records are csv with another delimiter (--delimiter)";
	return NULL;
}

/* layout_parts.h -- what the files of layout share: a layout as it is kept. */
#ifndef STREAMKIT_RECORD_LAYOUT_PARTS_H
#define STREAMKIT_RECORD_LAYOUT_PARTS_H

#include "clf.h"
#include "csv.h"
#include "json.h"
#include "layout.h"
#include "logfmt.h"
#include "scan.h"

struct sk_layout {
	struct sk_layout_options options;
	const struct sk_scan *scan;
	const struct sk_csv_loops *csv;
	struct sk_csv_dialect dialect;
	struct sk_csv_columns *columns; /* of csv */
	struct sk_clf_want *clf;
	struct sk_json *json;
	struct sk_logfmt *logfmt;
	size_t n;
	struct sk_layout_want *wants; /* numbers are found by the header where there are names */
	unsigned char *names;         /* the bytes of the wants' names */
	size_t names_size;
	size_t raw_max;     /* bytes of the longest field, as it stands, that can be such a name */
	unsigned char *raw; /* room for as many */
	size_t twice;       /* a want whose name the header had again, */
	long again;         /* there; 0: none */
};

#endif

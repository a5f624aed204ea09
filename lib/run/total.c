/* total.c -- the total beside the groups. */
#include "total.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"

static const char word[] = "total";

void
sk_total_init(struct sk_total *total, const struct sk_aggregate_class *class, size_t parts,
    bool exact, size_t memory)
{
	const struct sk_span part[SK_KEY_PARTS_MAX] = { { (const unsigned char *)word, sizeof(word) - 1 } };

	if (parts == 0 && class->total == NULL)
		sk_die("--total goes with --by: it is that of all keys");
	*total = (struct sk_total){
		.class = class, .keyed = parts > 0, .exact = exact, .memory = memory
	};
	/* The word stands in the first part of the key, and nothing in the others. */
	total->key.data = total->key_bytes;
	total->key.size = (size_t)(sk_key_join(part, parts, total->key_bytes) - total->key_bytes);
}

struct sk_groups *
sk_total_sum(const struct sk_total *total, struct sk_groups *groups)
{
	const struct sk_group *group;
	struct sk_groups *sum;
	const char *why = NULL;

	if (!total->keyed)
		return groups;
	/* Without a key there is a total all the same. */
	sum = sk_groups_new(total->class, false, total->memory, 0);
	if (sum == NULL || sk_groups_add(sum, &(struct sk_batch){ .count = 0 }, NULL) == -1)
		sk_die("out of memory");
	/* In the order of the keys, so that coins fall as they did. */
	group = sk_groups_sort(groups);
	for (size_t i = 0; i < sk_groups_count(groups); i++)
		if (sk_groups_merge(sum, group[i].key, group[i].aggregate, group[i].records, &why) == -1)
			sk_die("--total: the keys cannot be merged: %s",
			    errno == EINVAL && why != NULL ? why : strerror(errno));
	if (total->exact && !sk_groups_exact(sum))
		sk_die("an exact total (--exact) needs more than --memory");
	return sum;
}

void
sk_total_release(const struct sk_total *total, struct sk_groups *sum)
{
	if (total->keyed)
		sk_groups_free(sum);
}

/* The rows of ${sum}, behind what stands in ${rows}. */
static void
give(const struct sk_total *total, struct sk_groups *sum, struct sk_rows rows)
{
	const struct sk_group *group = sk_groups_sort(sum);

	if (sk_groups_count(sum) == 0)
		return;
	rows.table->total = true;
	(total->keyed ? total->class->rows : total->class->total)(group->aggregate, &rows);
	rows.table->total = false;
}

void
sk_total_rows(const struct sk_total *total, struct sk_groups *sum, struct sk_span key, struct sk_rows rows)
{
	if (total->keyed)
		rows.before[rows.before_count++] =
		    (struct sk_cell){ .bytes = key, .truth = key.data == total->key.data };
	give(total, sum, rows);
}

bool
sk_total_own_table(enum sk_format format)
{
	return format == SK_FORMAT_PROM || format == SK_FORMAT_INFLUX || format == SK_FORMAT_SQL;
}

/* It is made with the first answer, and has its columns. */
void
sk_total_table(struct sk_total *total, struct sk_groups *sum, struct sk_rows rows,
    const struct sk_column *columns, size_t columns_count)
{
	struct sk_table *table = rows.table;
	struct sk_column own[SK_TABLE_COLUMNS];
	const char *name = table->name;
	const bool header = table->header;
	size_t n = 0;

	for (size_t i = 0; i < columns_count; i++)
		if (!total->keyed || i != rows.before_count)
			own[n++] = columns[i];
	table->header = total->name[0] == '\0';
	snprintf(total->name, sizeof(total->name), "%s_overall", name);
	table->name = total->name;
	sk_table_measure(table, own, n);
	if (sk_table_measures(table))
		give(total, sum, rows);
	sk_table_begin(table);
	do
		give(total, sum, rows);
	while (sk_table_again(table));
	table->name = name;
	table->header = header;
}

/*
 * test_fields.c -- lists of fields, good and bad.
 */
#include "support.h"

#include "run/fields.h"

/* What a list means: "5- -1 7 'name" and so on, in the order of the fields. */
static void
describe(const struct sk_fields *fields, char *text)
{
	*text = '\0';
	for (size_t i = 0; i < fields->count; i++) {
		const struct sk_field *field = &fields->field[i];

		if (i > 0)
			text += sprintf(text, " ");
		if (field->number != 0) {
			assert_int_equal(field->name.size, 0);
			text += sprintf(text, "%ld%s", field->number, field->rest ? "-" : "");
		} else {
			assert_false(field->rest);
			text += sprintf(
			    text, "'%.*s", (int)field->name.size, (const char *)field->name.data);
		}
	}
}

/* Free the names that are no part of the list. */
static void
release(const struct sk_fields *fields, const char *list)
{
	const uintptr_t start = (uintptr_t)list, end = start + strlen(list);

	for (size_t i = 0; i < fields->count; i++) {
		const uintptr_t name = (uintptr_t)fields->field[i].name.data;

		if (fields->field[i].name.size > 0 && (name < start || name >= end))
			free((void *)name);
	}
}

static void
test_good_lists(void **state)
{
	static const struct {
		const char *list;
		const char *meaning;
		bool named;
	} rows[] = {
		{"7",                  "7",                  false},
		{ "-1",                "-1",                 false},
		{ "1,9",               "1 9",                false},
		{ "9,1,9",             "9 1 9",              false},
		{ "2-4",               "2 3 4",              false},
		{ "3-3",               "3",                  false},
		{ "5-",                "5-",                 false},
		{ "1-",                "1-",                 false},
		{ "1-2,5-,-3,2",       "1 2 5- -3 2",        false},
		{ "007",               "7",                  false},
		{ "1000000",           "1000000",            false},
		{ "-1000000",          "-1000000",           false},
		{ "999999-1000000",    "999999 1000000",     false},
		{ "status,path",       "'status 'path",      true },
		{ "1,path",            "1 'path",            true },
		{ "2nd",               "'2nd",               true },
		{ "-x",                "'-x",                true },
		{ "-",                 "'-",                 true },
		{ "1-a",               "'1-a",               true },
		{ "1-2-3",             "'1-2-3",             true },
		{ "-1-",               "'-1-",               true },
		{ "-1-2",              "'-1-2",              true },
		{ "1 ",                "'1 ",                true },
		{ "+1",                "'+1",                true },
		{ "1.5",               "'1.5",               true },
		{ "a-b",               "'a-b",               true },
		{ "\"a,b\",c",         "'a,b 'c",            true },
		{ "1,\"7\",\"2-4\"",   "1 '7 '2-4",          true },
		{ "\"a\"\"b,\"\"\"",   "'a\"b,\"",           true },
		{ "a\"b",              "'a\"b",              true },
		{ ".[\"a,b\"],c",      "'.[\"a,b\"] 'c",     true },
		{ "\xc3\xa9t\xc3\xa9", "'\xc3\xa9t\xc3\xa9", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_fields fields;
		char meaning[1000];
		const char *trouble = sk_fields_parse(rows[i].list, &fields);

		if (trouble != NULL)
			fail_msg("\"%s\": %s", rows[i].list, trouble);
		describe(&fields, meaning);
		assert_string_equal(meaning, rows[i].meaning);
		assert_int_equal(sk_fields_named(&fields), rows[i].named);
		release(&fields, rows[i].list);
	}
}

static void
test_bad_lists(void **state)
{
	static const char *const lists[] = { "", ",", ",1", "1,", "1,,2", "0", "00", "-0", "0-3",
		"0-", "1-0", "4-2", "1000001", "-1000001", "1-1000001", "99999999999999999999999",
		"-99999999999999999999999", "1,0", "a,", "1-65", "\"", "\"\"", "\"a", "\"a\"\"", "\"a\"b", "\"a\"b,c", "\"a\",", "\"a,b", "1-1000000" };

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct sk_fields fields;

		if (sk_fields_parse(lists[i], &fields) == NULL)
			fail_msg("\"%s\" is accepted", lists[i]);
	}
}

/* As many as there may be, and one more. */
static void
test_the_most_fields(void **state)
{
	char list[8 * SK_FIELDS_MAX + 16];
	struct sk_fields fields;
	size_t used = 0;

	(void)state;
	assert_null(sk_fields_parse("1-64", &fields));
	assert_int_equal(fields.count, SK_FIELDS_MAX);
	for (int i = 0; i < SK_FIELDS_MAX; i++)
		used += (size_t)sprintf(list + used, i % 2 ? ",f%d" : ",%d", i + 1);
	assert_null(sk_fields_parse(list + 1, &fields));
	assert_int_equal(fields.count, SK_FIELDS_MAX);
	assert_int_equal(fields.field[62].number, 63);
	strcpy(list + used, ",x");
	assert_non_null(sk_fields_parse(list + 1, &fields));
	strcpy(list + used, ",1");
	assert_non_null(sk_fields_parse(list + 1, &fields));
}

/* Parsing starts anew each time; names lie in the text that was given. */
static void
test_lists_are_replaced(void **state)
{
	struct sk_fields fields;
	const char *list = "1,host,3";

	(void)state;
	assert_null(sk_fields_parse("1-9", &fields));
	assert_null(sk_fields_parse(list, &fields));
	assert_int_equal(fields.count, 3);
	assert_ptr_equal(fields.field[1].name.data, list + 2);
	assert_int_equal(fields.field[1].name.size, 4);
	fields.count = 0;
	assert_false(sk_fields_named(&fields));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_lists),
		cmocka_unit_test(test_bad_lists),
		cmocka_unit_test(test_the_most_fields),
		cmocka_unit_test(test_lists_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

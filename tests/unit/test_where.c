/*
 * test_where.c -- conditions: how they are read, and for which fields they hold.
 */
#include "support.h"

#include "record/layout.h"
#include "run/pattern.h"
#include "run/where.h"

static struct sk_where *
conditions(const char *text)
{
	struct sk_where *where = sk_where_new();
	const char *trouble = sk_where_add(where, text);

	if (trouble != NULL)
		fail_msg("\"%s\": %s", text, trouble);
	return where;
}

/* Whether the condition ${text}, on one field, holds for a field of ${size} bytes; NULL: a record without it. */
static bool
holds_for(const char *text, const char *field, size_t size)
{
	struct sk_where *where = conditions(text), *copy = sk_where_copy(where);
	struct sk_span column = { (const unsigned char *)field, size };
	const struct sk_span *columns[] = { &column };
	unsigned char state = field == NULL ? SK_LAYOUT_MISSING : SK_LAYOUT_VALUE;
	const unsigned char *states[] = { &state };
	unsigned short place = 0, place_again = 0;
	bool holds;

	assert_non_null(copy);
	holds = sk_where_select(where, columns, states, &place, 1) == 1;
	assert_int_equal(sk_where_select(copy, columns, states, &place_again, 1), holds);
	sk_where_free(where);
	sk_where_free(copy);
	return holds;
}

static void
test_fields(void **state)
{
	static const struct {
		const char *text;
		long number;
		const char *name;
	} rows[] = {
		{"status>=500",             0,  "status"      },
		{ "9>=500",                 9,  ""            },
		{ "-1=x",                   -1, ""            },
		{ "!3=GET",                 3,  ""            },
		{ "! 3 = GET",              3,  ""            },
		{ "a!b=c",                  0,  "a!b"         },
		{ "user-agent!~bot",        0,  "user-agent"  },
		{ "two words = x",          0,  "two words"   },
		{ "\"a=b\"=c",              0,  "a=b"         },
		{ "\"7\"=c",                0,  "7"           },
		{ "\"the \"\"size\"\"\">3", 0,  "the \"size\""},
		{ "\"a,b\"=",               0,  "a,b"         },
		{ ".req.ms>1.5",            0,  ".req.ms"     },
		{ ".[\"a>=b\"].c<3",        0,  ".[\"a>=b\"].c"},
		{ ".[\"a\\\"=\"]~x",        0,  ".[\"a\\\"=\"]"},
		{ "user=a=b",               0,  "user"        },
		{ "user~=",                 0,  "user"        },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_where *where = conditions(rows[i].text);
		const struct sk_fields *fields = sk_where_fields(where);
		struct sk_span name = fields->field[0].name;

		assert_int_equal(fields->count, 1);
		assert_int_equal(fields->field[0].number, rows[i].number);
		if (name.size != strlen(rows[i].name) || (name.size > 0 && memcmp(name.data, rows[i].name, name.size) != 0))
			fail_msg("\"%s\": the field is \"%.*s\"", rows[i].text, (int)name.size, (const char *)name.data);
		sk_where_free(where);
	}
}

static void
test_refusals(void **state)
{
	static const char *const texts[] = { "", "!", "a", "7", "=", "=x", "!=x", "~x", "a,b=x", "1-2=x", "0=x", "a!x",
		"\"a=x", "\"\"=x", "a=\"x", "a=\"x\"y", "a=~x", "a=>5", "a=<5", "a<>5", "a===5", "a~(", "a~[", "a>1e999" };
	struct sk_where *where = sk_where_new();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (sk_where_add(where, texts[i]) == NULL)
			fail_msg("\"%s\" is accepted", texts[i]);
	for (int i = 0; i < SK_WHERE_MAX; i++)
		assert_null(sk_where_add(where, "a=1"));
	assert_non_null(sk_where_add(where, "a=1"));
	assert_int_equal(sk_where_fields(where)->count, 1);
	sk_where_free(where);
}

/* For each condition the texts for which it holds, and those for which it does not. NULL is a field that is not there. */
static void
test_relations(void **state)
{
	static const struct {
		const char *condition;
		const char *field;
		bool holds;
	} rows[] = {
		/* Numbers as numbers. */
		{"x>=500",                 "500",                  true },
		{ "x>=500",                "5e2",                  true },
		{ "x>=500",                "499.999",              false},
		{ "x>=500",                "1000",                 true },
		{ "x>=500",                "99",                   false},
		{ "x>=500",                "-600",                 false},
		{ "x>500",                 "500",                  false},
		{ "x<500",                 "500",                  false},
		{ "x<500",                 "-1e999",               true },
		{ "x<=500",                "500.0",                true },
		{ "x=1",                   "1.0",                  true },
		{ "x==1",                  "01",                   true },
		{ "x!=1",                  "1.0",                  false},
		{ "x=1.5",                 "1.50",                 true },
		{ "x>1.5",                 "2",                    true },
		{ "x>1.5",                 "1",                    false},
		{ "x=0",                   "-0",                   true },
		{ "x<inf",                 "1e308",                true },
		{ "x=9007199254740993",    "9007199254740992",     false},
		{ "x>9007199254740992",    "9007199254740993",     true },
		{ "x=-9223372036854775808", "-9223372036854775808", true },
		{ "x>9223372036854775806", "9223372036854775807",  true },
		/* What is no number, beside one: it differs, and that is all. */
		{ "x>=500",                "abc",                  false},
		{ "x<500",                 "abc",                  false},
		{ "x<500",                 "",                     false},
		{ "x<500",                 "-",                    false},
		{ "x<500",                 "5 ",                   false},
		{ "x<500",                 "nan",                  false},
		{ "x=500",                 "abc",                  false},
		{ "x!=500",                "abc",                  true },
		{ "x!=500",                "",                     true },
		{ "!x<500",                "abc",                  true },
		/* Text as bytes. */
		{ "x=GET",                 "GET",                  true },
		{ "x=GET",                 "GETS",                 false},
		{ "x=GET",                 "GE",                   false},
		{ "x = GET",               "GET",                  true },
		{ "x!=GET",                "get",                  true },
		{ "x<b",                   "a",                    true },
		{ "x<b",                   "b",                    false},
		{ "x<b",                   "ba",                   false},
		{ "x>b",                   "ba",                   true },
		{ "x>a",                   "\xff",                 true },
		{ "x>=2026-11-22",         "2026-11-23T00:00",     true },
		{ "x>=2026-11-22",         "2025-12-31",           false},
		{ "x=nan",                 "nan",                  true },
		{ "x=\"1\"",               "1.0",                  false},
		{ "x=\"1\"",               "1",                    true },
		{ "x>\"9\"",               "10",                   false},
		{ "x=\" a\"",              " a",                   true },
		{ "x=\"say \"\"a\"\"\"",   "say \"a\"",            true },
		{ "x=",                    "",                     true },
		{ "x=",                    "a",                    false},
		{ "x!=",                   "a",                    true },
		{ "x=\"\"",                "",                     true },
		/* Expressions, plain and others. */
		{ "x~^/api/",              "/api/x",               true },
		{ "x~^/api/",              "/v1/api/",             false},
		{ "x!~^/api/",             "/v1/api/",             true },
		{ "!x~^/api/",             "/v1/api/",             true },
		{ "!x!~^/api/",            "/v1/api/",             false},
		{ "x~bot",                 "Googlebot/2.1",        true },
		{ "x~bot",                 "bobobo",               false},
		{ "x~bot",                 "bobot",                true },
		{ "x~bot",                 "bo",                   false},
		{ "x~\\.css$",             "a.css",                true },
		{ "x~\\.css$",             "a.css.gz",             false},
		{ "x~\\.css$",             "acss",                 false},
		{ "x~^GET$",               "GET",                  true },
		{ "x~^GET$",               "GETS",                 false},
		{ "x~^$",                  "",                     true },
		{ "x~^$",                  "a",                    false},
		{ "x~",                    "a",                    true },
		{ "x~^5",                  "500",                  true },
		{ "x~^(GET|POST)$",        "POST",                 true },
		{ "x~^(GET|POST)$",        "POSTS",                false},
		{ "x~[0-9]{3}",            "a123",                 true },
		{ "x~[0-9]{3}",            "a12",                  false},
		{ "x~a.c",                 "abc",                  true },
		{ "x~a.*$",                "",                     false},
		{ "x~\"a b\"",             "a b",                  true },
		/* A record without the field. */
		{ "x=",                    NULL,                   false},
		{ "x=a",                   NULL,                   false},
		{ "x!=a",                  NULL,                   false},
		{ "x<5",                   NULL,                   false},
		{ "x~",                    NULL,                   false},
		{ "x!~a",                  NULL,                   false},
		{ "!x=a",                  NULL,                   true },
		{ "!x~a",                  NULL,                   true },
		{ "!x!~a",                 NULL,                   true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *field = rows[i].field;

		if (holds_for(rows[i].condition, field, field != NULL ? strlen(field) : 0) != rows[i].holds)
			fail_msg("\"%s\", for \"%s\"", rows[i].condition, field != NULL ? field : "(none)");
	}
}

static void
test_bytes_of_any_kind(void **state)
{
	(void)state;
	assert_true(holds_for("x~c$", "a\0bc", 4));
	assert_true(holds_for("x~[c]$", "a\0bc", 4));
	assert_false(holds_for("x~^a$", "a\0bc", 4));
	assert_false(holds_for("x~^[a]$", "a\0bc", 4));
	assert_true(holds_for("x~^[^b]+b", "a\0bc", 4));
	/* The bytes behind a text are none of it. */
	assert_false(holds_for("x~[b]", "aab", 2));
	assert_false(holds_for("x~b$", "aab", 2));
	assert_false(holds_for("x=12", "123", 1));
}

/* Many records, several conditions on the same and on other fields: against conditions one by one. */
static void
test_selecting(void **state)
{
	enum { N = 256, FIELDS = 2 };
	static char text[FIELDS][N][8];
	static struct sk_span column[FIELDS][N];
	const struct sk_span *columns[] = { column[0], column[1] };
	struct sk_where *where = conditions("a>100");
	unsigned short place[N];
	size_t n = 0, kept, next = 0;

	(void)state;
	assert_null(sk_where_add(where, "b~1"));
	assert_null(sk_where_add(where, "a<900"));
	assert_int_equal(sk_where_fields(where)->count, FIELDS);
	for (size_t i = 0; i < N; i++)
		for (size_t f = 0; f < FIELDS; f++)
			column[f][i] = (struct sk_span){ (unsigned char *)text[f][i],
				(size_t)sprintf(text[f][i], "%u", (unsigned)random_below(1000)) };
	for (size_t i = 0; i < N; i += 1 + i % 2)
		place[n++] = (unsigned short)i;
	kept = sk_where_select(where, columns, NULL, place, n);
	assert_true(kept > 0 && kept < n);
	for (size_t i = 0; i < N; i += 1 + i % 2)
		if (atoi(text[0][i]) > 100 && atoi(text[0][i]) < 900 && strchr(text[1][i], '1') != NULL)
			assert_int_equal(place[next++], i);
	assert_int_equal(next, kept);
	sk_where_free(where);
}

/* Plain expressions match as regexec() has it: the same one with a group around it is not plain. */
static void
test_plain_patterns_are_no_others(void **state)
{
	static const char *const plain[] = { "ab", "^ab", "ab$", "^ab$", "", "^", "$", "^$", "a\\.b", "\\^a", "a\\$", "aab" };

	(void)state;
	for (size_t p = 0; p < sizeof(plain) / sizeof(plain[0]); p++) {
		char why[100], other[32];
		struct sk_pattern *a, *b;

		sprintf(other, "(%s)[x]?", plain[p]);
		if (strchr(plain[p], '$') != NULL && plain[p][strlen(plain[p]) - 1] == '$')
			sprintf(other, "(%s)", plain[p]);
		if (plain[p][0] == '\0')
			strcpy(other, "x*");
		a = sk_pattern_new(plain[p], why, sizeof(why));
		b = sk_pattern_new(other, why, sizeof(why));
		assert_non_null(a);
		assert_non_null(b);
		for (int i = 0; i < 2000; i++) {
			unsigned char text[8];
			struct sk_span span = { text, random_below(7) };

			for (size_t k = 0; k < span.size; k++)
				text[k] = (unsigned char)"aab.^$\\"[random_below(7)];
			if (sk_pattern_matches(a, span) != sk_pattern_matches(b, span))
				fail_msg("\"%s\" and \"%s\" differ", plain[p], other);
		}
		sk_pattern_free(a);
		sk_pattern_free(b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_relations),
		cmocka_unit_test(test_bytes_of_any_kind),
		cmocka_unit_test(test_selecting),
		cmocka_unit_test(test_plain_patterns_are_no_others),
	};

	random_state = 3;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

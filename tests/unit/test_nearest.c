/*
 * test_nearest.c -- which word was meant.
 */
#include "support.h"

#include "run/nearest.h"

static void
test_what_is_meant(void **state)
{
	static const char *const words[] = { "field", "by", "input", "where", "windows", "weight", "strict", "since", "sketch",
		"json", "clf", "csv", "compression-level" };
	static const struct {
		const char *word;
		const char *meant; /* "": nothing */
	} rows[] = {
		{"filed",               "field"            },
		{ "fields",             "field"            },
		{ "fiel",               "field"            },
		{ "sicne",              "since"            },
		{ "stirct",             "strict"           },
		{ "wieght",             "weight"           },
		{ "window",             "windows"          },
		{ "widnow",             "windows"          },
		{ "josn",               "json"             },
		{ "cvs",                "csv"              },
		{ "csf",                "clf"              },
		{ "compresion-leval",   "compression-level"},
		{ "",                   ""                 },
		{ "x",                  ""                 },
		{ "xy",                 "by"               },
		{ "nothing",            ""                 },
		{ "JSON",               "json"             },
		{ "FILED",              "field"            },
		{ "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sk_nearest nearest;

		sk_nearest_begin(&nearest, span_of(rows[i].word));
		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++)
			sk_nearest_try(&nearest, span_of(words[w]));
		if (nearest.best.size != strlen(rows[i].meant) ||
		    (nearest.best.size > 0 && memcmp(nearest.best.data, rows[i].meant, nearest.best.size) != 0))
			fail_msg("\"%s\": %.*s", rows[i].word, (int)nearest.best.size, (const char *)nearest.best.data);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_quantity.c -- counts, sizes, durations and shares as people write them.
 */
#include "support.h"

#include "run/quantity.h"

#define UNTOUCHED UINT64_C(424242)

#define SECOND UINT64_C(1000000000)
#define KIB UINT64_C(1024)

typedef bool reader(const char *, uint64_t *);

struct row {
	const char *text;
	uint64_t value;
};

static void
check_good(reader *read, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = UNTOUCHED;

		if (!read(rows[i].text, &value))
			fail_msg("\"%s\" is refused", rows[i].text);
		if (value != rows[i].value)
			fail_msg("\"%s\": %" PRIu64 ", not %" PRIu64, rows[i].text, value,
			    rows[i].value);
	}
}

static void
check_bad(reader *read, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t value = UNTOUCHED;

		if (read(texts[i], &value))
			fail_msg("\"%s\" is accepted as %" PRIu64, texts[i], value);
		assert_int_equal(value, UNTOUCHED);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
test_counts(void **state)
{
	static const struct row good[] = {
		{"0",                    0			 },
                { "10",                  10                        },
                { "007",                 7                         },
		{ "9007199254740993",    UINT64_C(9007199254740993)},
		{ "9223372036854775807", INT64_MAX                 }
	};
	static const char *const bad[] = { "", " 1", "1 ", "-1", "+1", "1.5", "1.", "1e3", "0x10",
		"1K", "ten", "1,000", "99999999999999999999", "18446744073709551616",
		"1000000000000000000000000000000000000000000000" };

	(void)state;
	check_good(sk_quantity_count, good, COUNT(good));
	check_bad(sk_quantity_count, bad, COUNT(bad));
}

/* A count beyond INT64_MAX is what was written, or refused. */
static void
test_large_counts_are_not_rounded(void **state)
{
	static const struct row rows[] = {
		{"9223372036854775808",  UINT64_C(9223372036854775808)},
		{ "9300000000000000001", UINT64_C(9300000000000000001)},
		{ "9999999999999999487", UINT64_C(9999999999999999487)}
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = rows[i].value;

		sk_quantity_count(rows[i].text, &value);
		if (value != rows[i].value)
			fail_msg("\"%s\": %" PRIu64, rows[i].text, value);
	}
}

static void
test_sizes(void **state)
{
	static const struct row good[] = {
		{"0",       0				    },
                { "65536",  65536                                },
                { "64K",    64 * KIB                             },
                { "64k",    64 * KIB                             },
		{ "64M",    64 * KIB * KIB                       },
                { "1.5G",   3 * KIB * KIB * KIB / 2              },
		{ "2T",     2 * KIB * KIB * KIB * KIB            },
                { "64KiB",  64 * KIB                             },
		{ "64MB",   64 * KIB * KIB                       },
                { "64KB",   64 * KIB                             },
                { "10B",    10                                   },
		{ "1P",     KIB * KIB * KIB * KIB * KIB          },
		{ "7E",     7 * KIB * KIB * KIB * KIB * KIB * KIB},
                { "0.5K",   512                                  },
                { "0.001K", 1                                    },
		{ "1.9999", 1				    }
	};
	static const char *const bad[] = { "", "K", "B", ".", ".K", "-1", "+1", "1 K", " 1K", "1K ",
		"1KK", "1Ki", "1iB", "1Kib", "1X", "1m", "1.5.5K", "1e3", "1e3K", "1,5K", "16E",
		"99999999999E", "0x10", "1BB", "1BK" };

	(void)state;
	check_good(sk_quantity_size, good, COUNT(good));
	check_bad(sk_quantity_size, bad, COUNT(bad));
}

static void
test_durations(void **state)
{
	static const struct row good[] = {
		{"1s",                     SECOND                      },
                { "500ms",                 SECOND / 2                  },
                { "1h30m",                 5400 * SECOND               },
		{ "1.5h",                  5400 * SECOND               },
                { "1ns",                   1                           },
                { "1us",                   1000                        },
                { "1ms",                   1000000                     },
		{ "1m",                    60 * SECOND                 },
                { "1d",                    86400 * SECOND              },
                { "1w",                    7 * 86400 * SECOND          },
		{ "1d12h30m15s250ms",      131415 * SECOND + SECOND / 4},
                { "0s1s",                  SECOND                      },
		{ "1m1s",                  61 * SECOND                 },
                { "1ms1m",                 60 * SECOND + 1000000       },
		{ "9223372036854775807ns", INT64_MAX                   }
	};
	static const char *const bad[] = { "", "0", "5", "1.5", "0s", "0h0m", "s", "ms", "1x", "1S",
		"1M", "-1s", "+1s", "1 s", " 1s", "1s ", "1h30", "1.s.", "1e3s", "1sec", "1mm",
		"1hm", "9223372036854775808ns", "9223372036854775807ns1ns", "99999w", "1s,", ".",
		".s", "0.1ns" };

	(void)state;
	static const struct row none[] = { { "0", 0 }, { "0s", 0 }, { "0h0m", 0 }, { "0.0d", 0 } };

	check_good(sk_quantity_span, good, COUNT(good));
	check_good(sk_quantity_span, none, COUNT(none));
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t value;

		if (sk_quantity_duration(bad[i], &value))
			fail_msg("%s", bad[i]);
		if (bad[i][0] != '0')
			check_bad(sk_quantity_span, &bad[i], 1);
	}
	check_good(sk_quantity_duration, good, COUNT(good));
	check_bad(sk_quantity_duration, bad, COUNT(bad));
}

/* Decimals are what they say: "1.001us" is 1001 ns. */
static void
test_decimal_durations(void **state)
{
	static const struct {
		const char *name;
		uint64_t nanoseconds;
	} units[] = {
		{"us",  1000           },
                { "ms", 1000000        },
                { "s",  SECOND         },
                { "m",  60 * SECOND    },
		{ "h",  3600 * SECOND  },
                { "d",  86400 * SECOND },
                { "w",  604800 * SECOND}
	};

	(void)state;
	for (size_t unit = 0; unit < COUNT(units); unit++)
		for (unsigned thousandths = 1; thousandths < 10000; thousandths++) {
			const uint64_t expected = units[unit].nanoseconds / 1000 * thousandths;
			uint64_t value = 0;
			char text[40];

			sprintf(text, "%u.%03u%s", thousandths / 1000, thousandths % 1000,
			    units[unit].name);
			assert_true(sk_quantity_duration(text, &value));
			if (value != expected)
				fail_msg(
				    "\"%s\": %" PRIu64 " ns, not %" PRIu64, text, value, expected);
		}
}

static void
test_fractions(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {
		{"0",        0      },
                { "1",       1      },
                { "0.99",    0.99   },
                { "99%",     0.99   },
                { "p99",     0.99   },
		{ "p99.9",   0.999  },
                { "p99.99",  0.9999 },
                { "99.9%",   0.999  },
                { "p50",     0.5    },
		{ "p0",      0      },
                { "p100",    1      },
                { "100%",    1      },
                { "0%",      0      },
                { "0.1%",    0.001  },
		{ "0.5",     0.5    },
                { "1.0",     1      },
                { "99.999%", 0.99999}
	};
	static const char *const bad[] = { "", "p", "%", ".", "p.", ".%", "-0.1", "+0.1", "1.01",
		"2", "101%", "100.0001%", "p101", "p99%", "99%%", "P99", "0.5 ", " 0.5", "0,5",
		"1e-1", "50 %", "0x0", "nan", "inf", "p-1", "pp9" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		double value = -1;

		if (!sk_quantity_fraction(good[i].text, &value))
			fail_msg("\"%s\" is refused", good[i].text);
		if (value < good[i].value || value > good[i].value)
			fail_msg("\"%s\": %.17g, not %.17g", good[i].text, value, good[i].value);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		double value = -1;

		if (sk_quantity_fraction(bad[i], &value))
			fail_msg("\"%s\" is accepted as %g", bad[i], value);
		assert_true(value < 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_large_counts_are_not_rounded),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_decimal_durations),
		cmocka_unit_test(test_fractions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

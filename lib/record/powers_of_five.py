#!/usr/bin/env python3
"""Print powers_of_five.h, the table that number.c scales decimal digits with.

    python3 lib/record/powers_of_five.py > lib/record/powers_of_five.h

The table holds the leading 128 bits of 5^q. Lemire, "Number Parsing at a Gigabyte per Second" (2021), section 6,
says how each has to be rounded: down for q >= 0 (which is exact up to 5^55) and for q < -27, and up for -27 <= q < 0,
where a product with a multiple of 5^-q must not fall short of the whole number that it stands for.
"""

SMALLEST = -342  # 19 digits times 10^-343 are less than half of the smallest subnormal double
LARGEST = 308  # 1e309 is infinite
EXACT_RECIPROCALS = -27  # 5^27 is the largest power of five that divides a 64-bit number


def leading_128_bits(q):
    if q >= 0:
        power = 5**q
        shift = 128 - power.bit_length()
        return power << shift if shift >= 0 else power >> -shift
    divisor = 5**-q
    # No power of five above 1 is a power of two, so that this quotient lies in [2^127, 2^128) and is never exact.
    quotient = (1 << (127 + divisor.bit_length())) // divisor
    return quotient + 1 if q >= EXACT_RECIPROCALS else quotient


def main():
    print(
        f"""/*
 * powers_of_five.h -- the leading 128 bits of 5^q, for q = {SMALLEST} .. {LARGEST}: high half, low half.
 *
 * Printed by powers_of_five.py, which says how each is rounded: do not edit. Private to number.c.
 */
#ifndef STREAMKIT_RECORD_POWERS_OF_FIVE_H
#define STREAMKIT_RECORD_POWERS_OF_FIVE_H

#include <stdint.h>

#define POWER_OF_FIVE_SMALLEST ({SMALLEST})
#define POWER_OF_FIVE_LARGEST {LARGEST}

/* clang-format off */
static const uint64_t powers_of_five[POWER_OF_FIVE_LARGEST - POWER_OF_FIVE_SMALLEST + 1][2] = {{"""
    )
    for q in range(SMALLEST, LARGEST + 1):
        bits = leading_128_bits(q)
        assert 1 << 127 <= bits < 1 << 128
        print(f"\t{{ UINT64_C(0x{bits >> 64:016x}), UINT64_C(0x{bits & (1 << 64) - 1:016x}) }}, /* {q} */")
    print("};\n/* clang-format on */\n\n#endif")


main()

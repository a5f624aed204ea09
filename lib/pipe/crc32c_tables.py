#!/usr/bin/env python3
"""Print crc32c_tables.h: python3 crc32c_tables.py >crc32c_tables.h"""

POLYNOMIAL = 0x82F63B78  # 0x1EDC6F41 with its bits reversed

first = []
for byte in range(256):
    remainder = byte
    for _ in range(8):
        remainder = remainder >> 1 ^ (POLYNOMIAL if remainder & 1 else 0)
    first.append(remainder)
tables = [first]
for _ in range(7):
    tables.append([word >> 8 ^ first[word & 0xFF] for word in tables[-1]])

print("/* crc32c_tables.h -- made by crc32c_tables.py; do not edit. */")
print("#include <stdint.h>\n")
print("static const uint32_t crc32c_table[8][256] = {")
for table in tables:
    print("\t{")
    for row in range(0, 256, 6):
        print("\t\t" + " ".join(f"0x{word:08x}," for word in table[row : row + 6]))
    print("\t},")
print("};")

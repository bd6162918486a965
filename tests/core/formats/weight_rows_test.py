#!/usr/bin/env python3
"""weight_rows_test.py PRINT_WEIGHT_ROWS: packs the rows that the program prints a second time, from the text of
abi/pim_layout.h alone, and compares bytes."""
import subprocess
import sys

COLUMN_BITS = 256
BLOCK = 16


def padded(bits):
    """A string of bits, the lowest first, filled up to whole columns."""
    return bits + "0" * (-len(bits) % COLUMN_BITS)


def number(value, width):
    return format(value, f"0{width}b")[::-1]


def kept_places(codes, zero, kept):
    places = [i for i in range(BLOCK) if codes[i] != zero]
    places += [i for i in range(BLOCK) if codes[i] == zero][: kept - len(places)]
    return sorted(places)


def sparse_bits(codes, zeros, group, kept):
    blocks = []
    for first in range(0, len(codes), BLOCK):
        block = codes[first:first + BLOCK]
        places = kept_places(block, zeros[first // group], kept)
        if kept == 8:
            bits = "".join("1" if i in places else "0" for i in range(BLOCK))
        else:
            bits = "".join(number(i, 4) for i in places)
        blocks.append(bits + "".join(number(block[i], 4) for i in places))
    a_column = COLUMN_BITS // len(blocks[0])
    return "".join(padded("".join(blocks[i:i + a_column])) for i in range(0, len(blocks), a_column))


def pack(group, bits, zero_bits, kept, codes, zeros, scales):
    meta = "".join(number(scale, 16) for scale in scales)
    if zero_bits:
        meta += "".join(number(zero, zero_bits) for zero in zeros)
    if kept:
        body = sparse_bits(codes, zeros, group, kept)
    else:
        body = padded("".join(number(code, bits) for code in codes))
    row = padded(meta) + body
    return bytes(int(row[i:i + 8][::-1], 2) for i in range(0, len(row), 8))


def main():
    lines = subprocess.run(sys.argv[1:2], check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(lines) == 3 * 14 * 3, len(lines)
    for line in lines:
        group, bits, zero_bits, kept, k, codes, zeros, scales, found = line.split()
        lists = [[int(x) for x in text.split(",")] for text in (codes, zeros, scales)]
        assert len(lists[0]) == int(k)
        expected = pack(int(group), int(bits), int(zero_bits), int(kept), *lists)
        assert expected.hex() == found, f"group {group}, {bits} bits, {kept} kept, K {k}"
    print(f"{len(lines)} rows are the same")


main()

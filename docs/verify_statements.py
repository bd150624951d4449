#!/usr/bin/env python3
"""Checks a file of Atelier statements: every seal, every sum, every number. Needs nothing but Python 3.

    python3 verify_statements.py statements.csv

Exit code 0: all of it holds. Exit code 1: something was changed, and which statement.
"""
import csv
import hashlib
import sys
from decimal import Decimal

KIND, CURRENCY, AMOUNT, BALANCE, PREVIOUS, HASH, COLUMNS = 2, 7, 15, 16, 17, 18, 19


def wrong(what):
    print(f"WRONG: {what}")
    sys.exit(1)


def check_sums(number, rows, balances):
    """The first row is the opening balance, every other adds its amount."""
    first = rows[0]
    balance = balances.get(first[CURRENCY], Decimal(0))
    if first[KIND] != "OPENING" or Decimal(first[BALANCE]) != balance:
        wrong(f"statement {number} does not begin where the one before ended")
    for cells in rows[1:]:
        balance += Decimal(cells[AMOUNT])
        if Decimal(cells[BALANCE]) != balance:
            wrong(f"statement {number}, row {cells[1]}: the balance should be {balance}")
    balances[first[CURRENCY]] = balance


def main(path):
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    lines = [line for line in lines[1:] if line]
    previous, number, block, balances = "0" * 64, 1, [], {}
    for line in lines:
        cells = next(csv.reader([line]))
        if len(cells) != COLUMNS or cells[0] != str(number):
            wrong(f"a row of statement {number} is missing or out of order")
        if cells[KIND] != "SEAL":
            block.append((line, cells))
            continue
        content = "".join(row + "\n" for row, _ in block)
        seal = hashlib.sha256(f"{previous}\n{content}".encode()).hexdigest()
        if not block or cells[PREVIOUS] != previous or cells[HASH] != seal:
            wrong(f"statement {number} or one before it was changed: its seal should be {seal}")
        check_sums(number, [cells for _, cells in block], balances)
        previous, number, block = seal, number + 1, []
    if block:
        wrong(f"statement {number} has no seal")
    print(f"{number - 1} statements: every seal holds, every sum adds up. The last seal is {previous}")


if __name__ == "__main__":
    main(sys.argv[1])

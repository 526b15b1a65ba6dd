"""The program beside a bare tray icon and beside its peers, held against its budgets.

    python -m tests.bench [--rounds 5] [--quick] [--only start idle …]
    python -m tests.bench --self-check

Measures on a desktop in memory with a real panel, the programs in turns, prints a table and writes
`build/bench.json`. Ends with code 1 when a budget is missed, or a peer is better at anything but
clicks. What several teams cost (`--only teams`) needs no bundle. The self-check measures a program
that is slow and fat on purpose, and ends with 1 if that keeps a budget.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.bench.measure import FROM_SOURCE, GROUPS, Effort, source_field, whole_field
from tests.bench.programs import PROJECT
from tests.bench.report import table, write_json
from tests.bench.rows import Row
from tests.bench.self_check import budgets_kept

RESULT = PROJECT / "build" / "bench.json"


def main() -> int:
    """Measure, report, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--self-check", action="store_true")
    options = parser.parse_args()
    if options.self_check:
        kept = budgets_kept()
        if kept:
            print("A program that is slow and fat keeps these budgets:", table(kept), sep="\n")
        return 1 if kept else 0
    rounds = options.rounds or (2 if options.quick else 5)
    effort = Effort.quick(rounds) if options.quick else Effort.thorough(rounds)
    busy = os.getloadavg()[0]
    rows: list[Row] = []
    with source_field() if FROM_SOURCE.issuperset(options.only) else whole_field() as field:
        for name in options.only:
            print(f"measuring: {name}", file=sys.stderr, flush=True)
            rows += GROUPS[name](field, effort)
    write_json(RESULT, rows, rounds=rounds)
    print(table(rows))
    missed = [row for row in rows if row.missed]
    print(
        f"\n{len(missed)} of {sum(row.is_judged for row in rows)} missed; load before: {busy:.1f}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

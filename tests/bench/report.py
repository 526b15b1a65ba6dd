"""The rows as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.rows import Row


def table(rows: Sequence[Row]) -> str:
    """Return the table."""
    titles = ("", "median", "range", "unit", "ratio", "budget", "")
    lines: list[tuple[str, ...]] = [titles]
    measure = ""
    for row in rows:
        if row.measure != measure:
            measure = row.measure
            lines += [("",) * 7, (measure, *("",) * 6)]
        lines.append(_cells(row))
    widths = [max(len(line[column]) for line in lines) for column in range(7)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 3, 6) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def write_json(path: Path, rows: Sequence[Row], *, rounds: int) -> None:
    """Write everything that was measured."""
    content = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),  # noqa: TID251  (the real one)
        "rounds": rounds,
        "python": platform.python_version(),
        "pyside6": version("PySide6-Essentials"),
        "pyinstaller": version("pyinstaller"),
        "kernel": platform.release(),
        "processors": os.cpu_count(),
        "load_at_the_end": os.getloadavg()[0],
        "rows": [
            {
                "measure": row.measure,
                "program": row.program,
                "unit": row.unit,
                "figure": row.figure,
                "values": row.values,
                "ratio": row.ratio,
                "budget": None
                if row.limit is None
                else {"at_most": row.limit.at_most, "of": row.limit.of},
                "to_beat": row.to_beat,
                "missed": row.missed,
            }
            for row in rows
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n")


def _cells(row: Row) -> tuple[str, ...]:
    low, high = min(row.values), max(row.values)
    return (
        f"  {row.program}",
        _number(row.figure),
        f"{_number(low)} to {_number(high)}" if low != high else "",
        row.unit,
        f"{row.ratio:.2f} x" if row.ratio is not None else "",
        _budget(row),
        _verdict(row),
    )


def _budget(row: Row) -> str:
    if row.limit is None:
        return ""
    if row.limit.of == "ratio":
        return f"{row.limit.at_most:g} x"
    return f"{row.limit.at_most:,.10g}"


def _verdict(row: Row) -> str:
    if row.to_beat is not None:
        if row.missed:
            return "MISSED: it is better"
        return "better" if row.is_better else "not better"
    if row.limit is None:
        return ""
    return "MISSED" if row.missed else "kept"


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 1000 or figure == int(figure) else f"{figure:.3g}"

"""The tray icon's own characters: their strokes, how they are set, and which text fits.

At 16 px no font is legible: its hinting was made for text, its digits are too wide, and each
machine has another one. These strokes are set on whole pixels instead. Nothing here needs Qt.
"""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

MIN_CELL = 4  # pixels; a narrower digit has no room for both its stems and its hole
MAX_AMOUNT = 99_999_999
"""The most credits that k and M can write; more is shown as this amount."""


GLYPHS = {
    "0": "(0,0) (1,0) (1,1) (0,1) z",
    "1": "0,.2 1,0 1,1",
    "2": "0,.15 (0,0) (1,0) (1,.42) 0,1 1,1",
    "3": "0,0 (1,0) (1,.48) .3,.48 | .3,.48 (1,.48) (1,1) 0,1",
    "4": ".7,1 .7,0 0,.7 1,.7",
    "5": "1,0 0,0 0,.42 (1,.42) (1,1) 0,1",
    "6": ".9,0 (0,0) 0,.6 | (0,.45) (1,.45) (1,1) (0,1) z",
    "7": "0,0 1,0 .3,1",
    "8": "(0,0) (1,0) (1,.48) (0,.48) z | (0,.48) (1,.48) (1,1) (0,1) z",
    "9": ".1,1 (1,1) 1,.4 | (0,0) (1,0) (1,.55) (0,.55) z",
    ".": "0,1",
    "k": "0,0 0,1 | 1,.36 0,.7 | .4,.56 1,1",
    "M": "0,1 0,0 .5,.5 1,0 1,1",
    "!": "0,0 0,.62 | 0,1",
    "?": "0,.22 (0,0) (1,0) (1,.42) (.5,.5) .5,.68 | .5,1",
    "…": "0,1 | .5,1 | 1,1",
    "×": "0,0 1,1 | 1,0 0,1",
    "✓": "0,.55 .36,.95 1,.08",
}
"""Strokes, each a line through points: x and y from 0 to 1 in the character's box, y downwards.

Round corners stand in brackets. A lone point is a dot; "z" leads back to a stroke's start.
"""


class Vertex(NamedTuple):
    """A point of a stroke."""

    x: float
    y: float
    is_round: bool


class Stroke(NamedTuple):
    """A line through vertices; a closed one returns to its start, a lone vertex is a dot."""

    vertices: list[Vertex]
    is_closed: bool


def strokes_of(char: str) -> list[Stroke]:
    """Read a character's strokes from the table."""
    return [
        Stroke([_vertex(point) for point in line.rstrip(" z").split()], line.endswith("z"))
        for line in GLYPHS[char].split(" | ")
    ]


def _vertex(point: str) -> Vertex:
    x, y = point.strip("()").split(",")
    return Vertex(float(x), float(y), is_round=point.startswith("("))


class Run(NamedTuple):
    """A text set in pixels: a digit's width and height, the pen, the gap between characters."""

    text: str
    cell: int
    height: int
    pen: float
    gap: int

    @property
    def dot(self) -> int:
        """The side of a dot: two pixels at least, so that nobody reads 1.2k as 12k."""
        return max(2, ceil(self.pen))

    def glyph_width(self, char: str) -> int:
        """Return the width of one character in pixels."""
        match char:
            case "." | "!":
                return self.dot
            case "1":
                return (self.cell * 2 + 2) // 3
            case "M":
                return self.cell + max(1, (self.cell - 2) // 2)
            case _:
                return self.cell

    @property
    def width(self) -> int:
        """The width of the whole run in pixels."""
        return sum(map(self.glyph_width, self.text)) + self.gap * (len(self.text) - 1)


def centred(size: int, extent: float) -> int:
    """Return the whole number nearest to `extent` that leaves equal whole margins in `size`."""
    return size - 2 * round((size - extent) / 2)


def fit(text: str, size: int) -> Run | None:
    """Set `text` as large as an icon of `size` pixels allows; None when it does not fit."""
    room = size - 2 * max(1, size // 12)
    tallest = size * (0.7 if len(text) == 1 else 0.625)
    for cell in range(int(tallest / 1.5), MIN_CELL - 1, -1):
        height = centred(size, min(tallest, cell * 2.5))
        # In quarters of a pixel: a stem's outer edge is sharp, its inner edge may be soft.
        pen = round(cell * 4 / 3) / 4
        run = Run(text, cell, height, pen, gap=max(1, int(pen * 2 / 3)))
        # Three characters always fit: the widest, 99M at 16 pixels, may use a pixel of the margin.
        if run.width <= room or (cell == MIN_CELL and len(text) == 3):
            return run
    return None


def symbol_run(symbol: str, size: int) -> Run:
    """Set a level's symbol, which has the icon for itself."""
    if symbol == "…":
        dot = centred(size, size / 8)
        return Run(symbol, 3 * dot + 2 * round(size / 7), dot, dot, gap=0)
    pen = max(2, round(size / 8))
    height = size / 2 if symbol in "×✓" else size * 0.625
    return Run(symbol, centred(size, size / 2), centred(size, height), pen, gap=pen)


def _wordings(n: int) -> Iterator[str]:
    """Yield the ways to write `n`, the most exact first; none overstates it."""
    if n < 1000:
        yield str(n)
        return
    for exponent, unit in ((3, "k"), (6, "M")):
        whole, tenth = divmod(n // 10 ** (exponent - 1), 10)
        if whole >= 1000:
            continue
        if 0 < whole < 10 and tenth:
            yield f"{whole}.{tenth}{unit}"
        if whole:
            yield f"{whole}{unit}"


def amount_run(n: int, size: int) -> Run | None:
    """Set the most exact wording of `n` credits that fits an icon of `size` pixels (16 or more).

    ``None`` if none does, as of 305k at 16 pixels; a ".3M" would be read as 3M.
    """
    runs = (fit(text, size) for text in _wordings(min(n, MAX_AMOUNT)))
    return next(filter(None, runs), None)


def told_by_icon(n: int) -> int:
    """Round `n` credits (0 or more) down to the most exact amount that an icon can show."""
    n = min(n, MAX_AMOUNT)
    unit: int = 1000 ** ((len(str(n)) - 1) // 3)
    detail = unit if n >= 10 * unit else max(1, unit // 10)
    return n - n % detail

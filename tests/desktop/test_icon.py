"""The tray icon, judged by its pixels."""

import os
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from tray_app.desktop.widgets.glyphs import MAX_AMOUNT, amount_run, told_by_icon
from tray_app.desktop.widgets.icon import FRESH, SIZES, STALE, app_icon, paint_icon, tray_icon
from tray_app.icon_look import IconLook, IconShape

LIGHT, DARK = "#F4F5F7", "#20242B"
NUMBERED = (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL)
AMOUNTS = (0, 7, 62, 480, 999, 1_234, 12_430, 305_000, 1_234_567, 99_999_999)
ALL_LOOKS = [
    *(IconLook(shape, None, stale) for shape, stale in product(IconShape, (False, True))),
    *(IconLook(*parts) for parts in product(NUMBERED, AMOUNTS, (False, True))),
]
UNITS = {"k": 10**3, "M": 10**6}


@pytest.fixture(scope="module", autouse=True)
def application() -> QApplication:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else QApplication([])


def grey_on(panel: str, look: IconLook, size: int) -> list[int]:
    """What a colour-blind eye gets: the icon's lightness on a panel, 0 to 255 a pixel."""
    image = QImage(size, size, QImage.Format.Format_RGB32)
    image.fill(QColor(panel))
    painter = QPainter(image)
    painter.drawImage(0, 0, paint_icon(look, size))
    painter.end()
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    return [grey.pixelColor(x, y).value() for y in range(size) for x in range(size)]


def pixels_apart(one: list[int], other: list[int], by: int = 48) -> int:
    return sum(abs(a - b) > by for a, b in zip(one, other, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2, from 1 to 21."""

    def luminance(name: str) -> float:
        colour = QColor(name)
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (colour.redF(), colour.greenF(), colour.blueF())
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def amount_of(text: str) -> float:
    return float(text[:-1]) * UNITS[text[-1]] if text[-1] in UNITS else float(text)


def text_of(n: int, size: int) -> str | None:
    run = amount_run(n, size)
    return run.text if run is not None else None


@pytest.mark.parametrize(
    ("n", "at_16", "at_32"),
    [
        (0, "0", "0"),
        (62, "62", "62"),
        (999, "999", "999"),
        (1_000, "1k", "1k"),
        (1_234, "1k", "1.2k"),
        (9_999, "9k", "9.9k"),
        (12_430, "12k", "12k"),
        (99_999, "99k", "99k"),
        (100_000, None, "100k"),
        (305_000, None, "305k"),
        (999_999, None, "999k"),
        (1_234_567, "1M", "1.2M"),
        (12_345_678, "12M", "12M"),
        (99_999_999, "99M", "99M"),
        (MAX_AMOUNT * 1000, "99M", "99M"),
    ],
)
def test_amounts_are_abbreviated_to_the_size(n: int, at_16: str | None, at_32: str) -> None:
    assert (text_of(n, 16), text_of(n, 32)) == (at_16, at_32)


@given(st.integers(0, MAX_AMOUNT * 10) | st.integers(0, 2_000_000))
def test_what_an_icon_does_not_tell_changes_no_size(n: int) -> None:
    told = told_by_icon(n)
    assert [text_of(told, size) for size in SIZES] == [text_of(n, size) for size in SIZES]


@pytest.mark.parametrize(
    ("amount", "like"), [(12_430, 12_999), (1_270, 1_200), (5_432_100, 5_499_999)]
)
def test_an_icon_is_not_painted_anew_for_what_it_does_not_tell(amount: int, like: int) -> None:
    one = tray_icon(IconLook(IconShape.HEALTHY, amount))
    assert one is tray_icon(IconLook(IconShape.HEALTHY, like))
    assert one is not tray_icon(IconLook(IconShape.HEALTHY, amount + 1_000_000))


@given(st.integers(0, MAX_AMOUNT) | st.integers(0, 2_000_000), st.sampled_from(SIZES))
def test_an_abbreviation_fits_and_never_overstates(n: int, size: int) -> None:
    run = amount_run(n, size)
    if run is None:  # its symbol is shown
        assert 100_000 <= n < 1_000_000
        assert size < 22
        return
    assert amount_of(run.text) <= n
    assert n <= 2 * amount_of(run.text), "less than half of it is told"
    assert run.width < size


def test_what_has_no_room_is_the_levels_symbol() -> None:
    for shape in (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL):
        assert paint_icon(IconLook(shape, 305_000), 16) == paint_icon(IconLook(shape), 16)
        assert paint_icon(IconLook(shape, 305_000), 22) != paint_icon(IconLook(shape), 22)


def test_an_icon_holds_every_size() -> None:
    for look in ALL_LOOKS:
        icon = tray_icon(look)
        assert [size.width() for size in icon.availableSizes()] == [
            16,
            20,
            22,
            24,
            32,
            40,
            44,
            48,
            64,
        ]
        assert all(icon.pixmap(QSize(size, size)).width() == size for size in SIZES)
    assert not app_icon().pixmap(256).isNull()


def test_an_icon_is_painted_once() -> None:
    assert tray_icon(IconLook(IconShape.LOW, 480)) is tray_icon(IconLook(IconShape.LOW, 480))


@pytest.mark.parametrize("panel", [LIGHT, DARK])
@pytest.mark.parametrize("amount", [None, 480])
def test_levels_and_staleness_differ_without_colour(panel: str, amount: int | None) -> None:
    looks = [
        IconLook(shape, amount if shape in NUMBERED else None, stale)
        for shape, stale in product(IconShape, (False, True))
    ]
    seen = {look: grey_on(panel, look, 16) for look in looks}
    for one, other in combinations(looks, 2):
        assert pixels_apart(seen[one], seen[other]) >= 16, (one, other)


@pytest.mark.parametrize("shape", NUMBERED)
@pytest.mark.parametrize("stale", [False, True])
@pytest.mark.parametrize("base", [0, 10, 101])
def test_digits_differ_at_16_pixels(shape: IconShape, stale: bool, base: int) -> None:
    """As the only digit, the last of two, and between two others."""
    step = 10 if base > 100 else 1
    seen = [grey_on(LIGHT, IconLook(shape, base + step * digit, stale), 16) for digit in range(10)]
    for one, other in combinations(range(10), 2):
        assert pixels_apart(seen[one], seen[other]) >= 4, (one, other)


@pytest.mark.parametrize("paints", [FRESH, STALE], ids=["fresh", "stale"])
def test_contrast_is_enough(paints: dict[IconShape, object]) -> None:
    for shape in IconShape:
        paint = (FRESH if paints is FRESH else STALE)[shape]
        assert contrast(paint.ink, paint.plate) >= 3, shape
        for panel in (LIGHT, DARK):
            assert max(contrast(paint.plate, panel), contrast(paint.rim, panel)) >= 3, shape


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_square_is_used(size: int) -> None:
    for look in ALL_LOOKS:
        image = paint_icon(look, size)
        solid = [
            (x, y)
            for y, x in product(range(size), repeat=2)
            if image.pixelColor(x, y).alpha() >= 128
        ]
        for axis in (0, 1):
            places = [point[axis] for point in solid]
            assert max(places) - min(places) + 1 >= size - 1, look


NUMBERS = [(n, size) for n, size in product(AMOUNTS, SIZES) if amount_run(n, size) is not None]
"""The amounts that have room, with the sizes in which they have it."""


@pytest.mark.parametrize(("amount", "size"), NUMBERS)
def test_the_number_stands_in_the_middle(amount: int, size: int) -> None:
    image = paint_icon(IconLook(IconShape.HEALTHY, amount), size)
    plate = QColor(FRESH[IconShape.HEALTHY].plate)
    inked = [
        (x, y)
        for y, x in product(range(size), repeat=2)
        if image.pixelColor(x, y).alpha() and image.pixelColor(x, y).red() > plate.red() + 64
    ]
    for axis, tolerance in ((0, 1), (1, 0)):
        places = [point[axis] for point in inked]
        assert abs(min(places) - (size - 1 - max(places))) <= tolerance


@pytest.mark.parametrize(("amount", "size"), NUMBERS)
def test_the_octagon_cuts_no_digit(amount: int, size: int) -> None:
    """White ink is all the red on the healthy plate, and all the blue on the critical one."""
    whole = paint_icon(IconLook(IconShape.HEALTHY, amount), size)
    inside = paint_icon(IconLook(IconShape.CRITICAL, amount), size)
    for x, y in product(range(size), repeat=2):
        lost = whole.pixelColor(x, y).red() - inside.pixelColor(x, y).blue()
        assert lost <= 96, (x, y)

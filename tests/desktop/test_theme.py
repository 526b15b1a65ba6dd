"""The colours can be told apart: contrast as WCAG 2.2 reckons it, of each pair that is used."""

import re

import pytest

from tray_app.desktop.widgets.style import style_sheet
from tray_app.desktop.widgets.theme import DARK, LIGHT, Theme
from tray_app.icon_look import IconShape

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
TEXT, MARK = 4.5, 3.0
"""What WCAG asks for: 1.4.3 for text, 1.4.11 for what else has a meaning."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours: from 1 to 21 (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: str) -> float:
        shares = (part / 255 for part in bytes.fromhex(colour.removeprefix("#")))
        red, green, blue = (
            share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
            for share in shares
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def texts(theme: Theme) -> dict[str, tuple[str, str]]:
    """All inks with the grounds on which they are read."""
    grounds = {"surface": theme.surface, "sunken": theme.sunken}
    buttons = {name: vars(theme)[name] for name in ("button", "button_hover", "button_pressed")}
    primaries = {
        name: vars(theme)[name] for name in ("primary", "primary_hover", "primary_pressed")
    }
    inks = {"ink": theme.ink, "muted": theme.muted, "error": theme.error, "link": theme.focus}
    levels = {str(shape): theme.levels[shape] for shape in IconShape}
    return {
        **{f"{a} on {b}": (inks[a], grounds[b]) for a in inks for b in grounds},
        **{f"ink on {name}": (theme.ink, ground) for name, ground in buttons.items()},
        **{f"ink on {name}": (theme.primary_ink, ground) for name, ground in primaries.items()},
        "muted on segments": (theme.muted, theme.button),
        "link under the pointer": (theme.focus, theme.button),
        **{f"{name} on its tint": (tint.ink, tint.ground) for name, tint in levels.items()},
        **{f"ink on {name}": (theme.ink, tint.ground) for name, tint in levels.items()},
        "ink on invitation": (theme.ink, theme.invitation.ground),
    }


def marks(theme: Theme) -> dict[str, tuple[str, str]]:
    """What is seen rather than read, and its ground."""
    grounds = {"surface": theme.surface, "sunken": theme.sunken}
    seen = {
        "field's edge": theme.edge,
        "focus": theme.focus,
        "wrong field's edge": theme.error,
        "switch": theme.primary if theme is LIGHT else theme.primary_ink,
    }
    charts = {name: vars(theme)[name] for name in ("line", "refill", "drain", "spent")}
    return {
        **{f"{a} on {b}": (seen[a], grounds[b]) for a in seen for b in grounds},
        **{f"{name} of a chart": (colour, theme.surface) for name, colour in charts.items()},
        "knob": (theme.primary_ink, theme.primary),
        "focus of the primary button": (theme.ink, theme.primary),
        "focus of a button": (theme.focus, theme.button),
        "invitation's edge": (theme.invitation.ink, theme.invitation.ground),
    }


@THEMES
def test_all_text_can_be_read(theme: Theme) -> None:
    found = {name: round(contrast(*pair), 2) for name, pair in texts(theme).items()}
    assert {name: ratio for name, ratio in found.items() if ratio < TEXT} == {}


@THEMES
def test_all_marks_can_be_seen(theme: Theme) -> None:
    found = {name: round(contrast(*pair), 2) for name, pair in marks(theme).items()}
    assert {name: ratio for name, ratio in found.items() if ratio < MARK} == {}


@THEMES
def test_the_style_sheet_has_the_themes_colours_alone(theme: Theme) -> None:
    tints = {colour for tint in theme.levels.values() for colour in tint}
    own = tints | {value for value in vars(theme).values() if isinstance(value, str)}
    assert set(re.findall("#[0-9A-F]{6}", style_sheet(theme))) <= own


def test_contrast_is_reckoned_as_the_standard_does() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)

"""The colours of the windows' own painting, dark and light.

All text on its ground has a contrast of 4.5:1 and more (WCAG 2.2, 1.4.3). The buckets and levels
follow Okabe and Ito's palette, which the colour-blind can tell apart; shapes and words differ too.
"""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from tray_app.icon_look import IconShape
from tray_app.rules.buckets import BUCKETS


@dataclass(frozen=True, slots=True)
class Tint:
    """A pale ground and the ink that is read on it."""

    ground: str
    ink: str


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one brightness."""

    surface: str
    border: str
    ink: str
    muted: str
    """Ink of what is secondary, and of amounts that are zero or unknown."""
    divider: str
    track: str
    button: str
    button_hover: str
    button_pressed: str
    primary: str
    primary_hover: str
    primary_pressed: str
    primary_ink: str
    focus: str
    trouble: Tint
    invitation: Tint
    levels: dict[IconShape, Tint]
    buckets: dict[str, str]
    line: str
    """Of charts: the balance where it isn't divided into buckets."""
    undivided: str
    """Of charts: what no bucket is known of, beside layers of buckets."""
    spent: str
    refill: str
    drain: str


LIGHT = Theme(
    surface="#FFFFFF",
    border="#D3D8E0",
    ink="#1B2028",
    muted="#5B6472",
    divider="#E6E9EE",
    track="#E4E8ED",
    button="#EEF1F5",
    button_hover="#E3E7ED",
    button_pressed="#D6DCE4",
    primary="#0072B2",
    primary_hover="#00659E",
    primary_pressed="#00557F",
    primary_ink="#FFFFFF",
    focus="#0072B2",
    trouble=Tint("#FDF2EB", "#D55E00"),
    invitation=Tint("#EEF5FA", "#0072B2"),
    levels=dict.fromkeys(IconShape, Tint("#ECEFF3", "#4E5764"))
    | {
        IconShape.HEALTHY: Tint("#DDF3EC", "#00684C"),
        IconShape.LOW: Tint("#FDF0D0", "#7A5200"),
        IconShape.CRITICAL: Tint("#FCE5D6", "#9C4300"),
        IconShape.EMPTY: Tint("#FBE0DE", "#9B1C15"),
    },
    buckets=dict(zip(BUCKETS, ("#0072B2", "#56B4E9", "#CC79A7", "#767F8C"), strict=True)),
    line="#0072B2",
    undivided="#B9C1CC",
    spent="#8791A0",
    refill="#00684C",
    drain="#9C4300",
)

DARK = Theme(
    surface="#20242B",
    border="#3D444F",
    ink="#F2F4F7",
    muted="#A7B0BD",
    divider="#333943",
    track="#363D48",
    button="#303742",
    button_hover="#39414D",
    button_pressed="#454E5B",
    primary="#0072B2",
    primary_hover="#0B7ABD",
    primary_pressed="#00659E",
    primary_ink="#FFFFFF",
    focus="#56B4E9",
    trouble=Tint("#352B26", "#E8701A"),
    invitation=Tint("#232F3B", "#56B4E9"),
    levels=dict.fromkeys(IconShape, Tint("#323945", "#B4BDCA"))
    | {
        IconShape.HEALTHY: Tint("#17382F", "#5FD9B3"),
        IconShape.LOW: Tint("#42351A", "#F7C35A"),
        IconShape.CRITICAL: Tint("#4A2A16", "#FFA566"),
        IconShape.EMPTY: Tint("#4D2220", "#FF9A93"),
    },
    buckets=dict(zip(BUCKETS, ("#2E94D6", "#8CCFF5", "#DD94BC", "#9AA3B0"), strict=True)),
    line="#56B4E9",
    undivided="#59626F",
    spent="#7F8A99",
    refill="#5FD9B3",
    drain="#FFA566",
)


def theme_of(palette: QPalette) -> Theme:
    """Choose the colours that belong to a desktop's palette, or to :func:`themed`'s."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def faint(colour: str | QColor, opacity: float) -> QColor:
    """Return a colour that lets its ground through."""
    result = QColor(colour)
    result.setAlphaF(opacity)
    return result


def blended(colour: str, ground: str, share: float) -> QColor:
    """Mix a colour with its ground; of the colour itself ``share`` is left, from 0 to 1."""
    parts = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return QColor(*(round(share * one + (1 - share) * other) for one, other in parts))


def themed(palette: QPalette) -> QPalette:
    """Return a palette in the theme's colours; secondary text is ``PlaceholderText``."""
    theme = theme_of(palette)
    result = QPalette(palette)
    result.setColor(QPalette.ColorRole.Window, QColor(theme.surface))
    result.setColor(QPalette.ColorRole.WindowText, QColor(theme.ink))
    result.setColor(QPalette.ColorRole.PlaceholderText, QColor(theme.muted))
    return result

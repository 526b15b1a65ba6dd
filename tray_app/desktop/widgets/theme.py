"""The colours of the windows' own painting, light and dark.

All text on its ground has a contrast of 4.5:1 and more (WCAG 2.2, 1.4.3). The buckets and levels
follow Okabe and Ito's palette, which the colour-blind can tell apart; shapes and words differ too.
"""

from typing import NamedTuple

from PySide6.QtGui import QColor, QPalette

from tray_app.icon_look import IconShape


class Tint(NamedTuple):
    """A pale ground and the ink that is read on it."""

    ground: str
    ink: str


class Theme:
    """The colours of one brightness."""

    def __init__(self, *, dark: bool) -> None:
        def either(for_light: str, for_dark: str) -> str:
            return for_dark if dark else for_light

        def tint(ground: str, ink: str, dark_ground: str, dark_ink: str) -> Tint:
            return Tint(either(ground, dark_ground), either(ink, dark_ink))

        self.surface = either("#FFFFFF", "#20242B")
        self.sunken = either("#F6F8FA", "#262B33")
        self.border = either("#D3D8E0", "#3D444F")
        # Around fields; also of what can't be used now, whose contrast WCAG leaves open.
        self.edge = either("#868E99", "#767F8C")
        self.divider = either("#E6E9EE", "#333943")
        self.ink = either("#1B2028", "#F2F4F7")
        # Of what is secondary, and of amounts that are zero or unknown.
        self.muted = either("#5B6472", "#A7B0BD")
        # Of links, and around what has the focus.
        self.focus = either("#0072B2", "#56B4E9")
        self.error = either("#B3261E", "#FF9A93")
        self.track = either("#E4E8ED", "#363D48")

        self.button = either("#EEF1F5", "#303742")
        self.button_hover = either("#E3E7ED", "#39414D")
        self.button_pressed = either("#D6DCE4", "#454E5B")
        self.primary = "#0072B2"
        self.primary_hover = either("#00659E", "#0B7ABD")
        self.primary_pressed = either("#00557F", "#00659E")
        self.primary_ink = "#FFFFFF"

        self.invitation = tint("#EEF5FA", "#0072B2", "#232F3B", "#56B4E9")
        no_level = tint("#EEF1F5", "#4E5764", "#323945", "#B4BDCA")
        self.levels = dict.fromkeys(IconShape, no_level) | {
            IconShape.HEALTHY: tint("#DDF3EC", "#00684C", "#17382F", "#5FD9B3"),
            IconShape.LOW: tint("#FDF0D0", "#7A5200", "#42351A", "#F7C35A"),
            IconShape.CRITICAL: tint("#FCE5D6", "#9C4300", "#4A2A16", "#FFA566"),
            IconShape.EMPTY: tint("#FBE0DE", "#9B1C15", "#4D2220", "#FF9A93"),
        }

        self.buckets = {
            "subscription": either("#0072B2", "#2E94D6"),
            "paid": either("#56B4E9", "#8CCFF5"),
            "gifted": either("#CC79A7", "#DD94BC"),
            "freemium": either("#767F8C", "#9AA3B0"),
        }
        # In charts: the line of the whole balance, and the area of credits of no known bucket.
        self.line = either("#0072B2", "#56B4E9")
        self.undivided = either("#B9C1CC", "#59626F")
        self.spent = either("#8791A0", "#7F8A99")
        self.refill = either("#00684C", "#5FD9B3")
        self.drain = either("#9C4300", "#FFA566")


LIGHT, DARK = Theme(dark=False), Theme(dark=True)


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
    """Return a palette in the theme's colours.

    Secondary text is ``PlaceholderText``, a line between parts ``Midlight``, an edge ``Mid``, and
    what stands for text that is still to come ``AlternateBase``.
    """
    theme = theme_of(palette)
    result = QPalette(palette)
    result.setColor(QPalette.ColorRole.Window, QColor(theme.surface))
    result.setColor(QPalette.ColorRole.WindowText, QColor(theme.ink))
    result.setColor(QPalette.ColorRole.PlaceholderText, QColor(theme.muted))
    result.setColor(QPalette.ColorRole.Midlight, QColor(theme.divider))
    result.setColor(QPalette.ColorRole.Mid, QColor(theme.border))
    result.setColor(QPalette.ColorRole.AlternateBase, QColor(theme.track))
    return result

"""The windows' one look: a palette and a style sheet over Qt's Fusion, dark and light.

In high contrast the desktop's own style wins, and nothing here is used. The popup has no style
sheet, which would take milliseconds of each click; it paints itself in the same colours.
"""

from typing import cast

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QWidget

from tray_app.desktop.widgets.theme import Theme, theme_of

# The names in braces are the theme's. What a widget is for is its property "role".
_SHEET = """
QWidget#window {{ background: {surface}; }}
QLabel, QCheckBox, QRadioButton {{ color: {ink}; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="error"] {{ color: {error}; }}
QLabel[role="added"] {{ color: {refill}; }}
QTipLabel {{ color: palette(tooltip-text); }}
QWidget[role="card"] {{ border-radius: 8px; }}
QWidget[level="healthy"] {{ background: {levels[healthy].ground}; }}
QWidget[level="low"] {{ background: {levels[low].ground}; }}
QWidget[level="critical"] {{ background: {levels[critical].ground}; }}
QWidget[level="empty"] {{ background: {levels[empty].ground}; }}
QWidget[level="loading"], QWidget[level="unknown"] {{ background: {levels[unknown].ground}; }}
QWidget[role="panel"] {{ background: {sunken}; border-radius: 8px; }}
QWidget[role="divider"] {{ background: {divider}; }}

QLineEdit, QAbstractSpinBox, QComboBox {{
    background: {surface}; color: {ink}; border: 1px solid {edge}; border-radius: 8px;
    padding: 3px 9px; min-height: 24px;
    selection-background-color: {primary}; selection-color: {primary_ink};
}}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
    border: 2px solid {focus}; padding: 2px 8px; min-height: 24px;
}}
QLineEdit[faulty="true"], QAbstractSpinBox[faulty="true"], QComboBox[faulty="true"] {{
    border: 2px solid {error}; padding: 2px 8px; min-height: 24px;
}}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{ color: {edge}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: 0; }}
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {{
    border: 0; padding: 0; min-height: 0; background: transparent;
}}
QComboBox::drop-down, QDateEdit::drop-down {{ border: 0; width: 26px; }}
QComboBox::down-arrow, QDateEdit::down-arrow {{ image: none; }}

QComboBox QAbstractItemView {{
    background: {surface}; color: {ink}; border: 1px solid {border};
    selection-background-color: {primary}; selection-color: {primary_ink};
}}

QPushButton {{
    background: {button}; color: {ink}; border: 2px solid transparent; border-radius: 8px;
    padding: 4px 16px; min-height: 20px; font-weight: 500;
}}
QPushButton:hover {{ background: {button_hover}; }}
QPushButton:pressed {{ background: {button_pressed}; }}
QPushButton:focus {{ border-color: {focus}; outline: 0; }}
QPushButton:disabled {{ color: {edge}; }}
QPushButton[role="primary"] {{ background: {primary}; color: {primary_ink}; }}
QPushButton[role="primary"]:hover {{ background: {primary_hover}; }}
QPushButton[role="primary"]:pressed {{ background: {primary_pressed}; }}
QPushButton[role="primary"]:focus {{ border-color: {ink}; }}
QPushButton[role="primary"]:disabled {{ background: {button}; color: {edge}; }}
QPushButton[role="link"] {{ background: transparent; color: {focus}; padding: 4px 6px; }}
QPushButton[role="link"]:hover {{ background: {button}; }}

QTabBar {{ background: transparent; }}
QTabBar[role="segments"] {{ background: {button}; border-radius: 8px; }}
QTabBar[role="segments"]::tab {{
    background: transparent; color: {muted}; border: 2px solid {button}; border-radius: 8px;
    padding: 3px 12px; min-height: 22px; font-weight: 500;
}}
QTabBar[role="segments"]::tab:selected {{ background: {surface}; color: {ink}; }}
QTabBar[role="segments"]::tab:hover:!selected {{ color: {ink}; }}
QTabBar[role="segments"]::tab:selected:focus {{ border-color: {focus}; }}
QTabBar[role="tabs"]::tab {{
    background: transparent; color: {muted}; border: 0; border-bottom: 2px solid transparent;
    padding: 0 2px; margin-right: 20px; min-height: 30px; font-weight: 500;
}}
QTabBar[role="tabs"]::tab:selected {{ color: {ink}; border-bottom-color: {focus}; }}
QTabBar[role="tabs"]::tab:hover {{ color: {ink}; }}
QTabBar[role="tabs"]::tab:selected:focus {{ background: {button}; }}

QTableView {{
    background: {surface}; color: {ink}; border: 2px solid transparent; border-radius: 8px;
    gridline-color: transparent; outline: 0;
    selection-background-color: {button}; selection-color: {ink};
}}
QTableView:focus {{ border-color: {focus}; }}
QTableView::item {{ padding: 0 5px; border: 0; }}
QHeaderView, QHeaderView::section {{
    background: {surface}; color: {muted}; border: 0; font-weight: 400;
}}
QHeaderView::section {{ padding: 0 7px; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: {surface}; border: 0; }}
QScrollBar:vertical {{ width: 8px; background: transparent; margin: 0; }}
QScrollBar::handle:vertical {{ background: {undivided}; border-radius: 4px; min-height: 24px; }}
QScrollBar:horizontal {{ height: 8px; background: transparent; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {undivided}; border-radius: 4px; min-width: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
"""


def is_high_contrast() -> bool:
    """Tell whether the user has asked the desktop for high contrast."""
    hints = QGuiApplication.styleHints()  # PySide6 drops what it holds once nobody refers to it
    return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


class WindowStyle(QObject):
    """Gives a window the product's look, and again when the desktop turns dark or light."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setObjectName("window")
        window.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        window.installEventFilter(self)
        self._hints = QGuiApplication.styleHints()
        self._hints.accessibility().contrastPreferenceChanged.connect(self._apply)
        self._apply()

    @property
    def _window(self) -> QWidget:
        # Not held here: a circle is left to Python's garbage collector, which runs in any thread.
        return cast("QWidget", self.parent())

    @Slot()
    def _apply(self) -> None:
        palette = QGuiApplication.palette()
        sheet = "" if is_high_contrast() else style_sheet(theme_of(palette))
        if sheet != self._window.styleSheet():
            focused = self._window.focusWidget()
            self._window.setPalette(window_palette(theme_of(palette)) if sheet else palette)
            self._window.setStyleSheet(sheet)
            if focused is not None:
                focused.setFocus()  # a QDialogButtonBox gives it to another button

    def eventFilter(self, target: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the desktop's colours."""
        if event.type() is QEvent.Type.ApplicationPaletteChange:
            self._apply()
        return super().eventFilter(target, event)


def set_state(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet goes by, and have the widget look like it."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)  # Qt looks at properties but once
        widget.style().polish(widget)
        widget.update()


def window_palette(theme: Theme) -> QPalette:
    """Return the theme's colours for what no style sheet reaches, such as own painting."""
    palette, roles = QGuiApplication.palette(), QPalette.ColorRole
    for role, colour in {
        roles.Window: theme.surface,
        roles.WindowText: theme.ink,
        roles.Base: theme.surface,
        roles.Text: theme.ink,
        roles.Button: theme.button,
        roles.ButtonText: theme.ink,
        roles.PlaceholderText: theme.muted,
        roles.Highlight: theme.primary,
        roles.HighlightedText: theme.primary_ink,
        roles.Link: theme.focus,
        roles.AlternateBase: theme.button,
    }.items():
        palette.setColor(role, QColor(colour))
    return palette


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of a window in a theme."""
    return _SHEET.format_map(vars(theme))

"""What is on the popup: from a View to widgets."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QMargins, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.parts import (
    BucketBar,
    BucketRow,
    LevelBadge,
    TotalLabel,
    TroubleBlock,
    sentence,
    set_weight,
)
from tray_app.desktop.popup.sparkline import Sparkline
from tray_app.desktop.widgets.buttons import (
    LINK_INSET,
    GlyphButton,
    LinkButton,
    RefreshButton,
    TextButton,
    paint_gear,
)
from tray_app.desktop.widgets.labels import ElidedLabel, muted_label, set_muted, sized
from tray_app.desktop.widgets.theme import Theme, theme_of
from tray_app.i18n import tr
from tray_app.report.trend import Trend
from tray_app.report.view import View
from tray_app.rules.buckets import BUCKETS
from tray_app.words.formats import Formats

SIDE = 16
"""Pixels between the card's edge and what is on it."""
GAP = 12
"""Pixels between two groups."""
LEAST_MIDDLE = 60
"""Pixels of the middle, however small the screen is."""
GLYPH_INSET = 6
"""Pixels between a glyph button's edge and its glyph, which stands in line with the amounts."""
SMALL = 0.92


class PopupContent(QWidget):
    """Team, total, level, problem, buckets, forecast, notes and buttons, from top to bottom.

    What is between the total and the buttons scrolls where the screen has no room for all of it.
    A layout whose widgets are all hidden still takes the room of its margins and spacings. So
    where it has any, what is hidden is a widget around.
    """

    def __init__(
        self, formats: Formats, actions: Actions, parent: QWidget, now: Callable[[], datetime]
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._view: View | None = None

        self.team = ElidedLabel()
        set_weight(self.team, QFont.Weight.Medium)
        self.refresh = RefreshButton(actions.refresh)
        self.settings = GlyphButton(actions.settings, paint_gear)
        self.total = TotalLabel()
        self.badge = LevelBadge()
        self.out_of_date = muted_label(tr("out of date"))
        self.trouble = TroubleBlock(actions.remedy)
        self.bar = BucketBar()
        self.rows = {bucket: BucketRow() for bucket in BUCKETS}
        self.sparkline = Sparkline(formats)
        self.sparkline.graph.clicked.connect(actions.history.trigger)
        self.forecast, self.advice = sentence(), sentence()
        set_weight(self.advice, QFont.Weight.Medium)
        self.buys = LinkButton(tr("Plan what the credits are spent on"))
        self.buys.clicked.connect(actions.plan.trigger)
        self._lines = tuple(sentence(muted=True) for _ in range(4))
        self.said, self.note, self.snoozed, self.age = self._lines
        for line in self._lines:
            line.hide()
        self.snooze = TextButton(tr("Snooze"))
        self.snooze_menu = QMenu(self.snooze)
        self.snooze_menu.addActions(actions.snooze.actions())
        self.snooze.setMenu(self.snooze_menu)
        self.buy = TextButton(primary=True)
        self.buy.show_action(actions.buy)
        self._lay_out()
        self._set_fonts()

    def show_view(self, view: View) -> None:
        """Show what is known; only what differs is touched."""
        if view != self._view:
            if self._view is None or view.trouble != self._view.trouble:
                self.middle.show_top()  # where a problem stands
            self._view = view
            self._show(view)
        self.tick()

    def show_trend(self, trend: Trend | None, *, low: int) -> None:
        """Show the course of the balance; ``low`` is the amount that counts as low."""
        is_stale = self._view is not None and self._view.stale
        self.sparkline.show_trend(trend, is_stale=is_stale, low=low)
        self._show_outlook()

    def say(self, text: str) -> None:
        """Show one more quiet line; none when empty."""
        _show_text(self.said, text)

    def tick(self) -> None:
        """Tell the age of the figures as it is now."""
        if self._view is not None:
            _show_text(self.age, self._view.age_line(self._now()))

    def fit(self, width: int, most: int) -> int:
        """Make room for everything at a width, and return the height, in pixels.

        Where that would be more than ``most``, the middle gets less than it needs, and scrolls.
        """
        # While nothing is visible Qt does not lay out the inner layouts, and the outer ones would
        # take the sizes of what was shown before. So the inner ones come first.
        for layout in reversed(self.findChildren(QLayout)):
            layout.activate()
        around = self._column.totalSizeHint().height() - self.middle.minimumHeight()
        return around + self.middle.fit(width, max(LEAST_MIDDLE, most - around))

    def reveal(self, part: QWidget) -> None:
        """Scroll until a part can be seen."""
        if self.middle.isAncestorOf(part):
            self.middle.ensureWidgetVisible(part, 0, SIDE)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_fonts()

    def _show(self, view: View) -> None:
        has_figures = view.read_at is not None
        # What is still loading keeps the place of its figures; a first failure has none to keep.
        is_waiting = not has_figures and view.trouble is None
        self.team.setText(view.team)
        self.total.show_total(view.total, view.unit, is_quiet=view.stale or is_waiting)
        self.badge.show_level(view.icon.shape, view.level, is_stale=view.stale)
        if view.trouble is not None:
            self.trouble.show_trouble(view.trouble)
        self.trouble.setVisible(view.trouble is not None)
        self.bar.show_rows(view.rows, is_stale=view.stale)
        for row in view.rows:
            self.rows[row.bucket].show_row(row, is_stale=view.stale)
        for part in (self._headline, self._buckets, self._divider, self._actions):
            part.setVisible(has_figures or is_waiting)
        self.out_of_date.setVisible(view.stale)
        self.buy.set_primary(not view.asks_the_user)
        _show_text(self.forecast, view.forecast)
        _show_text(self.advice, view.advice)
        # What is certain stands out from what is yet to be learned.
        set_muted(self.forecast, view.stale or not view.lasts)
        set_muted(self.advice, view.stale)
        self.buys.setText(view.buys)
        self.buys.setVisible(bool(view.buys))
        self._show_outlook()
        _show_text(self.note, "\n".join(view.notes))
        _show_text(self.snoozed, view.snooze)

    def _show_outlook(self) -> None:
        """Show chart and forecast, and the line above, once there is something on them."""
        has_figures = self._view is not None and self._view.read_at is not None
        parts = (self.sparkline, self.forecast, self.advice, self.buys)
        is_there = has_figures and not all(part.isHidden() for part in parts)
        for part in (self._outlook, self._outlook_divider):
            part.setVisible(is_there)

    def _lay_out(self) -> None:
        sides, beside_glyphs = QMargins(SIDE, 0, SIDE, 0), SIDE - GLYPH_INSET
        header = _filled(
            QHBoxLayout(), QMargins(beside_glyphs, 0, beside_glyphs, 0), 4, GLYPH_INSET, self.team
        )
        header.setStretchFactor(self.team, 1)
        header.addWidget(self.refresh)
        header.addWidget(self.settings)

        pill = _filled(QVBoxLayout(), QMargins(), 2, None, self.badge, self.out_of_date, None)
        for label in (self.badge, self.out_of_date):
            pill.setAlignment(label, Qt.AlignmentFlag.AlignTrailing)
        self._headline = QWidget()
        below_header = QMargins(SIDE, 8, SIDE, 0)
        _filled(QHBoxLayout(self._headline), below_header, GAP, self.total, pill)

        self._buckets = QWidget()
        _filled(QVBoxLayout(self._buckets), QMargins(), 0, self.bar, 8, *self.rows.values())
        words = (self.sparkline, self.forecast, self.advice)
        inner = _filled(QVBoxLayout(), QMargins(LINK_INSET, 0, LINK_INSET, 0), 8, *words)
        self._outlook = QWidget()
        beside_link = SIDE - LINK_INSET
        around = QMargins(beside_link, 0, beside_link, 0)
        _filled(QVBoxLayout(self._outlook), around, 4, inner, self.buys)
        notes = _filled(QVBoxLayout(), QMargins(), 4, *self._lines)
        self._outlook_divider = _Hairline(lambda theme: theme.divider)
        self._divider = _Hairline(lambda theme: theme.divider)
        above = (self.trouble, self._buckets, self._outlook_divider)
        self.middle = _Middle(
            _filled(QVBoxLayout(), sides, GAP, *above),
            self._outlook,
            _filled(QVBoxLayout(), sides, GAP, self._divider, notes),
        )
        self._actions = QWidget()
        below_middle = QMargins(SIDE, GAP, SIDE, 0)
        _filled(QHBoxLayout(self._actions), below_middle, 0, self.snooze, None, self.buy)
        parts = (header, self._headline, self.middle, self._actions)
        self._column = _filled(QVBoxLayout(self), QMargins(0, 12, 0, SIDE), 0, *parts)

    def _set_fonts(self) -> None:
        for label in (self.out_of_date, *self._lines):
            label.setFont(sized(self.font(), SMALL))
        self.badge.setFont(sized(self.font(), SMALL, QFont.Weight.DemiBold))


def _filled(
    layout: QBoxLayout, margins: QMargins, gap: int, *items: QWidget | QLayout | int | None
) -> QBoxLayout:
    """Put things into a layout; a number is pixels between them, None all that is left."""
    layout.setContentsMargins(margins)
    layout.setSpacing(gap)
    for item in items:
        match item:
            case None:
                layout.addStretch()
            case int():
                layout.addSpacing(item)
            case QWidget():
                layout.addWidget(item)
            case QLayout():
                layout.addLayout(item)
    return layout


def _show_text(label: QLabel, text: str) -> None:
    """Show a text; without one the label takes no room."""
    label.setText(text)
    label.setVisible(bool(text))


class _Hairline(QWidget):
    """A line from side to side."""

    def __init__(self, colour: Callable[[Theme], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = colour
        self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._colour(theme_of(self.palette()))))


_BAR = """
QScrollBar {{ width: 8px; background: transparent; }}
QScrollBar::handle {{ background: {handle}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
"""


class _Middle(QScrollArea):
    """Parts below each other, which scroll when they get less room than they need."""

    changed = Signal()
    """The parts may need more room than they have, or less."""

    def __init__(self, *parts: QWidget | QLayout) -> None:
        super().__init__()
        whole = QWidget()
        self._column = _filled(QVBoxLayout(whole), QMargins(0, GAP, 0, 0), GAP, *parts)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the popup passes the keys on that scroll
        self.setFixedHeight(LEAST_MIDDLE)
        self.setWidgetResizable(True)
        self.setWidget(whole)
        for ground in (self.viewport(), whole):
            ground.setAutoFillBackground(False)  # the card is painted below
        self._upper, self._lower = (_Hairline(lambda theme: theme.border, self) for _ in range(2))
        self._bar = self.verticalScrollBar()
        self._bar.valueChanged.connect(self._show_edges)
        self._bar.rangeChanged.connect(self._show_edges)

    def fit(self, width: int, most: int) -> int:
        """Take the height that the parts need at a width, ``most`` at most, and return it."""
        if self._column.hasHeightForWidth():  # only while there is text that wraps
            needed = self._column.totalHeightForWidth(width)
        else:
            needed = self._column.totalSizeHint().height()
        height = min(needed, most)
        # Not as Qt sees fit, which would show the bar for a moment whenever the parts grow.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if height < needed:
            policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn
            style = _BAR.format(handle=theme_of(self.palette()).undivided)
            if self._bar.styleSheet() != style:
                self._bar.setStyleSheet(style)
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(height)
        return height

    def show_top(self) -> None:
        """Scroll to where the parts begin."""
        self._bar.setValue(0)

    @Slot()
    def _show_edges(self) -> None:
        """Draw a line where parts go on beyond the upper or the lower edge."""
        self._upper.setVisible(self._bar.value() > self._bar.minimum())
        self._lower.setVisible(self._bar.value() < self._bar.maximum())
        self._upper.setGeometry(0, 0, self.width(), 1)
        self._lower.setGeometry(0, self.height() - 1, self.width(), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the lines at the edges."""
        super().resizeEvent(event)
        self._show_edges()

    def event(self, event: QEvent) -> bool:
        """Tell that the parts need more room, or less: Qt's scroll areas keep it to themselves."""
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.changed.emit()
        return handled

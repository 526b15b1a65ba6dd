"""What is on the popup: from a View to widgets."""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QEvent, QMargins, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
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
from tray_app.desktop.popup.forecast_block import SIDE, ForecastBlock
from tray_app.desktop.popup.parts import BucketBar, BucketRow, LevelBadge, TotalLabel, TroubleBlock
from tray_app.desktop.widgets.buttons import GlyphButton, RefreshButton, TextButton, paint_gear
from tray_app.desktop.widgets.labels import ElidedLabel, muted_label, sized, strip
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr
from tray_app.report.trend import Trend
from tray_app.report.view import View
from tray_app.rules.buckets import BUCKETS
from tray_app.words.formats import Formats

LEAST_MIDDLE = 60
"""Pixels of the middle, however small the screen is."""
GLYPH_INSET = 6
"""Pixels between a glyph button's edge and its glyph, which stands in line with the amounts."""


class PopupContent(QWidget):
    """Team, total, level, problem, buckets, notes and buttons, from top to bottom.

    What is between the total and the buttons scrolls where the screen has no room for all of it.
    """

    def __init__(
        self, formats: Formats, actions: Actions, parent: QWidget, now: Callable[[], datetime]
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._view: View | None = None

        self.team = ElidedLabel()
        self.refresh = RefreshButton(actions.refresh)
        self.settings = GlyphButton(actions.settings, paint_gear)
        self.total = TotalLabel()
        self.badge = LevelBadge()
        self.out_of_date = muted_label(tr("out of date"))
        self.trouble = TroubleBlock(actions.remedy)
        self.bar = BucketBar()
        self.rows = {bucket: BucketRow(bucket) for bucket in BUCKETS}
        self.forecast = ForecastBlock(formats, actions)
        self._lines = tuple(muted_label() for _ in range(4))
        self.said, self.note, self.snoozed, self.age = self._lines
        self.snooze = TextButton(tr("Snooze"))
        self.buy = TextButton("", primary=True)
        self.buy.show_action(actions.buy)
        self.snooze_menu = QMenu(self.snooze)
        self.snooze_menu.addActions(actions.snooze.actions())
        self.snooze.setMenu(self.snooze_menu)
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
        self.forecast.sparkline.show_trend(trend, is_stale=is_stale, low=low)
        self._show_forecast()

    def say(self, text: str) -> None:
        """Show one more quiet line; none when empty."""
        self._show_line(self.said, text)

    def tick(self) -> None:
        """Tell the age of the figures as it is now."""
        if self._view is not None:
            self._show_line(self.age, self._view.age_line(self._now()))

    def fit(self, width: int, most: int) -> int:
        """Make room for everything at a width, and return the height, in pixels.

        Where that would be more than ``most``, the middle gets less than it needs, and scrolls.
        """
        # The inner layouts first: while nothing is visible Qt leaves them as they are, and so the
        # outer ones would take the sizes of what was shown before.
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
        self.out_of_date.setVisible(view.stale)
        if view.trouble is not None:
            self.trouble.show_trouble(view.trouble)
        self._trouble_place.setVisible(view.trouble is not None)
        self.buy.set_primary(not view.asks_the_user)
        self.bar.show_rows(view.rows, is_stale=view.stale)
        for row in view.rows:
            self.rows[row.bucket].show_row(row, is_stale=view.stale)
        for part in (self._headline, self._buckets, self._divider, self._actions):
            part.setVisible(has_figures or is_waiting)
        self.forecast.show_view(view)
        self._show_forecast()
        self._show_line(self.note, "\n".join(view.notes))
        self._show_line(self.snoozed, view.snooze)

    def _show_forecast(self) -> None:
        has_figures = self._view is not None and self._view.read_at is not None
        is_there = has_figures and self.forecast.has_content
        for part in (self.forecast, self._forecast_divider):
            part.setVisible(is_there)

    def _show_line(self, line: QLabel, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))
        self._notes.setVisible(any(each.text() for each in self._lines))

    def _lay_out(self) -> None:
        pill = QVBoxLayout()
        pill.setSpacing(2)
        pill.addStretch()
        pill.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTrailing)
        pill.addWidget(self.out_of_date, alignment=Qt.AlignmentFlag.AlignTrailing)
        pill.addStretch()
        self._headline = strip(QMargins(SIDE, 8, SIDE, 0), self.total, 12, pill)
        self._trouble_place = strip(QMargins(SIDE, 12, SIDE, 0), self.trouble)
        self._buckets = QWidget()
        buckets = QVBoxLayout(self._buckets)
        buckets.setContentsMargins(SIDE, 12, SIDE, 0)
        buckets.setSpacing(0)
        buckets.addWidget(self.bar)
        buckets.addSpacing(8)
        for row in self.rows.values():
            buckets.addWidget(row)
        self._forecast_divider = _Divider()
        self._divider = _Divider()
        self._notes = QWidget()
        notes = QVBoxLayout(self._notes)
        notes.setContentsMargins(SIDE, 12, SIDE, 0)
        notes.setSpacing(4)
        for line in self._lines:
            line.setWordWrap(True)
            line.hide()
            notes.addWidget(line)
        self._actions = strip(QMargins(SIDE, 12, SIDE, 0), self.snooze, None, self.buy)

        self.middle = _Middle(
            *(self._trouble_place, self._buckets),
            *(self._forecast_divider, self.forecast, self._divider, self._notes),
        )
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, SIDE)
        column.setSpacing(0)
        column.addLayout(self._header())
        for part in (self._headline, self.middle, self._actions):
            column.addWidget(part)

    def _header(self) -> QHBoxLayout:
        header = QHBoxLayout()
        margin = SIDE - GLYPH_INSET
        header.setContentsMargins(margin, 0, margin, 0)
        header.setSpacing(4)
        header.addSpacing(GLYPH_INSET)
        header.addWidget(self.team, 1)
        header.addWidget(self.refresh)
        header.addWidget(self.settings)
        return header

    def _set_fonts(self) -> None:
        font = self.font()
        small = sized(font, 0.92)
        self.team.setFont(sized(font, 1, QFont.Weight.Medium))
        self.total.setFont(font)
        self.badge.setFont(sized(font, 0.92, QFont.Weight.DemiBold))
        self.out_of_date.setFont(small)
        self.trouble.title.setFont(sized(font, 1, QFont.Weight.DemiBold))
        self.trouble.message.setFont(font)
        for row in self.rows.values():
            row.set_fonts(font)
        self.forecast.set_fonts(font)
        for line in self._lines:
            line.setFont(small)


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

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        whole = QWidget()
        self._column = QVBoxLayout(whole)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        for part in parts:
            self._column.addWidget(part)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the popup passes the keys on that scroll
        self.setFixedHeight(LEAST_MIDDLE)
        self.setWidgetResizable(True)
        self.setWidget(whole)
        for ground in (self.viewport(), whole):
            ground.setAutoFillBackground(False)  # the card is painted below
        self._edges = tuple(QWidget(self) for _ in range(2))
        for edge in self._edges:
            edge.setAutoFillBackground(True)
            edge.hide()
        self.verticalScrollBar().valueChanged.connect(self._show_edges)
        self.verticalScrollBar().rangeChanged.connect(self._show_edges)

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
            self._colour()
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(height)
        return height

    def show_top(self) -> None:
        """Scroll to where the parts begin."""
        self.verticalScrollBar().setValue(0)

    def _colour(self) -> None:
        theme = theme_of(self.palette())
        style = _BAR.format(handle=theme.undivided)
        if self.verticalScrollBar().styleSheet() != style:
            self.verticalScrollBar().setStyleSheet(style)
        for edge in self._edges:
            palette = edge.palette()
            palette.setColor(QPalette.ColorRole.Window, QColor(theme.border))
            edge.setPalette(palette)

    @Slot()
    def _show_edges(self) -> None:
        """Draw a line where parts go on beyond the upper or the lower edge."""
        bar, (upper, lower) = self.verticalScrollBar(), self._edges
        upper.setVisible(bar.value() > bar.minimum())
        lower.setVisible(bar.value() < bar.maximum())
        upper.setGeometry(0, 0, self.width(), 1)
        lower.setGeometry(0, self.height() - 1, self.width(), 1)

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


class _Divider(QWidget):
    """A hairline from side to side, with room above."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(13)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        with QPainter(self) as painter:
            colour = QColor(theme_of(self.palette()).divider)
            painter.fillRect(SIDE, self.height() - 1, self.width() - 2 * SIDE, 1, colour)

"""The popup's overview of several teams. It is imported only when there are several."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import cast

from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QMargins,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.content import (
    FORECAST,
    GAP,
    GLYPH_INSET,
    LEAST_MIDDLE,
    SIDE,
    Middle,
    filled,
    height_of,
)
from tray_app.desktop.popup.parts import set_weight
from tray_app.desktop.widgets.buttons import (
    LINK_INSET,
    EyeButton,
    FlatButton,
    GlyphButton,
    LinkButton,
    RefreshButton,
    TextButton,
    paint_gear,
)
from tray_app.desktop.widgets.icon import FRESH
from tray_app.desktop.widgets.labels import SECONDARY, ElidedLabel, block, sized, text_label
from tray_app.desktop.widgets.marks import clock_mark, level_mark
from tray_app.desktop.widgets.sides import draw_words, leading, mirrored, trailing
from tray_app.desktop.widgets.style import is_high_contrast
from tray_app.desktop.widgets.theme import Theme, theme_of
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.overview import FOLDS_FROM, Line, Overview
from tray_app.words.overview_words import healthy_words

HIGHEST = 480
"""Pixels of the whole overview, at the usual size of text; more teams scroll."""
ROW, SLIM_ROW = 52, 36
"""Pixels of a team's row, and of a healthy team's where there are many."""
MARK_AT, NAME_AT = 15, 32
"""Pixels from a row's edge to the middle of its mark, and to its words."""
CHEVRON_AT, AMOUNT_AT = 12, 24
"""Pixels from a row's other edge to the tip of its chevron, and to its amount."""
GAUGE, GAUGE_HEIGHT = 76, 4
SMALLEST_SHARE = 4
"""Pixels that a gauge shows at least of what is left."""
SAID_ABOVE = 10
"""Pixels above what is said of the program itself, which takes no room from the teams."""
WORD_GAP, LINE_GAP = 10, 2
"""Pixels between a row's words beside each other, and between its lines."""
BACK_ROOM = 8
"""Pixels for the chevron of the way back."""
TYPING_MS = 1000
"""Milliseconds after which a letter begins another name."""

_WITH_OTHER_MEANINGS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


class TeamRow(FlatButton):
    """A team in a line: mark, name, amount, how it is doing, and a gauge."""

    def __init__(self, overview: "OverviewContent", *, is_slim: bool) -> None:
        """A row that ``is_slim`` has neither sentence nor gauge."""
        super().__init__()
        self._overview = overview
        self._is_slim = is_slim
        self._line: Line | None = None
        self._sentence = ""
        self.account = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.clicked.connect(self._choose)

    def show_line(self, line: Line, now: datetime) -> None:
        """Show a team; only what differs is touched."""
        sentence = line.sentence(now)
        if (line, sentence) == (self._line, self._sentence):
            return
        self._line, self._sentence, self.account = line, sentence, line.account
        self.setAccessibleName(line.words(now))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the words, which may be larger than usual."""
        first, second = self._heights()
        if self._is_slim:
            return QSize(0, max(SLIM_ROW, first + 14))
        return QSize(0, max(ROW, first + LINE_GAP + second + 16))

    minimumSizeHint = sizeHint  # noqa: N815

    @Slot()
    def _choose(self) -> None:
        self._overview.team_chosen.emit(self.account)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave to the overview what moves in its list."""
        if not self._overview.take_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint ground and row; the tooltip tells what is cut."""
        line = self._line
        if line is None:
            return
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            first = self._middles()[0]
            mark = clock_mark() if line.waits else level_mark(line.shape)
            centre = QPointF(self._across(MARK_AT), first)
            painter.fillPath(mark.translated(centre), QColor(theme.levels[line.tint].ink))
            is_cut = self._paint_team(painter, theme, line)
            if line.share is not None and not self._is_slim:
                self._paint_gauge(painter, theme, line, line.share)
            way = -1 if self.isRightToLeft() else 1
            tip = QPointF(self._across(self.width() - CHEVRON_AT), first)
            back, forth = QPointF(-4 * way, -4), QPointF(-4 * way, 4)
            ink = QColor(theme.ink if self.underMouse() else theme.muted)
            painter.setPen(QPen(ink, 1.6, c=Qt.PenCapStyle.RoundCap))
            painter.drawPolyline([tip + back, tip, tip + forth])
        whole = f"{line.name}\n{self._sentence}" if is_cut or self._is_slim else ""
        self.setToolTip(whole)

    def _heights(self) -> tuple[int, int]:
        """Return how high name and sentence are; a slim row has no sentence."""
        second = 0 if self._is_slim else QFontMetrics(sized(self.font(), SECONDARY)).height()
        return QFontMetrics(self.font()).height(), second

    def _middles(self) -> tuple[float, float]:
        """Return where the middles of both lines are, from the row's upper edge."""
        first, second = self._heights()
        gap = LINE_GAP if second else 0
        top = (self.height() - first - gap - second) / 2
        return top + first / 2, top + first + gap + second / 2

    def _across(self, x: float) -> float:
        """Return where a place across the row is, whose language may run from right to left."""
        return self.width() - x if self.isRightToLeft() else x

    def _paint_line(
        self,
        painter: QPainter,
        box: QRect,
        side: Qt.AlignmentFlag,
        text: str,
    ) -> bool:
        """Paint a text in a box at one of its sides, and return whether the text was cut."""
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        draw_words(painter, mirrored(self, box), side | Qt.AlignmentFlag.AlignVCenter, shown)
        return shown != text

    def _paint_team(self, painter: QPainter, theme: Theme, line: Line) -> bool:
        """Paint name, amount and sentence, and return whether one of them was cut."""
        start, side_of_amount = leading(self), trailing(self)
        muted = theme.ink if is_high_contrast() else theme.muted
        end, (height, below) = self.width() - AMOUNT_AT, self._heights()
        middle, lower = self._middles()
        top = round(middle - height / 2)
        strong = sized(self.font(), 1, QFont.Weight.DemiBold)
        strong.setFeature(QFont.Tag("tnum"), 1)
        painter.setFont(strong)
        amount = painter.fontMetrics().horizontalAdvance(line.amount)
        painter.setPen(QColor(muted if line.stale else theme.ink))
        self._paint_line(
            painter, QRect(end - amount - 2, top, amount + 2, height), side_of_amount, line.amount
        )
        painter.setPen(QColor(theme.ink))
        gap = WORD_GAP if line.amount else 0
        names = QRect(NAME_AT, top, end - NAME_AT - amount - gap, height)
        is_cut = self._paint_line(painter, names, start, line.name)
        if self._is_slim:
            return is_cut
        painter.setFont(sized(self.font(), SECONDARY))
        ink = theme.levels[line.tint].ink if line.is_urgent else muted
        painter.setPen(QColor(ink))
        end -= 0 if line.share is None else GAUGE + WORD_GAP
        second = QRect(NAME_AT, round(lower - below / 2), end - NAME_AT, below)
        return self._paint_line(painter, second, start, self._sentence) or is_cut

    def _paint_gauge(self, painter: QPainter, theme: Theme, line: Line, share: float) -> None:
        y = round(self._middles()[1]) - GAUGE_HEIGHT // 2 + 1
        whole = QRect(self.width() - AMOUNT_AT - GAUGE, y, GAUGE, GAUGE_HEIGHT)
        ends = QPainterPath()
        ends.addRoundedRect(QRectF(mirrored(self, whole)), GAUGE_HEIGHT / 2, GAUGE_HEIGHT / 2)
        painter.fillPath(ends, QColor(theme.track))
        if share > 0:
            filled = max(SMALLEST_SHARE, round(GAUGE * share))
            part = QPainterPath()
            box = mirrored(self, whole.adjusted(0, 0, filled - GAUGE, 0))
            part.addRoundedRect(QRectF(box), GAUGE_HEIGHT / 2, GAUGE_HEIGHT / 2)
            shape = IconShape.UNKNOWN if line.stale else line.shape
            painter.fillPath(part, QColor(FRESH[shape].plate))
        if is_high_contrast():
            painter.setPen(QPen(QColor(theme.ink), 1))
            painter.drawPath(ends)


class FoldRow(FlatButton):
    """The line above the healthy teams, which shows and hides them."""

    def __init__(self, overview: "OverviewContent") -> None:
        super().__init__()
        self._overview = overview
        self.is_open = False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def show_fold(self, count: int, *, is_open: bool) -> None:
        """Say how many teams are below, and whether they can be seen."""
        if (text := healthy_words(count)) != self.text() or is_open != self.is_open:
            self.is_open = is_open
            self.setText(text)
            self.setAccessibleDescription(tr("Expanded") if is_open else tr("Collapsed"))
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as there is room."""
        return QSize(0, max(SLIM_ROW, QFontMetrics(self.font()).height() + 14))

    minimumSizeHint = sizeHint  # noqa: N815

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave to the overview what moves in its list."""
        if not self._overview.take_key(event):
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the words, and a chevron that points down while there is more to show."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            self._paint_ground(painter)
            ink = QColor(theme.ink if self.underMouse() else theme.muted)
            painter.setPen(ink)
            words = QRect(NAME_AT, 0, self.width() - NAME_AT - AMOUNT_AT, self.height())
            words = mirrored(self, words)
            draw_words(painter, words, leading(self) | Qt.AlignmentFlag.AlignVCenter, self.text())
            x = NAME_AT + self.fontMetrics().horizontalAdvance(self.text()) + 12
            x = self.width() - x if self.isRightToLeft() else x
            way = -1 if self.is_open else 1
            tip = QPointF(x, self.height() / 2 + 2 * way)
            back = QPointF(4, 4 * way)
            painter.setPen(QPen(ink, 1.6, c=Qt.PenCapStyle.RoundCap))
            painter.drawPolyline([tip + QPointF(-4, -4 * way), tip, tip - back + QPointF(8, 0)])


class BackLink(LinkButton):
    """Leads from a team's page back to the overview."""

    @property
    def shows_focus(self) -> bool:
        """Whether the keyboard has given the link the focus."""
        return self.hasFocus() and self._shows_focus

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for the chevron before the words."""
        return super().sizeHint() + QSize(BACK_ROOM, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint chevron and words."""
        with QPainter(self) as painter:
            self._paint_ground(painter)
            ink = QColor(self._ink(theme_of(self.palette())))
            painter.setPen(ink)
            words = self.rect().adjusted(LINK_INSET + BACK_ROOM, 0, -LINK_INSET, 0)
            words = mirrored(self, words)
            draw_words(painter, words, leading(self) | Qt.AlignmentFlag.AlignVCenter, self.text())
            way = -1 if self.isRightToLeft() else 1
            x = self.width() - LINK_INSET + 1 if self.isRightToLeft() else LINK_INSET - 1
            tip = QPointF(x, self.height() / 2 + 0.5)
            painter.setPen(QPen(ink, 1.6, c=Qt.PenCapStyle.RoundCap))
            painter.drawPolyline([tip + QPointF(4 * way, -4), tip, tip + QPointF(4 * way, 4)])


class OverviewContent(QWidget):
    """All teams, those that need their user first.

    The order is that of the moment at which the popup was opened, so that no row moves away from
    the pointer. One row can be reached with Tab, and all others from there with the arrow keys.
    """

    team_chosen = Signal(str)

    def __init__(self, actions: Actions, parent: QWidget, now: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self._now = now
        self._overview: Overview | None = None
        self._upper: list[str] = []
        """The accounts above the fold, in the order in which they are shown."""
        self._folded: list[str] = []
        self._is_open = False
        self._typed, self._last_typed = "", QElapsedTimer()
        self._current: FlatButton | None = None
        """The row that Tab reaches."""
        self.upper: list[TeamRow] = []
        self.folded: list[TeamRow] = []

        self.teams = ElidedLabel()
        set_weight(self.teams, QFont.Weight.Medium)
        self.eye = EyeButton(actions.hide_figures)
        self.refresh = RefreshButton(actions.refresh)
        self.settings = GlyphButton(actions.settings, paint_gear)
        self.title, self.detail = text_label(), text_label(muted=True)
        self.said = text_label(muted=True)
        # Of its own: a layout keeps its margins when all that is in it is hidden.
        self.said.setContentsMargins(0, SAID_ABOVE, 0, 0)
        self._above, self._below = QWidget(), QWidget()  # a box for each side of the fold
        self.fold = FoldRow(self)
        self.fold.clicked.connect(self._turn_fold)
        self.add = TextButton()
        self.add.show_action(actions.add_team)
        self.updated = text_label(muted=True, wraps=False)
        self._lay_out()
        self._set_fonts()

    # What it shows

    def show_overview(self, overview: Overview) -> None:
        """Show other teams, or the same as they are now; the order stays."""
        if overview == self._overview:
            return
        self._overview = overview
        lines = {line.account: line for line in overview.lines}
        folded = [one for one in self._folded if one in lines and lines[one].is_healthy]
        upper = [one for one in self._upper if one in lines]
        upper += [one for one in lines if one not in upper and one not in folded]
        self._arrange(upper, folded)

    def say(self, text: str) -> None:
        """Say what the user has to know of the program itself; nothing if the text is empty."""
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def sort(self) -> None:
        """Put the teams into the order of their need, and those that have enough below a fold."""
        upper, folded = self._by_need()
        self._is_open = not upper
        self._set_current(None)
        self._arrange(upper, folded)
        self.middle.show_top()

    def sort_if_moved(self) -> None:
        """Sort the teams if they stand in another order; else fold and scroll bar stay."""
        if self._by_need() != (self._upper, self._folded):
            self.sort()

    def _by_need(self) -> tuple[list[str], list[str]]:
        lines = self._overview.lines if self._overview is not None else ()
        folded = [line.account for line in lines if line.is_healthy]
        if len(lines) < FOLDS_FROM:
            folded = []
        return [line.account for line in lines if line.account not in folded], folded

    def tick(self) -> None:
        """Tell the ages as they are now."""
        if (overview := self._overview) is None:
            return
        now = self._now()
        self.updated.setText(overview.updated(now))
        lines = {line.account: line for line in overview.lines}
        for row, account in zip(self.upper, self._upper, strict=True):
            row.show_line(lines[account], now)
        if self._is_open:
            for row, account in zip(self.folded, self._folded, strict=True):
                row.show_line(lines[account], now)

    @property
    def order(self) -> list[str]:
        """The accounts in the order in which their teams are shown."""
        return [*self._upper, *self._folded]

    def fit(self, width: int, most: int) -> int:
        """Make room for everything at a width, and return the height, in pixels."""
        highest = round(HIGHEST * max(1.0, self.fontMetrics().height() / 16))
        if not self.said.isHidden():
            highest += self.said.heightForWidth(width - 2 * SIDE)
        most = min(most, highest)
        for layout in reversed(self.findChildren(QLayout)):
            layout.activate()  # the inner ones first, as nothing may be visible yet
        around = height_of(self._column, width) - self.middle.minimumHeight()
        height = self.middle.fit(width, max(LEAST_MIDDLE, most - around))
        scrolls = height < self.middle.needed(width)  # then the middle has a line at its edge
        self._divider.setAutoFillBackground(not scrolls)
        return around + height

    def reveal(self, part: QWidget) -> None:
        """Scroll until a part can be seen."""
        self.middle.reveal(part, GAP)

    # How it is used

    def focus_team(self, account: str, reason: Qt.FocusReason) -> None:
        """Give the focus to a team's row."""
        if account in self._folded and not self._is_open:
            self._turn_fold()
        for row in self._items():
            if isinstance(row, TeamRow) and row.account == account:
                self._go_to(row, reason)

    def take_key(self, event: QKeyEvent) -> bool:
        """Move in the list by a key, and return whether the key does so."""
        if event.modifiers() & _WITH_OTHER_MEANINGS:
            return False
        items = self._items()
        if not items:
            return False
        key, focused = event.key(), self._focused
        at = items.index(focused) if focused in items else None
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and at is not None:
            if (key == Qt.Key.Key_Left) is self.isRightToLeft():
                items[at].click()
            return True  # Qt's buttons would pass on the focus
        if (goal := self._goal(key, at, items)) is not None:
            self._go_to(items[goal])
            return True
        return self._type(event, at)

    def _goal(self, key: int, at: int | None, items: Sequence[FlatButton]) -> int | None:
        """Return the place in the list to which a key leads; ``at`` is where the focus is."""
        last = len(items) - 1
        page = max(1, self.middle.height() // items[0].height() - 1)
        match key:
            case Qt.Key.Key_Home:
                return 0
            case Qt.Key.Key_End:
                return last
            case Qt.Key.Key_Down:
                return 0 if at is None else min(at + 1, last)
            case Qt.Key.Key_Up:
                return last if at is None else max(at - 1, 0)
            case Qt.Key.Key_PageDown:
                return min((at or 0) + page, last)
            case Qt.Key.Key_PageUp:
                return max((at or 0) - page, 0)
        return None

    def _type(self, event: QKeyEvent, at: int | None) -> bool:
        """Go to the team whose name begins with what is typed."""
        text = event.text()
        is_going_on = (
            bool(self._typed)
            and self._last_typed.isValid()
            and self._last_typed.elapsed() < TYPING_MS
        )
        if not text.isprintable() or not text or (text == " " and not is_going_on):
            return False
        self._typed = self._typed + text if is_going_on else text
        self._last_typed.start()
        names = {line.account: line.name for line in self._lines()}
        order, here = self.order, None
        if at is not None and isinstance(row := self._items()[at], TeamRow):
            here = order.index(row.account)
        found = place_of([names[account] for account in order], self._typed, here)
        if found is not None:
            self.focus_team(order[found], Qt.FocusReason.ShortcutFocusReason)
        return True

    @property
    def _focused(self) -> QWidget | None:
        # Not the overview's own focusWidget(), which goes on being the last row of an hour ago.
        return self.window().focusWidget()

    def _items(self) -> list[FlatButton]:
        """Return what the arrow keys move through."""
        folded = self.folded if self._is_open else []
        fold = [self.fold] if self._folded else []
        return [*self.upper, *fold, *folded]

    def _go_to(
        self, item: FlatButton, reason: Qt.FocusReason = Qt.FocusReason.ShortcutFocusReason
    ) -> None:
        self._set_current(item)
        item.setFocus(reason)
        self.reveal(item)

    def _set_current(self, item: FlatButton | None) -> None:
        """Have Tab reach one row: the one where the focus was last, or the first."""
        items = self._items()
        current = item if item is not None or not items else items[0]
        for one in (self._current, current):
            if one is not None:
                one.setFocusPolicy(
                    Qt.FocusPolicy.StrongFocus if one is current else Qt.FocusPolicy.ClickFocus
                )
        self._current = current
        if current is not None:
            QWidget.setTabOrder(self.settings, current)  # else it would come after the footer

    @Slot()
    def _turn_fold(self) -> None:
        self._is_open = not self._is_open
        self._arrange(self._upper, self._folded)
        if self._is_open and self.isVisible():
            self.middle.changed.emit()  # so that there is room before something is brought there
            for row in (*self.folded[2::-1], self.fold):
                self.reveal(row)

    # How it is built

    def _lines(self) -> Sequence[Line]:
        return () if self._overview is None else self._overview.lines

    def _arrange(self, upper: list[str], folded: list[str]) -> None:
        """Show these teams above and below the fold."""
        overview = cast("Overview", self._overview)
        self._upper, self._folded = upper, folded
        before = None
        focused = self._focused
        if isinstance(focused, TeamRow):
            before = focused.account
        self._make_rows(self.upper, len(upper), self._above)
        if self._is_open or self.folded:
            self._make_rows(self.folded, len(folded), self._below)
        self._above.setVisible(bool(upper))
        self._below.setVisible(self._is_open)
        self.fold.setVisible(bool(folded))
        self.fold.show_fold(len(folded), is_open=self._is_open)
        self.teams.setText(overview.teams)
        self.title.setText(overview.title)
        self.detail.setText(overview.detail)
        self.detail.setVisible(bool(overview.detail))
        self.tick()
        if before is not None and isinstance(focused, TeamRow) and focused.account != before:
            self.focus_team(before, Qt.FocusReason.ShortcutFocusReason)
        if self._current not in self._items():
            self._set_current(None)

    def _make_rows(self, rows: list[TeamRow], count: int, box: QWidget) -> None:
        """Have so many rows in a box."""
        while len(rows) > count:
            gone = rows.pop()
            if gone is self._current:
                self._current = None
            gone.hide()
            gone.deleteLater()
        while len(rows) < count:
            rows.append(TeamRow(self, is_slim=box is self._below))
            cast("QVBoxLayout", box.layout()).addWidget(rows[-1])
            rows[-1].show()  # else Qt shows it a moment later than those that were there

    def _lay_out(self) -> None:
        sides = QMargins(SIDE - GLYPH_INSET, 0, SIDE - GLYPH_INSET, 0)
        header = filled(QHBoxLayout(), sides, 4, GLYPH_INSET, self.teams)
        header.setStretchFactor(self.teams, 1)
        for button in (self.eye, self.refresh, self.settings):
            header.addWidget(button)
        summary = filled(QVBoxLayout(), QMargins(SIDE, 4, SIDE, 4), 2, self.title, self.detail)
        for box in (self._above, self._below):
            filled(QVBoxLayout(box), QMargins(), 0)
        rows = filled(QVBoxLayout(), QMargins(), 0, self._above, self.fold, self._below)
        self.middle = Middle(rows)
        self._divider = block(QPalette.ColorRole.Midlight, 1)
        divider = filled(QVBoxLayout(), QMargins(SIDE, 6, SIDE, 0), 0, self._divider)
        below = QMargins(SIDE, 12, SIDE, 0)
        footer = filled(QHBoxLayout(), below, 12, self.add, None, self.updated)
        said = filled(QVBoxLayout(), QMargins(SIDE, 0, SIDE, 0), 0, self.said)
        parts = (header, summary, self.middle, divider, said, footer)
        self._column = filled(QVBoxLayout(self), QMargins(0, 10, 0, SIDE), 0, *parts)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_fonts()

    def _set_fonts(self) -> None:
        for label in (self.detail, self.said, self.updated):
            label.setFont(sized(self.font(), SECONDARY))
        self.title.setFont(sized(self.font(), FORECAST, QFont.Weight.DemiBold))


def place_of(names: Sequence[str], typed: str, here: int | None) -> int | None:
    """Return the place of the name that is meant by what was typed; ``None`` if there is none.

    It is the first from ``here`` on that begins so, or else that has a word that does. The same
    letter again goes on to the next.
    """
    typed, first = typed.casefold(), here or 0
    if len(set(typed)) == 1:
        typed, first = typed[0], 0 if here is None else here + 1
    places = [(first + step) % len(names) for step in range(len(names))]
    lower = [f" {name.casefold()}" for name in names]
    for begins in (str.startswith, str.__contains__):
        for place in places:
            if begins(lower[place], f" {typed}"):
                return place
    return None

"""What is on the popup: from a View to widgets."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

from PySide6.QtCore import QEvent, QMargins, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFont, QPalette, QResizeEvent
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
    AttentionBlock,
    Kinds,
    LevelBadge,
    Skeleton,
    TotalLabel,
    set_weight,
)
from tray_app.desktop.popup.sparkline import Sparkline
from tray_app.desktop.widgets.buttons import (
    LINK_INSET,
    EyeButton,
    GlyphButton,
    LinkButton,
    QuietLink,
    RefreshButton,
    TextButton,
    paint_gear,
)
from tray_app.desktop.widgets.labels import (
    SECONDARY,
    ElidedLabel,
    block,
    set_muted,
    sized,
    text_label,
)
from tray_app.desktop.widgets.theme import theme_of
from tray_app.desktop.widgets.viewport import own_viewport
from tray_app.i18n import tr
from tray_app.icon_look import IconShape
from tray_app.report.points import Trend
from tray_app.report.view import Attention, Deed, View
from tray_app.words.formats import Formats

SIDE = 16
"""Pixels between the card's edge and what is on it."""
GAP = 12
"""Pixels between two groups."""
LEAST_MIDDLE = 60
"""Pixels that the middle gets, however small the screen is."""
GLYPH_INSET = 6
"""Pixels between a glyph button's edge and its glyph, which stands in line with the amounts."""
FORECAST = 15 / 13
"""The size of the forecast, as a multiple of the text's."""


class PopupContent(QWidget):
    """How much is left, how long it lasts, what to do, which kinds of credits, what happened.

    What is between the forecast and the buttons scrolls where the screen has no room for all of it.
    What is seldom shown is built when it first is. A layout whose widgets are all hidden still
    takes the room of its margins and spacings, so a widget around the layout is hidden instead.
    """

    menu_closed = Signal()

    def __init__(
        self, formats: Formats, actions: Actions, parent: QWidget, now: Callable[[], datetime]
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._now = now
        self._view: View | None = None
        self._way_back: QWidget | None = None

        self.team = ElidedLabel()
        set_weight(self.team, QFont.Weight.Medium)
        self.age = text_label(muted=True, wraps=False)
        self.eye = EyeButton(actions.hide_figures)
        self.refresh = RefreshButton(actions.refresh)
        self.settings = GlyphButton(actions.settings, paint_gear)
        self.total, self.badge = TotalLabel(), LevelBadge()
        self.lasts, self.detail = text_label(), text_label(muted=True)
        self.attention: AttentionBlock | None = None
        self.skeleton: Skeleton | None = None
        self.kinds = Kinds()
        self.sparkline = Sparkline(formats, actions.history)
        self.expiry = text_label()
        self.said, self.notes, self.snoozed = (text_label(muted=True) for _ in range(3))
        self.said.hide()
        self.buys = QuietLink(tr("Open the calculator"))
        self.buys.clicked.connect(actions.plan.trigger)
        self.resume = LinkButton(tr("Resume"))
        self.resume.clicked.connect(actions.resume.trigger)
        self.snooze, self.plan, self.buy = TextButton(tr("Snooze")), TextButton(), TextButton()
        self.plan.show_action(actions.plan)
        self.buy.show_action(actions.buy)
        self._lay_out()
        self._set_fonts()

    def show_view(self, view: View) -> None:
        """Show what is known; only what differs is touched."""
        if view != self._view:
            if self._view is None or view.attention != self._view.attention:
                self.middle.show_top()  # where the call for attention stands
            self._view = view
            self._show(view)
        self.tick()

    def show_trend(self, trend: Trend | None, *, low: int) -> None:
        """Show the course of the balance; ``low`` is the amount that counts as low."""
        view = self._view
        has_figures = view is not None and view.credits is not None
        is_stale = view is not None and view.stale
        self.sparkline.show_trend(
            trend if has_figures else None,
            is_stale=is_stale,
            low=low,
            shape=IconShape.LOADING if view is None else view.icon.shape,
        )
        self._show_dividers()

    def say(self, text: str) -> None:
        """Show a quiet line about the program; none when the text is empty."""
        _show_text(self.said, text)

    def tick(self) -> None:
        """Tell the age of the figures as it is now."""
        if (view := self._view) is None:
            return
        now = self._now()
        next_check, age = view.next_check(now), view.age(now)
        if self._way_back is not None:  # the header has no room for both
            next_check, age = "\n".join(filter(None, (age, next_check))), ""
        _show_text(self.age, age)
        self.age.setToolTip(next_check)
        self.refresh.set_next(next_check)
        self.badge.show_level(view.icon.shape, view.badge(now), is_stale=view.stale)

    def fit(self, width: int, most: int) -> int:
        """Make room for everything at a width, and return the height, in pixels.

        Where that would be more than ``most``, the middle gets less than it needs, and scrolls.
        """
        # While nothing is visible Qt does not lay out the inner layouts, and the outer ones would
        # take the sizes of what was shown before. So the inner layouts come first.
        for layout in reversed(self.findChildren(QLayout)):
            layout.activate()
        around = height_of(self._column, width) - self.middle.minimumHeight()
        return around + self.middle.fit(width, max(LEAST_MIDDLE, most - around))

    def reveal(self, part: QWidget) -> None:
        """Scroll until a part can be seen."""
        self.middle.reveal(part, SIDE)

    def show_way_back(self, link: QWidget) -> None:
        """Have a link before the team's name, in the place of the age, which *Refresh* tells."""
        self._header.insertWidget(0, link)
        link.lower()  # to a screen reader too it comes first
        # First to where the others are: Qt takes nothing from before the last of all to behind it.
        order = (self.settings, link, self.eye, self.refresh, self.settings)
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        set_muted(self.team, False)
        set_weight(self.team, QFont.Weight.DemiBold)
        self._way_back = link
        self.tick()

    def drop_way_back(self) -> None:
        """Be the page of the only team again."""
        self._way_back = None
        set_muted(self.team, True)
        set_weight(self.team, QFont.Weight.Medium)
        self.tick()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop's font."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._set_fonts()

    def _show(self, view: View) -> None:
        has_figures = view.credits is not None
        self.team.setText(view.team)
        self.total.show_total(view.total, view.unit, is_quiet=view.stale)
        _show_text(self.lasts, view.lasts)
        _show_text(self.detail, view.detail)
        self._show_slot(view.attention, is_loading=not has_figures and view.attention is None)
        if has_figures:
            self.kinds.show_view(view)
        for part in (self._headline, self.kinds):
            part.setVisible(has_figures)
        _show_text(self.expiry, view.expiry)
        self.buys.setText(view.buys)
        self.buys.setVisible(bool(view.buys))
        _show_text(self.notes, "\n".join(view.notes))
        self.snoozed.setText(view.snooze)
        self._snoozed_line.setVisible(bool(view.snooze))
        self._show_buttons(view)
        self._show_dividers()

    def _show_slot(self, attention: Attention | None, *, is_loading: bool) -> None:
        """Show what needs attention, or blocks for what is still to come."""
        if attention is not None:
            if self.attention is None:
                self.attention = AttentionBlock(self._actions)
                self._slot_column.addWidget(self.attention)
                for before, after in (
                    (self.settings, self.attention.retry),
                    (self.attention.retry, self.attention.button),
                ):
                    QWidget.setTabOrder(before, after)
            self.attention.show_attention(attention)
        if is_loading and self.skeleton is None:
            self.skeleton = Skeleton()
            self._slot_column.addWidget(self.skeleton)
        for part, is_there in (
            (self.attention, attention is not None),
            (self.skeleton, is_loading),
        ):
            if part is not None:
                part.setVisible(is_there)
        self._slot.setVisible(attention is not None or is_loading)

    def _show_buttons(self, view: View) -> None:
        is_snoozable = view.warns and not view.snooze
        if is_snoozable and self.snooze.menu() is None:
            menu = QMenu(self.snooze)
            menu.addActions(self._actions.snooze.actions())
            menu.aboutToHide.connect(self.menu_closed)
            self.snooze.setMenu(menu)
        self.snooze.setVisible(is_snoozable)
        self.buy.setVisible(view.attention is None or view.attention.deed is not Deed.BUY)
        self._buttons.setVisible(view.credits is not None and not view.stale)

    def _show_dividers(self) -> None:
        """Show a line above the chart, and one below it, once there is something there."""
        self._upper.setHidden(self.sparkline.isHidden())
        has_figures = self._view is not None and self._view.credits is not None
        has_more = not (self.expiry.isHidden() and self.buys.isHidden())
        self._lower.setVisible(has_figures and has_more)

    def _lay_out(self) -> None:
        # In a language from right to left a layout's margins stay, and what is in it changes sides.
        sides = QMargins(SIDE - GLYPH_INSET, 0, SIDE - GLYPH_INSET, 0)
        self._header = header = QHBoxLayout()
        filled(header, sides, 4, GLYPH_INSET, self.team, self.age)
        header.setStretchFactor(self.team, 1)
        for button in (self.eye, self.refresh, self.settings):
            header.addWidget(button)
        first = filled(QHBoxLayout(), QMargins(), GAP, self.total, self.badge)
        first.setAlignment(self.badge, Qt.AlignmentFlag.AlignVCenter)
        self._headline = QWidget()
        below_header = QMargins(SIDE, 4, SIDE, 0)
        column = QVBoxLayout(self._headline)
        filled(column, below_header, 0, first, self.lasts, 1, self.detail)

        inside = QMargins(LINK_INSET, 0, LINK_INSET, 0)
        self._slot = QWidget()
        self._slot_column = filled(QVBoxLayout(self._slot), inside, 0)
        self._upper, self._lower = (block(QPalette.ColorRole.Midlight, 1) for _ in range(2))
        self._snoozed_line = QWidget()
        line = QHBoxLayout(self._snoozed_line)
        filled(line, QMargins(), 0, LINK_INSET, self.snoozed, self.resume)
        line.setStretchFactor(self.snoozed, 1)
        self.middle = Middle(
            self._slot,
            filled(QVBoxLayout(), inside, GAP, self.kinds, self._upper),
            filled(
                QVBoxLayout(),
                QMargins(),
                6,
                self.sparkline,
                filled(QVBoxLayout(), inside, 0, self._lower),
            ),
            filled(
                QVBoxLayout(),
                QMargins(),
                4,
                filled(QVBoxLayout(), inside, 0, self.expiry),
                self.buys,
                filled(QVBoxLayout(), inside, 0, self.said, self.notes),
                self._snoozed_line,
            ),
        )
        self._buttons = QWidget()
        below_middle = QMargins(SIDE, GAP, SIDE, 0)
        buttons = (self.snooze, self.plan, None, self.buy)
        filled(QHBoxLayout(self._buttons), below_middle, 8, *buttons)
        parts = (header, self._headline, self.middle, self._buttons)
        self._column = filled(QVBoxLayout(self), QMargins(0, 10, 0, SIDE), 0, *parts)

    def _set_fonts(self) -> None:
        for label in (
            *(self.age, self.detail, self.expiry, self.buys),
            *(self.said, self.notes, self.snoozed),
        ):
            label.setFont(sized(self.font(), SECONDARY))
        self.resume.setFont(sized(self.font(), SECONDARY, QFont.Weight.Medium))
        self.badge.setFont(sized(self.font(), SECONDARY, QFont.Weight.DemiBold))
        self.lasts.setFont(sized(self.font(), FORECAST, QFont.Weight.DemiBold))


def filled(
    layout: QBoxLayout, margins: QMargins, gap: int, *items: QWidget | QLayout | int | None
) -> QBoxLayout:
    """Put things into a layout; a number is a gap in pixels, None a gap of all that is left."""
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


def height_of(layout: QLayout, width: int) -> int:
    """Return the height that a layout needs at a width."""
    if layout.hasHeightForWidth():  # only while there is text that wraps
        return layout.totalHeightForWidth(width)
    return layout.totalSizeHint().height()


def _show_text(label: QLabel, text: str) -> None:
    """Show a text; without one the label takes no room."""
    label.setText(text)
    label.setVisible(bool(text))


_BAR = """
QScrollBar {{ width: 8px; background: transparent; }}
QScrollBar::handle {{ background: {handle}; border-radius: 4px; min-height: 24px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: none; }}
"""


class Middle(QScrollArea):
    """Parts below each other, which scroll when they get less room than they need."""

    changed = Signal()
    """The parts may need more room than they have, or less."""

    def __init__(self, *parts: QWidget | QLayout) -> None:
        super().__init__()
        own_viewport(self)
        self.whole = whole = QWidget()
        sides = SIDE - LINK_INSET
        self._column = filled(QVBoxLayout(whole), QMargins(sides, GAP, sides, 0), GAP, *parts)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the popup passes on the keys that scroll
        self.setFixedHeight(LEAST_MIDDLE)
        self.setWidgetResizable(True)
        self.setWidget(whole)
        whole.setAutoFillBackground(False)  # the card is painted below
        self._upper, self._lower = (block(QPalette.ColorRole.Mid, 1) for _ in range(2))
        for edge in (self._upper, self._lower):
            edge.setParent(self)
        self._bar = self.verticalScrollBar()
        self._bar.valueChanged.connect(self._show_edges)
        self._bar.rangeChanged.connect(self._show_edges)

    def fit(self, width: int, most: int) -> int:
        """Take the height that the parts need at a width, ``most`` at most, and return it."""
        needed = self.needed(width)
        height = min(needed, most)
        # Not ScrollBarAsNeeded, which would show the bar for a moment whenever the parts grow.
        policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if height < needed:
            policy = Qt.ScrollBarPolicy.ScrollBarAlwaysOn
            style = _BAR.format(handle=theme_of(self.palette()).undivided)
            if self._bar.styleSheet() != style:
                self._bar.setStyleSheet(style)
        self.setVerticalScrollBarPolicy(policy)
        self.setFixedHeight(height)
        # Where the height is the same as before, the area does not give the parts another one.
        self.whole.resize(self.whole.width(), max(needed, height))
        return height

    def needed(self, width: int) -> int:
        """Return the height that the parts need at a width, in pixels."""
        return height_of(self._column, width)

    def show_top(self) -> None:
        """Scroll to where the parts begin."""
        self._bar.setValue(0)

    def reveal(self, part: QWidget, around: int) -> None:
        """Scroll until one of the parts, and so many pixels around it, can be seen."""
        if not self.isAncestorOf(part):
            return
        top = part.mapTo(self.whole, QPoint()).y()
        # Not ensureWidgetVisible(): to it, a part that is under the line at an edge is visible.
        for y in (top + part.height(), top):
            self.ensureVisible(0, y, 0, around)

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

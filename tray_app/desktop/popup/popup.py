"""The window that a click on the icon opens."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QCursor,
    QFontInfo,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.content import PopupContent
from tray_app.desktop.widgets.screens import compositor_places, screen_at, work_area
from tray_app.desktop.widgets.theme import theme_of, themed
from tray_app.i18n import tr
from tray_app.report.view import View
from tray_app.words.formats import Formats

if TYPE_CHECKING:  # it is imported when there are several teams
    from tray_app.desktop.popup.overview import OverviewContent
    from tray_app.report.overview import Overview

WIDTH = 340
"""Pixels; more where the desktop's font is larger than usual."""
WIDTH_IN_EMS = 23
RADIUS = 10
GAP = 8
"""Pixels kept to the anchor and to the edges of the work area."""
AGE_REFRESH_MS = 10_000
SAME_CLICK_MS = 250
"""Milliseconds between a press on the icon, which hides the popup as the focus goes, and the tray's
report of the click, which must not open the popup again."""
MOST_RETURNS = 3
"""How often the popup goes back to a place from which it was moved away."""
NUDGED_AFTER = 60
"""Milliseconds after which the popup changes its size once more; see :meth:`Popup._nudge`."""
SETTLING_MS = 400
"""Milliseconds after opening in which Qt may still report a loss of focus from before."""

# WORKAROUND: opened from a tray click, a Qt.Popup does not show on Wayland, so this is a window
# that hides by itself. https://github.com/hluk/CopyQ/issues/3108
_AS_POPUP = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.NoDropShadowWindowHint
)
_AS_WINDOW = (
    Qt.WindowType.Window
    | Qt.WindowType.CustomizeWindowHint
    | Qt.WindowType.WindowTitleHint
    | Qt.WindowType.WindowSystemMenuHint
    | Qt.WindowType.WindowMinimizeButtonHint
    | Qt.WindowType.WindowCloseButtonHint
)
_SCROLLS = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp),
    *(Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End),
)

_BACK = (Qt.Key.Key_Escape, Qt.Key.Key_Backspace, Qt.Key.Key_Back)
"""Beside the desktop's own, as Alt+Left."""
_KEYS = QKeySequence.StandardKey


class Popup(QWidget):
    """The figures next to the icon, or in a window of their own where there is no tray."""

    closed_as_window = Signal()
    """The window that stands in for the tray was closed."""
    team_chosen = Signal(str)
    """The account of the team whose page is wanted; :meth:`show_page` shows it."""
    overview_wanted = Signal()
    """The overview is wanted; :meth:`turn_to_overview` shows it."""

    def __init__(
        self,
        formats: Formats,
        actions: Actions,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(None, _AS_POPUP)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setWindowTitle(tr("lemlist credits"))
        self._is_window = False
        self._anchor = QRect()
        self._place = QRect()
        """Where the popup is to be."""
        self._returns = 0
        self._left = QElapsedTimer()
        self._focus_has_moved = False
        self._settling = QTimer(self, singleShot=True, interval=SETTLING_MS)
        self._nudging, self._following = (
            QTimer(self, singleShot=True, interval=NUDGED_AFTER) for _ in range(2)
        )
        self._ticker = QTimer(self, interval=AGE_REFRESH_MS)

        self.content = PopupContent(formats, actions, self, now)
        self.show_trend = self.content.show_trend
        self.set_busy = self.content.refresh.set_busy
        self._said = ""
        self.content.setPalette(themed(self.palette()))
        self.overview: OverviewContent | None = None
        """What is shown of several teams; ``None`` while there is one."""
        self._actions, self._now = actions, now
        self._shown = self._headline = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.content)

        self._settling.timeout.connect(self._settle)
        self._nudging.timeout.connect(self._nudge)
        self._following.timeout.connect(self._follow)
        self._ticker.timeout.connect(self._tick)
        self.content.middle.changed.connect(self._follow)
        self.content.menu_closed.connect(self._look_after_focus)
        # Not the widget's deactivation: a popup that is hidden and at once shown again keeps the
        # focus on X11, but Qt never activates it, and so would not deactivate it either.
        application = cast("QGuiApplication", QGuiApplication.instance())
        application.focusWindowChanged.connect(self._look_after_focus)
        application.screenAdded.connect(self._watch_screen)
        application.screenRemoved.connect(self._look_after_place)
        for screen in application.screens():
            self._watch_screen(screen)

    def show_view(self, view: View) -> None:
        """Show what is known now; cheap, and fine while hidden."""
        self.content.show_view(view)
        self._headline = view.headline
        self._describe()

    # Several teams

    def show_overview(self, overview: "Overview | None") -> None:
        """Show what is known of several teams; ``None`` if there is only one.

        The team that ``overview`` calls shown is the one of the last :meth:`show_view`.
        """
        if overview is None:
            self._drop_overview()
            return
        self._shown = overview.shown
        if self.overview is None:
            from tray_app.desktop.popup.overview import BackLink, OverviewContent

            self.overview = several = OverviewContent(self._actions, self, self._now)
            several.hide()
            several.setPalette(themed(self.palette()))
            several.team_chosen.connect(self.team_chosen)
            several.middle.changed.connect(self._follow)
            cast("QVBoxLayout", self.layout()).addWidget(several)
            self._way_back = BackLink()
            self._way_back.clicked.connect(self._go_back)
            self.content.show_way_back(self._way_back)
            several.say(self._said)
            several.show_overview(overview)
            several.sort()
        self._way_back.setText(overview.teams)
        self.overview.show_overview(overview)
        if self._is_window and not (self.isActiveWindow() and self.shows_overview):
            self.overview.sort_if_moved()  # a window stays open for days, and nobody is at a row
        self._describe()

    def say(self, text: str) -> None:
        """Say what the user has to know of the program itself; nothing if the text is empty."""
        self._said = text
        self.content.say(text)
        if self.overview is not None:
            self.overview.say(text)

    def set_overview_busy(self, busy: bool) -> None:
        """Say whether a refresh of any of several teams is under way."""
        if self.overview is not None:
            self.overview.refresh.set_busy(busy)

    @property
    def shows_overview(self) -> bool:
        """Whether the overview is what the popup shows, or will show when it is opened."""
        return self.overview is not None and not self.overview.isHidden()

    def show_page(self) -> None:
        """Show the page of the team that is shown; :meth:`show_view` has to have its view first."""
        self.content.middle.show_top()
        if self.overview is not None:
            self._turn(self.overview, self.content)

    def turn_to_overview(self) -> None:
        """Show the overview, if there are several teams."""
        if self.overview is not None:
            self._turn(self.content, self.overview)

    def _turn(self, before: QWidget, after: QWidget) -> None:
        if not before.isHidden():
            before.hide()  # first, or both would need room
            after.show()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._describe()
            self._follow()

    @Slot()
    def _go_back(self, *, by_key: bool = False) -> None:
        """Ask for the overview, and stand there where this team is."""
        by_key = by_key or self._way_back.shows_focus
        self.overview_wanted.emit()
        if self.overview is not None and self.shows_overview:
            reasons = Qt.FocusReason
            reason = reasons.ShortcutFocusReason if by_key else reasons.OtherFocusReason
            self.overview.focus_team(self._shown, reason)

    def _describe(self) -> None:
        shown = self.overview if self.shows_overview else None
        self.setAccessibleDescription(self._headline if shown is None else shown.title.text())

    def _drop_overview(self) -> None:
        if self.overview is not None:
            self.show_page()
            self.content.drop_way_back()
            for gone in (self.overview, self._way_back):
                gone.hide()
                gone.deleteLater()
            self.overview = None
            self._follow()

    @Slot()
    def _tick(self) -> None:
        self.content.tick()
        if self.overview is not None:
            self.overview.tick()

    def _go_to_neighbour(self, step: int) -> None:
        """Ask for the page of the next team, or of the one before."""
        if self.overview is not None and (order := self.overview.order):
            here = order.index(self._shown) if self._shown in order else 0
            if self.shows_overview:
                here = -1 if step > 0 else 0
            self.team_chosen.emit(order[(here + step) % len(order)])

    # Coming and going

    def toggle(self, anchor: QRect | None) -> None:
        """Answer a click on the icon, which may have closed the popup already."""
        if self.isVisible() and not self._is_window:
            self.hide()
        elif not (self._left.isValid() and self._left.elapsed() < SAME_CLICK_MS):
            self.open(anchor, to_overview=True)

    def open(self, anchor: QRect | None, *, to_overview: bool = False) -> None:
        """Show the popup next to ``anchor`` (the icon, in screen pixels), else at the pointer.

        It shows a team's page, or with ``to_overview`` all teams if there are several.
        """
        if anchor is None or anchor.isEmpty():
            anchor = QRect(QCursor.pos(), QSize(1, 1))
        self._anchor, self._returns = anchor, 0
        self._left.invalidate()
        # On X11 Qt reports a lost focus late. In the next moments it may report a loss from before
        # the opening, as when the icon is clicked twice.
        self._focus_has_moved = False
        self._settling.start()
        if self.overview is not None:
            if not self.isVisible():
                self.overview.sort()
            if to_overview:
                self.turn_to_overview()
            else:
                self.show_page()
        self._tick()
        self.content.middle.show_top()
        self._fit()
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        if QGuiApplication.platformName() == "xcb":
            # Not now: Qt sends the request to show the window only before its loop waits.
            QTimer.singleShot(0, self, self._paint_ahead)

    def be_window(self, is_window: bool) -> None:
        """Become an ordinary window, or the icon's popup again, hidden until it is opened."""
        if is_window == self._is_window:
            return
        self.hide()
        self.clearMask()
        # A native window that was opaque shows nothing once it is translucent.
        self.destroy()
        self._is_window = is_window
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground, not is_window)
        self.setWindowFlags(_AS_WINDOW if is_window else _AS_POPUP)

    @Slot()
    def _paint_ahead(self) -> None:
        """Paint while the window manager still looks for the window's place.

        Qt would paint only after the X server has reported that the window is mapped. Painted now,
        the picture is ready by then.
        """
        if self.isVisible() and not self.testAttribute(Qt.WidgetAttribute.WA_Mapped):
            self.setAttribute(Qt.WidgetAttribute.WA_Mapped)
            self.repaint()

    # Size and place

    def _fit(self) -> None:
        """Take the size that the content needs and the screen has, and stay at the anchor."""
        area = self._work_area(screen_at(self._anchor.center()))
        width = max(WIDTH, math.ceil(WIDTH_IN_EMS * QFontInfo(self.font()).pixelSize()))
        width = min(width, area.width() - 2 * GAP)
        size = QSize(width, self._part.fit(width, area.height() - 2 * GAP))
        if compositor_places() and self.isVisible() and size.height() > self.height() + 1:
            self._nudging.start()
        self.setFixedSize(size)
        if self._is_window:
            self.resize(size)  # as the call above does nothing where the limits are these already
            return
        self._cut_corners(size)
        if not compositor_places():
            # Not self.size(), which X11's late answer may just have set to the last size.
            wanted = QRect(place(size, self._anchor, area), size)
            if wanted != self._place:
                self._place, self._returns = wanted, 0
            # Not move(): Qt would make room for a frame if the popup was a window once.
            self.setGeometry(wanted)
            # WORKAROUND: Qt raises a hidden window before it resizes it, and now and then takes
            # X11's answer, which still has the old size, for a resize by the window manager.
            # Seen with Qt 6.11; no report of it was found.
            if not self.isVisible() and (window := self.windowHandle()) is not None:
                window.setGeometry(self.geometry())

    @Slot()
    def _nudge(self) -> None:
        """Become a pixel lower for a moment.

        WORKAROUND: GNOME (48, under Wayland) leaves a window that has grown with its lower end
        below the screen, and brings it back when it changes its size the next time.
        """
        self.setFixedSize(self.width(), self.height() - 1)
        self._following.start()

    @property
    def _part(self) -> "PopupContent | OverviewContent":
        """What is shown: a team's page, or the overview of several."""
        shown = self.overview
        return self.content if shown is None or shown.isHidden() else shown

    def _work_area(self, screen: QScreen) -> QRect:
        """Return what panels, and a window's title, leave of a screen."""
        area = work_area(screen)
        if self._is_window:
            # Not at the top: PySide6 makes ten large enumerations with this class.
            from PySide6.QtWidgets import QStyle

            area.setHeight(
                area.height() - self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
            )
        return area

    @Slot(QScreen)
    def _watch_screen(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(self._look_after_place)

    @Slot()
    def _look_after_place(self) -> None:
        # Qt takes its windows off a screen that has gone only after this event.
        QTimer.singleShot(0, self, self._follow)

    @Slot()
    def _follow(self) -> None:
        """Follow the content's size and the work area: not every window manager moves a window."""
        if self.isVisible() and not self._following.isActive():  # else it follows in a moment
            self._fit()

    def _stay(self, event: QMoveEvent | QResizeEvent) -> None:
        """Go back when the desktop has moved or resized the popup.

        A popup that grows while the window manager begins to manage it asks for two places in a
        row. Now and then the last answer is about the first of them, and the popup would stay over
        the panel. Seen with Openbox 3.6.1.
        """
        if event.spontaneous():
            QTimer.singleShot(0, self, self._return)  # the right answer may come at once

    @Slot()
    def _return(self) -> None:
        """Go back, unless something insists on another place."""
        if self._is_window:
            # GNOME gives a window that was minimised the size back that it had before.
            if self.isVisible() and self.size() != self.minimumSize():
                self._fit()
            return
        if compositor_places() or not self.isVisible():
            return
        if self.geometry() != self._place and self._returns < MOST_RETURNS:
            self._returns += 1
            self._fit()

    def _cut_corners(self, size: QSize) -> None:
        """Cut the window to its card where no compositor makes the corners transparent.

        A pixel that the card's edge only touches stays, so that the edge is soft where it can be.
        """
        width, height = size.width(), size.height()
        region = QRegion(0, RADIUS, width, height - 2 * RADIUS)
        for row in range(RADIUS):
            inset = int(RADIUS - math.sqrt(RADIUS**2 - (RADIUS - row - 0.5) ** 2))
            region += QRegion(inset, row, width - 2 * inset, 1)
            region += QRegion(inset, height - 1 - row, width - 2 * inset, 1)
        self.setMask(region)

    # What Qt calls

    def event(self, event: QEvent) -> bool:
        """Follow the content's size."""
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.WindowDeactivate):
            return True  # Qt would paint all of it once more, though it looks the same
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._follow()
        return handled

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the desktop when it turns dark or light."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            for part in (self.content, self.overview):
                if part is not None:
                    part.setPalette(themed(self.palette()))
            self.update()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802
        """Stay at the anchor."""
        super().moveEvent(event)
        self._stay(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the size that the content needs."""
        super().resizeEvent(event)
        self._stay(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Let the age of the figures grow while somebody can see it."""
        super().showEvent(event)
        self._ticker.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Rest while nobody can see it."""
        super().hideEvent(event)
        self._ticker.stop()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Tell when the user closes the window; hiding it tells nothing."""
        super().closeEvent(event)
        if self._is_window:
            self.closed_as_window.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Close the popup on Escape, and scroll with the keys that do so elsewhere.

        From a team's page some keys lead back to the overview, and in the overview most of them
        lead to a team.
        """
        if self.overview is not None and self._take_key(event, self.overview):
            return
        if event.key() == Qt.Key.Key_Escape and not self._is_window:
            self.hide()
        elif event.key() in _SCROLLS:
            QApplication.sendEvent(self.content.middle.verticalScrollBar(), event)
        else:
            super().keyPressEvent(event)

    def _take_key(self, event: QKeyEvent, overview: "OverviewContent") -> bool:
        """Move among several teams, and return whether the key does so."""
        for keys, step in ((_KEYS.NextChild, 1), (_KEYS.PreviousChild, -1)):
            if event.matches(keys):
                self._go_to_neighbour(step)
                return True
        if self.shows_overview:
            return overview.take_key(event)
        if event.key() in _BACK or event.matches(_KEYS.Back):
            self._go_back(by_key=True)
            return True
        return False

    def focusNextPrevChild(self, is_next: bool) -> bool:  # noqa: N802
        """Scroll to what gets the focus."""
        has_moved = super().focusNextPrevChild(is_next)
        if has_moved and (focused := self.focusWidget()) is not None:
            self._part.reveal(focused)
        return has_moved

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        """Paint the card."""
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            if self._is_window:
                painter.fillRect(self.rect(), QColor(theme.surface))
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme.border), 1))
            painter.setBrush(QColor(theme.surface))
            edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, RADIUS, RADIUS)

    def _look_after_focus(self) -> None:
        if self._settling.isActive():
            self._focus_has_moved = True
        else:
            # Whether the focus went to the popup's own menu is known only after this event.
            QTimer.singleShot(0, self, self._hide_when_left)

    def _settle(self) -> None:
        # A popup that the window manager gave no focus has none to lose, and stays.
        if self._focus_has_moved:
            self._hide_when_left()

    def _hide_when_left(self) -> None:
        if self._is_window or not self.isVisible():
            return
        if self._settling.isActive():  # the popup was opened after this call was put off
            self._focus_has_moved = True
            return
        # Not isActiveWindow(), which is also true while another window of this program is active.
        has_focus = QGuiApplication.focusWindow() == self.windowHandle()
        if not has_focus and QApplication.activePopupWidget() is None:
            self.hide()
            self._left.start()


def place(size: QSize, anchor: QRect, area: QRect) -> QPoint:
    """Return the top left corner of a popup next to ``anchor``, inside the work area ``area``.

    The popup is centred on the anchor, on the side of it where there is more room. An anchor
    beside the area lies in an upright panel, and the popup goes beside it.
    """
    x = anchor.center().x() - size.width() // 2
    if anchor.right() < area.left() or anchor.left() > area.right():
        y = anchor.center().y() - size.height() // 2
    elif anchor.center().y() > area.center().y():
        y = anchor.top() - GAP - size.height()
    else:
        y = anchor.bottom() + 1 + GAP
    furthest = area.bottomRight() - QPoint(size.width() + GAP - 1, size.height() + GAP - 1)
    return QPoint(
        max(area.left() + GAP, min(x, furthest.x())), max(area.top() + GAP, min(y, furthest.y()))
    )

"""The page of the settings on which the user names, orders and removes teams."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.controls import SECONDARY, TeamBox, in_text, with_role
from tray_app.desktop.widgets.dialog_parts import GAP, ROW_GAP, Group, Row, column, line
from tray_app.desktop.widgets.labels import ElidedLabel, set_muted, sized
from tray_app.desktop.widgets.theme import theme_of
from tray_app.i18n import tr
from tray_app.report.team_views import ListedTeam
from tray_app.store.settings import LONGEST_CHOSEN_NAME, MOST_TEAMS, ChosenTeams, TeamEntry

_NAME_WIDTH = 200  # pixels of text of the usual size
_ROW_HEIGHT = 48


class _ArrowButton(QPushButton):
    """Moves a team a place up or down."""

    def __init__(self, *, up: bool) -> None:
        super().__init__()
        self._up = up
        self.setAutoDefault(False)
        self.setFixedSize(in_text(28), in_text(28))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the arrow, which a style sheet takes from a file only."""
        super().paintEvent(event)
        theme = theme_of(self.palette())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ink = QColor(theme.ink if self.isEnabled() else theme.border)
            painter.setPen(QPen(ink, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.translate(self.rect().toRectF().center())
            if not self._up:
                painter.scale(1, -1)
            arrow = QPainterPath()
            arrow.moveTo(-4, 2)
            arrow.lineTo(0, -2)
            arrow.lineTo(4, 2)
            painter.drawPath(arrow)


class _TeamRow(QWidget):
    """One team: its name to be edited, and what can be done with it."""

    def __init__(self, team: ListedTeam) -> None:
        super().__init__()
        self.team = team
        self.name = QLineEdit(team.entry.name)
        self.name.setMaxLength(LONGEST_CHOSEN_NAME)
        self.name.setPlaceholderText(team.lemlists or team.name)
        self.name.setAccessibleName(tr("Name of {team}", team=team.name))
        self.name.setMinimumWidth(in_text(_NAME_WIDTH))
        words = column(1, None, self.name)
        if team.entry.name and team.lemlists:
            called = tr("{team} in lemlist", team=team.lemlists)
            below = ElidedLabel()
            set_muted(below, False)  # its role has a colour of its own
            with_role(below, "muted")
            below.setFont(sized(below.font(), SECONDARY))
            below.setText(called)
            words.addWidget(below)
            self.name.setAccessibleDescription(called)
        words.addStretch()
        self.up, self.down = _ArrowButton(up=True), _ArrowButton(up=False)
        self.up.setAccessibleName(tr("Move {team} up", team=team.name))
        self.down.setAccessibleName(tr("Move {team} down", team=team.name))
        self.remove = QPushButton(tr("Remove…"))
        self.remove.setAutoDefault(False)
        self.remove.setAccessibleName(tr("Remove {team}", team=team.name))
        self.remove.setEnabled(team.can_be_removed)
        whole = line(GAP, words, self.up, self.down, self.remove)
        whole.setStretch(0, 1)
        whole.setContentsMargins(ROW_GAP, GAP // 2, ROW_GAP, GAP // 2)
        whole.addStrut(in_text(_ROW_HEIGHT) - GAP // 2 * 2)  # a least height would hide larger ones
        self.setLayout(whole)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def chosen(self) -> TeamEntry:
        """Return the team with its new name."""
        name = " ".join(self.name.text().split())
        return TeamEntry(self.team.entry.account, name, self.team.entry.own)


class TeamsPage(QScrollArea):
    """All teams, and which of them the icon shows.

    It is as high as the other pages are, and scrolls by itself, so that neither they nor the
    dialog grow with the list.
    """

    add_requested = Signal()
    remove_requested = Signal(str)
    """The account of a team."""

    def __init__(self, teams: Sequence[ListedTeam], on_icon: str) -> None:
        super().__init__()
        self._rows = [_TeamRow(team) for team in teams]
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        inside = QWidget()
        inside.setLayout(self._list)
        for row in self._rows:
            self._list.addWidget(row)
            row.up.clicked.connect(partial(self._move, row, -1))
            row.down.clicked.connect(partial(self._move, row, 1))
            row.remove.clicked.connect(partial(self.remove_requested.emit, row.team.entry.account))
        content = column(GAP, Group(tr("Your teams"), [inside]))
        add = QPushButton(tr("A&dd a team…"))
        add.setAutoDefault(False)
        add.setEnabled(len(teams) < MOST_TEAMS)
        add.clicked.connect(self.add_requested)
        with_role(add, "link")
        content.addLayout(line(0, add, None))
        names = [(team.name, team.entry.account) for team in teams]
        first = tr("The one that needs credits most")
        self._icon = TeamBox(first, names, tr("Team on the icon"))
        self._icon.setCurrentIndex(max(self._icon.findData(on_icon), 0))
        if len(teams) > 1:
            on_icon_row = Row(tr("Sho&w"), tr("The team whose balance is on the icon"), self._icon)
            content.addWidget(Group(tr("Icon"), [on_icon_row]))
        content.addStretch()
        self._whole = QWidget()
        self._whole.setLayout(content)
        self.setWidget(self._whole)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._follow_order()
        self.before = self.chosen()
        """What was shown first."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the list with its scroll bar."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No narrower than the list with its scroll bar, which may be shown or not."""
        bar = self.verticalScrollBar().sizeHint().width()
        return self._whole.minimumSizeHint() + QSize(bar, 0)

    def chosen(self) -> ChosenTeams:
        """Return the teams in their order, with their names, and the one on the icon."""
        return ChosenTeams(tuple(row.chosen() for row in self._rows), self._icon.currentData())

    def take_over(self, other: "TeamsPage") -> None:
        """Show the names, the order and the icon's team that were chosen on another page."""
        chosen = other.chosen()
        rows = {row.team.entry.account: row for row in self._rows}
        for row in other._rows:
            if row.name.text() != row.team.entry.name and row.team.entry.account in rows:
                rows[row.team.entry.account].name.setText(row.name.text())
        if chosen.order != other.before.order:
            known = [rows[account] for account in chosen.order if account in rows]
            self._rows = known + [row for row in self._rows if row not in known]
            for row in self._rows:
                self._list.addWidget(row)  # which moves it to the end
            self._follow_order()
        if chosen.on_icon != other.before.on_icon:
            self._icon.setCurrentIndex(max(self._icon.findData(chosen.on_icon), 0))

    @Slot()
    def _move(self, row: _TeamRow, by: int) -> None:
        place = self._rows.index(row)
        self._rows.remove(row)
        self._rows.insert(place + by, row)
        self._list.removeWidget(row)
        self._list.insertWidget(place + by, row)
        self._follow_order()
        button = row.up if by < 0 else row.down
        (button if button.isEnabled() else row.name).setFocus()

    def _follow_order(self) -> None:
        """Let the keyboard go through the teams in their order, and none leave the list."""
        for number, row in enumerate(self._rows):
            row.up.setEnabled(number > 0)
            row.down.setEnabled(number < len(self._rows) - 1)
        controls = [each for row in self._rows for each in (row.name, row.up, row.down, row.remove)]
        for one, following in pairwise(controls):
            QWidget.setTabOrder(one, following)

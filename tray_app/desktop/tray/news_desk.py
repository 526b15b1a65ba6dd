"""Which notices of the teams' news are on the screen: one of each team, or a list of many."""

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QElapsedTimer, QEvent, QObject, QTimer, Signal, Slot

from tray_app.desktop.tray.notifier import Notice, Notifier
from tray_app.desktop.widgets.icon import paint_icon
from tray_app.report.team_views import TeamView
from tray_app.rules.alerts import AlertKind
from tray_app.rules.prices import Prices
from tray_app.team.announcer import News
from tray_app.words.formats import Formats
from tray_app.words.notice_words import list_notice, notice, team_news

MANY = 3
"""Teams whose news is told in one list."""
TOGETHER = 10_000
"""Milliseconds within which news counts as told together."""
GATHERING = 1_000
"""Milliseconds for which news waits for that of other teams, where there are several."""
LIST = ""
"""What the list of several teams' news is about, where a team's notice has its account."""

_list_ids = itertools.count(-1, -1)  # apart from those of the teams' news


PICTURE = 64
"""Pixels of the icon in a notification."""


_BY_NEED = (
    AlertKind.EMPTY,
    AlertKind.CRITICAL,
    AlertKind.LOW,
    AlertKind.RUNS_OUT,
    AlertKind.BUSY_DAY,
)
"""The news of too few credits, the most urgent first."""

_IN_POPUP = frozenset({AlertKind.EMPTY, AlertKind.CRITICAL, AlertKind.LOW, AlertKind.RUNS_OUT})
"""The news that the popup tells, too."""


class TeamNotice(NamedTuple):
    """What is to be told of one team: by itself, or as a line of a list."""

    notice: Notice
    news: News
    line: str
    """The news in a list."""
    kind: AlertKind
    credits: int

    @property
    def lacks_credits(self) -> bool:
        """Whether the team has too few credits, or soon will."""
        return self.kind in _BY_NEED

    @property
    def is_in_popup(self) -> bool:
        """Whether the popup tells all of this; it tells of no unusual spending."""
        alert = self.news.alert
        return self.kind in _IN_POPUP and (alert is None or alert.drain is None)

    def by_need(self) -> tuple[int, int]:
        """Return what sorts news, the most urgent first."""
        place = _BY_NEED.index(self.kind) if self.lacks_credits else len(_BY_NEED)
        return place, self.credits


def team_notice(
    team: TeamView, prices: Prices, formats: Formats, now: datetime, *, is_only_team: bool
) -> TeamNotice:
    """Tell a team's alert. Where there are several teams, the title names the team."""
    news, alert = team.snapshot.news, team.snapshot.news.alert
    if alert is None:
        raise ValueError(team.account)
    name = None if is_only_team else team.name
    title, body = notice(team.snapshot, alert, prices, formats, now, name)
    urgent = alert.kind in _BY_NEED[:2]
    picture = paint_icon(team.view.icon, PICTURE)
    return TeamNotice(
        Notice(news.id, news, title, body, picture, urgent, team.account),
        news,
        team_news(team.name, team.snapshot, alert, formats, now),
        alert.kind,
        alert.credits,
    )


class NewsDesk(QObject):
    """Brings the teams' news to the notifier, as its one owner.

    One team's news takes the place of that team's last news alone. When several teams have news at
    the same time, as after a night, they are told in one list.
    """

    heard = Signal(object)
    """The desktop shows this :class:`News` of a team; told once of each."""

    def __init__(
        self,
        notifier: Notifier,
        formats: Formats,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self._formats = formats
        self._waiting: dict[str, TeamNotice] = {}
        """News that waits for that of other teams, by account."""
        self._told: dict[str, tuple[TeamNotice, QElapsedTimer]] = {}
        """Each team's news that is on the screen by itself, and since when."""
        self._listed: dict[str, TeamNotice] = {}
        """The news that stands in the list, by account."""
        self._listed_since = QElapsedTimer()
        self._lists: frozenset[int] = frozenset()
        """The ids of the last list with something new, and of those that were shorter since."""
        self._heard: set[int] = set()
        """The ids of the news that the desktop has shown; a few a day."""
        notifier.accepted.connect(self._accept)
        notifier.dismissed.connect(self._dismiss)
        self._gathering = QTimer(self, singleShot=True, interval=GATHERING)
        self._gathering.timeout.connect(self._tell_gathered)

    def tell(self, team: TeamView, prices: Prices, now: datetime, *, is_only_team: bool) -> None:
        """Tell a team's alert, in a moment if other teams may have some too."""
        told = team_notice(team, prices, self._formats, now, is_only_team=is_only_team)
        account = team.account
        last = self._last(account)
        if last is not None and last.news.id == told.news.id:
            self._say_in_other_words(told)
        elif told.news.id in self._heard:
            pass  # it was taken off the screen, and a snapshot from before still has it
        elif is_only_team:
            self._tell_alone(told)
        else:
            self._waiting[account] = told
            if not self._gathering.isActive():
                self._gathering.start()

    def withdraw(self, account: str) -> None:
        """Take a team's news off the screen, and no other team's."""
        self._waiting.pop(account, None)
        if self._told.pop(account, None) is not None:
            self._notifier.withdraw(account)
        if self._listed.pop(account, None) is not None:
            self._tell_list(is_shorter=True)

    def withdraw_seen(self, account: str) -> None:
        """Take a team's news off the screen if the user sees the same in the popup."""
        last = self._last(account)
        if last is not None and last.is_in_popup:
            self.withdraw(account)

    def keep_only(self, accounts: Iterable[str]) -> None:
        """Take the news of all other teams off the screen, as these teams are gone."""
        for account in {*self._waiting, *self._told, *self._listed} - set(accounts):
            self.withdraw(account)

    @Slot()
    def withdraw_all(self) -> None:
        """Take all news off the screen."""
        self._gathering.stop()
        self._waiting.clear()
        self._told.clear()
        self._listed.clear()
        self._notifier.withdraw_all()

    def finish(self, seconds: float) -> None:
        """Wait at most this long for the answer to the last notice, and tell what was heard.

        Qt's loop has ended by then, so the notifier's signal of an answer is delivered here.
        """
        self._notifier.finish(seconds)
        QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)

    def _last(self, account: str) -> TeamNotice | None:
        if account in self._told:
            return self._told[account][0]
        return self._waiting.get(account) or self._listed.get(account)

    def _say_in_other_words(self, told: TeamNotice) -> None:
        """Use a balance that has moved; who has told the news already does not tell it again."""
        account = told.notice.about
        if account in self._told:
            self._told[account] = told, self._told[account][1]
            self._notifier.notify(told.notice)
        elif account in self._waiting:
            self._waiting[account] = told
        else:
            self._listed[account] = told

    @Slot()
    def _tell_gathered(self) -> None:
        """Tell each team's news by itself, or with what was told just now in one list."""
        recent = {
            account: told
            for account, (told, since) in self._told.items()
            if not since.hasExpired(TOGETHER) and account not in self._waiting
        }
        waiting, self._waiting = self._waiting, {}
        listed = self._listed if not self._listed_since.hasExpired(TOGETHER) else {}
        if len(recent.keys() | waiting.keys() | listed.keys()) < MANY:
            for told in waiting.values():
                self._tell_alone(told)
            return
        for account in {*recent, *waiting}:
            if self._told.pop(account, None) is not None:
                self._notifier.withdraw(account)
        self._listed |= recent | waiting
        self._listed_since.start()
        self._tell_list()

    def _tell_alone(self, told: TeamNotice) -> None:
        account = told.notice.about
        if self._listed.pop(account, None) is not None:
            self._tell_list(is_shorter=True)
        since = QElapsedTimer()
        since.start()
        self._told[account] = told, since
        self._notifier.notify(told.notice)

    def _tell_list(self, *, is_shorter: bool = False) -> None:
        """Tell the list as it is now, or take it off the screen."""
        if not self._listed:
            self._notifier.withdraw(LIST)
            return
        told = sorted(self._listed.values(), key=TeamNotice.by_need)
        news = [each.news for each in told]
        first = told[0].notice
        title, body, picture, urgent = first.title, first.body, first.picture, first.urgent
        if len(told) > 1:
            lacking = sum(each.lacks_credits for each in told)
            title, body = list_notice([each.line for each in told], lacking)
        number, shortens = next(_list_ids), self._lists if is_shorter else frozenset()
        self._lists = shortens | {number}
        self._notifier.notify(Notice(number, news, title, body, picture, urgent, LIST, shortens))

    @Slot(str, int)
    def _dismiss(self, about: str, number: int) -> None:
        """Forget a list that the user has closed: its lines are not told again with later news.

        News that came while the user closed the last list are in another one.
        """
        if about == LIST and number in self._lists:
            self._listed.clear()
            self._notifier.withdraw(LIST)

    @Slot(object)
    def _accept(self, news: News | list[News]) -> None:
        told = [news] if isinstance(news, News) else news
        for each in told:
            if each.id not in self._heard:
                self.heard.emit(each)
        self._heard |= {each.id for each in told}

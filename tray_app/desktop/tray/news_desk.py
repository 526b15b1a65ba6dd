"""Which notices of the teams' news are on the screen: one of each team, or a list of many."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from tray_app.desktop.tray.notifier import Notice, Notifier
from tray_app.team.announcer import News

MANY = 3
"""Teams whose news is told in one list."""
TOGETHER = 10_000
"""Milliseconds within which news counts as told together."""
GATHERING = 1_000
"""Milliseconds for which news waits for that of other teams, where there are several."""
LIST = ""
"""What the list of several teams' news is about, where a team's notice has its account."""

_list_ids = itertools.count(-1, -1)  # apart from those of the teams' news


class TeamNotice(NamedTuple):
    """What is to be told of one team: by itself, or as a line of a list."""

    notice: Notice
    news: News
    line: str
    """The news in a list."""
    lacks_credits: bool


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
        make_list: Callable[[Iterable[TeamNotice]], Notice],
        parent: QObject,
    ) -> None:
        """``make_list`` makes a notice of several; its id, news and subject are set here."""
        super().__init__(parent)
        self._notifier = notifier
        self._make_list = make_list
        self._waiting: dict[str, TeamNotice] = {}
        """News that waits for that of other teams, by account."""
        self._told: dict[str, tuple[TeamNotice, QElapsedTimer]] = {}
        """Each team's news that is on the screen by itself, and since when."""
        self._listed: dict[str, TeamNotice] = {}
        """The news that stands in the list, by account."""
        self._listed_since = QElapsedTimer()
        self._heard: set[int] = set()
        """The ids of the news that the desktop has shown."""
        notifier.accepted.connect(self._accept)
        self._gathering = QTimer(self, singleShot=True, interval=GATHERING)
        self._gathering.timeout.connect(self._tell_gathered)

    def tell(self, told: TeamNotice, *, is_only_team: bool) -> None:
        """Tell a team's news, in a moment if other teams may have some too."""
        account, notice = told.notice.about, told.notice
        last = self._last(account)
        if last is not None and last.notice.id == notice.id:
            self._say_in_other_words(told)
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
            self._tell_list()

    @Slot()
    def withdraw_all(self) -> None:
        """Take all news off the screen."""
        self._gathering.stop()
        self._waiting.clear()
        self._told.clear()
        self._listed.clear()
        self._notifier.withdraw_all()

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
            self._tell_list()
        since = QElapsedTimer()
        since.start()
        self._told[account] = told, since
        self._notifier.notify(told.notice)

    def _tell_list(self) -> None:
        """Tell the list as it is now, or take it off the screen."""
        if not self._listed:
            self._notifier.withdraw(LIST)
            return
        told = sorted(self._listed.values(), key=lambda each: not each.notice.urgent)
        news = [each.news for each in told]
        notice = self._make_list(told)
        self._notifier.notify(replace(notice, id=next(_list_ids), news=news, about=LIST))

    @Slot(object)
    def _accept(self, news: News | list[News]) -> None:
        told = [news] if isinstance(news, News) else news
        for each in told:
            if each.id not in self._heard:
                self.heard.emit(each)
        current = [*(told for told, _ in self._told.values()), *self._listed.values()]
        self._heard |= {each.id for each in told}
        self._heard &= {each.news.id for each in current}

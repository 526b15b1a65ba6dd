"""Pictures of the sparkline and the history window, to be looked at: dark and light, 1x and 2x."""

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from PySide6.QtCore import QEvent, QPointF, Qt, qInstallMessageHandler
from PySide6.QtGui import QFont, QImage, QMouseEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from tests.desktop.widget_driver import FORMATS, shown
from tests.examples import NOW
from tests.pictures.picture_sheets import dark_palette, paint_at_each_scale, print_message, sheet
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.content import SIDE
from tray_app.desktop.popup.sparkline import Sparkline
from tray_app.desktop.widgets.theme import themed
from tray_app.desktop.windows.history_window import EMPTY_SIZE, SIZE, HistoryWindow
from tray_app.lemlist.balance import Balance
from tray_app.report.history_view import HistoryView, history_of, sum_of_teams
from tray_app.report.points import trend_of
from tray_app.rules.analysis import conclude, learn
from tray_app.rules.history import BUCKETS, Record
from tray_app.rules.levels import Level
from tray_app.team.watch import Reading, Snapshot

FONT = "Inter"
CARD_WIDTH = 340
POLL = 300  # seconds
WORK = range(8, 19)  # hours
TEAMS = (
    ("Acme Growth", "default"),
    ("International Partnerships and Customer Success, Europe", "team-2"),
    ("Cobalt Sales", "team-3"),
)


@dataclass
class Account:
    """What a made-up team has left."""

    subscription: int
    paid: int
    gifted: int

    def spend(self, amount: int) -> None:
        """Take from the gifted credits first, then from the plan's, then from the bought ones."""
        for bucket in ("gifted", "subscription", "paid"):
            part = min(amount, getattr(self, bucket))
            setattr(self, bucket, getattr(self, bucket) - part)
            amount -= part

    @property
    def credits(self) -> int:
        """All that is left."""
        return self.subscription + self.paid + self.gifted


@cache
def believable(
    days: int, *, scale: float = 1, drain: int | None = 9, with_buckets: bool = True
) -> list[Record]:
    """The records of a team that works on weekdays, buys when little is left, and has one drain.

    ``drain`` is how many days ago it was; ``scale`` multiplies all amounts.
    """
    chance = Random(7)
    account = Account(round(8_000 * scale), round(3_000 * scale), round(600 * scale))
    records: list[Record] = []
    for at in moments(days, chance):
        if at.day == 1 and at.hour == 0 and at.minute < 5:
            account.subscription = round(8_000 * scale)
        if account.credits < 1_800 * scale and at.hour == 10 and at.weekday() < 5:
            account.paid += round(5_000 * scale)
        if at.weekday() < 5 and at.hour in WORK and chance.random() < 0.3:
            account.spend(round(scale * chance.lognormvariate(2.9, 0.9)))
        if drain is not None and NOW - timedelta(days=drain, minutes=48) < at <= NOW - timedelta(
            days=drain, minutes=33
        ):
            account.spend(round(750 * scale))
        add(records, account, int(at.timestamp()), with_buckets=with_buckets)
    return records


def moments(days: int, chance: Random) -> Iterator[datetime]:
    """Yield when the balance is read: every five minutes, but for some nights without a network."""
    at = NOW - timedelta(days=days)
    while at <= NOW:
        if at.hour == 0 and at.minute < 5 and chance.random() < 0.1:
            at += timedelta(hours=9)
        yield at
        at += timedelta(seconds=POLL)


def add(records: list[Record], account: Account, at: int, *, with_buckets: bool) -> None:
    """Add a reading: a new record, or more of the last one when nothing has changed."""
    amounts = (account.subscription, account.paid, account.gifted, 0) if with_buckets else ()
    fresh = Record(at, at, account.credits, *amounts)
    if records and records[-1][2:] == fresh[2:]:
        records[-1] = records[-1]._replace(last=at)
    else:
        records.append(fresh)


def view(records: list[Record], days: int, team: str = "Acme Growth") -> HistoryView:
    """What the window shows of records, with the forecast that is made of them."""
    snapshot = known(records) if records else Snapshot()
    return history_of(records, days, team, FORMATS, int(NOW.timestamp()), snapshot, 500)


def known(records: list[Record]) -> Snapshot:
    """What the program knows of a team whose balance was just read."""
    amounts = dict(zip(BUCKETS, records[-1].buckets, strict=True))
    balance = Balance(records[-1].credits, records[-1].credits, **amounts)
    analysis = conclude(
        learn(records, NOW), [], balance.credits, balance.subscription, NOW, renewal_day=None
    )
    return Snapshot(Reading(balance, NOW), Level.HEALTHY, analysis=analysis)


def hover(widget: QWidget, share: float) -> None:
    """Move the pointer to a place, from the left edge at 0 to the right one at 1."""
    place = QPointF(widget.width() * share, widget.height() / 2)
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        place,
        widget.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, move)


def usual() -> Iterator[tuple[str, HistoryWindow]]:
    """Yield the window as most people see it; at 1x that is all there is to look at."""
    yield "30-days", window(view(believable(60), 30))


def windows() -> Iterator[tuple[str, HistoryWindow]]:
    """Yield the window in each situation that is worth a look."""
    year = believable(365)
    yield "one-increase-365", window(view(increases(1), 365))
    for days in (30, 90, 365):
        yield f"forty-increases-{days}", window(view(increases(40), days))
    yield "idle", window(view(idle(), 30))
    yield "ends-tomorrow", window(view(ending(), 30))
    yield "events", window(view(eventful(), 30))
    FORMATS.hidden_until = NOW
    yield "hidden", window(view(believable(60), 30))
    FORMATS.hidden_until = None
    yield from usual()
    pointed = window(view(believable(60), 30))
    hover(pointed.chart, 0.7)
    yield "pointed", pointed
    yield "7-days", window(view(believable(60), 7))
    yield "90-days", window(view(believable(60), 90))
    yield "365-days", window(view(year, 365))
    keys = window(view(year, 365))
    keys.chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(9):
        QTest.keyClick(keys.chart, Qt.Key.Key_Left)
    yield "365-keys", keys
    yield "first-days", window(view(believable(3, drain=None), 30))
    yield "millions", window(view(believable(60, scale=250), 30))
    yield "no-buckets", window(view(believable(60, with_buckets=False), 30))
    yield "some-buckets", window(view(half_known(), 30))
    said = window(view(believable(60), 30, "Acme Growth & Partnerships, Europe and Africa"))
    said.show_message("Saved as lemlist-credits.csv.")
    yield "said", said
    yield "empty", window(view([], 30))
    yield "several", window(view(believable(60), 30), "default")
    yield "several-empty", window(view([], 30), "team-3")
    for days in (30, 365):
        yield f"all-teams-{days}", window(all_teams(days), "")


def window(history: HistoryView, account: str | None = None) -> HistoryWindow:
    """Show a history, as large as on a large screen; with an account it is of one of several."""
    result = HistoryWindow(FORMATS)
    if account is not None:
        result.show_teams(TEAMS, account)
    result.show_history(history)
    result.resize(SIZE if history.points else EMPTY_SIZE)
    return shown(result)


def all_teams(days: int) -> HistoryView:
    """The sum of teams of which one is of the last weeks, and one has no history yet."""
    pasts = [believable(365), believable(60, scale=2), believable(17, drain=None), []]
    return sum_of_teams(pasts, days, "All teams", FORMATS, int(NOW.timestamp()))


def spending(
    days: int,
    credits: int,
    *,
    increases: Collection[int] = (),
    gain: int = 5_000,
    pace: int = 12,
    drains: Collection[int] = (),
) -> list[Record]:
    """Records of a team that spends evenly; at some polls credits were added, or many spent."""
    chance, records = Random(3), list[Record]()
    account = Account(0, credits, 0)
    for number, at in enumerate(moments(days, chance)):
        account.paid += gain * (number in increases)
        if at.weekday() < 5 and at.hour in WORK:
            account.spend(chance.randrange(pace + 1))
        account.spend(600 * (number in drains))
        add(records, account, int(at.timestamp()), with_buckets=True)
    return records


@cache
def increases(count: int) -> list[Record]:
    """Records of a year in which credits were added so often, at no regular times."""
    polls = 365 * 86_400 // POLL
    chance = Random(11)
    when = {polls - 2_000, *(chance.randrange(polls) for _ in range(count - 1))}
    return spending(365, 60_000 + 150_000 // count, increases=when, gain=150_000 // count)


def idle() -> list[Record]:
    """Records of a team that spends nothing."""
    return spending(60, 3_000, pace=0)


def ending() -> list[Record]:
    """Records of a team whose credits are likely to run out on its next working day."""
    records = spending(60, 100_000)
    rest = records[-1].credits - 400
    return [
        record._replace(credits=record.credits - rest, paid=record.credits - rest)
        for record in records
    ]


def eventful() -> list[Record]:
    """Records with a drain of 25 minutes, one with a pause, and an increase beside them."""
    polls = 60 * 86_400 // POLL
    begin = polls - 9 * 86_400 // POLL
    drains = {begin + n for n in (160, 161, 162, 163, 164, 172, 173)}
    return spending(60, 90_000, increases={begin + 900}, drains=drains)


def half_known() -> list[Record]:
    """Records of which the buckets were not known at first."""
    records = believable(60)
    known = len(records) * 3 // 4
    return [*(Record(*record[:3]) for record in records[:known]), *records[known:]]


def cards() -> Iterator[QWidget]:
    """Yield the sparkline in each situation that is worth a look, as it stands in the popup."""
    for records, days, is_stale, pointed in (
        (believable(60), 30, False, None),
        (believable(60), 7, False, 0.5),
        (believable(60), 90, False, None),
        (believable(60), 30, True, None),
        (believable(3, drain=None), 30, False, None),
        (believable(120, scale=250), 90, False, 0.8),
    ):
        card = QWidget()
        card.setPalette(themed(QApplication.palette()))
        card.setFixedWidth(CARD_WIDTH)
        column = QVBoxLayout(card)
        column.setContentsMargins(SIDE, SIDE, SIDE, SIDE)
        sparkline = Sparkline(FORMATS, Actions().history)
        column.addWidget(sparkline)
        trend = trend_of(records, days, int(NOW.timestamp()))
        sparkline.show_trend(trend, is_stale=is_stale, low=2_000)
        card.show()
        if pointed is not None:
            hover(sparkline.graph, pointed)
        yield card


def picture(widget: QWidget) -> QImage:
    """Take the picture of a window, and close it."""
    QApplication.processEvents()
    image = widget.grab().toImage()
    widget.close()
    widget.deleteLater()
    return image


def make(folder: Path) -> list[Path]:
    """Paint everything into `folder` and return the files."""
    paint_at_each_scale("tests.pictures.history", folder)
    return sorted((*folder.glob("history-*.png"), *folder.glob("sparkline-*.png")))


def main(folder: Path, scale: str) -> None:
    """Paint the pictures of one scale."""
    qInstallMessageHandler(print_message)
    app = QApplication([])
    app.setFont(QFont(FONT, 10))
    for theme, palette in (("light", QPalette(app.palette())), ("dark", dark_palette(app))):
        app.setPalette(palette)
        pictures = {
            f"sparkline-{theme}-{scale}x": sheet([picture(card) for card in cards()]),
            **{
                f"history-{name}-{theme}-{scale}x": picture(window)
                for name, window in (usual() if scale == "1" else windows())
            },
        }
        for name, image in pictures.items():
            if not image.save(str(folder / f"{name}.png")):
                raise OSError(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

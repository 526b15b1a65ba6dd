"""Pictures of the popup, to be looked at: every state, dark and light, at 1x and 2x."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPalette, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from tests.examples import HEALTHY, NOW
from tests.pictures.picture_sheets import GAP, sheet
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.popup import Popup
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.report.points import trend_of
from tray_app.report.view import view_of
from tray_app.rules.alerts import Snooze
from tray_app.rules.analysis import Analysis, conclude, learn
from tray_app.rules.forecast import TooEarly
from tray_app.rules.history import Record
from tray_app.rules.levels import Thresholds, level_of
from tray_app.sandbox.past import past_of_demo
from tray_app.store.settings import Settings
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Reading, Snapshot

DESKTOPS = {"light": "#8C96A8", "dark": "#0D1117"}


@dataclass(frozen=True)
class State:
    """What a picture shows."""

    name: str
    snapshot: Snapshot
    is_busy: bool = False
    said: str = ""
    hides: bool = False
    past: tuple[Record, ...] = ()


def known(balance: Balance, now: datetime, *, age: int = 2) -> Snapshot:
    """A snapshot with figures that are `age` minutes old."""
    return Snapshot(
        reading=Reading(balance, now - timedelta(minutes=age)),
        level=level_of(balance.credits, Thresholds()),
        team="Acme Growth",
        key_source=KeySource.KEYCHAIN,
        next_at=now + timedelta(minutes=3, seconds=5),
    )


def with_past(name: str, snapshot: Snapshot, now: datetime, days: int = 60) -> State:
    """The same after some days like those of the demo's team, of this team's size."""
    assert snapshot.reading is not None
    balance = snapshot.reading.balance
    whole = past_of_demo(now)
    size = balance.credits / whole[-1].credits
    past = tuple(
        Record(first, last, *(round(amount * size) for amount in amounts if amount is not None))
        for first, last, *amounts in whole
        if last > now.timestamp() - days * 86_400
    )
    analysis = conclude(
        learn(past, now.astimezone()), (), balance.credits, balance.subscription, now, None
    )
    return State(name, replace(snapshot, analysis=analysis), past=past)


def ending(now: datetime) -> State:
    """A healthy amount of a team that spends much more."""
    whole = with_past("ends-soon", known(HEALTHY, now), now)
    few = known(Balance(2_430, 2_430, 1_000, 1_100, 330, 0), now)
    reading = few.reading
    assert reading is not None
    analysis = conclude(
        learn(whole.past, now.astimezone()), (), reading.balance.credits, 1_000, now, None
    )
    return replace(whole, snapshot=replace(few, analysis=analysis))


def states(now: datetime) -> Iterator[State]:
    """Yield what is worth a look."""
    healthy = known(HEALTHY, now)
    low = known(Balance(480, 480, 80, 390, 10, 0), now)
    soon = now + timedelta(minutes=4, seconds=5)

    def without(kind: Kind) -> Snapshot:
        return Snapshot(problem=Problem(kind), next_at=soon)

    millions = known(Balance(1_234_567, 1_234_567, 1_000_000, 234_000, 560, 7), now)
    yield with_past("healthy", healthy, now)
    yield with_past("low", low, now)
    yield ending(now)
    yield replace(with_past("hidden", healthy, now), hides=True)
    yield replace(with_past("hidden-low", low, now), hides=True)
    yield with_past("critical", known(Balance(62, 62, 0, 60, 2, 0), now), now)
    since = int((now - timedelta(hours=3, minutes=38)).timestamp())
    empty = replace(
        known(Balance(0, 0, 0, 0, 0, 0), now), analysis=Analysis(TooEarly(None), empty_since=since)
    )
    yield State("empty", empty)
    yield with_past("millions", millions, now)
    yield with_past("young", healthy, now, days=3)
    yield State("new", healthy)
    yield State("largest", known(Balance(2**53, 2**53, 2**52, 2**52, 0, 0), now))
    yield State(
        "long-name",
        replace(healthy, team="Acme Growth & Partnerships, Europe, Middle East and Africa"),
    )
    yield State("buckets-unknown", known(Balance(12_430), now))
    yield State("bucket-negative", known(Balance(500, 500, 520, -20, None, 0), now))
    old = known(Balance(480, 480, 80, 390, 10, None), now, age=38)
    offline = replace(old, problem=Problem(Kind.OFFLINE), next_at=soon)
    yield with_past("offline-low", offline, now)
    yield State("limited", replace(healthy, problem=Problem(Kind.RATE_LIMITED)))
    yield State("refused", replace(healthy, problem=Problem(Kind.UNAUTHORIZED)))
    yield State("loading", Snapshot(), is_busy=True)
    yield State("no-key", without(Kind.NO_KEY))
    yield State("locked", without(Kind.KEYCHAIN_LOCKED))
    yield State("refused-at-first", without(Kind.UNAUTHORIZED))
    yield State("offline-at-first", without(Kind.OFFLINE))
    yield State("no-keychain", without(Kind.KEYCHAIN_UNAVAILABLE))
    yield State("busy", healthy, is_busy=True)
    yield State("snoozed", replace(low, snooze=Snooze(until=now + timedelta(hours=1))))
    yield State(
        "all-notes",
        replace(low, snooze=Snooze(level=low.level), key_source=KeySource.ENVIRONMENT),
        said="The settings file was broken. It is kept as settings.broken.json.",
    )
    yield State(
        "empty-offline",
        replace(known(Balance(0, 0, 0, 0, 0, 0), now, age=38), problem=Problem(Kind.TIMEOUT)),
    )


def palette(*, dark: bool) -> QPalette:
    """The window colours of a dark or light desktop."""
    if not dark:
        return QPalette(QColor("#EFEFEF"))
    return QPalette(QColor("#2B2F36"))


def picture(state: State, now: datetime, *, dark: bool, scale: int) -> QImage:
    """Render the popup in one state."""
    settings, formats = Settings(), QtFormats(QLocale("en_US"))
    formats.hidden_until = now + timedelta(minutes=45) if state.hides else None
    actions, view = Actions(), view_of(state.snapshot, settings, formats, now)
    actions.hide_figures.setChecked(state.hides)
    popup = Popup(formats, actions, now=lambda: now)
    popup.setPalette(palette(dark=dark))
    actions.show_view(view)
    popup.show_view(view)
    trend = trend_of(state.past, 30, int(now.timestamp()))
    popup.show_trend(trend, low=settings.thresholds.low)
    popup.set_busy(state.is_busy)
    popup.say(state.said)
    popup.open(QRect(QPoint(700, 0), QPoint(720, 20)))
    return taken_from(popup, scale)


def taken_from(popup: Popup, scale: int) -> QImage:
    """Return the picture of an open popup, and close the popup for good."""
    QApplication.processEvents()
    image = QImage(popup.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    popup.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    popup.close()
    popup.deleteLater()
    return image


def make(folder: Path) -> list[Path]:
    """Write a sheet for each brightness and scale, and a picture for each state at 2x."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for brightness, desktop in DESKTOPS.items():
        for scale in (1, 2):
            pictures = {
                state.name: picture(state, NOW, dark=brightness == "dark", scale=scale)
                for state in states(NOW)
            }
            all_states = sheet([*pictures.values()], per_row=4, gap=GAP * scale, ground=desktop)
            wanted = {f"popup-{brightness}-{scale}x": all_states}
            if scale == 2:
                wanted |= {f"popup-{name}-{brightness}": one for name, one in pictures.items()}
            for name, image in wanted.items():
                files.append(folder / f"{name}.png")
                if not image.save(str(files[-1])):
                    raise OSError(files[-1])
    return files

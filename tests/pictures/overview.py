"""Pictures of several teams on the popup: two, six, twenty; and of all that a team can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtGui import QImage

from tests.examples import NOW, rhythm
from tests.pictures.picture_sheets import GAP, sheet
from tests.pictures.popup import DESKTOPS, palette, taken_from
from tray_app.desktop.actions import Actions
from tray_app.desktop.popup.popup import Popup
from tray_app.desktop.system.qt_formats import QtFormats
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.report.overview import overview_of
from tray_app.report.team_views import TeamView, team_names, team_view
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import Forecast, RunsOut, TooEarly
from tray_app.rules.levels import Thresholds, level_of
from tray_app.store.settings import Settings, TeamEntry
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.formats import Formats

Named = tuple[str, Snapshot]
CITIES = (
    *("Iberia", "UK", "Growth", "DACH", "Nordics", "Labs", "Benelux", "France", "Italia", "Polska"),
    *("Baltics", "Ireland", "Israel", "Japan", "Korea", "Brasil", "Mexico", "Canada", "West"),
    *("East", "Partners", "Agency", "Events", "Talent"),
)


@dataclass(frozen=True)
class State:
    """What a picture shows."""

    name: str
    teams: tuple[Named, ...]
    hides: bool = False
    is_unfolded: bool = False
    page: int | None = None
    """Whose page is shown, if it is not the overview."""
    direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight
    text: float = 1
    """How many times larger than usual the text is."""


def known(
    credits: int, now: datetime = NOW, *, days: int | None = None, work: int = 0, age: int = 2
) -> Snapshot:
    """A balance that was read `age` minutes ago, and ends in so many days, of which some work."""
    analysis = Analysis(TooEarly(None), peak=14_000)
    if days is not None:
        day = now.astimezone().date() + timedelta(days)
        analysis = Analysis(
            rhythm(400, 500, 600),
            Forecast(400, RunsOut(day, day, day)),
            working_days=work,
            warns=True,
            peak=14_000,
        )
    reading = Reading(Balance(credits, credits, credits, 0, 0, 0), now - timedelta(minutes=age))
    level = level_of(credits, Thresholds())
    return Snapshot(reading, level, analysis=analysis, next_at=now + timedelta(minutes=3))


def stopped(now: datetime = NOW) -> Snapshot:
    """A team without credits since some hours."""
    since = int((now - timedelta(hours=3, minutes=38)).timestamp())
    analysis = Analysis(TooEarly(None), peak=9_000, empty_since=since)
    return replace(known(0, now), analysis=analysis)


def six(now: datetime = NOW) -> tuple[Named, ...]:
    """One team of each kind."""
    return (
        ("Acme DACH", known(3_150, now, days=8, work=6)),
        ("Acme Growth", known(480, now, days=2, work=1)),
        ("Acme Iberia", stopped(now)),
        ("Acme Labs", replace(known(9_840, now, age=38), problem=Problem(Kind.OFFLINE))),
        ("Acme Nordics", known(12_430, now, days=11, work=8)),
        ("Acme UK", known(62, now, days=0)),
    )


def many(count: int, now: datetime = NOW) -> tuple[Named, ...]:
    """So many teams, of which few need their user."""
    rest = (
        (f"Acme {city}", known(2_000 + 431 * number, now, days=8 + number, work=6 + number))
        for number, city in enumerate(CITIES * 3)
    )
    taken = {name for name, _ in six(now)}
    others = [one for one in rest if one[0] not in taken][: count - 6]
    return (*six(now), *others)


def states(now: datetime = NOW) -> Iterator[State]:
    """Yield what is worth a look."""
    offline = Problem(Kind.OFFLINE)
    yield State("six", six(now))
    yield State("six-hidden", six(now), hides=True)
    yield State("two", six(now)[::4])
    yield State("page", six(now), page=4)
    yield State("twenty", many(20, now))
    yield State("twenty-unfolded", many(20, now), is_unfolded=True)
    yield State("twenty-healthy", tuple(many(26, now)[6:]))
    yield State("nine-hidden", many(9, now), hides=True)
    yield State(
        "bad",
        (
            ("Locked", Snapshot(problem=Problem(Kind.KEYCHAIN_LOCKED))),
            ("Without a key", Snapshot(problem=Problem(Kind.NO_KEY))),
            ("Refused", replace(known(9_840, now), problem=Problem(Kind.UNAUTHORIZED))),
            ("Never reached", Snapshot(problem=offline)),
            ("Loading", Snapshot()),
            ("Critical and old", replace(known(62, now, age=38), problem=offline)),
            ("Too many requests", replace(known(9_840, now), problem=Problem(Kind.RATE_LIMITED))),
        ),
    )
    yield State(
        "names",
        (
            ("Acme Growth & Partnerships, Europe, Middle East and Africa " * 3, stopped(now)),
            ("نمو أكمي الدولية", known(480, now, days=1, work=1)),
            ("🚀 Rocket 👩‍🚀 Crew", known(12_430, now, days=11, work=8)),
            ("", known(1_234_567, now)),
            ("Umlaut Übergrößenträger GmbH & Co. KG", known(2**53, now)),
        ),
    )
    yield State("right-to-left", six(now), direction=Qt.LayoutDirection.RightToLeft)
    yield State("large-text", six(now), text=1.5)


def team_views(named: Sequence[Named], formats: Formats, now: datetime) -> list[TeamView]:
    """Return what is shown of teams with these names."""
    names = team_names([(TeamEntry(name=name), None) for name, _ in named])
    return [
        team_view(f"team-{number}", name, snapshot, Settings(), formats, now)
        for number, (name, (_, snapshot)) in enumerate(zip(names, named, strict=True))
    ]


def picture(state: State, now: datetime, *, dark: bool, scale: int) -> QImage:
    """Render the popup in one state."""
    formats, actions = QtFormats(QLocale("en_US")), Actions()
    formats.hidden_until = now + timedelta(minutes=45) if state.hides else None
    actions.hide_figures.setChecked(state.hides)
    teams = team_views(state.teams, formats, now)
    page = teams[state.page or 0]
    popup = Popup(formats, actions, now=lambda: now)
    popup.setPalette(palette(dark=dark))
    popup.setLayoutDirection(state.direction)
    font = popup.font()
    font.setPointSizeF(font.pointSizeF() * state.text)
    popup.setFont(font)
    popup.show_view(page.view)
    popup.show_overview(overview_of(teams, page.account, formats, now))
    anchor = QRect(QPoint(700, 0), QPoint(720, 20))
    popup.open(anchor, to_overview=state.page is None)
    if state.is_unfolded and popup.overview is not None:
        popup.overview.fold.click()
    return taken_from(popup, scale)


def make(folder: Path) -> list[Path]:
    """Write a sheet for each brightness and scale."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for brightness, desktop in DESKTOPS.items():
        for scale in (1, 2):
            pictures = [
                picture(state, NOW, dark=brightness == "dark", scale=scale) for state in states()
            ]
            files.append(folder / f"overview-{brightness}-{scale}x.png")
            image = sheet(pictures, per_row=4, gap=GAP * scale, ground=desktop)
            if not image.save(str(files[-1])):
                raise OSError(files[-1])
    return files

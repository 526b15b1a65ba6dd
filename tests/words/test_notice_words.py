"""What notifications say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import rhythm
from tests.fakes import NOON, FakeFormats
from tray_app.lemlist.balance import Balance
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.analysis import Analysis
from tray_app.rules.drains import Drain
from tray_app.rules.forecast import Forecast, RunsOut
from tray_app.rules.prices import Prices
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.formats import day_words
from tray_app.words.notice_words import notice

FORMATS = FakeFormats()
TODAY = NOON.date()
"""A Sunday."""
SUDDEN = Drain(0, 600, 2_000, 90)


def on(day: int, month: int = 11, year: int = 2026) -> str:
    """Name a day as other messages do."""
    return day_words(date(year, month, day), FORMATS, TODAY)


def said(alert: Alert, days: int | None = None) -> tuple[str, str]:
    """Return what is said on a Sunday, of credits that are likely to last so many days."""
    analysis = None
    if days is not None:
        day = TODAY + timedelta(days)
        analysis = Analysis(rhythm(80, 100, 120), Forecast(100, RunsOut(day, day, day)))
    snapshot = Snapshot(Reading(Balance(alert.credits), NOON), analysis=analysis)
    return notice(snapshot, alert, Prices(), FORMATS, NOON)


@pytest.mark.parametrize(
    ("alert", "days", "title", "body"),
    [
        (
            Alert(AlertKind.LOW, 480),
            4,
            "Credits are low: 480 left",
            (
                f"Likely to run out on {on(26)}. Enough to find 96 emails. "
                "A team admin can buy more credits."
            ),
        ),
        (
            Alert(AlertKind.LOW, 5),
            None,
            "Credits are low: 5 left",
            "Enough to find 1 email. A team admin can buy more credits.",
        ),
        (
            Alert(AlertKind.LOW, 4),
            None,
            "Credits are low: 4 left",
            "A team admin can buy more credits.",
        ),
        (
            Alert(AlertKind.CRITICAL, 62),
            0,
            "Credits almost gone: 62 left",
            (
                f"Likely to run out today, {on(22)}. At zero, lemlist stops enriching leads. "
                "A team admin can buy more credits."
            ),
        ),
        (
            Alert(AlertKind.CRITICAL, 62, drain=SUDDEN),
            0,
            "Credits almost gone: 62 left",
            (
                f"Likely to run out today, {on(22)}. Unusual spending: 2,000 in 10 min. "
                "At zero, lemlist stops enriching leads."
            ),
        ),
        (
            Alert(AlertKind.EMPTY, 0),
            None,
            "No credits left",
            (
                "lemlist has stopped enriching leads, so campaigns are waiting. "
                "A team admin can buy more credits."
            ),
        ),
        (
            Alert(AlertKind.EMPTY, 0, drain=SUDDEN),
            None,
            "No credits left",
            (
                "lemlist has stopped enriching leads, so campaigns are waiting. "
                "Unusual spending: 2,000 in 10 min."
            ),
        ),
        (
            Alert(AlertKind.REFILL, 8_000, gained=7_910),
            None,
            "Credits added: 7,910",
            "Your team now has 8,000 credits.",
        ),
        (
            Alert(AlertKind.REFILL, 1, gained=1),
            None,
            "Credits added: 1",
            "Your team now has 1 credit.",
        ),
        (
            Alert(AlertKind.DRAIN, 480, drain=SUDDEN),
            None,
            "Unusual spending: 2,000 in 10 min",
            "Usual for that time: about 15. 480 credits left. Check what is running in lemlist.",
        ),
        (
            Alert(AlertKind.DRAIN, 480, drain=Drain(0, 6_000, 4_000, 852)),
            None,
            "Unusual spending: 4,000 in 100 min",
            "Usual for that time: about 1,400. 480 credits left. Check what is running in lemlist.",
        ),
        (
            Alert(AlertKind.DRAIN, 1, drain=Drain(0, 60, 4_000, 2), has_doubled=True),
            None,
            "Unusual spending: 4,000 in 1 min",
            (
                "Spending goes on and has doubled. Usual for that time: almost none. "
                "1 credit left. Check what is running in lemlist."
            ),
        ),
        (
            Alert(AlertKind.BUSY_DAY, 3_010),
            12,
            "One busy day could use up all credits",
            (
                f"3,010 credits left. Likely to run out on {on(4, 12)}. Enough to find 602 emails. "
                "A team admin can buy more credits."
            ),
        ),
    ],
    ids=lambda value: value.kind.value if isinstance(value, Alert) else "",
)
def test_notice(alert: Alert, days: int | None, title: str, body: str) -> None:
    assert said(alert, days) == (title, body)


@pytest.mark.parametrize(
    ("days", "in_title", "in_body"),
    [
        (-1, "today", f"today, {on(22)}"),
        (0, "today", f"today, {on(22)}"),
        (1, "tomorrow", f"on {on(23)}"),
        (6, "on Saturday", f"on {on(28)}"),
        (7, "on 29 Nov", f"on {on(29)}"),
        (400, "on 27 Dec 2027", f"on {on(27, 12, 2027)}"),
    ],
)
def test_the_day_on_which_credits_run_out(days: int, in_title: str, in_body: str) -> None:
    """The body says it in words that stay true, as it may be read on another day."""
    title, body = said(Alert(AlertKind.RUNS_OUT, 480), days)
    assert title == f"Credits likely to run out {in_title}"
    assert body.startswith(
        f"480 credits left. Likely to run out {in_body}. Enough to find 96 emails."
    )


@given(
    st.sampled_from(AlertKind),
    st.integers(0, 9_999_999),
    st.integers(0, 9_999_999),
    st.booleans(),
    st.integers(-1, 999),
)
def test_a_notice_fits_on_every_desktop(
    kind: AlertKind, credits: int, gained: int, has_doubled: bool, days: int
) -> None:
    drain = Drain(0, 4 * 3600, gained, gained)
    title, body = said(Alert(kind, credits, gained, drain, has_doubled), days)
    assert 0 < len(title) <= 40
    assert 0 < len(body) <= 120

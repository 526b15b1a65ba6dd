"""When it is what time on the clock, in zones whose clocks change, also as the system's zone."""

import os
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tray_app.rules.alerts import AlertState, SnoozeChoice, snoozed
from tray_app.rules.local_time import moment


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MORNINGS = [
    ("Europe/Paris", "2026-11-22T00:00+01:00", "2026-11-23T08:00+01:00"),
    ("Europe/Paris", "2026-11-22T23:59+01:00", "2026-11-23T08:00+01:00"),
    ("Europe/Paris", "2026-12-31T12:00+01:00", "2027-01-01T08:00+01:00"),
    # The clocks change in between.
    ("Europe/Berlin", "2026-10-24T12:00+02:00", "2026-10-25T08:00+01:00"),
    ("Europe/Berlin", "2026-03-28T12:00+01:00", "2026-03-29T08:00+02:00"),
    ("America/New_York", "2026-10-31T23:30-04:00", "2026-11-01T08:00-05:00"),
    ("America/New_York", "2026-03-07T09:00-05:00", "2026-03-08T08:00-04:00"),
    # By half an hour.
    ("Australia/Lord_Howe", "2026-04-04T12:00+11:00", "2026-04-05T08:00+10:30"),
    ("Australia/Lord_Howe", "2026-10-03T12:00+10:30", "2026-10-04T08:00+11:00"),
    # At midnight, which is missing, or comes an hour after the end of 23 o'clock.
    ("Africa/Cairo", "2026-04-23T22:00+02:00", "2026-04-24T08:00+03:00"),
    ("Africa/Cairo", "2026-10-29T22:00+03:00", "2026-10-30T08:00+02:00"),
    # The day after this one was left out.
    ("Pacific/Apia", "2011-12-29T12:00-10:00", "2011-12-31T08:00+14:00"),
]


@contextmanager
def system_zone(name: str) -> Iterator[None]:
    """Set this computer's clocks to a zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    clock.tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        clock.tzset()


@pytest.mark.parametrize(("zone", "now", "until"), MORNINGS)
def test_tomorrow_is_the_next_morning(zone: str, now: str, until: str) -> None:
    begun = at(now).astimezone(UTC)
    snoozes = [snoozed(AlertState(), SnoozeChoice.TOMORROW, begun, ZoneInfo(zone)).snooze]
    with system_zone(zone):
        snoozes.append(snoozed(AlertState(), SnoozeChoice.TOMORROW, begun).snooze)
        # As a clock of that computer tells it, which knows no more than its distance to UTC.
        told = begun.astimezone()
        snoozes.append(snoozed(AlertState(), SnoozeChoice.TOMORROW, told).snooze)
    for snooze in snoozes:
        assert snooze is not None
        assert snooze.until == at(until)
        assert snooze.is_running(begun)


ZONES = [
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut"),
    *("America/Havana", "Antarctica/Troll", "Asia/Kathmandu", "Pacific/Apia", "Asia/Gaza"),
]


@pytest.mark.parametrize("zone", ZONES)
def test_a_moment_is_when_clocks_show_it(zone: str) -> None:
    """On each of 400 days, at midnight, in the night when clocks change, and in the morning."""
    for name in (zone, None):
        with system_zone(zone):
            rules = ZoneInfo(name) if name else None
            for day in (date(2026, 1, 1) + timedelta(days) for days in range(400)):
                for hour in (time(), time(2, 30), time(8)):
                    found = moment(day, hour, rules)
                    shown = found.astimezone(rules).replace(tzinfo=None)
                    asked = datetime.combine(day, hour)
                    earlier = found - timedelta(hours=1)
                    if shown == asked:
                        assert earlier.astimezone(rules).replace(tzinfo=None) != asked
                    else:  # left out
                        assert timedelta() < shown - asked <= timedelta(hours=2)

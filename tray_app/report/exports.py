"""What scripts and spreadsheets read: JSON objects, and the history as CSV (RFC 4180).

Names are the same in every language, amounts are credits, times UTC unless they say *local*. What
is unknown is null in JSON and empty in CSV. Files of CSV are opened with ``newline=""``, as the
lines end as RFC 4180 wants it.
"""

import csv
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from tray_app.errors import Problem
from tray_app.rules.alerts import urgency
from tray_app.rules.forecast import Forecast
from tray_app.rules.history import BUCKETS, Day, Record
from tray_app.rules.levels import Level
from tray_app.rules.local_time import midnight
from tray_app.rules.prices import buys
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.command_words import ONLY_TEAMS, KeyOrigin, problem_in_terminal

_AMOUNTS = ("credits", *BUCKETS)
_READING = ("first_utc", "first_local", "last_utc", "last_local", *_AMOUNTS)
_DAY = ("date", "begin_utc", "begin_local", "seen", *_AMOUNTS, "spent", "refilled")

_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")
"""With these a cell begins that a spreadsheet reckons (OWASP, "CSV Injection")."""
_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


def status_json(
    reading: Reading, snapshot: Snapshot, settings: Settings, name: str = ""
) -> dict[str, Any]:
    """Return what a good reading says, and what its snapshot and the settings make of it.

    ``name`` is how the user calls the team, if not as lemlist does.
    """
    balance = reading.balance
    return {
        "team": name or snapshot.team,
        "credits": balance.credits,
        "remaining": {
            name: getattr(balance, name)
            for name in ("total", "freemium", "subscription", "gifted", "paid")
        },
        "level": snapshot.level,
        "urgency": _urgency(snapshot, settings),
        "fetched_at": _iso(reading.at),
        "forecast": _forecast(
            snapshot.analysis.forecast if snapshot.analysis else None, balance.credits
        ),
        "buys": buys(balance.credits, settings.prices),
    }


def _urgency(snapshot: Snapshot, settings: Settings) -> Level | None:
    """Return what the icon shows: the level of the amount, or that of the time that is left."""
    if snapshot.level is None or snapshot.analysis is None:
        return snapshot.level
    return urgency(snapshot.level, snapshot.analysis.evidence(settings.warn_within))


def history_json(
    team: str, team_id: str | None, seen_at: datetime | None, days: Iterable[Day]
) -> dict[str, Any]:
    """Return what the days of a team were like; ``seen_at`` is when it was seen last."""
    return {
        "team": team or None,
        "team_id": team_id,
        "fetched_at": _iso(seen_at) if seen_at else None,
        "days": [
            {
                "date": day.date.isoformat(),
                "seen": day.is_seen,
                "credits": day.close.credits,
                "remaining": {name: getattr(day.close, name) for name in BUCKETS},
                "spent": round(day.spent, 2),
                "refilled": sum(refill.amount for refill in day.refills),
            }
            for day in days
        ],
    }


def teams_json(teams: Iterable[tuple[str, str | None, dict[str, Any]]]) -> dict[str, Any]:
    """Return the name of each team, lemlist's identity of it, and what is known, or the error."""
    return {"teams": [{"team": name, "team_id": team_id, **told} for name, team_id, told in teams]}


def problem_json(problem: Problem, origin: KeyOrigin = ONLY_TEAMS) -> dict[str, Any]:
    """Return why there is no balance, by a key of this origin; ``retry_after`` is in seconds."""
    told = error_json(problem.kind, *problem_in_terminal(problem, origin))
    if problem.retry_after is not None:
        told["error"]["retry_after"] = math.ceil(problem.retry_after)
    return told


def error_json(kind: str, title: str, message: str) -> dict[str, Any]:
    """Return why there is no answer."""
    return {"error": {"kind": kind, "title": title, "message": message}}


def readings_csv(records: Iterable[Record], out: TextIO) -> None:
    """Write a line for each stretch of time in which the amounts stayed the same."""
    _write(out, _READING, map(_reading_line, records))


def days_csv(days: Iterable[Day], out: TextIO) -> None:
    """Write a line for each local day: when it began, its close, and what changed.

    ``seen`` is 0 for a day on which nothing was seen: its close is that of the day before, and its
    spending is a share of what was spent while nobody looked.
    """
    _write(out, _DAY, map(_day_line, days))


def teams_readings_csv(teams: Iterable[tuple[str, Iterable[Record]]], out: TextIO) -> None:
    """Write the lines of :func:`readings_csv` for each team, with the team's name before them."""
    lines = ((_text(name), *_reading_line(record)) for name, past in teams for record in past)
    _write(out, ("team", *_READING), lines)


def teams_days_csv(teams: Iterable[tuple[str, Iterable[Day]]], out: TextIO) -> None:
    """Write the lines of :func:`days_csv` for each team, with the team's name before them."""
    lines = ((_text(name), *_day_line(day)) for name, days in teams for day in days)
    _write(out, ("team", *_DAY), lines)


def _write(out: TextIO, headings: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    table = csv.writer(out)
    table.writerow(headings)
    table.writerows(lines)


def _text(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula."""
    is_formula = text.startswith(_FORMULA_BEGINS) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _reading_line(record: Record) -> tuple[object, ...]:
    return (*_utc_and_local(record.first), *_utc_and_local(record.last), *record.amounts)


def _day_line(day: Day) -> tuple[object, ...]:
    return (
        day.date.isoformat(),
        *_utc_and_local(midnight(day.date)),
        int(day.is_seen),
        *day.close.amounts,
        f"{day.spent:.2f}",
        sum(refill.amount for refill in day.refills),
    )


def _utc_and_local(seconds: int) -> tuple[str, str]:
    at = datetime.fromtimestamp(seconds, UTC)
    return _iso(at), at.astimezone().isoformat()


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _forecast(forecast: Forecast | None, credits: int) -> dict[str, Any] | None:
    if forecast is None:
        return None
    days = None
    # Of a balance that has run out the forecast says today, on each day anew.
    if credits > 0 and (runs_out := forecast.runs_out) is not None:
        dates = {"from": runs_out.earliest, "likely": runs_out.likely, "to": runs_out.latest}
        days = {name: day.isoformat() if day else None for name, day in dates.items()}
    return {"per_working_day": round(forecast.per_working_day, 1), "runs_out": days}

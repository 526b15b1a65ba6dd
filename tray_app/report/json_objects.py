"""What scripts read: the balance, the history and problems as JSON objects.

Names are the same in every language, amounts are credits, times UTC, and what is unknown is null.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tray_app.errors import Problem
from tray_app.rules.buckets import BUCKETS
from tray_app.rules.forecast import Forecast
from tray_app.rules.history import Day
from tray_app.rules.prices import buys
from tray_app.store.settings import Settings
from tray_app.team.watch import Reading, Snapshot
from tray_app.words.problem_words import problem_words


def status_json(reading: Reading, snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    """Return what a good reading says, and what its snapshot and the settings make of it."""
    remaining = asdict(reading.balance)
    credits = remaining.pop("credits")
    return {
        "team": snapshot.team,
        "credits": credits,
        "remaining": {
            name: remaining[name]
            for name in ("total", "freemium", "subscription", "gifted", "paid")
        },
        "level": snapshot.level,
        "fetched_at": _iso(reading.at),
        "forecast": _forecast(snapshot.analysis.forecast if snapshot.analysis else None),
        "buys": buys(credits, settings.prices),
    }


def history_json(
    team: str, team_id: str | None, seen_at: datetime | None, days: Iterable[Day]
) -> dict[str, Any]:
    """Return what the days of a team were like; ``seen_at`` is when it was seen last."""
    return {
        "team": team or None,
        "team_id": team_id,
        "fetched_at": _iso(seen_at) if seen_at else None,
        "days": [_day(day) for day in days],
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return why there is no balance; ``retry_after`` is in seconds."""
    told = error_json(problem.kind, *problem_words(problem.kind))
    if problem.retry_after is not None:
        told["error"]["retry_after"] = math.ceil(problem.retry_after)
    return told


def error_json(kind: str, title: str, message: str) -> dict[str, Any]:
    """Return why there is no answer."""
    return {"error": {"kind": kind, "title": title, "message": message}}


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _forecast(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    told: dict[str, Any] = {"per_working_day": round(forecast.per_working_day, 1)}
    if (runs_out := forecast.runs_out) is None:
        return told | {"runs_out": None}
    days = {"from": runs_out.earliest, "likely": runs_out.likely, "to": runs_out.latest}
    told["runs_out"] = {name: day.isoformat() if day else None for name, day in days.items()}
    return told


def _day(day: Day) -> dict[str, Any]:
    return {
        "date": day.date.isoformat(),
        "seen": day.is_seen,
        "credits": day.close.credits,
        "remaining": {name: getattr(day.close, name) for name in BUCKETS},
        "spent": round(day.spent, 2),
        "refilled": sum(refill.amount for refill in day.refills),
    }

"""The history as CSV (RFC 4180), for spreadsheets and scripts.

Column names are the same in every language, since scripts rely on them. What is unknown is empty.
Files are opened with ``newline=""``, as the lines end as RFC 4180 wants it.
"""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import TextIO

from tray_app.rules.buckets import BUCKETS
from tray_app.rules.history import Day, Record
from tray_app.rules.local_time import MIDNIGHT

_AMOUNTS = ("credits", *BUCKETS)


def readings_csv(records: Iterable[Record], out: TextIO, zone: tzinfo | None = None) -> None:
    """Write a line for each time that the amounts (credits) stayed the same."""
    table = csv.writer(out)
    table.writerow(("first_utc", "first_local", "last_utc", "last_local", *_AMOUNTS))
    for record in records:
        first, last = (datetime.fromtimestamp(at, UTC) for at in (record.first, record.last))
        table.writerow((*_utc_and_local(first, zone), *_utc_and_local(last, zone), *record.amounts))


def days_csv(days: Iterable[Day], out: TextIO, zone: tzinfo | None = None) -> None:
    """Write a line for each local day: when it began, its close, and what changed (credits).

    ``seen`` is 1, or 0 for a day on which nothing was seen, so that its close is that of the day
    before, and what was spent on it is a share.
    """
    table = csv.writer(out)
    table.writerow(("date", "begin_utc", "begin_local", "seen", *_AMOUNTS, "spent", "refilled"))
    for day in days:
        midnight = datetime.combine(day.date, MIDNIGHT, zone)
        table.writerow(
            (
                day.date.isoformat(),
                *_utc_and_local(midnight.astimezone(UTC), zone),
                int(day.is_seen),
                *day.close.amounts,
                f"{day.spent:.2f}",
                sum(refill.amount for refill in day.refills),
            )
        )


def _utc_and_local(moment: datetime, zone: tzinfo | None) -> tuple[str, str]:
    utc = moment.replace(tzinfo=None).isoformat()
    return f"{utc}Z", moment.astimezone(zone).isoformat()

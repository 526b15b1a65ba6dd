"""What a notification says of an alert."""

from datetime import datetime

from tray_app.i18n import tr
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.drains import Drain
from tray_app.rules.prices import Prices
from tray_app.team.watch import Snapshot
from tray_app.words.amounts import credits_left_words
from tray_app.words.durations import whole_minutes
from tray_app.words.forecast_words import run_out_day, run_out_title, when_words, worth_words
from tray_app.words.formats import Formats


def notice(
    snapshot: Snapshot, alert: Alert, prices: Prices, formats: Formats, now: datetime
) -> tuple[str, str]:
    """Return the title and the body of a notification on a snapshot's alert."""
    left = credits_left_words(alert.credits, formats)
    day, today = run_out_day(snapshot.analysis), now.astimezone().date()
    when = when_words(day, formats, today, dated=True) if day is not None else ""
    worth = worth_words(alert.credits, prices, when, formats)
    match alert:
        case Alert(kind=AlertKind.LOW):
            body = tr("{worth} Top up before campaigns stop moving.", worth=worth)
        case Alert(kind=AlertKind.CRITICAL):
            body = tr("{worth} At zero, enrichment stops silently.", worth=worth)
        case Alert(kind=AlertKind.EMPTY):
            body = tr("Enrichment has stopped: campaigns don't move on until someone buys credits.")
        case Alert(kind=AlertKind.REFILL):
            return tr("+{gained} credits", gained=formats.number(alert.gained)), tr(
                "The balance is back at {amount}.", amount=formats.number(alert.credits)
            )
        case Alert(kind=AlertKind.RUNS_OUT):
            worth = worth_words(alert.credits, prices, "", formats)
            return run_out_title(when), tr("{left}. {worth}", left=left, worth=worth)
        case Alert(kind=AlertKind.BUSY_DAY):
            title = tr("One busy day could use up all credits")
            return title, tr("{left}. {worth}", left=left, worth=worth)
        case Alert(drain=Drain() as drain):
            usual = formats.number(drain.usual_per_hour)
            gone = tr("−{amount} credits in {n} min", **_spent(drain, formats))
            if alert.has_doubled:
                return gone, tr(
                    "It goes on, and has doubled. Usually −{usual} an hour. {left}.",
                    usual=usual,
                    left=left,
                )
            return gone, tr("Usually −{usual} an hour. {left}.", usual=usual, left=left)
        case _:
            raise AssertionError(alert)
    if alert.drain is not None:  # has brought the level, and no other notification tells of it
        words = _spent(alert.drain, formats)
        body = tr("{body} {amount} credits were spent within {n} min.", body=body, **words)
    return left, body


def _spent(drain: Drain, formats: Formats) -> dict[str, object]:
    return {"amount": formats.number(drain.amount), "n": whole_minutes(drain.end - drain.begin)}

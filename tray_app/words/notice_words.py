"""What a notification says of an alert."""

from datetime import datetime

from tray_app.i18n import tr
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.drains import Drain
from tray_app.rules.prices import Action, Prices, buys
from tray_app.team.watch import Snapshot
from tray_app.words.amounts import credits_left_words
from tray_app.words.durations import whole_minutes
from tray_app.words.forecast_words import run_out_date_words
from tray_app.words.formats import Formats


def notice(
    snapshot: Snapshot, alert: Alert, prices: Prices, formats: Formats, now: datetime
) -> tuple[str, str]:
    """Return the title and the body of a notification on a snapshot's alert."""
    left = credits_left_words(alert.credits, formats)
    runs_out = run_out_date_words(snapshot.analysis, formats, now.astimezone().date())
    worth = _worth(alert.credits, prices, runs_out, formats)
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
            title = tr("Credits are likely to run out {when}", when=runs_out)
            worth = _worth(alert.credits, prices, "", formats)
            return title, tr("{left}. {worth}", left=left, worth=worth)
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


def _worth(credits: int, prices: Prices, runs_out: str, formats: Formats) -> str:
    """Say what credits are worth, and when they run out if that is known."""
    count = buys(credits, prices)[Action.EMAIL_FOUND]
    mails = tr("About {n} e-mail", "About {n} e-mails", count, n=formats.number(count))
    if runs_out:
        return tr("{mails}; at this pace they run out {when}.", mails=mails, when=runs_out)
    return tr("{mails}.", mails=mails)

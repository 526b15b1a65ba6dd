"""What a notification says of an alert."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from tray_app.i18n import tr
from tray_app.rules.alerts import Alert, AlertKind
from tray_app.rules.drains import Drain
from tray_app.rules.prices import Action, Prices, buys
from tray_app.team.watch import Snapshot
from tray_app.words.durations import whole_minutes
from tray_app.words.forecast_words import WEEKDAY_WITHIN, run_out_day, two_digits
from tray_app.words.formats import Formats, day_words, short_day

LONGEST_TITLE = 40
LONGEST_BODY = 120
"""Characters; of more, services show only a part."""


def notice(
    snapshot: Snapshot,
    alert: Alert,
    prices: Prices,
    formats: Formats,
    now: datetime,
    team: str | None = None,
) -> tuple[str, str]:
    """Return the title and the body of a notification on a snapshot's alert.

    ``team`` is named in the title, which tells the alert in fewer words then. The body can be read
    alone, and on a later day. Who can act stands last, and is left out first where there is no
    room.
    """
    title, body = _notice(snapshot, alert, prices, formats, now)
    return (title if team is None else team_news(team, snapshot, alert, formats, now)), body


def team_news(team: str, snapshot: Snapshot, alert: Alert, formats: Formats, now: datetime) -> str:
    """Tell a team's news in a line, in which a long name is cut."""
    day, today = run_out_day(snapshot.analysis), now.astimezone().date()
    amount = formats.number(alert.credits)
    match alert:
        case Alert(kind=AlertKind.EMPTY):
            news = tr("no credits left")
        case Alert(kind=AlertKind.REFILL):
            news = tr(
                "{amount} credit added",
                "{amount} credits added",
                alert.gained,
                amount=formats.number(alert.gained),
            )
        case Alert(kind=AlertKind.RUNS_OUT) if day is not None:
            news = tr("likely to end {day}", day=short_day(max(day, today), formats, today))
        case Alert(kind=AlertKind.BUSY_DAY):
            news = tr("one busy day is left")
        case Alert(kind=AlertKind.DRAIN, drain=Drain() as drain):
            news = tr("{amount} spent in {n} min", **_figures(drain, formats))
        case _:
            news = tr("{amount} credit left", "{amount} credits left", alert.credits, amount=amount)
    return f"{shortened(team, LONGEST_TITLE - len(news) - 2)}: {news}"


def list_notice(news: Sequence[str], lacking: int) -> tuple[str, str]:
    """Return the title and the body of the one notification on the news of several teams.

    ``news`` has a line of each team, the most urgent first. ``lacking`` is how many of the teams
    have too few credits. Each line ends as a sentence: GNOME shows line breaks as spaces.
    """
    if lacking:
        title = tr("{n} team needs credits", "{n} teams need credits", lacking, n=lacking)
    else:
        title = tr("News of {n} team", "News of {n} teams", len(news), n=len(news))
    said = [tr("{news}.", news=each) for each in news]
    while True:
        left = len(news) - len(said)
        more = tr("And {n} more.", n=left) if left else ""
        body = "\n".join(filter(None, (*said, more)))
        if len(body) <= LONGEST_BODY or len(said) == 1:
            return title, body
        said.pop()


def shortened(name: str, most: int) -> str:
    """Return a team's name in at most so many characters.

    A number at its end, which may be all that tells teams of one name apart, is kept.
    """
    name = " ".join(name.split())
    if len(name) <= most:
        return name
    number = re.search(r" \(\d+\)$", name)
    end = number[0] if number is not None and len(number[0]) < most // 2 else ""
    return f"{name[: most - 1 - len(end)].rstrip()}…{end}"


def _notice(
    snapshot: Snapshot, alert: Alert, prices: Prices, formats: Formats, now: datetime
) -> tuple[str, str]:
    day, today = run_out_day(snapshot.analysis), now.astimezone().date()
    amount = formats.number(alert.credits)
    left = tr("{amount} credit left.", "{amount} credits left.", alert.credits, amount=amount)
    when = "" if day is None else _when_words(day, formats, today)
    spent = ""
    if alert.drain is not None:  # has brought a level, of which no other notification tells
        figures = _figures(alert.drain, formats)
        spent = tr("Unusual spending: {amount} in {n} min.", **figures)
    worth = _worth_words(alert.credits, prices, formats)
    admin = tr("A team admin can buy more credits.")
    match alert:
        case Alert(kind=AlertKind.LOW):
            title = tr("Credits are low: {amount} left", amount=amount)
            return title, _body(when, spent, worth, admin)
        case Alert(kind=AlertKind.CRITICAL):
            title = tr("Credits almost gone: {amount} left", amount=amount)
            at_zero = tr("At zero, lemlist stops enriching leads.")
            return title, _body(when, spent, at_zero, admin)
        case Alert(kind=AlertKind.EMPTY):
            stopped = tr("lemlist has stopped enriching leads, so campaigns are waiting.")
            return tr("No credits left"), _body(stopped, spent, admin)
        case Alert(kind=AlertKind.REFILL):
            title = tr("Credits added: {gained}", gained=formats.number(alert.gained))
            return title, tr(
                "Your team now has {amount} credit.",
                "Your team now has {amount} credits.",
                alert.credits,
                amount=amount,
            )
        case Alert(kind=AlertKind.RUNS_OUT) if day is not None:
            return _run_out_title(day, formats, today), _body(left, when, worth, admin)
        case Alert(kind=AlertKind.BUSY_DAY):
            title = tr("One busy day could use up all credits")
            return title, _body(left, when, worth, admin)
        case Alert(drain=Drain() as drain):
            title = tr("Unusual spending: {amount} in {n} min", **_figures(drain, formats))
            doubled = tr("Spending goes on and has doubled.") if alert.has_doubled else ""
            check = tr("Check what is running in lemlist.")
            return title, _body(doubled, _usual_words(drain, formats), left, check)
    raise AssertionError(alert)


def _body(*sentences: str) -> str:
    """Join the sentences that are not empty, and leave out the last ones that don't fit."""
    said = [sentence for sentence in sentences if sentence]
    while len(body := " ".join(said)) > LONGEST_BODY and len(said) > 1:
        said.pop()
    return body


def _when_words(day: date, formats: Formats, today: date) -> str:
    """Say when credits run out, in words that stay true on the following days."""
    named = day_words(max(day, today), formats, today)
    if day <= today:
        return tr("Likely to run out today, {day}.", day=named)
    return tr("Likely to run out on {day}.", day=named)


def _run_out_title(day: date, formats: Formats, today: date) -> str:
    days = (day - today).days
    if days <= 0:
        return tr("Credits likely to run out today")
    if days == 1:
        return tr("Credits likely to run out tomorrow")
    if days <= WEEKDAY_WITHIN:
        return tr("Credits likely to run out on {weekday}", weekday=formats.weekday_name(day))
    return tr("Credits likely to run out on {day}", day=short_day(day, formats, today))


def _worth_words(credits: int, prices: Prices, formats: Formats) -> str:
    """Say what credits buy; empty if that is nothing."""
    emails = buys(credits, prices)[Action.EMAIL_FOUND]
    n = formats.number(emails)
    return (
        tr("Enough to find {n} email.", "Enough to find {n} emails.", emails, n=n) if emails else ""
    )


def _figures(drain: Drain, formats: Formats) -> dict[str, object]:
    return {"amount": formats.number(drain.amount), "n": whole_minutes(drain.end - drain.begin)}


def _usual_words(drain: Drain, formats: Formats) -> str:
    """Say what is usually spent in the time that unusual spending took, with two digits."""
    usual = round(drain.usual_per_hour * (drain.end - drain.begin) / 3600)
    if not usual:
        return tr("Usual for that time: almost none.")
    return tr("Usual for that time: about {usual}.", usual=formats.number(two_digits(usual)))

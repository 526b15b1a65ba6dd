"""How long the balance lasts, and what to do about it, as an Analysis tells it.

That credits run out is said here alone, also for notifications; on which day, ``when_words`` says.
"""

from datetime import date, datetime, timedelta

from tray_app.i18n import tr
from tray_app.rules.analysis import FORECAST_HOLDS, Analysis
from tray_app.rules.forecast import RunsOut, TooEarly
from tray_app.rules.prices import Action, Prices, buys
from tray_app.words.amounts import dollars
from tray_app.words.formats import Formats, day_words, short_day, short_moment
from tray_app.words.plan_words import no_forecast_words, too_early_words

WORTH_SAYING = 100
"""Credits that lapse; fewer are not worth a line."""

SOON = 14
"""Days before a renewal from which it is worth saying what lapses with it."""

NEAR = 6
"""Days ahead for which a weekday's name says enough."""


def lasts_words(analysis: Analysis | None, formats: Formats, today: date, made_on: date) -> str:
    """Say in a few words how long the balance lasts; empty when nobody knows.

    An analysis that was made on another day than today counts working days that are over.
    """
    day = run_out_day(analysis)
    days = analysis.working_days if analysis else None
    if day is None or days is None or day < today:
        return ""
    if days == 0 or made_on != today:
        return tr("Likely to run out {when}", when=when_words(day, formats, today))
    return tr("About {n} working day left", "About {n} working days left", days, n=days)


def forecast_words(analysis: Analysis | None, formats: Formats, today: date, made_on: date) -> str:
    """Say in a sentence how long the balance lasts, and how sure that is."""
    if analysis is None:
        return ""
    if isinstance(analysis.rhythm, TooEarly):
        return too_early_words(analysis.rhythm, formats, today)
    pace = round(analysis.rhythm.per_working_day)
    rate = tr("−{pace} a day", pace=formats.number(pace))
    runs_out = _runs_out(analysis)
    if runs_out is None:
        if pace < 1:
            return tr("Hardly anything is being spent.")
        return tr("Enough for more than a year ({rate}).", rate=rate)
    if runs_out.likely is None:
        day = short_day(max(runs_out.earliest, today), formats, today)
        return tr(
            "Likely enough for more than a year ({rate}), at least until {day}.", rate=rate, day=day
        )
    left = lasts_words(analysis, formats, today, made_on)
    if not left:
        return ""
    words = {"left": left, "rate": rate, "likely": day_words(runs_out.likely, formats, today)}
    if runs_out.earliest == runs_out.latest:
        return tr("{left} ({rate}): until {likely}.", **words)
    words["range"] = _range_words(runs_out, formats, today)
    return tr("{left} ({rate}): until {likely}, {range}.", **words)


def past_forecast_words(
    analysis: Analysis | None, made_at: datetime, formats: Formats, now: datetime
) -> str:
    """Say what was forecast of figures that are out of date by now, unless it says too little."""
    if analysis is None or isinstance(analysis.rhythm, TooEarly):
        return ""
    day, today = run_out_day(analysis), now.astimezone().date()
    holds = timedelta(0) <= now - made_at < FORECAST_HOLDS
    if not holds or (day is not None and day < today):
        return no_forecast_words()
    time = short_moment(made_at, formats, now)
    if day is None:
        return tr("Forecast from {time}: credits are likely to last more than a year.", time=time)
    when = when_words(day, formats, today)
    return tr("Forecast from {time}: credits are likely to run out {when}.", time=time, when=when)


def advice_words(analysis: Analysis, prices: Prices, formats: Formats) -> str:
    """Say how much to buy, and until when that lasts; empty when nothing is missing."""
    if analysis.is_uncertain:
        return tr("Spending varies too much to say how many credits to buy.")
    if not analysis.missing or analysis.lasts_until is None:
        return ""
    words = {
        "amount": formats.number(analysis.missing),
        "price": dollars(prices.cents(analysis.missing), formats),
        "day": formats.day(analysis.lasts_until),
    }
    if analysis.lasts_until == analysis.renewal:
        return tr("Buy {amount} credits ({price}) to last until the renewal on {day}.", **words)
    return tr("Buy {amount} credits ({price}) to last until {day}.", **words)


def lapse_words(analysis: Analysis, formats: Formats, today: date) -> str:
    """Say what is likely to lapse with the next renewal, when that is near."""
    if analysis.renewal is None or analysis.lapsing < WORTH_SAYING:
        return ""
    days = (analysis.renewal - today).days
    if not 0 <= days <= SOON:
        return ""
    amount = formats.number(analysis.lapsing)
    if days == 0:
        return tr("{amount} plan credits are likely to lapse today.", amount=amount)
    return tr(
        "{amount} plan credits are likely to lapse in {n} day.",
        "{amount} plan credits are likely to lapse in {n} days.",
        days,
        amount=amount,
        n=days,
    )


def run_out_title(when: str) -> str:
    """Say in a notification's title when credits run out."""
    return tr("Credits are likely to run out {when}", when=when)


def worth_words(credits: int, prices: Prices, when: str, formats: Formats) -> str:
    """Say what credits are worth, and when they run out if that is not empty."""
    count = buys(credits, prices)[Action.EMAIL_FOUND]
    n = formats.number(count)
    if not when:
        return tr("About {n} e-mail.", "About {n} e-mails.", count, n=n)
    return tr(
        "About {n} e-mail; at this pace they run out {when}.",
        "About {n} e-mails; at this pace they run out {when}.",
        count,
        n=n,
        when=when,
    )


def when_words(day: date, formats: Formats, today: date, *, dated: bool = False) -> str:
    """Name a day to come by its distance: "today", "tomorrow", "on Thursday", "on 3 Dec".

    ``dated`` words stay true on the following days: "today, Mon 30 Nov", "on Thu 3 Dec".
    """
    days = (day - today).days
    if dated:
        named = day_words(max(day, today), formats, today)
        return tr("today, {day}", day=named) if days <= 0 else tr("on {day}", day=named)
    if days <= 0:
        return tr("today")
    if days == 1:
        return tr("tomorrow")
    if days <= NEAR:
        return tr("on {weekday}", weekday=formats.weekday_name(day))
    return tr("on {day}", day=short_day(day, formats, today))


def run_out_day(analysis: Analysis | None) -> date | None:
    """Return the day on which the balance is likely to run out; ``None`` when nobody knows."""
    runs_out = _runs_out(analysis)
    return runs_out.likely if runs_out else None


def _range_words(runs_out: RunsOut, formats: Formats, today: date) -> str:
    earliest = short_day(max(runs_out.earliest, today), formats, today)
    if runs_out.latest is None:
        return tr("{day} at the earliest", day=earliest)
    latest = short_day(runs_out.latest, formats, today)
    return tr("between {begin} and {end}", begin=earliest, end=latest)


def _runs_out(analysis: Analysis | None) -> RunsOut | None:
    return analysis.forecast.runs_out if analysis and analysis.forecast else None

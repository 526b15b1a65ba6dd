"""How long the balance lasts, and what to do about it, as an Analysis tells it."""

from datetime import UTC, date, datetime, timedelta

from tray_app.i18n import tr
from tray_app.rules.analysis import FORECAST_HOLDS, Analysis
from tray_app.rules.forecast import RunsOut, TooEarly
from tray_app.rules.prices import Prices
from tray_app.words.amounts import dollars
from tray_app.words.formats import Formats, day_words, days_words, short_day, short_moment
from tray_app.words.plan_words import no_forecast_words, too_early_words, uncounted_words

WORTH_SAYING = 100
"""The fewest credits whose expiry is worth a line."""

SOON = 14
"""Days before a renewal in which it is said what expires."""

ALMOST_NOTHING = 0.5
"""Credits per working day below which nothing is said to be spent."""

WEEKDAY_WITHIN = 6
"""Days ahead for which a weekday's name says enough."""


def empty_since_words(analysis: Analysis | None, formats: Formats, now: datetime) -> str:
    """Say since when there are no credits; empty when nobody knows."""
    if analysis is None or analysis.empty_since is None:
        return ""
    at, today = datetime.fromtimestamp(analysis.empty_since, UTC), now.astimezone().date()
    day, time = at.astimezone().date(), formats.time(at)
    if day == today:
        return tr("Empty since today, {time}", time=time)
    return tr("Empty since {day}, {time}", day=day_words(day, formats, today), time=time)


def lasts_words(analysis: Analysis | None, formats: Formats, today: date, made_on: date) -> str:
    """Say in a few words how long the balance lasts; empty when nobody knows.

    ``made_on`` is the day of the reading: working days that were counted on another day than today
    are not said, as some are over.
    """
    if analysis is None or isinstance(analysis.rhythm, TooEarly):
        return ""
    runs_out = _runs_out(analysis)
    if runs_out is None and analysis.rhythm.per_working_day < ALMOST_NOTHING:
        return tr("Almost no credits are being spent")
    if runs_out is None or runs_out.likely is None:
        return tr("Likely to last more than a year")
    day, days = runs_out.likely, analysis.working_days
    if day < today:
        return ""
    if (day - today).days <= WEEKDAY_WITHIN or days is None or made_on != today:
        return _runs_out_words(day, formats, today)
    return tr("About {n} working day left", "About {n} working days left", days, n=days)


def detail_words(analysis: Analysis | None, formats: Formats, today: date) -> str:
    """Say what stands below :func:`lasts_words`: day, range and pace, or when there will be one."""
    if analysis is None:
        return ""
    if isinstance(analysis.rhythm, TooEarly):
        return too_early_words(analysis.rhythm, formats, today)
    runs_out = _runs_out(analysis)
    spent = analysis.rhythm.per_working_day
    if runs_out is None:
        return _spending_sentence(spent, formats) if spent >= ALMOST_NOTHING else ""
    if runs_out.likely is None:
        return _earliest_sentence(runs_out, formats, today)
    if runs_out.likely < today:
        return ""
    pace = tr("{pace} per working day", pace=formats.number(two_digits(spent)))
    day = day_words(runs_out.likely, formats, today)
    earliest = max(runs_out.earliest, today)
    if runs_out.latest is None:
        begin = short_day(earliest, formats, today)
        return tr("{day} ({begin} or later) · {pace}", day=day, begin=begin, pace=pace)
    if earliest == runs_out.latest:
        return tr("{day} · {pace}", day=day, pace=pace)
    days = days_words(earliest, runs_out.latest, formats, today)
    return tr("{day} ({days}) · {pace}", day=day, days=days, pace=pace)


def ends_words(day: date, formats: Formats, today: date) -> str:
    """Say on the badge when a balance runs out."""
    days = (day - today).days
    if days <= 0:
        return tr("Ends today")
    if days == 1:
        return tr("Ends tomorrow")
    if days <= WEEKDAY_WITHIN:
        return tr("Ends {weekday}", weekday=formats.weekday(day))
    return tr("Ends {day}", day=short_day(day, formats, today))


def forecast_words(analysis: Analysis | None, formats: Formats, today: date) -> str:
    """Say in sentences how long the balance lasts, how sure that is, and what is spent."""
    if analysis is None:
        return ""
    if isinstance(analysis.rhythm, TooEarly):
        return too_early_words(analysis.rhythm, formats, today)
    runs_out, spent = _runs_out(analysis), analysis.rhythm.per_working_day
    if runs_out is None and spent < ALMOST_NOTHING:
        return tr("Your team is spending almost no credits.")
    sentences = [_spending_sentence(spent, formats)]
    if runs_out is None or runs_out.likely is None:
        if runs_out is not None:
            sentences.insert(0, _earliest_sentence(runs_out, formats, today))
        sentences.insert(0, tr("Credits are likely to last more than a year."))
    elif runs_out.likely < today:
        return ""
    else:
        sentences.insert(0, _run_out_sentence(runs_out, runs_out.likely, formats, today))
    return " ".join(sentences)


def _spending_sentence(per_working_day: float, formats: Formats) -> str:
    spent = two_digits(per_working_day)
    return tr(
        "Recent spending: about {pace} credit per working day.",
        "Recent spending: about {pace} credits per working day.",
        spent,
        pace=formats.number(spent),
    )


def _earliest_sentence(runs_out: RunsOut, formats: Formats, today: date) -> str:
    day = short_day(max(runs_out.earliest, today), formats, today)
    return tr("Credits could run out as early as {day}.", day=day)


def _run_out_sentence(runs_out: RunsOut, likely: date, formats: Formats, today: date) -> str:
    day, earliest = day_words(likely, formats, today), max(runs_out.earliest, today)
    begin = short_day(earliest, formats, today)
    if runs_out.latest is None:
        return tr(
            "Credits are likely to run out on {day} ({begin} or later).", day=day, begin=begin
        )
    if earliest == runs_out.latest:
        return tr("Credits are likely to run out on {day}.", day=day)
    end = short_day(runs_out.latest, formats, today)
    return tr(
        "Credits are likely to run out on {day} ({begin} to {end}).", day=day, begin=begin, end=end
    )


def past_forecast_words(
    analysis: Analysis | None, made_at: datetime, formats: Formats, now: datetime
) -> str:
    """Say what was forecast of figures that are out of date by now.

    Once the forecast no longer holds, say that there is none; nothing if there never was one.
    """
    if analysis is None or isinstance(analysis.rhythm, TooEarly):
        return ""
    day, today = run_out_day(analysis), now.astimezone().date()
    holds = timedelta(0) <= now - made_at < FORECAST_HOLDS
    if not holds or (day is not None and day < today):
        return no_forecast_words()
    time = short_moment(made_at, formats, now)
    if day is None:
        return tr("Forecast from {time}: credits are likely to last more than a year.", time=time)
    days = (day - today).days
    if days == 0:
        return tr("Forecast from {time}: credits are likely to run out today.", time=time)
    if days == 1:
        return tr("Forecast from {time}: credits are likely to run out tomorrow.", time=time)
    named = formats.weekday_name(day) if days <= WEEKDAY_WITHIN else day_words(day, formats, today)
    return tr("Forecast from {time}: credits are likely to run out on {day}.", time=time, day=named)


def advice_words(analysis: Analysis, prices: Prices, formats: Formats, today: date) -> str:
    """Say how much to buy, and until when that lasts; empty when nothing is missing."""
    if analysis.is_uncertain:
        return tr("Spending varies too much to say how many credits to buy.")
    if not analysis.missing or analysis.lasts_until is None:
        return ""
    words = {
        "amount": formats.number(analysis.missing),
        "price": dollars(prices.cents(analysis.missing), formats),
        "day": day_words(analysis.lasts_until, formats, today),
    }
    if analysis.lasts_until == analysis.renewal:
        return tr(
            "Buy {amount} credits (about {price}) to cover your team until the renewal on {day}.",
            **words,
        )
    advice = tr("Buy {amount} credits (about {price}) to cover your team until {day}.", **words)
    uncounted = uncounted_words(analysis.lasts_until, analysis.renewal)
    return " ".join(filter(None, (advice, uncounted)))


def advice_title(missing: int, prices: Prices, formats: Formats) -> str:
    """Say in a title how much to buy."""
    amount, price = formats.number(missing), dollars(prices.cents(missing), formats)
    return tr("Buy {amount} credits (about {price})", amount=amount, price=price)


def covered_words(analysis: Analysis, until: date, formats: Formats, today: date) -> str:
    """Say on the popup, below :func:`advice_title`, until when the credits last."""
    day = day_words(until, formats, today)
    if until == analysis.renewal:
        return tr("Enough for your team until the renewal on {day}.", day=day)
    covered = tr("Enough for your team until {day}.", day=day)
    uncounted = uncounted_words(until, analysis.renewal)
    return " ".join(filter(None, (covered, uncounted)))


def expiry_words(analysis: Analysis, formats: Formats, today: date) -> str:
    """Say what is likely to expire with the next renewal, when that is near."""
    if analysis.renewal is None or analysis.lapsing < WORTH_SAYING:
        return ""
    days = (analysis.renewal - today).days
    amount = formats.number(two_digits(analysis.lapsing))
    if not 0 <= days <= SOON:
        return ""
    if days == 0:
        return tr(
            "About {amount} plan credits are likely to expire today, when the plan renews.",
            amount=amount,
        )
    if days == 1:
        return tr(
            "About {amount} plan credits are likely to expire tomorrow, when the plan renews.",
            amount=amount,
        )
    return tr(
        "About {amount} plan credits are likely to expire on {day}, when the plan renews.",
        amount=amount,
        day=day_words(analysis.renewal, formats, today),
    )


def run_out_day(analysis: Analysis | None) -> date | None:
    """Return the day on which the balance is likely to run out; ``None`` when nobody knows."""
    runs_out = _runs_out(analysis)
    return runs_out.likely if runs_out else None


def two_digits(amount: float) -> int:
    """Round to two digits: more of a forecast would claim too much."""
    return round(round(amount, min(0, 2 - len(str(round(amount))))))


def _runs_out_words(day: date, formats: Formats, today: date) -> str:
    """Say on which day the balance runs out, as a title."""
    days = (day - today).days
    if days == 0:
        return tr("Likely to run out today")
    if days == 1:
        return tr("Likely to run out tomorrow")
    if days <= WEEKDAY_WITHIN:
        return tr("Likely to run out on {weekday}", weekday=formats.weekday_name(day))
    return tr("Likely to run out on {day}", day=short_day(day, formats, today))


def _runs_out(analysis: Analysis | None) -> RunsOut | None:
    return analysis.forecast.runs_out if analysis and analysis.forecast else None

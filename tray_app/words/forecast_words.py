"""From an Analysis to sentences: how long the balance lasts, and what to do about it."""

from datetime import date

from tray_app.i18n import tr
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import RunsOut, TooEarly
from tray_app.rules.prices import Prices
from tray_app.words.amounts import dollars
from tray_app.words.formats import Formats, day_words, short_day
from tray_app.words.plan_words import no_forecast_words, too_early_words

WORTH_SAYING = 100
"""Credits that lapse; fewer are not worth a line."""

SOON = 14
"""Days before a renewal from which it is worth saying what lapses with it."""

NEAR = 6
"""Days ahead for which a weekday's name says enough."""


def lasts_words(
    analysis: Analysis | None, formats: Formats, today: date, made_on: date | None = None
) -> str:
    """Say in a few words how long the balance lasts; empty when nobody knows.

    ``made_on`` is the day of the analysis, if that is not today: its working days are over.
    """
    runs_out = _runs_out(analysis)
    days = analysis.working_days if analysis else None
    if runs_out is None or runs_out.likely is None or days is None or runs_out.likely < today:
        return ""
    if days == 0 or made_on not in (None, today):
        return tr("Likely to run out {when}", when=run_out_words(analysis, formats, today))
    return tr("About {n} working day left", "About {n} working days left", days, n=days)


def forecast_words(
    analysis: Analysis | None, formats: Formats, today: date, made_on: date | None = None
) -> str:
    """Say in a sentence how long the balance lasts, and how sure that is."""
    if analysis is None:
        return ""
    if isinstance(analysis.rhythm, TooEarly):
        return too_early_words(analysis.rhythm, formats, today)
    pace = round(analysis.rhythm.per_working_day)
    rate = tr("−{pace} a day", pace=formats.number(pace))
    runs_out = _runs_out(analysis)
    if runs_out is not None and runs_out.likely is not None:
        left = lasts_words(analysis, formats, today, made_on)
        if not left:
            return ""
        words = {
            "left": left,
            "rate": rate,
            "likely": day_words(runs_out.likely, formats, today),
        }
        if runs_out.earliest == runs_out.latest:
            return tr("{left} ({rate}): until {likely}.", **words)
        return tr(
            "{left} ({rate}): until {likely}, {range}.",
            **words,
            range=_range(runs_out, formats, today),
        )
    if runs_out is not None:
        day = short_day(max(runs_out.earliest, today), formats, today)
        return tr(
            "Likely enough for more than a year ({rate}), at least until {day}.", rate=rate, day=day
        )
    if pace < 1:
        return tr("Hardly anything is being spent.")
    return tr("Enough for more than a year ({rate}).", rate=rate)


def past_forecast_words(
    analysis: Analysis | None, moment: str, formats: Formats, today: date
) -> str:
    """Say what was forecast of figures that are out of date by now.

    ``moment`` says from when the figures are; it is empty if that is too long ago.
    """
    if analysis is None or isinstance(analysis.rhythm, TooEarly):
        return ""
    runs_out = _runs_out(analysis)
    likely = runs_out.likely if runs_out else None
    if not moment or (likely is not None and likely < today):
        return no_forecast_words()
    if likely is None:
        return tr("Forecast from {time}: credits are likely to last more than a year.", time=moment)
    return tr(
        "Forecast from {time}: credits are likely to run out {when}.",
        time=moment,
        when=run_out_words(analysis, formats, today),
    )


def advice_words(analysis: Analysis | None, prices: Prices, formats: Formats) -> str:
    """Say how much to buy, and until when that lasts; empty when nothing is missing."""
    if analysis is None or analysis.lasts_until is None:
        return ""
    if analysis.is_uncertain:
        return tr("Spending varies too much to say how many credits to buy.")
    if not analysis.missing:
        return ""
    words = {
        "amount": formats.number(analysis.missing),
        "price": dollars(prices.cents(analysis.missing), formats),
        "day": formats.day(analysis.lasts_until),
    }
    if analysis.lasts_until == analysis.renewal:
        return tr("Buy {amount} credits ({price}) to last until the renewal on {day}.", **words)
    return tr("Buy {amount} credits ({price}) to last until {day}.", **words)


def lapse_words(analysis: Analysis | None, formats: Formats, today: date) -> str:
    """Say what is likely to lapse with the next renewal, when that is near."""
    if analysis is None or analysis.renewal is None or analysis.lapsing < WORTH_SAYING:
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


def run_out_words(analysis: Analysis | None, formats: Formats, today: date) -> str:
    """Say when the balance is likely to run out: "today", "on Thursday", "on 3 Dec"."""
    runs_out = _runs_out(analysis)
    if runs_out is None or runs_out.likely is None:
        return ""
    days = (runs_out.likely - today).days
    if days <= 0:
        return tr("today")
    if days == 1:
        return tr("tomorrow")
    if days <= NEAR:
        return tr("on {weekday}", weekday=formats.weekday_name(runs_out.likely))
    return tr("on {day}", day=short_day(runs_out.likely, formats, today))


def run_out_date_words(analysis: Analysis | None, formats: Formats, today: date) -> str:
    """Say the same so that it stays true the next day, for what stays on the screen."""
    runs_out = _runs_out(analysis)
    if runs_out is None or runs_out.likely is None:
        return ""
    day = day_words(max(runs_out.likely, today), formats, today)
    return tr("today, {day}", day=day) if runs_out.likely <= today else tr("on {day}", day=day)


def _runs_out(analysis: Analysis | None) -> RunsOut | None:
    return analysis.forecast.runs_out if analysis and analysis.forecast else None


def _range(runs_out: RunsOut, formats: Formats, today: date) -> str:
    earliest = short_day(max(runs_out.earliest, today), formats, today)
    if runs_out.latest is None:
        return tr("{day} at the earliest", day=earliest)
    latest = short_day(runs_out.latest, formats, today)
    return tr("between {begin} and {end}", begin=earliest, end=latest)

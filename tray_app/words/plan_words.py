"""What a plan takes, in words: is it enough, and what must be bought. No Qt, no clock."""

import math
from dataclasses import dataclass
from datetime import date, datetime

from tray_app.i18n import tr
from tray_app.rules.analysis import is_too_wide
from tray_app.rules.forecast import Rhythm, TooEarly, spending
from tray_app.rules.prices import Action, Prices, buys, top_up
from tray_app.words.amounts import dollars
from tray_app.words.formats import Formats, short_day


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan is reckoned with."""

    credits: int
    rhythm: Rhythm | TooEarly | None
    """``None`` without a history."""
    prices: Prices
    renewal: date | None
    today: date
    stale_from: datetime | None = None
    """When the balance was read, if it is out of date."""
    over: float = 0.0
    """The share of today's spending that is over."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A few words that settle a question, and a sentence that gives the figures."""

    verdict: str
    reason: str
    missing: int | None = None
    """Credits to buy, 0 if it is enough; ``None`` when that is not known."""


def action_names() -> tuple[tuple[Action, str], ...]:
    """Name what credits are spent on, for a menu."""
    return (
        (Action.EMAIL_FOUND, tr("Email found and verified")),
        (Action.EMAIL_VERIFIED, tr("Email verified")),
        (Action.PHONE_FOUND, tr("Phone number found")),
        (Action.LINKEDIN, tr("LinkedIn enrichment")),
    )


def buys_line(credits: int, prices: Prices, formats: Formats) -> str:
    """Say what a balance is enough for; empty if that is nothing."""
    counts = buys(credits, prices)
    emails, phones = counts[Action.EMAIL_FOUND], counts[Action.PHONE_FOUND]
    one = tr("{n} email", "{n} emails", emails, n=formats.number(emails))
    other = tr("{n} phone number", "{n} phone numbers", phones, n=formats.number(phones))
    if emails and phones:
        return tr("Enough to find {emails} or {phones}", emails=one, phones=other)
    if emails or phones:
        return tr("Enough to find {what}", what=one if emails else other)
    return ""


def lead_answer(count: int, action: Action, figures: Figures, formats: Formats) -> Answer:
    """Tell whether a balance is enough to enrich so many leads.

    One that is out of date may have been spent meanwhile: it gives no clear yes.
    """
    needed = count * figures.prices.of(action)
    left = figures.credits - needed
    time = ""
    if figures.stale_from is not None:
        time = _time_words(figures.stale_from, formats, figures.today)
    if left < 0:
        reason = tr(
            "{missing} more credit needed, about {price}.",
            "{missing} more credits needed, about {price}.",
            -left,
            missing=formats.number(-left),
            price=dollars(figures.prices.cents(-left), formats),
        )
        if time:
            reason = tr(
                "By the balance from {time}, {missing} more credit is needed, about {price}.",
                "By the balance from {time}, {missing} more credits are needed, about {price}.",
                -left,
                time=time,
                missing=formats.number(-left),
                price=dollars(figures.prices.cents(-left), formats),
            )
        return Answer(tr("Not enough credits"), reason, -left)
    reason = tr(
        "Cost: {cost}. Left afterwards: {left} of {balance}.",
        cost=formats.number(needed),
        left=formats.number(left),
        balance=formats.number(figures.credits),
    )
    if time:
        was_enough = tr("The balance from {time} was enough.", time=time)
        return Answer(_not_known_now(), f"{was_enough} {reason}")
    return Answer(tr("Yes"), reason, 0)


def top_up_answer(figures: Figures, until: date, formats: Formats) -> Answer:
    """Tell what must be bought for a balance to last until a day, unless it is out of date."""
    today, rhythm = figures.today, figures.rhythm
    if figures.stale_from is not None:
        return Answer(_not_known_now(), no_forecast_words())
    if rhythm is None or isinstance(rhythm, TooEarly):
        return Answer(tr("Not known yet"), too_early_words(rhythm, formats, today))
    needed = spending(rhythm, today, until, figures.over)
    missing = top_up(figures.credits, needed.high)
    day = short_day(until, formats, today)
    balance = formats.number(figures.credits)
    high = _about(needed.high)
    if not high:
        reason = tr(
            "No spending is expected by {day}. Your balance: {balance}.", day=day, balance=balance
        )
        return Answer(tr("None"), reason, 0)
    # Where rounding would make the figures contradict the verdict, the high end is not rounded.
    is_short, covered = figures.credits < high, figures.credits + missing
    if is_short != (missing > 0) or covered < high:
        high = math.ceil(needed.high)
    likely = min(_about(needed.likely), high)
    reason = tr(
        "Expected spending by {day}: about {likely}, up to {high}. Your balance: {balance}.",
        likely=formats.number(likely),
        high=formats.number(high),
        day=day,
        balance=balance,
    )
    if not missing:
        return Answer(tr("None"), reason, 0)
    uncounted = uncounted_words(until, figures.renewal)
    reason = " ".join(filter(None, (reason, uncounted)))
    if is_too_wide(spending(rhythm, today, until)):  # by whole days, as the popup's advice
        return Answer(tr("Hard to say"), reason)
    verdict = tr(
        "{missing} credits, about {price}",
        missing=formats.number(missing),
        price=dollars(figures.prices.cents(missing), formats),
    )
    return Answer(verdict, reason, missing)


def uncounted_words(until: date, renewal: date | None) -> str:
    """Say that what a plan adds before a day is not counted; empty if nothing is added by then.

    Without a known renewal it may be added on any day, also if no plan credits are left now.
    """
    if renewal is not None and until <= renewal:
        return ""
    return tr("New plan credits aren't counted.")


def no_forecast_words() -> str:
    """Say why there is no forecast of figures that are out of date."""
    return tr("No current forecast, because the balance is out of date.")


def too_early_words(rhythm: TooEarly | None, formats: Formats, today: date) -> str:
    """Say when there will be a forecast; a ``rhythm`` of ``None`` is no history."""
    if rhythm is None:
        return tr("There is no history of spending yet.")
    if rhythm.ready_on is None or rhythm.ready_on < today:
        return tr("A forecast needs more days of spending.")
    return tr("A forecast will be ready around {day}.", day=formats.day(rhythm.ready_on))


def _not_known_now() -> str:
    return tr("Not known now")


def _time_words(read_at: datetime, formats: Formats, today: date) -> str:
    if read_at.astimezone().date() == today:
        return formats.time(read_at)
    return formats.day_and_time(read_at)


def _about(amount: float) -> int:
    """Round to two digits; from ten thousand on to three, as the advice is in hundreds."""
    whole = round(amount)
    kept = 2 if whole < 10_000 else 3
    return round(whole, -max(len(str(whole)) - kept, 0))

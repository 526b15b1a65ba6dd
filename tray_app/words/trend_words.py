"""What a chart of the balance says: of one point, of the time that it shows, and of its course."""

from collections.abc import Sequence

from tray_app.i18n import tr
from tray_app.rules.local_time import DAY, date_at
from tray_app.words.formats import Formats, day_words, short_day

MOST_REFILLS_SAID = 4
"""More are counted instead, since a long list is hard to listen to."""


def spent_words(begin: int, end: int, days: int, spent: int, formats: Formats) -> str:
    """Say what was spent in the time of a small chart: its ``days``, or since a later begin."""
    amount = formats.number(spent)
    if end - begin < (days - 2) * DAY:
        day = formats.day(date_at(begin))
        return tr("Since {day} · {amount} spent", day=day, amount=amount)
    return tr(
        "Last {n} day · {amount} spent",
        "Last {n} days · {amount} spent",
        days,
        n=days,
        amount=amount,
    )


def point_words(at: int, credits: int, formats: Formats) -> str:
    """Say the day and the balance of one point of a small chart."""
    day = day_words(date_at(at), formats)
    return tr("{day} · {amount}", day=day, amount=formats.number(credits))


def course_words(
    points: Sequence[tuple[int, int]], refills: Sequence[tuple[int, int]], formats: Formats
) -> str:
    """Say what a chart shows, to whoever can't see it. Points and refills are times and credits."""
    if not points:
        return ""
    today = date_at(points[-1][0])

    def told(point: tuple[int, int]) -> dict[str, str]:
        day = short_day(date_at(point[0]), formats, today)
        return {"amount": formats.number(point[1]), "day": day}

    first, last = told(points[0]), told(points[-1])
    course = tr(
        "From {first} on {begin} to {last} on {end}.",
        first=first["amount"],
        begin=first["day"],
        last=last["amount"],
        end=last["day"],
    )
    lowest = tr("Lowest: {amount} on {day}.", **told(min(points, key=lambda point: point[1])))
    n = len(refills)
    if not refills:
        came = tr("No credits were added.")
    elif n > MOST_REFILLS_SAID:
        total = formats.number(sum(amount for _, amount in refills))
        came = tr("Credits added: +{total}, in {n} increases.", total=total, n=n)
    else:
        said = ", ".join(tr("+{amount} on {day}", **told(refill)) for refill in refills)
        came = tr("Credits added: {increases}.", increases=said)
    return f"{course} {lowest} {came}"

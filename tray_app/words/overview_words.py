"""What is said of several teams at once, and of each in a line."""

from datetime import UTC, date, datetime, timedelta

from tray_app.i18n import tr
from tray_app.rules.analysis import Analysis
from tray_app.rules.forecast import TooEarly
from tray_app.words.amounts import credits_words
from tray_app.words.durations import ago_words
from tray_app.words.forecast_words import (
    ALMOST_NOTHING,
    WEEKDAY_WITHIN,
    lasts_words,
    run_out_day,
    two_digits,
)
from tray_app.words.formats import Formats, day_words

LONGEST_NAME_BESIDE_TOTAL = 24
"""Characters of a team's name that leave room for more on a line."""


def teams_words(count: int) -> str:
    """Count the teams."""
    return tr("{n} team", "{n} teams", count, n=count)


def healthy_words(count: int) -> str:
    """Count the teams that have enough, above their lines."""
    return tr("{n} healthy", n=count)


def title_words(needy: int, enough: int, count: int, *, is_loading: bool) -> str:
    """Say how many teams need credits, and otherwise of how many it is known that they need none.

    ``is_loading`` is whether nothing is known of any team yet.
    """
    if needy:
        return tr("{n} team needs credits", "{n} teams need credits", needy, n=needy)
    if enough == count:
        return tr("All teams have enough credits")
    if is_loading:
        return tr("Loading balances…")
    if not enough:
        return tr("No balance is up to date")
    return tr(
        "{n} of {count} teams has enough credits",
        "{n} of {count} teams have enough credits",
        enough,
        n=enough,
        count=count,
    )


def stopped_words(names: list[str]) -> str:
    """Say which teams have no credits left; empty when all have some."""
    if not names:
        return ""
    if len(names) == 1 and len(names[0]) <= LONGEST_NAME_BESIDE_TOTAL:
        return tr("{team} has stopped", team=names[0])
    return tr("{n} team has stopped", "{n} teams have stopped", len(names), n=len(names))


def sum_words(credits: int, known: int, count: int, formats: Formats, *, is_exact: bool) -> str:
    """Say how many credits the teams have together; ``known`` of them have told their balance."""
    if not known:
        return ""
    if not is_exact:
        about = credits_words(two_digits(credits), formats)
        if known < count:
            return tr("About {credits} in {n} of the teams", credits=about, n=known)
        return tr("About {credits} in all", credits=about)
    whole = credits_words(credits, formats)
    if known < count:
        return tr("{credits} in {n} of the teams", credits=whole, n=known)
    return tr("{credits} in all", credits=whole)


def stopped_since_words(since: int | None, formats: Formats, now: datetime) -> str:
    """Say on a line since when a team has no credits, as far as that is known."""
    if since is None:
        return tr("Stopped")
    at, today = datetime.fromtimestamp(since, UTC), now.astimezone().date()
    day = at.astimezone().date()
    if day == today:
        return tr("Stopped since {time}", time=formats.time(at))
    return tr("Stopped since {day}", day=day_words(day, formats, today))


def busy_day_words() -> str:
    """Say on a line that one day as busy as can be would use up all credits."""
    return tr("One busy day is left")


def short_lasts_words(
    analysis: Analysis | None, formats: Formats, today: date, made_on: date
) -> str:
    """Say on a line how long a balance lasts; empty when nobody knows."""
    day = run_out_day(analysis)
    if day is not None and 0 <= (days := (day - today).days) <= WEEKDAY_WITHIN:
        if days == 0:
            return tr("Runs out today")
        if days == 1:
            return tr("Runs out tomorrow")
        return tr("Runs out {weekday}", weekday=formats.weekday_name(day))
    rhythm = analysis.rhythm if analysis is not None else None
    if day is None and rhythm is not None and not isinstance(rhythm, TooEarly):
        if rhythm.per_working_day < ALMOST_NOTHING:
            return tr("Almost no spending")
        return tr("Likely more than a year")
    return lasts_words(analysis, formats, today, made_on)


def old_words(age: timedelta) -> str:
    """Say how old figures are that are out of date."""
    minutes = int(age.total_seconds()) // 60
    hours = minutes // 60
    if minutes < 1:  # or of the future, by a clock that was wrong
        return tr("Out of date")
    if hours < 1:
        return tr("{n} min old", n=minutes)
    if hours < 48:
        return tr("{n} hour old", "{n} hours old", hours, n=hours)
    return tr("{n} day old", "{n} days old", hours // 24, n=hours // 24)


def unreachable_words(age: timedelta) -> str:
    """Say how old figures are, and that lemlist can't be asked for newer ones."""
    return tr("{age} · can't be reached", age=old_words(age))


def updated_words(age: timedelta) -> str:
    """Say when the figures were read."""
    return tr("Updated {when}", when=ago_words(age))


def line_words(name: str, amount: str, sentence: str) -> str:
    """Say a whole line, to whoever can't see it."""
    if not amount:
        return tr("{team}: {sentence}", team=name, sentence=sentence)
    return tr("{team}: {amount}. {sentence}", team=name, amount=amount, sentence=sentence)

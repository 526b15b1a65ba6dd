"""Amounts of credits and of money, with their plural."""

from tray_app.i18n import tr
from tray_app.words.formats import Formats

UNKNOWN = "–"

UNDIVIDED = "undivided"
"""The part of a balance that no bucket is known of."""


def bucket_label(bucket: str) -> str:
    """Name a kind of credits as lemlist does; credits of no known kind are "Other"."""
    names = {
        "subscription": tr("Plan", context="kind of credits"),
        "paid": tr("Purchased", context="kind of credits"),
        "gifted": tr("Gifted", context="kind of credits"),
        "freemium": tr("Freemium", context="kind of credits"),
    }
    return names.get(bucket) or tr("Other", context="kind of credits")


def amount_words(amount: int | None, formats: Formats) -> str:
    """Write an amount, or a dash where nobody knows."""
    return UNKNOWN if amount is None else formats.number(amount)


def unit_words(amount: int | None) -> str:
    """Name what an amount, which may be unknown, counts."""
    return tr("credit", "credits", 2 if amount is None else amount)


def credits_words(amount: int, formats: Formats) -> str:
    """Write an amount of credits: "1 credit", "12,430 credits"."""
    return tr("{amount} credit", "{amount} credits", amount, amount=formats.number(amount))


def dollars(cents: int, formats: Formats) -> str:
    """Write an amount in US dollars, rounded up to whole ones from a hundred on.

    The cents follow a point everywhere, as Formats write whole numbers only. Such amounts are below
    $100, so nobody takes the point for a thousands separator.
    """
    whole, rest = divmod(cents, 100)
    if rest and whole < 100 and formats.hidden_until is None:
        return f"${formats.number(whole)}.{rest:02}"
    return f"${formats.number(whole + (rest > 0))}"

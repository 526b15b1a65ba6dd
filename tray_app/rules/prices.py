"""What credits buy and cost."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

SOURCE = "https://help.lemlist.com/en/articles/8944295"
AS_OF = date(2026, 11, 22)
"""The page that :class:`Prices` begins with, and when they were last compared with a copy of it.

Copies of different age differ in the LinkedIn enrichment (1 or 2) and in the price of a credit
($0.01 or $0.10), so all of it can be changed in the settings.
"""

LARGEST_PRICE = 10_000
"""Credits; above it a price is a slip of the hand."""
LARGEST_CENTS = 1_000_000
"""For a thousand credits."""

_ROUND = 100


class Action(StrEnum):
    """What credits are spent on. The values are part of ``status --json``."""

    EMAIL_FOUND = "email_found"
    EMAIL_VERIFIED = "email_verified"
    PHONE_FOUND = "phone_found"
    LINKEDIN = "linkedin"


@dataclass(frozen=True, slots=True)
class Prices:
    """What an action costs, in credits, and what credits cost. Nothing is charged in vain.

    lemlist charges only for a result, so this is what is bought, not what is tried.
    """

    email_found: int = 5
    """Found and verified."""
    email_verified: int = 1
    phone_found: int = 20
    linkedin: int = 1
    cents_per_1000: int = 1000
    """US cents for a thousand credits."""

    def fault(self) -> str | None:
        """Name the first field that can't be used, if there is one."""
        for action in Action:
            if not 1 <= self.of(action) <= LARGEST_PRICE:
                return str(action)
        if not 1 <= self.cents_per_1000 <= LARGEST_CENTS:
            return "cents_per_1000"
        return None

    def of(self, action: Action) -> int:
        """Return the credits that an action costs."""
        by_action = {
            Action.EMAIL_FOUND: self.email_found,
            Action.EMAIL_VERIFIED: self.email_verified,
            Action.PHONE_FOUND: self.phone_found,
            Action.LINKEDIN: self.linkedin,
        }
        return by_action[action]

    def cents(self, credits: int) -> int:
        """Return what credits cost, in US cents, rounded up."""
        return -(-credits * self.cents_per_1000 // 1000)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing for a plan."""

    credits: int
    cents: int
    """US cents."""


def buys(credits: int, prices: Prices) -> dict[Action, int]:
    """Return how often each action can be had, if all is spent on it."""
    return {action: max(0, credits) // prices.of(action) for action in Action}


def shortfall(count: int, action: Action, credits: int, prices: Prices) -> Shortfall | None:
    """Return what is missing to have an action ``count`` times; ``None`` if it is enough."""
    missing = count * prices.of(action) - credits
    return Shortfall(missing, prices.cents(missing)) if missing > 0 else None


def top_up(credits: int, spending: float) -> int:
    """Return how many credits to buy for a balance to cover a spending, in whole hundreds.

    To be on the safe side, ``spending`` is the high end of a forecast.
    """
    missing = max(0.0, spending - credits)
    return int(-(-missing // _ROUND)) * _ROUND

"""What credits buy and cost."""

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tray_app.rules.ranges import out_of_range, within

SOURCE = "https://help.lemlist.com/en/articles/8944295"
AS_OF = date(2026, 11, 22)
"""The page of the default prices, and the day when it was last read.

Copies of the page differ in the LinkedIn enrichment (1 or 2) and in the price of a credit ($0.01 or
$0.10), so every price is a setting.
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
    """What an action costs, in credits, and what credits cost. Only a result is charged."""

    email_found: int = within(5, 1, LARGEST_PRICE)
    """Found and verified."""
    email_verified: int = within(1, 1, LARGEST_PRICE)
    phone_found: int = within(20, 1, LARGEST_PRICE)
    linkedin: int = within(1, 1, LARGEST_PRICE)
    cents_per_1000: int = within(1000, 1, LARGEST_CENTS)
    """US cents for a thousand credits."""

    def fault(self) -> str | None:
        """Name the first field that can't be used, if there is one."""
        return next(iter(out_of_range(self)), None)

    def of(self, action: Action) -> int:
        """Return the credits that an action costs."""
        price: int = getattr(self, action)  # the fields are named after the actions
        return price

    def cents(self, credits: int) -> int:
        """Return what credits cost, in US cents, rounded up."""
        return -(-credits * self.cents_per_1000 // 1000)


DEAREST_RESULT = max(map(Prices().of, Action))
"""Credits; what a single result costs at most by the default prices."""


def buys(credits: int, prices: Prices) -> dict[Action, int]:
    """Return how often each action can be had, if all is spent on it."""
    return {action: max(0, credits) // prices.of(action) for action in Action}


def top_up(credits: int, spending: float) -> int:
    """Return how many credits to buy for a balance to cover a spending, in whole hundreds.

    To be on the safe side, ``spending`` is the high end of a forecast.
    """
    missing = max(0, math.ceil(spending) - credits)
    return -(-missing // _ROUND) * _ROUND

"""What credits buy and cost."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tray_app.rules.prices import (
    LARGEST_CENTS,
    LARGEST_PRICE,
    Action,
    Prices,
    buys,
    top_up,
)

EMAIL, VERIFIED, PHONE, LINKEDIN = Action
PRICES = Prices()


def test_what_it_buys() -> None:
    assert buys(12_434, PRICES) == {EMAIL: 2486, VERIFIED: 12_434, PHONE: 621, LINKEDIN: 12_434}
    changed = Prices(email_found=7, email_verified=2, phone_found=30, linkedin=3)
    assert buys(100, changed) == {EMAIL: 14, VERIFIED: 50, PHONE: 3, LINKEDIN: 33}


@pytest.mark.parametrize("credits", [0, -5])
def test_nothing_buys_nothing(credits: int) -> None:
    assert set(buys(credits, PRICES).values()) == {0}


@pytest.mark.parametrize(
    ("credits", "per_1000", "cents"),
    [(1000, 1000, 1000), (1, 1000, 1), (1, 800, 1), (150, 800, 120), (151, 800, 121), (0, 800, 0)],
)
def test_cents_are_rounded_up(credits: int, per_1000: int, cents: int) -> None:
    assert Prices(cents_per_1000=per_1000).cents(credits) == cents


@pytest.mark.parametrize(
    ("prices", "fault"),
    [
        (Prices(), None),
        (Prices(LARGEST_PRICE, 1, LARGEST_PRICE, 1, LARGEST_CENTS), None),
        (Prices(email_found=0), "email_found"),
        (Prices(email_verified=-1), "email_verified"),
        (Prices(phone_found=LARGEST_PRICE + 1), "phone_found"),
        (Prices(linkedin=0, cents_per_1000=0), "linkedin"),
        (Prices(cents_per_1000=0), "cents_per_1000"),
        (Prices(cents_per_1000=LARGEST_CENTS + 1), "cents_per_1000"),
    ],
    ids=["default", "limits", "none", "negative", "large", "two", "free", "dear"],
)
def test_fault(prices: Prices, fault: str | None) -> None:
    assert prices.fault() == fault


def test_prices_survive_json() -> None:
    prices = Prices(1, 2, 3, 4, 5)
    assert Prices(**json.loads(json.dumps(asdict(prices)))) == prices


@pytest.mark.parametrize(
    ("credits", "spending", "advice"),
    [
        (500, 500.0, 0),
        (500, 500.2, 100),
        (500, 600.0, 100),
        (500, 601.0, 200),
        (9000, 12.5, 0),
        (0, 0.0, 0),
        (-2500, 5e-230, 2600),
    ],
)
def test_top_up(credits: int, spending: float, advice: int) -> None:
    assert top_up(credits, spending) == advice


@given(
    st.integers(-(10**4), 10**6), st.floats(0, 1e6), st.sampled_from(Action), st.integers(0, 10**5)
)
def test_what_is_bought_is_enough_and_no_more(
    credits: int, spending: float, action: Action, count: int
) -> None:
    assert credits + top_up(credits, spending) >= spending
    assert top_up(credits, spending) - max(0.0, spending - credits) <= 100
    can_be_had = count * PRICES.of(action) <= max(0, credits)
    assert can_be_had == (buys(credits, PRICES)[action] >= count)

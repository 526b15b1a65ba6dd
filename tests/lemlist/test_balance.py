"""Reading the two answers of the API, whatever they hold."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import (
    LONGEST_LEMLIST_NAME,
    Balance,
    Team,
    parse_balance,
    parse_team,
)
from tray_app.rules.history import BUCKETS

DOCUMENTED = {
    "credits": 100,
    "details": {
        "remaining": {"total": 100, "freemium": 0, "subscription": 80, "gifted": 10, "paid": 10}
    },
}
LARGEST = 2**53


def unexpected(body: bytes, parse: Any = parse_balance) -> str:
    """Return the detail of the problem that reading a body ends in."""
    with pytest.raises(Problem) as caught:
        parse(body)
    assert caught.value.kind is Kind.UNEXPECTED_RESPONSE
    return caught.value.detail


# --- the balance --------------------------------------------------------------------------------


def test_documented_example() -> None:
    balance = parse_balance(json.dumps(DOCUMENTED).encode())
    assert balance == Balance(100, 100, subscription=80, paid=10, gifted=10, freemium=0)
    assert balance.buckets == {"subscription": 80, "paid": 10, "gifted": 10, "freemium": 0}


@pytest.mark.parametrize(
    ("text", "balance"),
    [
        ('{"credits": 7}', Balance(7)),
        ('{"credits": 7, "details": null}', Balance(7)),
        ('{"credits": 7, "details": {"remaining": null}}', Balance(7)),
        ('{"credits": 7, "details": {"remaining": {"total": null}}}', Balance(7)),
        ('{"details": {"remaining": {"total": 0}}}', Balance(0, 0)),
        ('{"credits": 7, "details": {"remaining": {"total": 0}}}', Balance(0, 0)),
        ('{"credits": 9, "details": {"remaining": {"paid": 3}}}', Balance(9, paid=3)),
        ('{"credits": 100.0}', Balance(100)),
        ('{"credits": -0.0}', Balance(0)),
        ('{"credits": 1e3}', Balance(1000)),
        (f'{{"credits": {LARGEST}}}', Balance(LARGEST)),
        ('{"credits": 5, "details": {"remaining": {"paid": -3}}}', Balance(5, paid=-3)),
        ('{"credits": 1, "credits": 2}', Balance(2)),
    ],
)
def test_good(text: str, balance: Balance) -> None:
    assert parse_balance(text.encode()) == balance


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings(encoding: str) -> None:
    assert parse_balance('{"credits": 7, "plan": "Größe"}'.encode(encoding)) == Balance(7)


@pytest.mark.parametrize("value", ["true", "false", '"12"', '""', "[]", "{}", "1.5", "NaN"])
@pytest.mark.parametrize("name", ["total", "paid"])
def test_wrong_type_of_an_amount(name: str, value: str) -> None:
    body = f'{{"credits": 7, "details": {{"remaining": {{"total": 7, "{name}": {value}}}}}}}'
    assert unexpected(body.encode()) == f"{name} is not a whole number"


@pytest.mark.parametrize(
    "value", ["Infinity", "-Infinity", "1e300", "1e999", str(LARGEST + 1), "9" * 5000, "0x10"]
)
def test_unusable_number(value: str) -> None:
    unexpected(f'{{"credits": {value}}}'.encode())


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("", "not JSON"),
        ("<html></html>", "not JSON"),
        ('{"credits": 1', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[" * 100_000 + "]" * 100_000, "not JSON"),
        ("null", "no total"),
        ("{}", "no total"),
        ('{"credits": null}', "no total"),
        ("[]", "the answer is not an object"),
        ("7", "the answer is not an object"),
        ('{"credits": 7, "details": []}', "details is not an object"),
        ('{"credits": 7, "details": {"remaining": 7}}', "details.remaining is not an object"),
    ],
    ids=lambda text: text[:40],
)
def test_bad(text: str, detail: str) -> None:
    assert unexpected(text.encode()) == detail


def test_the_body_is_not_quoted() -> None:
    with pytest.raises(Problem) as caught:
        parse_team(b'{"secret": "FAKE-SECRET"')
    assert caught.value.__cause__ is None
    assert "FAKE-SECRET" not in repr(caught.value) + str(caught.value)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
amounts = st.integers(-5, 10**7) | st.integers(0, 10**7).map(float) | anything
answers = st.fixed_dictionaries(
    {},
    optional={
        "credits": amounts,
        "details": anything
        | st.fixed_dictionaries(
            {},
            optional={
                "remaining": anything
                | st.fixed_dictionaries({}, optional=dict.fromkeys(("total", *BUCKETS), amounts))
            },
        ),
    },
)


class WrongError(Exception):
    """The naive reader below can't read it."""


def naive_amount(value: object) -> int | None:
    match value:
        case None:
            return None
        case bool():
            raise WrongError
        case int() if abs(value) <= LARGEST:
            return value
        case float() if math.isfinite(value) and value % 1 == 0 and abs(value) <= LARGEST:
            return int(value)
    raise WrongError


def naive_object(value: object) -> dict[str, object]:
    match value:
        case None:
            return {}
        case dict():
            return value
    raise WrongError


def naive_balance(value: object) -> Balance:
    answer = naive_object(value)
    remaining = naive_object(naive_object(answer.get("details")).get("remaining"))
    read = {name: naive_amount(remaining.get(name)) for name in ("total", *BUCKETS)}
    credits = read["total"]
    if credits is None:
        credits = naive_amount(answer.get("credits"))
    if credits is None:
        raise WrongError
    return Balance(credits, **read)


@given(answers | anything)
@example({"credits": 1, "details": {"remaining": {"total": True}}})
@example({"credits": -1})
def test_any_json_is_a_balance_or_unexpected(value: object) -> None:
    body = json.dumps(value).encode()
    try:
        expected = naive_balance(value)
    except WrongError:
        unexpected(body)
    else:
        balance = parse_balance(body)
        assert balance == expected
        assert all(type(each) in (int, type(None)) for each in balance.buckets.values())


@given(st.binary(max_size=200))
def test_any_bytes_are_a_balance_or_unexpected(body: bytes) -> None:
    try:
        balance = parse_balance(body)
    except Problem:
        unexpected(body)
    else:
        assert abs(balance.credits) <= 2**53


@given(answers, st.dictionaries(st.text(min_size=1), anything, max_size=4))
def test_unknown_fields_are_ignored(value: dict[str, Any], extra: dict[str, Any]) -> None:
    more = {f"x-{name}": each for name, each in extra.items()} | value
    try:
        expected = parse_balance(json.dumps(value).encode())
    except Problem:
        unexpected(json.dumps(more).encode())
    else:
        assert parse_balance(json.dumps(more).encode()) == expected


@given(st.sets(st.sampled_from(BUCKETS)), st.integers(0, 10**7))
def test_a_missing_bucket_is_unknown(missing: set[str], amount: int) -> None:
    there = {name: amount for name in BUCKETS if name not in missing}
    body = {"details": {"remaining": {"total": 1, **there}}}
    buckets = parse_balance(json.dumps(body).encode()).buckets
    assert {name for name, each in buckets.items() if each is None} == missing


# --- the team -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Acme Growth", "Acme Growth"),
        ("  Acme\n\tGrowth ", "Acme Growth"),
        ("Größe 株式会社 🚀", "Größe 株式会社 🚀"),
        ("\x1b[31mAcme\x07", "[31mAcme"),
        ("\u202eAcme\ud800", "Acme"),
        ("a" * 5000, "a" * LONGEST_LEMLIST_NAME),
    ],
    ids=["plain", "spaces", "unicode", "control", "direction and surrogate", "long"],
)
def test_team_name(name: str, kept: str) -> None:
    assert parse_team(json.dumps({"_id": "tea_1", "name": name}).encode()) == Team("tea_1", kept)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"_id": "tea_1"},
        {"name": "Acme"},
        {"_id": 1, "name": "Acme"},
        {"_id": "\ud800", "name": "Acme"},
        {"_id": "tea_1", "name": ["Acme"]},
        {"_id": "tea_1", "name": " \x1b "},
        [],
    ],
    ids=str,
)
def test_no_team(answer: object) -> None:
    unexpected(json.dumps(answer).encode(), parse_team)


def test_nothing_else_is_kept_of_a_team() -> None:
    answer = {"_id": "tea_1", "name": "Acme", "hooks": [{"targetUrl": "FAKE-SECRET"}]}
    assert "FAKE-SECRET" not in repr(parse_team(json.dumps(answer).encode()))


@given(st.text())
def test_a_team_name_is_always_printable(name: str) -> None:
    body = json.dumps({"_id": "tea_1", "name": name}).encode()
    try:
        shown = parse_team(body).name
    except Problem:
        unexpected(body, parse_team)
    else:
        assert shown
        assert shown.isprintable()
        assert shown == shown.strip()
        shown.encode()


def test_a_total_may_be_below_0() -> None:
    body = b'{"credits": 5, "details": {"remaining": {"total": -12, "paid": -12}}}'
    assert parse_balance(body) == Balance(-12, -12, paid=-12)
    assert parse_balance(b'{"credits": -1}') == Balance(-1)

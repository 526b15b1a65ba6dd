"""The words of the settings: all are there, and none outlives the rule that it tells."""

from collections.abc import Mapping

import pytest

from tests.fakes import FakeFormats
from tray_app.store.settings import RANGES, Settings
from tray_app.words.settings_words import FieldWords, limit_words, settings_pages

FORMATS = FakeFormats()


def all_fields() -> list[Mapping[str, FieldWords]]:
    return [group.fields for page in settings_pages(FORMATS) for group in page.groups]


def test_the_dialog_has_each_setting_once() -> None:
    named = [name for fields in all_fields() for name in fields]
    assert sorted(named) == sorted(Settings().choices)


def test_each_setting_is_offered_as_what_it_is() -> None:
    choices = Settings().choices
    for fields in all_fields():
        for name, words in fields.items():
            is_switch = not words.units and not words.options
            assert isinstance(choices[name], bool) is is_switch, name
            assert not words.options or choices[name] in words.options


def test_what_each_number_can_be() -> None:
    price = "A price must be between 1 and 10,000 credits."
    assert limit_words(FORMATS) == {
        "low": "Low must be above critical, and at most 10 million.",
        "critical": "Critical must be between 1 and 10 million.",
        "interval": "The interval must be between 30 seconds and 24 hours.",
        "warn_within": "The warning must be at most 60 working days ahead.",
        "renewal_day": "The renewal must be on a day from 1 to 31.",
        **dict.fromkeys(("email_found", "email_verified", "phone_found", "linkedin"), price),
        "cents_per_1000": "The price of 1,000 credits must be between 1 cent and $10,000.",
    }


def test_each_number_has_a_sentence_of_its_own() -> None:
    assert limit_words(FORMATS).keys() == RANGES.keys()


@pytest.mark.parametrize("name", RANGES)
def test_a_changed_rule_changes_its_sentence_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = limit_words(FORMATS)
    monkeypatch.setitem(RANGES, name, range(1, 7200 + 1))
    after = limit_words(FORMATS)
    assert {each for each in RANGES if before[each] != after[each]} == {name}


@pytest.mark.parametrize(
    ("name", "most", "said"),
    [
        ("critical", 1_500_000, "1,500,000"),
        ("critical", 2_000_000, "2 million"),
        ("interval", 90 * 60, "90 minutes"),
        ("interval", 61, "61 seconds"),
        ("cents_per_1000", 50, "50 cents"),
        ("cents_per_1000", 250, "$2.50"),
    ],
)
def test_limits_are_said_in_their_unit(
    name: str, most: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RANGES, name, range(1, most + 1))
    assert f"and {said}." in limit_words(FORMATS)[name]

"""How long things take, took, or are away."""

from datetime import timedelta

import pytest

from tray_app.words.durations import ago_words, duration_words


@pytest.mark.parametrize(
    ("age", "words"),
    [
        ({"seconds": -5}, "just now"),
        ({"hours": -5}, "just now"),
        ({}, "just now"),
        ({"seconds": 59}, "just now"),
        ({"seconds": 60}, "1 min ago"),
        ({"minutes": 38, "seconds": 59}, "38 min ago"),
        ({"minutes": 59, "seconds": 59}, "59 min ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"hours": 2, "minutes": 59}, "2 hours ago"),
        ({"hours": 47}, "47 hours ago"),
        ({"hours": 48}, "2 days ago"),
        ({"days": 3, "hours": 23}, "3 days ago"),
        ({"days": 400}, "400 days ago"),
    ],
    ids=str,
)
def test_ago(age: dict[str, int], words: str) -> None:
    assert ago_words(timedelta(**age)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (10, "1 min"),
        (300, "5 min"),
        (3_600, "1 h"),
        (7_800, "2 h 10 min"),
        (86_400, "24 h"),
        (3 * 86_400, "3 days"),
    ],
)
def test_lengths_of_time(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words

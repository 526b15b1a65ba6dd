"""Requests of several teams: a few at once, in order, and never more than lemlist allows."""

import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tests.waiting import wait_until
from tray_app.team.turns import AT_ONCE, HEAD_START, MOST, SPAN, Turns


class Time:
    """A clock that goes on only while somebody waits for a turn."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.turns = Turns(lambda: self.now, self._wait)

    def _wait(self, _called: threading.Condition, seconds: float | None) -> None:
        assert seconds is not None, "nobody would ever be called"
        self.now += seconds

    def ask(self, key: str, *, takes: float = 0.0, can_wait: bool = False) -> tuple[float, float]:
        """Take a turn, and return when it began and when it ended."""
        with self.turns.turn(key, can_wait=can_wait):
            began = self.now
            self.now += takes
        return began, self.now


@pytest.fixture
def time() -> Time:
    return Time()


# --- how many -----------------------------------------------------------------------------------


@pytest.mark.parametrize("takes", [0.0, 0.01, 0.09, 0.3])
def test_the_server_sees_no_more_than_it_allows(time: Time, takes: float) -> None:
    """Wherever between its begin and its end the server sees a request."""
    asked = [time.ask(f"key {number}", takes=takes) for number in range(3 * MOST)]
    for (_, ended), (began, _) in zip(asked, asked[MOST:], strict=False):
        assert began >= ended + SPAN - 1e-9


def test_nobody_waits_while_there_is_room(time: Time) -> None:
    for number in range(MOST):
        with time.turns.turn(f"key {number}") as has_waited:
            assert not has_waited
    assert time.now == 1_000
    with time.turns.turn("one too many") as has_waited:
        assert has_waited
    assert time.now == 1_000 + SPAN


def test_one_team_asks_for_its_name_at_once(time: Time) -> None:
    time.ask("key", takes=0.1)
    with time.turns.turn("key", can_wait=True) as has_waited:
        assert not has_waited


def test_a_turn_ends_with_an_error_too(time: Time) -> None:
    for number in range(AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError), time.turns.turn(f"key {number}"):
            raise ZeroDivisionError


def test_who_is_interrupted_leaves_the_queue() -> None:
    def interrupt(_called: threading.Condition, _seconds: float | None) -> None:
        raise KeyboardInterrupt

    turns = Turns(lambda: 0.0, interrupt)
    for number in range(MOST):
        with turns.turn(f"key {number}"):
            pass
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), turns.turn("one too many"):
            pass
    assert turns._queue == []


# --- in which order -----------------------------------------------------------------------------


class Crowd:
    """Threads that each want a turn, and keep it until they are told to end it."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.began: list[str] = []
        self._may_end: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def want(self, name: str, *, can_wait: bool = False) -> None:
        """Let a thread want a turn, and wait until it has it or stands in the queue."""
        may_end = self._may_end[name] = threading.Event()

        def ask() -> None:
            with self.turns.turn(name, can_wait=can_wait):
                self.began.append(name)
                may_end.wait(20)

        known = len(self.turns._queue) + len(self.began)
        self._threads.append(threading.Thread(target=ask))
        self._threads[-1].start()
        wait_until(lambda: len(self.turns._queue) + len(self.began) > known, 20, f"{name} asks")

    def end(self, name: str) -> None:
        """Let a turn end."""
        self._may_end[name].set()

    def wait_for(self, *names: str) -> None:
        """Wait until these turns have begun, in this order and no others."""
        wait_until(lambda: len(self.began) >= len(names), 20, f"{names} begin")
        assert self.began == list(names)

    def leave(self) -> None:
        for may_end in self._may_end.values():
            may_end.set()
        for thread in self._threads:
            thread.join(20)


@pytest.fixture
def crowd() -> Iterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.leave()


def test_a_few_at_once_and_the_others_in_the_order_in_which_they_came(crowd: Crowd) -> None:
    for name in "abcdefgh":
        crowd.want(name)
    crowd.wait_for(*"abcd")
    crowd.end("c")
    crowd.wait_for(*"abcde")
    crowd.end("a")
    crowd.end("b")
    crowd.wait_for(*"abcdefg")
    assert [place.key for place in crowd.turns._queue] == ["h"]


def test_one_that_hangs_holds_up_no_other(crowd: Crowd) -> None:
    for name in "abcdefgh":
        crowd.want(name)
    for name in "bcdefg":
        crowd.end(name)
    wait_until(lambda: len(crowd.began) == 8, 20, "all but the first have gone by")


def test_what_can_wait_comes_after_what_is_wanted_later(crowd: Crowd) -> None:
    for name in "abcd":
        crowd.want(name)
    crowd.want("a name", can_wait=True)
    crowd.want("e")
    crowd.want("f")
    for name in "abcd":
        crowd.end(name)
    crowd.wait_for(*"abcdef", "a name")


def test_what_can_wait_leaves_others_a_head_start(time: Time) -> None:
    time.ask("key 1")
    began, _ = time.ask("key 2", can_wait=True)
    assert began == pytest.approx(1_000 + HEAD_START)


def test_what_can_wait_does_not_wait_for_ever() -> None:
    """Somebody else asks again and again while it waits."""
    now = 0.0
    turns: Turns

    def wait(called: threading.Condition, seconds: float | None) -> None:
        nonlocal now
        assert seconds is not None
        now += min(seconds, HEAD_START / 2)
        turns._urgent_began["another key"] = now

    turns = Turns(lambda: now, wait)
    turns._urgent_began["another key"] = now
    with turns.turn("key", can_wait=True):
        assert now == pytest.approx(SPAN)


def test_the_first_twenty_balances_wait_for_no_name(time: Time) -> None:
    keys = [f"key {number}" for number in range(MOST)]
    balances = [time.ask(key, takes=0.01)[0] for key in keys]
    names = [time.ask(key, takes=0.01, can_wait=True)[0] for key in keys]
    assert balances[-1] < 1_000 + HEAD_START
    assert names[0] >= balances[-1] + HEAD_START
    assert all(before <= after for before, after in pairwise(names))

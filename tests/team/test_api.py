"""Lemlist is left alone for as long as it asks, whoever wants to ask and in whatever process."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fake_clock import FakeClock
from tests.fakes import NOON, FakeApi
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance, Team
from tray_app.rules.schedule import LONGEST_PAUSE, pause_left
from tray_app.store.teams import TeamsFile, mark_of
from tray_app.team.api import Paused, Pauses, PausingApi, since_boot
from tray_app.words.problem_words import problem_words

KEY = "fake-key-1"
OTHER_KEY = "fake-key-2"
NOW = NOON.timestamp()
HOUR = 3600.0


class Computer:
    """Its two clocks: the one that people set, and the one that only goes."""

    def __init__(self, folder: Path) -> None:
        self.file = TeamsFile(folder / "teams.json")
        self.time = FakeClock()
        self.uptime = FakeClock()

    def forward(self, seconds: float) -> None:
        self.time.forward(seconds=seconds)
        self.uptime.forward(seconds=seconds)

    def program(self, api: FakeApi) -> Callable[[str], PausingApi]:
        """Start a program, and return how it connects."""
        pauses = Pauses(self.file, elapsed=self.uptime.seconds, now=self.time.seconds)
        return lambda key: PausingApi(api, key, pauses)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


def limited(seconds: float = HOUR, kind: Kind = Kind.RATE_LIMITED) -> Problem:
    return Problem(kind, "status 429", retry_after=seconds)


def problem_of(ask: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        ask()
    return caught.value


def test_nothing_is_asked_in_a_pause(computer: Computer, api: FakeApi) -> None:
    api_of_key = computer.program(api)(KEY)
    api.answer = limited()
    assert not isinstance(problem_of(api_of_key.balance), Paused)
    computer.forward(HOUR - 60)
    again = problem_of(api_of_key.balance)
    assert isinstance(again, Paused)
    assert (again.kind, again.retry_after) == (Kind.RATE_LIMITED, 60)
    assert isinstance(problem_of(lambda: api_of_key.team(5)), Paused)
    assert (api.asked_balance, api.asked_team) == (1, 0)
    computer.forward(60)
    api.answer = Balance(7)
    assert api_of_key.balance() == Balance(7)


def test_a_pause_that_is_asked_for_with_the_name_holds_for_the_balance(
    computer: Computer, api: FakeApi
) -> None:
    api_of_key = computer.program(api)(KEY)
    api.identity = limited()
    problem_of(lambda: api_of_key.team(5))
    assert isinstance(problem_of(api_of_key.balance), Paused)
    assert api.asked_balance == 0


@pytest.mark.parametrize("kind", [Kind.RATE_LIMITED, Kind.SERVER_ERROR])
def test_a_pause_outlives_the_program(computer: Computer, api: FakeApi, kind: Kind) -> None:
    api.answer = limited(kind=kind)
    problem_of(computer.program(api)(KEY).balance)
    computer.forward(600)
    paused = problem_of(computer.program(api)(KEY).balance)
    assert isinstance(paused, Paused)
    assert (paused.kind, paused.retry_after) == (kind, HOUR - 600)
    # Nothing was asked, so no status is said.
    assert problem_words(paused).message == problem_words(kind).message
    computer.forward(HOUR - 600)
    api.answer = Balance(7)
    assert computer.program(api)(KEY).balance() == Balance(7)


def test_a_pause_of_one_program_holds_for_one_that_runs_already(
    computer: Computer, api: FakeApi
) -> None:
    tray, terminal = (computer.program(api)(KEY) for _ in range(2))
    tray.balance()
    api.answer = limited()
    problem_of(terminal.balance)
    assert isinstance(problem_of(tray.balance), Paused)
    assert api.asked_balance == 2


def test_another_key_may_ask_at_once(computer: Computer, api: FakeApi) -> None:
    connect = computer.program(api)
    api.answer = limited()
    problem_of(connect(KEY).balance)
    api.answer = Balance(7)
    assert connect(OTHER_KEY).balance() == Balance(7)
    assert computer.program(api)(OTHER_KEY).balance() == Balance(7)
    assert isinstance(problem_of(connect(KEY).balance), Paused)


@pytest.mark.parametrize("jump", [2 * HOUR, -HOUR / 2, -2 * HOUR, 1e9, -1e9])
def test_setting_the_clock_ends_no_pause_and_makes_none_longer(
    computer: Computer, api: FakeApi, jump: float
) -> None:
    api_of_key = computer.program(api)(KEY)
    api.answer = limited()
    problem_of(api_of_key.balance)
    computer.time.forward(seconds=jump)
    computer.forward(HOUR - 1)
    assert isinstance(problem_of(api_of_key.balance), Paused)
    computer.forward(1)
    api.answer = Balance(7)
    assert api_of_key.balance() == Balance(7)


def test_a_pause_noted_by_a_clock_that_was_ahead_does_not_hold(
    computer: Computer, api: FakeApi
) -> None:
    computer.time.forward(seconds=1e8)
    api.answer = limited()
    problem_of(computer.program(api)(KEY).balance)
    computer.time.forward(seconds=-1e8)
    api.answer = Balance(7)
    assert computer.program(api)(KEY).balance() == Balance(7)


def test_a_problem_that_asks_for_no_pause_makes_none(computer: Computer, api: FakeApi) -> None:
    api_of_key = computer.program(api)(KEY)
    for answer in (Problem(Kind.OFFLINE), Problem(Kind.SERVER_ERROR), Problem(Kind.UNAUTHORIZED)):
        api.answer = answer
        assert problem_of(api_of_key.balance) is answer
    assert api.asked_balance == 3


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"keys": 7, "names": []}',
        '{"keys": {"MARK": 7}, "names": {"tea_1": 7}}',
        '{"keys": {"MARK": {"team": 7, "ask_after": "soon", "pause": 7}}}',
        '{"keys": {"MARK": {"ask_after": 1800000060, "pause": []}}}',
        f'{{"keys": {{"MARK": {{"ask_after": 1{"0" * 400}, "pause": "offline"}}}}}}',
    ],
)
def test_a_file_that_can_not_be_used_holds_nobody_up(
    computer: Computer, api: FakeApi, tmp_path: Path, content: str
) -> None:
    (tmp_path / "teams.json").write_text(content.replace("MARK", mark_of(KEY)))
    assert computer.program(api)(KEY).balance() == Balance(1000)
    api.identity = Problem(Kind.TIMEOUT)
    problem_of(lambda: computer.program(api)(KEY).team(5))
    api.identity = Team("tea_1", "Acme")
    assert computer.program(api)(KEY).team(5).name == "Acme"
    assert computer.file.team_of(mark_of(KEY)) == "tea_1"
    assert computer.file.name_of("tea_1") == "Acme"


def test_an_unknown_kind_is_a_pause_all_the_same(computer: Computer, api: FakeApi) -> None:
    computer.file.pause(mark_of(KEY), int(NOW) + 60, "of a newer version")
    paused = problem_of(computer.program(api)(KEY).balance)
    assert (paused.kind, paused.retry_after) == (Kind.RATE_LIMITED, 60)


def test_where_nothing_can_be_kept_pauses_are_those_of_the_run(
    api: FakeApi, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    computer = Computer(tmp_path / "file")
    api_of_key = computer.program(api)(KEY)
    assert api_of_key.team(5).name == "Acme Growth"
    api.answer = limited()
    problem_of(api_of_key.balance)
    assert isinstance(problem_of(api_of_key.balance), Paused)


# --- whose key it is ----------------------------------------------------------------------------


def test_a_team_that_was_known_is_known_again(computer: Computer, api: FakeApi) -> None:
    computer.program(api)(KEY).team(5)
    api.identity = Team("tea_2", "Other")
    computer.program(api)(OTHER_KEY).team(5)
    api.identity = Problem(Kind.TIMEOUT)
    connect = computer.program(api)
    assert connect(KEY).team(5) == Team("tea_1", "Acme Growth")
    assert connect(OTHER_KEY).team(5) == Team("tea_2", "Other")
    assert problem_of(lambda: connect("fake-key-3").team(5)) is api.identity


def test_a_team_goes_by_its_newest_name(computer: Computer, api: FakeApi) -> None:
    for name in ("Acme", "Acme Growth"):
        api.identity = Team("tea_1", name)
        computer.program(api)(KEY).team(5)
    assert computer.file.team_of(mark_of(KEY)) == "tea_1"
    assert computer.file.name_of("tea_1") == "Acme Growth"
    assert computer.file.name_of("tea_9") == ""


def test_the_mark_does_not_give_the_key_back(computer: Computer, api: FakeApi) -> None:
    """4 bytes are too few to hold it, or to find it out by trying."""
    computer.program(api)(KEY).team(5)
    (path,) = computer.file._path.parent.iterdir()
    assert KEY not in path.read_text()
    assert len(bytes.fromhex(mark_of(KEY))) == 4


def test_another_program_keeps_the_longest_pause_from_its_first_moment(
    computer: Computer, api: FakeApi
) -> None:
    """Its end is noted in whole seconds, and so an hour was taken for more than the longest."""
    computer.forward(0.4)
    api.answer = limited(LONGEST_PAUSE)
    problem_of(computer.program(api)(KEY).balance)
    assert isinstance(problem_of(computer.program(api)(KEY).balance), Paused)


# --- the rule -----------------------------------------------------------------------------------


@given(st.floats(0, 1e11), st.floats(0, 1e11))
def test_no_pause_is_longer_than_the_longest(until: float, now: float) -> None:
    assert 0 <= pause_left(until, now) < LONGEST_PAUSE + 1


@pytest.mark.parametrize(
    ("until", "left"),
    [(NOW - 1, 0), (NOW, 0), (NOW + 1, 1), (NOW + HOUR, HOUR), (NOW + HOUR + 1, 0)],
)
def test_what_is_left_of_a_pause(until: float, left: float) -> None:
    assert pause_left(until, NOW) == left


def test_the_time_since_the_start_only_goes_on() -> None:
    times = [since_boot() for _ in range(1000)]
    assert all(one <= other for one, other in itertools.pairwise(times))

"""Several teams at once: each is polled by itself, and lemlist is asked by all of them in turn."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.widget_driver import FORMATS, wait_with_events
from tests.fakes import FakeKeychain
from tests.servers.faulty_sandbox import Sandbox
from tray_app.desktop.poller import Poller
from tray_app.desktop.system.gate import Gate
from tray_app.desktop.system.worker import Crew, Worker
from tray_app.desktop.teams import Teams
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import URL_VARIABLE
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.rules.alerts import AlertState, SnoozeChoice
from tray_app.rules.levels import Level, Thresholds
from tray_app.sandbox import DEMO_KEY
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, settings_file, teams_file
from tray_app.store.history_database import History
from tray_app.store.settings import FIRST_ACCOUNT, Settings, SettingsFile
from tray_app.store.teams import TeamsFile
from tray_app.team import session

TWENTY = 20
FEW, AT_ONCE = 2, 4
MOST, SPAN = 20, 2.0
"""Requests, and the seconds in which lemlist may see no more of them."""


class Program:
    """The teams of a program, whose keys open the sandbox's teams, each in the list's order."""

    def __init__(self, sandbox: Sandbox, **environ: str) -> None:
        self.sandbox = sandbox
        self.file = SettingsFile(settings_file())
        self.keychain = FakeKeychain(DEMO_KEY)
        self.workers: dict[str, Worker] = {}
        self.gate = Gate()
        self.crew = Crew(few=FEW, most=AT_ONCE)
        self.disk = Worker("disk", self.gate)
        self.network = Worker("network", self.gate, self.crew)
        self.environ = {URL_VARIABLE: sandbox.url, **environ}
        self.accounts = [FIRST_ACCOUNT]
        self.teams = self.make_teams()

    def make_teams(self) -> Teams:
        return Teams(
            self.environ, self.keychain, self.disk, self.network, FORMATS, self._make_worker
        )

    def _make_worker(self, account: str) -> Worker:
        self.workers[account] = Worker(account, self.gate, self.crew)
        return self.workers[account]

    def add(self, teams: int = 1) -> str:
        """Add teams to the file, each with the key of the sandbox's next team."""
        for _ in range(teams):
            self.accounts.append(self.file.add_team().account)
            self.key(self.accounts[-1]).key = self.sandbox.key_of(len(self.accounts))
        return self.accounts[-1]

    def key(self, account: str) -> FakeKeychain:
        """Return the keychain's entry of an account."""
        return self.keychain.of(account)

    def poller(self, account: str) -> Poller:
        return next(each for each in self.teams.own if each.account == account)

    def begin(self) -> None:
        self.teams.begin(demo=False)

    def wait_for(self, what: Callable[[Poller], object], *but: str) -> None:
        """Wait until something holds for all teams but some."""
        pollers = self.teams.own

        def holds() -> bool:
            others = [each for each in pollers if each.account not in but]
            return len(others) + len(but) == len(self.accounts) and all(map(what, others))

        wait_with_events(holds, "it holds for all teams")

    def leave(self) -> None:
        for poller in self.teams.own:
            poller.stop()
        for worker in (self.disk, self.network, *self.workers.values()):
            worker.end()


@pytest.fixture
def program(qapp: QApplication, sandbox: Sandbox) -> Iterator[Program]:
    program = Program(sandbox)
    yield program
    program.leave()


def has_balance(poller: Poller) -> bool:
    return poller.session.snapshot.reading is not None


def is_identified(poller: Poller) -> bool:
    return poller.session.snapshot.team_id is not None


def is_studied(poller: Poller) -> bool:
    return poller.session.snapshot.analysis is not None


def kind(poller: Poller) -> Kind | None:
    problem = poller.session.snapshot.problem
    return problem.kind if problem else None


# --- how lemlist is asked -----------------------------------------------------------------------


def test_the_server_sees_few_at_once_and_no_more_than_it_allows(program: Program) -> None:
    program.sandbox.set_fault("slow", seconds=0.1)
    program.add(TWENTY - 1)
    program.begin()
    program.wait_for(is_identified)
    asked = sorted(program.sandbox.requests, key=lambda one: one.time)
    assert len(asked) == 2 * TWENTY
    assert program.sandbox.max_in_flight <= AT_ONCE
    for before, after in zip(asked, asked[MOST:], strict=False):
        assert after.time - before.time >= SPAN


def test_the_first_balances_come_before_any_name(program: Program) -> None:
    program.add(TWENTY - 1)
    program.begin()
    program.wait_for(has_balance)
    paths = [one.path for one in program.sandbox.requests]
    assert paths[:TWENTY] == ["/api/team/credits"] * TWENTY
    waits = [poller.session.snapshot.wait for poller in program.teams.own]
    assert all(30 <= wait <= 330 for wait in waits)
    assert max(waits) - min(waits) > 200  # so the next polls are no burst


@pytest.mark.parametrize("count", [1, AT_ONCE - 1])
def test_teams_that_hang_delay_no_other(program: Program, count: int) -> None:
    program.add(TWENTY - 1)
    hanging = program.accounts[:count]
    for account in hanging:
        program.sandbox.teams[program.key(account).key or ""].fault = ("silent", {})
    program.begin()
    program.wait_for(is_studied, *hanging)
    for account in hanging:
        assert program.poller(account).busy
        assert not has_balance(program.poller(account))
    assert program.sandbox.max_in_flight <= AT_ONCE


def test_one_entry_that_is_locked_or_missing_leaves_the_others(program: Program) -> None:
    program.add(4)
    _, locked, missing, *_ = program.accounts
    program.key(locked).problem = Problem(Kind.KEYCHAIN_LOCKED)
    program.key(missing).key = None
    program.begin()
    program.wait_for(is_identified, locked, missing)
    wait_with_events(
        lambda: kind(program.poller(missing)) is Kind.NO_KEY, "the team without a key says so"
    )
    assert kind(program.poller(locked)) is Kind.KEYCHAIN_LOCKED


def test_a_defect_in_one_teams_job_touches_no_other(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    defects: list[object] = []
    monkeypatch.setattr(threading, "excepthook", defects.append)
    broken = program.add()
    program.add(2)
    make = session.own_session

    def make_broken(*arguments: object, **named: object) -> session.Session:
        made = make(*arguments, **named)  # type: ignore[arg-type]
        if made.entry.account == broken:
            made.open_watch = lambda _settings: 1 // 0  # type: ignore[assignment,return-value]
        return made

    monkeypatch.setattr("tray_app.desktop.teams.own_session", make_broken)
    program.begin()
    program.wait_for(is_studied, broken)
    wait_with_events(lambda: kind(program.poller(broken)) is Kind.DEFECT, "it says so itself")
    program.teams.poll_all()
    program.wait_for(lambda each: not each.busy)
    assert kind(program.poller(broken)) is Kind.DEFECT
    assert defects


# --- what reaches which team --------------------------------------------------------------------


def test_each_teams_readings_are_its_own(program: Program) -> None:
    program.add(2)
    for number, account in enumerate(program.accounts):
        program.sandbox.teams[program.key(account).key or ""].set_total(1_000 + number)
    program.begin()
    program.wait_for(is_studied)
    past = History(history_file())
    recorded = {
        poller.session.snapshot.team_id: [row.credits for row in past.read(team)]
        for poller in program.teams.own
        if (team := poller.session.snapshot.team_id)
    }
    past.close()
    assert list(recorded.values()) == [[1_000], [1_001], [1_002]]


def test_settings_reach_every_team_with_its_own_choices(program: Program) -> None:
    other = program.add()
    program.file.choose_for_team(other, {"low": 50_000, "critical": 100})
    program.begin()
    program.wait_for(is_identified)
    assert program.poller(other).session.snapshot.level is Level.LOW
    program.teams.apply_and_save(Settings(Thresholds(20_000, 100), interval=60))
    program.wait_for(lambda each: each.session.snapshot.level is Level.LOW)
    settings = [poller.session.settings for poller in program.teams.own]
    assert [each.thresholds.low for each in settings] == [20_000, 50_000]
    assert [each.interval for each in settings] == [60, 60]


def test_all_are_asked_after_a_sleep(program: Program) -> None:
    program.add(2)
    program.begin()
    program.wait_for(is_studied)
    program.sandbox.requests.clear()
    program.teams.poll_all()
    program.wait_for(lambda each: not each.busy)
    assert len(program.sandbox.requests) == 3


def test_unlocking_for_one_team_reads_the_keys_of_all(program: Program) -> None:
    program.add(3)
    locked = Problem(Kind.KEYCHAIN_LOCKED)
    entries = [program.key(account) for account in program.accounts]
    for entry in entries:
        entry.problem = locked
    program.begin()
    program.wait_for(lambda each: kind(each) is Kind.KEYCHAIN_LOCKED)
    program.teams.unlock()  # in vain: the user types a wrong password
    wait_with_events(lambda: entries[0].prompts == [False, True], "the user is asked")
    wait_with_events(lambda: not program.teams.shown.busy, "the answer")
    assert [entry.prompts for entry in entries[1:]] == [[False]] * 3
    for entry in entries:
        entry.problem = None
    program.teams.unlock()
    program.wait_for(has_balance)
    assert [entry.prompts for entry in entries[1:]] == [[False, False]] * 3


# --- the list changes ---------------------------------------------------------------------------


def test_another_program_adds_and_removes_teams(program: Program) -> None:
    removed = program.add()
    stays = program.add()
    program.begin()
    program.wait_for(is_studied)
    gone = program.poller(removed)
    changes = QSignalSpy(program.teams.changed)
    program.teams.turn_to(removed)
    program.file.remove_team(removed)
    added = program.add()
    program.teams.load_again()
    wait_with_events(lambda: changes.count(), "the new list")
    program.accounts.remove(removed)
    program.wait_for(is_studied)
    assert [each.account for each in program.teams.own] == [FIRST_ACCOUNT, stays, added]
    assert program.teams.shown.account == FIRST_ACCOUNT
    # Whoever has not heard of it yet may still want something of the team that is gone.
    gone.poll(prompt=True)
    gone.apply(Settings())
    gone.snooze(SnoozeChoice.HOUR)
    gone.start()
    wait_with_events(lambda: program.workers[removed].has_ended, "its worker ends")
    program.teams.load_again()
    wait_with_events(lambda: program.teams._ending == [], "nothing is kept of the worker")


def test_a_team_that_is_removed_while_it_hangs_holds_nobody_up(program: Program) -> None:
    removed = program.add()
    program.sandbox.teams[program.key(removed).key or ""].fault = ("silent", {})
    program.begin()
    program.wait_for(is_studied, removed)
    gone = program.poller(removed)
    assert gone.busy
    program.file.remove_team(removed)
    program.accounts.remove(removed)
    program.teams.load_again()
    wait_with_events(lambda: len(program.teams.own) == 1, "the new list")
    assert not program.workers[removed].has_ended
    program.teams.poll_all()
    wait_with_events(lambda: not program.teams.own[0].busy, "the other is polled")


def test_a_list_that_was_only_ordered_anew_asks_nobody(program: Program) -> None:
    program.add(2)
    program.begin()
    program.wait_for(is_studied)
    pollers, asked = list(program.teams.own), len(program.sandbox.requests)
    program.file.order_teams(program.accounts[::-1])
    program.teams.load_again()
    wait_with_events(lambda: program.teams.own == pollers[::-1], "the new order")
    assert [each.session.place.number for each in program.teams.own] == [0, 1, 2]
    assert len(program.sandbox.requests) == asked


def test_a_mistake_in_the_settings_file_takes_no_team_off_the_screen(program: Program) -> None:
    other = program.add()
    program.file.rename_team(other, "Ours")
    program.begin()
    program.wait_for(is_studied)
    said: list[str] = []
    program.teams.settings_complained.connect(said.append)
    settings_file().write_text("{,")
    program.teams.load_again()
    wait_with_events(lambda: any("mistake in line 1" in each for each in said), "the mistake")
    assert [each.account for each in program.teams.own] == program.accounts
    assert program.teams.names() == ["Acme Growth", "Ours"]
    assert all(has_balance(each) for each in program.teams.own)
    saved = QSignalSpy(program.teams.settings_complained)
    program.teams.apply_and_save(Settings(interval=60))
    wait_with_events(saved.count, "the settings are saved in place of the mistake")
    choices = program.file.load()
    assert choices.settings == Settings(interval=60)
    assert [(each.account, each.name) for each in choices.teams] == [
        (FIRST_ACCOUNT, ""),
        (other, "Ours"),
    ]


def test_the_environments_team_is_watched_though_the_list_does_not_have_it(
    qapp: QApplication, sandbox: Sandbox
) -> None:
    program = Program(sandbox, **{KEY_VARIABLE: DEMO_KEY})
    program.key(FIRST_ACCOUNT).key = None
    program.add()
    program.file.remove_team(FIRST_ACCOUNT)
    program.begin()
    program.wait_for(is_identified)
    assert [poller.account for poller in program.teams.own] == program.accounts
    assert program.teams.shown.account == FIRST_ACCOUNT
    program.leave()


def test_one_teams_new_key_is_used_and_the_others_go_on(program: Program) -> None:
    other = program.add()
    program.begin()
    program.wait_for(is_studied)
    first = program.teams.own[0].session.snapshot
    program.key(other).key = program.sandbox.key_of(7)
    program.teams.use_changed_keys()
    wait_with_events(lambda: not has_balance(program.poller(other)), "the other key is used")
    program.wait_for(is_studied)
    assert program.poller(other).session.snapshot.team_id == program.sandbox.team(7).id
    assert program.teams.own[0].session.snapshot.team_id == first.team_id


# --- names --------------------------------------------------------------------------------------


def test_teams_are_named_as_they_were_called_last_until_they_answer(program: Program) -> None:
    program.add(2)
    known = TeamsFile(teams_file())
    for number, account in enumerate(program.accounts[:2]):
        known.learn(f"mark {number}", f"tea_{number}", "Acme")
        AlertsFile(alerts_file(), account).save(AlertState(), f"tea_{number}")
    program.file.rename_team(program.accounts[2], "Ours")
    program.sandbox.set_fault("503")
    program.begin()
    program.wait_for(lambda each: kind(each) is Kind.SERVER_ERROR)
    wait_with_events(lambda: program.teams.names() == ["Acme", "Acme (2)", "Ours"], "the names")
    program.sandbox.set_fault(None)
    program.teams.poll_all()
    program.wait_for(is_identified)
    assert program.teams.names() == ["Acme Growth", "Acme UK", "Ours"]


# --- the end ------------------------------------------------------------------------------------


def test_quitting_waits_once_for_all_teams_and_not_for_each(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.add(TWENTY - 1)
    program.begin()
    program.wait_for(has_balance)
    now = 0.0

    def hang(_poller: Poller, seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(Poller, "finish", hang)
    monkeypatch.setattr("tray_app.desktop.teams.time.monotonic", lambda: now)
    program.teams.finish(0.5)
    assert now == 0.5

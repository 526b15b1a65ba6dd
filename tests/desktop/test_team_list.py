"""What the user does with the list of teams while they are polled: adding, removing, new keys."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication

from tests.desktop.test_many_teams import Program, has_balance, is_studied, kind
from tests.desktop.widget_driver import emitted, wait_with_events
from tests.servers.faulty_sandbox import Sandbox
from tray_app.desktop.team_list import TeamList
from tray_app.errors import Kind, Problem
from tray_app.rules.alerts import AlertState
from tray_app.sandbox import DEMO_KEY
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.folders import alerts_file, history_file, settings_file
from tray_app.store.history_database import History
from tray_app.store.settings import FIRST_ACCOUNT, ChosenTeams, Settings, TeamEntry


class Listed(Program):
    """The teams of a program, and what the user does with their list."""

    def __init__(self, sandbox: Sandbox, **environ: str) -> None:
        super().__init__(sandbox, **environ)
        self.list = TeamList(self.teams, self.keychain, self.disk, self.network)


@pytest.fixture
def program(qapp: QApplication, sandbox: Sandbox) -> Iterator[Listed]:
    program = Listed(sandbox)
    yield program
    program.leave()


@pytest.mark.parametrize("problem", [None, Kind.KEYCHAIN_LOCKED, Kind.KEYCHAIN_WAITING])
def test_a_team_that_is_added_never_takes_the_place_of_one_whose_key_is_not_read(
    program: Listed, problem: Kind | None
) -> None:
    if problem is not None:
        program.keychain.problem = Problem(problem)
        program.begin()
        program.wait_for(lambda each: kind(each) is problem)
    assert program.list.target_of_new_team().account is None


def test_the_first_team_needs_no_place_of_its_own(program: Listed) -> None:
    program.keychain.key = None
    program.begin()
    program.wait_for(lambda each: kind(each) is Kind.NO_KEY)
    assert program.list.target_of_new_team().account == FIRST_ACCOUNT


def test_there_is_no_room_for_more_teams_than_a_list_takes(
    program: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_app.desktop.team_list.MOST_TEAMS", 2)
    program.begin()
    program.wait_for(has_balance)
    assert program.list.has_room
    program.add()
    program.teams.load_again()
    program.wait_for(has_balance)
    assert not program.list.has_room


def test_a_new_key_of_one_team_is_used_at_once_and_the_others_go_on(program: Listed) -> None:
    program.add(2)
    program.begin()
    program.wait_for(is_studied)
    first, second, third = program.teams.own
    known = first.session.snapshot, third.session.snapshot
    done: list[object] = []
    key = program.sandbox.key_of(7)
    program.list.target_of(second).use(key, True, done.append, done.append)
    wait_with_events(lambda: done, "the key is stored")
    program.teams.leave_demo()  # which is what the program does then, whatever is on the screen
    identity = program.sandbox.team(7).id
    wait_with_events(lambda: second.session.snapshot.team_id == identity, "the key is used")
    assert (first.session.snapshot, third.session.snapshot) == known


def test_a_team_is_added_while_the_others_go_on(program: Listed) -> None:
    program.begin()
    program.wait_for(is_studied)
    known = program.teams.own[0].session.snapshot.reading
    done: list[object] = []
    program.list.target_of_new_team().use(program.sandbox.key_of(2), True, done.append, done.append)
    wait_with_events(lambda: len(program.teams.own) == 2, "the new team")
    wait_with_events(lambda: is_studied(program.teams.own[1]), "its balance")
    assert done == [None]
    assert program.teams.own[0].session.snapshot.reading is known


def test_a_key_that_is_new_ends_the_demo(program: Listed) -> None:
    program.begin()
    program.wait_for(has_balance)
    program.teams.show_demo(2)
    wait_with_events(lambda: len(program.teams.polled) == 2, "the demo")
    program.teams.leave_demo()
    assert program.teams.polled is program.teams.own
    program.wait_for(has_balance)


def test_a_team_stays_whole_when_the_list_can_not_be_saved(program: Listed) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('{"version": 2}')
    program.begin()
    program.wait_for(is_studied)
    told: list[object] = []
    program.list.remove(FIRST_ACCOUNT, told.append, told.append, with_history=True)
    (problem,) = wait_with_events(lambda: told, "what came of it")
    assert isinstance(problem, Problem)
    assert problem.kind is Kind.LIST_UNSAVED
    assert program.keychain.key == DEMO_KEY
    assert AlertsFile(alerts_file(), FIRST_ACCOUNT).load().team_id


def test_a_team_that_another_program_has_removed_meanwhile_is_gone(program: Listed) -> None:
    removed = program.add()
    program.begin()
    program.wait_for(has_balance)
    program.file.remove_team(removed)
    program.teams.load_again()
    wait_with_events(lambda: len(program.teams.own) == 1, "the new list")
    told: list[object] = []
    program.list.remove(removed, told.append, told.append, with_history=True)
    wait_with_events(lambda: told == [None], "there is nothing left to be done")
    assert [each.account for each in program.teams.own] == [FIRST_ACCOUNT]


def test_a_team_that_does_not_answer_is_known_by_what_it_was_in_an_earlier_run(
    program: Listed,
) -> None:
    other = program.add()
    AlertsFile(alerts_file(), other).save(AlertState(), "tea_9")
    program.sandbox.set_fault("401")
    program.begin()
    program.wait_for(lambda each: kind(each) is Kind.UNAUTHORIZED)
    wait_with_events(
        lambda: [each.team_id for each in program.list.known_teams()] == [None, "tea_9"],
        "what earlier runs knew",
    )


def test_a_history_that_is_removed_does_not_begin_again_with_the_answer_that_was_due(
    program: Listed,
) -> None:
    removed = program.add()
    program.begin()
    program.wait_for(is_studied)
    poller, identity = program.poller(removed), program.sandbox.team(2).id
    assert recorded(identity)
    program.sandbox.set_fault("slow", seconds=1)
    poller.poll()
    wait_with_events(lambda: program.sandbox.in_flight, "the request")
    told: list[object] = []
    program.list.remove(removed, told.append, told.append, with_history=True)
    wait_with_events(lambda: program.workers[removed].has_ended, "its worker ends")
    assert told == [None]
    assert recorded(identity) == []
    assert recorded(program.sandbox.team(1).id)


def test_a_history_that_can_not_be_removed_is_said_to_be_there(program: Listed) -> None:
    removed = program.add()
    program.begin()
    program.wait_for(is_studied)
    poller = program.poller(removed)
    poller.session.close()
    history_file().write_bytes(b"no database" * 1000)
    complained = QSignalSpy(program.list.complained)
    told: list[object] = []
    program.list.remove(removed, told.append, told.append, with_history=True)
    wait_with_events(complained.count, "what came of it")
    assert told == [None]
    assert "history" in emitted(complained)[0]


def test_other_trays_hear_that_the_only_key_is_gone(program: Listed) -> None:
    other = program.add()
    program.begin()
    program.wait_for(is_studied)
    gone = QSignalSpy(program.list.only_key_removed)
    for account, expected in ((other, 0), (FIRST_ACCOUNT, 1)):
        told: list[object] = []
        program.list.remove(account, told.append, told.append, with_history=False)
        wait_with_events(lambda: told, "the team is gone")  # noqa: B023
        assert gone.count() == expected
        wait_with_events(lambda: len(program.teams.own) == 1, "the list")


def test_a_team_goes_although_what_was_said_of_it_can_not_be_forgotten(
    program: Listed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: AlertsFile) -> None:
        raise PermissionError

    removed = program.add()
    program.begin()
    program.wait_for(is_studied)
    monkeypatch.setattr(AlertsFile, "remove", refuse)
    told: list[object] = []
    program.list.remove(removed, told.append, told.append, with_history=False)
    wait_with_events(lambda: told == [None], "the team is gone")


def test_a_history_is_kept_that_is_not_the_teams_alone_or_not_known(program: Listed) -> None:
    same = program.add()
    unknown = program.add()
    program.key(same).key = DEMO_KEY
    program.key(unknown).key = None
    program.begin()
    program.wait_for(is_studied, unknown)
    assert program.list.kept_history(same) == "Acme Growth has the same history, which is kept."
    assert "not known which history" in program.list.kept_history(unknown)
    told: list[object] = []
    program.list.remove(same, told.append, told.append, with_history=True)
    wait_with_events(lambda: len(program.teams.own) == 2, "the team is gone")
    wait_with_events(lambda: program.workers[same].has_ended, "its worker ends")
    assert recorded(program.sandbox.team(1).id)
    assert program.list.kept_history(FIRST_ACCOUNT) == ""


def test_what_can_not_be_saved_of_the_list_hides_no_complaint_about_the_settings(
    program: Listed,
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('{"version": 2}')
    program.begin()
    program.wait_for(is_studied)
    of_settings, of_list = (
        QSignalSpy(program.teams.settings_complained),
        QSignalSpy(program.list.complained),
    )
    program.teams.apply_and_save(Settings(interval=60))
    shown = ChosenTeams((TeamEntry(FIRST_ACCOUNT),), "")
    program.list.choose_teams(ChosenTeams((TeamEntry(FIRST_ACCOUNT, "Ours"),), ""), shown)
    wait_with_events(of_list.count, "what came of the list")
    assert emitted(of_list) == ["The list of teams can't be saved."]
    assert emitted(of_settings) == ["The settings can't be saved. They are used until you quit."]
    assert program.teams.names() == ["Acme Growth"]


def test_of_the_list_only_what_the_user_changed_is_saved(program: Listed) -> None:
    program.add(2)
    _, second, third = program.accounts
    program.begin()
    program.wait_for(is_studied)
    entries = [poller.session.entry for poller in program.teams.own]
    shown = ChosenTeams(tuple(entries), "")
    program.file.rename_team(second, "Renamed elsewhere")
    program.file.choose_for_team(second, {"low": 5_000, "critical": 1_000})
    program.file.order_teams(program.accounts[::-1])
    program.file.choose_icon_team(third)
    program.teams.load_again()
    wait_with_events(lambda: program.teams.icon_team == third, "what was saved elsewhere")
    first = replace(entries[0], name="Ours")
    program.list.choose_teams(ChosenTeams((first, *entries[1:]), ""), shown)
    wait_with_events(lambda: "Ours" in program.teams.names(), "the new name")
    choices = program.file.load()
    names = {team.account: team.name for team in choices.teams}
    assert list(names) == program.accounts[::-1]
    assert (names[FIRST_ACCOUNT], names[second]) == ("Ours", "Renamed elsewhere")
    own = {team.account: team.own for team in choices.teams}
    assert own[second] == {"low": 5_000, "critical": 1_000}
    assert choices.icon_team == program.teams.icon_team == third


def recorded(team_id: str) -> list[int]:
    past = History(history_file())
    credits = [row.credits for row in past.read(team_id)]
    past.close()
    return credits

"""What the user does with the list of teams while they are polled: adding, removing, new keys."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tests.desktop.test_many_teams import Program, kind
from tests.servers.faulty_sandbox import Sandbox
from tray_app.desktop.team_list import TeamList
from tray_app.errors import Kind, Problem
from tray_app.store.settings import FIRST_ACCOUNT


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
    assert program.list.new_team().account is None


def test_the_first_team_needs_no_place_of_its_own(program: Listed) -> None:
    program.keychain.key = None
    program.begin()
    program.wait_for(lambda each: kind(each) is Kind.NO_KEY)
    assert program.list.new_team().account == FIRST_ACCOUNT

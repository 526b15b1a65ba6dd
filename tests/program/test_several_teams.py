"""Several teams on a real desktop, from source and as the bundle, seen as their user sees them."""

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.test_tray import CRITICAL, EMPTY, HEALTHY, has_colour
from tests.program.tray_program import FROM_SOURCE, SETTINGS, TIMEOUT, TrayProgram, store_key
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until

REMOVE = "Remove a team — lemlist credits"


@pytest.fixture
def notifications(desktop: VirtualDesktop) -> Iterator[NotificationLog]:
    with NotificationLog(desktop.bus_address) as log:
        yield log


def terminal(
    desktop: VirtualDesktop, sandbox: Sandbox, *arguments: str, key: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command in a terminal of the desktop; it reads a key if one is given."""
    return subprocess.run(
        [*FROM_SOURCE, *arguments],
        input=key,
        env={**desktop.env, "LEMLIST_API_URL": sandbox.url},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def add_teams(desktop: VirtualDesktop, sandbox: Sandbox, *totals: int) -> None:
    """Let the user have a team for each of these balances."""
    for number, total in enumerate(totals, start=1):
        sandbox.teams[sandbox.key_of(number)].set_total(total)
        added = terminal(desktop, sandbox, "teams", "add", key=sandbox.key_of(number))
        assert added.returncode == 0, added.stderr


def test_the_neediest_team_is_on_the_icon_and_all_are_in_the_menu(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    add_teams(desktop, sandbox, 12_430, 62, 25_000)
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("Acme UK\nCritical · 62 credits")
        assert has_colour(program.item.icon_pixmaps(), CRITICAL)
        lines = wait_until(
            lambda: [
                label
                for label in program.item.menu().labels()
                if label.startswith(("Acme", "Borealis"))
            ],
            TIMEOUT,
            "the teams are in the menu",
        )
        assert [line.partition(" credits")[0] for line in lines] == [
            "Acme UK: Critical · 62",
            "Acme Growth: Healthy · 12,430",
            "Borealis: Healthy · 25,000",
        ]
        sandbox.teams[sandbox.key_of(2)].set_total(40_000)
        program.refresh_until("Acme Growth\nHealthy · 12,430 credits")
        assert has_colour(program.item.icon_pixmaps(), HEALTHY)


def test_a_terminal_adds_renames_and_removes_teams_of_a_running_tray(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    sandbox.teams[sandbox.key_of(2)].set_total(0)
    store_key(desktop, sandbox)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Healthy · 12,430 credits")
        terminal(desktop, sandbox, "teams", "add", key=sandbox.key_of(2))
        program.wait_for_tooltip("Acme UK\nEmpty · 0 credits")
        assert has_colour(program.item.icon_pixmaps(), EMPTY)
        terminal(desktop, sandbox, "teams", "rename", "Acme UK", "The British")
        program.wait_for_tooltip("The British\nEmpty · 0 credits")
        terminal(desktop, sandbox, "teams", "remove", "The British", "--yes")
        tooltip = program.wait_for_tooltip("Healthy · 12,430 credits")
        assert tooltip.startswith("Healthy")  # as with one team


def test_who_is_asked_again_whether_a_team_is_to_go_is_asked_by_its_new_name(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    add_teams(desktop, sandbox, 12_430, 25_000)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Acme Growth")
        for before, name in (("Acme UK", "Acme UK"), ("Acme UK", "The British")):
            terminal(desktop, sandbox, "teams", "rename", before, name)
            line = f"{name}: Healthy · 25,000 credits"

            def has_line(line: str = line) -> bool:
                return line in program.item.menu().labels()

            wait_until(has_line, TIMEOUT, f"the line {line}")
            program.item.click_menu("Settings…")
            settings = program.window(SETTINGS)
            settings.find(name="Teams").do_action()
            settings.find(name=f"Remove {name}").do_action()
            asked = program.window(REMOVE)
            assert f"Remove {name}?" in asked.names()
            for window in (asked, settings):
                window.find(role="push button", name="Cancel").do_action()
            wait_until(lambda: not program.windows(), TIMEOUT, "the windows are gone")


def test_each_teams_news_name_it_and_are_told_once(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    add_teams(desktop, sandbox, 12_430, 480, 25_000)
    with TrayProgram(desktop, sandbox.url) as program:
        notifications.wait_for_summary("Acme UK: 480 credits left", TIMEOUT)
        sandbox.teams[sandbox.key_of(3)].set_total(0)
        program.refresh_until("Borealis\nEmpty")
        notifications.wait_for_summary("Borealis: no credits left", TIMEOUT)
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Borealis\nEmpty")
        sandbox.teams[sandbox.key_of(1)].set_total(50)

        def is_told() -> bool:
            program.item.click_menu("Refresh now")  # which asks nothing just after an answer
            return "Acme Growth: 50 credits left" in [
                one.summary for one in notifications.notifications
            ]

        wait_until(is_told, TIMEOUT, "the first team's news")
    assert [one.summary for one in notifications.notifications] == [
        "Acme UK: 480 credits left",
        "Borealis: no credits left",
        "Acme Growth: 50 credits left",
    ]


def test_after_a_night_one_notification_lists_all(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    add_teams(desktop, sandbox, 480, 62, 0, 25_000)
    with TrayProgram(desktop, sandbox.url):
        notifications.wait_for_summary("3 teams need credits", TIMEOUT)
    (told,) = notifications.notifications
    assert set(told.body.splitlines()) == {
        "Borealis: no credits left.",
        "Acme UK: 62 credits left.",
        "Acme Growth: 480 credits left.",
    }


def test_one_team_that_hangs_or_is_refused_leaves_the_others(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    add_teams(desktop, sandbox, 12_430, 25_000, 700)
    sandbox.teams[sandbox.key_of(1)].fault = ("hang", {})
    sandbox.teams[sandbox.key_of(3)].fault = ("401", {})
    with TrayProgram(desktop, sandbox.url) as program:
        wait_until(
            lambda: [
                label for label in program.item.menu().labels() if "Healthy · 25,000" in label
            ],
            TIMEOUT,
            "the team that answers",
        )


def test_what_a_version_for_one_team_has_stored_carries_over(
    desktop: VirtualDesktop, sandbox: Sandbox, notifications: NotificationLog
) -> None:
    """The keychain's entry is that of the first version; so are the files, as tests hold."""
    sandbox.set_total(480)
    store_key(desktop, sandbox)
    with TrayProgram(desktop, sandbox.url):
        notifications.wait_for_summary("Credits are low: 480 left", TIMEOUT)
    assert not (desktop.home / ".config" / "lemlist-credits" / "settings.json").exists()
    sandbox.teams[sandbox.key_of(2)].set_total(25_000)
    terminal(desktop, sandbox, "teams", "add", key=sandbox.key_of(2))
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("Acme Growth\nLow · 480 credits")
        listed = terminal(desktop, sandbox, "status", "--json", "--all")
        totals = [team["credits"] for team in json.loads(listed.stdout)["teams"]]
        assert sorted(totals) == [480, 25_000]
    assert len(notifications.notifications) == 1

"""What the tray makes of its history, on a real desktop, seen as its users see it."""

import csv
import shutil
import signal
from pathlib import Path

import pytest

from tests.desktops.accessibility import Accessible
from tests.desktops.notification_log import NotificationLog
from tests.desktops.notification_service import NotificationService
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import POPUP, TIMEOUT, TrayProgram, history_of, store_past
from tests.servers.faulty_sandbox import Sandbox
from tests.waiting import wait_until
from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.store.history_database import History

HISTORY = "History — lemlist credits"
PLAN = "Calculator — lemlist credits"


unheard = pytest.mark.parametrize(
    "desktop", [{"notifications": False}], ids=["unheard"], indirect=True
)
"""On a desktop that shows no notifications, unless the test itself does."""


@pytest.fixture
def past(desktop: VirtualDesktop, key_is_stored: None) -> list[Record]:
    """Return the sixty days that the history holds of this user, whose key is stored."""
    return store_past(desktop)


def said(window: Accessible, start: str) -> str:
    """Return the text in a window that starts so."""
    return next((name for name in window.names() if name.startswith(start)), "")


def test_forecast_chart_history_and_export(
    desktop: VirtualDesktop,
    sandbox: Sandbox,
    past: list[Record],
    program_command: tuple[str, ...],
) -> None:
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("working days left")
        assert any("working days left" in label for label in program.item.menu().labels())
        popup = program.open_popup()
        assert said(popup, "About ").endswith(" working days left")
        assert said(popup, "Enough to find 2,486 emails")
        wait_until(
            lambda: said(program.window(POPUP), "Balance. Last 30 days"), TIMEOUT, "the chart"
        )
        program.close_popup()

        program.item.click_menu("History…")
        wait_until(
            lambda: said(program.window(HISTORY), "−2,000"), TIMEOUT, "the table of decreases"
        )
        described = [one.description for one in program.window(HISTORY).walk()]
        assert any(text.startswith("12,430 credits left · ") for text in described)
        desktop.wait_for_focus(HISTORY)
        file = desktop.home / "my credits.csv"
        export(program, desktop, file)
        with file.open(newline="") as text:
            rows = list(csv.DictReader(text))
        assert [int(row["credits"]) for row in rows][: len(past)] == [one.credits for one in past]
        assert said(program.window(HISTORY), "Saved as ")


def export(program: TrayProgram, desktop: VirtualDesktop, file: Path) -> None:
    """Save the history to a file, with the keyboard."""

    def at_button() -> bool:
        if "Export…" in program.window(HISTORY).focused:
            return True
        desktop.press_keys("Tab")
        return False

    wait_until(at_button, TIMEOUT, "the focus is on the button")
    desktop.press_keys("Return")
    # The desktop's own dialog does not add the program's name to its title.
    wait_until(lambda: desktop.active_window().startswith("Export CSV"), TIMEOUT, "the dialog")
    desktop.press_keys("ctrl+a")
    desktop.type_text(str(file))
    desktop.press_keys("Return")
    wait_until(lambda: said(program.window(HISTORY), "Saved as "), TIMEOUT, "it is saved")


def test_the_plan_opens_from_the_popup_which_closes(
    desktop: VirtualDesktop, sandbox: Sandbox, past: list[Record]
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("working days left")
        program.open_popup()
        desktop.wait_for_focus(POPUP)

        def at_link() -> bool:
            if any(name.startswith("Enough to find") for name in program.window(POPUP).focused):
                return True
            desktop.press_keys("Tab")
            return False

        wait_until(at_link, TIMEOUT, "the focus is on what it buys")
        desktop.press_keys("Return")
        wait_until(
            lambda: [one.name for one in program.windows()] == [PLAN], TIMEOUT, "only the plan"
        )
        assert said(program.window(PLAN), "Cost: 2,500. Left afterwards: 9,930 of 12,430.")
        assert said(program.window(PLAN), "Expected spending by ")


def test_a_drain_and_the_near_end_are_told(
    desktop: VirtualDesktop, sandbox: Sandbox, past: list[Record]
) -> None:
    with (
        NotificationLog(desktop.bus_address) as notices,
        TrayProgram(desktop, sandbox.url) as program,
    ):
        program.wait_for_tooltip("working days left")
        sandbox.set_total(2_000)

        def is_low() -> bool:
            program.item.click_menu("Refresh now")
            return "2,000 credits" in program.tooltip()

        wait_until(is_low, TIMEOUT, "the drain is seen")
        drain = notices.wait_for_summary("Unusual spending: 10,430 in 1 min", TIMEOUT)
        assert drain.body.startswith("Usual for that time: ")

        def is_told() -> bool:
            program.item.click_menu("Refresh now")
            return any("likely to run out" in one.summary for one in notices.notifications)

        wait_until(is_told, TIMEOUT, "the near end is told")


def test_the_first_alert_of_a_run_is_one_with_the_date_in_it(
    desktop: VirtualDesktop,
    sandbox: Sandbox,
    past: list[Record],
    program_command: tuple[str, ...],
) -> None:
    sandbox.set_total(62)
    with (
        NotificationLog(desktop.bus_address) as notices,
        TrayProgram(desktop, sandbox.url, program=program_command) as program,
    ):
        first = notices.wait_for_summary("Credits almost gone: 62 left", TIMEOUT)
        assert first.body.startswith("Likely to run out ")
        assert first.urgency == 2
        program.wait_for_tooltip("Critical · 62 credits")
        program.refresh_until("62 credits")
        # What it says too is not said once more; the drain is other news.
        assert [one.summary for one in notices.notifications][1:] in (
            [],
            ["Unusual spending: 12,368 in 1 min"],
        )


@unheard
@pytest.mark.usefixtures("key_is_stored")
def test_an_alert_waits_for_a_notification_service_also_across_a_restart(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    sandbox.set_total(480)
    alerts = desktop.home / "state" / "lemlist-credits" / "alerts.json"
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("Low · 480 credits")
        wait_until(alerts.exists, TIMEOUT, "what was seen is kept")
        assert '"said": {}' in alerts.read_text()
    sandbox.set_total(450)
    with TrayProgram(desktop, sandbox.url, program=program_command) as program:
        program.wait_for_tooltip("Low · 450 credits")
        with NotificationService(desktop.bus_address) as service:
            wait_until(service.titles, TIMEOUT, "the service shows it")
            assert service.titles() == ["Credits are low: 450 left"]
            wait_until(lambda: '"low": [' in alerts.read_text(), TIMEOUT, "it is kept")
            # Another service does not get it again, and neither does another run.
        with NotificationService(desktop.bus_address) as service:
            sandbox.set_total(440)
            program.refresh_until("440 credits")
            sandbox.set_total(62)
            program.refresh_until("62 credits")
            wait_until(service.titles, TIMEOUT, "the next alert")
            assert service.titles() == ["Credits almost gone: 62 left"]


@unheard
@pytest.mark.usefixtures("key_is_stored")
def test_what_is_shown_while_the_program_quits_counts_as_said(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    with NotificationService(desktop.bus_address) as service:
        sandbox.set_total(480)
        service.hang(at="Notify")
        with TrayProgram(desktop, sandbox.url, program=program_command) as program:
            wait_until(lambda: service.waiting, TIMEOUT, "the service is asked")
            program.process.send_signal(signal.SIGSTOP)
            service.go_on()
            wait_until(service.titles, TIMEOUT, "the service shows it")
            program.process.terminate()
            program.process.send_signal(signal.SIGCONT)
        alerts = desktop.home / "state" / "lemlist-credits" / "alerts.json"
        assert '"low": [' in alerts.read_text()


@unheard
@pytest.mark.usefixtures("key_is_stored")
def test_what_is_no_longer_true_is_taken_off_the_screen(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    sandbox.set_total(450)
    with (
        NotificationService(desktop.bus_address) as service,
        TrayProgram(desktop, sandbox.url, program=program_command) as program,
    ):
        for total, words, titles in (
            (450, "450 credits", ["Credits are low: 450 left"]),
            (80, "80 credits", ["Credits almost gone: 80 left"]),
            # Reserved credits come back: no news, but what was said is untrue.
            (440, "440 credits", []),
            # A refill.
            (9_000, "9,000 credits", ["Credits added: 8,560"]),
        ):
            sandbox.set_total(total)
            program.refresh_until(words)
            wait_for_titles(service, titles)


@unheard
@pytest.mark.usefixtures("key_is_stored")
def test_what_the_popup_tells_is_taken_off_the_screen(
    desktop: VirtualDesktop, sandbox: Sandbox, program_command: tuple[str, ...]
) -> None:
    """On Plasma it stood before the popup."""
    sandbox.set_total(450)
    with (
        NotificationService(desktop.bus_address) as service,
        TrayProgram(desktop, sandbox.url, program=program_command) as program,
    ):
        wait_for_titles(service, ["Credits are low: 450 left"])
        program.open_popup()
        wait_for_titles(service, [])
        program.close_popup()
        sandbox.set_total(440)
        program.refresh_until("440 credits")
        assert service.titles() == []


def wait_for_titles(service: NotificationService, titles: list[str]) -> None:
    wait_until(lambda: service.titles() == titles, TIMEOUT, f"{titles} on the screen")


@pytest.mark.usefixtures("key_is_stored")
def test_a_reading_is_recorded_once_the_team_is_known(
    desktop: VirtualDesktop, sandbox: Sandbox
) -> None:
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        history = history_of(desktop)
        wait_until(lambda: history.read(DEMO_TEAM_ID), TIMEOUT, "the reading is recorded")
        sandbox.set_total(480)
        wait_until(lambda: refreshed(program, history), TIMEOUT, "the next one too")
        history.close()
    history = history_of(desktop)
    assert [record.credits for record in history.read(DEMO_TEAM_ID)] == [12_430, 480]
    history.close()


def refreshed(program: TrayProgram, history: History) -> bool:
    program.item.click_menu("Refresh now")
    return len(history.read(DEMO_TEAM_ID)) > 1


def test_the_demo_brings_its_past_and_leaves_nothing(desktop: VirtualDesktop) -> None:
    temporary = desktop.home / "temporary"
    temporary.mkdir()
    environment = {"TMPDIR": str(temporary)}
    with TrayProgram(desktop, "http://127.0.0.1:9", "demo", env=environment) as program:
        program.wait_for_tooltip("working days left")
        program.item.click_menu("Quit")
        program.process.wait(TIMEOUT)
    assert not list(temporary.iterdir())
    assert not (desktop.home / "data" / "lemlist-credits").exists()


def test_a_history_of_a_newer_version_is_said_and_left_alone(
    desktop: VirtualDesktop, sandbox: Sandbox, past: list[Record]
) -> None:
    import sqlite3

    file = desktop.home / "data" / "lemlist-credits" / "history.sqlite"
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version = 99")
    database.close()
    kept = shutil.copy(file, desktop.home / "kept")
    with TrayProgram(desktop, sandbox.url) as program:
        program.wait_for_tooltip("12,430 credits")
        program.open_popup()
        wait_until(
            lambda: said(
                program.window(POPUP), "The history is from a newer version of lemlist credits"
            ),
            TIMEOUT,
            "it is said",
        )
    assert file.read_bytes() == Path(kept).read_bytes()

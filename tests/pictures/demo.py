"""The demo on a desktop that exists in memory only, for machines without a screen.

    python -m tests.pictures.demo FOLDER

Starts a whole desktop and the stand-in API, stores a key in the desktop's keychain as a user
would, gives the team a past of sixty days, starts the tray and plays its story: healthy, low,
critical, empty, refilled, offline. Writes a picture of the desktop for each state, and prints what
it shows.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.desktops.notification_log import NotificationLog
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import TrayProgram, store_key
from tests.servers.faulty_sandbox import Sandbox
from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.store.history_database import History

STORY = (
    # state, balance, what the tooltip says, what the notification says
    ("healthy", 12_430, "working days left", None),
    ("low", 480, "480 credits", "Credits are low: 480 left"),
    ("critical", 62, "62 credits", "Credits almost gone: 62 left"),
    ("empty", 0, "0 credits", "No credits left"),
    # More than went shortly before, which might be credits that were reserved and come back.
    ("refilled", 25_000, "25,000 credits", "Credits added: 25,000"),
    ("offline", None, "out of date", None),
)


def play(folder: Path) -> None:
    """Play the story once; raises TimeoutError if a state does not show."""
    with (
        VirtualDesktop() as desktop,
        Sandbox(story="fixed") as sandbox,
        NotificationLog(desktop.bus_address) as notifications,
    ):
        sandbox.set_total(12_430)
        say(store_key(desktop, sandbox))
        history = History(desktop.home / "data" / "lemlist-credits" / "history.sqlite")
        for record in past_of_demo(datetime.now(UTC)):  # noqa: TID251  (test_any_day.py)
            history.record(DEMO_TEAM_ID, record)
        history.close()
        with TrayProgram(desktop, sandbox.url) as program:
            program.wait_for_tooltip("12,430 credits")
            for number, (state, balance, words, notice) in enumerate(STORY, start=1):
                if balance is None:
                    sandbox.stop()
                else:
                    sandbox.set_total(balance)
                # Opened before there is news: what the popup tells is taken off the screen then.
                program.open_popup()
                tooltip = program.refresh_until(words)
                said = ""
                if notice is not None:
                    shown = notifications.wait_for_summary(notice, 10)
                    said = f"notification: {shown.summary}. {shown.body}"
                picture = desktop.screenshot(folder / f"{number}-{state}.png")
                program.close_popup()
                say(f"{picture}", *tooltip.splitlines(), said)


def say(first: str, *rest: str) -> None:
    """Print a line, and what belongs to it below."""
    print(first, *(f"    {line}" for line in rest if line), sep="\n", flush=True)


if __name__ == "__main__":
    play(Path(sys.argv[1]))

"""The log is small, out of the way, and holds no values."""

import io
import logging
import stat
import sys
import threading
from pathlib import Path

import pytest

from tests.waiting import wait_until
from tray_app.logs import LARGEST_FILE, OLD_FILES, outline, start_logging


def test_writes_to_a_file_and_rotates_it(tmp_path: Path) -> None:
    file = tmp_path / "log" / "program.log"
    stop = start_logging(file, verbose=False)
    for number in range(8_000):
        logging.getLogger("test").info("line %s %s", number, "x" * 40)
    stop()
    files = sorted(file.parent.iterdir())
    assert len(files) == 1 + OLD_FILES
    assert all(each.stat().st_size <= LARGEST_FILE for each in files)
    assert "line 7999" in file.read_text()


@pytest.mark.parametrize(("verbose", "is_written"), [(False, False), (True, True)])
def test_details_only_when_asked_for(tmp_path: Path, verbose: bool, is_written: bool) -> None:
    file = tmp_path / "program.log"
    stop = start_logging(file, verbose=verbose)
    logging.getLogger("test").debug("a detail")
    stop()
    assert (file.exists() and "a detail" in file.read_text()) is is_written


def test_goes_on_where_no_log_can_be_written(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    stop = start_logging(in_the_way / "log" / "program.log", verbose=False)
    logging.getLogger("test").error("lost")
    stop()
    assert in_the_way.read_text() == ""


def test_outline_of_an_error_has_places_and_no_values() -> None:
    def fail() -> None:
        secret = "not-a-real-key"
        raise ValueError(secret)

    try:
        fail()
    except ValueError as error:
        text = outline(error, error.__traceback__)
    assert "not-a-real-key" not in text
    assert text.endswith("fail > ValueError")
    assert "test_logs.py:" in text


class StoppedTerminal(io.StringIO):
    """A terminal in which somebody has pressed Ctrl-S."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def write(self, text: str) -> int:
        self.goes_on.wait(20)
        return len(text)


def test_a_terminal_that_takes_nothing_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = StoppedTerminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    stop = start_logging(tmp_path / "program.log", verbose=False)
    logging.getLogger("test").warning("nobody reads it")
    ending = threading.Thread(target=stop)
    ending.start()
    try:
        wait_until(lambda: not ending.is_alive(), 10, "the end of the log")
    finally:
        terminal.goes_on.set()


def test_its_folders_are_the_users_own(tmp_path: Path) -> None:
    file = tmp_path / "program" / "log" / "program.log"
    start_logging(file, verbose=False)()
    for folder in file.parents[:2]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700

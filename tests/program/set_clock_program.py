"""The tray program, whose clock is set a year on at a signal (SIGUSR1).

    python -m tests.program.set_clock_program

It has a clock of its own, as libfaketime makes Python's threads spin once it is ahead: fine for
waiting, not for a program that has something to do.
"""

import signal
import sys
from datetime import datetime, timedelta, tzinfo
from typing import Self

from tray_app.__main__ import main
from tray_app.desktop import app

YEAR = timedelta(days=365)


class SetClock(datetime):
    ahead = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + cls.ahead


def set_clock(_number: int, _frame: object) -> None:
    SetClock.ahead = YEAR


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, set_clock)
    app.datetime = SetClock  # type: ignore[attr-defined]
    sys.exit(main([]))

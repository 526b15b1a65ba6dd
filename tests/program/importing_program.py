"""The tray program, which tells which thread imports what, and makes which classes of Qt's.

    python -m tests.program.importing_program [ARGUMENT ...]

It is the whole program as `main.py` starts it with these arguments. Once it has imported the popup,
by itself, it prints a line of JSON, and ends: a list of the modules in the order in which they were
first imported, each with the thread's name, and a like one of the classes.
"""

import builtins
import json
import os
import sys
import threading
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import shiboken6

from tests.waiting import wait_until

POPUP = "tray_app.desktop.popup.popup"
TIMEOUT = 60.0

imported: list[tuple[str, str]] = []
made: list[tuple[str, str]] = []
_build_class = builtins.__build_class__


class Noting:
    """Notes each module that is not imported yet, and leaves it to be found by the others."""

    @classmethod
    def find_spec(
        cls, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        imported.append((name, threading.current_thread().name))
        return None


def build_and_note(*arguments: Any, **options: Any) -> Any:
    """Make a class as Python does."""
    built = _build_class(*arguments, **options)
    if isinstance(built, type(shiboken6.Object)):
        made.append((built.__qualname__, threading.current_thread().name))
    return built


def tell_and_end() -> None:
    """Wait for the popup to be imported, and say what was seen."""
    wait_until(lambda: hasattr(sys.modules.get(POPUP), "Popup"), TIMEOUT, "the popup is imported")
    print(json.dumps({"imported": imported, "made": made}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    sys.meta_path.insert(0, Noting)
    builtins.__build_class__ = build_and_note
    threading.Thread(target=tell_and_end, name="teller", daemon=True).start()
    from tray_app.__main__ import main

    sys.exit(main(sys.argv[1:]))

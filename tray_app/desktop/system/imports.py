"""Imports of modules that make classes of Qt's, which only the GUI thread may do.

Up to Python 3.11 PySide6 keeps what it knows of its classes in one table, which Qt also reads in
the GUI thread while Python's lock is free (``PepType_SOTP`` in shiboken's pep384impl.cpp). When
another thread adds a class at such a moment, the program crashes: seen once in many thousand
starts, and at will with a thread that does nothing but make classes. So a worker imports what is
not Qt's, and the GUI thread the rest, a module at a time. PySide6 makes Qt's own classes when their
names are first used, so a class that a worker uses is named by a module, too.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from PySide6.QtCore import QTimer


def _nothing() -> None:
    """Do nothing."""


def import_in_turn(
    modules: Iterable[str],
    done: Callable[[], object] = _nothing,
    failed: Callable[[], object] = _nothing,
) -> None:
    """Import modules, and serve what else the GUI thread has to do between two of them.

    Then ``done`` is called. An exception of an import, or of ``done``, ends it: ``failed`` is
    called, and the exception goes on.
    """
    rest = list(modules)

    def go_on() -> None:
        try:
            if rest:
                import_module(rest.pop(0))
                QTimer.singleShot(0, go_on)
            else:
                done()
        except BaseException:
            failed()
            raise

    go_on()

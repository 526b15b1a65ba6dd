"""What a user can send to whoever helps: no key, no team, no figures."""

import locale
import os
import sys
from collections.abc import Iterable
from datetime import datetime

from tray_app import __version__
from tray_app.errors import Problem
from tray_app.lemlist.address import api_url
from tray_app.store.keychain import Keychain
from tray_app.store.settings import Settings

PACKAGES = ("PySide6-Essentials", "requests", "urllib3", "truststore", "keyring", "jeepney")
VARIABLES = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG")
MOST_PROBLEMS = 10


class RecentProblems:
    """The last problems, each of which stands here once: how often it was met, and when."""

    def __init__(self) -> None:
        self._last: Problem | None = None
        self._met: dict[tuple[str, str], tuple[int, datetime, datetime]] = {}

    def note(self, problem: Problem, at: datetime) -> None:
        """Take note of a problem; the same object, noted again at once, counts once."""
        if problem is self._last:
            return
        self._last = problem
        what = problem.kind, problem.detail
        count, first, _ = self._met.pop(what, (0, at, at))
        self._met[what] = count + 1, first, at  # the last of all, as it is the latest
        if len(self._met) > MOST_PROBLEMS:
            del self._met[next(iter(self._met))]

    def lines(self) -> list[str]:
        """Describe each problem in a line, the latest last."""
        lines = []
        for (kind, detail), (count, first, last) in self._met.items():
            when = f"{last:%Y-%m-%d %H:%M:%S}"
            if count > 1:
                when = f"{first:%Y-%m-%d %H:%M:%S} to {when} {count} times"
            lines.append(f"{when} {kind} {detail}".rstrip())
        return lines


def report(settings: Settings, problems: Iterable[str], keychain: Keychain, tray: str) -> str:
    """Describe this program and where it runs, one fact a line, and what went wrong when.

    ``problems`` are the lines of :class:`RecentProblems`. Blocks as the keychain does.
    """
    from platform import platform, python_version  # which takes 0.1 MB

    try:
        keychain_name = keychain.name()
    except Problem as problem:
        keychain_name = problem.kind
    frozen = " (bundle)" if getattr(sys, "frozen", False) else ""
    facts = [
        ("lemlist-credits", __version__ + frozen),
        ("system", platform()),
        ("Python", python_version()),
        *((package, _version_of(package)) for package in PACKAGES),
        *((name, os.environ.get(name, "–")) for name in VARIABLES),
        ("encoding", locale.getpreferredencoding(do_setlocale=False)),
        ("tray", tray),
        ("keychain", keychain_name),
        ("proxy", _proxies()),
        *settings.choices.items(),
    ]
    return "\n".join((*(f"{name}: {value}" for name, value in facts), *problems))


def _proxies() -> str:
    """Name the proxies through which lemlist is reached, without their passwords."""
    from tray_app.lemlist.proxies import desktops_proxies, shown, ways_to

    try:
        return ", ".join(
            shown(way) or "none" for way in ways_to(api_url(os.environ), desktops_proxies)
        )
    except Problem as problem:
        return problem.kind


def versions() -> str:
    """Return the versions of this program and of what it is made with, in a line."""
    from platform import python_version

    python, qt = python_version(), _version_of("PySide6-Essentials")
    return f"lemlist-credits {__version__} (Python {python}, Qt {qt})"


def _version_of(package: str) -> str:
    """Return the version of an installed package, or a dash."""
    from importlib.metadata import PackageNotFoundError, version  # which the tray rarely needs

    try:
        return version(package)
    except PackageNotFoundError:
        return "–"

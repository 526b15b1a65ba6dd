"""What a user can send to whoever helps: no key, no team, no figures."""

import locale
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from tray_app import __version__
from tray_app.errors import Problem
from tray_app.store.settings import Settings

PACKAGES = ("PySide6-Essentials", "requests", "urllib3", "truststore", "keyring", "jeepney")
VARIABLES = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "LANG")


def report(
    settings: Settings,
    problems: Iterable[tuple[datetime, Problem]],
    *,
    keychain: str,
    tray: str,
    environ: Mapping[str, str] = os.environ,
) -> str:
    """Describe this program and where it runs, one fact a line, and what went wrong when."""
    frozen = " (bundle)" if getattr(sys, "frozen", False) else ""
    facts = [
        ("lemlist-credits", __version__ + frozen),
        ("system", platform.platform()),
        ("Python", platform.python_version()),
        *((package, version_of(package)) for package in PACKAGES),
        *((name, environ.get(name, "–")) for name in VARIABLES),
        ("encoding", locale.getpreferredencoding(do_setlocale=False)),
        ("tray", tray),
        ("keychain", keychain),
        ("low, critical", f"{settings.thresholds.low}, {settings.thresholds.critical}"),
        ("interval", f"{settings.interval} s"),
        ("notifications", "on" if settings.notifications else "off"),
        ("icon", settings.icon),
    ]
    lines = [f"{name}: {value}" for name, value in facts]
    lines += [
        f"{at:%Y-%m-%d %H:%M:%S} {problem.kind} {problem.detail}".rstrip()
        for at, problem in problems
    ]
    return "\n".join(lines)


def version_of(package: str) -> str:
    """Return the version of an installed package, or a dash."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"

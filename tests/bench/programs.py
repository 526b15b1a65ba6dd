"""The programs that are measured, and the bundles that are made to measure against."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

PROJECT = Path(__file__).parent.parent.parent
WORK = PROJECT / "build" / "bench"
"""What is made here is kept for the next run, as long as it would be made the same again."""
BUNDLE = PROJECT / "dist" / "lemlist-credits"
BARE_TRAY = Path(__file__).with_name("bare_tray.py")

Build = Literal["source", "frozen", "Debian"]


@dataclass(frozen=True)
class Program:
    """A program that shows an icon in the panel."""

    name: str
    build: Build
    command: tuple[str, ...]
    is_product: bool = False
    settings: tuple[str, str] | None = None
    """A file of settings, and its content, for what would otherwise greet its first user."""
    closes_on_escape: bool = False
    """Whether its popup closes on Escape only, and not on another click."""

    @property
    def label(self) -> str:
        """How it is called in the table."""
        return f"{self.name}, {self.build}"


BARE = Program("bare icon", "source", (sys.executable, str(BARE_TRAY)))
PRODUCT = Program(
    "lemlist-credits", "source", (sys.executable, str(PROJECT / "main.py")), is_product=True
)
SYNCTHING_TRAY_SETTINGS = """\
[General]
v=1.3.2

[tray]
connections\\1\\label=Primary instance
connections\\1\\syncthingUrl=http://127.0.0.1:9
connections\\1\\apiKey=@ByteArray(key)
connections\\1\\autoConnect=true
connections\\1\\reconnectInterval=30000
connections\\size=1
"""
"""Its own defaults, but for an address at which no Syncthing is, which would wake it more."""
PEERS = {
    "syncthingtray": Program(
        "Syncthing Tray",
        "Debian",
        ("syncthingtray",),
        settings=("syncthingtray.ini", SYNCTHING_TRAY_SETTINGS),
        closes_on_escape=True,
    ),
    "vorta": Program("Vorta", "Debian", ("vorta", "--daemonize")),
}
"""By the name of Debian's package."""


def bare_frozen() -> Program:
    """Return the bare icon as PyInstaller freezes it by default."""
    folder = _default_bundle("bare-tray", BARE_TRAY, [BARE_TRAY])
    return Program("bare icon", "frozen", (str(folder / "bare-tray"),))


def product_frozen(folder: Path) -> Program:
    """Return the product's bundle, copied to a folder: who runs the same files shares memory.

    Raises FileNotFoundError when there is no bundle: `make bundle` makes it.
    """
    copy = folder / BUNDLE.name
    shutil.copytree(BUNDLE, copy, symlinks=True)
    return Program("lemlist-credits", "frozen", (str(copy / BUNDLE.name),), is_product=True)


def default_bundle() -> Path:
    """Return the folder of the product as PyInstaller freezes it by default."""
    main = PROJECT / "main.py"
    sources = [main, *sorted((PROJECT / "tray_app").rglob("*.py"))]
    return _default_bundle("lemlist-credits-default", main, sources)


def installed_peers() -> dict[str, Program]:
    """Return those peers that are installed, by the name of Debian's package."""
    return {package: each for package, each in PEERS.items() if shutil.which(each.command[0])}


def _default_bundle(name: str, script: Path, sources: Iterable[Path]) -> Path:
    folder, stamp = WORK / name, WORK / f"{name}.sha256"
    digest = hashlib.sha256(
        " ".join(version(each) for each in ("pyinstaller", "PySide6-Essentials")).encode()
    )
    for source in sources:
        digest.update(source.read_bytes())
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return folder
    stamp.unlink(missing_ok=True)
    folders = [f"--{each}path={WORK / 'work'}" for each in ("work", "spec")]
    options = ("--noconfirm", "--log-level=ERROR", f"--distpath={WORK}", f"--name={name}", *folders)
    subprocess.run(
        (sys.executable, "-m", "PyInstaller", *options, str(script)), cwd=PROJECT, check=True
    )
    stamp.write_text(digest.hexdigest())
    return folder

"""Install the Debian package on a clean root, use it there, and remove it again.

Run it as root in the project's folder, after ``make release``:
``python -m tests.project.release_root [--suite trixie]``. The root is a minimal Debian, made anew
below a temporary folder from the package mirror that this machine uses. The tray runs inside the
root, on the virtual desktop outside of it: they share the X server, the bus and the loopback
interface.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests import PROJECT
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tray_app import __version__
from tray_app.sandbox import DEMO_KEY

PACKAGE = "lemlist-credits"
RELEASE = PROJECT / "dist" / "release"
SOURCES = (Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("debian.sources"))
MIRROR = re.compile(r"^(?:URIs:|deb)\s+(https?://\S+/debian/?)(?:\s|$)", re.MULTILINE)
ON_THE_DESKTOP = """
mount --types proc proc "$0/proc"
mkdir --parents "$0$HOME"
mount --bind "$HOME" "$0$HOME"
exec chroot "$0" "$@"
"""
"""Runs a program in the root with the desktop's home folder, where the bus is. X also listens on an
abstract socket. The mounts are in a namespace of their own, and end with the program."""

CHANGED_BY_APT = re.compile(
    r"/(var/(lib/(apt|dpkg|systemd|pam)|cache|log)|tmp|root|run|proc|dev|sys|etc/ld\.so\.cache)(/|$)"
)
"""What apt itself and other packages change while they work."""


class Root:
    """A minimal Debian in a folder."""

    def __init__(self, folder: Path, suite: str) -> None:
        self.folder = folder
        mirror = next(filter(None, (_mirror(source) for source in SOURCES)))
        _run("mmdebstrap", "--quiet", "--variant=minbase", suite, str(folder), mirror)
        self.apt("update")

    def command(self, *command: str) -> tuple[str, ...]:
        """Return what runs a command inside."""
        return ("chroot", str(self.folder), *command)

    def apt(self, *arguments: str) -> None:
        """Run apt-get inside, without what is only recommended."""
        options = ("--quiet=2", "--yes", "--no-install-recommends")
        _run(
            *self.command("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *options, *arguments)
        )

    def packages(self) -> set[str]:
        """Return the installed packages."""
        listing = _run(*self.command("dpkg-query", "--show", "--showformat=${Package}\n"))
        return set(listing.split())

    def files(self) -> set[str]:
        """Return all files but those that come and go with apt's work."""
        found = _run("find", str(self.folder), "-xdev", "-printf", "/%P\n").splitlines()
        return {name for name in found if not CHANGED_BY_APT.match(name)}

    def command_on_desktop(self, *command: str) -> tuple[str, ...]:
        """Return what runs a command inside, with the home folder that it has outside."""
        return ("unshare", "--mount", "sh", "-ec", ON_THE_DESKTOP, str(self.folder), *command)


def _mirror(source: Path) -> str | None:
    found = MIRROR.search(source.read_text()) if source.exists() else None
    return found[1] if found else None


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def try_package(package: Path, suite: str, folder: Path) -> None:
    """Install, run and remove the package; end with a message if anything is not as it should."""
    root = Root(folder, suite)
    shutil.copy(package, folder / "tmp")
    packages, files = root.packages(), root.files()

    root.apt("install", f"/tmp/{package.name}")
    print(f"installed, with {', '.join(sorted(root.packages() - packages - {PACKAGE}))}")
    version = _run(*root.command(PACKAGE, "--version"))
    _check(__version__ in version, version)

    with Sandbox(story="fixed") as sandbox, VirtualDesktop() as desktop:
        sandbox.set_total(12_430)
        inside = root.command_on_desktop(PACKAGE)
        environment = {**desktop.env, "LEMLIST_API_URL": sandbox.url, "LEMLIST_API_KEY": DEMO_KEY}
        status = subprocess.run(
            (*inside, "status"), env=environment, capture_output=True, text=True, check=False
        )
        _check("12,430 credits" in status.stdout, status.stdout + status.stderr)
        print(status.stdout.splitlines()[0])
        key = {"LEMLIST_API_KEY": DEMO_KEY}
        with TrayProgram(desktop, sandbox.url, program=inside, env=key) as program:
            print(program.wait_for_tooltip("12,430 credits").splitlines()[0])
            popup = program.open_popup()
            _check("12,430 credits" in popup.names(), str(popup.names()))

    root.apt("purge", PACKAGE)
    root.apt("autoremove", "--purge")
    _check(root.packages() == packages, f"left: {root.packages() - packages}")
    _check(root.files() == files, f"left or lost: {sorted(root.files() ^ files)}")
    print("purged: nothing is left")


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise SystemExit(message)


def main() -> None:
    """Try the package of the release on each of the wanted suites."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", action="append", help="bookworm and trixie by default")
    suites = parser.parse_args().suite or ["bookworm", "trixie"]
    (package,) = RELEASE.glob("*.deb")
    if os.geteuid() != 0:
        raise SystemExit("A root folder can only be made by root.")
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="release-root-") as folder:
            print(f"--- {suite}")
            try_package(package, suite, Path(folder) / "root")


if __name__ == "__main__":
    main()

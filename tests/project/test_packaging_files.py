"""What the packages for Windows and macOS are made with, as far as Linux can try it."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from resources.make_icons import icon, write_icons
from tests import PROJECT
from tray_app import __version__
from tray_app.desktop.widgets.icon import paint_app_icon

WORKFLOW = PROJECT / ".github/workflows/ci.yml"
INSTALLER = PROJECT / "resources/windows/lemlist-credits.iss"
PORTABLE = PROJECT / "tests/portable.txt"

ONLY_ON_UNIX = "fcntl grp jeepney pty pwd resource secretstorage termios tty"
COLLECT = f"""
import sys
sys.modules.update(dict.fromkeys({ONLY_ON_UNIX!r}.split()))
import pytest
sys.exit(pytest.main(["--collect-only", "--quiet", "@tests/portable.txt"]))
"""


def test_the_portable_tests_import_nothing_that_windows_lacks() -> None:
    collected = subprocess.run(
        [sys.executable, "-c", COLLECT], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert collected.returncode == 0, collected.stdout


@pytest.mark.parametrize("file", PORTABLE.read_text().split())
def test_the_portable_tests_call_nothing_that_windows_lacks(file: str) -> None:
    calls = re.findall(r"tzset|os\.fork|umask|chmod|/proc/|SIGKILL", (PROJECT / file).read_text())
    assert not calls


def test_the_icons_are_the_one_that_the_windows_show() -> None:
    image = QImage(256, 256, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    paint_app_icon(painter, 256)
    painter.end()
    rgba = image.convertToFormat(QImage.Format.Format_RGBA8888)
    painted = Image.frombytes("RGBA", (256, 256), bytes(rgba.constBits()))
    assert max(ImageChops.difference(icon(256), painted).tobytes()) <= 8  # of 255


def test_the_icon_files_have_every_size(tmp_path: Path) -> None:
    write_icons(tmp_path)
    with Image.open(tmp_path / "lemlist-credits.ico") as file:
        assert {16, 24, 32, 48, 256} <= {width for width, _ in file.info["sizes"]}
    with Image.open(tmp_path / "lemlist-credits.icns") as file:
        assert {(16, 2), (128, 1), (512, 2)} <= {size[1:] for size in file.info["sizes"]}


def test_the_hardened_runtime_has_one_exception() -> None:
    entitlements = plistlib.loads((PROJECT / "resources/macos/entitlements.plist").read_bytes())
    assert entitlements == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_files_that_the_workflow_names_exist() -> None:
    text = WORKFLOW.read_text().replace("\\", "/")
    named = re.findall(r"(?:resources|tests)/[\w./-]+|requirements\S*\.lock|build\.spec", text)
    assert len(named) >= 5
    assert [name for name in named if not (PROJECT / name).exists()] == []


def test_the_installer_starts_nothing_unasked() -> None:
    text = INSTALLER.read_text()
    assert re.search(r"^Name: autostart; .*Flags: unchecked$", text, re.MULTILINE)
    assert re.search(r"\[Run\]\n.*postinstall", text)


class Mac:
    """A project folder, and stand-ins for the tools of macOS, which write down what they hear."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._heard = folder / "heard"
        self._tools = folder / "tools"
        self._tools.mkdir()
        for name in ("codesign", "xcrun"):
            self._add_tool(name, "")
        self._add_tool("ditto", 'cp -R "$1" "$2"')
        self._add_tool("hdiutil", 'ls "$5"; for image; do :; done; touch "$image"')
        script = folder / "resources/macos/make_dmg.sh"
        script.parent.mkdir(parents=True)
        shutil.copy(PROJECT / "resources/macos/make_dmg.sh", script)
        (folder / "tray_app").mkdir()
        shutil.copy(PROJECT / "tray_app/__init__.py", folder / "tray_app")
        (folder / "dist/lemlist credits.app/Contents").mkdir(parents=True)
        (folder / "dist/lemlist-credits/_internal").mkdir(parents=True)
        (folder / "dist/lemlist-credits/_internal/sbom.cdx.json").write_text("{}")

    def _add_tool(self, name: str, work: str) -> None:
        tool = self._tools / name
        tool.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self._heard}"\n{work}\n')
        tool.chmod(0o755)

    def make_image(self, **environ: str) -> str:
        """Return all that the tools have heard."""
        path = f"{self._tools}:{os.environ['PATH']}"
        script = self.folder / "resources/macos/make_dmg.sh"
        subprocess.run([script], env=os.environ | {"PATH": path} | environ, check=True)
        return self._heard.read_text()


@pytest.fixture
def mac(tmp_path: Path) -> Mac:
    return Mac(tmp_path)


def test_the_image_has_the_program_and_a_link_to_drag_it_to(mac: Mac) -> None:
    heard = mac.make_image()
    stem = f"lemlist-credits-{__version__}-macos-{os.uname().machine}"
    made = {path.name for path in (mac.folder / "dist/release").iterdir()}
    assert made == {f"{stem}.dmg", f"{stem}.cdx.json"}
    assert (mac.folder / "build/dmg/lemlist credits.app/Contents").is_dir()
    assert (mac.folder / "build/dmg/Applications").readlink() == Path("/Applications")
    assert "codesign" not in heard
    assert "notarytool" not in heard


def test_the_image_is_signed_and_then_notarised(mac: Mac) -> None:
    heard = mac.make_image(CODESIGN_IDENTITY="Developer ID Application: A B", NOTARY_PROFILE="ab")
    commands = re.findall(r"codesign --sign|notarytool submit|stapler staple", heard)
    assert commands == ["codesign --sign", "notarytool submit", "stapler staple"]
    assert "--sign Developer ID Application: A B" in heard
    assert "--keychain-profile ab" in heard

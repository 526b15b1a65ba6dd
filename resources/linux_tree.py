"""The files of a Linux release, laid out as below ``/usr`` and as in a Debian package."""

import gzip
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template

import shtab
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from tray_app.desktop.widgets.icon import paint_app_icon
from tray_app.terminal.arguments import argument_parser

NAME = "lemlist-credits"
PROJECT = Path(__file__).parent.parent
DATA = Path(__file__).with_name("linux")
METAINFO = "com.github.lemlist_credits.metainfo.xml"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)
COMPLETIONS = {
    "bash": f"bash-completion/completions/{NAME}",
    "zsh": f"zsh/site-functions/_{NAME}",
    "fish": f"fish/vendor_completions.d/{NAME}.fish",
}
"""Where the shells look below ``/usr/share``, ``/usr/local/share`` and ``~/.local/share``."""


def lay_out(bundle: Path, prefix: Path, words: Mapping[str, str]) -> None:
    """Write what goes to a prefix, as ``/usr/local``: ``bin``, ``lib`` and ``share``.

    ``words`` are what the placeholders in the data files stand for.
    """
    shutil.copytree(bundle, prefix / "lib" / NAME, symlinks=True)
    (prefix / "bin").mkdir()
    (prefix / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
    share = prefix / "share"
    _fill(DATA / f"{NAME}.desktop", share / "applications" / f"{NAME}.desktop", words)
    _fill(DATA / METAINFO, share / "metainfo" / METAINFO, words)
    _fill(DATA / f"{NAME}.1", share / "man" / "man1" / f"{NAME}.1", words)
    for shell, place in COMPLETIONS.items():
        _write(share / place, shtab.complete(argument_parser(), shell) + "\n")
    _write_icons(share / "icons" / "hicolor")
    documents = share / "doc" / NAME
    _fill(DATA / "README.md", documents / "README.md", words)
    _fill(DATA / f"{NAME}.autostart.desktop", documents / "autostart.desktop", words)
    shutil.copyfile(PROJECT / "LICENSE", documents / "LICENSE")
    shutil.copyfile(PROJECT / "CHANGELOG.md", documents / "CHANGELOG.md")
    _fix_modes(prefix)


def lay_out_for_debian(prefix: Path, root: Path, words: Mapping[str, str]) -> None:
    """Write the tree of a Debian package from what ``lay_out`` has made."""
    usr = root / "usr"
    shutil.copytree(prefix, usr, symlinks=True)
    share, documents = usr / "share", usr / "share" / "doc" / NAME
    zsh = share / "zsh" / "vendor-completions"
    zsh.parent.joinpath("site-functions").rename(zsh)
    _compress(share / "man" / "man1" / f"{NAME}.1")
    (documents / "LICENSE").unlink()  # the file "copyright" has it
    _fill(DATA / "changelog", documents / "changelog", words)
    _compress(documents / "changelog")
    _fill(DATA / "copyright", documents / "copyright", words)
    autostart = root / "etc" / "xdg" / "autostart" / f"{NAME}.desktop"
    autostart.parent.mkdir(parents=True)
    (documents / "autostart.desktop").rename(autostart)
    _fill(DATA / "lintian-overrides", share / "lintian" / "overrides" / NAME, words)
    _fix_modes(root)

    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    sums = (f"{_md5(path)}  {path.relative_to(root)}\n" for path in files)
    size = sum(-(-path.stat().st_size // 1024) for path in files)  # as Debian's policy has it
    control = root / "DEBIAN"
    _write(control / "md5sums", "".join(sums))
    _write(control / "conffiles", f"/{autostart.relative_to(root)}\n")
    _fill(DATA / "control", control / "control", {**words, "size": str(size)})
    _fix_modes(control)


def _write_icons(theme: Path) -> None:
    for size in ICON_SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        paint_app_icon(painter, size)
        painter.end()
        path = theme / f"{size}x{size}" / "apps" / f"{NAME}.png"
        path.parent.mkdir(parents=True)
        image.save(str(path))
    for source, folder in (
        (PROJECT / "resources" / f"{NAME}.svg", "scalable"),
        (DATA / f"{NAME}-symbolic.svg", "symbolic"),
    ):
        place = theme / folder / "apps"
        place.mkdir(parents=True)
        shutil.copy(source, place)


def _fill(source: Path, target: Path, words: Mapping[str, str]) -> None:
    _write(target, Template(source.read_text(encoding="utf-8")).substitute(words))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _compress(path: Path) -> None:
    packed = gzip.compress(path.read_bytes(), 9, mtime=0)
    path.with_name(f"{path.name}.gz").write_bytes(packed)
    path.unlink()


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _fix_modes(folder: Path) -> None:
    """Give everything the modes that packages have, whatever the umask was.

    Only the program is run; the loader needs no such right on libraries.
    """
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            is_open = path.is_dir() or (path.parent.name == NAME and path.name == NAME)
            path.chmod(0o755 if is_open else 0o644)

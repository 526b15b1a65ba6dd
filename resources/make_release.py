"""Make the files that people install on Linux, in ``dist/release/``, from the bundle.

Run it in the project's folder: ``python -m resources.make_release``. The same bundle at the same
``SOURCE_DATE_EPOCH`` (by default the time of the last commit) gives the same bytes.
"""

import argparse
import hashlib
import lzma
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from resources.linux_depends import depends_of, glibc_of
from resources.linux_tree import NAME, lay_out, lay_out_for_debian
from tray_app import __version__

PROJECT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Release:
    """What is written into the release's files: ``depends`` as Debian has it."""

    epoch: int
    depends: str

    def words(self) -> dict[str, str]:
        """Return what the placeholders of the templates in ``linux/`` stand for."""
        day = datetime.fromtimestamp(self.epoch, UTC)
        return {
            "version": __version__,
            "date": f"{day:%Y-%m-%d}",
            "day": f"{day:%B} {day.day}, {day.year}",
            "time": format_datetime(day),
            "depends": self.depends,
            "glibc": glibc_of(self.depends),
        }


def make_release(bundle: Path, output: Path, work: Path, preset: int) -> Release:
    """Write the archive, the Debian package, the bill of materials and the checksums.

    ``preset`` is xz's: 0 is fast, 9 is small.

    Raises:
        subprocess.CalledProcessError: a tool has failed.
        LookupError: the bundle needs a library that is neither in it nor installed here.
    """
    for folder in (output, work):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    release = Release(_epoch(), depends_of(bundle, work / "depends"))
    stem = f"{NAME}-{__version__}-linux-x86_64"
    words = release.words()
    lay_out(bundle, work / stem, words)
    _fix_times(work / stem, release.epoch)
    _write_archive(work / stem, output / f"{stem}.tar.xz", release.epoch, preset)
    root = work / "deb"
    lay_out_for_debian(work / stem, root, words)
    _fix_times(root, release.epoch)
    _write_package(root, output / f"{NAME}_{__version__}_amd64.deb", release.epoch, preset)
    shutil.copyfile(bundle / "_internal" / "sbom.cdx.json", output / f"{stem}.cdx.json")
    _write_checksums(output)
    return release


def _epoch() -> int:
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    log = ("git", "-C", str(PROJECT), "log", "-1", "--format=%ct")
    return int(subprocess.run(log, stdout=subprocess.PIPE, check=True).stdout)  # noqa: S603


def _fix_times(folder: Path, epoch: int) -> None:
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _write_archive(folder: Path, path: Path, epoch: int, preset: int) -> None:
    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = "root"
        entry.mtime = epoch
        return entry

    with (
        lzma.open(path, "wb", preset=preset) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for entry in (folder, *sorted(folder.rglob("*"))):
            name = str(entry.relative_to(folder.parent))
            archive.add(entry, name, recursive=False, filter=plain)


def _write_package(root: Path, path: Path, epoch: int, preset: int) -> None:
    # As with tar above, one thread: blocks that threads share out make other bytes.
    build = ("dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz", f"-z{preset}", "--build")
    environ = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    command = (*build, str(root), str(path))
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)  # noqa: S603


def _write_checksums(output: Path) -> None:
    def lines() -> Iterator[str]:
        for path in sorted(output.iterdir()):
            with path.open("rb") as file:
                yield f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n"

    text = "".join(lines())
    (output / "SHA256SUMS").write_text(text, encoding="ascii")


def main() -> None:
    """Make the release and say what it needs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, default=PROJECT / "dist" / NAME)
    parser.add_argument("--output", type=Path, default=PROJECT / "dist" / "release")
    parser.add_argument("--work", type=Path, default=PROJECT / "build" / "release")
    parser.add_argument("--preset", type=int, default=9, choices=range(10), help="xz's, 0 is fast")
    options = parser.parse_args()
    release = make_release(options.bundle, options.output, options.work, options.preset)
    print((options.output / "SHA256SUMS").read_text(encoding="ascii"), end="")  # noqa: T201
    print(f"Runs with glibc {release.words()['glibc']} and newer.")  # noqa: T201


if __name__ == "__main__":
    main()

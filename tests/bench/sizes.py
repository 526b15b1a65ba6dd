"""What a program takes on the disk and as a download."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from tests.bench.programs import PROJECT, WORK

PACKAGES_OF_QT = re.compile(r"qt\)\s+needed=\"\$needed([^\"]+)\"")
"""Where `resources/system-packages.sh` names what the bundle needs of the system."""


class Size(NamedTuple):
    """Bytes."""

    unpacked: int
    packed: int
    """As .tar.xz."""


def size_of(folder: Path) -> Size:
    """Return the size of a bundle; packing takes a minute, and is kept for the next run."""
    files = [each for each in sorted(folder.rglob("*")) if each.is_file() or each.is_symlink()]
    unpacked = sum(each.lstat().st_size for each in files)
    digest = hashlib.sha256()
    for each in files:
        digest.update(str(each.relative_to(folder)).encode())
        digest.update(each.readlink().as_posix().encode() if each.is_symlink() else _hash(each))
    known = WORK / "packed.json"
    sizes: dict[str, int] = json.loads(known.read_text()) if known.is_file() else {}
    key = digest.hexdigest()
    if key not in sizes:
        sizes[key] = _pack(folder)
        known.write_text(json.dumps(sizes))
    return Size(unpacked, sizes[key])


def _hash(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _pack(folder: Path) -> int:
    """Pack as xz does by default, on all processors."""
    archive = WORK / "packed.tar.xz"
    create = ("tar", "--create", "--use-compress-program=xz --threads=0", f"--file={archive}")
    subprocess.run((*create, f"--directory={folder.parent}", folder.name), check=True)
    packed = archive.stat().st_size
    archive.unlink()
    return packed


def installed_size(package: str) -> int:
    """Return the bytes of a Debian package with all that it needs and the bundle doesn't.

    So packages that each Debian system has don't count, nor those that the bundle needs too.
    """
    script = (PROJECT / "resources" / "system-packages.sh").read_text()
    shared = PACKAGES_OF_QT.search(script)
    assert shared is not None
    sizes, required = {}, set()
    fields = "${Package} ${Installed-Size} ${Priority}\\n"
    for line in _output("dpkg-query", "--show", f"--showformat={fields}").splitlines():
        name, kilobytes, priority = line.split()
        sizes[name] = int(kilobytes) * 1024
        if priority == "required":
            required.add(name)
    needed = _closure([package]) - _closure(shared[1].split()) - required
    return sum(sizes.get(each, 0) for each in needed)


def _closure(packages: Iterable[str]) -> set[str]:
    """Return the installed packages that these need, and themselves."""
    only = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    options = ("--recurse", "--installed", *(f"--no-{each}" for each in only))
    lines = _output("apt-cache", "depends", *options, *packages).splitlines()
    return {line.partition(":")[0] for line in lines if line and line[0] not in " <|"}


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

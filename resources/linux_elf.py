"""The programs and libraries of a bundle on Linux."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

MAGIC = b"\x7fELF"


def elf_files(bundle: Path) -> list[Path]:
    """Return the programs and libraries in the bundle, each once."""
    return [path for path in sorted(bundle.rglob("*")) if _is_elf(path)]


def libraries_needed_by(files: Iterable[str | Path]) -> set[str]:
    """Return the names of the libraries that programs and libraries say they need.

    Raises:
        subprocess.CalledProcessError: a file is neither.
    """
    dump = ("objdump", "--private-headers", *map(str, files))
    dumped = subprocess.run(dump, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    return set(re.findall(r"^ +NEEDED +(\S+)$", dumped, re.MULTILINE))


def remove_build_paths(bundle: Path) -> None:
    """Remove the paths of the build machine where a Python built there looks for libraries.

    Anybody who can write to such a path on another machine could slip in a library. What is
    relative to the bundle (``$ORIGIN``) stays.

    Raises:
        subprocess.CalledProcessError: a file can't be changed.
    """
    for path in elf_files(bundle):
        listing = ("chrpath", "--list", str(path))
        # It fails when there is no path.
        listed = subprocess.run(listing, capture_output=True, text=True, check=False).stdout  # noqa: S603
        if listed.partition("=")[2].startswith("/"):
            deleting = ("chrpath", "--delete", str(path))
            subprocess.run(deleting, capture_output=True, check=True)  # noqa: S603


def _is_elf(path: Path) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC

"""What a bundle needs of the Linux that it runs on, as Debian's tools find it."""

import re
import subprocess
from pathlib import Path

from resources.linux_elf import elf_files
from resources.linux_tree import NAME

CONTROL = f"Source: {NAME}\n\nPackage: {NAME}\nArchitecture: amd64\n"
"""All that dpkg-shlibdeps wants to know of the package."""


def depends_of(bundle: Path, work: Path) -> str:
    """Return what provides the libraries that are used but not in the bundle, with versions.

    ``work`` is a new folder for the tool's files.

    Raises:
        LookupError: a library is neither in the bundle nor in an installed package.
    """
    (work / "debian").mkdir(parents=True)
    (work / "debian" / "control").write_text(CONTROL, encoding="utf-8")
    # It reads $ORIGIN in a library as a place below a folder with a DEBIAN folder.
    root = work.resolve() / "root"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "usr" / "lib").mkdir(parents=True)
    place = root / "usr" / "lib" / NAME
    place.symlink_to(bundle.resolve())
    files = [str(place / path.relative_to(bundle)) for path in elf_files(bundle)]
    # The bundle's own libraries belong to no package, which is all that may be missing. Those
    # that it has from a package are found there too.
    options = ["--ignore-missing-info", f"-l{place}/_internal", f"-x{NAME}", "-O"]
    options += [f"-x{package}" for package in _packages_in(bundle)]
    command = ("dpkg-shlibdeps", *options, *files)
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "error:" in line]
        raise LookupError("\n".join(errors))
    return done.stdout.strip().removeprefix("shlibs:Depends=")


def glibc_of(depends: str) -> str:
    """Return the oldest glibc of a Depends line."""
    found = re.search(r"\blibc6 \(>= ([\d.]+)\)", depends)
    if found is None:
        raise LookupError(f"no glibc in {depends}")
    return found[1]


def _packages_in(bundle: Path) -> set[str]:
    """Return the packages that the bundle has libraries of."""
    libraries = (bundle / "_internal").glob("lib*.so.*")
    patterns = sorted(f"*/{path.name}" for path in libraries if not path.is_symlink())
    command = ("dpkg-query", "--search", *patterns)
    # It complains of the libraries that are not from a package.
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return {line.partition(":")[0] for line in found.splitlines()}

"""What a bundle is made of, by whom, and under which licence.

Every file that PyInstaller collects belongs to a component: this program, Python, Qt, a Python
package, or, on Linux, the Debian package that its library was copied from.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageMetadata, distributions
from pathlib import Path
from urllib.parse import quote

from tray_app import __version__

TEXTS = Path(__file__).with_name("licence_texts")
"""Licences that the packages themselves do not carry."""

QT_FILE = re.compile(r"PySide6/Qt/|/(lib)?Qt6\w+\.(dll|so|framework)")
QT_TEXTS = tuple(TEXTS / f"{name}.txt" for name in ("LGPL-3.0-only", "GPL-3.0-only", "qt"))
LICENCE_NAME = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*$", re.IGNORECASE)
LICENCE = "License :: OSI Approved :: "
"""How the classifiers of a Python package begin that tell its licence."""

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, order=True)
class Component:
    """Somebody's work in the bundle.

    ``licence`` is an SPDX expression where the work states one, a name otherwise, and empty when
    only ``texts`` say it. ``purl`` is a package URL (https://github.com/package-url/purl-spec).
    """

    name: str
    version: str
    licence: str
    purl: str
    texts: tuple[Path, ...]


def components_of(files: Iterable[Path], project: Path) -> list[Component]:
    """Return whose work the collected files are, by name.

    Raises:
        LookupError: it is not known whose work a file is, so that it may not be passed on.
    """
    distribution_of = _files_of_distributions()
    python = Path(sys.base_prefix).resolve()
    components = {
        Component(
            "lemlist-credits",
            __version__,
            "MIT",
            f"pkg:generic/lemlist-credits@{__version__}",
            (project / "LICENSE",),
        )
    }
    of_the_system = set()
    for file in {file.resolve() for file in files}:
        if distribution := distribution_of.get(file):
            components.add(_component_of_wheel(distribution, file))
        elif file.is_relative_to(project.resolve()):
            continue
        elif file.is_relative_to(python) and python != Path("/usr"):
            components.add(_python())
        else:
            of_the_system.add(file)
    if of_the_system:
        components |= _debian_components(of_the_system)
    return sorted(components)


def _files_of_distributions() -> dict[Path, Distribution]:
    return {
        Path(str(distribution.locate_file(file))).resolve(): distribution
        for distribution in distributions()
        for file in distribution.files or ()
    }


def _component_of_wheel(distribution: Distribution, file: Path) -> Component:
    name, version = distribution.metadata["Name"].lower(), distribution.version
    if icu := re.match(r"libicu\w+\.so\.(\d+)", file.name):
        number = icu[1]
        return Component("icu", number, "ICU", f"pkg:generic/icu@{number}", (TEXTS / "icu.txt",))
    if name.startswith(("pyside6", "shiboken6")):
        # The wheels have no texts of their licences.
        if QT_FILE.search(file.as_posix()):
            name, purl = "qt", f"pkg:generic/qt@{version}"
        else:
            purl = f"pkg:pypi/{name}@{version}"
        return Component(name, version, "LGPL-3.0-only", purl, QT_TEXTS)
    texts = tuple(
        sorted(
            Path(str(distribution.locate_file(path)))
            for path in distribution.files or ()
            if ".dist-info" in path.parts[0] and LICENCE_NAME.search(str(path))
        )
    )
    return Component(
        name, version, _licence_of(distribution.metadata), f"pkg:pypi/{name}@{version}", texts
    )


def _licence_of(metadata: PackageMetadata) -> str:
    classifiers = metadata.get_all("Classifier", [])
    stated = (
        *metadata.get_all("License-Expression", []),
        *metadata.get_all("License", []),
        *(name.removeprefix(LICENCE) for name in classifiers if name.startswith(LICENCE)),
    )
    # Some have the whole text there, or a sentence; a name has no line or clause.
    return next((name for name in stated if "\n" not in name and len(name) < LONGEST_NAME), "")


def _python() -> Component:
    """Return Python itself, when it is no package of the system."""
    version = platform.python_version()
    places = (Path(os.__file__).with_name("LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt"))
    text = next(filter(Path.exists, places))
    return Component("python", version, "PSF-2.0", f"pkg:generic/python@{version}", (text,))


def _debian_components(files: set[Path]) -> set[Component]:
    if shutil.which("dpkg-query") is None:
        raise LookupError(f"whose work is {sorted(map(str, files))}?")
    package_of = _debian_packages(files)
    if unknown := files - package_of.keys():
        raise LookupError(f"no package has {sorted(map(str, unknown))}")
    shown = "${Package}\t${source:Package}\t${source:Version}\n"
    packages = sorted(set(package_of.values()))
    show = ("dpkg-query", "--show", f"--showformat={shown}", *packages)
    listed = subprocess.run(show, capture_output=True, text=True, check=True).stdout  # noqa: S603
    components: dict[str, Component] = {}
    for package, source, version in (line.split("\t") for line in listed.splitlines()):
        # The packages of one source have the same copyright file.
        texts = (Path("/usr/share/doc", package, "copyright"),)
        purl = f"pkg:deb/{_system()}/{source}@{quote(version, safe='')}?arch=source"
        components.setdefault(source, Component(source, version, "", purl, texts))
    return set(components.values())


def _debian_packages(files: set[Path]) -> dict[Path, str]:
    """Return the installed packages of files.

    dpkg may know a file of /usr/lib by its old name in /lib, which is a link to there.
    """
    names: Mapping[str, Path] = {
        name: file for file in files for name in (str(file), str(file).removeprefix("/usr"))
    }
    # It complains of the names that it does not know, which is one of each two.
    search = ("dpkg-query", "--search", *sorted(names))
    found = subprocess.run(search, capture_output=True, text=True, check=False).stdout  # noqa: S603
    owners = (line.rpartition(": ") for line in found.splitlines())
    return {names[name]: owner.split(",")[0] for owner, _, name in owners if name in names}


def _system() -> str:
    return platform.freedesktop_os_release()["ID"]

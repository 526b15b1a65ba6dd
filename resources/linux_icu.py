"""ICU's data in a bundle on Linux, cut down to what Qt asks ICU for.

Qt calls ICU to compare strings, to name time zones and to convert to and from old encodings, and
has its own data for numbers, dates and the rest of a locale. The whole data is 32 MB; comparing in
all languages takes 4.5 MB of it, which is all that this program has a use for.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

KEPT = re.compile(
    r"""
    coll/.*                              # how to compare, by language
    | (zone/)?(root|pool|res_index)\.res   # what stands in for the languages that are left out
    | (icuver|keyTypeData|likelySubtags|metadata|metaZones|numberingSystems|supplementalData
      |timezoneTypes|windowsZones|zoneinfo64)\.res
    | cnvalias\.icu                        # the names of UTF-8, ISO-8859-1 and the like
    """,
    re.VERBOSE,
)

LIBRARY = """\
.section .note.GNU-stack, ""
.section .rodata
.balign 16
.globl {symbol}
.type {symbol}, STT_OBJECT
{symbol}: .incbin "{data}"
.size {symbol}, . - {symbol}
"""
"""Assembler's source of a library that has the data as its one symbol, as ICU's own build makes."""

PATH = os.pathsep.join((*os.get_exec_path(), "/usr/sbin"))
"""Debian has ``icupkg`` among the administrator's tools, where not everybody looks."""


def cut_icu_data(bundle: Path, work: Path) -> None:
    """Write the bundle's libicudata anew, with the same name and symbol.

    ``work`` is a folder for the tools' files.

    Raises:
        FileNotFoundError: there is no ``icupkg``, which Debian has in icu-devtools.
        subprocess.CalledProcessError: a tool failed; icupkg does when kept data needs other data.
        ValueError: there is not one libicudata in the bundle.
    """
    (library,) = bundle.glob("_internal/PySide6/Qt/lib/libicudata.so.*")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    name = f"icudt{library.suffix[1:]}"  # so are the folder in the data and the symbol called
    whole, cut = work / "whole" / f"{name}l.dat", work / "cut" / f"{name}l.dat"
    for folder in (whole.parent, cut.parent):
        folder.mkdir()
    _run("objcopy", "--output-target=binary", "--only-section=.rodata", library, whole)
    listed = _run("icupkg", "--list", whole).split()
    left_out = work / "left_out.txt"
    left_out.write_text("\n".join(each for each in listed if not KEPT.fullmatch(each)) + "\n")
    _run("icupkg", "--remove", left_out, whole, cut)
    source, compiled = work / "data.s", work / "data.o"
    source.write_text(LIBRARY.format(symbol=f"{name}_dat", data=cut))
    _run("as", "-o", compiled, source)
    _run("ld", "-shared", "--strip-all", f"-soname={library.name}", "-o", library, compiled)


def _run(tool: str, *arguments: str | Path) -> str:
    found = shutil.which(tool, path=PATH)
    if found is None:
        raise FileNotFoundError(f"{tool} is not installed")
    command = (found, *map(str, arguments))
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603

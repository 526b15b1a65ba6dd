"""What is in the bundle on Linux, and what was left out of it: nothing of it is missed."""

import ast
import dis
import io
import json
import marshal
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import jeepney
import secretstorage

from resources.linux_elf import elf_files, libraries_needed_by
from tests.program.tray_program import BUNDLE, TIMEOUT
from tests.servers.local_servers import RawServer, answer, certificate

FOLDER = Path(BUNDLE[0]).parent
LIBRARIES = FOLDER / "_internal"
LIBRARIES_OF_QT = LIBRARIES / "PySide6" / "Qt" / "lib"

COMPARE = """
import json, re
from functools import cmp_to_key
from pathlib import Path
from PySide6.QtCore import QCollator, QLocale

WORDS = (
    "a A ä Ä å ae æ b c č ch cs d dz đ e é ě g gy h i ı İ ij j k l ll lj ł m n ñ ng nj o ö ø ő œ p"
    " q r ř s š ss ß sz t þ ts u ü ů v w x y z ž α ω а ґ г е ё ж и і й ь я א ת ا ي अ क ก เ あ ア い"
    " 一 丁 七 中 北 京 가 한 file9 file10 - _ 1 10 2"
).split()
answers = {}
for locale in QLocale.matchingLocales(
    QLocale.Language.AnyLanguage, QLocale.Script.AnyScript, QLocale.Country.AnyCountry
):
    order = sorted(WORDS, key=cmp_to_key(QCollator(locale).compare))
    answers[locale.name()] = [" ".join(order), locale.toUpper("iß"), locale.toLower("IΣ")]
(library,) = set(re.findall(r"/\\S+/libicudata\\S+", Path("/proc/self/maps").read_text()))
print(json.dumps({"library": library, "answers": answers}))
"""
"""Sorts words in all languages that Qt knows, and tells with which data."""


def test_words_are_sorted_in_all_languages_as_by_the_whole_data_of_icu() -> None:
    def answers(**variables: str) -> tuple[Path, dict[str, list[str]]]:
        command = (sys.executable, "-c", COMPARE)
        environ = {**os.environ, **variables}
        done = subprocess.run(command, env=environ, check=True, capture_output=True)
        told = json.loads(done.stdout)
        return Path(told["library"]), told["answers"]

    whole, expected = answers()
    cut, found = answers(LD_LIBRARY_PATH=str(LIBRARIES_OF_QT))
    assert cut.parent == LIBRARIES_OF_QT
    assert cut.stat().st_size < whole.stat().st_size / 5
    assert len(found) > 300
    assert found == expected
    assert len({order for order, _, _ in found.values()}) > 40


def test_all_libraries_are_found() -> None:
    environ = {**os.environ, "LD_LIBRARY_PATH": str(LIBRARIES)}
    command = ("ldd", *map(str, elf_files(FOLDER)))
    found = subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout
    assert f"=> {LIBRARIES}/" in found
    assert [line for line in found.splitlines() if "not found" in line] == []
    assert [path for path in LIBRARIES.rglob("*") if not path.exists()] == []


def test_no_library_is_there_for_nothing() -> None:
    """What nothing names as needed would be loaded by name: plugins, and modules of Python."""
    files = elf_files(FOLDER)
    needed = libraries_needed_by(files)
    loaded_by_name = re.compile(r"/plugins/|\.(abi3|cpython-\w+-[\w-]+)\.so$|/libpython|^lemlist")
    names = [str(path.relative_to(FOLDER)) for path in files]
    others = [name for name in names if not loaded_by_name.search(name)]
    assert len(others) > 30
    assert [name for name in others if Path(name).name not in needed] == []


def test_every_package_that_it_has_is_named_with_its_licence() -> None:
    inside = {path.name.split(".")[0] for path in LIBRARIES.iterdir()} - {"tray_app"}
    packages = {
        package.lower().replace("-", "_")
        for name, owners in packages_distributions().items()
        if name in inside
        for package in owners
    }
    assert len(packages) > 15
    components = json.loads((LIBRARIES / "sbom.cdx.json").read_text())["components"]
    named = {component["name"].replace("-", "_") for component in components}
    assert packages <= named
    licences = {path.stem.replace("-", "_") for path in (LIBRARIES / "licences").iterdir()}
    assert packages <= licences


def test_what_checks_by_asserts_has_them() -> None:
    """jeepney and SecretStorage check so what comes over D-Bus."""
    have, had = set(), set()
    for folder in map(Path, (*jeepney.__path__, *secretstorage.__path__)):
        for source in folder.rglob("*.py"):
            name = source.relative_to(folder.parent).with_suffix(".pyc")
            nodes = ast.walk(ast.parse(source.read_text()))
            if any(isinstance(node, ast.Assert) for node in nodes):
                had.add(str(name))
            if (compiled := LIBRARIES / name).exists() and "ASSERTION" in disassembled(compiled):
                have.add(str(name))
    assert len(have) > 3
    assert have == {name for name in had if (LIBRARIES / name).exists()}


def disassembled(compiled: Path) -> str:
    text = io.StringIO()
    dis.dis(marshal.loads(compiled.read_bytes()[16:]), file=text)  # after the header (PEP 552)
    return text.getvalue().upper()


def test_nothing_tells_where_the_packages_were_installed() -> None:
    # Two builds of one commit would differ by it.
    notes = ("INSTALLER", "RECORD", "REQUESTED")
    assert [path for note in notes for path in LIBRARIES.glob(f"*.dist-info/{note}")] == []
    environment = sys.prefix.encode()
    files = (path for path in FOLDER.rglob("*") if path.is_file())
    assert [path for path in files if environment in path.read_bytes()] == []


def test_a_secure_server_is_asked_and_nothing_is_complained_of(tmp_path: Path) -> None:
    """The bundle has no certificates of its own, and nothing to guess the encoding of texts."""
    context, public = certificate(tmp_path, "127.0.0.1")
    with RawServer(answer(), context) as server:
        status = subprocess.run(
            (*BUNDLE, "status"),
            env={
                "HOME": str(tmp_path),
                "LEMLIST_API_KEY": "fake-key",
                "LEMLIST_API_URL": f"https://127.0.0.1:{server.port}/api",
                "SSL_CERT_FILE": str(public),
            },
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    assert status.stderr == ""
    assert "7 credits" in status.stdout

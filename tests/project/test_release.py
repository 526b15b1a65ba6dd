"""The files of the Linux release, made from the bundle, checked, unpacked and run."""

import configparser
import json
import os
import re
import subprocess
import tarfile
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclonedx.model.bom import Bom

from resources.linux_depends import glibc_of
from resources.linux_elf import elf_files
from resources.make_release import make_release
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.program.tray_program import BUNDLE, TrayProgram
from tests.servers.faulty_sandbox import Sandbox
from tray_app import __version__
from tray_app.lemlist.address import URL_VARIABLE
from tray_app.lemlist.key import KEY_VARIABLE
from tray_app.sandbox import DEMO_KEY
from tray_app.terminal.arguments import argument_parser
from tray_app.terminal.output import EXIT_CODES

PROGRAM = "lemlist-credits"
TIMEOUT = 60.0


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a release, compressed fast."""
    folder = tmp_path_factory.mktemp("release")
    make_release(Path(BUNDLE[0]).parent, folder / "files", folder / "work", preset=0)
    return folder / "files"


@pytest.fixture(scope="module")
def package(release: Path) -> Path:
    return release / f"{PROGRAM}_{__version__}_amd64.deb"


@pytest.fixture(scope="module")
def installed(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root folder that has what the package installs."""
    root = tmp_path_factory.mktemp("installed")
    run("dpkg-deb", "--extract", str(package), str(root))
    return root


@pytest.fixture(scope="module")
def share(installed: Path) -> Path:
    return installed / "usr" / "share"


@pytest.fixture(scope="module")
def unpacked(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in the archive, in a place with a space in its name."""
    folder = tmp_path_factory.mktemp("un packed")
    with tarfile.open(release / f"{PROGRAM}-{__version__}-linux-x86_64.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    (inside,) = folder.iterdir()
    return inside


def run(*command: str, **variables: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_checksums_are_those_of_all_files(release: Path) -> None:
    checked = run("sh", "-c", 'cd "$0" && sha256sum --check --strict SHA256SUMS', str(release))
    assert checked.count(": OK") == len(list(release.iterdir())) - 1 == 3


def test_lintian_finds_nothing(package: Path) -> None:
    run("lintian", "--allow-root", "--fail-on", "error,warning", str(package))


def test_the_desktop_accepts_its_files(share: Path, installed: Path) -> None:
    entry = share / "applications" / f"{PROGRAM}.desktop"
    autostart = installed / "etc" / "xdg" / "autostart" / f"{PROGRAM}.desktop"
    run("desktop-file-validate", str(entry), str(autostart))
    (metainfo,) = (share / "metainfo").iterdir()
    run("appstreamcli", "validate", "--no-net", str(metainfo))


def test_it_does_not_start_with_the_desktop_until_it_is_told_to(
    package: Path, installed: Path
) -> None:
    place = f"/etc/xdg/autostart/{PROGRAM}.desktop"
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(f"{installed}{place}")
    assert entry["Desktop Entry"]["Hidden"] == "true"
    assert run("dpkg-deb", "--info", str(package), "conffiles").split() == [place]


def test_status_from_the_package_and_from_the_archive(
    installed: Path, unpacked: Path, sandbox: Sandbox
) -> None:
    for prefix in (installed / "usr", unpacked):
        told = run(
            str(prefix / "bin" / PROGRAM),
            "status",
            LEMLIST_API_URL=sandbox.url,
            LEMLIST_API_KEY=DEMO_KEY,
        )
        assert told.startswith("Acme Growth: Healthy · 12,430 credits\n")


def test_the_tray_from_the_package(installed: Path, sandbox: Sandbox) -> None:
    program = (str(installed / "usr" / "bin" / PROGRAM),)
    key = {"LEMLIST_API_KEY": DEMO_KEY}
    with (
        VirtualDesktop(keyring=False) as desktop,
        TrayProgram(desktop, sandbox.url, program=program, env=key) as tray,
    ):
        tray.wait_for_tooltip("12,430 credits")
        assert "12,430 credits" in tray.open_popup().names()


def test_the_oldest_glibc_is_said(package: Path, installed: Path, unpacked: Path) -> None:
    needed = run("objdump", "--dynamic-syms", *map(str, elf_files(installed)))
    versions = re.findall(r"\*UND\*.*\(GLIBC_(\d+)\.(\d+)\)", needed)
    oldest = ".".join(map(str, max((int(major), int(minor)) for major, minor in versions)))
    depends = run("dpkg-deb", "--field", str(package), "Depends")
    assert glibc_of(depends) == oldest
    readme = unpacked / "share" / "doc" / PROGRAM / "README.md"
    assert f"glibc {oldest} or newer" in readme.read_text()


def test_no_library_is_looked_for_where_it_was_built(installed: Path) -> None:
    dynamic = run("readelf", "--dynamic", "--wide", *map(str, elf_files(installed)))
    paths = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", dynamic)
    assert paths
    assert [path for path in paths if not path.startswith("$ORIGIN")] == []


def test_everything_in_the_bundle_has_its_licence_and_is_listed(
    release: Path, installed: Path
) -> None:
    bill = json.loads(next(release.glob("*.cdx.json")).read_text())
    bom = Bom.from_json(bill)  # type: ignore[attr-defined]
    names = {component.name for component in bom.components}
    assert {"python", "qt", "icu", "pyside6_essentials", "requests", "openssl", "libxcb"} <= names
    assert bom.metadata.component.version == __version__
    licences = installed / "usr" / "lib" / PROGRAM / "_internal" / "licences"
    index = (licences / "README.txt").read_text()
    for name in names:
        assert re.search(rf"^{re.escape(name)} \S+: ", index, re.MULTILINE)
        assert (licences / f"{name}.txt").stat().st_size > 200
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (licences / "qt.txt").read_text()
    assert "you may replace them" in index


def parsers(parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """Yield the parsers of the program and of those commands that its help lists, by name."""
    yield "", parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            yield from ((each.dest, action.choices[each.dest]) for each in action._choices_actions)


def options(parser: ArgumentParser) -> set[str]:
    found = (name for action in parser._actions for name in action.option_strings)
    return {name for name in found if name.startswith("--")}


def test_the_manual_page_says_all(share: Path) -> None:
    page = share / "man" / "man1" / f"{PROGRAM}.1.gz"
    text = run("man", "--local-file", str(page), MANWIDTH="80", MANPAGER="cat", LC_ALL="C.UTF-8")
    synopsis = text.partition("SYNOPSIS")[2].partition("DESCRIPTION")[0]
    usages = synopsis.split(PROGRAM)
    for command, parser in parsers(argument_parser()):
        usage = synopsis if not command else next(use for use in usages if f" {command}" in use)
        for option in options(parser) - ({"--help"} if command else set()):
            assert option in usage, (command, option)
        assert re.search(rf"^     {command}", text, re.MULTILINE), command
    for variable in (KEY_VARIABLE, URL_VARIABLE, "HTTPS_PROXY", "NO_PROXY"):
        assert variable in text
    for code in {0, *EXIT_CODES.values()}:
        assert re.search(rf"^ +{code} +\w", text, re.MULTILINE), code


COMPLETE_IN_BASH = """
. "$0"
COMP_WORDS=(lemlist-credits "$@")
COMP_CWORD=$#
_shtab_lemlist_credits
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_the_shell_completes_commands_and_options(share: Path, shell: str) -> None:
    def completed(*words: str) -> set[str]:
        if shell == "bash":
            place = share / "bash-completion" / "completions" / PROGRAM
            offered = run("bash", "-c", COMPLETE_IN_BASH, str(place), *words)
        else:
            place = share / "fish" / "vendor_completions.d" / f"{PROGRAM}.fish"
            script = f"source '{place}'; complete --do-complete '{PROGRAM} {' '.join(words)}'"
            offered = run("fish", "--no-config", "--command", script)
        return {line.split("\t")[0] for line in offered.splitlines()}

    commands = dict(parsers(argument_parser()))
    assert completed("") >= commands.keys() - {""}
    for command, parser in commands.items():
        words = (command, "--") if command else ("--",)
        assert completed(*words) == options(parser), command


def test_zsh_knows_all_commands_and_options(share: Path) -> None:
    place = share / "zsh" / "vendor-completions" / f"_{PROGRAM}"
    run("zsh", "--no-rcs", "-n", str(place))
    text = place.read_text()
    for command, parser in parsers(argument_parser()):
        assert f"{command}:'" in text
        listed = re.search(
            rf"^_shtab_lemlist_credits{'_' * bool(command)}{command}_options=\((.*?)^\)",
            text,
            re.DOTALL | re.MULTILINE,
        )
        assert listed
        for option in options(parser):
            assert option in listed[1]


def test_the_icon_is_there_in_all_sizes(share: Path) -> None:
    icons = share / "icons" / "hicolor"
    for size in (16, 22, 24, 32, 48, 64, 128, 256):
        picture = (icons / f"{size}x{size}" / "apps" / f"{PROGRAM}.png").read_bytes()
        assert picture[16:24] == size.to_bytes(4, "big") * 2
    assert (icons / "scalable" / "apps" / f"{PROGRAM}.svg").exists()
    assert (icons / "symbolic" / "apps" / f"{PROGRAM}-symbolic.svg").exists()

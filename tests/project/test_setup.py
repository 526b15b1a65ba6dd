"""What `make` installs: from a lock what it lists, and from the system what a target needs."""

import os
import re
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from tests import PROJECT

INSTALL_LOCKED = PROJECT / "resources" / "install_locked.py"


class Shelf:
    """A folder of wheels, which is all that pip finds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, name: str, version: str, *metadata: str) -> str:
        """Make a wheel without content, and return the line of a lock that asks for it."""
        info = f"{name}-{version}.dist-info"
        head = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata, "")
        files = {
            f"{info}/METADATA": "\n".join(head).encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = [
            f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()
        ]
        files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
        path = self.folder / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for each, content in files.items():
                wheel.writestr(each, content)
        return f"{name}=={version} --hash=sha256:{sha256(path.read_bytes()).hexdigest()}\n"


def _digest(content: bytes) -> str:
    return urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return Shelf(folder)


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a new environment, which has the pip that comes with Python."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin" / "python"


def install(lock: Path, python: Path, shelf: Shelf) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf.folder), "PIP_CONFIG_FILE": os.devnull}
    command = [str(each) for each in (python, INSTALL_LOCKED, lock)]
    return subprocess.run(command, env=ours | pip, capture_output=True, text=True, check=False)


def installed(python: Path) -> set[str]:
    listed = [str(python), "-m", "pip", "list", "--format=freeze", "--disable-pip-version-check"]
    return set(subprocess.run(listed, stdout=subprocess.PIPE, text=True, check=True).stdout.split())


def test_a_lock_holds_when_something_newer_has_come(
    shelf: Shelf, python: Path, tmp_path: Path
) -> None:
    """Every pip before 24 takes the newest of what another package wants with an extra."""
    extra = ("Provides-Extra: toml", "Requires-Dist: parser; extra == 'toml'")
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        shelf.add("plugin", "1.0", "Requires-Dist: measure[toml]>=1")
        + shelf.add("measure", "1.0", *extra)
        + shelf.add("parser", "1.0")
    )
    for name in ("plugin", "parser"):
        shelf.add(name, "2.0")
    shelf.add("measure", "2.0", *extra, "Requires-Dist: something-new")
    done = install(lock, python, shelf)
    assert (done.returncode, done.stderr) == (0, "")
    assert installed(python) >= {"plugin==1.0", "measure==1.0", "parser==1.0"}


def test_a_lock_that_lacks_something_is_told_of(shelf: Shelf, python: Path, tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(shelf.add("lonely", "1.0", "Requires-Dist: companion"))
    shelf.add("companion", "1.0")
    done = install(lock, python, shelf)
    assert done.returncode != 0
    assert "companion" in done.stderr
    assert not any(each.startswith("companion") for each in installed(python))


def test_nothing_but_the_script_installs_a_lock() -> None:
    """So that pip's options stand in one place."""
    texts = ("Makefile", "README.md", "docs/releasing.md", ".github/workflows/ci.yml")
    for name in texts:
        lines = (PROJECT / name).read_text().splitlines()
        assert [line for line in lines if re.search(r"-r \S*\.lock|require-hashes", line)] == [], (
            name
        )


# --- packages of the system -----------------------------------------------------------------------


def packages_for(target: str, folder: Path, *, screen: bool = False) -> set[str]:
    """Return what `make` asks apt for on a Debian where nothing is installed.

    Stand-ins tell of that Debian, and that its user may not install.
    """
    for name, work in {"dpkg-query": ":", "id": "echo 1000", "sudo": "exit 1"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{work}\n")
        (folder / name).chmod(0o755)
    env = {"PATH": f"{folder}:{os.environ['PATH']}"} | ({"DISPLAY": ":0"} if screen else {})
    planned = ["make", "--dry-run", target]
    plan = subprocess.run(
        planned, cwd=PROJECT, env=env, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    packages: set[str] = set()
    for line in re.findall(r"^resources/system-packages\.sh.*$", plan, re.MULTILINE):
        asked = subprocess.run(
            line.split(), cwd=PROJECT, env=env, stderr=subprocess.PIPE, text=True, check=False
        ).stderr
        packages |= set(asked.partition("apt-get install ")[2].split())
    return packages


@pytest.mark.parametrize("target", ["run", "demo"])
def test_who_has_a_screen_gets_what_qt_needs(target: str, tmp_path: Path) -> None:
    packages = packages_for(target, tmp_path, screen=True)
    assert "libxcb-cursor0" in packages
    assert not packages & {"xvfb", "dunst", "icu-devtools", "lintian", "vorta"}


@pytest.mark.parametrize("target", ["run", "demo", "soak", "pictures"])
def test_who_has_none_gets_a_desktop_in_memory(target: str, tmp_path: Path) -> None:
    packages = packages_for(target, tmp_path)
    assert {"libxcb-cursor0", "xvfb"} <= packages
    assert not packages & {"icu-devtools", "lintian", "vorta"}


@pytest.mark.parametrize(
    ("target", "its_own", "of_others"),
    [
        ("check", set(), {"libxcb-cursor0"}),
        ("bundle", {"libxcb-cursor0", "icu-devtools"}, {"xvfb", "dpkg-dev", "vorta"}),
        ("test", {"xvfb", "icu-devtools"}, {"dpkg-dev", "fish", "zsh", "lintian", "vorta"}),
        ("bench", {"xvfb", "icu-devtools", "vorta", "syncthingtray"}, {"lintian", "fish"}),
        ("release", {"icu-devtools", "dpkg-dev"}, {"xvfb", "vorta", "lintian"}),
        ("release-test", {"xvfb", "dpkg-dev", "fish", "lintian", "mmdebstrap"}, {"vorta"}),
        ("setup", {"xvfb", "icu-devtools", "dpkg-dev", "lintian", "vorta"}, set()),
    ],
)
def test_each_target_gets_what_it_needs(
    target: str, its_own: set[str], of_others: set[str], tmp_path: Path
) -> None:
    packages = packages_for(target, tmp_path)
    assert its_own <= packages
    assert not packages & of_others

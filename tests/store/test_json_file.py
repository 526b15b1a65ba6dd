"""JSON files that are written whole or not at all."""

import json
import re
import stat
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import PROJECT
from tests.at_once import answers, programs
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.json_file import read_object, update_object
from tray_app.store.lock import locked

NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "file.json"


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def write_object(path: Path, content: dict[str, Any]) -> None:
    def replace(old: dict[str, Any]) -> None:
        old.clear()
        old.update(content)

    update_object(path, replace)


def test_round_trip(path: Path) -> None:
    content = {"low": 500, "name": "Größe 株式会社", "surrogate": "\ud800", "more": [None, 1.5]}
    write_object(path, content)
    assert read_object(path) == (content, None)
    assert path.read_bytes().endswith(b"}\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["file.json"]


def test_no_file_is_an_empty_object(path: Path) -> None:
    assert read_object(path) == ({}, None)


def test_a_byte_order_mark_is_no_fault(path: Path) -> None:
    put(path, b'\xef\xbb\xbf{"low": 7}')
    assert read_object(path) == ({"low": 7}, None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_what_editors_on_windows_write_is_no_fault(path: Path, encoding: str) -> None:
    put(path, '{\r\n"name": "Größe"}\r\n'.encode(encoding))
    assert read_object(path) == ({"name": "Größe"}, None)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 0),
        (b"\0" * 100, 1),
        (b"{", 1),
        (b'{\n  // low\n  "low": 7\n}', 2),
        (b'{\n  "low": 7\n  "critical": 5\n}', 3),
        (b"[]", 0),
        (b"null", 0),
        (b'"text"', 0),
        (b"\xff\xfe\xfd", 0),
        ('{"name": "Größe"}'.encode("latin-1"), 0),
        (b"[" * 100_000, 0),
    ],
    ids=[
        "empty",
        "nul",
        "cut",
        "comment",
        "comma",
        "list",
        "null",
        "text",
        "not UTF-8",
        "Latin-1",
        "deep",
    ],
)
def test_a_damaged_file_stays_until_something_is_saved(
    path: Path, content: bytes, line: int
) -> None:
    put(path, content)
    for _ in range(2):
        assert read_object(path) == ({}, FileFault(FaultKind.DAMAGED, str(path), line))
        assert list(path.parent.iterdir()) == [path]
        assert path.read_bytes() == content
    fault = update_object(path, lambda found: found.update({"low": 8}))
    (aside,) = path.parent.glob("*.broken-*")
    assert fault == FileFault(FaultKind.BROKEN, aside.name)
    assert re.fullmatch(r"file\.json\.broken-\d{8}-\d{6}", aside.name)
    assert aside.read_bytes() == content
    assert read_object(path) == ({"low": 8}, None)
    assert update_object(path, lambda found: found.update({"low": 9})) is None


@pytest.mark.parametrize("content", [b'{"low": 7}', b"{"], ids=["good", "damaged"])
def test_a_link_stays_and_its_target_is_written(path: Path, content: bytes) -> None:
    """As those who keep their settings under version control have it."""
    target = path.parent.parent / "kept elsewhere" / "settings.json"
    put(target, content)
    path.parent.mkdir()
    path.symlink_to("../kept elsewhere/settings.json")
    write_object(path, {"low": 8})
    assert path.is_symlink()
    assert read_object(target) == read_object(path) == ({"low": 8}, None)
    assert list(path.parent.iterdir()) == [path]
    others = [each.read_bytes() for each in target.parent.iterdir() if each != target]
    assert others == ([content] if content == b"{" else [])


@pytest.mark.parametrize("target", ["gone/settings.json", "file.json"], ids=["gone", "itself"])
def test_a_link_that_leads_nowhere(path: Path, target: str) -> None:
    """As to a disk that is not there: nothing is begun in its place."""
    path.parent.mkdir()
    path.symlink_to(target)
    assert read_object(path) == ({}, FileFault(FaultKind.UNUSABLE, str(path)))
    with pytest.raises(OSError, match=re.escape(str(path))):
        write_object(path, {"low": 7})
    assert path.readlink() == Path(target)
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    assert read_object(path) == ({}, FileFault(FaultKind.UNUSABLE, str(path)))
    with pytest.raises(OSError, match=re.escape(str(path))):
        write_object(path, {"low": 7})
    assert list(path.parent.iterdir()) == [path]


def test_what_has_become_another_users_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.mkdir(parents=True)
    owner = path.stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    assert read_object(path) == ({}, FileFault(FaultKind.ANOTHERS, str(path.parent)))


def test_a_file_in_the_place_of_its_folder(path: Path) -> None:
    path.parent.write_text("in the way")
    assert read_object(path) == ({}, FileFault(FaultKind.UNUSABLE, str(path)))
    with pytest.raises(OSError, match=re.escape(str(path.parent))):
        write_object(path, {"low": 7})


@pytest.mark.parametrize(
    "content", [{"low": object()}, {"low": {1: {(1, 2): 3}}}], ids=["value", "key"]
)
def test_the_old_file_stays_when_writing_fails(path: Path, content: dict[str, object]) -> None:
    write_object(path, {"low": 7})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_object(path, content)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_the_old_file_stays_when_the_disk_is_full(path: Path) -> None:
    """A limit on the size of files is what a full disk looks like from here."""
    write_object(path, {"low": 7})
    before = path.read_bytes()
    program = """
import resource, signal, sys
from pathlib import Path
from tempfile import TemporaryDirectory
from tray_app.store.json_file import update_object
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    update_object(Path(sys.argv[1]), lambda content: content.update({"much": "x" * 5000}))
except OSError as error:
    print(error.strerror)
"""
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "File too large\n"
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_read_only_file_is_left_alone() -> None:
    """Written as somebody whom permissions stop, which they do not stop root."""
    program = """
import fcntl, os, sys  # all of it now, as Python may lie where that somebody can't read
from pathlib import Path
from tempfile import TemporaryDirectory
from tray_app.store.json_file import update_object
if os.getuid() == 0:
    os.setuid(int(sys.argv[2]))
try:
    update_object(Path(sys.argv[1]), lambda content: content.update({"low": 8}))
except PermissionError as error:
    print(error)
"""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        path = folder / "file.json"
        path.write_bytes(b'{"low": 7}')
        path.chmod(0o444)
        command = [sys.executable, "-c", program, str(path), str(NOBODY)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        assert done.stdout == f"[Errno 13] Permission denied: '{path}'\n"
        assert path.read_bytes() == b'{"low": 7}'
        assert list(folder.iterdir()) == [path]


@pytest.fixture
def on_windows(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put reader and writer of a file on Windows, but for its locks, which are not here."""
    write_object(path, {"low": 7})
    monkeypatch.setattr("tray_app.store.json_file.locked", nullcontext)
    monkeypatch.setattr(sys, "platform", "win32")


def hold(monkeypatch: pytest.MonkeyPatch, method: str, times: int) -> None:
    """Have a method of ``Path`` refused some times, as while another program holds the file."""
    refusals = iter(range(times))
    use = getattr(Path, method)

    def refuse(path: Path, *arguments: object) -> object:
        if next(refusals, None) is not None:
            raise PermissionError(13, "The process cannot access the file", str(path))
        return use(path, *arguments)

    monkeypatch.setattr(Path, method, refuse)


@pytest.mark.usefixtures("on_windows")
def test_a_file_that_another_program_holds_for_a_moment_is_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, "read_bytes", 2)
    assert read_object(path) == ({"low": 7}, None)


@pytest.mark.usefixtures("on_windows")
def test_a_file_that_another_program_holds_for_a_moment_is_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(monkeypatch, "replace", 2)
    write_object(path, {"low": 8})
    assert read_object(path) == ({"low": 8}, None)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.usefixtures("on_windows")
def test_a_file_that_stays_held_is_left_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hold(monkeypatch, "replace", 10_000)
    with pytest.raises(PermissionError):
        write_object(path, {"low": 8})
    assert read_object(path) == ({"low": 7}, None)
    assert list(path.parent.iterdir()) == [path]


def test_elsewhere_what_is_forbidden_is_not_tried_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_object(path, {"low": 7})
    hold(monkeypatch, "read_bytes", 1)
    assert read_object(path) == ({}, FileFault(FaultKind.UNUSABLE, str(path)))


FINDER = """
import sys
from pathlib import Path
from tray_app.store.json_file import update_object

for line in sys.stdin:
    path = Path(line.rstrip())
    fault = update_object(path, lambda content: content.update({"by": sys.argv[1]}))
    print(fault.where if fault else "", flush=True)
"""


def test_programs_that_find_a_broken_file_at_once_lose_nothing(tmp_path: Path) -> None:
    with programs(FINDER, count=4) as finders:
        for number in range(200):
            path = tmp_path / str(number) / "file.json"
            put(path, b"{")
            found = answers(finders, str(path))
            (aside,) = path.parent.glob("*.broken-*")
            assert aside.read_bytes() == b"{"
            assert sorted(found) == ["", "", "", aside.name]
            assert read_object(path)[0].keys() == {"by"}


CHANGER = """
import sys
from pathlib import Path
from tray_app.store.json_file import update_object

for line in sys.stdin:
    for number in range(10):
        mine = sys.argv[1] + str(number)
        update_object(Path(line.rstrip()), lambda content: content.update({mine: 1}))
    print(flush=True)
"""


def test_programs_that_change_a_file_at_once_lose_nothing(path: Path) -> None:
    put(path, b"{")
    with programs(CHANGER, count=4) as changers:
        answers(changers, str(path))
    changed = {f"{one}{number}": 1 for one in range(4) for number in range(10)}
    assert read_object(path) == (changed, None)


def test_two_broken_files_in_one_second_have_two_names(path: Path) -> None:
    for content in (b"{", b"["):
        put(path, content)
        write_object(path, {})
    contents = {each.read_bytes() for each in path.parent.glob("*.broken-*")}
    assert contents == {b"{", b"["}


def test_a_lock_that_is_not_given_back_is_not_waited_for_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tray_app.store.lock.LONGEST_HOLD", 0.0)
    put(path, b"{}")
    with locked(path), pytest.raises(TimeoutError, match=re.escape(str(path))):
        write_object(path, {"low": 7})
    assert read_object(path) == ({}, None)


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=5,
        ),
        max_size=3,
    )
)
def test_any_content_comes_back(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    write_object(path, content)
    assert json.dumps(read_object(path)) == json.dumps((content, None))

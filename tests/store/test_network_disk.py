"""Homes on a network's disk, where SQLite must not share memory with other computers."""

from pathlib import Path

import pytest

from tray_app.rules.history import Record
from tray_app.store.history_database import History
from tray_app.store.network_disk import MOUNTS, is_on_network

NOW = 1_790_000_000

# As Linux writes it, with a disk in a folder whose name has a space.
TABLE = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
40 22 0:35 / /home rw,relatime shared:20 - nfs4 server:/home rw,vers=4.2
41 40 0:36 / /home/me/local rw shared:21 - xfs /dev/vdb1 rw
42 22 0:37 / /mnt/a\\040share rw master:3 shared:22 - cifs //server/share rw
43 22 0:38 / /run/user/1000/mnt rw - fuse.sshfs me@server: rw
44 22 0:39 / /run/user/1000/doc rw - fuse.portal portal rw
"""


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/var/lib/history.sqlite", False),
        ("/home/me/.local/share/history.sqlite", True),
        ("/home/me/local/history.sqlite", False),
        ("/mnt/a share/history.sqlite", True),
        ("/mnt/another/history.sqlite", False),
        ("/run/user/1000/mnt/history.sqlite", True),
        ("/run/user/1000/doc/history.sqlite", False),
    ],
)
def test_the_nearest_mount_decides(tmp_path: Path, path: str, answer: bool) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    assert is_on_network(Path(path), table) is answer


def test_this_computers_own_table_can_be_read(tmp_path: Path) -> None:
    assert MOUNTS.exists()
    assert not is_on_network(tmp_path / "history.sqlite")
    assert not is_on_network(tmp_path / "history.sqlite", tmp_path / "no-table")


def test_nothing_is_lost_on_the_way_to_such_a_home_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.sqlite"
    for number, is_shared in enumerate((False, True, False)):
        monkeypatch.setattr(
            "tray_app.store.history_database.is_on_network", lambda _path, here=is_shared: here
        )
        history = History(path)
        assert history.record("team", Record(NOW + number, NOW + number, 100 - number))
        assert (tmp_path / "history.sqlite-wal").exists() is not is_shared
        assert [record.credits for record in history.read("team")] == [100, 99, 98][: number + 1]
        assert history.fault is None
        history.close()

"""A history whose program is killed while it saves: what the next start finds."""

from pathlib import Path

from tests.program.killing import rounds_of

KILLS = 200

# A line of output for each kill: how many readings were surely saved, how many were begun, and
# what the next start finds.
SAVES_AND_KILLS = """
import json, sqlite3, sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tests.program.killing import reported_until_killed
from tray_app.rules.history import Record, days_of
from tray_app.rules.local_time import DAY
from tray_app.store.history_database import KEPT_WHOLE, History

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
NEW_FILES = 60  # kills while the file is made; the others share one that has much to thin
BEGIN = int(datetime(2022, 1, 1, tzinfo=UTC).timestamp())
EVERY = DAY // 8  # seconds
THIN_EVERY, CLOSE_EVERY = 8, 25  # readings

def reading(number):
    at = BEGIN + number * EVERY
    refilled = number // 40 * 1000
    return Record(at, at, refilled + 100_000 - number // 2 * 7, refilled, None, 330, 0)

def whole(count):
    rows = []
    for each in map(reading, range(count)):
        if rows and rows[-1][2:] == each[2:]:
            rows[-1] = rows[-1]._replace(last=each.last)
        else:
            rows.append(each)
    return rows

def save_until_killed(path, number, report):
    history = History(path)
    while True:
        report("begun", number + 1)
        if not history.record("tea_1", reading(number)):
            report("refused", number)
        number += 1
        report("saved", number)
        if number % THIN_EVERY == 0:
            history.thin("tea_1", reading(number).first, UTC)
        if number % CLOSE_EVERY == 0:
            history.close()
        if history.fault:
            report("refused", number)

def matches(rows, count):
    expected = whole(count)
    if count == 0 or not rows:
        return rows == expected
    end = expected[-1].last - 2 * DAY - KEPT_WHOLE
    recent = [each for each in expected if each.last >= end]
    return rows[-len(recent):] == recent and set(rows) <= set(expected)

saved = begun = 0
for kill in range(kills):
    longest_life = 0.03  # seconds, in which many readings are saved
    if kill < NEW_FILES:
        saved = begun = 0
        path = folder / str(kill) / "history.sqlite"
        longest_life /= 4
    elif kill == NEW_FILES:
        path = folder / "old" / "history.sqlite"
        saved = begun = 100 * DAY // EVERY
        history = History(path)
        for each in whole(saved):
            history.record("tea_1", each)
        history.close()
    last = reported_until_killed(
        lambda report: save_until_killed(path, begun, report), longest_life
    )
    saved, begun = last.get("saved", saved), last.get("begun", begun)
    left = sorted(each.name for each in path.parent.glob("*"))
    history = History(path)
    rows = history.read("tea_1")
    fault = history.fault
    history.close()
    found = [count for count in range(saved, begun + 1) if matches(rows, count)]
    integrity = "no file"
    if path.exists():
        with closing(sqlite3.connect(path)) as database:
            integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    print(json.dumps({
        "saved": saved,
        "found": found,
        "rows": len(rows),
        "whole": len(whole(saved)),
        "integrity": integrity,
        "fault": fault,
        "refused": last.get("refused"),
        "left": left,
    }))
    begun = found[-1] if found else begun  # the next one goes on there

today = datetime.fromtimestamp(rows[-1].last, UTC).date()
if days_of(rows, today, UTC) != days_of(whole(begun), today, UTC):
    sys.exit("thinning has changed what was spent")
"""


def test_a_killed_save_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    rounds = rounds_of(SAVES_AND_KILLS, tmp_path, KILLS)
    assert [each for each in rounds if not each["found"]] == []
    assert {each["fault"] for each in rounds} == {None}
    assert {each["refused"] for each in rounds} == {None}
    # They did save and thin, and some died in the middle.
    assert rounds[-1]["saved"] > 1000
    assert rounds[-1]["rows"] < rounds[-1]["whole"]
    assert {"no file", "ok"} == {each["integrity"] for each in rounds}
    assert any("history.sqlite-wal" in each["left"] for each in rounds)
    assert not list(tmp_path.glob("**/*.broken-*"))

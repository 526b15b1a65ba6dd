"""The benchmark's own arithmetic, and that a program which is slow and fat misses its budgets."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.measure import Field, start_rows
from tests.bench.process import cpu_of, memory_of, sleeps_of
from tests.bench.programs import Program
from tests.bench.report import table, write_json
from tests.bench.rows import Limit, Row, percentile
from tests.bench.self_check import EFFORT, FIELD

BARE = Program("bare", "frozen", ("bare",))
OURS = Program("ours", "frozen", ("ours",), is_product=True)
SOURCE = Program("ours", "source", ("ours",), is_product=True)
PEER = Program("peer", "Debian", ("peer",))
WHOLE = Field(bare=(BARE,), products=(OURS, SOURCE), peers={"peer": PEER}, judged=OURS)


def test_what_is_slow_and_fat_misses_its_budgets() -> None:
    """The real thing: the program with a handicap next to the bare icon, on a desktop."""
    rows = {row.measure: row for row in start_rows(FIELD, EFFORT) if row.is_judged}
    assert set(rows) == {"start to icon", "start to first balance", "idle memory, PSS"}
    assert [row.measure for row in rows.values() if not row.missed] == []


@pytest.mark.parametrize(
    ("values", "limit", "missed"),
    [
        pytest.param((10.0,), Limit(10), False, id="at-the-limit"),
        pytest.param((10.1,), Limit(10), True, id="above-the-limit"),
        pytest.param((0.0,), Limit(0), False, id="zero-of-zero"),
        pytest.param((1.0,), Limit(0), True, id="one-of-zero"),
        pytest.param((-4.0,), Limit(0), False, id="less-than-before"),
        pytest.param((300.0,), Limit(1.5, "ratio"), False, id="at-the-ratio"),
        pytest.param((301.0,), Limit(1.5, "ratio"), True, id="above-the-ratio"),
        pytest.param((1.0, 9.0, 99.0), Limit(10), False, id="median-below"),
        pytest.param((1.0, 11.0, 12.0), Limit(10), True, id="median-above"),
        pytest.param((11.0,), None, False, id="no-limit"),
    ],
)
def test_a_budget(values: tuple[float, ...], limit: Limit | None, missed: bool) -> None:
    row = Row("memory", "MB", "ours", values, baseline=200.0, limit=limit)
    assert row.missed is missed
    assert row.is_judged is (limit is not None)


def test_a_ratio_needs_a_yardstick() -> None:
    """A measurement of the bare icon that went wrong keeps no budget."""
    assert Row("", "", "", (1.0,), baseline=None, limit=Limit(1.5, "ratio")).missed
    assert Row("", "", "", (1.0,), baseline=0.0, limit=Limit(1.5, "ratio")).missed


@pytest.mark.parametrize(("peer", "missed"), [(4.0, True), (5.0, False), (6.0, False)])
def test_a_peer_may_not_be_better(peer: float, missed: bool) -> None:
    row = Row("memory", "MB", "peer", (peer,), to_beat=5.0)
    assert row.is_judged
    assert row.missed is missed


def test_a_peer_may_be_better_at_what_is_conceded() -> None:
    row = Row("click", "ms", "peer", (4.0,), to_beat=5.0, is_conceded=True)
    assert row.is_better
    assert not row.is_judged
    assert not row.missed


def test_what_is_conceded_to_peers_has_its_budget_all_the_same() -> None:
    values = {OURS: [60.0], PEER: [40.0]}
    ours, peer = WHOLE.rows("click", "ms", values, Limit(50), conceded=True)
    assert ours.missed
    assert not peer.missed


def test_each_program_is_held_against_its_like() -> None:
    values = {BARE: [10.0, 20.0, 60.0], OURS: [30.0], SOURCE: [50.0], PEER: [40.0]}
    rows = {row.program: row for row in WHOLE.rows("start", "ms", values, Limit(1.4, "ratio"))}
    assert list(rows) == ["bare, frozen", "ours, frozen", "ours, source", "peer, Debian"]
    assert rows["bare, frozen"].ratio == 1.0
    assert rows["ours, frozen"].ratio == 1.5
    assert rows["ours, source"].ratio is None  # there is no bare icon from source
    assert rows["peer, Debian"].to_beat == 30.0
    assert [row.program for row in rows.values() if row.missed] == ["ours, frozen"]


def test_a_baseline_of_another_measure() -> None:
    icon = {BARE: [10.0], OURS: [11.0]}
    (row,) = WHOLE.rows("balance", "ms", {OURS: [20.0]}, Limit(2.5, "ratio"), baseline=icon)
    assert row.ratio == 2.0


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        pytest.param([3.0], 95, 3.0, id="one"),
        pytest.param([float(number) for number in range(1, 101)], 95, 95.0, id="hundred"),
        pytest.param([5.0, 1.0, 3.0], 50, 3.0, id="middle"),
        pytest.param([float(number) for number in range(1, 13)], 95, 12.0, id="twelve"),
    ],
)
def test_percentile(values: list[float], percent: int, expected: float) -> None:
    assert percentile(values, percent) == expected


def test_report(tmp_path: Path) -> None:
    rows = [
        Row("start", "ms", "bare", (200.0, 210.0, 220.0), baseline=210.0),
        Row("start", "ms", "ours", (420.0,), baseline=210.0, limit=Limit(1.15, "ratio")),
        Row("files", "files", "ours", (0.0,), limit=Limit(0)),
        Row("memory", "MB", "peer", (4.0,), to_beat=5.0),
        Row("click", "ms", "peer", (4.0,), to_beat=5.0, is_conceded=True),
    ]
    lines = [" ".join(line.split()) for line in table(rows).splitlines()]
    assert "bare 210 200 to 220 ms 1.00 x" in lines
    assert "ours 420 ms 2.00 x 1.15 x MISSED" in lines
    assert "ours 0 files 0 kept" in lines
    assert "peer 4 MB MISSED: it is better" in lines
    assert "peer 4 ms better" in lines
    path = tmp_path / "build" / "bench.json"
    write_json(path, rows, rounds=3)
    content = json.loads(path.read_text())
    assert content["rounds"] == 3
    assert [row["missed"] for row in content["rows"]] == [False, True, False, True, False]
    assert content["rows"][1]["budget"] == {"at_most": 1.15, "of": "ratio"}


def test_what_linux_tells_of_a_process() -> None:
    """A child that takes memory and time, wakes up, and has a child of its own."""
    script = """if True:
        import select, subprocess, sys, time
        content = b"x" * 50_000_000
        while time.process_time() < 0.3:
            pass
        for _ in range(20):
            select.select([sys.stdin], [], [], 0.001)  # waits in vain, asleep
        child = subprocess.Popen(
            [sys.executable, "-c", "content = b'x' * 30_000_000; print('ready'); input()"],
            stdout=subprocess.PIPE,
        )
        print(child.stdout.readline().decode(), flush=True)
        input()
    """
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        memory = memory_of(process.pid)
        assert 80_000_000 < memory.uss <= memory.pss <= memory.rss < 300_000_000
        assert 0.3 <= cpu_of(process.pid) < 60
        assert sum(sleeps_of(process.pid).values()) >= 20
        process.communicate("\n", timeout=30)

"""From measurements to rows, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import programs, rows
from tests.bench.clicks import Clicks, measure_clicks
from tests.bench.idle import measure_idle
from tests.bench.polls import Story, measure_polls
from tests.bench.programs import Program
from tests.bench.rows import Limit, Row, percentile
from tests.bench.sizes import installed_size, size_of
from tests.bench.stalls import FAULTS, measure_floor, measure_stalls
from tests.bench.starts import Starts, measure_starts
from tests.bench.teams import COUNTS, Several, measure_teams
from tests.program.soak import Load, soak

MILLI = 1000
STORIES: tuple[Story, ...] = ("fixed", "changing")


@dataclass(frozen=True)
class Effort:
    """How often is measured."""

    rounds: int
    clicks: int
    faults: tuple[str, ...]
    passes: int
    """Of all faults."""
    polls: int
    """Of the long run."""

    @classmethod
    def thorough(cls, rounds: int) -> Effort:
        """Measure for what is told to others."""
        return cls(rounds, 60, tuple(FAULTS), min(rounds, 3), 10_000)

    @classmethod
    def quick(cls, rounds: int) -> Effort:
        """Measure for who has just changed something."""
        return cls(rounds, 20, ("dripped-body", "500"), 1, 1_000)


@dataclass(frozen=True)
class Field:
    """The programs of a run."""

    bare: tuple[Program, ...]
    """The yardsticks, by their build."""
    products: tuple[Program, ...]
    peers: Mapping[str, Program]
    """By the name of Debian's package."""
    judged: Program
    """That of the products for which the budgets hold."""

    @property
    def all(self) -> tuple[Program, ...]:
        """Every program."""
        return (*self.bare, *self.products, *self.peers.values())

    def bare_like(self, program: Program) -> Program | None:
        """The bare icon of the same build; None for peers, which have none."""
        return next((each for each in self.bare if each.build == program.build), None)

    def rows(
        self,
        measure: str,
        unit: str,
        values: Mapping[Program, list[float]],
        limit: Limit | None = None,
        *,
        baseline: Mapping[Program, list[float]] | None = None,
        conceded: bool = False,
    ) -> Iterator[Row]:
        """Yield a row for each program that has values; the baseline is the bare icon's.

        Peers may be better at what is conceded.
        """
        against = values if baseline is None else baseline
        for program in self.all:
            if not values.get(program):
                continue
            bare = self.bare_like(program)
            yield Row(
                measure,
                unit,
                program.label,
                tuple(values[program]),
                baseline=median(against[bare]) if bare and against.get(bare) else None,
                limit=limit if program is self.judged else None,
                to_beat=(median(values[self.judged]) if program in self.peers.values() else None),
                is_conceded=conceded,
            )


@contextmanager
def whole_field() -> Iterator[Field]:
    """Give all programs, as far as they are installed; bundles that are missing are made."""
    bare_frozen = programs.bare_frozen()
    with TemporaryDirectory(dir=programs.WORK) as folder:
        frozen = programs.product_frozen(Path(folder))
        yield Field(
            bare=(programs.BARE, bare_frozen),
            products=(programs.PRODUCT, frozen),
            peers=programs.installed_peers(),
            judged=frozen,
        )


@contextmanager
def source_field() -> Iterator[Field]:
    """Give what needs no bundle: the program from source."""
    yield Field(
        bare=(programs.BARE,), products=(programs.PRODUCT,), peers={}, judged=programs.PRODUCT
    )


def start_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """Start to icon, start to balance, memory."""
    starts = measure_starts(field.all, rounds=effort.rounds)

    def each(value: Callable[[Starts], list[float]]) -> dict[Program, list[float]]:
        return {program: value(measured) for program, measured in starts.items()}

    icon = each(lambda one: [seconds * MILLI for seconds in one.until_icon])
    yield from field.rows("start to icon", "ms", icon, rows.UNTIL_ICON)
    balance = each(lambda one: [seconds * MILLI for seconds in one.until_balance])
    yield from field.rows(
        "start to first balance", "ms", balance, rows.UNTIL_BALANCE, baseline=icon
    )
    cpu = each(lambda one: [seconds * MILLI for seconds in one.cpu])
    ours = (*field.bare, *field.products)  # peers do other work at their start
    yield from field.rows("CPU until settled", "ms", {program: cpu[program] for program in ours})
    mebibytes = 2**20
    pss = each(lambda one: [memory.pss / mebibytes for memory in one.memory])
    yield from field.rows("idle memory, PSS", "MiB", pss, rows.IDLE_PSS)
    uss = each(lambda one: [memory.uss / mebibytes for memory in one.memory])
    yield from field.rows("idle memory, USS", "MiB", uss)
    rss = each(lambda one: [memory.rss / mebibytes for memory in one.memory])
    yield from field.rows("idle memory, RSS", "MiB", rss)


def idle_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """Wake-ups and processor time between polls."""
    idle = measure_idle(field.all, parts=effort.rounds)
    wake_ups = {program: [part.wake_ups for part in parts] for program, parts in idle.items()}
    yield from field.rows("wake-ups between polls", "a minute", wake_ups, rows.WAKE_UPS)
    cpu = {program: [part.cpu * MILLI for part in parts] for program, parts in idle.items()}
    yield from field.rows("CPU between polls", "ms a minute", cpu)


def poll_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """Processor time of a poll."""
    for story in STORIES:
        measured = measure_polls(field.products, story, rounds=effort.rounds)
        cpu = {program: [each * MILLI for each in values] for program, values in measured.items()}
        yield from field.rows(f"CPU of a poll, {story} balance", "ms", cpu, rows.CPU_PER_POLL)


def click_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """Click to painted popup."""
    clicks: dict[Program, list[Clicks]] = {
        program: [] for program in (*field.products, *field.peers.values())
    }
    a_round = max(1, effort.clicks // effort.rounds)
    for _ in range(effort.rounds):
        for program, measured in clicks.items():
            measured.append(measure_clicks(program, clicks=a_round))

    def later(percent: int) -> dict[Program, list[float]]:
        return {
            program: [percentile(one.later, percent) * MILLI for one in measured]
            for program, measured in clicks.items()
        }

    first = {program: [one.first * MILLI for one in each] for program, each in clicks.items()}
    # Their windows are built before they are asked for, or pass no window manager. Either costs
    # more than it brings (docs/performance.md).
    yield from field.rows("first click to popup painted", "ms", first, conceded=True)
    yield from field.rows("click to popup painted, p50", "ms", later(50), conceded=True)
    yield from field.rows("click to popup painted, p95", "ms", later(95), rows.CLICK, conceded=True)


def stall_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """The longest stall of the GUI thread under faults.

    What the host of a virtual machine takes can't be told from a stall, but happens at random, and
    what the program does happens each time: of all passes the smallest counts, fault by fault.
    """
    program = field.judged
    passes, floor = [], []
    for _ in range(effort.passes):
        passes.append(measure_stalls(program, faults=effort.faults))
        floor += [measure_floor(each) * MILLI for each in field.bare if each.build == program.build]
    recurring = {fault: min(each[fault] for each in passes) for fault in effort.faults}
    yield from (
        Row(f"longest stall, {fault}", "ms", program.label, (seconds * MILLI,), limit=rows.STALL)
        for fault, seconds in recurring.items()
    )
    yield from field.rows(
        "longest stall, at rest",
        "ms",
        {each: floor for each in field.bare if each.build == program.build},
    )


def growth_rows(_field: Field, effort: Effort) -> Iterator[Row]:
    """Memory and open files after many polls; the program is on a lead, and so from source."""
    load = Load(polls=effort.polls, popups=effort.polls // 10, errors=effort.polls // 20)
    first, *_between, last = soak(load)
    program = programs.PRODUCT.label
    polls = f"{effort.polls:,} polls"
    memory = (last.memory - first.memory) * 1024
    yield Row(f"memory growth in {polls}", "bytes", program, (memory,), limit=rows.GROWTH)
    files = last.files - first.files
    yield Row(f"more open files after {polls}", "files", program, (files,), limit=rows.FILES)


def team_rows(field: Field, effort: Effort) -> Iterator[Row]:
    """What 5 and 20 teams cost beside one."""
    measured = measure_teams(field.judged, rounds=effort.rounds)
    one = measured[1]

    def each(
        measure: str,
        unit: str,
        value: Callable[[Several], list[float]],
        baseline: Callable[[Several], list[float]] | None = None,
        limit: Limit | None = None,
    ) -> Iterator[Row]:
        for teams in COUNTS:
            label = f"{teams} team{'s' if teams > 1 else ''}, {field.judged.build}"
            against = median(baseline(measured[teams])) if baseline else None
            values = tuple(value(measured[teams]))
            judged = limit if teams > 1 or baseline is None else None
            yield Row(measure, unit, label, values, baseline=against, limit=judged)

    def milliseconds(seconds: list[float]) -> list[float]:
        return [each * MILLI for each in seconds]

    yield from each(
        "start to icon",
        "ms",
        lambda some: milliseconds(some.until_icon),
        lambda _some: milliseconds(one.until_icon),
        rows.SEVERAL_UNTIL_ICON,
    )
    yield from each("start to the first balance", "ms", lambda some: milliseconds(some.until_first))
    yield from each(
        "start to all first balances",
        "ms",
        lambda some: milliseconds(some.until_all),
        lambda some: milliseconds(some.until_first),
        rows.SEVERAL_UNTIL_ALL,
    )
    alone = median(one.memory)
    for teams in COUNTS[1:]:
        more = [(memory - alone) / (teams - 1) for memory in measured[teams].memory]
        label = f"{teams} teams, {field.judged.build}"
        yield Row("memory of each further team", "bytes", label, tuple(more), limit=rows.A_TEAM)
    yield from each(
        "wake-ups between polls", "a minute", lambda some: some.wake_ups, limit=rows.WAKE_UPS
    )
    yield from each(
        "CPU of a poll",
        "ms",
        lambda some: milliseconds(some.cpu),
        lambda _some: milliseconds(one.cpu),
        rows.SEVERAL_CPU,
    )


def size_rows(field: Field, _effort: Effort) -> Iterator[Row]:
    """What is on the disk, and what is to be loaded."""
    bundle = Path(field.judged.command[0]).parent
    ours, default = size_of(bundle), size_of(programs.default_bundle())
    megabyte = 1_000_000
    for package, peer in field.peers.items():
        size = installed_size(package) / megabyte
        yield Row("bundle, unpacked", "MB", peer.label, (size,), to_beat=ours.unpacked / megabyte)
    for measure, our_size, default_size in (
        ("bundle, unpacked", ours.unpacked, default.unpacked),
        ("bundle, .tar.xz", ours.packed, default.packed),
    ):
        yield Row(measure, "MB", "PyInstaller's default", (default_size / megabyte,))
        yield Row(
            measure,
            "MB",
            field.judged.label,
            (our_size / megabyte,),
            baseline=default_size / megabyte,
            limit=rows.BUNDLE,
        )


GROUPS: Mapping[str, Callable[[Field, Effort], Iterator[Row]]] = {
    "start": start_rows,
    "idle": idle_rows,
    "poll": poll_rows,
    "click": click_rows,
    "stall": stall_rows,
    "growth": growth_rows,
    "size": size_rows,
    "teams": team_rows,
}
"""What can be measured by itself, by its name."""

FROM_SOURCE = {"teams"}
"""What can be measured where there is no bundle."""

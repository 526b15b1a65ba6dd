"""Every message, with all counts and on all days, is held against how the program speaks.

The messages are found in the modules of ``words/``. A function there takes a row in :data:`ROWS`:
what it says of a count and of a day ahead. The rows have to bring up each text of the modules.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from pkgutil import iter_modules

import pytest

from tests import PROJECT
from tests.examples import rhythm
from tests.fakes import FakeFormats
from tray_app import i18n, words
from tray_app.errors import Kind, Problem
from tray_app.lemlist.balance import Balance
from tray_app.lemlist.key import KeyFault
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.rules.alerts import Alert, AlertKind, Snooze
from tray_app.rules.analysis import Analysis
from tray_app.rules.drains import Drain
from tray_app.rules.forecast import Forecast, RunsOut, TooEarly
from tray_app.rules.history import BUCKETS, Day, Drop, Record, Refill
from tray_app.rules.levels import Level
from tray_app.rules.local_time import midnight
from tray_app.rules.prices import Action, Prices
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import RANGES, FieldFault
from tray_app.team.credentials import KeySource
from tray_app.team.watch import Reading, Snapshot
from tray_app.words import (
    amounts,
    balance_words,
    command_words,
    durations,
    forecast_words,
    formats,
    history_words,
    notice_words,
    overview_words,
    plan_words,
    problem_words,
    settings_words,
    team_words,
    trend_words,
)

STILL_OLD = ()
"""Where wording is still to change. What is said there is found and walked, but not judged."""

COUNTS = (0, 1, 2, 5, 1_000, 1_000_000)
TODAY = date(2026, 11, 23)
NOW = datetime.combine(TODAY, time(15)).astimezone()
DAYS = [TODAY + timedelta(days) for days in range(-1, 2 * 366)]
ODD_DAYS = [TODAY + timedelta(days) for days in (-1, 0, 1, 2, 6, 7, 335, 731)]
WALK = [(n, day) for n in COUNTS for day in ODD_DAYS] + [(COUNTS[-1], day) for day in DAYS]
"""All counts, each on the days of which something else is said, and the longest on all days."""
AGES = [timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours")]
LONGEST_TITLE = 40
LONGEST_BODY = 120


class FormatsFromToday(FakeFormats):
    """A locale that is asked for no day that is past."""

    def day(self, day: date) -> str:
        assert day >= TODAY
        return super().day(day)

    def day_and_year(self, day: date) -> str:
        assert day >= TODAY
        return super().day_and_year(day)

    def weekday(self, day: date) -> str:
        assert day >= TODAY
        return super().weekday(day)

    def weekday_name(self, day: date) -> str:
        assert day >= TODAY
        return super().weekday_name(day)


AHEAD = FormatsFromToday()
"""For what is said of days to come."""
ANY = FakeFormats()
"""For what is said of the past."""

Said = Iterable[str]
Row = Callable[[int, date], Said]
ROWS: dict[Callable[..., object], Row] = {}


def says(*functions: Callable[..., object]) -> Callable[[Row], Row]:
    """Make a row of functions."""

    def add(row: Row) -> Row:
        ROWS.update(dict.fromkeys(functions, row))
        return row

    return add


@says(
    amounts.bucket_label, amounts.amount_words, amounts.unit_words, amounts.credits_words,
    amounts.dollars,
)  # fmt: skip
def _amounts(n: int, _day: date) -> Said:
    yield from map(amounts.bucket_label, (*BUCKETS, amounts.UNDIVIDED))
    yield f"{amounts.amount_words(n, ANY)} {amounts.unit_words(n)}"
    yield from (amounts.amount_words(None, ANY), amounts.unit_words(None))
    yield amounts.credits_words(n, ANY)
    yield amounts.dollars(n, ANY)


@says(balance_words.nameless_team)
def _nameless(n: int, _day: date) -> Said:
    yield balance_words.nameless_team(n)


@says(durations.ago_words, durations.ahead_words, durations.duration_words, durations.whole_minutes)
def _durations(n: int, _day: date) -> Said:
    for unit in (1, 60, 3_600, 86_400):
        yield durations.ago_words(timedelta(seconds=n * unit))
        yield durations.ahead_words(timedelta(seconds=n * unit))
        yield durations.duration_words(n * unit)


@says(problem_words.problem_words, problem_words.store_name, problem_words.fixed_key_words)
def _problems(n: int, _day: date) -> Said:
    for platform in ("linux", "darwin", "win32"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.platform", platform)
            for problem in (*Kind, *problems(n)):
                told = problem_words.problem_words(problem)
                assert len(told.title) <= LONGEST_TITLE
                yield from told


def problems(n: int) -> Iterator[Problem]:
    yield from (Problem(kind, retry_after=n) for kind in Kind)
    yield from (Problem(Kind.BAD_KEY, fault) for fault in KeyFault)
    yield Problem(Kind.SERVER_ERROR, "status 502")
    yield from (
        Problem(kind, fault)
        for kind in (Kind.ACCESS_BLOCKED, Kind.PROXY, Kind.TLS)
        for fault in NetworkFault
    )
    yield Problem(Kind.UNEXPECTED_RESPONSE, "status 403")
    yield Problem(Kind.TLS, "SSLCertVerificationError")


@says(
    problem_words.remedy_words,
    problem_words.history_fault_words,
    problem_words.teams_fault_words,
    problem_words.anothers_folder_words,
    problem_words.no_panel_words,
    problem_words.unsaved_key_words,
    problem_words.unremoved_team_words,
)
def _remedies(_n: int, _day: date) -> Said:
    yield from map(problem_words.remedy_words, (*problem_words.Remedy, None))
    yield problem_words.no_panel_words()
    yield from map(problem_words.unsaved_key_words, Kind)
    yield from (problem_words.unremoved_team_words("Acme", kind) for kind in Kind)
    for kind in FaultKind:
        yield problem_words.history_fault_words(FileFault(kind, "history.sqlite"))
        yield problem_words.teams_fault_words(FileFault(kind, "teams.json"))


@says(
    command_words.problem_in_terminal,
    command_words.key_set_command,
    command_words.key_stored_words,
    command_words.variable_wins_words,
    command_words.waiting_words,
    command_words.unclear_team_words,
    command_words.status_headings,
    command_words.key_removed_words,
    command_words.no_history_words,
    command_words.no_history_title,
    command_words.whose_history_words,
    command_words.known_histories_words,
    command_words.left_out_words,
    command_words.no_days_words,
    command_words.team_and_id_words,
    command_words.read_words,
    command_words.no_screen_words,
    command_words.root_words,
    command_words.unwritable_words,
    command_words.refused_title,
    command_words.question_words,
    command_words.yes_words,
)
def _commands(n: int, _day: date) -> Said:
    for problem in problems(n):
        yield command_words.problem_in_terminal(problem).text
        variable = command_words.KeyOrigin(is_variable=True)
        yield command_words.problem_in_terminal(problem, variable).text
        command = command_words.key_set_command("Acme UK")
        other = command_words.KeyOrigin(can_be_variable=False, command=command)
        yield command_words.problem_in_terminal(problem, other).text
    yield command_words.variable_wins_words()
    yield command_words.waiting_words()
    yield from command_words.status_headings()
    for is_named, is_known in ((False, True), (True, False), (True, True)):
        names = ["Acme Growth", "Acme UK (tea_1)"]
        yield command_words.unclear_team_words(names, is_named=is_named, is_known=is_known)
    for team in ("Acme Growth", None):
        yield command_words.key_stored_words(team, n, ANY)
    for yes in (False, True):
        yield command_words.key_removed_words(was_there=yes)
        yield command_words.whose_history_words(is_named=yes)
    for say in (
        command_words.no_history_words,
        command_words.no_history_title,
        command_words.no_screen_words,
        command_words.root_words,
        command_words.refused_title,
    ):
        yield say()
    yield command_words.known_histories_words(["Acme Growth", "Acme UK (tea_1)"])
    for say_of in (command_words.left_out_words, command_words.no_days_words):
        yield say_of("Acme Growth")
    yield command_words.team_and_id_words("Acme UK", "tea_1")
    yield command_words.read_words(NOW, ANY)
    yield command_words.unwritable_words("No space left on device")
    yield command_words.question_words(team_words.replace_question("Acme UK"))
    yield from command_words.yes_words()


def analyses(n: int, day: date) -> Iterator[Analysis | None]:
    """Yield what a history may tell of so many credits, the likely days, and a day ahead."""
    yield None
    yield Analysis(TooEarly(day), renewal=day)
    yield Analysis(TooEarly(None))
    for latest in (day, day + timedelta(30), None):
        for likely in (day, None):
            runs_out = RunsOut(day, likely, latest if likely else None)
            yield Analysis(
                rhythm(n, n, n),
                Forecast(n, runs_out),
                working_days=n,
                renewal=day,
                lapsing=n,
                lasts_until=day,
                missing=100 * n,  # as buying is advised in hundreds
            )
    yield Analysis(rhythm(n, n, n), Forecast(n, None), lasts_until=day, missing=100 * n)
    yield Analysis(rhythm(n, n, n), Forecast(n, None), is_uncertain=True)
    for since in (NOW, NOW - timedelta(1)):
        yield Analysis(TooEarly(None), empty_since=int(since.timestamp()))


@says(
    team_words.no_teams_words,
    team_words.list_headings,
    team_words.kept_history_words,
    team_words.key_words,
    team_words.has_key_words,
    team_words.replace_question,
    team_words.say_replace_words,
    team_words.unchanged_words,
    team_words.too_many_words,
    team_words.remove_question,
    team_words.say_yes_words,
    team_words.removed_words,
    team_words.unknown_history_words,
    team_words.shared_history_words,
    team_words.renamed_words,
    team_words.another_teams_key_words,
    team_words.fixed_list_words,
    team_words.unsaved_teams_words,
)
def _teams(n: int, _day: date) -> Said:
    yield from (team_words.kept_history_words(other) for other in (None, "Acme"))
    yield team_words.unsaved_teams_words()
    for kind in (None, *Kind):
        yield from (team_words.key_words(kind, uses_variable=each) for each in (False, True))
    for with_history in (False, True):
        yield team_words.remove_question("Acme", with_history=with_history)
        yield team_words.removed_words("Acme", with_history=with_history)
    for words_of_team in (
        team_words.has_key_words,
        team_words.replace_question,
        team_words.say_replace_words,
        team_words.say_yes_words,
        team_words.unknown_history_words,
        team_words.another_teams_key_words,
    ):
        yield words_of_team("Acme")
    yield team_words.shared_history_words("Acme", "Acme UK")
    yield team_words.renamed_words("Acme", "Acme UK")
    yield from team_words.list_headings()
    yield from (team_words.no_teams_words(), team_words.unchanged_words())
    yield team_words.fixed_list_words()
    yield team_words.too_many_words(max(n, 1))


@says(notice_words.notice)
def _notices(n: int, day: date) -> Said:
    outcome = Forecast(n, RunsOut(day, day, day))
    for analysis in (None, Analysis(rhythm(n, n, n), outcome)):
        for alert in alerts(n):
            if alert.kind is AlertKind.RUNS_OUT and analysis is None:
                continue  # is told of a day alone
            shown = Snapshot(Reading(Balance(n), NOW), analysis=analysis)
            for team in (None, "Acme", "A name of a team that is very long"):
                title, body = notice_words.notice(shown, alert, Prices(), AHEAD, NOW, team)
                assert 0 < len(title) <= LONGEST_TITLE, title
                assert 0 < len(body) <= LONGEST_BODY, body
                yield from (title, body)


@says(notice_words.team_news, notice_words.list_notice, notice_words.shortened)
def _lists_of_news(n: int, day: date) -> Said:
    analysis = Analysis(rhythm(n, n, n), Forecast(n, RunsOut(day, day, day)))
    shown = Snapshot(Reading(Balance(n), NOW), analysis=analysis)
    news = [notice_words.team_news("Acme", shown, alert, AHEAD, NOW) for alert in alerts(n)]
    for lacking in (0, n):
        title, body = notice_words.list_notice(news[: n % 7 + 1] * 3, lacking)
        assert 0 < len(title) <= LONGEST_TITLE, title
        assert 0 < len(body) <= LONGEST_BODY, body
        yield from (title, body)
    yield notice_words.shortened("A name that is cut", 9)


def alerts(n: int) -> Iterator[Alert]:
    for kind in AlertKind:
        drains = [Drain(0, minutes * 60, n, n) for minutes in (1, 239)]
        if kind is not AlertKind.DRAIN:
            yield Alert(kind, n, gained=n)
        if kind in (AlertKind.LOW, AlertKind.CRITICAL, AlertKind.EMPTY, AlertKind.DRAIN):
            yield from (Alert(kind, n, drain=drain) for drain in drains)
            yield Alert(kind, n, drain=drains[0], has_doubled=True)


@says(formats.short_day, formats.day_words, formats.days_words, formats.short_moment)
def _formats(_n: int, day: date) -> Said:
    for begin in (day, TODAY - timedelta(7)):
        yield formats.days_words(begin, day + timedelta(30), ANY, TODAY)
    yield formats.days_words(TODAY, TODAY + timedelta(2), ANY, TODAY)
    yield formats.short_day(day, ANY, TODAY)
    yield formats.day_words(day, ANY, TODAY)
    yield formats.short_moment(NOW, ANY, datetime.combine(day, time(9)).astimezone())


@says(
    balance_words.team_name, balance_words.level_name, balance_words.warning_words,
    balance_words.headline, balance_words.badge_words, balance_words.notes,
    balance_words.snooze_choices,
)  # fmt: skip
def _balance(n: int, _day: date) -> Said:
    yield from map(balance_words.team_name, ("Acme Growth", None))
    names = [balance_words.level_name(level, None) for level in (*Level, None)]
    names += [balance_words.level_name(None, Problem(kind)) for kind in Kind]
    for name in names:
        for stale in (False, True):
            yield balance_words.headline(name, n, ANY, stale=stale)
        yield balance_words.headline(name, None, ANY, stale=False)
        yield from (balance_words.badge_words(name, age * n) for age in AGES)
    for level in Level:
        for is_short in (False, True):
            yield from balance_words.warning_words(level, "", is_short=is_short)
    for source in KeySource:
        fault = FileFault(FaultKind.NEWER)
        shown = Snapshot(key_source=source, can_remember=False, history_fault=fault)
        yield from balance_words.notes(shown)
    yield from (name for _, name in balance_words.snooze_choices())


@says(
    balance_words.balance_from, balance_words.balance_and_problem, balance_words.age_words,
    balance_words.next_check_words, balance_words.snoozed, balance_words.hidden_words,
    balance_words.no_kinds_words, balance_words.gauge_words,
)  # fmt: skip
def _ages(n: int, day: date) -> Said:
    yield balance_words.balance_from(NOW, ANY, NOW)
    problem = problem_words.problem_words(Kind.OFFLINE).title
    yield balance_words.balance_and_problem(NOW, problem, ANY, NOW)
    yield from (balance_words.age_words(NOW - age * n, NOW) for age in AGES)
    for has_failed in (False, True):
        later = NOW + timedelta(seconds=n)
        yield balance_words.next_check_words(later, NOW, has_failed=has_failed)
    until = datetime.combine(day, time(8)).astimezone()
    for snooze in (None, Snooze(level=Level.LOW), Snooze(until=until)):
        yield balance_words.snoozed(snooze, AHEAD, NOW)
    yield balance_words.hidden_words(NOW, ANY)
    yield from (balance_words.no_kinds_words(kinds) for kinds in ([n], [0], [None]))
    yield from (balance_words.gauge_words(n, n, low, ANY) for low in (n, n // 2))


@says(
    forecast_words.empty_since_words, forecast_words.lasts_words,
    forecast_words.detail_words, forecast_words.ends_words,
    forecast_words.forecast_words, forecast_words.past_forecast_words, forecast_words.advice_words,
    forecast_words.advice_title, forecast_words.covered_words, forecast_words.expiry_words,
    forecast_words.run_out_day, forecast_words.two_digits,
)  # fmt: skip
def _forecasts(n: int, day: date) -> Said:
    yield forecast_words.ends_words(day, AHEAD, TODAY)
    yield forecast_words.advice_title(100 * n, Prices(), AHEAD)
    for analysis in analyses(n, day):
        for made_on in (TODAY, TODAY - timedelta(1)):
            yield forecast_words.lasts_words(analysis, AHEAD, TODAY, made_on)
        yield forecast_words.empty_since_words(analysis, ANY, NOW)
        yield forecast_words.detail_words(analysis, AHEAD, TODAY)
        yield forecast_words.forecast_words(analysis, AHEAD, TODAY)
        yield forecast_words.past_forecast_words(analysis, NOW, AHEAD, NOW)
        if analysis is not None:
            yield forecast_words.expiry_words(analysis, AHEAD, TODAY)
            if (analysis.lasts_until or TODAY) >= TODAY:
                until = max(day, TODAY)
                yield forecast_words.advice_words(analysis, Prices(), AHEAD, TODAY)
                yield forecast_words.covered_words(analysis, until, AHEAD, TODAY)


@says(
    overview_words.teams_words, overview_words.healthy_words, overview_words.title_words,
    overview_words.stopped_words, overview_words.sum_words, overview_words.old_words,
    overview_words.unreachable_words, overview_words.updated_words, overview_words.line_words,
    overview_words.busy_day_words,
)  # fmt: skip
def _overviews(n: int, _day: date) -> Said:
    yield from (overview_words.teams_words(n), overview_words.healthy_words(n))
    yield overview_words.busy_day_words()
    for needy, enough in ((n, 0), (0, n), (0, 1), (0, 0)):
        for is_loading in (False, True):
            title = overview_words.title_words(needy, enough, n, is_loading=is_loading)
            assert len(title) <= LONGEST_TITLE
            yield title
    for stopped in ([], ["Acme UK"], ["Acme UK"] * (n + 1)):
        yield overview_words.stopped_words(stopped)
    yield overview_words.stopped_words(["Acme " * 40])
    for known in (0, n, n + 1):
        for is_exact in (False, True):
            yield overview_words.sum_words(n, known, n + 1, ANY, is_exact=is_exact)
    for age in (*(age * n for age in AGES), timedelta(days=n)):
        yield overview_words.old_words(age)
        yield overview_words.unreachable_words(age)
        yield overview_words.updated_words(age)
    for amount in ("", amounts.credits_words(n, ANY)):
        yield overview_words.line_words("Acme UK", amount, overview_words.old_words(AGES[1]))


@says(overview_words.stopped_since_words, overview_words.short_lasts_words)
def _lines(n: int, day: date) -> Said:
    for since in (None, NOW - timedelta(hours=1), NOW - timedelta(1)):
        seconds = None if since is None else int(since.timestamp())
        yield overview_words.stopped_since_words(seconds, ANY, NOW)
    for analysis in analyses(n, day):
        for made_on in (TODAY, TODAY - timedelta(1)):
            yield overview_words.short_lasts_words(analysis, AHEAD, TODAY, made_on)


@says(
    plan_words.action_names, plan_words.buys_line, plan_words.lead_answer,
    plan_words.top_up_answer, plan_words.no_forecast_words, plan_words.too_early_words,
    plan_words.uncounted_words,
)  # fmt: skip
def _plans(n: int, day: date) -> Said:
    yield from (name for _, name in plan_words.action_names())
    for prices in (Prices(), Prices(email_found=10_000), Prices(phone_found=10_000)):
        yield plan_words.buys_line(n, prices, ANY)
    rhythms = (rhythm(n, n, n), rhythm(n, n, 3 * n), TooEarly(day), TooEarly(None), None)
    for seen in rhythms:
        for stale_from in (None, NOW, NOW - timedelta(3)):
            for credits in (n, n + 1, 0):
                figures = plan_words.Figures(credits, seen, Prices(), None, TODAY, stale_from)
                lead = plan_words.lead_answer(n, Action.LINKEDIN, figures, ANY)
                answers = (lead, plan_words.top_up_answer(figures, max(day, TODAY), AHEAD))
                for answer in answers:
                    yield answer.verdict
                    yield answer.reason


@says(
    trend_words.spent_words, trend_words.point_words, trend_words.course_words,
    history_words.moment_tiles, history_words.tiles_words, history_words.axis_words,
    history_words.flags_words,
)  # fmt: skip
def _charts(n: int, _day: date) -> Said:
    begin, end = midnight(TODAY - timedelta(20)), midnight(TODAY)
    for days in (n, 90):
        yield trend_words.spent_words(begin, end, days, n, ANY)
    yield trend_words.point_words(begin, n, ANY)
    for count in (0, 1, 2, 5):
        points, came = ((begin, n), (end, 0)), ((begin, n),) * count
        yield trend_words.course_words(points, came, ANY)
        for amount in (n + 1, -n - 1):
            flags = [(amount, "a label")] * count
            yield from history_words.flags_words(flags, ANY)
    for by_week in (False, True):
        tiles = history_words.moment_tiles(begin, n, n, n, ANY, end=end, by_week=by_week)
        yield history_words.tiles_words(tiles)
    for step in (1, 1_000, 1_000_000):
        yield history_words.axis_words(n, step, ANY)


@says(
    history_words.summary_tiles, history_words.refill_words, history_words.drain_words,
    history_words.decrease_table, history_words.increase_table, history_words.day_table,
    history_words.all_teams_tiles, history_words.all_teams_day_table,
)  # fmt: skip
def _tables(n: int, day: date) -> Said:
    at = midnight(day)
    close = Record(at, at, n)
    came = (Refill(at, n, dict.fromkeys(BUCKETS, n)),) * min(n, 5)
    days = [Day(day, close, n, came), Day(day, close, n, is_seen=False)]
    short = [Day(day, Record(at, at, 1), n)]
    for analysis in analyses(n, day):
        for shown, count in ((days, n), (days, len(days)), (short, 30)):
            tiles = history_words.summary_tiles(shown, count, analysis, ANY)
            yield history_words.tiles_words(tiles)
    yield history_words.tiles_words(history_words.all_teams_tiles(days, 2, ANY))
    for buckets in ((), *((bucket,) for bucket in BUCKETS)):
        yield history_words.refill_words(Refill(at, n, dict.fromkeys(buckets, n)), ANY)
    drop = Drop(at, at + 60 * (n + 1), n + 1)
    yield history_words.drain_words(drop, ANY)
    tables = (
        *(history_words.decrease_table([drop], times, day, ANY) for times in ((), (n,))),
        history_words.increase_table(came, day, ANY),
        history_words.day_table(days, day + timedelta(366), ANY),
        history_words.all_teams_day_table([(one, 2) for one in days], 3, day, ANY),
    )
    for table in tables:
        for row in table:
            yield from row


@says(history_words.all_teams_words)
def _sums(n: int, day: date) -> Said:
    some = max(1, min(n, 50))
    for uncounted in (0, some):
        yield history_words.all_teams_words(some, uncounted, day, day, ANY, day)
        later = day + timedelta(2)
        yield history_words.all_teams_words(some + 1, uncounted, day, later, ANY, later)


@says(
    settings_words.settings_pages,
    settings_words.limit_words,
    settings_words.settings_fault_words,
    settings_words.unsaved_settings_words,
    settings_words.login_unchanged_words,
)
def _settings(n: int, _day: date) -> Said:
    for page in settings_words.settings_pages(ANY):
        yield from (page.title, page.note, *(group.title for group in page.groups))
        for field in (field for group in page.groups for field in group.fields.values()):
            yield from (field.title, field.name, field.explanation, field.none)
            yield from field.options.values()
            yield from (f"{n:,} {words_of(n)}".strip() for words_of in field.units.values())
    with pytest.MonkeyPatch.context() as patch:
        yield from settings_words.limit_words(ANY).values()
        patch.setitem(RANGES, "cents_per_1000", range(1, max(2, n)))
        yield from settings_words.limit_words(ANY).values()
        patch.setitem(RANGES, "cents_per_1000", range(2, 3))
        patch.setitem(RANGES, "interval", range(61, 7200 + 1))
        yield from settings_words.limit_words(ANY).values()
    for kind in FaultKind:
        yield settings_words.settings_fault_words(FileFault(kind, "settings.json", n), ANY)
    for is_out_of_range, team in product((False, True), (None, "", "Acme UK")):
        yield settings_words.settings_fault_words(FieldFault("low", is_out_of_range, team), ANY)
    yield settings_words.unsaved_settings_words()
    yield settings_words.login_unchanged_words()


MODULES = [
    import_module(f"{words.__name__}.{found.name}") for found in iter_modules(words.__path__)
]


def test_each_function_has_a_row() -> None:
    found = {
        function
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert {f"{each.__module__}.{each.__name__}" for each in found ^ ROWS.keys()} == set()


@pytest.fixture(scope="module")
def said() -> dict[str, set[str]]:
    """Return what each module's rows say; the translated texts are in "texts"."""
    told: dict[str, set[str]] = {"texts": set()}

    def tr(one: str, many: str | None = None, count: int = 1, /, **values: object) -> str:
        told["texts"] |= {one, many or one}
        return i18n.tr(one, many, count, **values)

    with pytest.MonkeyPatch.context() as patch:
        for module in MODULES:
            if hasattr(module, "tr"):
                patch.setattr(module, "tr", tr)
        for row, function in {row: function for function, row in ROWS.items()}.items():
            texts = told.setdefault(function.__module__, set())
            for n, day in (
                WALK
                if "day" in inspect.signature(row).parameters
                else WALK[: len(COUNTS) * len(ODD_DAYS) : len(ODD_DAYS)]
            ):
                texts.update(row(n, day))
    return told


def texts_of(file: Path) -> set[str]:
    """Return the texts that a file has translated, as they stand in its source."""
    calls = (
        node
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"
    )
    return {
        text.value
        for call in calls
        for text in call.args[:2]
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


def test_each_text_is_said(said: dict[str, set[str]]) -> None:
    found = {text for module in MODULES for text in texts_of(Path(str(module.__file__)))}
    assert found - said["texts"] == set()


_NOUNS = (
    "credit|day|hour|minute|second|email|phone number|lead|team|increase|decrease|change|character"
)
_COUNTED = re.compile(rf"(?<![\w.,$])([\d,]+) (?:\w+ )?({_NOUNS})(s?)\b")
WRONG = {
    # A label may begin with a sign: "−2,000 in 5 min"; between numbers stands a range: "Dec 8–14".
    "a negative count": r"(?<!^)(?<!\w)[-−–]\s?\d",
    "a dash as a word": r"(?:^|\s)[-−–](?:\s|$)",
    "a word that is not ours": (
        r"(?i)\be-mail|\btop(?:s|ped|ping)?[- ]up|\blaps(?:e|ing)|\brefill|\bdrain"
    ),
    "something unsaid": r"[{}]|\bNone\b.",
    "a space too many": r"^ | $|  | [.,:;]",
}


def faults_of(text: str) -> list[str]:
    """Return what is wrong with a text."""
    found = [name for name, pattern in WRONG.items() if re.search(pattern, text)]
    for number, _noun, plural in _COUNTED.findall(text):
        if (number == "1") is bool(plural):
            found.append("a plural of one, or a singular of many")
    return found


def test_nothing_wrong_is_said(said: dict[str, set[str]]) -> None:
    faults = {
        text: faults
        for module, texts in said.items()
        if module not in (*STILL_OLD, "texts")
        for text in texts
        if text != amounts.UNKNOWN and (faults := faults_of(text))
    }
    assert faults == {}


@pytest.mark.parametrize(
    "text",
    ["480 credits left", "1 working day left", "Dec 8–14", "−2,000 in 5 min", "in 1 h 5 min"],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert faults_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "893 plan credits are likely to expire in -1 days.",
        "55 spent in 1 days.",
        "+1 credits",
        "About 0 e-mails.",
        "1,000 credit left",
        "2 working day left",
        "Usually −0 an hour.",
        "Unknown · – credits",
        "Top up before campaigns stop.",
        "The plan was refilled.",
        "480 credits left .",
    ],
)
def test_what_is_wrong_is_found(text: str) -> None:
    assert faults_of(text)


FILES = [
    file
    for file in sorted((PROJECT / "tray_app").rglob("*.py"))
    if not ".".join(file.relative_to(PROJECT).parts).startswith(STILL_OLD)
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_each_text_uses_our_words(file: Path) -> None:
    pattern = WRONG["a word that is not ours"]
    assert [text for text in texts_of(file) if re.search(pattern, text)] == []


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "resources/linux/README.md",
        "resources/linux/control",
        "resources/linux/lemlist-credits.1",
        "resources/linux/lemlist-credits.desktop",
        "resources/linux/lemlist-credits.autostart.desktop",
        "resources/linux/com.github.lemlist_credits.metainfo.xml",
    ],
)
def test_what_is_written_about_the_program_uses_our_words(name: str) -> None:
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert re.findall(WRONG["a word that is not ours"], text) == []

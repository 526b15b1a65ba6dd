"""The commands without a screen, as processes."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import qVersion

from tests import PROJECT
from tests.examples import LASTS
from tests.program.tray_program import stored_key
from tests.servers.faulty_sandbox import Sandbox
from tests.servers.local_servers import RawServer, answer, closed_port
from tests.terminal.commands import (
    KEY,
    MAIN,
    OTHER_KEY,
    TIMEOUT,
    Env,
    Terminal,
    check_error,
    check_output,
    now,
    record_all,
    run,
    teams_of,
    today,
)
from tests.waiting import wait_until
from tray_app import __version__
from tray_app.errors import Kind
from tray_app.rules.alerts import AlertState
from tray_app.rules.history import Record
from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.sandbox.past import past_of_demo
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.settings import SettingsFile, TeamEntry
from tray_app.store.teams import mark_of
from tray_app.terminal.arguments import BAD_ARGUMENTS
from tray_app.terminal.key_commands import read_key
from tray_app.terminal.output import EXIT_CODES, FAILED
from tray_app.words.problem_words import problem_words

# --- status -------------------------------------------------------------------------------------


def test_status(env: Env) -> None:
    days = {today()}
    done = run(env, "status")
    days.add(today())
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout in {
        "Acme Growth: Critical · 100 credits\n"
        "  Plan       80\n"
        "  Purchased  10\n"
        "  Gifted     10\n"
        "  Freemium    0\n"
        f"A forecast will be ready around {ready_on:%b} {ready_on.day}.\n"
        "Enough to find 20 emails or 5 phone numbers\n"
        # When a week of whole days is known, after the first, of which only a part is.
        for ready_on in (day + timedelta(days=8) for day in days)
    }


def test_status_as_json(env: Env) -> None:
    asked = now()
    done = run(env, "status", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    told = json.loads(done.stdout)
    fetched_at = told.pop("fetched_at")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fetched_at)
    told_at = datetime.fromisoformat(fetched_at)
    assert asked - timedelta(seconds=1) <= told_at <= now()
    assert told == {
        "team": "Acme Growth",
        "credits": 100,
        "remaining": {"total": 100, "freemium": 0, "subscription": 80, "gifted": 10, "paid": 10},
        "level": "critical",
        "urgency": "critical",
        "forecast": None,
        "buys": {"email_found": 20, "email_verified": 100, "phone_found": 5, "linkedin": 100},
    }


def test_what_is_unknown_is_null(env: Env, sandbox: Sandbox) -> None:
    sandbox.set_fault("missing-details", path="/team/credits")
    told = json.loads(run(env, "status", "--json").stdout)
    buckets = ("total", "freemium", "subscription", "gifted", "paid")
    assert (told["credits"], told["remaining"]) == (100, dict.fromkeys(buckets))
    text = run(env, "status").stdout
    assert text.count("–") == 4


@pytest.mark.parametrize("fault", ["500", "429", "html", "reset"])
def test_a_team_without_a_name_fails_nothing(env: Env, sandbox: Sandbox, fault: str) -> None:
    sandbox.set_fault(fault, path="/team")
    done = run(env, "status", "--json")
    assert (done.returncode, json.loads(done.stdout)["team"]) == (0, None)


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        ("402", Kind.PAYMENT_REQUIRED, 2),
        ("404", Kind.NO_USER, 2),
        ("502", Kind.SERVER_ERROR, 4),
        ("html", Kind.UNEXPECTED_RESPONSE, 6),
        ("huge-body", Kind.UNEXPECTED_RESPONSE, 6),
    ],
)
def test_errors(env: Env, sandbox: Sandbox, fault: str, kind: Kind, code: int) -> None:
    sandbox.set_fault(fault)
    check_error(run(env, "status", "--json"), kind, code)


DEFECTIVE = """
import sys
from tray_app import __main__
from tray_app.team.watch import Watch

def fail(self):
    raise ZeroDivisionError("the-secret-value")

Watch.poll = fail
sys.exit(__main__.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("arguments", [("status",), ("status", "--json"), ("status", "--js")])
def test_a_defect_is_called_one_and_told_by_its_place(env: Env, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEFECTIVE, *arguments],
        env=env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if arguments[1:]:
        check_error(done, Kind.DEFECT, 6)
    assert done.returncode == 6
    assert done.stderr.startswith(problem_words(Kind.DEFECT).title)
    assert re.search(
        r"status_command\.py:\d+ status > .*fail > ZeroDivisionError\)\n$", done.stderr
    )
    assert "secret" not in done.stdout + done.stderr


def test_an_error_in_words_is_on_standard_error_only(env: Env, sandbox: Sandbox) -> None:
    sandbox.set_fault("403")
    done = run(env, "status")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "The user of this API key is blocked. The API key comes from the variable "
        "LEMLIST_API_KEY. Correct or remove the variable.\n(status 403)\n"
    )


@pytest.mark.parametrize(("retry_after", "seconds"), [("9", 9), (None, 2), ("99999", 3600)])
def test_the_rate_limit(env: Env, sandbox: Sandbox, retry_after: str | None, seconds: int) -> None:
    sandbox.set_fault("429", retry_after=retry_after)
    done = run(env, "status", "--json")
    check_error(done, Kind.RATE_LIMITED, 3, retry_after=seconds)


def test_a_pause_after_an_error_of_the_server(env: Env, sandbox: Sandbox) -> None:
    sandbox.set_fault("503", retry_after="600")
    done = run(env, "status")
    assert done.stderr == (
        "lemlist is temporarily unavailable. lemlist or a proxy returned error 503. "
        "Run the command again in 600 seconds.\n"
    )
    asked = len(sandbox.requests)
    done = run(env, "status")
    assert (done.returncode, len(sandbox.requests)) == (4, asked)
    assert re.sub(r"\d+", "N", done.stderr) == (
        "lemlist is temporarily unavailable. lemlist or a proxy returned an error. "
        "Run the command again in N seconds.\n(lemlist has asked for a pause)\n"
    )


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"LEMLIST_API_URL": "http://127.0.0.1:{closed}"}, Kind.OFFLINE, 4),
        ({"LEMLIST_API_URL": "https://127.0.0.1:{open}"}, Kind.TLS, 4),
        ({"LEMLIST_API_URL": "http://api.lemlist.com/api"}, Kind.BAD_ADDRESS, 1),
        ({"LEMLIST_API_URL": "http://127.0.0.1:{open}"}, Kind.UNEXPECTED_RESPONSE, 6),
        ({"LEMLIST_API_KEY": "some-other-key"}, Kind.UNAUTHORIZED, 2),
        ({"LEMLIST_API_KEY": "clé"}, Kind.BAD_KEY, 2),
        ({"LEMLIST_API_KEY": "a\x07b"}, Kind.BAD_KEY, 2),
        ({"LEMLIST_API_KEY": "k" * 1001}, Kind.BAD_KEY, 2),
        ({"LEMLIST_API_KEY": ""}, Kind.KEYCHAIN_UNAVAILABLE, 2),
    ],
    ids=["offline", "tls", "address", "page", "refused", "accent", "control", "long", "no bus"],
)
def test_environments(env: Env, sandbox: Sandbox, changes: Env, kind: Kind, code: int) -> None:
    ports = {"closed": closed_port(), "open": sandbox.url.split(":")[2].split("/")[0]}
    changed = {name: value.format(**ports) for name, value in changes.items()}
    check_error(run({**env, **changed}, "status", "--json"), kind, code)


def test_every_kind_has_an_exit_code() -> None:
    assert EXIT_CODES.keys() == set(Kind)
    assert set(EXIT_CODES.values()) == {1, 2, 3, 4, 6}
    assert {EXIT_CODES[kind] for kind in (Kind.TIMEOUT, Kind.TLS, Kind.OFFLINE)} == {4}


@pytest.mark.parametrize(
    "arguments",
    [("status", "--json"), ("status", "--all"), ("teams",), ("key", "remove"), ("--version",)],
    ids=" ".join,
)
def test_no_qt_is_imported(env: Env, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-X", "importtime", MAIN, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert "tray_app" in done.stderr
    assert not re.search("PySide|shiboken", done.stderr)


def test_settings_are_used(env: Env, home: Path) -> None:
    file = home / ".config" / "lemlist-credits" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"low": 90, "critical": 50}')
    assert json.loads(run(env, "status", "--json").stdout)["level"] == "healthy"


def test_a_broken_settings_file_is_said_on_standard_error(env: Env, home: Path) -> None:
    file = home / ".config" / "lemlist-credits" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    done = run(env, "status", "--json")
    assert json.loads(done.stdout)["level"] == "critical"
    (aside,) = file.parent.iterdir()
    assert aside.name in done.stderr


def test_interrupted(env: Env, sandbox: Sandbox) -> None:
    sandbox.set_fault("silent")
    with subprocess.Popen(
        [sys.executable, MAIN, "status"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_until(lambda: sandbox.requests, TIMEOUT, "the request is on its way")
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output, errors) == (130, b"", b"")


# --- the past and the future --------------------------------------------------------------------

FULL = {"subscription": 8_000, "paid": 4_100, "gifted": 330, "freemium": 0}


@pytest.fixture
def past(home: Path, sandbox: Sandbox) -> list[Record]:
    """Return the sixty days that the history of this user holds."""
    sandbox.set_balance(**FULL)
    records = past_of_demo(now())
    record_all(home, DEMO_TEAM_ID, records)
    teams_of(home).learn(mark_of(KEY), DEMO_TEAM_ID, "Acme Growth")
    return records


def test_status_says_how_long_it_lasts(env: Env, past: list[Record]) -> None:
    done = run(env, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(f"^{LASTS}$", done.stdout, re.MULTILINE)
    assert "Enough to find 2,486 emails or 621 phone numbers\n" in done.stdout


def test_status_as_json_has_the_forecast(env: Env, past: list[Record]) -> None:
    told = json.loads(run(env, "status", "--json").stdout)
    forecast = told["forecast"]
    assert 1_200 < forecast.pop("per_working_day") < 1_600
    days = [date.fromisoformat(forecast["runs_out"][name]) for name in ("from", "likely", "to")]
    assert today() < days[0] <= days[1] <= days[2]
    assert told["buys"]["email_found"] == 2_486


def test_status_of_a_balance_that_lasts(env: Env, sandbox: Sandbox, past: list[Record]) -> None:
    sandbox.set_balance(subscription=0, paid=9_000_000, gifted=0, freemium=0)
    assert json.loads(run(env, "status", "--json").stdout)["forecast"]["runs_out"] is None
    assert "Credits are likely to last more than a year." in run(env, "status").stdout


def test_status_records_what_it_reads(env: Env) -> None:
    run(env, "status")
    (row,) = list(csv.DictReader(io.StringIO(run(env, "history", "--csv").stdout)))
    assert (row["credits"], row["subscription"], row["freemium"]) == ("100", "80", "0")


def test_status_says_that_the_history_is_broken(env: Env, home: Path) -> None:
    run(env, "status")
    file = home / ".local" / "share" / "lemlist-credits" / "history.sqlite"
    file.write_bytes(b"no database" * 1000)
    done = run(env, "status")
    assert (done.returncode, done.stdout[:11]) == (0, "Acme Growth")
    assert "The damaged history file is kept as" in done.stderr


def test_history_as_a_table(env: Env, past: list[Record]) -> None:
    done = run(env, "history", "--days", "7")
    assert (done.returncode, done.stderr) == (0, "")
    title, age, headings, *days = done.stdout.splitlines()
    assert title.startswith("Acme Growth: 12,430 credits left · ")
    assert (
        age == f"Balance from {datetime.fromtimestamp(past[-1].last, UTC).astimezone():%x %H:%M}."
    )
    assert headings.split("  ")[0] == "Day"
    assert len(days) == 7
    assert all("12,430" in day for day in days[-1:])
    assert not [line for line in done.stdout.splitlines() if line != line.rstrip()]


def test_history_as_csv(env: Env, past: list[Record]) -> None:
    done = subprocess.run(
        [sys.executable, MAIN, "history", "--csv", "--days", "3650"], env=env, capture_output=True
    )
    assert done.returncode == BAD_ARGUMENTS
    done = subprocess.run(
        [sys.executable, MAIN, "history", "--csv", "--days", "90"], env=env, capture_output=True
    )
    text = done.stdout.decode()
    assert text.count("\r\n") == text.count("\n") == len(past) + 1
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [int(row["credits"]) for row in rows] == [record.credits for record in past]


def test_history_as_json(env: Env, past: list[Record]) -> None:
    before = today()
    done = run(env, "history", "--json")
    told = json.loads(done.stdout)
    days = told["days"]
    assert (told["team"], told["team_id"]) == ("Acme Growth", DEMO_TEAM_ID)
    assert datetime.fromisoformat(told["fetched_at"]).timestamp() == past[-1].last
    assert len(days) == 30
    assert before.isoformat() <= days[-1]["date"] <= today().isoformat()
    assert (days[-1]["credits"], days[-1]["remaining"]) == (12_430, FULL)
    assert sum(day["refilled"] for day in days) > 20_000
    assert sum(day["spent"] > 0 for day in days) >= 20


@pytest.fixture
def two_teams(home: Path) -> None:
    """Make a history of two teams, of which the last one to be seen was another's."""
    seconds = int(now().timestamp())
    record_all(home, "tea_1", [Record(seconds - 900, seconds - 600, 111)])
    record_all(home, "tea_2", [Record(seconds - 1200, seconds - 300, 222)])
    state = home / ".local" / "state" / "lemlist-credits" / "alerts.json"
    AlertsFile(state, "default").save(AlertState(), "tea_2")
    teams_of(home).learn(mark_of(KEY), "tea_1", "Acme")
    teams_of(home).learn(mark_of(OTHER_KEY), "tea_2", "")


def told(env: Env, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(env, "history", "--json", *arguments).stdout)
    return told


@pytest.mark.parametrize(
    ("arguments", "key", "team_id"),
    [
        ((), KEY, "tea_1"),
        ((), OTHER_KEY, "tea_2"),
        (("--team", "tea_2"), KEY, "tea_2"),
        (("--team", "Acme"), OTHER_KEY, "tea_1"),
        (("--team", "Acme"), "", "tea_1"),
    ],
    ids=["of the key", "of another key", "by identity", "by name", "without a key"],
)
def test_history_is_of_the_team_that_is_meant(
    env: Env, two_teams: None, sandbox: Sandbox, arguments: tuple[str, ...], key: str, team_id: str
) -> None:
    env = {**env, "LEMLIST_API_KEY": key}
    as_json = told(env, *arguments)
    assert (as_json["team_id"], as_json["team"]) == (team_id, {"tea_1": "Acme"}.get(team_id))
    credits = {"tea_1": 111, "tea_2": 222}[team_id]
    assert {day["credits"] for day in as_json["days"]} == {credits}  # of two days after midnight
    table = run(env, "history", *arguments).stdout
    assert table.startswith({"tea_1": "Acme: 111 credits", "tea_2": "tea_2: 222 cred"}[team_id])
    assert sandbox.requests == []


def test_the_history_of_all_teams_is_csv_with_a_column_for_the_team(
    keyring_env: Env, home: Path, two_teams: None
) -> None:
    settings = SettingsFile(home / ".config" / "lemlist-credits" / "settings.json")
    for account, name in (("team-2", "=Other"), ("team-3", "New"), ("team-4", "Other again")):
        settings.add_team(TeamEntry(account))
        settings.rename_team(account, name)
    for account in ("team-2", "team-4"):
        attributes = ("service", "lemlist-credits", "username", account)
        command = ("secret-tool", "store", "--label", "test", *attributes)
        subprocess.run(command, env=keyring_env, input=OTHER_KEY.encode(), check=True)
    arguments = ("history", "--csv", "--all-teams")
    done = run({**keyring_env, "LEMLIST_API_KEY": KEY}, *arguments)
    assert done.returncode == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["team"], row["credits"]) for row in rows] == [("Acme", "111"), ("'=Other", "222")]
    assert done.stderr == "New is left out, as its history is not known.\n"
    file = home / ".local" / "share" / "lemlist-credits" / "history.sqlite"
    file.write_bytes(b"no database" * 1000)
    done = run(keyring_env, *arguments)
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert "The damaged history file is kept as" in done.stderr


def test_a_history_that_the_keyring_keeps_back_is_missed(env: Env, two_teams: None) -> None:
    done = run({**env, "LEMLIST_API_KEY": ""}, "history", "--csv", "--all-teams")
    assert done.returncode == 2
    assert "Set the variable LEMLIST_API_KEY to your API key.\n" in done.stderr
    assert "can't be used" in done.stderr


def test_the_teams_are_listed(env: Env, two_teams: None) -> None:
    done = run({**env, "LEMLIST_API_KEY": ""}, "history", "--team")
    assert (done.returncode, done.stdout, done.stderr) == (0, "tea_2\nAcme (tea_1)\n", "")


@pytest.mark.parametrize("key", ["", "key-of-nobody"])
def test_no_other_team_is_shown_silently(env: Env, two_teams: None, key: str) -> None:
    """Without a key, or with one that was never used here."""
    done = run({**env, "LEMLIST_API_KEY": key}, "history")
    assert (done.returncode, done.stdout) == (6 if key else 2, "")
    if key:
        assert "There is a history of: tea_2, Acme (tea_1).\n" in done.stderr
    else:
        as_json = run({**env, "LEMLIST_API_KEY": ""}, "history", "--json")
        check_error(as_json, Kind.KEYCHAIN_UNAVAILABLE, 2)


def test_a_team_that_there_is_not(env: Env, two_teams: None) -> None:
    done = run(env, "history", "--team", KEY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is a history of: tea_2, Acme (tea_1).\n" in done.stderr


def test_two_teams_of_one_name_are_told_apart(env: Env, two_teams: None, home: Path) -> None:
    teams_of(home).learn(mark_of(OTHER_KEY), "tea_2", "Acme")
    done = run(env, "history", "--team", "Acme")
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is a history of: Acme (tea_2), Acme (tea_1).\n" in done.stderr
    assert told(env, "--team", "tea_2")["team_id"] == "tea_2"


def test_status_finds_out_whose_history_it_is(env: Env, sandbox: Sandbox) -> None:
    run(env, "status")
    sandbox.stop()
    assert (told(env)["team"], told(env)["days"][0]["credits"]) == ("Acme Growth", 100)


def test_no_history_yet(env: Env, home: Path) -> None:
    done = run(env, "history")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "There is no history yet.\n"
    assert told(env) == {"team": None, "team_id": None, "fetched_at": None, "days": []}
    listed = run(env, "history", "--team")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", done.stderr)
    assert not (home / ".local" / "share" / "lemlist-credits").exists()


def test_no_history_of_these_days(env: Env, home: Path) -> None:
    long_ago = int(now().timestamp()) - 40 * 86_400
    record_all(home, "tea_1", [Record(long_ago, long_ago, 111)])
    teams_of(home).learn(mark_of(KEY), "tea_1", "Acme")
    done = run(env, "history", "--days", "7")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "There is no history of Acme (tea_1) in these days.\n"


@pytest.mark.parametrize("form", ["", "--json", "--csv"])
@pytest.mark.parametrize("broken", [True, False], ids=["broken", "no file"])
def test_a_history_that_can_not_be_read(env: Env, home: Path, form: str, broken: bool) -> None:
    teams_of(home).learn(mark_of(KEY), "tea_1", "Acme")
    file = home / ".local" / "share" / "lemlist-credits" / "history.sqlite"
    file.parent.mkdir(parents=True)
    if broken:
        file.write_bytes(b"no database" * 1000)
    else:
        file.mkdir()
    done = run(env, "history", *filter(None, [form]))
    why = "is kept as" if broken else "can't be used"
    assert done.returncode == 6
    assert why in done.stderr
    if form == "--json":
        error = json.loads(done.stdout)["error"]
        assert (error["kind"], why in error["message"]) == ("history", True)
    else:
        assert done.stdout == ""


def test_a_history_of_the_future_only(env: Env, home: Path) -> None:
    """As after a clock that ran ahead, which has been set since."""
    ahead = int(now().timestamp()) + 40 * 86_400
    record_all(home, "tea_1", [Record(ahead, ahead, 111)])
    teams_of(home).learn(mark_of(KEY), "tea_1", "Acme")
    done = run(env, "history")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "There is no history of Acme (tea_1) in these days.\n"


def test_a_team_that_can_not_be_kept_is_no_reason_to_ask_again(env: Env, home: Path) -> None:
    first = int(now().timestamp())
    record_all(home, "tea_1", [Record(first, first, 111)])
    file = home / ".local" / "state" / "lemlist-credits" / "teams.json"
    file.mkdir(parents=True)
    done = run(env, "history")
    assert done.returncode == 6
    assert done.stderr == (
        f"{file} can't be read, so the team of this API key is not known. "
        "Name a team with --team.\nThere is a history of: tea_1.\n"
    )


def test_settings_with_a_mistake_are_said_each_time(env: Env, home: Path) -> None:
    file = home / ".config" / "lemlist-credits" / "settings.json"
    file.parent.mkdir(parents=True)
    file.write_text('{\n  "low": 700,  // more than last year\n  "critical": 50\n}\n')
    for _ in range(2):
        done = run(env, "status")
        assert (done.returncode, "Critical" in done.stdout) == (0, True)
        assert done.stderr == (
            f"{file} has a mistake in line 2. "
            "Until it is corrected, the default settings are used.\n"
        )
    file.write_text('{"low": 700, "critical": 50}')
    done = run(env, "status")
    assert (done.returncode, done.stderr, "Low" in done.stdout) == (0, "", True)


# --- odd terminals ------------------------------------------------------------------------------

ODD_TEAM = answer('{"credits": 7, "_id": "tea_1", "name": "Größe 株\\u001b[31m\\ud800"}'.encode())


@pytest.mark.parametrize(
    "changes",
    [
        {"LANG": "C.UTF-8"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"LC_ALL": "tlh_QS.UTF-8"},
    ],
    ids=str,
)
def test_encodings(env: Env, changes: Env) -> None:
    with RawServer(ODD_TEAM) as server:
        odd = {**env, **changes, "LEMLIST_API_URL": f"http://127.0.0.1:{server.port}"}
        text, as_json = run(odd, "status"), run(odd, "status", "--json")
    assert (text.returncode, as_json.returncode) == (0, 0)
    assert text.stdout.startswith("Gr")
    assert "7 credits" in text.stdout
    assert "\x1b" not in text.stdout
    assert as_json.stdout.isascii()
    assert json.loads(as_json.stdout)["team"] == "Größe 株 [31m"


def test_a_closed_output(env: Env) -> None:
    command = ["sh", "-c", f"exec {sys.executable} {MAIN} status >&-"]
    done = subprocess.run(command, env=env, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_all_closed(env: Env, sandbox: Sandbox) -> None:
    sandbox.set_fault("403")
    command = ["sh", "-c", f"exec {sys.executable} {MAIN} status <&- >&- 2>&-"]
    assert subprocess.run(command, env=env, check=False).returncode == 2


@pytest.mark.parametrize("arguments", [("status",), ("status", "--json")], ids=str)
def test_a_full_disk(env: Env, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, MAIN, *arguments],
            env=env,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 6
    assert done.stderr == "The output can't be written: No space left on device.\n"


def test_a_broken_pipe(env: Env) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, MAIN, "status"],
        env=env,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (6, "The output can't be written: Broken pipe.\n")


# --- key ----------------------------------------------------------------------------------------


def test_a_key_is_set_used_and_removed(keyring_env: Env) -> None:
    check_error(run(keyring_env, "status", "--json"), Kind.NO_KEY, 2)
    done = run(keyring_env, "key", "set", stdin=f"  {KEY}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "The API key of Acme Growth is stored in the keyring. 100 credits are left.\n"
    )
    assert stored_key(keyring_env) == KEY
    assert run(keyring_env, "status").returncode == 0
    done = run(keyring_env, "key", "remove")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "The API key is removed from the keyring.\n",
        "",
    )
    assert stored_key(keyring_env) == ""
    assert run(keyring_env, "key", "remove").stdout == "There was no API key in the keyring.\n"
    check_error(run(keyring_env, "status", "--json"), Kind.NO_KEY, 2)


@pytest.mark.parametrize(
    ("fault", "key", "kind"),
    [
        (None, "some-other-key", Kind.UNAUTHORIZED),
        (None, "nobody-key", Kind.NO_USER),
        ("429", OTHER_KEY, Kind.RATE_LIMITED),
        ("html", OTHER_KEY, Kind.UNEXPECTED_RESPONSE),
    ],
)
def test_a_key_that_does_not_work_leaves_the_old_one(
    keyring_env: Env, sandbox: Sandbox, fault: str | None, key: str, kind: Kind
) -> None:
    run(keyring_env, "key", "set", stdin=KEY)
    sandbox.set_fault(fault)
    done = run(keyring_env, "key", "set", stdin=key)
    assert (done.returncode, done.stdout) == (EXIT_CODES[kind], "")
    assert problem_words(kind).title in done.stderr
    assert stored_key(keyring_env) == KEY


@pytest.mark.parametrize("command", ["key set", "teams add"])
def test_a_key_that_was_typed_is_not_the_variables(env: Env, command: str) -> None:
    for typed, kind in (("some-other-key", Kind.UNAUTHORIZED), ("clé", Kind.BAD_KEY)):
        done = run(env, *command.split(), stdin=typed)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{problem_words(kind).title}. ")
        assert f" Run 'lemlist-credits {command}'" in done.stderr
        assert "comes from the variable" not in done.stderr


@pytest.mark.parametrize(
    "blank",
    [b"\n", b"\xef\xbb\xbf\n", b"\xe2\x80\x8b\n", b"\xc2\xa0\r\n"],
    ids=["empty", "byte order mark", "zero-width space", "no-break space"],
)
def test_a_line_with_nothing_to_see_before_the_key(
    monkeypatch: pytest.MonkeyPatch, blank: bytes
) -> None:
    content = blank + KEY.encode() + b"\nanother line\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert read_key() == KEY
    assert sys.stdin.buffer.read() == b"another line\n"


@pytest.mark.parametrize(
    ("locale", "stdin"),
    [
        ("C.UTF-8", ""),
        ("C.UTF-8", "clé"),
        ("C.UTF-8", "a\x00b"),
        ("C.UTF-8", "k" * 1001),
        ("C.UTF-8", b"\xff\xfe\x00\x80"),
        ("C", "clé"),
        ("C", b"\x80" * 100_000),
    ],
    ids=["empty", "accent", "nul", "long", "binary", "accent in C", "binary in C"],
)
def test_input_that_is_no_key(env: Env, sandbox: Sandbox, locale: str, stdin: str | bytes) -> None:
    done = run({**env, "LC_ALL": locale}, "key", "set", stdin=stdin)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem_words(Kind.BAD_KEY).title in done.stderr
    assert sandbox.requests == []


def test_a_closed_input(env: Env, sandbox: Sandbox) -> None:
    command = ["sh", "-c", f"exec {sys.executable} {MAIN} key set <&-"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    check_output(done.stdout + done.stderr)
    assert done.returncode == 2
    assert sandbox.requests == []


def test_without_a_keychain(env: Env) -> None:
    for arguments in (("key", "set"), ("key", "remove")):
        done = run(env, *arguments, stdin=KEY)
        assert (done.returncode, done.stdout) == (2, "")
        assert problem_words(Kind.KEYCHAIN_UNAVAILABLE).title in done.stderr


def test_the_key_is_nowhere_to_be_seen(keyring_env: Env, sandbox: Sandbox, home: Path) -> None:
    """While the key is checked it is in neither arguments nor environment; then in no file."""
    sandbox.set_fault("slow", seconds=3600)
    with subprocess.Popen(
        [sys.executable, MAIN, "key", "set"],
        env=keyring_env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(KEY.encode())
        process.stdin.close()
        process.stdin = None
        wait_until(lambda: sandbox.requests, TIMEOUT, "the key is being checked")
        proc = Path("/proc") / str(process.pid)
        assert KEY.encode() not in (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        process.kill()
        process.communicate()
    sandbox.set_fault(None)
    run(keyring_env, "key", "set", stdin=KEY)
    run(keyring_env, "status")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert not [path for path in files if KEY.encode() in path.read_bytes()]


def test_a_hidden_prompt(keyring_env: Env) -> None:
    terminal = Terminal(keyring_env, "key", "set")
    terminal.wait_for("lemlist API key: ")
    terminal.type(f"{KEY}\n")
    assert terminal.end() == 0
    assert "is stored" in terminal.output
    check_output(terminal.output)
    assert stored_key(keyring_env) == KEY


@pytest.mark.parametrize(("typed", "code"), [("\x04", 2), ("\n", 2), ("\x03", 130)], ids=repr)
def test_a_prompt_that_gets_no_key(env: Env, typed: str, code: int) -> None:
    terminal = Terminal(env, "key", "set")
    terminal.wait_for("lemlist API key: ")
    assert not terminal.shows_what_is_typed()
    terminal.type(typed)
    assert terminal.end() == code
    check_output(terminal.output)


# --- arguments ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("--nonsense",),
        ("status", "--nonsense"),
        ("status", "more"),
        ("key",),
        ("key", KEY),
        ("key", "set", KEY),
        ("key", "set", f"--key={KEY}"),
        (KEY,),
        ("teams", "nonsense"),
        ("teams", "add", KEY),
        ("teams", "remove"),
        ("teams", "rename", "Acme"),
        ("--team", "Acme"),
        ("--team", "Acme", "demo"),
        ("--team", "Acme", "teams"),
        ("teams", "--team", "Acme"),
        ("status", "--team"),
        ("status", "--all", "--team", "Acme"),
        ("--team", "Acme", "status", "--all"),
        ("sandbox", "--port", "many"),
        ("sandbox", "--story", "nonsense"),
        ("demo", "--teams", "0"),
        ("demo", "--teams", "51"),
        ("history", "--all-teams"),
        ("history", "--all-teams", "--json"),
        ("history", "--all-teams", "--csv", "--team", "Acme"),
        ("--team", "Acme", "history", "--all-teams", "--csv"),
    ],
    ids=lambda arguments: " ".join(arguments).replace(KEY, "KEY"),
)
def test_bad_arguments(env: Env, sandbox: Sandbox, arguments: tuple[str, ...]) -> None:
    done = run(env, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"^usage: .*|^The sandbox can't start", done.stderr)
    assert sandbox.requests == []


def test_version(env: Env) -> None:
    done = run(env, "--version")
    python = ".".join(map(str, sys.version_info[:3]))
    expected = f"lemlist-credits {__version__} (Python {python}, Qt {qVersion()})\n"
    assert (done.returncode, done.stdout) == (0, expected)


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("status",),
        ("key",),
        ("teams",),
        ("teams", "remove"),
        ("sandbox",),
        ("demo",),
    ],
)
def test_help(env: Env, command: tuple[str, ...]) -> None:
    done = run(env, *command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: lemlist-credits")

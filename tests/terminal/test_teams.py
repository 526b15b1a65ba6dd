"""Several teams in a terminal: the list, the balance of all, and which one is meant."""

import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.desktops.virtual_desktop import VirtualDesktop
from tests.servers.faulty_sandbox import Sandbox
from tests.terminal.commands import (
    KEY,
    OTHER_KEY,
    Env,
    Terminal,
    check_output,
    now,
    record_all,
    run,
    teams_of,
)
from tray_app.errors import Kind, Problem
from tray_app.rules.alerts import AlertState
from tray_app.rules.history import Record
from tray_app.store.alerts_file import AlertsFile
from tray_app.store.history_database import History
from tray_app.store.settings import SettingsFile
from tray_app.store.teams import mark_of
from tray_app.terminal.teams_commands import _store_new
from tray_app.words.problem_words import problem_words

KEYS = [KEY, *(f"{KEY}-{number}" for number in range(2, 51))]
"""The keys of the sandbox's teams: Acme Growth, Acme UK, Borealis, Cobalt Sales and so on."""
IDS = [f"tea_sandbox{number:010}" for number in range(1, 51)]

Entry = dict[str, Any]


def settings_of(home: Path) -> Path:
    return home / ".config" / "lemlist-credits" / "settings.json"


def alerts_of(home: Path, account: str) -> AlertsFile:
    return AlertsFile(home / ".local" / "state" / "lemlist-credits" / "alerts.json", account)


def history_of(home: Path) -> History:
    return History(home / ".local" / "share" / "lemlist-credits" / "history.sqlite")


def write_list(home: Path, *entries: object, **settings: object) -> None:
    file = settings_of(home)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"version": 1, **settings, "teams": entries}))


def listed(home: Path) -> list[Entry]:
    entries: list[Entry] = json.loads(settings_of(home).read_text())["teams"]
    return entries


def store(env: Env, keys: Mapping[str, str]) -> None:
    """Put keys into the keyring, by account."""
    for account, key in keys.items():
        attributes = ("service", "lemlist-credits", "username", account)
        command = ["secret-tool", "store", "--label", "lemlist", *attributes]
        subprocess.run(command, env=env, input=key.encode(), check=True)


def stored(env: Env, account: str = "default") -> str:
    attributes = ("service", "lemlist-credits", "username", account)
    found = subprocess.run(["secret-tool", "lookup", *attributes], env=env, capture_output=True)
    return found.stdout.decode()


@pytest.fixture
def three(keyring_env: Env, home: Path, sandbox: Sandbox) -> Env:
    """Return an environment with three teams, of which the second is called Britain."""
    write_list(home, {"account": "default"}, {"account": "b", "name": "Britain"}, {"account": "c"})
    store(keyring_env, {"default": KEYS[0], "b": KEYS[1], "c": KEYS[2]})
    for number, total in ((1, 9_000), (2, 480), (3, 50)):
        sandbox.team(number).set_total(total)
        teams_of(home).learn(mark_of(KEYS[number - 1]), IDS[number - 1], names()[number - 1])
    return keyring_env


def names() -> list[str]:
    return ["Acme Growth", "Acme UK", "Borealis"]


# --- the list -----------------------------------------------------------------------------------


def test_teams_are_added_renamed_and_removed(keyring_env: Env, home: Path) -> None:
    env = keyring_env
    done = run(env, "teams")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "There are no teams yet. Run 'lemlist-credits teams add'.\n"

    done = run(env, "teams", "add", stdin=f" {KEYS[0]}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "The API key of Acme Growth is stored in the keyring. 100 credits are left.\n"
    )
    assert stored(env) == KEYS[0]
    assert not settings_of(home).exists()  # the first team's place was there

    done = run(env, "teams", "add", stdin=KEYS[1])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("The API key of Acme UK is stored in the keyring. 12,430 ")
    first, second = listed(home)
    assert first["account"] == "default"
    assert stored(env, second["account"]) == KEYS[1]
    done = run(env, "teams")
    assert done.stdout == "Team         API key\nAcme Growth  stored\nAcme UK      stored\n"

    done = run(env, "teams", "rename", "Acme UK", " Great \n Britain\x1b ")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Acme UK is now called Great Britain.\n"
    assert run(env, "teams").stdout == (
        "Team           API key  Name in lemlist\n"
        "Acme Growth    stored\n"
        "Great Britain  stored   Acme UK\n"
    )
    done = run(env, "teams", "rename", "Acme UK", "")  # lemlist's name finds it, too
    assert done.stdout == "Great Britain is now called Acme UK.\n"

    alerts_of(home, "default").save(AlertState(), IDS[0])
    alerts_of(home, second["account"]).save(AlertState(), IDS[1])
    done = run(env, "teams", "remove", "Acme UK")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "To remove Acme UK without a question, add --yes.\n"
    done = run(env, "teams", "remove", "Acme UK", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Acme UK and its API key are removed. Its history is kept.\n"
    assert [each["account"] for each in listed(home)] == ["default"]
    assert (stored(env, second["account"]), stored(env)) == ("", KEYS[0])
    assert alerts_of(home, second["account"]).load().team_id is None
    assert alerts_of(home, "default").load().team_id == IDS[0]


def test_history_goes_only_if_that_is_wanted(three: Env, home: Path) -> None:
    seconds = int(now().timestamp())
    for team_id in IDS[:3]:
        record_all(home, team_id, [Record(seconds - 600, seconds - 300, 7)])
    assert run(three, "teams", "remove", "Borealis", "--yes").returncode == 0
    done = run(three, "teams", "remove", "Britain", "--history", "--yes")
    assert done.stdout == "Britain, its API key and its history are removed.\n"
    history = history_of(home)
    assert set(history.teams()) == {IDS[0], IDS[2]}
    history.close()


def test_the_only_team_is_removed_and_another_added(
    keyring_env: Env,
) -> None:
    store(keyring_env, {"default": KEYS[0]})
    run(keyring_env, "status")
    terminal = Terminal(keyring_env, "teams", "remove", "Acme Growth")
    terminal.wait_for("Remove Acme Growth and its API key? [y/N] ")
    terminal.type("n\n")
    assert terminal.end() == 0
    assert "Nothing was changed." in terminal.output
    assert stored(keyring_env) == KEYS[0]
    terminal = Terminal(keyring_env, "teams", "remove", "Acme Growth")
    terminal.wait_for("Remove Acme Growth and its API key? [y/N] ")
    terminal.type("y\n")
    assert terminal.end() == 0
    assert stored(keyring_env) == ""
    assert run(keyring_env, "teams", "add", stdin=KEYS[1]).returncode == 0
    assert stored(keyring_env) == KEYS[1]
    assert run(keyring_env, "teams").stdout == "Team     API key\nAcme UK  stored\n"


@pytest.fixture
def tray(tmp_path: Path) -> Iterator[socket.socket]:
    """Listen as a running tray does."""
    folder = tmp_path / "run" / "lemlist-credits"
    folder.parent.mkdir(mode=0o700)
    folder.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(folder / "tray.sock"))
        listening.settimeout(0)
        yield listening


def heard(tray: socket.socket) -> list[bytes]:
    words = []
    try:
        while True:
            words.append(tray.recv(64))
    except BlockingIOError:
        return words


def test_running_trays_are_told(
    three: Env, home: Path, tmp_path: Path, tray: socket.socket
) -> None:
    env = {**three, "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    run(env, "teams", "add", stdin=KEYS[3])
    assert heard(tray) == [b"settings\n"]
    run(env, "teams", "rename", "Britain", "Albion")
    assert heard(tray) == [b"settings\n"]
    run(env, "teams", "remove", "Albion", "--yes")
    assert heard(tray) == [b"settings\n"]
    run(env, "key", "remove", "--team", "Borealis")
    assert heard(tray) == [b"key\n"]
    run(env, "teams", "add", stdin=KEYS[2])  # takes the place that is empty
    assert heard(tray) == [b"key\n"]
    run(env, "status")
    assert heard(tray) == []


def test_running_trays_are_told_that_the_only_key_is_gone(
    keyring_env: Env, tmp_path: Path, tray: socket.socket
) -> None:
    env = {**keyring_env, "XDG_RUNTIME_DIR": str(tmp_path / "run")}
    run(env, "teams", "add", stdin=KEYS[0])
    heard(tray)
    run(env, "teams", "remove", names()[0], "--yes")
    assert heard(tray) == [b"settings\n", b"key\n"]


@pytest.mark.parametrize(
    ("key", "kind"), [("some-other-key", Kind.UNAUTHORIZED), ("", Kind.BAD_KEY)]
)
def test_a_key_that_does_not_work_adds_nothing(
    three: Env, home: Path, key: str, kind: Kind
) -> None:
    before = settings_of(home).read_bytes()
    done = run(three, "teams", "add", stdin=key)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem_words(kind).title in done.stderr
    assert settings_of(home).read_bytes() == before


# --- a key of a team that is there --------------------------------------------------------------


@pytest.fixture
def second_key(sandbox: Sandbox) -> str:
    """Return another key that opens the team of the first."""
    sandbox.teams[OTHER_KEY] = sandbox.teams[KEY]
    return OTHER_KEY


def test_a_key_is_replaced_only_if_that_is_wanted(three: Env, home: Path, second_key: str) -> None:
    before = settings_of(home).read_bytes()
    done = run(three, "teams", "add", stdin=second_key)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Acme Growth is in the list already. To replace its API key, add --replace.\n"
    )
    for answer, key in (("n", KEYS[0]), ("y", second_key)):
        terminal = Terminal(three, "teams", "add")
        terminal.wait_for("lemlist API key: ")
        terminal.type(f"{second_key}\n")
        terminal.wait_for("Acme Growth is in the list already. Replace its API key? [y/N] ")
        terminal.type(f"{answer}\n")
        assert terminal.end() == 0
        check_output(terminal.output)
        assert stored(three) == key
    done = run(three, "teams", "add", "--replace", stdin=KEYS[0])
    assert (done.returncode, done.stderr, stored(three)) == (0, "", KEYS[0])
    done = run(three, "teams", "add", stdin=KEYS[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Acme Growth is in the list already, and this API key is stored in the keyring.\n"
    )
    assert settings_of(home).read_bytes() == before
    assert (stored(three, "b"), stored(three, "c")) == (KEYS[1], KEYS[2])


def test_a_key_is_set_and_removed_for_the_team_that_is_named(
    three: Env, home: Path, second_key: str
) -> None:
    for action in ("set", "remove"):
        done = run(three, "key", action, stdin=OTHER_KEY)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "There are several teams. Name one of them with --team. The teams are: "
            f"Acme Growth ({IDS[0]}), Britain ({IDS[1]}), Borealis ({IDS[2]}).\n"
        )
    done = run(three, "key", "set", "--team", "Britain", stdin=second_key)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This is an API key of Acme Growth, which is in the list already.\n"
    assert stored(three, "b") == KEYS[1]
    done = run(three, "--team", "Acme Growth", "key", "set", stdin=second_key)
    assert (done.returncode, stored(three)) == (0, second_key)
    done = run(three, "key", "remove", "--team", IDS[1])
    assert done.stdout == "The API key is removed from the keyring.\n"
    assert [stored(three, each) for each in ("default", "b", "c")] == [second_key, "", KEYS[2]]
    done = run(three, "status", "--team", "Britain")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == ("No API key yet. Run 'lemlist-credits key set --team Britain'.\n")


# --- the balance --------------------------------------------------------------------------------


def test_several_teams_are_a_table(three: Env, sandbox: Sandbox) -> None:
    done = run(three, "status")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Team         Level     Credits  How long they last\n"
        "Borealis     Critical       50\n"
        "Britain      Low           480\n"
        "Acme Growth  Healthy     9,000\n"
    )
    sandbox.set_fault("402", team=2)
    done = run(three, "status", "--all")
    assert done.returncode == 2
    assert done.stdout == (
        "Team         Level     Credits  How long they last\n"
        "Borealis     Critical       50\n"
        "Britain      Unknown         –  Payment needed in lemlist\n"
        "Acme Growth  Healthy     9,000\n"
    )
    assert done.stderr == (
        "Britain: Payment needed in lemlist. Ask a team admin to check Plans & Billing.\n"
        "(status 402)\n"
    )


def test_own_choices_judge_a_team(keyring_env: Env, home: Path, sandbox: Sandbox) -> None:
    own = {"low": 90, "critical": 50}
    write_list(home, {"account": "default", "own": own}, {"account": "b"}, low=50_000)
    store(keyring_env, {"default": KEYS[0], "b": KEYS[1]})
    rows = run(keyring_env, "status").stdout.splitlines()[1:]
    assert [row.split()[-2] for row in rows] == ["Low", "Healthy"]
    told = json.loads(run(keyring_env, "status", "--json").stdout)
    assert (told["team"], told["level"]) == ("Acme Growth", "healthy")


def test_one_json_object_is_of_one_team(three: Env, sandbox: Sandbox) -> None:
    done = run(three, "status", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["team"], told["credits"]) == (0, "Acme Growth", 9_000)
    assert "teams" not in told
    assert {asked.path for asked in sandbox.requests} == {"/api/team", "/api/team/credits"}
    assert len(sandbox.requests) == 2
    told = json.loads(run(three, "--team", "Acme UK", "status", "--json").stdout)
    assert (told["team"], told["credits"]) == ("Britain", 480)


def test_json_of_all_teams(three: Env, sandbox: Sandbox) -> None:
    one = json.loads(run(three, "status", "--json").stdout)
    sandbox.set_fault("429", team=2)
    sandbox.set_fault("500", team=3)
    done = run(three, "status", "--json", "--all")
    assert done.returncode == 4
    first, second, third = json.loads(done.stdout)["teams"]
    assert first.pop("fetched_at") >= one.pop("fetched_at")
    assert first == {**one, "team_id": IDS[0]}
    for team, name, number, kind in (
        (second, "Britain", 1, "rate_limited"),
        (third, "Borealis", 2, "server_error"),
    ):
        assert (team["team"], team["team_id"]) == (name, IDS[number])
        assert team["error"]["kind"] == kind
        assert f"{name}: {team['error']['title']}." in done.stderr


def test_one_team_alone_is_an_object_of_all(env: Env) -> None:
    done = run(env, "status", "--json", "--all")
    (told,) = json.loads(done.stdout)["teams"]
    assert (told["team"], told["team_id"], told["credits"]) == ("Acme Growth", IDS[0], 100)


COUNTING = """
import sys
from tray_app import __main__
from tray_app.store import keychain

class Call(keychain._Call):
    def __init__(self, name, **arguments):
        print("keychain:", name, file=sys.stderr)
        super().__init__(name, **arguments)

keychain._Call = Call
sys.exit(__main__.main(sys.argv[1:]))
"""


def test_fifty_teams_of_which_twenty_refuse(keyring_env: Env, home: Path, sandbox: Sandbox) -> None:
    accounts = [f"a{number}" for number in range(50)]
    write_list(home, *({"account": each, "name": f"Team {each}"} for each in accounts))
    refused = [f"refused-{KEY}-{number}" for number in range(20)]
    store(keyring_env, dict(zip(accounts, [*refused, *KEYS[20:]], strict=True)))
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, "status", "--json", "--all"],
        env=keyring_env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    check_output(done.stdout + done.stderr)
    told = json.loads(done.stdout)["teams"]
    assert [team["team"] for team in told] == [f"Team {each}" for each in accounts]
    assert [team.get("error", {}).get("kind") for team in told] == ["unauthorized"] * 20 + [
        None
    ] * 30
    assert [team["team_id"] for team in told[20:]] == IDS[20:]
    assert done.returncode == 2
    complaints = done.stderr.splitlines()
    assert complaints.count("keychain: read") == 1
    assert len([line for line in complaints if line.startswith("Team a")]) == 20
    assert sandbox.max_in_flight <= 4
    times = [asked.time for asked in sandbox.requests]
    assert len(times) == 20 + 30 * 2
    assert all(later - earlier > 1.5 for earlier, later in zip(times, times[20:], strict=False))


def test_an_entry_that_the_keychain_has_lost(three: Env, home: Path) -> None:
    run(three, "key", "remove", "--team", "Britain")
    write_list(
        home, *listed(home), "nonsense", {"name": "no account"}, {"account": "d", "name": "Nowhere"}
    )
    done = run(three, "status", "--all")
    assert done.returncode == 2
    assert [line.split()[0] for line in done.stdout.splitlines()[1:]] == [
        "Borealis",
        "Britain",
        "Nowhere",
        "Acme",
    ]
    assert done.stderr == (
        "Britain: No API key yet. Run 'lemlist-credits key set --team Britain'.\n"
        "Nowhere: No API key yet. Run 'lemlist-credits key set --team Nowhere'.\n"
    )
    done = run(three, "teams")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Team         API key\n"
        "Acme Growth  stored\n"
        "Britain      none\n"
        "Borealis     stored\n"
        "Nowhere      none\n"
    )
    assert run(three, "teams", "remove", "Nowhere", "--yes").returncode == 0


def test_a_lost_key_comes_back_to_its_team_and_no_other_takes_its_place(
    keyring_env: Env, home: Path
) -> None:
    write_list(home, {"account": "a"}, {"account": "b"})
    alerts_of(home, "a").save(AlertState(), IDS[0])
    store(keyring_env, {"b": KEYS[1]})
    run(keyring_env, "teams", "add", stdin=KEYS[2])
    assert [each["account"] for each in listed(home)[:2]] == ["a", "b"]
    assert (stored(keyring_env, "a"), len(listed(home))) == ("", 3)
    run(keyring_env, "teams", "add", stdin=KEYS[0])
    assert (stored(keyring_env, "a"), len(listed(home))) == (KEYS[0], 3)


# --- which team is meant ------------------------------------------------------------------------


def test_a_team_is_named_before_and_after_the_command(three: Env) -> None:
    for arguments in (
        ("--team", "Britain", "status"),
        ("status", "--team", "Acme UK"),
        ("status", f"--team={IDS[1]}"),
        ("--team", "Borealis", "status", "--team", " Britain "),
    ):
        done = run(three, *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Britain: Low · 480 credits\n  Plan ")


@pytest.mark.parametrize("wanted", ["Nobody", "", KEY])
def test_a_team_that_there_is_not(three: Env, sandbox: Sandbox, wanted: str) -> None:
    why = (
        "No team has this name or ID. The teams are: "
        f"Acme Growth ({IDS[0]}), Britain ({IDS[1]}), Borealis ({IDS[2]})."
    )
    done = run(three, "status", "--team", wanted)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{why}\n")
    done = run(three, "status", "--json", "--team", wanted)
    assert json.loads(done.stdout)["error"]["message"] == why
    for arguments in (("rename", wanted, "x"), ("remove", wanted, "--yes")):
        assert run(three, "teams", *arguments).stderr == f"{why}\n"
    assert sandbox.requests == []


def test_two_entries_with_one_key(keyring_env: Env, home: Path) -> None:
    write_list(home, {"account": "default"}, {"account": "b"})
    store(keyring_env, {"default": KEYS[0], "b": KEYS[0]})
    rows = run(keyring_env, "status").stdout.splitlines()[1:]
    assert [row.partition("  ")[0] for row in rows] == ["Acme Growth", "Acme Growth (2)"]
    done = run(keyring_env, "status", "--team", "Acme Growth (2)")
    assert done.stdout.startswith("Acme Growth: Critical")
    done = run(keyring_env, "status", "--team", "Acme Growth")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "More than one team has this name. Use the ID, or the name with its number. The teams are: "
        f"Acme Growth ({IDS[0]}), Acme Growth (2) ({IDS[0]}).\n"
    )
    done = run(keyring_env, "teams", "remove", "Acme Growth (2)", "--history", "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert "are the same team in lemlist, with one history." in done.stderr
    assert stored(keyring_env, "b") == KEYS[0]
    assert run(keyring_env, "teams", "remove", "Acme Growth (2)", "--yes").returncode == 0
    assert (stored(keyring_env, "b"), stored(keyring_env)) == ("", KEYS[0])


def test_without_a_keychain_names_are_not_guessed(env: Env, home: Path) -> None:
    write_list(home, {"account": "default", "name": "Mine"}, {"account": "b"})
    env = {**env, "LEMLIST_API_KEY": ""}
    for arguments in (("status", "--team", "Acme UK"), ("teams", "remove", "Acme UK", "--yes")):
        done = run(env, *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert problem_words(Kind.KEYCHAIN_UNAVAILABLE).title in done.stderr
    done = run(env, "teams")
    assert done.returncode == 2
    assert done.stdout == "Team    API key\nMine    unknown\nTeam 2  unknown\n"
    several = "The keyring can't be used. The API keys of several teams need a keyring.\n"
    assert done.stderr.startswith(several)
    assert "LEMLIST_API_KEY" not in done.stderr
    done = run(env, "teams", "add", stdin=KEYS[3])
    assert (done.returncode, done.stdout, len(listed(home))) == (2, "", 2)
    assert done.stderr.startswith(several)
    done = run(env, "history", "--csv", "--all-teams")
    assert done.stderr.startswith(several)
    assert "LEMLIST_API_KEY" not in done.stderr


def test_the_variable_is_advised_where_it_is_used(env: Env, home: Path) -> None:
    """It stands in for the first account's key only; for another's it would show wrong credits."""
    write_list(home, {"account": "b", "name": "Other"}, {"account": "default", "name": "Mine"})
    env = {**env, "LEMLIST_API_KEY": ""}
    title = problem_words(Kind.KEYCHAIN_UNAVAILABLE).title
    several = f"{title}. The API keys of several teams need a keyring."
    variable = f"{title}. Set the variable LEMLIST_API_KEY to your API key."
    for command in ("status", "status --json --all"):
        done = run(env, *command.split())
        assert done.returncode == 2
        assert [line for line in done.stderr.splitlines() if title in line] == [
            f"Other: {several}",
            f"Mine: {variable}",
        ]
    for command, told in (
        ("status --json", several),
        ("status --team Mine", variable),
        ("status --team Other", several),
        ("history", several),
        ("key remove --team Other", several),
        ("teams remove Other --yes", several),
    ):
        done = run(env, *command.split())
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, told)
    home.joinpath(".config").rename(home / "before")
    for command in ("status", "teams", "teams add", "key set"):
        done = run(env, *command.split(), stdin=KEYS[0])
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, variable)
    done = run({**env, "LEMLIST_API_KEY": KEYS[0]}, "teams", "add", stdin=KEYS[1])
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, several)


def test_the_command_that_helps_names_the_team_that_needs_it(three: Env, home: Path) -> None:
    write_list(home, {"account": "d"}, *listed(home))
    said = "No API key yet. Run 'lemlist-credits key set --team 'Team 1''.\n"
    for arguments in (("status", "--json"), ("history",), ("status", "--team", "Team 1")):
        done = run(three, *arguments)
        assert (done.returncode, done.stderr) == (2, said)
    for command, stdin in (("key set --team 'Team 1'", "wrong"), ("teams add", "")):
        done = run(three, *shlex.split(command), stdin=stdin)
        assert done.returncode == 2
        assert f" Run 'lemlist-credits {command}'.\n" in done.stderr
    assert run(three, "key", "set", "--team", "Team 1", stdin=KEYS[3]).returncode == 0
    write_list(home, *listed(home)[1:])
    run(three, "key", "remove", "--team", "Acme Growth")
    done = run(three, "status", "--json")
    assert json.loads(done.stdout)["error"]["message"] == (
        "Run 'lemlist-credits key set --team 'Team 1'', or set the variable LEMLIST_API_KEY."
    )


def test_history_is_of_the_first_team_or_the_one_that_is_named(three: Env, home: Path) -> None:
    seconds = int(now().timestamp())
    for number, team_id in enumerate(IDS[:4]):
        record_all(home, team_id, [Record(seconds - 600, seconds - 300, 100 + number)])
    for arguments, credits, team in (
        ((), 100, "Acme Growth"),
        (("--team", "Britain"), 101, "Britain"),
        (("--team", "Acme UK"), 101, "Britain"),
        (("--team", "Borealis"), 102, "Borealis"),
        (("--team", IDS[3]), 103, None),  # of a team that is not in the list any more
    ):
        told = json.loads(run(three, "history", "--json", *arguments).stdout)
        assert (told["days"][-1]["credits"], told["team"]) == (credits, team)
    done = run(three, "--team", "Nobody", "history")
    assert (done.returncode, done.stdout) == (1, "")
    run(three, "key", "remove", "--team", "Britain")
    done = run(three, "history", "--team", "Britain")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("No API key yet. ")


# --- the variable -------------------------------------------------------------------------------


def test_the_variable_stands_in_place_of_the_first_account(
    three: Env, home: Path, sandbox: Sandbox
) -> None:
    env = {**three, "LEMLIST_API_KEY": KEYS[3]}
    assert json.loads(run(env, "status", "--json").stdout)["team"] == "Cobalt Sales"
    rows = run(env, "status").stdout.splitlines()
    assert [row.partition("  ")[0] for row in rows[1:]] == ["Borealis", "Britain", "Cobalt Sales"]
    assert run(env, "teams").stdout == (
        "Team          API key          Name in lemlist\n"
        "Cobalt Sales  LEMLIST_API_KEY\n"
        "Britain       stored           Acme UK\n"
        "Borealis      stored\n"
    )
    sandbox.teams[OTHER_KEY] = sandbox.teams[KEY]
    done = run(env, "teams", "add", "--replace", stdin=OTHER_KEY)
    assert "The variable LEMLIST_API_KEY is set." in done.stderr
    assert stored(three) == OTHER_KEY
    write_list(home, {"account": "b"}, {"account": "c"})
    assert json.loads(run(env, "status", "--json").stdout)["team"] == "Cobalt Sales"
    done = run({**env, "LEMLIST_API_KEY": "wrong"}, "status")
    assert "Team 1: lemlist doesn't accept this API key. The API key comes from" in done.stderr


# --- files of other versions, and full ones -----------------------------------------------------


def test_settings_of_a_newer_version_are_left_alone(
    keyring_env: Env, home: Path, sandbox: Sandbox
) -> None:
    store(keyring_env, {"default": KEYS[0]})
    write_list(home, {"account": "b"}, {"account": "c"}, version=2)
    before = settings_of(home).read_bytes()
    for arguments in (
        ("add",),
        ("rename", "Acme Growth", "x"),
        ("remove", "Acme Growth", "--yes"),
    ):
        done = run(keyring_env, "teams", *arguments, stdin=KEYS[1])
        assert (done.returncode, done.stdout) == (6, "")
        assert done.stderr == (
            "The settings file is from a newer version of lemlist credits and is not used.\n"
            "The list of teams can't be changed. Nothing was changed.\n"
        )
    assert settings_of(home).read_bytes() == before
    assert stored(keyring_env) == KEYS[0]
    assert sandbox.requests == []


def test_a_home_of_the_version_before(keyring_env: Env, home: Path) -> None:
    file = settings_of(home)
    file.parent.mkdir(parents=True)
    file.write_text('{"low": 90, "critical": 50, "later": "kept"}')
    store(keyring_env, {"default": KEYS[0]})
    alerts_of(home, "default").save(AlertState(), IDS[0])
    assert json.loads(run(keyring_env, "status", "--json").stdout)["level"] == "healthy"
    assert run(keyring_env, "teams").stdout == "Team         API key\nAcme Growth  stored\n"
    assert file.read_text() == '{"low": 90, "critical": 50, "later": "kept"}'
    run(keyring_env, "teams", "add", stdin=KEYS[1])
    assert json.loads(file.read_text())["later"] == "kept"
    assert listed(home)[0] == {"account": "default"}
    assert stored(keyring_env) == KEYS[0]
    assert alerts_of(home, "default").load().team_id == IDS[0]


def test_more_than_fifty_teams(keyring_env: Env, home: Path) -> None:
    write_list(home, *({"account": f"a{n}", "name": f"Name {n}"} for n in range(50)))
    done = run(keyring_env, "teams", "add", stdin=KEYS[0])
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There can be 50 teams at most.\n"
    assert len(listed(home)) == 50
    found = subprocess.run(
        ["secret-tool", "search", "service", "lemlist-credits"],
        env=keyring_env,
        capture_output=True,
    )
    assert found.stdout == b""


def test_a_list_that_can_not_be_written_leaves_no_key(
    keyring_env: Env, desktop: VirtualDesktop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.bus_address)
    path = tmp_path / "settings.json"
    path.write_text('{"version": 2}')
    file = SettingsFile(path)
    file.load()
    with pytest.raises(Problem) as raised:
        _store_new(file, [], KEYS[0])
    assert raised.value.kind is Kind.LIST_UNSAVED
    found = subprocess.run(
        ["secret-tool", "search", "service", "lemlist-credits"],
        env=keyring_env,
        capture_output=True,
    )
    assert found.stdout == b""


# --- names --------------------------------------------------------------------------------------

ODD_NAMES = {
    "\x1b[31mRed\x07": "[31mRed",
    "שלום": "שלום",
    "one\ntwo": "one two",
    "x" * 200: "x" * 39 + "…",
    "株式会社": "株式会社",
    "🚀 Team": "🚀 Team",
    "e\u0301quipe": "e\u0301quipe",
    "=cmd|' /C calc'!A0": "=cmd|' /C calc'!A0",
    "\u202eevil": "evil",
    " ": "Team 10",
}
WIDTHS = {"株式会社": 8, "🚀 Team": 7, "e\u0301quipe": 6}
"""The columns of a terminal that a name takes, where they are not as many as its characters."""


def test_odd_names(keyring_env: Env, home: Path) -> None:
    entries = [{"account": f"a{n}", "name": name} for n, name in enumerate(ODD_NAMES)]
    write_list(home, *entries)
    store(keyring_env, {f"a{n}": KEYS[n] for n in range(9)})
    done = run(keyring_env, "teams")
    assert (done.returncode, done.stderr) == (0, "")
    shown = done.stdout.splitlines()[1:]
    for row, name in zip(shown, ODD_NAMES.values(), strict=True):
        assert row.startswith(name)
        begin = re.search("  (stored|none)", row)
        assert begin is not None
        padded = begin.start() + 2 - len(name) + WIDTHS.get(name, len(name))
        assert padded == 40 + 2
    done = run(keyring_env, "status", "--all")
    for text in (done.stdout, done.stderr):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    done = run(keyring_env, "status", "--team", "evil")
    assert done.stdout.startswith("evil: ")
    done = run(keyring_env, "teams", "rename", "evil", "y" * 300)
    assert listed(home)[8]["name"] == "y" * 200

"""The file of the settings."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import OTHER_SETTINGS
from tests.fakes import FakeFormats
from tray_app.rules.levels import LARGEST_THRESHOLD, Thresholds
from tray_app.rules.prices import LARGEST_CENTS, LARGEST_PRICE, Prices
from tray_app.rules.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.store.settings import (
    FIRST_ACCOUNT,
    LONGEST_WARNING,
    MOST_TEAMS,
    VERSION,
    FieldFault,
    IconStyle,
    Settings,
    SettingsFile,
    TeamEntry,
)
from tray_app.words.settings_words import settings_fault_words

FORMATS = FakeFormats()


ONE_TEAM = (TeamEntry(),)
UNUSABLE = FieldFault("low", is_out_of_range=False)
OUT_OF_RANGE = FieldFault("low", is_out_of_range=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lemlist-credits" / "settings.json"


def put(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def load(path: Path) -> tuple[Settings, list[str]]:
    """Return the settings in a file, and what is said of it."""
    settings, _, _, faults = SettingsFile(path).load()
    return settings, [settings_fault_words(fault, FORMATS) for fault in faults]


def test_defaults(path: Path) -> None:
    loaded, _, _, complaints = SettingsFile(path).load()
    assert loaded == Settings(
        Thresholds(500, 100),
        300,
        notifications=True,
        icon=IconStyle.NUMBER,
        warn_within=3,
        renewal_day=None,
        prices=Prices(5, 1, 20, 1, 1000),
    )
    assert complaints == []
    assert not path.exists()


def test_round_trip(path: Path) -> None:
    SettingsFile(path).save(OTHER_SETTINGS)
    assert SettingsFile(path).load() == (OTHER_SETTINGS, ONE_TEAM, "", [])
    assert json.loads(path.read_text()) == {
        "version": VERSION,
        "low": 900,
        "critical": 800,
        "interval": 86_399,
        "notifications": False,
        "icon": "symbol",
        "warn_within": 0,
        "renewal_day": 31,
        "prices": {
            "email_found": 4,
            "email_verified": 2,
            "phone_found": 19,
            "linkedin": 3,
            "cents_per_1000": 987,
        },
    }


def test_a_day_that_is_to_be_learned_again_is_kept_as_that(path: Path) -> None:
    SettingsFile(path).save(OTHER_SETTINGS)
    SettingsFile(path).save(Settings())
    assert SettingsFile(path).load() == (Settings(), ONE_TEAM, "", [])


def test_of_the_file_only_what_was_chosen_is_changed(path: Path) -> None:
    file = SettingsFile(path)
    file.save(OTHER_SETTINGS)
    file.save(Settings(interval=60, prices=Prices(email_found=7)), (), ["interval", "email_found"])
    prices = replace(OTHER_SETTINGS.prices, email_found=7)
    assert file.load().settings == replace(OTHER_SETTINGS, interval=60, prices=prices)


def test_numbers_of_two_hands_that_do_not_go_together_are_as_the_last_one_saw_them(
    path: Path,
) -> None:
    file = SettingsFile(path)
    file.save(Settings(Thresholds(500, 400)))
    file.save(Settings(Thresholds(300, 100)), (), ["low"])
    assert file.load() == (Settings(Thresholds(300, 100)), ONE_TEAM, "", [])


def test_unknown_keys_survive(path: Path) -> None:
    put(path, {"low": 700, "teams": [{"name": "Größe"}], "later": None})
    file = SettingsFile(path)
    loaded, _, _, complaints = file.load()
    assert (loaded.thresholds.low, complaints) == (700, [])
    file.save(OTHER_SETTINGS)
    saved = json.loads(path.read_text())
    assert (saved["teams"], saved["later"]) == ([{"name": "Größe"}], None)
    assert SettingsFile(path).load() == (OTHER_SETTINGS, ONE_TEAM, "", [])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "{path} is damaged, so the default settings are used."),
        ("[]", "{path} is damaged, so the default settings are used."),
        (
            '{\n  "low": 700\n  "critical": 50\n}',
            (
                "{path} has a mistake in line 3. "
                "Until it is corrected, the default settings are used."
            ),
        ),
    ],
)
def test_a_damaged_file_is_said_each_time_and_set_aside_by_a_save(
    path: Path, content: str, words: str
) -> None:
    put(path, content)
    file = SettingsFile(path)
    for _ in range(2):
        loaded, _, _, (fault,) = file.load()
        assert loaded == Settings()
        assert settings_fault_words(fault, FORMATS) == words.format(path=path)
        assert path.read_text() == content
    fault_of_save = file.save(OTHER_SETTINGS)
    assert fault_of_save is not None
    (aside,) = path.parent.glob("*.broken-*")
    told = f"The damaged settings file is kept as {aside.name}."
    assert settings_fault_words(fault_of_save, FORMATS) == told
    assert aside.read_text() == content
    assert SettingsFile(path).load() == (OTHER_SETTINGS, ONE_TEAM, "", [])


MISTAKE = '{"teams": [{"account": "default"}, {"account": "team-2"}],}'


def test_a_mistake_that_is_made_while_the_program_runs_loses_no_team(path: Path) -> None:
    file = SettingsFile(path)
    added = file.add_team()
    entries = file.load().teams
    put(path, MISTAKE)
    for change in (
        file.add_team,
        file.try_to_save,
        lambda: file.remove_team(added.account),
        lambda: file.order_teams([added.account, FIRST_ACCOUNT]),
        lambda: file.choose_icon_team(added.account),
    ):
        with pytest.raises(OSError, match="has a mistake"):
            change()
        assert path.read_text() == MISTAKE
    assert file.save(OTHER_SETTINGS, entries) is not None  # the mistake is kept beside
    assert file.load() == (OTHER_SETTINGS, entries, "", [])


def test_a_file_that_a_newer_version_has_written_meanwhile_is_left_alone(path: Path) -> None:
    file = SettingsFile(path)
    file.add_team()
    file.load()
    put(path, {"version": VERSION + 1})
    before = path.read_bytes()
    for change in (file.add_team, lambda: file.save(OTHER_SETTINGS)):
        with pytest.raises(OSError, match=str(path)):
            change()
        assert path.read_bytes() == before


@pytest.mark.parametrize("version", [VERSION + 1, 99, "2", 1.5, None, []])
def test_a_file_of_another_version_is_left_alone(path: Path, version: object) -> None:
    put(path, {"version": version, "low": 7000})
    before = path.read_bytes()
    file = SettingsFile(path)
    loaded, _, _, (fault,) = file.load()
    assert loaded == Settings()
    assert "newer version" in settings_fault_words(fault, FORMATS)
    with pytest.raises(OSError, match=str(path)):
        file.save(OTHER_SETTINGS)
    assert path.read_bytes() == before


def test_a_file_that_can_not_be_read(path: Path) -> None:
    path.mkdir(parents=True)
    file = SettingsFile(path)
    loaded, _, _, (fault,) = file.load()
    assert loaded == Settings()
    assert str(path) in settings_fault_words(fault, FORMATS)
    with pytest.raises(OSError, match=str(path)):
        file.save(OTHER_SETTINGS)


def test_a_folder_that_can_not_be_made(path: Path) -> None:
    path.parent.write_text("in the way")
    file = SettingsFile(path)
    loaded, _, _, complaints = file.load()
    assert loaded == Settings()
    assert len(complaints) == 1
    with pytest.raises(OSError, match="lemlist-credits"):
        file.save(OTHER_SETTINGS)
    assert path.parent.read_text() == "in the way"


@pytest.mark.parametrize(
    ("content", "field", "expected"),
    [
        ({"low": "many"}, "low", Settings()),
        ({"low": True}, "low", Settings()),
        ({"low": 500.0}, "low", Settings()),
        ({"critical": None}, "critical", Settings()),
        ({"interval": [60]}, "interval", Settings()),
        ({"notifications": 1, "low": 700}, "notifications", Settings(Thresholds(700, 100))),
        ({"icon": "disco"}, "icon", Settings()),
        ({"icon": ["number"]}, "icon", Settings()),
        ({"low": 100, "critical": 100}, "Low", Settings()),
        ({"low": 100, "critical": 500}, "Low", Settings()),
        ({"low": LARGEST_THRESHOLD + 1}, "Low", Settings()),
        ({"critical": 0}, "Critical", Settings()),
        ({"critical": -5, "interval": 60}, "Critical", Settings(interval=60)),
        ({"interval": SHORTEST_INTERVAL - 1}, "interval", Settings()),
        ({"interval": LONGEST_INTERVAL + 1}, "interval", Settings()),
        ({"interval": 0, "low": 700}, "interval", Settings(Thresholds(700, 100))),
        ({"interval": 10**400}, "interval", Settings()),
        ({"warn_within": "3"}, "warn_within", Settings()),
        ({"warn_within": None}, "warn_within", Settings()),
        ({"warn_within": -1, "low": 700}, "warning", Settings(Thresholds(700, 100))),
        ({"warn_within": LONGEST_WARNING + 1}, "warning", Settings()),
        ({"renewal_day": "first"}, "renewal_day", Settings()),
        ({"renewal_day": False}, "renewal_day", Settings()),
        ({"renewal_day": -1}, "renewal", Settings()),
        ({"renewal_day": 0}, "renewal", Settings()),
        ({"renewal_day": 32, "low": 700}, "renewal", Settings(Thresholds(700, 100))),
        ({"prices": [5, 1, 20, 1]}, "prices", Settings()),
        ({"prices": None}, "prices", Settings()),
        ({"prices": {"linkedin": "one"}}, "linkedin", Settings()),
        (
            {"prices": {"linkedin": 1.5, "email_found": 6}},
            "linkedin",
            Settings(prices=Prices(email_found=6)),
        ),
        ({"prices": {"cents_per_1000": True}}, "cents_per_1000", Settings()),
        ({"prices": {"email_found": 0, "linkedin": 2}}, "price", Settings()),
        ({"prices": {"phone_found": LARGEST_PRICE + 1}}, "price", Settings()),
        ({"prices": {"cents_per_1000": 0}, "low": 700}, "price", Settings(Thresholds(700, 100))),
        ({"prices": {"cents_per_1000": LARGEST_CENTS + 1}}, "price of 1,000", Settings()),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_can_not_be_used_is_named(
    path: Path, content: dict[str, Any], field: str, expected: Settings
) -> None:
    put(path, content)
    loaded, (complaint,) = load(path)
    assert loaded == expected
    assert field in complaint


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"interval": SHORTEST_INTERVAL}, Settings(interval=SHORTEST_INTERVAL)),
        ({"interval": LONGEST_INTERVAL}, Settings(interval=LONGEST_INTERVAL)),
        ({"low": 2, "critical": 1}, Settings(Thresholds(2, 1))),
        ({"low": LARGEST_THRESHOLD}, Settings(Thresholds(LARGEST_THRESHOLD, 100))),
        ({"warn_within": 0}, Settings(warn_within=0)),
        ({"warn_within": LONGEST_WARNING}, Settings(warn_within=LONGEST_WARNING)),
        ({"renewal_day": 1}, Settings(renewal_day=1)),
        ({"renewal_day": 31}, Settings(renewal_day=31)),
        ({"prices": {"email_found": 1}}, Settings(prices=Prices(email_found=1))),
        (
            {"prices": {"phone_found": LARGEST_PRICE, "cents_per_1000": LARGEST_CENTS}},
            Settings(prices=Prices(phone_found=LARGEST_PRICE, cents_per_1000=LARGEST_CENTS)),
        ),
    ],
    ids=str,
)
def test_the_limits_themselves_can_be_used(
    path: Path, content: dict[str, Any], expected: Settings
) -> None:
    put(path, content)
    assert SettingsFile(path).load() == (expected, ONE_TEAM, "", [])


def test_every_fault_is_named(path: Path) -> None:
    content = {"low": 1, "critical": 1, "interval": 1, "notifications": "no", "icon": 0}
    put(path, content | {"warn_within": 99, "renewal_day": 99, "prices": {"linkedin": 0}})
    loaded, _, _, complaints = SettingsFile(path).load()
    assert loaded == Settings()
    assert len(complaints) == 7
    wrong = Settings(
        Thresholds(1, 1), 1, warn_within=-1, renewal_day=0, prices=Prices(cents_per_1000=0)
    )
    assert wrong.faults() == ["low", "interval", "warn_within", "renewal_day", "cents_per_1000"]


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
fields = ["low", "critical", "interval", "notifications", "icon", "warn_within", "renewal_day"]
names = st.sampled_from(["version", *fields, "prices", "x"])
prices = st.sampled_from(["email_found", "phone_found", "cents_per_1000", "x"])
branches = st.lists(leaves, max_size=2) | st.dictionaries(prices, leaves, max_size=3)


@settings(max_examples=100)
@given(st.dictionaries(names, leaves | branches))
def test_any_file_gives_usable_settings(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-settings.json"
    put(path, content)
    loaded, complaints = load(path)
    assert loaded.faults() == []
    assert isinstance(loaded.icon, IconStyle)
    assert all(complaints)


# --- the list of teams ----------------------------------------------------------------------------


def test_a_file_without_a_list_has_the_one_team_of_earlier_versions(path: Path) -> None:
    put(path, {"low": 700})
    assert SettingsFile(path).load().teams == (TeamEntry("default"),)


def test_teams_are_added_renamed_ordered_and_removed(path: Path) -> None:
    file = SettingsFile(path)
    first, second = file.add_team(), file.add_team()
    file.rename_team(second.account, "Acme UK")
    file.order_teams([second.account, "nowhere", "default"])
    accounts = [team.account for team in file.load().teams]
    assert accounts == [second.account, "default", first.account]
    assert file.load().teams[0].name == "Acme UK"
    file.remove_team("default")
    assert [team.account for team in file.load().teams] == [second.account, first.account]
    file.remove_team(first.account)
    file.remove_team(second.account)
    assert file.load().teams == ONE_TEAM


def test_one_team_more_than_there_can_be_is_refused(path: Path) -> None:
    file = SettingsFile(path)
    for _ in range(MOST_TEAMS - 1):
        file.add_team()
    with pytest.raises(ValueError, match=str(MOST_TEAMS)):
        file.add_team()
    assert len(file.load().teams) == MOST_TEAMS


def test_what_was_chosen_for_one_team_alone_goes_before_the_common_choice(path: Path) -> None:
    file = SettingsFile(path)
    own = {"low": 300, "critical": 50, "renewal_day": 12, "email_found": 7}
    file.choose_for_team("default", own)
    settings, (team,), _, faults = SettingsFile(path).load()
    assert (team.own, faults) == (own, [])
    judged_by = settings.with_own(team.own)
    assert (judged_by.thresholds, judged_by.renewal_day) == (Thresholds(300, 50), 12)
    assert judged_by.prices == replace(Prices(), email_found=7)
    assert judged_by.interval == settings.interval
    file.choose_for_team("default", {})
    assert SettingsFile(path).load().teams[0].own == {}


def test_own_numbers_that_common_ones_have_overtaken_do_not_count() -> None:
    common = replace(Settings(), thresholds=Thresholds(low=100, critical=90))
    assert common.with_own({"critical": 500, "warn_within": 9}) == replace(common, warn_within=9)


@pytest.mark.parametrize("own", [{"low": 300}, {"critical": 1500}, {"low": 390, "critical": 380}])
def test_own_numbers_that_common_ones_have_overtaken_are_no_fault(
    path: Path, own: dict[str, int]
) -> None:
    content = {"low": 1000, "critical": 400, "teams": [{"account": "a", "own": own}]}
    put(path, content)
    settings, (team,), _, faults = SettingsFile(path).load()
    judged_by = Thresholds(**own) if len(own) == 2 else settings.thresholds
    assert (settings.with_own(team.own).thresholds, faults) == (judged_by, [])
    SettingsFile(path).save(settings)
    assert json.loads(path.read_text())["teams"] == content["teams"]


def test_a_fault_in_a_teams_own_choice_names_the_team_and_what_is_used(path: Path) -> None:
    own = {"low": -1, "warn_within": "x"}
    put(path, {"teams": [{"account": "a", "own": own}, {"account": "b", "name": "B", "own": own}]})
    low = "Low must be above critical, and at most 10 million. The settings file says otherwise for"
    assert load(path)[1] == [
        (
            "warn_within of a team in the settings file can't be used, so the choice for all teams "
            "is used."
        ),
        f"{low} a team, so the choice for all teams is used.",
        (
            "warn_within of B in the settings file can't be used, so the choice for all teams is "
            "used."
        ),
        f"{low} B, so the choice for all teams is used.",
    ]


def test_own_choices_of_a_later_version_stay(path: Path) -> None:
    later = {"later": 5, "prices": {"video": 3}}
    own = {**later, "low": 300, "critical": "x", "prices": {"video": 3, "linkedin": 2}}
    put(path, {"teams": [{"account": "a", "own": own}]})
    SettingsFile(path).choose_for_team("a", {"low": 400})
    (kept,) = json.loads(path.read_text())["teams"]
    assert kept["own"] == {**later, "low": 400}


@pytest.mark.parametrize(
    ("entry", "expected", "faults"),
    [
        ({"account": "a", "name": 5, "own": []}, TeamEntry("a"), []),
        (
            {"account": "a", "own": {"low": "x"}},
            TeamEntry("a"),
            [FieldFault("low", is_out_of_range=False, team="")],
        ),
        (
            {"account": "a", "name": "Acme", "own": {"critical": 0}},
            TeamEntry("a", "Acme"),
            [FieldFault("critical", is_out_of_range=True, team="Acme")],
        ),
        (
            {"account": "a", "own": {"low": 50, "critical": 60, "linkedin": 2}},
            TeamEntry("a", own={"linkedin": 2}),
            [OUT_OF_RANGE._replace(team="")],
        ),
        (
            {"account": "a", "own": {"low": -1, "warn_within": 5}},
            TeamEntry("a", own={"warn_within": 5}),
            [OUT_OF_RANGE._replace(team="")],
        ),
        ({"account": "a", "own": {"interval": 60, "prices": 3}}, TeamEntry("a"), []),
    ],
)
def test_of_a_team_that_can_be_used_in_part_the_rest_stays_in_the_file(
    path: Path, entry: dict[str, Any], expected: TeamEntry, faults: list[FieldFault]
) -> None:
    put(path, {"teams": [entry, None, "a", {"name": "nobody"}, {"account": "a", "name": "twice"}]})
    loaded = SettingsFile(path).load()
    assert (loaded.teams, loaded.faults) == ((expected,), faults)
    SettingsFile(path).rename_team("a", "Acme")
    (kept,) = json.loads(path.read_text())["teams"]
    assert kept == {**entry, "name": "Acme"}


def test_a_newer_versions_list_is_left_alone(path: Path) -> None:
    put(path, {"version": VERSION + 1, "teams": [{"account": "a"}]})
    before = path.read_text()
    file = SettingsFile(path)
    assert file.load().teams == ONE_TEAM
    with pytest.raises(PermissionError):
        file.add_team()
    assert path.read_text() == before

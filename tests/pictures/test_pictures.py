"""The pictures that people look at can be made, and show something."""

import subprocess
import sys
from pathlib import Path

from PIL import Image

from tests import PROJECT


def run(module: str, *arguments: str) -> str:
    """Run a module of the tests as a user does, and return what it prints."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def assert_shows_something(path: Path) -> None:
    with Image.open(path) as picture:
        colours = picture.convert("RGB").getcolors(picture.width * picture.height) or []
        assert len(colours) > 5, path


def test_icon_popup_and_dialogs_dark_and_light_at_both_scales() -> None:
    paths = [PROJECT / line for line in run("tests.pictures.make").splitlines()]
    names = {path.stem for path in paths}
    for brightness in ("dark", "light"):
        for scale in ("1x", "2x"):
            assert f"popup-{brightness}-{scale}" in names
            assert f"overview-{brightness}-{scale}" in names
            assert f"sparkline-{brightness}-{scale}" in names
            assert f"history-30-days-{brightness}-{scale}" in names
            for dialog in ("welcome", "key", "settings", "plan", "about"):
                assert f"dialogs-{dialog}-{brightness}-{scale}" in names
    assert {"icon-1x", "icon-2x"} <= names
    for path in paths:
        assert_shows_something(path)


def test_demo_plays_its_story_and_pictures_each_state(tmp_path: Path) -> None:
    said = run("tests.pictures.demo", str(tmp_path))
    pictures = sorted(path.name for path in tmp_path.iterdir())
    assert pictures == [
        "1-healthy.png",
        "2-low.png",
        "3-critical.png",
        "4-empty.png",
        "5-refilled.png",
        "6-offline.png",
    ]
    for name in pictures:
        assert_shows_something(tmp_path / name)
        assert name in said
    for words in ("Healthy · 12,430", "Low · 480", "Critical · 62", "Empty · 0", "out of date"):
        assert words in said


def test_the_demo_needs_nothing_that_only_the_tests_bring() -> None:
    """`make run` plays the demo on a machine without a screen, with what the program needs."""
    hide = "import sys; sys.modules.update(dict.fromkeys(('pytest', 'hypothesis', 'PIL')))"
    subprocess.run(
        [sys.executable, "-c", f"{hide}; import tests.pictures.demo"], cwd=PROJECT, check=True
    )

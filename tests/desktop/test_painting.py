"""Painting ends its painter whatever is raised in it.

A painter that an exception has left active is in memory as long as the exception is, and Qt crashes
when the program ends.
"""

import ast
import json
import os
import subprocess
import sys

from tests import PROJECT

SOURCES = sorted((PROJECT / "tray_app").rglob("*.py"))


def test_whatever_breaks_off_painting_ends_its_painter() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.desktop.breaking_painters"],
        cwd=PROJECT,
        env={**os.environ, "LC_ALL": "C.UTF-8", "QT_LOGGING_RULES": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [
        line
        for line in done.stderr.splitlines()
        if line and not line.startswith("This plugin does not support")  # the offscreen one
    ]
    assert (done.returncode, complaints) == (0, [])
    told: dict[str, list[int]] = json.loads(done.stdout)
    assert len(told) >= 14
    assert [one for one, (count, _) in told.items() if count == 0] == []  # shown in no window
    assert [one for one, (_, active) in told.items() if active] == []


def test_no_painter_is_made_that_does_not_end_by_itself() -> None:
    bare = []
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ending = {
            item.context_expr
            for node in ast.walk(tree)
            if isinstance(node, ast.With)
            for item in node.items
        }
        bare += [
            f"{path.relative_to(PROJECT)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and ast.unparse(node.func).rpartition(".")[2] == "QPainter"
            and node not in ending
        ]
    assert bare == []

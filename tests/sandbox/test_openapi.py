"""The sandbox obeys resources/openapi.yaml; schemathesis is the judge."""

import base64
import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests import PROJECT
from tests.servers.faulty_sandbox import Sandbox
from tray_app.sandbox import DEMO_KEY

DESCRIPTION = PROJECT / "resources" / "openapi.yaml"

# Two checks insist on 401 where lemlist documents 400 for a request without a key.
NOT_LEMLISTS_WAY = {"missing_required_header"}
NOT_LEMLISTS_WAY_WITH_A_KEY = NOT_LEMLISTS_WAY | {"ignored_auth"}
NOT_LEMLISTS_WAY_WITHOUT_KEY = NOT_LEMLISTS_WAY | {"positive_data_acceptance"}


def judge(sandbox: Sandbox, key: str | None, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run schemathesis in a folder of its own, where it may leave what it likes."""
    command = [
        str(Path(sysconfig.get_path("scripts")) / "schemathesis"),
        "--no-color",
        "run",
        str(DESCRIPTION),
        f"--url={sandbox.url}",
        "--checks=all",
        "--max-examples=30",
        "--generation-deterministic",
    ]
    if key is None:
        command += [f"--exclude-checks={','.join(sorted(NOT_LEMLISTS_WAY_WITHOUT_KEY))}"]
    else:
        token = base64.b64encode(f":{key}".encode()).decode()
        command += [
            f"--exclude-checks={','.join(sorted(NOT_LEMLISTS_WAY_WITH_A_KEY))}",
            f"--header=Authorization: Basic {token}",
        ]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("key", [DEMO_KEY, None, "another-key", "blocked-key", "nobody-key"])
def test_the_sandbox_obeys(key: str | None, tmp_path: Path) -> None:
    with Sandbox(request_limit=1_000_000) as sandbox:
        verdict = judge(sandbox, key, tmp_path)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert {asked.path for asked in sandbox.requests} >= {"/api/team", "/api/team/credits"}
    assert {asked.method for asked in sandbox.requests} >= {"GET", "POST", "DELETE", "OPTIONS"}


def test_the_sandbox_obeys_when_it_limits_the_rate(tmp_path: Path) -> None:
    with Sandbox(request_limit=1) as sandbox:
        verdict = judge(sandbox, DEMO_KEY, tmp_path)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize(
    ("fault", "key", "complaint"),
    [
        ("strings", DEMO_KEY, "Response violates schema"),
        ("plain-json", DEMO_KEY, "Undocumented Content-Type"),
        ("418", DEMO_KEY, "Undocumented status code"),
        ("slow", None, "API accepts requests without authentication"),
    ],
)
def test_a_disobedient_sandbox_is_caught(
    fault: str, key: str | None, complaint: str, tmp_path: Path
) -> None:
    with Sandbox(request_limit=1_000_000) as sandbox:
        params = {"seconds": 0} if fault == "slow" else {}
        sandbox.set_fault(fault, **params)
        verdict = judge(sandbox, key, tmp_path)

    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert complaint in verdict.stdout


def test_a_missing_rate_header_is_caught(tmp_path: Path) -> None:
    with Sandbox(request_limit=1_000_000) as sandbox:
        sandbox.set_fault("429", retry_after=None)
        verdict = judge(sandbox, DEMO_KEY, tmp_path)

    assert verdict.returncode == 1, verdict.stdout + verdict.stderr
    assert "Retry-After" in verdict.stdout

"""The sandbox as a command."""

import json
import os
import signal
import sys

from tray_app.sandbox import DEMO_KEY
from tray_app.sandbox.faults import FAULTS
from tray_app.sandbox.handler import REFUSED_KEYS
from tray_app.sandbox.server import Sandbox
from tray_app.sandbox.stories import STORIES
from tray_app.sandbox.teams import MOST_TEAMS

_EXAMPLES: tuple[dict[str, object], ...] = (
    {"story": "drain"},
    {"total": 480},
    {"balance": {"paid": 12, "gifted": 0}},
    {"fault": "429", "retry_after": "30"},
    {"fault": "silent", "path": "/team"},
    {"fault": None},
    {"team": 2, "story": "dry"},
)


def sandbox(port: int, story: str) -> int:
    """Run a sandbox until Ctrl-C or SIGTERM (exit code 0); return 1 when it can't start.

    It prints what it offers on standard output and a line for each request on standard error.
    """
    try:
        server = Sandbox(port, story)
    except (OSError, OverflowError, ValueError) as error:
        print(f"The sandbox can't start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    signal.signal(signal.SIGTERM, lambda _number, _frame: os._exit(0))
    print(_help(server), flush=True)  # noqa: T201
    server.serve_forever()
    return 0


def _help(server: Sandbox) -> str:
    """Return the address, the keys and what can be switched."""
    refused = ", ".join(f"{key} ({status})" for key, status in REFUSED_KEYS.items())
    stories = "\n".join(f"  {name:<17} {story.description}" for name, story in STORIES.items())
    faults = "\n".join(f"  {name:<17} {fault.description}" for name, fault in FAULTS.items())
    control_url = server.url.removesuffix("/api") + "/sandbox"
    post = f"  curl -H 'Content-Type: application/json' {control_url} -d"
    examples = "\n".join(f"{post} '{json.dumps(example)}'" for example in _EXAMPLES)
    return f"""\
A stand-in lemlist API, on this computer only. Ctrl-C ends it.

  URL  {server.url}
  key  {DEMO_KEY}, for other teams {DEMO_KEY}-2 to {DEMO_KEY}-{MOST_TEAMS}
       (refused: {refused}, any other)

  curl --user :{DEMO_KEY} {server.url}/team/credits
  LEMLIST_API_URL={server.url} LEMLIST_API_KEY={DEMO_KEY} lemlist-credits status

Stories, ten seconds a day
{stories}

Faults; all take `path`, the statuses `retry_after`
{faults}

To change what it does while it runs
  curl {control_url}
{examples}
"""

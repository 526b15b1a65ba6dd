"""The sandbox's control route, by which people and scripts change what it does."""

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tray_app.sandbox.answers import DEMO_KEY, REFUSED_KEYS
from tray_app.sandbox.exchange import JSON, TEXT, Exchange
from tray_app.sandbox.faults import MESSAGES
from tray_app.sandbox.server import LOOPBACK, Incoming
from tray_app.sandbox.stories import STORIES

if TYPE_CHECKING:
    from tray_app.sandbox import Sandbox


def serve_control(sandbox: "Sandbox", exchange: Exchange, incoming: Incoming) -> None:
    """Answer a request to the control route, unless a web page may have sent it."""
    if "Origin" in incoming.headers or _host(incoming) not in (LOOPBACK, "localhost"):
        exchange.send(403, b"Not for web pages")
    elif incoming.method == "GET":
        exchange.send(200, json.dumps(state(sandbox)).encode(), JSON)
    elif incoming.method != "POST":
        exchange.send(405, MESSAGES[405].encode(), TEXT, {"Allow": "GET, POST"})
    elif incoming.headers.get_content_type() != "application/json":
        exchange.send(415, b"Content-Type must be application/json")
    else:
        try:
            change(sandbox, json.loads(incoming.body))
        except (TypeError, ValueError, RecursionError) as error:
            exchange.send(400, str(error).encode())
        else:
            exchange.send(200, json.dumps(state(sandbox)).encode(), JSON)


def _host(incoming: Incoming) -> str | None:
    try:
        return urlsplit("//" + incoming.headers.get("Host", "")).hostname
    except ValueError:
        return None


def change(sandbox: "Sandbox", wish: dict[str, Any]) -> None:
    """Do what a POST asks for.

    Raises:
        TypeError, ValueError: it is none of the things that the module ``sandbox`` describes.
    """
    match wish:
        case {"fault": name, **params}:
            sandbox.set_fault(name, **params)
        case {"story": name, **rest} if not rest:
            sandbox.set_story(name)
        case {"total": total, **rest} if not rest:
            sandbox.set_total(total)
        case {"balance": dict(buckets), **rest} if not rest:
            sandbox.set_balance(**buckets)
        case _:
            raise ValueError("give one of fault, story, total, balance")


def state(sandbox: "Sandbox") -> dict[str, Any]:
    """Return what a GET answers: what is in force, and what there is to choose from."""
    balance = sandbox.balance
    fault = sandbox.fault
    return {
        "url": sandbox.url,
        "story": sandbox.story,
        "fault": None if fault is None else {"fault": fault[0], **fault[1]},
        "balance": {"total": balance.total, **balance._asdict()},
        "stories": {name: story.description for name, story in STORIES.items()},
        "faults": {name: fault.description for name, fault in sandbox.faults.items()},
    }


def help_text(sandbox: "Sandbox") -> str:
    """Return what the command prints: the address, the keys and what can be switched."""
    refused = ", ".join(f"{key} ({status})" for key, status in REFUSED_KEYS.items())
    stories = [f"  {name:<17} {story.description}" for name, story in STORIES.items()]
    faults = [f"  {name:<17} {fault.description}" for name, fault in sandbox.faults.items()]
    examples = [
        {"story": "drain"},
        {"total": 480},
        {"balance": {"paid": 12, "gifted": 0}},
        {"fault": "429", "retry_after": "30"},
        {"fault": "silent", "path": "/team"},
        {"fault": None},
    ]
    post = f"  curl -H 'Content-Type: application/json' {sandbox.control_url} -d"
    return "\n".join(
        [
            "A stand-in lemlist API, on this computer only. Ctrl-C ends it.",
            "",
            f"  URL  {sandbox.url}",
            f"  key  {DEMO_KEY}   (refused: {refused}, any other)",
            "",
            f"  curl --user :{DEMO_KEY} {sandbox.url}/team/credits",
            f"  LEMLIST_API_URL={sandbox.url} LEMLIST_API_KEY={DEMO_KEY} lemlist-credits status",
            "",
            "Stories, ten seconds a day",
            *stories,
            "",
            "Faults; all take `path`, the statuses `retry_after`",
            *faults,
            "",
            "To change what it does while it runs",
            f"  curl {sandbox.control_url}",
            *(f"{post} '{json.dumps(example)}'" for example in examples),
            "",
        ]
    )

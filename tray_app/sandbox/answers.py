"""What the sandbox answers when nothing is wrong: its judgement of keys, bodies and messages."""

import base64
import binascii
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from tray_app.sandbox import DEMO_TEAM_ID
from tray_app.sandbox.stories import Buckets

REFUSED_KEYS: Mapping[str, int] = MappingProxyType({"blocked-key": 403, "nobody-key": 404})
"""Keys that stand for a blocked user and for a user who is gone, with their status."""

MESSAGES: Mapping[int, bytes] = MappingProxyType(
    {
        400: b"No API key provided",
        401: b"The authentication you supplied is incorrect",
        402: b"Payment required",
        403: b"User linked to this API key is blocked",
        404: b"No user found for this API key",
        405: b"Method not allowed",
        429: b"Too many requests",
    }
)
"""The text/plain bodies by status. Those of 402 and 429 are not documented by lemlist."""

PAGE = b"<!DOCTYPE html><html><head><title>lemlist</title></head><body>lemlist</body></html>"
"""What lemlist answers, with a 200, on an unknown path."""


def judge(authorization: str, good_key: str) -> int:
    """Return the status that an ``Authorization`` header gets, "" being none.

    That a login or unreadable base64 is a wrong key, and another scheme no key, is plausible
    but not documented.
    """
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return 400
    try:
        sent = base64.b64decode(token.strip(), validate=True).decode(errors="replace")
    except binascii.Error:
        return 401
    login, _, key = sent.partition(":")
    return 401 if login else {good_key: 200, "": 400, **REFUSED_KEYS}.get(key, 401)


def credits_answer(balance: Buckets) -> dict[str, Any]:
    """Return the body of ``GET /team/credits``."""
    remaining = {"total": balance.total, **balance._asdict()}
    return {"credits": balance.total, "details": {"remaining": remaining}}


def team_answer(name: str) -> dict[str, Any]:
    """Return the body of ``GET /team``.

    Like the real one it holds what a client has no business to keep; here all of it is made up.
    """
    return {
        "_id": DEMO_TEAM_ID,
        "name": name,
        "userIds": ["usr_sandbox0000000001", "usr_sandbox0000000002"],
        "createdBy": "usr_sandbox0000000001",
        "createdAt": "2024-02-16T09:02:42.000Z",
        "hooks": [
            {"_id": "hoo_1", "targetUrl": "https://hooks.slack.example/services/FAKE-SECRET"},
            {"_id": "hoo_2", "targetUrl": "https://hooks.zapier.example/catch/FAKE-SECRET"},
        ],
        "invitedUsers": [{"email": "fake.person@acme.example", "role": "user"}],
    }

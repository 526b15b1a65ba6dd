"""A stand-in lemlist API on loopback, as a command for whoever writes scripts, and for the tests.

It gives the documented answers on ``GET /api/team/credits`` and ``GET /api/team`` with the
documented codes, messages and rate limit, and an HTML page with a 200 on every other path.
``resources/openapi.yaml`` describes them. Keys: ``sandbox-key`` opens the first team,
``sandbox-key-2`` to ``sandbox-key-50`` open others; ``blocked-key`` gets 403, ``nobody-key`` 404,
any other 401, none 400.

While it runs, its control route ``/sandbox`` changes what it does::

    GET  /sandbox                                     the state, all stories and faults
    POST /sandbox {"story": "drain"}                  begins a story
    POST /sandbox {"total": 480}                      fixes the balance
    POST /sandbox {"balance": {"paid": 12}}           fixes the balance, bucket by bucket
    POST /sandbox {"fault": "429", "retry_after": 9}  switches a fault on
    POST /sandbox {"fault": null}                     switches it off
    POST /sandbox {"team": 2, "total": 480}           does one of these to the second team alone

A story and a balance are the first team's where no ``team`` is named, a fault is for all keys.
A POST needs ``Content-Type: application/json``. Whatever carries an ``Origin`` or a ``Host`` that
isn't loopback is refused, as it may come from a web page in the user's browser. No key that is
sent is kept or printed. The demo is made of the same stories, and of ``past.py``.
"""

DEMO_KEY = "sandbox-key"
"""The key of a sandbox's first team; no secret."""
DEMO_TEAM_ID = "tea_sandbox0000000001"
DEMO_TEAM = "Acme Growth"

"""The kinds of what can go wrong; ``words/problem_words.py`` has the sentences."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of failure; the values are part of ``status --json``."""

    NO_KEY = "no_key"
    BAD_KEY = "bad_key"
    BAD_ADDRESS = "bad_address"
    BAD_REQUEST = "bad_request"
    UNAUTHORIZED = "unauthorized"
    PAYMENT_REQUIRED = "payment_required"
    FORBIDDEN = "forbidden"
    NO_USER = "no_user"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    ACCESS_BLOCKED = "access_blocked"
    """Something between this computer and lemlist has answered in its place, with a refusal."""
    NETWORK_SIGN_IN = "network_sign_in"
    """The network wants the user to sign in on a web page."""
    PROXY = "proxy"
    """The proxy is misspelt, not there, or does not connect."""
    CERTIFICATES = "certificates"
    """A variable that replaces the system's certificates names none that can be read."""
    OFFLINE = "offline"
    TIMEOUT = "timeout"
    TLS = "tls"
    UNEXPECTED_RESPONSE = "unexpected_response"
    KEYCHAIN_WAITING = "keychain_waiting"
    """The keychain has not answered yet: as a rule it asks the user whether it may."""
    KEYCHAIN_LOCKED = "keychain_locked"
    KEYCHAIN_UNAVAILABLE = "keychain_unavailable"
    LIST_UNSAVED = "list_unsaved"
    """The list of the user's teams can't be written."""
    DEFECT = "defect"


NEEDS_ANOTHER_KEY = frozenset(
    {Kind.NO_KEY, Kind.BAD_KEY, Kind.BAD_REQUEST, Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.NO_USER}
)
"""Only another key in the keychain mends these."""
OFFERS_KEY = NEEDS_ANOTHER_KEY | {Kind.KEYCHAIN_UNAVAILABLE}
"""With these the user can enter a key; without a keychain it is used until the program ends."""
LACKS_KEY = frozenset({Kind.NO_KEY, Kind.KEYCHAIN_UNAVAILABLE})
"""With these there is no key; a key that can't be read, or that lemlist refuses, is one."""
NEEDS_USER = OFFERS_KEY | {Kind.BAD_ADDRESS, Kind.PAYMENT_REQUIRED, Kind.KEYCHAIN_LOCKED}
"""These don't pass by themselves, so asking again soon is in vain."""

FAILS_ON_NETWORK = frozenset(
    {
        Kind.OFFLINE,
        Kind.TIMEOUT,
        Kind.ACCESS_BLOCKED,
        Kind.NETWORK_SIGN_IN,
        Kind.PROXY,
        Kind.TLS,
        Kind.UNEXPECTED_RESPONSE,
    }
)
"""These end when the network comes back or the computer joins another network. Not every system
tells of that. A network that wants a sign-in may also show a certificate of its own, or a page in
place of the answer."""


class Problem(Exception):  # noqa: N818  (what the user has is a problem, not an error)
    """A failure that the user is told of.

    ``detail`` is for the log and the command line: a short text made by this program, never
    anything that came from the user or the server. ``retry_after`` is in seconds.
    """

    def __init__(self, kind: Kind, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(kind, detail)
        self.kind = kind
        self.detail = detail
        self.retry_after = retry_after

"""What can go wrong, in words that tell the user what to do."""

from collections.abc import Callable
from enum import StrEnum

from tray_app.i18n import tr


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
    OFFLINE = "offline"
    TIMEOUT = "timeout"
    TLS = "tls"
    UNEXPECTED_RESPONSE = "unexpected_response"
    KEYCHAIN_LOCKED = "keychain_locked"
    KEYCHAIN_UNAVAILABLE = "keychain_unavailable"
    DEFECT = "defect"


# A kind is waited out by itself, or it needs the user: only the latter offer a new key.
NEEDS_ANOTHER_KEY = frozenset(
    {Kind.NO_KEY, Kind.BAD_KEY, Kind.BAD_REQUEST, Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.NO_USER}
)

_WORDS: dict[Kind, Callable[[], tuple[str, str]]] = {
    Kind.NO_KEY: lambda: (
        tr("No API key yet"),
        tr("Enter your lemlist API key to see your team's credits."),
    ),
    Kind.BAD_KEY: lambda: (
        tr("This is not an API key"),
        tr("Copy the key again from lemlist, under Settings, Integrations."),
    ),
    Kind.BAD_ADDRESS: lambda: (
        tr("The API address can't be used"),
        tr("LEMLIST_API_URL must be an https address, or http on this computer only."),
    ),
    Kind.BAD_REQUEST: lambda: (
        tr("lemlist did not find a key"),
        tr("Enter the API key again."),
    ),
    Kind.UNAUTHORIZED: lambda: (
        tr("lemlist refused the key"),
        tr("It is mistyped or no longer valid. Enter another key."),
    ),
    Kind.PAYMENT_REQUIRED: lambda: (
        tr("The lemlist plan does not allow this"),
        tr("Ask a team admin to look at Plans & Billing in lemlist."),
    ),
    Kind.FORBIDDEN: lambda: (
        tr("The key's user is blocked"),
        tr("Ask a team admin to unblock the user, or enter the key of another user."),
    ),
    Kind.NO_USER: lambda: (
        tr("The key's user is gone"),
        tr("A key ends with its user. Enter the key of another user of the team."),
    ),
    Kind.RATE_LIMITED: lambda: (
        tr("lemlist asks for a pause"),
        tr("The key was used too often. It is tried again by itself."),
    ),
    Kind.SERVER_ERROR: lambda: (
        tr("lemlist has a problem"),
        tr("Its server answered with an error. It is tried again by itself."),
    ),
    Kind.OFFLINE: lambda: (
        tr("lemlist can't be reached"),
        tr("Check the network, the VPN or the proxy."),
    ),
    Kind.TIMEOUT: lambda: (
        tr("lemlist did not answer in time"),
        tr("Check the network if this lasts. It is tried again by itself."),
    ),
    Kind.TLS: lambda: (
        tr("The connection is not secure"),
        tr("Check this computer's date. Behind a company proxy, ask IT for its certificate."),
    ),
    Kind.UNEXPECTED_RESPONSE: lambda: (
        tr("The answer was not understood"),
        tr("Sign in to the network if it asks for it; if this lasts, update this program."),
    ),
    Kind.KEYCHAIN_LOCKED: lambda: (
        tr("The keychain is locked"),
        tr("Unlock it, so that the API key can be read."),
    ),
    Kind.KEYCHAIN_UNAVAILABLE: lambda: (
        tr("The keychain can't be used"),
        tr("Enter the key; without a keychain it is kept only until you quit."),
    ),
    Kind.DEFECT: lambda: (
        tr("Something went wrong in lemlist credits"),
        tr("Please report the problem with what About, Copy diagnostics gives."),
    ),
}


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

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        return _WORDS[self.kind]()[0]

    @property
    def message(self) -> str:
        """One or two sentences that say what to do."""
        return _WORDS[self.kind]()[1]

    def __str__(self) -> str:
        return f"{self.title} ({self.detail})" if self.detail else self.title

"""What went wrong, in words that tell the user what to do."""

from collections.abc import Callable
from enum import StrEnum, auto
from typing import NamedTuple

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.lemlist.key import KeyFault


class Remedy(StrEnum):
    """What the user can do about a problem, from where it is shown."""

    ENTER_KEY = auto()
    UNLOCK = auto()


class ProblemWords(NamedTuple):
    """What happened, in a few words, and one or two sentences that say what to do."""

    title: str
    message: str

    @property
    def text(self) -> str:
        """All of it, as sentences."""
        return f"{self.title}. {self.message}"


def problem_words(kind: Kind) -> ProblemWords:
    """Say what happened, and what to do."""
    return ProblemWords(*_WORDS[kind]())


def remedy_words(remedy: Remedy | None) -> str:
    """Call a remedy by what a button says; empty without one."""
    match remedy:
        case Remedy.ENTER_KEY:
            return tr("Enter key…")
        case Remedy.UNLOCK:
            return tr("Unlock…")
    return ""


def detail_words(problem: Problem) -> str:
    """Say more of a problem, for the command line and for whoever types a key; often nothing."""
    match problem.detail:
        case KeyFault.EMPTY:
            return tr("it is empty")
        case KeyFault.TOO_LONG:
            return tr("it is longer than 1,000 characters")
        case KeyFault.ODD_CHARACTERS:
            return tr("it has characters that no key has")
    return problem.detail


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

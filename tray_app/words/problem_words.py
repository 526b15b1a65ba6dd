"""What went wrong, in words that tell the user what to do."""

import sys
from enum import StrEnum, auto
from typing import NamedTuple

from tray_app.errors import Kind, Problem
from tray_app.i18n import tr
from tray_app.lemlist.key import LONGEST, KeyFault
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.words.formats import Formats


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


def store_name() -> str:
    """Return what this platform calls the place that keeps the API key."""
    names = {"darwin": tr("keychain"), "win32": tr("Credential Manager")}
    return names.get(sys.platform) or tr("keyring")


def problem_words(kind: Kind) -> ProblemWords:  # noqa: C901  (a table)
    """Say what happened, and what to do."""
    match kind:
        case Kind.NO_KEY:
            title = tr("No API key yet")
            message = tr("Enter your lemlist API key to see your team's credits.")
        case Kind.BAD_KEY:
            title = tr("This is not an API key")
            message = tr("Copy the key again from lemlist, under Settings, Integrations.")
        case Kind.BAD_ADDRESS:
            title = tr("The API address can't be used")
            message = tr("LEMLIST_API_URL must be an https address, or http on this computer only.")
        case Kind.BAD_REQUEST:
            title = tr("lemlist did not find a key")
            message = tr("Enter the API key again.")
        case Kind.UNAUTHORIZED:
            title = tr("lemlist refused the key")
            message = tr("It is mistyped or no longer valid. Enter another key.")
        case Kind.PAYMENT_REQUIRED:
            title = tr("The lemlist plan does not allow this")
            message = tr("Ask a team admin to look at Plans & Billing in lemlist.")
        case Kind.FORBIDDEN:
            title = tr("The key's user is blocked")
            message = tr("Ask a team admin to unblock the user, or enter the key of another user.")
        case Kind.NO_USER:
            title = tr("The key's user is gone")
            message = tr("A key ends with its user. Enter the key of another user of the team.")
        case Kind.RATE_LIMITED:
            title = tr("lemlist asks for a pause")
            message = tr("The key was used too often. It is tried again by itself.")
        case Kind.SERVER_ERROR:
            title = tr("lemlist has a problem")
            message = tr("Its server answered with an error. It is tried again by itself.")
        case Kind.OFFLINE:
            title = tr("lemlist can't be reached")
            message = tr("Check the network, the VPN or the proxy.")
        case Kind.TIMEOUT:
            title = tr("lemlist did not answer in time")
            message = tr("Check the network if this lasts. It is tried again by itself.")
        case Kind.TLS:
            title = tr("The connection is not secure")
            message = tr(
                "Check this computer's date. Behind a company proxy, ask IT for its certificate."
            )
        case Kind.UNEXPECTED_RESPONSE:
            title = tr("The answer was not understood")
            message = tr(
                "Sign in to the network if it asks for it; if this lasts, update this program."
            )
        case Kind.KEYCHAIN_LOCKED:
            title = tr("The keychain is locked")
            message = tr("Unlock it, so that the API key can be read.")
        case Kind.KEYCHAIN_UNAVAILABLE:
            title = tr("The keychain can't be used")
            message = tr("Enter the key; without a keychain it is kept only until you quit.")
        case Kind.DEFECT:
            title = tr("Something went wrong in lemlist credits")
            message = tr("Please report the problem with what About, Copy diagnostics gives.")
    return ProblemWords(title, message)


def remedy_words(remedy: Remedy | None) -> str:
    """Call a remedy by what a button says; empty without one."""
    match remedy:
        case Remedy.ENTER_KEY:
            return tr("Enter key…")
        case Remedy.UNLOCK:
            return tr("Unlock…")
        case None:
            return ""


def detail_words(problem: Problem, formats: Formats) -> str:
    """Say more of a problem, for the command line and for whoever types a key; often nothing."""
    match problem.detail:
        case KeyFault.EMPTY:
            return tr("it is empty")
        case KeyFault.TOO_LONG:
            return tr("it is longer than {n} characters", n=formats.number(LONGEST))
        case KeyFault.ODD_CHARACTERS:
            return tr("it has characters that no key has")
        case detail:
            return detail


def history_fault_words(fault: FileFault) -> str:
    """Say what keeps the history from being kept, or what has become of it."""
    match fault:
        case FileFault(FaultKind.BROKEN, name):
            return tr(
                "The history file was broken. It is kept as {name}; a new one was begun.", name=name
            )
        case FileFault(FaultKind.UNUSABLE, path):
            return tr("{path} can't be used: the history is not kept.", path=path)
        case _:
            return tr("The history is from a newer version. It is left alone and not used.")

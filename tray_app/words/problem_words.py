"""What went wrong, in words that tell the user what to do."""

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


def problem_words(kind: Kind) -> ProblemWords:
    """Say what happened, and what to do."""
    words = {
        Kind.NO_KEY: (
            tr("No API key yet"),
            tr("Enter your lemlist API key to see your team's credits."),
        ),
        Kind.BAD_KEY: (
            tr("This is not an API key"),
            tr("Copy the key again from lemlist, under Settings, Integrations."),
        ),
        Kind.BAD_ADDRESS: (
            tr("The API address can't be used"),
            tr("LEMLIST_API_URL must be an https address, or http on this computer only."),
        ),
        Kind.BAD_REQUEST: (
            tr("lemlist did not find a key"),
            tr("Enter the API key again."),
        ),
        Kind.UNAUTHORIZED: (
            tr("lemlist refused the key"),
            tr("It is mistyped or no longer valid. Enter another key."),
        ),
        Kind.PAYMENT_REQUIRED: (
            tr("The lemlist plan does not allow this"),
            tr("Ask a team admin to look at Plans & Billing in lemlist."),
        ),
        Kind.FORBIDDEN: (
            tr("The key's user is blocked"),
            tr("Ask a team admin to unblock the user, or enter the key of another user."),
        ),
        Kind.NO_USER: (
            tr("The key's user is gone"),
            tr("A key ends with its user. Enter the key of another user of the team."),
        ),
        Kind.RATE_LIMITED: (
            tr("lemlist asks for a pause"),
            tr("The key was used too often. It is tried again by itself."),
        ),
        Kind.SERVER_ERROR: (
            tr("lemlist has a problem"),
            tr("Its server answered with an error. It is tried again by itself."),
        ),
        Kind.OFFLINE: (
            tr("lemlist can't be reached"),
            tr("Check the network, the VPN or the proxy."),
        ),
        Kind.TIMEOUT: (
            tr("lemlist did not answer in time"),
            tr("Check the network if this lasts. It is tried again by itself."),
        ),
        Kind.TLS: (
            tr("The connection is not secure"),
            tr("Check this computer's date. Behind a company proxy, ask IT for its certificate."),
        ),
        Kind.UNEXPECTED_RESPONSE: (
            tr("The answer was not understood"),
            tr("Sign in to the network if it asks for it; if this lasts, update this program."),
        ),
        Kind.KEYCHAIN_LOCKED: (
            tr("The keychain is locked"),
            tr("Unlock it, so that the API key can be read."),
        ),
        Kind.KEYCHAIN_UNAVAILABLE: (
            tr("The keychain can't be used"),
            tr("Enter the key; without a keychain it is kept only until you quit."),
        ),
        Kind.DEFECT: (
            tr("Something went wrong in lemlist credits"),
            tr("Please report the problem with what About, Copy diagnostics gives."),
        ),
    }
    return ProblemWords(*words[kind])


def remedy_words(remedy: Remedy | None) -> str:
    """Call a remedy by what a button says; empty without one."""
    words = {Remedy.ENTER_KEY: tr("Enter key…"), Remedy.UNLOCK: tr("Unlock…"), None: ""}
    return words[remedy]


def detail_words(problem: Problem, formats: Formats) -> str:
    """Say more of a problem, for the command line and for whoever types a key; often nothing."""
    words: dict[str, str] = {
        KeyFault.EMPTY: tr("it is empty"),
        KeyFault.TOO_LONG: tr("it is longer than {n} characters", n=formats.number(LONGEST)),
        KeyFault.ODD_CHARACTERS: tr("it has characters that no key has"),
    }
    return words.get(problem.detail, problem.detail)


def history_fault_words(fault: FileFault) -> str:
    """Say what keeps the history from being kept, or what has become of it."""
    words = {
        FaultKind.BROKEN: tr(
            "The history file was broken. It is kept as {name}; a new one was begun.",
            name=fault.name,
        ),
        FaultKind.UNUSABLE: tr("{path} can't be used: the history is not kept.", path=fault.name),
        FaultKind.NEWER: tr("The history is from a newer version. It is left alone and not used."),
    }
    return words[fault.kind]

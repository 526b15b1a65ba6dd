"""What went wrong, in words that tell the user what to do."""

import shlex
import sys
from enum import StrEnum, auto
from typing import NamedTuple

from tray_app.errors import FAILS_ON_NETWORK, Kind, Problem
from tray_app.i18n import tr
from tray_app.lemlist.key import KeyFault
from tray_app.lemlist.network_fault import NetworkFault
from tray_app.store.file_fault import FaultKind, FileFault

_PASSES_BY_ITSELF = FAILS_ON_NETWORK | {Kind.RATE_LIMITED, Kind.SERVER_ERROR}


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


def problem_words(  # noqa: C901  (a table)
    problem: Problem | Kind, *, is_retried: bool = True
) -> ProblemWords:
    """Say what happened, and what to do; of a kind alone without its details.

    ``is_retried`` is whether what passes by itself is tried again without the user, as polls are.
    """
    kind, detail = (problem.kind, problem.detail) if isinstance(problem, Problem) else (problem, "")
    match kind:
        case Kind.NO_KEY:
            title = tr("No API key yet")
            message = tr("Enter your lemlist API key to see your team's credits.")
        case Kind.BAD_KEY:
            title = tr("This can't be an API key")
            message = tr(
                "If you no longer have the key, generate a new one in lemlist: "
                "Settings > Integrations."
            )
            faults: dict[str, str] = {
                KeyFault.EMPTY: tr("The key is empty."),
                KeyFault.TOO_LONG: tr("The key is too long."),
                KeyFault.ODD_CHARACTERS: tr("The key has characters that no API key has."),
            }
            message = f"{faults.get(detail, '')} {message}".strip()
        case Kind.BAD_ADDRESS:
            title = tr("The API address can't be used")
            message = tr("LEMLIST_API_URL must be an https address, or http on this computer only.")
        case Kind.BAD_REQUEST:
            title = tr("lemlist received no API key")
            message = tr("Enter the API key again.")
        case Kind.UNAUTHORIZED:
            title = tr("lemlist doesn't accept this API key")
            message = tr("The key may be mistyped or deleted. Enter another one.")
        case Kind.PAYMENT_REQUIRED:
            title = tr("Payment needed in lemlist")
            message = tr("Ask a team admin to check Plans & Billing.")
        case Kind.FORBIDDEN:
            title = tr("The user of this API key is blocked")
            message = tr("Ask a team admin to unblock the user, or enter another user's key.")
        case Kind.NO_USER:
            title = tr("lemlist finds no user for this API key")
            message = tr("Enter the API key of another user of your team.")
        case Kind.RATE_LIMITED:
            title = tr("Too many requests with this API key")
            message = tr("Another tool is probably using the same key.")
        case Kind.SERVER_ERROR:
            title = tr("lemlist is temporarily unavailable")
            message = tr("lemlist or a proxy returned an error.")
            if detail.startswith("status "):  # not in a pause, in which nothing was asked
                status = detail.removeprefix("status ")
                message = tr("lemlist or a proxy returned error {status}.", status=status)
        case Kind.ACCESS_BLOCKED:
            title = tr("Access to lemlist was blocked")
            message = tr("A company filter may block lemlist. Ask IT.")
            if detail == NetworkFault.LEADS_HERE:
                message = tr(
                    "An ad blocker, a filter or the hosts file blocks lemlist's address. Allow it "
                    "there, or ask IT."
                )
        case Kind.NETWORK_SIGN_IN:
            title = tr("Sign in to the network")
            message = tr("The network answers in place of lemlist. Open a web page to sign in.")
        case Kind.PROXY:
            title = tr("Can't connect through the proxy")
            message = tr("Check the proxy's address and password, or ask IT.")
            if detail == NetworkFault.WANTS_LOGIN:
                message = tr(
                    "The proxy wants a user and password in its address. If it takes only Windows "
                    "sign-ins (NTLM), ask IT."
                )
        case Kind.CERTIFICATES:
            title = tr("The certificates can't be read")
            message = tr(
                "{variable} names certificates that can't be read. Correct or remove the variable.",
                variable=detail or "REQUESTS_CA_BUNDLE",
            )
        case Kind.OFFLINE:
            title = tr("Can't reach lemlist")
            message = tr("Check your internet connection, VPN or proxy.")
        case Kind.TIMEOUT:
            title = tr("lemlist is taking too long to answer")
            message = tr("If this continues, check your internet connection.")
        case Kind.TLS:
            title = tr("Can't connect to lemlist securely")
            message = _tls_message(detail)
        case Kind.UNEXPECTED_RESPONSE:
            title = tr("Couldn't read lemlist's reply")
            message = tr(
                "On guest Wi-Fi, sign in to the network first. "
                "If this continues, update lemlist credits."
            )
        case Kind.KEYCHAIN_WAITING:
            title = tr("Consent needed in the {store}", store=store_name())
            message = tr(
                "Waiting for your answer: the {store} asks whether lemlist credits may read your "
                "API key.",
                store=store_name(),
            )
        case Kind.KEYCHAIN_LOCKED:
            title = tr("The {store} is locked", store=store_name())
            message = tr(
                "Unlock the {store} so lemlist credits can read your API key.", store=store_name()
            )
        case Kind.KEYCHAIN_UNAVAILABLE:
            title = tr("The {store} can't be used", store=store_name())
            message = tr(
                "Enter your API key. Without a {store} the key is kept only until you quit.",
                store=store_name(),
            )
        case Kind.LIST_UNSAVED:
            title = tr("The list of teams can't be saved")
            message = tr("Check that the disk has space and that the settings file is yours.")
        case Kind.DEFECT:
            title = tr("Something went wrong in lemlist credits")
            message = tr(
                "Please report the problem with the text that About > Copy diagnostics gives."
            )
    if is_retried and kind in _PASSES_BY_ITSELF:
        message = f"{message} {tr('Trying again automatically.')}"
    return ProblemWords(title, message)


def unsaved_key_words(kind: Kind) -> str:
    """Say that a key was not stored, to who did not wait for the answer."""
    return tr("The API key was not saved. {problem}.", problem=problem_words(kind).title)


def unremoved_team_words(team: str, kind: Kind) -> str:
    """Say that a team is still there, to who did not wait for the answer."""
    return tr("{team} was not removed. {problem}.", team=team, problem=problem_words(kind).title)


def _tls_message(detail: str) -> str:
    not_sent = tr("Your API key was not sent.")  # as certificates are looked at first
    date = tr("Check this computer's date, or ask IT about the company proxy's certificate.")
    match detail:
        case NetworkFault.WRONG_DATE | NetworkFault.BAD_CERTIFICATE:
            return f"{not_sent} {date}"
        case NetworkFault.UNKNOWN_ISSUER:
            message = tr(
                "On guest Wi-Fi, sign in to the network first. In a company, ask IT for the "
                "proxy's certificate."
            )
            return f"{not_sent} {message}"
        case NetworkFault.OTHER_HOST:
            message = tr(
                "Another server answers in place of lemlist. On guest Wi-Fi, sign in to the "
                "network first, or ask IT."
            )
            return f"{not_sent} {message}"
        case _:
            return tr(
                "A firewall or proxy may be in the way. On guest Wi-Fi, sign in to the network "
                "first, or ask IT."
            )


def fixed_key_words() -> str:
    """Say what to do about a key that no dialog and no command changes."""
    return tr(
        "The API key comes from the variable LEMLIST_API_KEY. Correct or remove the variable."
    )


def remedy_words(remedy: Remedy | None) -> str:
    """Call a remedy by what a button says; empty without one."""
    match remedy:
        case Remedy.ENTER_KEY:
            return tr("Enter key…")
        case Remedy.UNLOCK:
            return tr("Unlock…")
        case None:
            return ""


def anothers_folder_words(folder: str) -> str:
    """Say that a folder or a file in it has become another user's, and how to get it back."""
    return tr(
        "{folder} or a file in it belongs to another user. "
        'To take it back, run: sudo chown -R "$USER" {quoted}',
        folder=folder,
        quoted=shlex.quote(folder),
    )


def teams_fault_words(fault: FileFault) -> str:
    """Say in a terminal why the team of a key can't be kept, and what helps."""
    match fault:
        case FileFault(FaultKind.ANOTHERS, folder):
            return f"{tr('The team of this API key is not known.')} {anothers_folder_words(folder)}"
        case FileFault(FaultKind.NOWHERE):
            return tr("The team of this API key is not known. Name a team with --team.")
        case FileFault(_, path):
            return tr(
                "{path} can't be read, so the team of this API key is not known. "
                "Name a team with --team.",
                path=path,
            )


def history_fault_words(fault: FileFault) -> str:
    """Say what keeps the history from being kept, or what has become of it."""
    match fault:
        case FileFault(FaultKind.BROKEN, name):
            return tr(
                "The damaged history file is kept as {name}. A new history has begun.", name=name
            )
        case FileFault(FaultKind.UNUSABLE, path):
            return tr("{path} can't be used, so no history is kept.", path=path)
        case FileFault(FaultKind.FULL, path):
            return tr(
                "The disk is full, so no history is kept in {path}. Make room on the disk.",
                path=path,
            )
        case FileFault(FaultKind.ANOTHERS, folder):
            return f"{tr('No history is kept.')} {anothers_folder_words(folder)}"
        case FileFault(FaultKind.NOWHERE):
            return tr("There is no folder of your own to keep a history in.")
        case _:
            return tr("The history is from a newer version of lemlist credits and is not used.")


def no_panel_words() -> str:
    """Say that there is no place for an icon, and what the window is then."""
    return tr("This desktop has no tray. Closing this window ends the program.")

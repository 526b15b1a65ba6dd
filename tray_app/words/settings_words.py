"""The settings in words: how each is called in the dialog, and what is wrong with one."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from tray_app.i18n import tr
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import FieldFault, IconStyle
from tray_app.words.amounts import unit_words
from tray_app.words.formats import Formats

INTERVAL_UNITS: dict[int, Callable[[int], str]] = {
    1: lambda n: tr("second", "seconds", n),
    60: lambda n: tr("minute", "minutes", n),
    3600: lambda n: tr("hour", "hours", n),
}
"""The units of the interval by their seconds, with the name after a number."""


class FieldWords(NamedTuple):
    """How a setting is called in the dialog."""

    label: str
    name: str = ""
    """Of its control, alone: on it, or for a screen reader."""
    unit: Callable[[int], str] = lambda _number: ""
    """What a number counts, to stand beside it."""
    none: str = ""
    """What stands in place of 0 or of no choice."""
    options: Mapping[str, str] = {}
    """The names of what can be chosen."""


def field_words(formats: Formats) -> dict[str, FieldWords]:
    """Return how each setting is called, by its field's name."""

    def or_fewer(_number: int) -> str:
        return tr("credits or fewer")

    def days_left(number: int) -> str:
        return tr("working day left", "working days left or fewer", number) if number else ""

    return {
        "low": FieldWords(tr("&Low at"), tr("Low at, in credits"), or_fewer),
        "critical": FieldWords(tr("&Critical at"), tr("Critical at, in credits"), or_fewer),
        "warn_within": FieldWords(
            tr("&Warn at"), tr("Warn at, in working days left"), days_left, none=tr("Never")
        ),
        "notifications": FieldWords(
            tr("Notifications"), tr("&Notify of these, of sudden drains and of refills")
        ),
        "interval": FieldWords(tr("Check &every"), tr("Check every")),
        "icon": FieldWords(
            tr("Tray &icon"),
            options={IconStyle.NUMBER: tr("N&umber of credits"), IconStyle.SYMBOL: tr("S&ymbol")},
        ),
        "renewal_day": FieldWords(
            tr("Plan renews &on"), tr("Plan renews on"), none=tr("Learn it from the refills")
        ),
        "email_found": FieldWords(tr("E-mail &found"), tr("E-mail found, in credits"), unit_words),
        "email_verified": FieldWords(
            tr("E-mail &verified"), tr("E-mail verified, in credits"), unit_words
        ),
        "phone_found": FieldWords(tr("P&hone found"), tr("Phone found, in credits"), unit_words),
        "linkedin": FieldWords(
            tr("Lin&kedIn enrichment"), tr("LinkedIn enrichment, in credits"), unit_words
        ),
        "cents_per_1000": FieldWords(
            tr("{n} cre&dits", n=formats.number(1000)),
            tr("1,000 credits, in US dollars"),
            lambda _number: tr("US dollars"),
        ),
    }


def range_words(name: str) -> str:
    """Say what the range of a field is, by its name."""
    return {
        "low": tr("Low must be above critical, and at most 10 million."),
        "critical": tr("Critical must be between 1 and 10 million."),
        "interval": tr("The interval must be between 30 seconds and 24 hours."),
        "warn_within": tr("The warning must be at most 60 working days ahead."),
        "renewal_day": tr("The renewal must be on a day from 1 to 31."),
        "cents_per_1000": tr("The price of 1,000 credits must be between 1 cent and $10,000."),
    }.get(name, tr("A price must be between 1 and 10,000 credits."))


def settings_fault_words(fault: FileFault | FieldFault) -> str:
    """Say what could not be used of the settings file."""
    match fault:
        case FieldFault(name, is_out_of_range=False):
            return tr("In the settings file, “{field}” can't be used. The default is.", field=name)
        case FieldFault(name):
            return tr("In the settings file: {fault} The default is used.", fault=range_words(name))
        case FileFault(FaultKind.BROKEN, name):
            return tr(
                "The settings file was broken. It is kept as {name}; the defaults are used.",
                name=name,
            )
        case FileFault(FaultKind.UNUSABLE, path):
            return tr("{path} can't be read. The defaults are used.", path=path)
        case _:
            return tr("The settings file is from a newer version. It is left alone and not used.")

"""The settings in words: how the dialog calls and offers each, and what is wrong with one."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tray_app.i18n import tr
from tray_app.rules.prices import AS_OF, SOURCE, Action
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import RANGES, FieldFault, IconStyle
from tray_app.words.amounts import dollars, unit_words
from tray_app.words.formats import Formats

_INTERVAL_UNITS: dict[int, Callable[[int], str]] = {
    1: lambda n: tr("second", "seconds", n),
    60: lambda n: tr("minute", "minutes", n),
    3600: lambda n: tr("hour", "hours", n),
}


class FieldWords(NamedTuple):
    """How a setting is called: a number if it has units, one of its options, or else a switch."""

    label: str
    name: str = ""
    """Of its control, alone: on a switch, and for a screen reader."""
    units: Mapping[int, Callable[[int], str]] = {}
    """What can be counted: each unit in terms of what is stored, and its name after a number."""
    none: str = ""
    """What stands in place of the number 0."""
    options: Mapping[Any, str] = {}
    """The names of what can be chosen."""


class Page(NamedTuple):
    """A tab of the dialog: its settings by their fields' names, and a note below them."""

    title: str
    fields: Mapping[str, FieldWords]
    note: str = ""


def settings_pages(formats: Formats) -> tuple[Page, ...]:
    """Return all settings in the order in which the dialog has them."""

    def or_fewer(_number: int) -> str:
        return tr("credits or fewer")

    def days_left(number: int) -> str:
        return tr("working day left", "working days left or fewer", number) if number else ""

    def price(label: str, name: str) -> FieldWords:
        return FieldWords(label, name, {1: unit_words})

    general = {
        "low": FieldWords(tr("&Low at"), tr("Low at, in credits"), {1: or_fewer}),
        "critical": FieldWords(tr("&Critical at"), tr("Critical at, in credits"), {1: or_fewer}),
        "warn_within": FieldWords(
            tr("&Warn at"), tr("Warn at, in working days left"), {1: days_left}, none=tr("Never")
        ),
        "notifications": FieldWords(
            tr("Notifications"), tr("&Notify of these, of sudden drains and of refills")
        ),
        "interval": FieldWords(tr("Check &every"), tr("Check every"), _INTERVAL_UNITS),
        "icon": FieldWords(
            tr("Tray &icon"),
            options={IconStyle.NUMBER: tr("N&umber of credits"), IconStyle.SYMBOL: tr("S&ymbol")},
        ),
    }
    days = {day: tr("Day {n} of the month", n=day) for day in RANGES["renewal_day"]}
    plan = {
        "renewal_day": FieldWords(
            tr("Plan renews &on"),
            tr("Plan renews on"),
            options={None: tr("Learn it from the refills"), **days},
        ),
        "email_found": price(tr("E-mail &found"), tr("E-mail found, in credits")),
        "email_verified": price(tr("E-mail &verified"), tr("E-mail verified, in credits")),
        "phone_found": price(tr("P&hone found"), tr("Phone found, in credits")),
        "linkedin": price(tr("Lin&kedIn enrichment"), tr("LinkedIn enrichment, in credits")),
        "cents_per_1000": FieldWords(
            tr("{n} cre&dits", n=formats.number(1000)),
            tr("1,000 credits, in US dollars"),
            {100: lambda _number: tr("US dollars")},
        ),
    }
    source = tr(
        "Default prices as of {day}, {year}:\n{source}",
        source=SOURCE.removeprefix("https://"),
        day=formats.day(AS_OF),
        year=AS_OF.year,
    )
    return Page(tr("&General"), general), Page(tr("&Plan and prices"), plan, source)


def limit_words(formats: Formats) -> dict[str, str]:
    """Say what each number can be, by the field's name."""

    def amount(number: int) -> str:
        millions, rest = divmod(number, 1_000_000)
        return formats.number(number) if rest or not millions else tr("{n} million", n=millions)

    def duration(seconds: int) -> str:
        unit = max(each for each in _INTERVAL_UNITS if seconds % each == 0)
        number = seconds // unit
        return tr("{n} {unit}", n=formats.number(number), unit=_INTERVAL_UNITS[unit](number))

    def money(cents: int) -> str:
        return (
            dollars(cents, formats) if cents > 99 else tr("{n} cent", "{n} cents", cents, n=cents)
        )

    def limits(name: str, words: Callable[[int], str] = amount) -> dict[str, str]:
        return {"least": words(RANGES[name][0]), "most": words(RANGES[name][-1])}

    return {
        "low": tr("Low must be above critical, and at most {most}.", **limits("low")),
        "critical": tr("Critical must be between {least} and {most}.", **limits("critical")),
        "interval": tr(
            "The interval must be between {least} and {most}.", **limits("interval", duration)
        ),
        "warn_within": tr(
            "The warning must be at most {most} working days ahead.", **limits("warn_within")
        ),
        "renewal_day": tr(
            "The renewal must be on a day from {least} to {most}.", **limits("renewal_day")
        ),
        "cents_per_1000": tr(
            "The price of 1,000 credits must be between {least} and {most}.",
            **limits("cents_per_1000", money),
        ),
        **{
            action: tr("A price must be between {least} and {most} credits.", **limits(action))
            for action in Action
        },
    }


def settings_fault_words(fault: FileFault | FieldFault, formats: Formats) -> str:
    """Say what could not be used of the settings file."""
    match fault:
        case FieldFault(name, is_out_of_range=False):
            return tr("In the settings file, “{field}” can't be used. The default is.", field=name)
        case FieldFault(name):
            sentence = limit_words(formats)[name]
            return tr("In the settings file: {fault} The default is used.", fault=sentence)
        case FileFault(FaultKind.BROKEN, name):
            return tr(
                "The settings file was broken. It is kept as {name}; the defaults are used.",
                name=name,
            )
        case FileFault(FaultKind.UNUSABLE, path):
            return tr("{path} can't be read. The defaults are used.", path=path)
        case _:
            return tr("The settings file is from a newer version. It is left alone and not used.")

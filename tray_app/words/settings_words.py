"""The settings in words: how the dialog calls and offers each, and what is wrong with one."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tray_app.i18n import tr
from tray_app.rules.prices import AS_OF, SOURCE, Action
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.settings import RANGES, FieldFault, IconStyle
from tray_app.words.amounts import dollars, unit_words
from tray_app.words.formats import Formats
from tray_app.words.problem_words import anothers_folder_words

_INTERVAL_UNITS: dict[int, Callable[[int], str]] = {
    1: lambda n: tr("second", "seconds", n),
    60: lambda n: tr("minute", "minutes", n),
    3600: lambda n: tr("hour", "hours", n),
}


class FieldWords(NamedTuple):
    """How a setting is called: a number if it has units, one of its options, or else a switch."""

    title: str
    """With the mark of its mnemonic."""
    name: str
    """Of its control, alone, for a screen reader."""
    explanation: str = ""
    units: Mapping[int, Callable[[int], str]] = {}
    """The units to choose from: each one's size, in what is stored, and its name after a number."""
    none: str = ""
    """What stands in place of the number 0."""
    options: Mapping[Any, str] = {}
    """The names of what can be chosen."""


class FieldGroup(NamedTuple):
    """Settings that belong together, by their fields' names, and a title above them."""

    title: str
    fields: Mapping[str, FieldWords]


class Page(NamedTuple):
    """A page of the dialog, and a note below its groups."""

    title: str
    groups: tuple[FieldGroup, ...]
    note: str = ""


def settings_pages(formats: Formats) -> tuple[Page, ...]:
    """Return all settings in the order in which the dialog has them."""
    alerts = (
        FieldGroup(
            tr("Warn me when credits are"),
            {
                "low": FieldWords(
                    tr("&Low"),
                    tr("Low, in credits"),
                    tr("Amber icon, and one notification"),
                    units={1: unit_words},
                ),
                "critical": FieldWords(
                    tr("&Critical"),
                    tr("Critical, in credits"),
                    tr("Orange icon, and an urgent notification"),
                    units={1: unit_words},
                ),
                "warn_within": FieldWords(
                    tr("Running &out"),
                    tr("Running out, in working days left"),
                    tr("Warns even while the balance is healthy"),
                    units={1: lambda n: tr("working day left", "working days left", n)},
                    none=tr("Never"),
                ),
            },
        ),
        FieldGroup(
            tr("Tell me with"),
            {
                "notifications": FieldWords(
                    tr("&Notifications"),
                    tr("Notifications"),
                    tr("Also of unusual spending and of credits added"),
                )
            },
        ),
    )
    tray = (
        FieldGroup(
            tr("Icon"),
            {
                "icon": FieldWords(
                    tr("S&how"),
                    tr("What the icon shows"),
                    options={
                        IconStyle.NUMBER: tr("Number of credits"),
                        IconStyle.SYMBOL: tr("Symbol"),
                    },
                )
            },
        ),
        FieldGroup(
            tr("In the background"),
            {
                "interval": FieldWords(
                    tr("Check &every"),
                    tr("Check every"),
                    tr("How often lemlist is asked for the balance"),
                    units=_INTERVAL_UNITS,
                )
            },
        ),
    )
    plan = (
        FieldGroup(
            tr("Renewal"),
            {
                "renewal_day": FieldWords(
                    tr("Plan renews &on"),
                    tr("Plan renews on"),
                    options={
                        None: tr("Learn the day from credits added"),
                        **{day: tr("Day {n} of the month", n=day) for day in RANGES["renewal_day"]},
                    },
                )
            },
        ),
        FieldGroup(
            tr("Prices"),
            {
                "email_found": FieldWords(
                    tr("Email &found and verified"),
                    tr("Email found and verified, in credits"),
                    units={1: unit_words},
                ),
                "email_verified": FieldWords(
                    tr("Email &verified"), tr("Email verified, in credits"), units={1: unit_words}
                ),
                "phone_found": FieldWords(
                    tr("Phone n&umber found"),
                    tr("Phone number found, in credits"),
                    units={1: unit_words},
                ),
                "linkedin": FieldWords(
                    tr("Lin&kedIn enrichment"),
                    tr("LinkedIn enrichment, in credits"),
                    units={1: unit_words},
                ),
                "cents_per_1000": FieldWords(
                    tr("{n} cre&dits", n=formats.number(1000)),
                    tr("Price of {n} credits, in US dollars", n=formats.number(1000)),
                    units={100: lambda _number: tr("US dollars")},
                ),
            },
        ),
    )
    source = tr(
        "Defaults as of {day}: {source}",
        source=SOURCE.removeprefix("https://"),
        day=formats.day_and_year(AS_OF),
    )
    return Page(tr("&Alerts"), alerts), Page(tr("&Tray"), tray), Page(tr("&Plan"), plan, source)


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
        case FieldFault():
            return _field_fault_words(fault, formats)
        case FileFault(FaultKind.BROKEN, name):
            return tr("The damaged settings file is kept as {name}.", name=name)
        case FileFault(FaultKind.DAMAGED, path, 0):
            return tr("{path} is damaged, so the default settings are used.", path=path)
        case FileFault(FaultKind.DAMAGED, path, line):
            return tr(
                "{path} has a mistake in line {line}. "
                "Until it is corrected, the default settings are used.",
                path=path,
                line=line,
            )
        case FileFault(FaultKind.ANOTHERS, folder):
            return f"{tr('The default settings are used.')} {anothers_folder_words(folder)}"
        case FileFault(FaultKind.NOWHERE):
            return tr("There is no folder of your own to keep settings in.")
        case FileFault(FaultKind.UNUSABLE, path):
            return tr("{path} can't be read, so the default settings are used.", path=path)
        case _:
            return tr(
                "The settings file is from a newer version of lemlist credits and is not used."
            )


def _field_fault_words(fault: FieldFault, formats: Formats) -> str:
    match fault:
        case FieldFault(name, is_out_of_range=False, team=None):
            return tr(
                "{field} in the settings file can't be used, so its default is used.", field=name
            )
        case FieldFault(name, is_out_of_range=False, team=""):
            return tr(
                "{field} of a team in the settings file can't be used, so the choice for all teams "
                "is used.",
                field=name,
            )
        case FieldFault(name, is_out_of_range=False, team=team):
            return tr(
                "{field} of {team} in the settings file can't be used, so the choice for all teams "
                "is used.",
                field=name,
                team=team,
            )
    limit = limit_words(formats)[fault.name]
    match fault.team:
        case None:
            return tr(
                "{fault} The settings file says otherwise, so the default is used.", fault=limit
            )
        case "":
            return tr(
                "{fault} The settings file says otherwise for a team, so the choice for all teams "
                "is used.",
                fault=limit,
            )
        case team:
            return tr(
                "{fault} The settings file says otherwise for {team}, so the choice for all teams "
                "is used.",
                fault=limit,
                team=team,
            )


def unsaved_settings_words() -> str:
    """Say that what was chosen is used and not kept."""
    return tr("The settings can't be saved. They are used until you quit.")


def login_unchanged_words() -> str:
    """Say that the system does not let the program change what starts at login."""
    return tr("Starting at login can't be changed on this computer.")

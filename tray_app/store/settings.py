"""The user's choices, in a JSON file that is forgiving to read and careful to write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.rules.ranges import out_of_range, ranges, within
from tray_app.rules.schedule import DEFAULT_INTERVAL, LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.store.file_fault import FaultKind, FileFault
from tray_app.store.json_file import read_object, update_object

VERSION = 1
"""Of the file's shape; a file of a larger version is left alone."""

LONGEST_WARNING = 60
"""Working days before the end of the balance."""


class IconStyle(StrEnum):
    """What the tray icon shows."""

    NUMBER = "number"
    SYMBOL = "symbol"


class FieldFault(NamedTuple):
    """A field of the file that can't be used, so that its default is used."""

    name: str
    is_out_of_range: bool
    """Else its value is of another type."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices: all there are, with the default and the range of each.

    ``words/settings_words.py`` says how each is called, and so how the dialog offers it.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    interval: int = within(DEFAULT_INTERVAL, SHORTEST_INTERVAL, LONGEST_INTERVAL)
    """Seconds."""
    notifications: bool = True
    icon: IconStyle = IconStyle.NUMBER
    warn_within: int = within(3, 0, LONGEST_WARNING)
    """Working days before the balance is likely to run out; 0 warns of no date."""
    renewal_day: int | None = within(None, 1, 31)
    """The day of the month on which the plan's credits are renewed; ``None`` lets it be learned."""
    prices: Prices = field(default_factory=Prices)

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> "Settings":
        """Return the settings with these :attr:`choices`; what is missing has its default."""
        thresholds, own, prices = (
            {name: choices[name] for name in _names(record) if name in choices}
            for record in (Thresholds, cls, Prices)
        )
        return cls(Thresholds(**thresholds), prices=Prices(**prices), **own)

    @property
    def choices(self) -> dict[str, Any]:
        """Each choice by its field's name, those of thresholds and prices too."""
        choices = asdict(self)
        thresholds, prices = choices.pop("thresholds"), choices.pop("prices")
        return {**thresholds, **choices, **prices}

    def faults(self) -> list[str]:
        """Name the fields that keep the settings from being used; one at most of each part."""
        faults = (self.thresholds.fault(), *out_of_range(self), self.prices.fault())
        return [name for name in faults if name is not None]


RANGES = {**ranges(Thresholds), **ranges(Settings), **ranges(Prices)}
"""What each number of the :attr:`Settings.choices` can be, by the field's name."""


def _names(record: Any) -> list[str]:
    return [each.name for each in fields(record)]


class SettingsFile:
    """The file of the settings. Reads and writes block."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writable = True

    def load(self) -> tuple[Settings, list[FileFault | FieldFault]]:
        """Return the settings, and all that could not be used."""
        content, fault = read_object(self._path)
        version = content.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            fault = FileFault(FaultKind.NEWER)
        if fault is not None:
            self._writable = fault.kind is FaultKind.DAMAGED
            return Settings(), [fault]
        return _parse(content)

    def save(self, settings: Settings) -> FileFault | None:
        """Write the settings; what the file holds beyond them stays.

        A damaged file is set aside, which is returned.

        Raises:
            OSError: the file can't be written, or is not this version's to write.
        """
        if not self._writable:
            raise PermissionError(self._path)
        choices = asdict(settings)
        new = {"version": VERSION, **choices.pop("thresholds"), **choices}
        return update_object(self._path, lambda content: content.update(new))


def _parse(content: Mapping[str, Any]) -> tuple[Settings, list[FileFault | FieldFault]]:
    """Take what can be used of a file's content, and name the fields that can't."""
    choices: dict[str, Any] = {}
    faults: list[FileFault | FieldFault] = []
    prices = content.get("prices", {})
    if not isinstance(prices, dict):
        faults.append(FieldFault("prices", is_out_of_range=False))
        prices = {}
    for name, default in Settings().choices.items():
        value = (prices if name in _names(Prices) else content).get(name, default)
        if _is_usable(value, default):
            choices[name] = IconStyle(value) if isinstance(default, IconStyle) else value
        else:
            faults.append(FieldFault(name, is_out_of_range=False))
    for name in Settings.of(choices).faults():
        faults.append(FieldFault(name, is_out_of_range=True))
        # Where numbers belong together, a wrong number leaves the others in doubt.
        parts = (_names(Thresholds), _names(Prices), [name])
        for each in next(part for part in parts if name in part):
            choices.pop(each, None)
    return Settings.of(choices), faults


def _is_usable(value: object, default: object) -> bool:
    """Tell whether a value has the type of a field with this default (``None``: a whole number)."""
    if isinstance(default, IconStyle):
        return value in list(IconStyle)
    return type(value) is type(default) or (default is None and type(value) is int)

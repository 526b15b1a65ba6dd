"""The user's choices, in a JSON file that is forgiving to read and careful to write."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from tray_app.i18n import tr
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.rules.schedule import DEFAULT_INTERVAL, LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.store.json_file import BrokenFileError, read_object, write_object

VERSION = 1
"""Of the file's shape; a file with a larger one is left alone."""


DEFAULT_WARNING = 3
LONGEST_WARNING = 60
"""Working days before the end of the balance: what the setting begins with, and its limit."""


class IconStyle(StrEnum):
    """What the tray icon shows."""

    NUMBER = "number"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices. ``interval`` is in seconds."""

    thresholds: Thresholds = field(default_factory=Thresholds)
    interval: int = DEFAULT_INTERVAL
    notifications: bool = True
    icon: IconStyle = IconStyle.NUMBER
    warn_within: int = DEFAULT_WARNING
    """Working days before the balance is likely to run out; 0 warns of no date."""
    renewal_day: int | None = None
    """The day of the month on which the plan's credits are renewed; ``None`` is to be learned."""
    prices: Prices = field(default_factory=Prices)

    def faults(self) -> dict[str, str]:
        """Return, by the field's name, what keeps a choice from being used."""
        faults = {}
        match self.thresholds.fault():
            case "critical":
                faults["critical"] = tr("Critical must be between 1 and 10 million.")
            case "low":
                faults["low"] = tr("Low must be above critical, and at most 10 million.")
        if not SHORTEST_INTERVAL <= self.interval <= LONGEST_INTERVAL:
            faults["interval"] = tr("The interval must be between 30 seconds and 24 hours.")
        if not 0 <= self.warn_within <= LONGEST_WARNING:
            faults["warn_within"] = tr("The warning must be at most 60 working days ahead.")
        if self.renewal_day is not None and not 1 <= self.renewal_day <= 31:
            faults["renewal_day"] = tr("The renewal must be on a day from 1 to 31.")
        if (price := self.prices.fault()) is not None:
            faults[price] = tr("A price must be between 1 and 10,000 credits.")
            if price == "cents_per_1000":
                faults[price] = tr("The price of 1,000 credits must be between 1 cent and $10,000.")
        return faults


class SettingsFile:
    """The file of the settings. Reads and writes block; what it complains of is for the user."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: dict[str, Any] = {}
        self._writable = True

    def load(self) -> tuple[Settings, list[str]]:
        """Return the settings, and a sentence for each thing that could not be used."""
        try:
            self._content = read_object(self._path)
        except BrokenFileError as broken:
            return Settings(), [
                tr(
                    "The settings file was broken. It is kept as {name}; the defaults are used.",
                    name=broken.aside.name,
                )
            ]
        except OSError:
            self._writable = False
            return Settings(), [tr("{path} can't be read. The defaults are used.", path=self._path)]
        version = self._content.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            self._writable = False
            return Settings(), [
                tr("The settings file is from a newer version. It is left alone and not used.")
            ]
        return _parse(self._content)

    def save(self, settings: Settings) -> None:
        """Write the settings; what the file holds beyond them stays.

        Raises:
            OSError: the file can't be written, or is not this version's to write.
        """
        if not self._writable:
            raise PermissionError(self._path)
        self._content |= {
            "version": VERSION,
            "low": settings.thresholds.low,
            "critical": settings.thresholds.critical,
            "interval": settings.interval,
            "notifications": settings.notifications,
            "icon": str(settings.icon),
            "warn_within": settings.warn_within,
            "renewal_day": settings.renewal_day,
            "prices": asdict(settings.prices),
        }
        write_object(self._path, self._content)


def _parse(content: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """Take what can be used of a file's content, and name the fields that can't."""
    default = Settings()
    unusable = []

    def number(name: str, fallback: int, source: Mapping[str, Any] = content) -> int:
        value = source.get(name, fallback)
        if _is_whole(value):
            return int(value)
        unusable.append(name)
        return fallback

    notifications = content.get("notifications", default.notifications)
    if not isinstance(notifications, bool):
        unusable.append("notifications")
        notifications = default.notifications
    icon = content.get("icon", default.icon)
    if icon not in list(IconStyle):
        unusable.append("icon")
        icon = default.icon
    prices = content.get("prices", {})
    if not isinstance(prices, dict):
        unusable.append("prices")
        prices = {}
    renewal_day = content.get("renewal_day")
    if renewal_day is not None and not _is_whole(renewal_day):
        unusable.append("renewal_day")
        renewal_day = None
    settings = Settings(
        Thresholds(
            number("low", default.thresholds.low), number("critical", default.thresholds.critical)
        ),
        number("interval", default.interval),
        notifications,
        IconStyle(icon),
        number("warn_within", default.warn_within),
        renewal_day,
        Prices(
            **{name: number(name, price, prices) for name, price in asdict(default.prices).items()}
        ),
    )
    said = [
        tr("In the settings file, “{field}” can't be used. The default is.", field=field)
        for field in unusable
    ]
    faults = settings.faults()
    if faults.keys() & {"low", "critical"}:
        settings = replace(settings, thresholds=default.thresholds)
    if faults.keys() & asdict(default.prices).keys():
        settings = replace(settings, prices=default.prices)
    for name in faults.keys() & {"interval", "warn_within", "renewal_day"}:
        settings = replace(settings, **{name: getattr(default, name)})
    said += [
        tr("In the settings file: {fault} The default is used.", fault=fault)
        for fault in faults.values()
    ]
    return settings, said


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

"""What a panel knows about a tray icon, read over D-Bus as a panel reads it.

The item follows the StatusNotifierItem specification, its menu com.canonical.dbusmenu:
https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/
https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from jeepney import DBusAddress, DBusErrorResponse, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

CALL_TIMEOUT = 10.0  # seconds; a hanging program must fail a test, not stop it
ITEM_INTERFACE = "org.kde.StatusNotifierItem"
MENU_INTERFACE = "com.canonical.dbusmenu"


class Bus:
    """A connection to one message bus, for blocking calls."""

    def __init__(self, address: str) -> None:
        self.connection: DBusConnection = open_dbus_connection(address)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the bus."""
        self.connection.close()

    def call(
        self,
        service: str,
        path: str,
        interface: str,
        method: str,
        signature: str | None = None,
        *arguments: object,
    ) -> tuple[Any, ...]:
        """Call a method and return its results; raises DBusErrorResponse or TimeoutError."""
        address = DBusAddress(path, bus_name=service, interface=interface)
        message = new_method_call(address, method, signature, arguments)
        reply = self.connection.send_and_get_reply(message, timeout=CALL_TIMEOUT)
        results: tuple[Any, ...] = unwrap_msg(reply)
        return results

    def get(self, service: str, path: str, interface: str, name: str) -> Any:
        """Read one property, out of its variant."""
        address = DBusAddress(path, bus_name=service, interface=interface)
        message = Properties(address).get(name)
        ((_signature, value),) = unwrap_msg(
            self.connection.send_and_get_reply(message, timeout=CALL_TIMEOUT)
        )
        return value

    def has_owner(self, name: str) -> bool:
        """Whether some program owns this well-known name."""
        (owned,) = self.call(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus",
            "NameHasOwner",
            "s",
            name,
        )
        return bool(owned)


class Tooltip(NamedTuple):
    """The two parts of a tooltip."""

    title: str
    text: str


class Pixmap(NamedTuple):
    """One size of an icon; `argb` is four bytes a pixel, row by row, alpha first."""

    width: int
    height: int
    argb: bytes


@dataclass
class MenuEntry:
    """One line of a menu, with its submenu's lines."""

    id: int
    label: str
    enabled: bool
    visible: bool
    separator: bool
    checked: bool
    children: list[MenuEntry] = field(default_factory=list)

    def walk(self) -> Iterator[MenuEntry]:
        """All entries below this one, in the order they show."""
        for child in self.children:
            yield child
            yield from child.walk()

    def find(self, label: str) -> MenuEntry:
        """The first entry with exactly this label; raises LookupError, naming the labels."""
        for entry in self.walk():
            if entry.label == label:
                return entry
        raise LookupError(f"no {label!r} in the menu: {self.labels()}")

    def labels(self) -> list[str]:
        """The labels of all visible entries below this one, separators left out."""
        return [entry.label for entry in self.walk() if entry.visible and not entry.separator]


class TrayItem:
    """A tray icon as the panel sees it."""

    def __init__(self, bus: Bus, service: str, path: str) -> None:
        self._bus = bus
        self.service = service
        self.path = path

    def get(self, name: str) -> Any:
        """Read a property of the item, such as Id, Title or Status."""
        return self._bus.get(self.service, self.path, ITEM_INTERFACE, name)

    def tooltip(self) -> Tooltip:
        """The tooltip's title and text."""
        _icon_name, _icon_pixmaps, title, text = self.get("ToolTip")
        return Tooltip(title, text)

    def icon_pixmaps(self) -> list[Pixmap]:
        """The icon in every size the program offers."""
        return [Pixmap(*pixmap) for pixmap in self.get("IconPixmap")]

    def activate(self, x: int = 0, y: int = 0) -> None:
        """Click the icon, the pointer being at (x, y)."""
        self._bus.call(self.service, self.path, ITEM_INTERFACE, "Activate", "ii", x, y)

    def menu(self) -> MenuEntry:
        """The context menu, as the entry that holds its lines."""
        self._show_menu(0)
        root = self._layout()
        submenus = [entry.id for entry in root.walk() if entry.children]
        for entry_id in submenus:
            self._show_menu(entry_id)
        return self._layout() if submenus else root

    def click_menu(self, label: str) -> None:
        """Choose the first menu line with this label; raises LookupError if there is none."""
        entry = self.menu().find(label)
        if not entry.enabled:
            raise LookupError(f"the menu line {label!r} is not enabled")
        now = int(time.time()) & 0xFFFFFFFF  # noqa: TID251  (as a panel does)
        self._menu_call("Event", "isvu", entry.id, "clicked", ("s", ""), now)

    def _show_menu(self, entry_id: int) -> None:
        self._menu_call("AboutToShow", "i", entry_id)

    def _layout(self) -> MenuEntry:
        _revision, root = self._menu_call("GetLayout", "iias", 0, -1, [])
        return _menu_entry(root)

    def _menu_call(self, method: str, signature: str, *arguments: object) -> tuple[Any, ...]:
        path = self.get("Menu")
        return self._bus.call(self.service, path, MENU_INTERFACE, method, signature, *arguments)


def tray_items(bus: Bus) -> list[TrayItem]:
    """The tray icons that are registered with the panel; empty while there is no panel."""
    watcher = "org.kde.StatusNotifierWatcher"
    try:
        registered = bus.get(
            watcher, "/StatusNotifierWatcher", watcher, "RegisteredStatusNotifierItems"
        )
    except DBusErrorResponse:
        return []
    items = []
    for address in registered:
        # Panels write a service name, with or without the object's path behind it.
        service, slash, path = address.partition("/")
        items.append(TrayItem(bus, service, slash + path or "/StatusNotifierItem"))
    return items


def _menu_entry(layout: tuple[int, dict[str, tuple[str, Any]], list[Any]]) -> MenuEntry:
    entry_id, variants, children = layout
    properties = {name: value for name, (_signature, value) in variants.items()}
    return MenuEntry(
        id=entry_id,
        label=_without_mnemonic(properties.get("label", "")),
        enabled=properties.get("enabled", True),
        visible=properties.get("visible", True),
        separator=properties.get("type") == "separator",
        checked=properties.get("toggle-state") == 1,
        children=[_menu_entry(child) for _signature, child in children],
    )


def _without_mnemonic(label: str) -> str:
    """Drop the underscore that marks a mnemonic; two of them stand for one."""
    return "_".join(part.replace("_", "") for part in label.split("__"))

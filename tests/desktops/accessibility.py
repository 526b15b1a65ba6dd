"""Reads a program's accessibility tree over AT-SPI, as a screen reader does.

Interfaces: https://gitlab.gnome.org/GNOME/at-spi2-core/-/tree/main/xml
Roles are AT-SPI's names, such as "push button"; states are named by StateType below.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jeepney import DBusErrorResponse

from tests.desktops.dbus_probe import Bus

ATSPI = "org.a11y.atspi"
# The order is AT-SPI's numbering:
# https://gnome.pages.gitlab.gnome.org/at-spi2-core/libatspi/enum.StateType.html
STATES = [
    "invalid",
    "active",
    "armed",
    "busy",
    "checked",
    "collapsed",
    "defunct",
    "editable",
    "enabled",
    "expandable",
    "expanded",
    "focusable",
    "focused",
    "has-tooltip",
    "horizontal",
    "iconified",
    "modal",
    "multi-line",
    "multiselectable",
    "opaque",
    "pressed",
    "resizable",
    "selectable",
    "selected",
    "sensitive",
    "showing",
    "single-line",
    "stale",
    "transient",
    "vertical",
    "visible",
    "manages-descendants",
    "indeterminate",
    "required",
    "truncated",
    "animated",
    "invalid-entry",
    "supports-autocompletion",
    "selectable-text",
    "is-default",
    "visited",
    "checkable",
    "has-popup",
    "read-only",
]


@dataclass
class Accessible:
    """One object on the screen, as it was when it was read."""

    role: str
    name: str
    description: str
    states: frozenset[str]
    text: str  # what an entry or a label holds; "" for objects without text
    children: list[Accessible]
    bus: Bus
    service: str
    path: str

    def walk(self) -> Iterator[Accessible]:
        """This object and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def names(self) -> list[str]:
        """The names of all showing objects, in reading order, empty ones left out."""
        return [one.name for one in self.walk() if one.name and "showing" in one.states]

    @property
    def focused(self) -> list[str]:
        """The names of what has the focus; Qt says so of a table's cell and of a tab as well."""
        return [one.name for one in self.walk() if "focused" in one.states]

    def find(self, *, role: str | None = None, name: str | None = None) -> Accessible:
        """The first object with this role and this exact name; raises LookupError."""
        for one in self.walk():
            if role in (None, one.role) and name in (None, one.name):
                return one
        raise LookupError(f"no role={role!r} name={name!r} in:\n{self.outline()}")

    def outline(self) -> str:
        """The tree as indented lines, for messages."""
        line = f"{self.role} {self.name!r}" + (f" text={self.text!r}" if self.text else "")
        below = [child.outline() for child in self.children]
        return "\n".join([line, *("  " + row for part in below for row in part.splitlines())])

    def extents(self) -> tuple[int, int, int, int]:
        """x, y, width and height on the screen now, in the program's pixels."""
        ((x, y, width, height),) = self.bus.call(
            self.service, self.path, f"{ATSPI}.Component", "GetExtents", "u", 0
        )
        return x, y, width, height

    def do_action(self, index: int = 0) -> None:
        """Do what the object is for, such as pressing a button."""
        self.bus.call(self.service, self.path, f"{ATSPI}.Action", "DoAction", "i", index)


def accessibility_bus(session_bus: Bus) -> Bus:
    """Connect to the accessibility bus of a session; the caller closes it."""
    (address,) = session_bus.call("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
    return Bus(address)


def accessible_program(bus: Bus, name: str) -> Accessible | None:
    """The tree of the running program with this name, or None while there is none.

    Qt's name for a program is its QCoreApplication.applicationName.
    """
    root = (f"{ATSPI}.Registry", "/org/a11y/atspi/accessible/root")
    for service, path in _children(bus, *root):
        try:
            if bus.get(service, path, f"{ATSPI}.Accessible", "Name") == name:
                return _read(bus, service, path)
        except DBusErrorResponse:  # it ended, or changed its windows, while we read
            continue
    return None


def _read(bus: Bus, service: str, path: str) -> Accessible:
    accessible = f"{ATSPI}.Accessible"
    (interfaces,) = bus.call(service, path, accessible, "GetInterfaces")
    (role,) = bus.call(service, path, accessible, "GetRoleName")
    (state_bits,) = bus.call(service, path, accessible, "GetState")
    text = ""
    if f"{ATSPI}.Text" in interfaces:
        (text,) = bus.call(service, path, f"{ATSPI}.Text", "GetText", "ii", 0, -1)
    return Accessible(
        role=role,
        name=bus.get(service, path, accessible, "Name"),
        description=bus.get(service, path, accessible, "Description"),
        states=_states(state_bits),
        text=text,
        children=[_read(bus, *child) for child in _children(bus, service, path)],
        bus=bus,
        service=service,
        path=path,
    )


def _children(bus: Bus, service: str, path: str) -> list[tuple[str, str]]:
    (children,) = bus.call(service, path, f"{ATSPI}.Accessible", "GetChildren")
    return [tuple(child) for child in children]


def _states(bits: list[int]) -> frozenset[str]:
    """Name the states that are set in AT-SPI's two 32-bit words."""
    low, high = bits
    mask = high << 32 | low
    return frozenset(state for number, state in enumerate(STATES) if mask >> number & 1)

"""Looks for a key in all that a program leaves where somebody else can see it.

canary = Canary()                         # an obviously fake key, another in every run
with Surroundings(desktop) as around:
    ...                                   # programs on the desktop use canary.key
    around.look()                         # while they run
assert around.finds(canary) == []
"""

import base64
import secrets
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from jeepney import HeaderFields, Message

from tests.desktops.accessibility import ATSPI, accessibility_bus
from tests.desktops.dbus_probe import Bus
from tests.desktops.virtual_desktop import VirtualDesktop, processes_at_home
from tests.waiting import PATIENCE

TIMEOUT = PATIENCE

CLIPBOARDS = ("Clipboard", "Selection")
"""What copying and what selecting fills, as Qt calls it."""

READ_CLIPBOARDS = f"""
from PySide6.QtGui import QClipboard, QGuiApplication
app = QGuiApplication([])
for name in {CLIPBOARDS}:
    data = app.clipboard().mimeData(QClipboard.Mode[name])
    print(b"".join(data.data(each).data() for each in data.formats()).hex())
"""


@dataclass(frozen=True)
class Canary:
    """A fake key that can't occur by chance, and the forms in which it can be found.

    It has characters that URLs, JSON and HTML write in other ways. Around them stand letters and
    digits, which are the same in all of these; one of the two groups is enough for a find.
    """

    head: str = field(default_factory=lambda: secrets.token_hex(8))
    tail: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def key(self) -> str:
        """The key; always of the same length."""
        return f'canary-{self.head}+/=?&%"<{self.tail}'

    def forms(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of all forms of a part of the key."""
        for part in (self.head.encode(), self.tail.encode()):
            yield "plain", part
            yield "UTF-16", part.decode().encode("utf-16-le")
            yield "hex", part.hex().encode()
            for before in range(3):
                yield "base64", _base64_inside(part, before)

    def find_in(self, content: bytes) -> set[str]:
        """Name the forms in which a part of the key is there."""
        return {name for name, form in self.forms() if form in content}


def _base64_inside(part: bytes, before: int) -> bytes:
    """Encode what stands behind `before` bytes of a longer text.

    The characters at the ends are left out, as they depend on the neighbours too.
    """
    bits = 8 * before
    encoded = base64.b64encode(bytes(before) + part)
    return encoded[-(-bits // 6) : (bits + 8 * len(part)) // 6]


class Find(NamedTuple):
    """Where a key was found, and in which form."""

    place: str
    form: str


class Tap:
    """Hears all messages on a bus from construction until `close`, whomever they are for."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._last_words = secrets.token_hex()
        self._sent = bytearray()
        self._spelled: dict[object, str] = defaultdict(str)
        # A monitor may send nothing, so it needs a connection of its own.
        self._bus = Bus(address)
        _call_bus(self._bus, "Monitoring", "BecomeMonitor", "asu", [], 0)
        self._thread = threading.Thread(target=self._listen, name="tap")
        self._thread.start()

    def close(self) -> None:
        """Stop listening, when all that was sent until now has been heard."""
        with Bus(self._address) as bus:
            _call_bus(bus, "", "NameHasOwner", "s", f"last.words{self._last_words}")
        self._thread.join()
        self._bus.close()

    def finds(self, canary: Canary) -> set[str]:
        """Name the forms in which the key was sent."""
        spelled = "\n".join(self._spelled.values()).encode()
        return canary.find_in(bytes(self._sent)) | {
            f"{form}, letter by letter" for form in canary.find_in(spelled)
        }

    def _listen(self) -> None:
        while True:
            message = self._bus.connection.receive()
            self._note(message)
            if message.body and self._last_words in str(message.body[0]):
                return

    def _note(self, message: Message) -> None:
        fields, values = message.header.fields, list(_scalars(message.body))
        for each in (*fields.values(), *values):
            if isinstance(each, str | bytes):
                self._sent += each.encode() if isinstance(each, str) else each
                self._sent += b"\n"
        texts = [each for each in values if isinstance(each, str)]
        if texts and len(texts[-1]) < 4:
            # The first value of a report tells press from release, insertion from deletion.
            kind = values[0] if len(values) > 1 else None
            self._spelled[fields.get(HeaderFields.member), kind] += texts[-1]


def _call_bus(bus: Bus, part: str, method: str, signature: str, *arguments: object) -> None:
    name = "org.freedesktop.DBus"
    interface = f"{name}.{part}" if part else name
    bus.call(name, "/org/freedesktop/DBus", interface, method, signature, *arguments)


def _scalars(value: Any) -> Iterator[object]:
    """All single values in a message's body, in their order."""
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _scalars(each)
    else:
        yield value


class Surroundings:
    """All that is to be seen around the programs of a desktop, inside a `with` block.

    The messages of the session bus and of the accessibility bus are heard all the time. What is
    there only for a while is seen by `look`: files, arguments and environments of processes, and
    the clipboards. The programs are told that a screen reader is listening.
    """

    def __init__(self, desktop: VirtualDesktop) -> None:
        self._desktop = desktop
        self._seen: set[tuple[str, bytes]] = set()
        self._screen_reader = accessibility_bus(desktop.bus)
        for event in ("object:", "window:", "focus:"):
            registry = (f"{ATSPI}.Registry", "/org/a11y/atspi/registry", f"{ATSPI}.Registry")
            self._screen_reader.call(*registry, "RegisterEvent", "sass", event, [], "")
        name = "org.a11y.Bus"
        (address,) = desktop.bus.call(name, "/org/a11y/bus", name, "GetAddress")
        self._taps = {
            "session bus": Tap(desktop.bus_address),
            "accessibility bus": Tap(address),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for tap in self._taps.values():
            tap.close()
        self._screen_reader.close()
        self._see_files()

    def look(self, *, given_the_key: int = 0) -> None:
        """See what is there now.

        `given_the_key` is the id of a process to whose environment the user has given the key.
        """
        self._see_files()
        for pid in processes_at_home(self._desktop.home):
            process = Path("/proc") / str(pid)
            try:
                self.see(f"arguments of {pid}", (process / "cmdline").read_bytes())
                if pid != given_the_key:
                    self.see(f"environment of {pid}", (process / "environ").read_bytes())
            except OSError:  # it has ended
                continue
        for name, content in self.clipboards().items():
            self.see(name, content)

    def see(self, place: str, content: bytes) -> None:
        """Remember what is to be seen in one more place, such as what a command printed."""
        self._seen.add((place, content))

    def clipboards(self) -> dict[str, bytes]:
        """What can be pasted now, in all its formats."""
        read = subprocess.run(
            [sys.executable, "-c", READ_CLIPBOARDS],
            env=self._desktop.env,
            stdout=subprocess.PIPE,
            text=True,
            timeout=TIMEOUT,
            check=True,
        )
        contents = map(bytes.fromhex, read.stdout.splitlines())
        return dict(zip(CLIPBOARDS, contents, strict=True))

    def finds(self, canary: Canary) -> list[Find]:
        """All places where the key was, to be asked for at the end."""
        found = {Find(place, form) for place, seen in self._seen for form in canary.find_in(seen)}
        for place, tap in self._taps.items():
            found |= {Find(place, form) for form in tap.finds(canary)}
        return sorted(found)

    def _see_files(self) -> None:
        home = self._desktop.home
        for path in home.rglob("*"):
            place = f"file {path.relative_to(home)}"
            self.see(place, place.encode())
            if path.is_file():
                try:
                    self.see(place, path.read_bytes())
                except FileNotFoundError:  # it was there for a moment only
                    continue

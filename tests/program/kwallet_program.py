"""KDE's wallet as Debian 12 has it, which a bus starts by the wallet's own name.

    python -m tests.program.kwallet_program

It offers the Secret Service a moment after it has its own name, until the bus ends.
"""

import os
import time

from tests.desktops.dbus_probe import Bus
from tests.program.test_keychain_faults import FakeSecretService
from tray_app.sandbox import DEMO_KEY

if __name__ == "__main__":
    address = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    bus, path, name = Bus(address), "/org/freedesktop/DBus", "org.freedesktop.DBus"
    bus.call(name, path, name, "RequestName", "su", "org.kde.kwalletd5", 0)
    time.sleep(0.3)  # as it opens its files
    with FakeSecretService(address, DEMO_KEY) as service:
        service.wait()

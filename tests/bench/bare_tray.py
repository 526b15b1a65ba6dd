"""A bare tray icon: the least that a program with PySide6 can show in a panel.

    python tests/bench/bare_tray.py

The yardstick of the budgets: one application, one icon, one menu, and nothing else.
"""

import signal
import sys

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon


def main() -> int:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    picture = QPixmap(22, 22)
    picture.fill(QColor("#009E73"))
    menu = QMenu()
    menu.addAction("Quit").triggered.connect(QApplication.quit)
    icon = QSystemTrayIcon(QIcon(picture))
    icon.setToolTip("bare")
    icon.setContextMenu(menu)
    icon.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main())

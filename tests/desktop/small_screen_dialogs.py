"""Each dialog on a screen of 1024x600 pixels with text of double size: nothing is out of reach.

    python -m tests.desktop.small_screen_dialogs

No text is cut in any state, and none resizes the dialog. Tab goes through all controls, each of
which has to be seen. Ends with an AssertionError if that is not so, or if a dialog is larger than
the screen.
"""

import json
import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QWidget

from tests.desktop.widget_driver import controls, larger_text, press, shown

WIDTH, HEIGHT = 1024, 600


def main() -> None:
    """Look at every dialog."""
    from tests.desktop.test_dialog_looks import DIALOGS, cut_texts_and_sizes

    with larger_text(2):
        for name, (make, states) in DIALOGS.items():
            dialog = make()
            next(states(dialog))
            shown(dialog)
            size = dialog.size()
            assert size.width() <= WIDTH, (name, size)
            assert size.height() <= HEIGHT, (name, size)
            for _ in controls(dialog):
                press(dialog, Qt.Key.Key_Tab)
                control = dialog.focusWidget()
                assert control is not None
                assert is_in_sight(control), (name, control.accessibleName(), control)
            dialog.reject()
            cut, sizes = cut_texts_and_sizes(name)
            assert cut == set(), (name, cut)
            assert len(sizes) == 1, (name, sizes)


def is_in_sight(control: QWidget) -> bool:
    """Tell whether all of a control can be seen, and not only what is scrolled to."""
    return control.visibleRegion().boundingRect().contains(control.rect().adjusted(1, 1, -1, -1))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "screens.json"
        screen = {"name": "one", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT}
        dpi = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        file.write_text(json.dumps({"screens": [screen | dpi]}))
        os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
        QLocale.setDefault(QLocale("en_US"))
        application = QApplication([])
        main()

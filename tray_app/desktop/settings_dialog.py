"""The dialog of the user's choices."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.dialog_parts import GAP, ROW_GAP, SPACE, IconPicture, MessageLine
from tray_app.formats import Formats
from tray_app.i18n import tr
from tray_app.rules.levels import Thresholds
from tray_app.store.settings import IconStyle, Settings
from tray_app.view import IconKey, IconShape

_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (1, lambda n: tr("second", "seconds", n)),
    (60, lambda n: tr("minute", "minutes", n)),
    (3600, lambda n: tr("hour", "hours", n)),
)
"""Seconds in each unit of the interval, and its name."""

# The boxes take more than the rules allow: a wrong number is answered with a sentence, where a
# box that quietly puts another number in its place would hide the slip.
_MOST_CREDITS = 999_999_999
_LONGEST_INTERVAL = 999_999

_PREVIEW_SIZE = 32
_PREVIEW_HEALTHY = 25  # times the low threshold


class SettingsDialog(QDialog):
    """Thresholds, interval, notifications, and what the icon shows."""

    saved = Signal(object)
    """The :class:`Settings` that the user chose, without fault."""

    def __init__(
        self,
        settings: Settings,
        formats: Formats,
        *,
        complaint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """``complaint`` is a sentence on top, as that the settings can't be written."""
        super().__init__(parent)
        self.setWindowTitle(tr("Settings"))
        self._settings = settings
        self._formats = formats
        self._refused = False

        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        if complaint:
            line = MessageLine(tr("Warning"))
            line.say(IconShape.LOW, "", complaint)
            layout.addWidget(line)
        layout.addLayout(self._build_form())
        layout.addWidget(self._build_buttons())
        self._show(settings)
        self._low.setFocus()

    def _build_form(self) -> QFormLayout:
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(SPACE)
        form.setVerticalSpacing(ROW_GAP)
        self._faults: dict[str, MessageLine] = {}

        self._low = _credits_box(tr("Low at, in credits"))
        self._critical = _credits_box(tr("Critical at, in credits"))
        self._add(tr("&Low at"), self._low, QLabel(tr("credits or fewer")), field="low")
        self._add(
            tr("&Critical at"), self._critical, QLabel(tr("credits or fewer")), field="critical"
        )

        self._interval = QSpinBox()
        self._interval.setRange(0, _LONGEST_INTERVAL)
        self._interval.setGroupSeparatorShown(True)
        self._interval.setMinimumWidth(self._low.sizeHint().width())
        self._interval.setAccessibleName(tr("Check every"))
        self._unit = QComboBox()
        self._unit.setAccessibleName(tr("Unit of the interval"))
        for seconds, name in _UNITS:
            self._unit.addItem(name(2), seconds)
        self._add(tr("Check &every"), self._interval, self._unit, field="interval")

        self._notifications = QCheckBox(tr("&Notify at each level, and when credits come back"))
        self._add(tr("Notifications"), self._notifications)

        self._number = QRadioButton(tr("N&umber of credits"))
        self._symbol = QRadioButton(tr("S&ymbol"))
        self._add(tr("Tray &icon"), self._number, self._symbol)
        form.addRow("", self._build_preview())

        for changed in (
            self._low.valueChanged,
            self._critical.valueChanged,
            self._interval.valueChanged,
            self._unit.currentIndexChanged,
            self._number.toggled,
        ):
            changed.connect(self._follow)
        return form

    def _add(self, text: str, *controls: QWidget, field: str = "") -> None:
        """Add a row, and for a field of the settings the line that can find fault with it."""
        label = QLabel(text)
        label.setBuddy(controls[0])
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for control in controls:
            row.addWidget(control)
        row.addStretch()
        self._form.addRow(label, row)
        if field:
            self._faults[field] = line = MessageLine(tr("Error"))
            self._form.addRow("", line)
            self._form.setRowVisible(line, False)

    def _build_preview(self) -> QWidget:
        preview = QWidget()
        preview.setAccessibleName(tr("How the icon looks at each level"))
        row = QHBoxLayout(preview)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self._pictures = {
            shape: IconPicture(IconKey(shape), _PREVIEW_SIZE)
            for shape in (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL, IconShape.EMPTY)
        }
        for picture in self._pictures.values():
            row.addWidget(picture)
        row.addStretch()
        return preview

    def _build_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        box = QDialogButtonBox()
        save = box.addButton(tr("&Save"), role.AcceptRole)
        save.clicked.connect(self._save)
        save.setDefault(True)
        box.addButton(tr("Cancel"), role.RejectRole).clicked.connect(self.reject)
        box.addButton(tr("&Restore defaults"), role.ResetRole).clicked.connect(self._restore)
        return box

    def _show(self, settings: Settings) -> None:
        self._low.setValue(settings.thresholds.low)
        self._critical.setValue(settings.thresholds.critical)
        # The largest unit without a remainder, so that any number of seconds is shown exactly.
        unit = max(seconds for seconds, _name in _UNITS if settings.interval % seconds == 0)
        self._unit.setCurrentIndex(self._unit.findData(unit))
        self._interval.setValue(settings.interval // unit)
        self._notifications.setChecked(settings.notifications)
        self._number.setChecked(settings.icon is IconStyle.NUMBER)
        self._symbol.setChecked(settings.icon is IconStyle.SYMBOL)

    def _chosen(self) -> Settings:
        return replace(
            self._settings,
            thresholds=Thresholds(self._low.value(), self._critical.value()),
            interval=self._interval.value() * self._unit.currentData(),
            notifications=self._notifications.isChecked(),
            icon=IconStyle.NUMBER if self._number.isChecked() else IconStyle.SYMBOL,
        )

    @Slot()
    def _follow(self) -> None:
        """Keep the preview, the unit's plural and the faults true while the user chooses."""
        chosen = self._chosen()
        for index, (_seconds, name) in enumerate(_UNITS):
            self._unit.setItemText(index, name(self._interval.value()))
        low, critical = chosen.thresholds.low, chosen.thresholds.critical
        amounts = {
            IconShape.HEALTHY: low * _PREVIEW_HEALTHY,
            IconShape.LOW: low,
            IconShape.CRITICAL: critical,
            IconShape.EMPTY: 0,
        }
        for shape, picture in self._pictures.items():
            amount = amounts[shape]
            number = chosen.icon is IconStyle.NUMBER
            picture.show_key(IconKey(shape, amount if number else None))
            picture.setToolTip(
                tr(
                    "{amount} credit",
                    "{amount} credits",
                    amount,
                    amount=self._formats.number(amount),
                )
            )
        if self._refused:
            self._find_fault(chosen)

    @Slot()
    def _restore(self) -> None:
        self._show(Settings())

    @Slot()
    def _save(self) -> None:
        chosen = self._chosen()
        self._refused = True
        faulty = self._find_fault(chosen)
        if faulty is not None:
            faulty.setFocus()
            faulty.selectAll()
            return
        self.saved.emit(chosen)
        self.accept()

    def _find_fault(self, chosen: Settings) -> QSpinBox | None:
        """Say what is wrong beside each field, and return the first that is."""
        boxes = {"low": self._low, "critical": self._critical, "interval": self._interval}
        faults = chosen.faults()
        for field, line in self._faults.items():
            fault = faults.get(field, "")
            if fault != line.words:
                line.say(IconShape.EMPTY if fault else None, "", fault)
                boxes[field].setAccessibleDescription(fault)
            self._form.setRowVisible(line, bool(fault))
        return next((boxes[field] for field in boxes if field in faults), None)


def _credits_box(name: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _MOST_CREDITS)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    return box

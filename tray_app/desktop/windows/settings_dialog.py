"""The dialog of the user's choices."""

from collections.abc import Iterable
from typing import Any, cast

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)

from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    IconPicture,
    MessageLine,
    padded_column,
    paragraph,
)
from tray_app.i18n import tr
from tray_app.icon_look import IconLook, IconShape
from tray_app.rules.prices import AS_OF, SOURCE
from tray_app.store.settings import IconStyle, Settings
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.settings_words import INTERVAL_UNITS, FieldWords, field_words, range_words

# The boxes take more than the rules allow: a wrong number is answered with a sentence, where a
# box that quietly puts another number in its place would hide the slip.
_LARGEST_NUMBER = 999_999_999
_LARGEST_DOLLARS = 999_999.99

_PREVIEW_SIZE = 32
_PREVIEW_HEALTHY = 25  # times the low threshold


class _Row(QHBoxLayout):
    """The controls of one setting, side by side; ``box`` is the one that takes the focus."""

    changed = Signal()

    def __init__(self, words: FieldWords, *controls: QWidget) -> None:
        super().__init__()
        self.words = words
        self.box = controls[0]
        self.box.setAccessibleName(words.name)
        self.setSpacing(GAP)
        for control in controls:
            self.addWidget(control)
        self.addStretch()
        self.line = MessageLine(tr("Error"))
        """Below the row, what is wrong with the choice."""

    def value(self) -> Any:
        """Return what is chosen."""
        raise NotImplementedError

    def show(self, value: Any) -> None:
        """Show a choice."""
        raise NotImplementedError

    def say(self, fault: str) -> None:
        """Say what is wrong with the choice; nothing when empty."""
        if fault != self.line.words:
            self.line.say(IconShape.EMPTY if fault else None, "", fault)
            self.box.setAccessibleDescription(fault)
            form = cast("QFormLayout", self.parent())
            form.setRowVisible(self.line, bool(fault))


class _Number(_Row):
    """A number, and beside it what is counted."""

    def __init__(self, words: FieldWords) -> None:
        self._number = _number_box()
        self._number.setSpecialValueText(words.none)
        self._unit = QLabel()
        super().__init__(words, self._number, self._unit)
        self._number.valueChanged.connect(self._follow)
        self._follow()

    def value(self) -> int:
        return self._number.value()

    def show(self, value: int) -> None:
        self._number.setValue(value)

    @Slot()
    def _follow(self) -> None:
        unit = self.words.unit(self.value())
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self.changed.emit()


class _Dollars(_Row):
    """Cents, shown as dollars."""

    def __init__(self, words: FieldWords) -> None:
        self._dollars = QDoubleSpinBox()
        self._dollars.setRange(0, _LARGEST_DOLLARS)
        self._dollars.setGroupSeparatorShown(True)
        super().__init__(words, self._dollars, QLabel(words.unit(0)))
        self._dollars.valueChanged.connect(self.changed)

    def value(self) -> int:
        return round(self._dollars.value() * 100)

    def show(self, value: int) -> None:
        self._dollars.setValue(value / 100)


class _Interval(_Row):
    """Seconds, shown in the largest unit without a remainder, so that each number is exact."""

    def __init__(self, words: FieldWords) -> None:
        self._number = _number_box()
        self._unit = QComboBox()
        self._unit.setAccessibleName(tr("Unit of the interval"))
        for seconds, name in INTERVAL_UNITS.items():
            self._unit.addItem(name(2), seconds)
        super().__init__(words, self._number, self._unit)
        self._number.valueChanged.connect(self._follow)
        self._unit.currentIndexChanged.connect(self.changed)

    def value(self) -> int:
        seconds: int = self._number.value() * self._unit.currentData()
        return seconds

    def show(self, value: int) -> None:
        unit = max(seconds for seconds in INTERVAL_UNITS if value % seconds == 0)
        self._unit.setCurrentIndex(self._unit.findData(unit))
        self._number.setValue(value // unit)

    @Slot()
    def _follow(self) -> None:
        for index, name in enumerate(INTERVAL_UNITS.values()):
            self._unit.setItemText(index, name(self._number.value()))
        self.changed.emit()


class _Switch(_Row):
    """Yes or no."""

    def __init__(self, words: FieldWords) -> None:
        self._switch = QCheckBox(words.name)
        super().__init__(words, self._switch)
        self._switch.toggled.connect(self.changed)

    def value(self) -> bool:
        return self._switch.isChecked()

    def show(self, value: bool) -> None:
        self._switch.setChecked(value)


class _Options(_Row):
    """One of a few."""

    def __init__(self, words: FieldWords) -> None:
        self._buttons = {option: QRadioButton(text) for option, text in words.options.items()}
        super().__init__(words, *self._buttons.values())
        for button in self._buttons.values():
            button.toggled.connect(self.changed)

    def value(self) -> str:
        return next(option for option, button in self._buttons.items() if button.isChecked())

    def show(self, value: str) -> None:
        self._buttons[value].setChecked(True)


class _DayOfMonth(_Row):
    """A day of the month, or none. The item of a day has the day's number as its index."""

    def __init__(self, words: FieldWords) -> None:
        self._days = QComboBox()
        self._days.addItem(words.none)
        for day in range(1, 32):
            self._days.addItem(tr("Day {n} of the month", n=day))
        super().__init__(words, self._days)
        self._days.currentIndexChanged.connect(self.changed)

    def value(self) -> int | None:
        return self._days.currentIndex() or None

    def show(self, value: int | None) -> None:
        self._days.setCurrentIndex(value or 0)


_GENERAL: dict[str, type[_Row]] = {
    "low": _Number,
    "critical": _Number,
    "warn_within": _Number,
    "notifications": _Switch,
    "interval": _Interval,
    "icon": _Options,
}
_PLAN: dict[str, type[_Row]] = {
    "renewal_day": _DayOfMonth,
    "email_found": _Number,
    "email_verified": _Number,
    "phone_found": _Number,
    "linkedin": _Number,
    "cents_per_1000": _Dollars,
}
"""How each setting is chosen, from the top of a tab down."""


class SettingsDialog(QDialog):
    """What to warn of and when to look, what the icon shows, and what the plan is like."""

    saved = Signal(object)
    """The :class:`Settings` that the user chose, without fault."""

    def __init__(self, settings: Settings, formats: Formats, *, complaint: str = "") -> None:
        """``complaint`` is a sentence on top, as that the settings can't be written."""
        super().__init__()
        self.setWindowTitle(tr("Settings"))
        self._formats = formats
        self._refused = False

        layout = padded_column(self, SPACE)
        layout.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        if complaint:
            line = MessageLine(tr("Warning"))
            line.say(IconShape.LOW, "", complaint)
            layout.addWidget(line)
        words = field_words(formats)
        self._rows = {name: kind(words[name]) for name, kind in (_GENERAL | _PLAN).items()}
        self._tabs = self._build_tabs()
        layout.addWidget(self._tabs)
        layout.addWidget(self._build_buttons())
        self._show(settings)
        self._follow()
        for row in self._rows.values():
            row.changed.connect(self._follow)
        self._rows["low"].box.setFocus()

    def _build_tabs(self) -> QTabWidget:
        general, plan, tabs = QWidget(), QWidget(), QTabWidget()
        self._fill(general, _GENERAL).addRow("", self._build_preview())
        source = tr(
            "Default prices as of {day}, {year}:\n{source}",
            source=SOURCE.removeprefix("https://"),
            day=self._formats.day(AS_OF),
            year=AS_OF.year,
        )
        self._fill(plan, _PLAN).addRow(paragraph(source))
        tabs.addTab(general, tr("&General"))
        tabs.addTab(plan, tr("&Plan and prices"))
        return tabs

    def _fill(self, page: QWidget, fields: Iterable[str]) -> QFormLayout:
        """Give a tab a row for each field, and below it the line that says what is wrong."""
        form = QFormLayout(page)
        form.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        form.setHorizontalSpacing(SPACE)
        form.setVerticalSpacing(ROW_GAP)
        for name in fields:
            row = self._rows[name]
            label = QLabel(row.words.label)
            label.setBuddy(row.box)
            form.addRow(label, row)
            form.addRow("", row.line)
            form.setRowVisible(row.line, False)
        boxes = page.findChildren(QAbstractSpinBox)
        width = max(box.sizeHint().width() for box in boxes)
        for box in boxes:
            box.setMinimumWidth(width)
        return form

    def _build_preview(self) -> QWidget:
        preview = QWidget()
        preview.setAccessibleName(tr("How the icon looks at each level"))
        row = QHBoxLayout(preview)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        self._pictures = {
            shape: IconPicture(IconLook(shape), _PREVIEW_SIZE)
            for shape in (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL, IconShape.EMPTY)
        }
        for picture in self._pictures.values():
            row.addWidget(picture)
        row.addStretch()
        return preview

    def _build_buttons(self) -> QDialogButtonBox:
        role = QDialogButtonBox.ButtonRole
        # With its parent from the start, or the dialog forgets its default when a tab is changed.
        box = QDialogButtonBox(self)
        save = box.addButton(tr("&Save"), role.AcceptRole)
        save.clicked.connect(self._save)
        save.setDefault(True)
        box.addButton(tr("Cancel"), role.RejectRole).clicked.connect(self.reject)
        box.addButton(tr("&Restore defaults"), role.ResetRole).clicked.connect(self._restore)
        return box

    def _show(self, settings: Settings) -> None:
        for name, choice in settings.choices.items():
            self._rows[name].show(choice)

    def _chosen(self) -> Settings:
        return Settings.of({name: row.value() for name, row in self._rows.items()})

    @Slot()
    def _follow(self) -> None:
        """Keep the preview and the faults true while the user chooses."""
        chosen = self._chosen()
        low, critical = chosen.thresholds.low, chosen.thresholds.critical
        amounts = {
            IconShape.HEALTHY: low * _PREVIEW_HEALTHY,
            IconShape.LOW: low,
            IconShape.CRITICAL: critical,
            IconShape.EMPTY: 0,
        }
        shows_number = chosen.icon is IconStyle.NUMBER
        for shape, picture in self._pictures.items():
            amount = amounts[shape]
            picture.show_look(IconLook(shape, amount if shows_number else None))
            picture.setToolTip(credits_words(amount, self._formats))
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
        if faulty is None:
            self.saved.emit(chosen)
            self.accept()
            return
        self._tabs.setCurrentWidget(cast("QWidget", faulty.parentWidget()))
        faulty.box.setFocus()
        if isinstance(faulty.box, QAbstractSpinBox):
            faulty.box.selectAll()

    def _find_fault(self, chosen: Settings) -> _Row | None:
        """Say what is wrong below each row, and return the first that is."""
        faults = chosen.faults()
        for name, row in self._rows.items():
            row.say(range_words(name) if name in faults else "")
        return next((row for name, row in self._rows.items() if name in faults), None)


def _number_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _LARGEST_NUMBER)
    box.setGroupSeparatorShown(True)
    return box

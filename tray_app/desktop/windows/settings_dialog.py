"""The dialog of the user's choices."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from PySide6.QtCore import Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QSpinBox,
    QTabWidget,
    QWidget,
)

from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    Dialog,
    IconPicture,
    MessageLine,
    Role,
    paragraph,
)
from tray_app.i18n import tr
from tray_app.icon_look import IconLook, IconShape
from tray_app.store.settings import IconStyle, Settings
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.settings_words import FieldWords, Page, limit_words, settings_pages

# The boxes take more than the rules allow: a wrong number is answered with a sentence, where a
# box that quietly puts another number in its place would hide the slip.
_LARGEST_NUMBER = 999_999_999
_LARGEST_DOLLARS = 999_999.99

_MOST_BUTTONS = 3  # more options are a list
_PREVIEW_SIZE = 32
_PREVIEW_HEALTHY = 25  # times the low threshold


class _Row:
    """How one setting is chosen: by controls that stand side by side, above what is wrong."""

    def __init__(
        self,
        words: FieldWords,
        controls: Sequence[QWidget],
        value: Callable[[], Any],
        show: Callable[[Any], None],
        *changes: SignalInstance,
    ) -> None:
        """``value`` returns what is chosen, ``show`` shows it, and ``changes`` tell of another."""
        self.box = controls[0]
        """The control that takes the focus."""
        self.box.setAccessibleName(words.name)
        self.value = value
        self.show = show
        self.changes = changes
        self.fault = MessageLine(tr("Error"))
        self.fault.hide()

        self.line = QHBoxLayout()
        self.line.setSpacing(GAP)
        for control in controls:
            self.line.addWidget(control)
        self.line.addStretch()

    def say(self, fault: str) -> None:
        """Say what is wrong with the choice; nothing when empty."""
        if fault != self.fault.words:
            self.fault.say(IconShape.EMPTY if fault else None, "", fault)
            self.fault.setVisible(bool(fault))
            self.box.setAccessibleDescription(fault)


def _row(words: FieldWords) -> _Row:
    if len(words.units) > 1:
        return _number_with_units(words)
    if words.units:
        return _dollars(words) if 100 in words.units else _number(words)
    if words.options:
        return _buttons(words) if len(words.options) <= _MOST_BUTTONS else _list(words)
    return _switch(words)


def _number(words: FieldWords) -> _Row:
    """Offer a number, and beside it what is counted."""
    (unit,) = words.units.values()
    box, label = _number_box(), QLabel(unit(0))
    box.setSpecialValueText(words.none)
    box.valueChanged.connect(lambda number: label.setText(unit(number)))
    return _Row(words, (box, label), box.value, box.setValue, box.valueChanged)


def _number_with_units(words: FieldWords) -> _Row:
    """Offer a number in the largest unit in which it is whole, so that it is exact."""
    sizes, names = list(words.units), list(words.units.values())
    box, units = _number_box(), QComboBox()
    units.setAccessibleName(tr("Unit of the interval"))
    units.addItems([name(0) for name in names])

    def show(value: int) -> None:
        size = max(size for size in sizes if value % size == 0)
        units.setCurrentIndex(sizes.index(size))
        box.setValue(value // size)

    def follow(number: int) -> None:
        for index, name in enumerate(names):
            units.setItemText(index, name(number))

    box.valueChanged.connect(follow)
    changes = box.valueChanged, units.currentIndexChanged
    return _Row(
        words, (box, units), lambda: box.value() * sizes[units.currentIndex()], show, *changes
    )


def _dollars(words: FieldWords) -> _Row:
    """Offer cents as dollars."""
    (unit,) = words.units.values()
    box = QDoubleSpinBox()
    box.setRange(0, _LARGEST_DOLLARS)
    box.setGroupSeparatorShown(True)
    return _Row(
        words,
        (box, QLabel(unit(0))),
        lambda: round(box.value() * 100),
        lambda cents: box.setValue(cents / 100),
        box.valueChanged,
    )


def _buttons(words: FieldWords) -> _Row:
    """Offer one of a few options."""
    buttons = {option: QRadioButton(text) for option, text in words.options.items()}
    return _Row(
        words,
        list(buttons.values()),
        lambda: next(option for option, button in buttons.items() if button.isChecked()),
        lambda option: buttons[option].setChecked(True),
        *(button.toggled for button in buttons.values()),
    )


def _list(words: FieldWords) -> _Row:
    """Offer one of many options."""
    options, box = list(words.options), QComboBox()
    box.addItems(list(words.options.values()))
    return _Row(
        words,
        (box,),
        lambda: options[box.currentIndex()],
        lambda option: box.setCurrentIndex(options.index(option)),
        box.currentIndexChanged,
    )


def _switch(words: FieldWords) -> _Row:
    """Offer yes or no."""
    box = QCheckBox(words.name)
    return _Row(words, (box,), box.isChecked, box.setChecked, box.toggled)


def _number_box() -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _LARGEST_NUMBER)
    box.setGroupSeparatorShown(True)
    return box


class SettingsDialog(Dialog):
    """What to warn of and when to look, what the icon shows, and what the plan is like."""

    saved = Signal(object)
    """The :class:`Settings` that the user chose, without fault."""

    def __init__(self, settings: Settings, formats: Formats, *, complaint: str = "") -> None:
        """``complaint`` is a sentence on top, as that the settings can't be written."""
        super().__init__(tr("Settings"), SPACE)
        self._formats = formats
        self._refused = False
        self._rows: dict[str, _Row] = {}
        self._pictures = {
            shape: IconPicture(IconLook(shape), _PREVIEW_SIZE)
            for shape in (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL, IconShape.EMPTY)
        }

        if complaint:
            line = MessageLine(tr("Warning"))
            line.say(IconShape.LOW, "", complaint)
            self.column.addWidget(line)
        self._tabs = QTabWidget()
        for page in settings_pages(formats):
            self._tabs.addTab(self._build_page(page), page.title)
        self.column.addWidget(self._tabs)
        self.add_button(tr("&Save"), Role.AcceptRole, self._save).setDefault(True)
        self.add_button(tr("Cancel"), Role.RejectRole, self.reject)
        self.add_button(tr("&Restore defaults"), Role.ResetRole, self._restore)
        self.column.addWidget(self.bar)
        self._show(settings)
        self._follow()
        for row in self._rows.values():
            for change in row.changes:
                change.connect(self._follow)
        self._rows["low"].box.setFocus()

    def _build_page(self, page: Page) -> QWidget:
        """Build a tab: a row for each setting, and below the row what is wrong with the choice."""
        tab = QWidget()
        form = QFormLayout(tab)
        form.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        form.setHorizontalSpacing(SPACE)
        form.setVerticalSpacing(ROW_GAP)
        for name, words in page.fields.items():
            row = self._rows[name] = _row(words)
            label = QLabel(words.label)
            label.setBuddy(row.box)
            form.addRow(label, row.line)
            form.addRow("", row.fault)
            if name == "icon":
                form.addRow("", self._build_preview())
        if page.note:
            form.addRow(paragraph(page.note))
        boxes = tab.findChildren(QAbstractSpinBox)
        width = max((box.sizeHint().width() for box in boxes), default=0)
        for box in boxes:
            box.setMinimumWidth(width)
        return tab

    def _build_preview(self) -> QWidget:
        preview = QWidget()
        preview.setAccessibleName(tr("How the icon looks at each level"))
        row = QHBoxLayout(preview)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        for picture in self._pictures.values():
            row.addWidget(picture)
        row.addStretch()
        return preview

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
        amounts = low * _PREVIEW_HEALTHY, low, critical, 0
        shows_number = chosen.icon is IconStyle.NUMBER
        for (shape, picture), amount in zip(self._pictures.items(), amounts, strict=True):
            picture.show_look(IconLook(shape, amount if shows_number else None))
            picture.setToolTip(credits_words(amount, self._formats))
        if self._refused:
            self._say_faults(chosen)

    @Slot()
    def _restore(self) -> None:
        self._show(Settings())

    @Slot()
    def _save(self) -> None:
        chosen = self._chosen()
        self._refused = True
        faulty = self._say_faults(chosen)
        if not faulty:
            self.saved.emit(chosen)
            self.accept()
            return
        box = faulty[0].box
        self._tabs.setCurrentWidget(cast("QWidget", box.parentWidget()))
        box.setFocus()
        if isinstance(box, QAbstractSpinBox):
            box.selectAll()

    def _say_faults(self, chosen: Settings) -> list[_Row]:
        """Say below each row what is wrong with the choice, and return the rows with a fault."""
        faults, words = chosen.faults(), limit_words(self._formats)
        for name, row in self._rows.items():
            row.say(words[name] if name in faults else "")
        return [row for name, row in self._rows.items() if name in faults]

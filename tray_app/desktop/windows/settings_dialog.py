"""The dialog of the user's choices."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

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
    QVBoxLayout,
    QWidget,
)

from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    ROW_GAP,
    SPACE,
    IconPicture,
    MessageLine,
    paragraph,
)
from tray_app.i18n import tr
from tray_app.icon_look import IconKey, IconShape
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import AS_OF, SOURCE, Action, Prices
from tray_app.store.settings import IconStyle, Settings
from tray_app.words.formats import Formats

_UNITS: tuple[tuple[int, Callable[[int], str]], ...] = (
    (1, lambda n: tr("second", "seconds", n)),
    (60, lambda n: tr("minute", "minutes", n)),
    (3600, lambda n: tr("hour", "hours", n)),
)
"""Seconds in each unit of the interval, and its name."""

# The boxes take more than the rules allow: a wrong number is answered with a sentence, where a
# box that quietly puts another number in its place would hide the slip.
_MOST_CREDITS = 999_999_999
_MOST_DOLLARS = 999_999.99
_LONGEST = 999_999  # interval and warning, in their units

_PREVIEW_SIZE = 32
_PREVIEW_HEALTHY = 25  # times the low threshold


class _Page(QWidget):
    """A tab with a row for each choice."""

    def __init__(self) -> None:
        super().__init__()
        self.form = QFormLayout(self)
        self.form.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        self.form.setHorizontalSpacing(SPACE)
        self.form.setVerticalSpacing(ROW_GAP)

    def add_row(self, text: str, *controls: QWidget) -> None:
        """Add controls side by side; the label's mnemonic leads to the first."""
        label = QLabel(text)
        label.setBuddy(controls[0])
        row = QHBoxLayout()
        row.setSpacing(GAP)
        for control in controls:
            row.addWidget(control)
        row.addStretch()
        self.form.addRow(label, row)


class _Field(NamedTuple):
    """A setting that can be wrong: where it is chosen, and where that is said."""

    box: QAbstractSpinBox
    line: MessageLine
    page: _Page


class SettingsDialog(QDialog):
    """What to warn of and when to look, what the icon shows, and what the plan is like."""

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
        self._fields: dict[str, _Field] = {}
        self._tabs = QTabWidget()
        self._tabs.addTab(self._build_general(), tr("&General"))
        self._tabs.addTab(self._build_plan(), tr("&Plan and prices"))
        layout.addWidget(self._tabs)
        layout.addWidget(self._build_buttons())
        self._show(settings)
        self._follow()
        for changed in (
            self._low.valueChanged,
            self._critical.valueChanged,
            self._warning.valueChanged,
            self._interval.valueChanged,
            self._unit.currentIndexChanged,
            self._number.toggled,
            *(box.valueChanged for box, _unit in self._prices.values()),
            self._dollars.valueChanged,
        ):
            changed.connect(self._follow)
        self._low.setFocus()

    def _build_general(self) -> QWidget:
        page = _Page()
        self._low = _number_box(tr("Low at, in credits"), _MOST_CREDITS)
        self._critical = _number_box(tr("Critical at, in credits"), _MOST_CREDITS)
        self._add_field(page, "low", tr("&Low at"), self._low, QLabel(tr("credits or fewer")))
        self._add_field(
            page, "critical", tr("&Critical at"), self._critical, QLabel(tr("credits or fewer"))
        )

        self._warning = _number_box(tr("Warn at, in working days left"), _LONGEST)
        self._warning.setSpecialValueText(tr("Never"))
        self._days_left = QLabel()
        self._add_field(page, "warn_within", tr("&Warn at"), self._warning, self._days_left)

        self._notifications = QCheckBox(tr("&Notify of these, of sudden drains and of refills"))
        page.add_row(tr("Notifications"), self._notifications)

        self._interval = _number_box(tr("Check every"), _LONGEST)
        self._unit = QComboBox()
        self._unit.setAccessibleName(tr("Unit of the interval"))
        for seconds, name in _UNITS:
            self._unit.addItem(name(2), seconds)
        self._add_field(page, "interval", tr("Check &every"), self._interval, self._unit)

        self._number = QRadioButton(tr("N&umber of credits"))
        self._symbol = QRadioButton(tr("S&ymbol"))
        page.add_row(tr("Tray &icon"), self._number, self._symbol)
        page.form.addRow("", self._build_preview())
        _make_equally_wide(self._low, self._critical, self._warning, self._interval)
        return page

    def _build_plan(self) -> QWidget:
        page = _Page()
        self._renewal = QComboBox()
        self._renewal.setAccessibleName(tr("Plan renews on"))
        # The item of a day has the day's number as its index.
        self._renewal.addItem(tr("Learn it from the refills"))
        for day in range(1, 32):
            self._renewal.addItem(tr("Day {n} of the month", n=day))
        page.add_row(tr("Plan renews &on"), self._renewal)

        self._prices: dict[Action, tuple[QSpinBox, QLabel]] = {}
        for action, text, name in (
            (Action.EMAIL_FOUND, tr("E-mail &found"), tr("E-mail found, in credits")),
            (Action.EMAIL_VERIFIED, tr("E-mail &verified"), tr("E-mail verified, in credits")),
            (Action.PHONE_FOUND, tr("P&hone found"), tr("Phone found, in credits")),
            (Action.LINKEDIN, tr("Lin&kedIn enrichment"), tr("LinkedIn enrichment, in credits")),
        ):
            box, unit = _number_box(name, _MOST_CREDITS), QLabel()
            self._prices[action] = box, unit
            self._add_field(page, str(action), text, box, unit)
        self._dollars = _dollars_box(tr("1,000 credits, in US dollars"))
        text = tr("{n} cre&dits", n=self._formats.number(1000))
        self._add_field(page, "cents_per_1000", text, self._dollars, QLabel(tr("US dollars")))
        _make_equally_wide(*(box for box, _unit in self._prices.values()), self._dollars)
        source = paragraph(
            tr(
                "Default prices as of {day}, {year}:\n{source}",
                source=SOURCE.removeprefix("https://"),
                day=self._formats.day(AS_OF),
                year=AS_OF.year,
            )
        )
        page.form.addRow(source)
        return page

    def _add_field(
        self, page: _Page, name: str, text: str, box: QAbstractSpinBox, unit: QWidget
    ) -> None:
        """Add a row for a field of the settings, and the line that can find fault with it."""
        page.add_row(text, box, unit)
        line = MessageLine(tr("Error"))
        page.form.addRow("", line)
        page.form.setRowVisible(line, False)
        self._fields[name] = _Field(box, line, page)

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
        # With its parent from the start, or the dialog forgets its default when a tab is changed.
        box = QDialogButtonBox(self)
        save = box.addButton(tr("&Save"), role.AcceptRole)
        save.clicked.connect(self._save)
        save.setDefault(True)
        box.addButton(tr("Cancel"), role.RejectRole).clicked.connect(self.reject)
        box.addButton(tr("&Restore defaults"), role.ResetRole).clicked.connect(self._restore)
        return box

    def _show(self, settings: Settings) -> None:
        self._low.setValue(settings.thresholds.low)
        self._critical.setValue(settings.thresholds.critical)
        self._warning.setValue(settings.warn_within)
        # The largest unit without a remainder, so that any number of seconds is shown exactly.
        unit = max(seconds for seconds, _name in _UNITS if settings.interval % seconds == 0)
        self._unit.setCurrentIndex(self._unit.findData(unit))
        self._interval.setValue(settings.interval // unit)
        self._notifications.setChecked(settings.notifications)
        self._number.setChecked(settings.icon is IconStyle.NUMBER)
        self._symbol.setChecked(settings.icon is IconStyle.SYMBOL)
        self._renewal.setCurrentIndex(settings.renewal_day or 0)
        for action, (box, _unit) in self._prices.items():
            box.setValue(settings.prices.of(action))
        self._dollars.setValue(settings.prices.cents_per_1000 / 100)

    def _chosen(self) -> Settings:
        credits = {str(action): box.value() for action, (box, _unit) in self._prices.items()}
        return replace(
            self._settings,
            thresholds=Thresholds(self._low.value(), self._critical.value()),
            interval=self._interval.value() * self._unit.currentData(),
            notifications=self._notifications.isChecked(),
            icon=IconStyle.NUMBER if self._number.isChecked() else IconStyle.SYMBOL,
            warn_within=self._warning.value(),
            renewal_day=self._renewal.currentIndex() or None,
            prices=Prices(**credits, cents_per_1000=round(self._dollars.value() * 100)),
        )

    @Slot()
    def _follow(self) -> None:
        """Keep the preview, the units' plurals and the faults true while the user chooses."""
        chosen = self._chosen()
        for index, (_seconds, name) in enumerate(_UNITS):
            self._unit.setItemText(index, name(self._interval.value()))
        days = chosen.warn_within
        self._days_left.setText(tr("working day left", "working days left or fewer", days))
        self._days_left.setVisible(days > 0)
        for box, unit in self._prices.values():
            unit.setText(tr("credit", "credits", box.value()))
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
            self._tabs.setCurrentWidget(faulty.page)
            faulty.box.setFocus()
            faulty.box.selectAll()
            return
        self.saved.emit(chosen)
        self.accept()

    def _find_fault(self, chosen: Settings) -> _Field | None:
        """Say what is wrong beside each field, and return the first that is."""
        faults = chosen.faults()
        for name, (box, line, page) in self._fields.items():
            fault = faults.get(name, "")
            if fault != line.words:
                line.say(IconShape.EMPTY if fault else None, "", fault)
                box.setAccessibleDescription(fault)
            page.form.setRowVisible(line, bool(fault))
        return next((field for name, field in self._fields.items() if name in faults), None)


def _number_box(name: str, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, most)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    return box


def _dollars_box(name: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(0, _MOST_DOLLARS)
    box.setGroupSeparatorShown(True)
    box.setAccessibleName(name)
    return box


def _make_equally_wide(*boxes: QWidget) -> None:
    width = max(box.sizeHint().width() for box in boxes)
    for box in boxes:
        box.setMinimumWidth(width)

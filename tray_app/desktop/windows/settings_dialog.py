"""The dialog of the user's choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from PySide6.QtCore import Signal, SignalInstance, Slot
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStackedWidget,
    QWidget,
)

from tray_app.desktop.widgets.controls import (
    SECONDARY,
    ListBox,
    Switch,
    TeamBox,
    in_text,
    label,
    pad,
    segments,
)
from tray_app.desktop.widgets.dialog_parts import (
    GAP,
    AnswerCard,
    Dialog,
    Group,
    IconPicture,
    Role,
    Row,
    column,
    line,
)
from tray_app.desktop.widgets.style import set_state
from tray_app.desktop.windows.teams_page import TeamsPage
from tray_app.i18n import tr
from tray_app.icon_look import IconLook, IconShape
from tray_app.report.team_views import ListedTeam
from tray_app.store.settings import OWN_FIELDS, ChosenTeams, IconStyle, Settings
from tray_app.words.amounts import credits_words
from tray_app.words.formats import Formats
from tray_app.words.settings_words import (
    FieldGroup,
    FieldWords,
    Page,
    limit_words,
    settings_pages,
)

# The boxes take more than the rules allow: a wrong number is answered with a sentence, where a
# box that quietly puts another number in its place would hide the slip.
_LARGEST_NUMBER = 999_999_999
_LARGEST_DOLLARS = 999_999.99

_NUMBER_WIDTH = 96  # pixels of text of the usual size
_WIDTH = 460
_PREVIEW_SIZE = 24
_PREVIEW_HEALTHY = 25  # times the low threshold

NumberBox = TypeVar("NumberBox", QSpinBox, QDoubleSpinBox)


class _DollarsBox(QDoubleSpinBox):
    """A price, whose "." and "," are both the decimal mark.

    Thousands are not set apart: what one country puts before cents, another puts between
    thousands, so that a price typed by the wrong habit would be taken for one 10 or 100 times as
    high.
    """

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Turn each "." and "," into the locale's decimal mark, of which there may be one."""
        mark = self.locale().decimalPoint()
        return super().validate(text.replace(",", mark).replace(".", mark), position)


class _Choice:
    """How one setting is chosen: by controls that stand side by side."""

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
        self.row = Row(words.title, words.explanation, *controls)
        self.unit = next((each for each in controls if isinstance(each, QLabel)), None)
        """What is counted, beside the control."""
        self.value = value
        self.show = show
        self.changes = changes
        self.group: Group
        """That it is in, where it is said what is wrong."""
        self.page: QWidget
        self._explanation = words.explanation

    def mark(self, fault: str) -> None:
        """Mark the control as wrong, and say why to a screen reader; as right when empty."""
        set_state(self.box, "faulty", bool(fault))
        self.box.setAccessibleDescription(fault or self._explanation)


def _choice(words: FieldWords) -> _Choice:
    if len(words.units) > 1:
        return _number_with_units(words)
    if words.units:
        return _dollars(words) if 100 in words.units else _number(words)
    return _list(words) if words.options else _switch(words)


def _number(words: FieldWords) -> _Choice:
    """Offer a number, and beside it what is counted."""
    (unit,) = words.units.values()
    box, counted = _number_box(QSpinBox()), _unit_label(unit)
    box.setSpecialValueText(words.none)
    box.valueChanged.connect(lambda number: counted.setText(unit(number)))
    return _Choice(words, (box, counted), box.value, box.setValue, box.valueChanged)


def _number_with_units(words: FieldWords) -> _Choice:
    """Offer a number in the largest unit in which it is whole, so that it is exact."""
    sizes, names = list(words.units), list(words.units.values())
    box, units = _number_box(QSpinBox()), ListBox()
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
    return _Choice(
        words, (box, units), lambda: box.value() * sizes[units.currentIndex()], show, *changes
    )


def _dollars(words: FieldWords) -> _Choice:
    """Offer cents as dollars."""
    (unit,) = words.units.values()
    box = _number_box(_DollarsBox())
    return _Choice(
        words,
        (box, _unit_label(unit)),
        lambda: round(box.value() * 100),
        lambda cents: box.setValue(cents / 100),
        box.valueChanged,
    )


def _list(words: FieldWords) -> _Choice:
    """Offer one of a few options."""
    options, box = list(words.options), ListBox()
    box.addItems(list(words.options.values()))
    return _Choice(
        words,
        (box,),
        lambda: options[box.currentIndex()],
        lambda option: box.setCurrentIndex(options.index(option)),
        box.currentIndexChanged,
    )


def _switch(words: FieldWords) -> _Choice:
    """Offer yes or no."""
    box = Switch()
    return _Choice(words, (box,), box.isChecked, box.setChecked, box.toggled)


def _number_box(box: NumberBox) -> NumberBox:
    if isinstance(box, QDoubleSpinBox):
        box.setRange(0, _LARGEST_DOLLARS)
    else:
        box.setRange(0, _LARGEST_NUMBER)
        box.setGroupSeparatorShown(True)
    box.setFixedWidth(in_text(_NUMBER_WIDTH))
    pad(box)
    return box


def _unit_label(unit: Callable[[int], str]) -> QLabel:
    """Return a label with room for one and for many, so that nothing moves beside it."""
    result = label(unit(1), "muted")
    width = result.sizeHint().width()
    result.setText(unit(0))
    result.setMinimumWidth(max(width, result.sizeHint().width()))
    return result


def _name(control: QWidget) -> str:
    """Return what a screen reader calls a control: by its name, or a button by its text."""
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text


def _field(control: QWidget) -> QLineEdit | None:
    """Return what is typed into, if a control has such a field."""
    if isinstance(control, QAbstractSpinBox):
        return control.lineEdit()
    return control if isinstance(control, QLineEdit) else None


class SettingsDialog(Dialog):
    """What to warn of and when to look, what the icon shows, and what the plan is like."""

    saved = Signal(object, object)
    """The :class:`Settings` that the user chose for all teams, without fault, and the names of
    those choices that differ from what was shown first."""
    teams_saved = Signal(object, object)
    """The :class:`ChosenTeams`, and those that were shown first, where they differ."""
    add_requested = Signal()
    remove_requested = Signal(str)
    """The account of a team."""
    start_at_login_chosen = Signal(bool)
    """Another choice than the one that was shown."""

    def __init__(
        self,
        settings: Settings,
        formats: Formats,
        teams: Sequence[ListedTeam] = (),
        on_icon: str = "",
        *,
        complaint: str = "",
    ) -> None:
        """``complaint`` is a sentence on top, for example that the settings can't be saved.

        ``on_icon`` is the account of the team that the icon shows, or empty.
        """
        pages = settings_pages(formats)
        tabs = segments([*(page.title for page in pages), tr("Tea&ms")])
        super().__init__(tr("Settings"), tr("Settings"), "", tabs, width=_WIDTH)
        tabs.setAccessibleName(tr("Page of the settings"))
        self._tabs = tabs
        self._formats = formats
        self._limits = limit_words(formats)
        self._refused = False
        self._starts_at_login = False
        self._choices: dict[str, _Choice] = {}
        self._pictures = {
            shape: IconPicture(IconLook(shape), _PREVIEW_SIZE)
            for shape in (IconShape.HEALTHY, IconShape.LOW, IconShape.CRITICAL, IconShape.EMPTY)
        }

        self._teams = {team.entry.account: team for team in teams}
        self._settings_before = settings
        self._common = settings.choices
        """What is chosen for all teams."""
        self._own = {account: dict(team.entry.own) for account, team in self._teams.items()}
        """What is chosen for each team alone."""
        self._merge_only_team()
        self._account = ""
        """The team whose choices are shown; empty: those for all teams."""
        if complaint:
            card = AnswerCard(tr("Warning"))
            card.say(IconShape.LOW, complaint)
            self.column.addWidget(card)
            self.column.addSpacing(GAP)
        self._login = Switch()
        self._login.setAccessibleName(tr("Start when I log in"))
        self._login.setDisabled(True)  # until it is known
        self._pages = QStackedWidget()
        for page in pages:
            self._pages.addWidget(self._build_page(page))
        self._teams_page = TeamsPage(teams, on_icon)
        self._teams_page.add_requested.connect(self.add_requested)
        self._teams_page.remove_requested.connect(self.remove_requested)
        self._pages.addWidget(self._teams_page)
        self._tabs.currentChanged.connect(self._turn_page)
        self._scope = self._build_scope()
        self.column.addWidget(self._pages)
        self.add_button(tr("&Save"), Role.AcceptRole, self._save, "primary").setDefault(True)
        self.add_button(tr("Cancel"), Role.RejectRole, self.reject)
        self.add_button(tr("&Restore defaults"), Role.ResetRole, self._restore, "link")
        self._show(self._common)
        self._turn_page(0)
        self._follow()
        for choice in self._choices.values():
            for change in choice.changes:
                change.connect(self._follow)
        self._choices["low"].box.setFocus()

    def shows_other_teams(self, teams: Sequence[ListedTeam]) -> bool:
        """Tell whether a team was added or removed since the dialog was opened."""
        return {team.entry.account for team in teams} != self._teams.keys()

    def _merge_only_team(self) -> None:
        """Make the only team's own choices the common ones: there is nothing to differ from."""
        if len(self._own) == 1:
            ((account, own),) = self._own.items()
            self._common, self._own[account] = {**self._common, **own}, {}

    def take_over(self, other: "SettingsDialog") -> None:
        """Go on where another dialog was left, with what was chosen in it and not saved.

        Page, team and the focused field are the same, so that who is typing goes on typing there.
        What was for a team that is gone goes with it.
        """
        other._keep()
        self._common |= {name: other._common[name] for name in other._changed_names()}
        for account, own in other._own.items():
            if account in self._own and own != other._teams[account].entry.own:
                self._own[account] = own
        self._merge_only_team()
        self._teams_page.take_over(other._teams_page)
        self._show(self._common)
        self._starts_at_login = other._starts_at_login
        self._login.setChecked(other._login.isChecked())
        self._login.setEnabled(other._login.isEnabled())
        if len(self._teams) > 1:
            self._scope.setCurrentIndex(max(self._scope.findData(other._account), 0))
        self._tabs.setCurrentIndex(other._tabs.currentIndex())
        self._tabs.setFocus()  # where nothing can be typed, if the other's field is gone
        focused = other.focusWidget()
        if focused is not None and (not other._account or other._account in self._teams):
            self._take_over_focus(focused)

    def _take_over_focus(self, other: QWidget) -> None:
        """Give the focus to what corresponds to another dialog's control, text cursor and all."""
        alike = [each for each in self.findChildren(type(other)) if _name(each) == _name(other)]
        if not alike:
            return
        alike[0].setFocus()
        field, others = _field(alike[0]), _field(other)
        if field is not None and others is not None:
            if not others.hasAcceptableInput():
                field.setText(others.text())  # half a number is no choice yet
            behind = len(others.text()) - others.cursorPosition()
            field.setCursorPosition(len(field.text()) - behind)
            if others.selectedText() == others.text():
                field.selectAll()

    def _build_scope(self) -> TeamBox:
        """Let the user choose, where there are several teams, for which of them choices are."""
        names = [(team.name, account) for account, team in self._teams.items()]
        scope = TeamBox(tr("All teams"), names, tr("These choices are for"))
        if len(self._teams) > 1:
            name = label(tr("These choices are for"), "muted", SECONDARY)
            self.column.addLayout(line(GAP, name, scope, None))
            self.column.addSpacing(GAP)
        scope.currentIndexChanged.connect(self._change_scope)
        return scope

    @Slot(int)
    def _turn_page(self, index: int) -> None:
        self._pages.setCurrentIndex(index)
        page = self._pages.widget(index)
        can_differ = any(self._choices[name].page is page for name in OWN_FIELDS)
        self._scope.setEnabled(can_differ)

    @Slot()
    def _change_scope(self) -> None:
        """Show what is chosen for another team, and keep what was chosen for the last one."""
        self._keep()
        self._account = self._scope.currentData()
        self._show({**self._common, **self._own.get(self._account, {})})
        for name, choice in self._choices.items():
            choice.row.setEnabled(not self._account or name in OWN_FIELDS)
        self._follow()

    def _keep(self) -> None:
        """Keep what is chosen for the team that is shown, as far as it differs from the others."""
        chosen = {name: choice.value() for name, choice in self._choices.items()}
        if self._account:
            self._own[self._account] = {
                name: chosen[name] for name in OWN_FIELDS if chosen[name] != self._common[name]
            }
        else:
            self._common = chosen

    def show_start_at_login(self, is_on: bool) -> None:
        """Show whether the program starts at login, and let the user choose.

        What the user has chosen already stays.
        """
        if self._login.isChecked() is self._starts_at_login:
            self._login.setChecked(is_on)
        self._starts_at_login = is_on
        self._login.setEnabled(True)

    def _build_page(self, page: Page) -> QWidget:
        content = column(GAP, *(self._build_group(group) for group in page.groups))
        if page.note:
            content.addWidget(label(page.note, "muted", SECONDARY))
        content.addStretch()
        result = QWidget()
        result.setLayout(content)
        for group in page.groups:
            for name in group.fields:
                self._choices[name].page = result
        return result

    def _build_group(self, words: FieldGroup) -> Group:
        """Build the rows of a group, whose fields stand below each other."""
        choices = {name: _choice(each) for name, each in words.fields.items()}
        rows: list[QWidget] = [choice.row for choice in choices.values()]
        units = [choice.unit for choice in choices.values() if choice.unit is not None]
        for unit in units:
            unit.setMinimumWidth(max(each.minimumWidth() for each in units))
        if "icon" in choices:
            rows.append(self._build_preview())
        if "interval" in choices:
            rows.append(Row(tr("Start when &I log in"), "", self._login))
        limits = [self._limits[name] for name in choices if name in self._limits]
        group = Group(words.title, rows, limits)
        for choice in choices.values():
            choice.group = group
        self._choices |= choices
        return group

    def _build_preview(self) -> Row:
        preview = QWidget()
        preview.setAccessibleName(tr("How the icon looks at each level"))
        preview.setLayout(line(GAP, *self._pictures.values()))
        return Row(tr("Preview"), tr("Healthy, low, critical and empty"), preview)

    def _show(self, choices: Mapping[str, Any]) -> None:
        for name, value in choices.items():
            self._choices[name].show(value)

    def _chosen(self) -> Settings:
        return Settings.of({name: choice.value() for name, choice in self._choices.items()})

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
        self._show(self._common if self._account else Settings().choices)

    @Slot()
    def _save(self) -> None:
        self._keep()
        self._refused = True
        for account in (self._account, "", *self._own):
            chosen = Settings.of({**self._common, **self._own.get(account, {})})
            if chosen.faults():
                self._scope.setCurrentIndex(self._scope.findData(account))
                break
        faulty = self._say_faults(self._chosen())
        if not faulty:
            self.saved.emit(Settings.of(self._common), self._changed_names())
            teams = self._chosen_teams()
            if teams != self._teams_page.before:
                self.teams_saved.emit(teams, self._teams_page.before)
            if self._login.isChecked() is not self._starts_at_login:
                self.start_at_login_chosen.emit(self._login.isChecked())
            self.accept()
            return
        first = faulty[0]
        self._tabs.setCurrentIndex(self._pages.indexOf(first.page))
        self.reveal(first.group)
        first.box.setFocus()
        if isinstance(first.box, QAbstractSpinBox):
            first.box.selectAll()

    def _changed_names(self) -> list[str]:
        """Name what was chosen for all teams and differs from what was shown first."""
        return Settings.of(self._common).differences(self._settings_before)

    def _chosen_teams(self) -> ChosenTeams:
        chosen = self._teams_page.chosen()
        teams = (replace(team, own=self._own[team.account]) for team in chosen.teams)
        return ChosenTeams(tuple(teams), chosen.on_icon)

    def _say_faults(self, chosen: Settings) -> list[_Choice]:
        """Mark each choice that can't be used, and return them; a group says its first fault."""
        faults = chosen.faults()
        said: dict[Group, str] = {}
        for name, choice in self._choices.items():
            fault = self._limits[name] if name in faults else ""
            choice.mark(fault)
            said[choice.group] = said.get(choice.group) or fault
        for group, fault in said.items():
            group.say(fault)
        return [choice for name, choice in self._choices.items() if name in faults]

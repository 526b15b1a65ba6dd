"""The dialogs, used by real widgets and real keys."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QLocale, QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QDesktopServices,
    QInputMethodEvent,
)
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from tests.desktop.widget_driver import (
    FORMATS,
    buttons,
    controls,
    emitted,
    key_field,
    mnemonics,
    name_of,
    paste,
    press,
    press_alt,
    reached_by_tab,
    shown,
    wait_with_events,
    words,
)
from tests.examples import ACME, OTHER_SETTINGS
from tray_app import __version__
from tray_app.desktop.windows.about_dialog import AboutDialog
from tray_app.desktop.windows.key_dialog import KeyDialog
from tray_app.desktop.windows.settings_dialog import SettingsDialog
from tray_app.desktop.windows.welcome_dialog import WelcomeDialog
from tray_app.errors import Kind, Problem
from tray_app.lemlist.address import KEYS_PAGE
from tray_app.lemlist.balance import Balance
from tray_app.rules.levels import LARGEST_THRESHOLD, Thresholds
from tray_app.rules.prices import LARGEST_CENTS, LARGEST_PRICE, Prices
from tray_app.rules.schedule import LONGEST_INTERVAL, SHORTEST_INTERVAL
from tray_app.store.settings import LONGEST_WARNING, Settings
from tray_app.team.api import Checked
from tray_app.words.problem_words import problem_words

pytestmark = pytest.mark.usefixtures("qapp", "american_numbers")

KEY = "fake-key-0123456789"


class Told:
    """What a key dialog asked for."""

    def __init__(self, dialog: KeyDialog) -> None:
        self.check = QSignalSpy(dialog.check_requested)
        self.accepted = QSignalSpy(dialog.key_accepted)

    def checks(self) -> list[object]:
        return emitted(self.check)

    def keys(self) -> list[tuple[object, ...]]:
        return [tuple(self.accepted.at(i)) for i in range(self.accepted.count())]


class Browser(QObject):
    """Gets the pages that the desktop's browser would get."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    @Slot(QUrl)
    def open(self, page: QUrl) -> None:
        self.pages.append(page.toString())


@pytest.fixture
def browser() -> Iterator[Browser]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "open")  # type: ignore[arg-type]  # as PySide takes it
    yield browser
    QDesktopServices.unsetUrlHandler("https")


@pytest.fixture
def dialog() -> Iterator[KeyDialog]:
    """The dialog behind *Change key…*."""
    dialog = shown(KeyDialog(FORMATS, first_run=False))
    yield dialog
    dialog.reject()


@pytest.fixture
def welcome() -> Iterator[WelcomeDialog]:
    """The dialog of the first run."""
    dialog = shown(WelcomeDialog())
    yield dialog
    dialog.reject()


def enter(dialog: KeyDialog, key: str = KEY) -> None:
    """Paste a key."""
    paste(key_field(dialog), key)


def enter_and_save(dialog: KeyDialog, key: str = KEY) -> None:
    """Enter a key that works, and have it saved."""
    enter(dialog, key)
    dialog.check_succeeded(ACME, None)
    press(dialog, Qt.Key.Key_Return)


def type_over(dialog: KeyDialog, text: str) -> None:
    """Type a key by hand, in the place of what is selected."""
    QTest.keyClicks(key_field(dialog), text)


# The first run


def test_the_first_run_leads_to_the_key_with_enter_alone(welcome: WelcomeDialog) -> None:
    connects = QSignalSpy(welcome.connect_requested)
    for name in ("Healthy", "Low", "Critical", "Empty"):
        assert name in words(welcome).splitlines()
    press(welcome, Qt.Key.Key_Return)
    assert connects.count() == 1
    assert not welcome.isVisible()


@pytest.mark.parametrize("wanted", [True, False])
def test_who_connects_chooses_whether_the_program_starts_at_login(
    welcome: WelcomeDialog, wanted: bool
) -> None:
    chosen = QSignalSpy(welcome.start_at_login_chosen)
    if not wanted:
        press_alt(welcome, Qt.Key.Key_S)
        wait_with_events(
            lambda: not welcome.findChildren(QCheckBox)[0].isChecked(), "the switch is off"
        )
    buttons(welcome)["Connect lemlist"].click()
    assert emitted(chosen) == [wanted]


def test_the_demo_is_a_choice_and_closes_the_dialog(welcome: WelcomeDialog) -> None:
    demos = QSignalSpy(welcome.demo_requested)
    others = QSignalSpy(welcome.connect_requested), QSignalSpy(welcome.start_at_login_chosen)
    press(welcome, Qt.Key.Key_Tab)
    press(welcome, Qt.Key.Key_Return)
    assert demos.count() == 1
    assert not welcome.isVisible()
    assert [spy.count() for spy in others] == [0, 0]


def test_who_looks_later_has_chosen_nothing(welcome: WelcomeDialog) -> None:
    spies = [
        QSignalSpy(signal)
        for signal in (
            welcome.demo_requested,
            welcome.connect_requested,
            welcome.start_at_login_chosen,
        )
    ]
    buttons(welcome)["Not now"].click()
    assert not welcome.isVisible()
    assert [spy.count() for spy in spies] == [0, 0, 0]


# The key


def test_a_pasted_key_is_checked_and_enter_saves_it(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    assert told.checks() == [KEY]
    assert "Checking…" in words(dialog)
    assert told.keys() == []

    dialog.check_succeeded(ACME, None)
    assert "Acme Growth · 12,430 credits" in words(dialog)
    assert told.keys() == []

    press(dialog, Qt.Key.Key_Return)
    assert told.keys() == [(KEY, True)]
    assert "keyring" in words(dialog)
    assert dialog.isVisible()
    dialog.saved()
    assert not dialog.isVisible()
    assert told.checks() == [KEY]


@pytest.mark.parametrize("way", ["menu", "input method"])
def test_a_key_that_comes_in_one_piece_is_checked(dialog: KeyDialog, way: str) -> None:
    told, field = Told(dialog), key_field(dialog)
    if way == "menu":
        QApplication.clipboard().setText(KEY)
        reason = QContextMenuEvent.Reason.Mouse
        field.contextMenuEvent(QContextMenuEvent(reason, QPoint(1, 1), QPoint(1, 1)))
        (menu,) = field.findChildren(QMenu)
        menu.actions()[0].trigger()
    else:
        event = QInputMethodEvent()
        event.setCommitString(KEY)
        QApplication.sendEvent(field, event)
    assert told.checks() == [KEY]


def test_a_typed_key_is_checked_and_saved_by_one_enter(dialog: KeyDialog) -> None:
    told = Told(dialog)
    type_over(dialog, KEY)
    assert told.checks() == []
    press(dialog, Qt.Key.Key_Return)
    assert told.checks() == [KEY]
    assert told.keys() == []
    dialog.check_succeeded(ACME, None)
    assert told.keys() == [(KEY, True)]
    assert "Acme" not in words(dialog)
    dialog.saved()
    assert not dialog.isVisible()


def test_enter_that_comes_before_the_answer_saves_a_key_that_works(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    press(dialog, Qt.Key.Key_Return)
    assert told.keys() == []
    dialog.check_succeeded(ACME, None)
    assert told.keys() == [(KEY, True)]


def test_a_save_that_was_asked_for_too_early_is_not_kept_for_another_key(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    press(dialog, Qt.Key.Key_Return)
    dialog.check_failed(Problem(Kind.UNAUTHORIZED))
    enter(dialog, "another")
    dialog.check_succeeded(ACME, None)
    assert told.keys() == []


def test_nothing_but_the_key_is_asked_for(dialog: KeyDialog) -> None:
    assert set(buttons(dialog)) == {"Create one in lemlist", "Save", "Cancel"}


def test_the_page_of_the_keys_is_opened(dialog: KeyDialog, browser: Browser) -> None:
    told = Told(dialog)
    press_alt(dialog, Qt.Key.Key_L)
    wait_with_events(lambda: browser.pages, "a page")
    assert browser.pages == [KEYS_PAGE]
    assert told.check.count() == 0


@pytest.mark.parametrize("text", [f"  {KEY} ", f"\t{KEY}\n", f"\n{KEY}\r\n"])
def test_space_around_a_key_is_trimmed(dialog: KeyDialog, text: str) -> None:
    told = Told(dialog)
    enter_and_save(dialog, text)
    assert told.checks() == [KEY]
    assert told.keys() == [(KEY, True)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The key is empty."),
        ("   \n", "The key is empty."),
        ("clé", "The key has characters that no API key has."),
        ("one\ntwo", "The key has characters that no API key has."),
        ("one\x07two", "The key has characters that no API key has."),
        ("k" * 1001, "The key is too long."),
        ("k" * 100_000, "The key is too long."),
    ],
)
def test_unusable_text_is_refused_in_words(dialog: KeyDialog, text: str, reason: str) -> None:
    told = Told(dialog)
    enter(dialog, text)
    if not text:
        press(dialog, Qt.Key.Key_Return)
    assert problem_words(Kind.BAD_KEY).title in words(dialog)
    assert reason in words(dialog)
    assert dialog.focusWidget() is key_field(dialog)
    press(dialog, Qt.Key.Key_Return)
    assert told.check.count() == 0
    assert told.accepted.count() == 0


@pytest.mark.parametrize("first_run", [False, True])
@pytest.mark.parametrize(
    "kind", [Kind.BAD_REQUEST, Kind.UNAUTHORIZED, Kind.FORBIDDEN, Kind.NO_USER, Kind.OFFLINE]
)
def test_a_refused_key_is_explained_and_another_one_taken(kind: Kind, first_run: bool) -> None:
    dialog = shown(KeyDialog(FORMATS, first_run=first_run))
    told = Told(dialog)
    enter(dialog)
    problem = Problem(kind)
    dialog.check_failed(problem)
    assert problem_words(problem.kind).title in words(dialog)
    assert problem_words(problem, is_retried=False).message in words(dialog)
    assert ("The old key stays in use." in words(dialog)) is not first_run
    assert dialog.focusWidget() is key_field(dialog)
    assert key_field(dialog).selectionLength() == len(KEY)
    assert problem_words(problem.kind).title in key_field(dialog).accessibleDescription()

    type_over(dialog, "another")
    assert problem_words(problem.kind).title not in words(dialog)
    assert key_field(dialog).accessibleDescription() == ""
    press(dialog, Qt.Key.Key_Return)
    assert told.checks() == [KEY, "another"]
    assert told.keys() == []
    dialog.reject()


def test_without_a_keychain_it_is_said_before_the_key_is_accepted(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    problem = Problem(Kind.KEYCHAIN_UNAVAILABLE)
    dialog.check_succeeded(ACME, problem)
    assert "Acme Growth · 12,430 credits" in words(dialog)
    assert problem_words(problem.kind).title in words(dialog)
    assert "until you quit" in words(dialog)
    assert "Save" not in buttons(dialog)
    assert "Use until I quit" in buttons(dialog)
    assert told.keys() == []
    press(dialog, Qt.Key.Key_Return)
    assert told.keys() == [(KEY, False)]
    assert not dialog.isVisible()


def test_a_key_that_could_not_be_stored_can_be_saved_again(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter_and_save(dialog)
    problem = Problem(Kind.KEYCHAIN_LOCKED)
    dialog.save_failed(problem)
    assert problem_words(problem.kind).title in words(dialog)
    assert "not saved" in words(dialog)
    press(dialog, Qt.Key.Key_Return)
    dialog.saved()
    assert told.keys() == [(KEY, True), (KEY, True)]
    assert not dialog.isVisible()


def test_a_key_that_could_not_be_stored_can_be_used_until_the_end(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter_and_save(dialog)
    assert "Use until I quit" not in buttons(dialog)
    dialog.save_failed(Problem(Kind.KEYCHAIN_UNAVAILABLE))
    buttons(dialog)["Use until I quit"].click()
    assert told.keys() == [(KEY, True), (KEY, False)]
    assert not dialog.isVisible()


def test_enter_while_a_check_runs_asks_nothing_else(dialog: KeyDialog, browser: Browser) -> None:
    told = Told(dialog)
    enter(dialog)
    assert key_field(dialog).isReadOnly()
    for _ in range(3):
        press(dialog, Qt.Key.Key_Return)
    assert told.checks() == [KEY]
    assert browser.pages == []
    assert told.keys() == []
    assert dialog.isVisible()
    assert buttons(dialog)["Cancel"].isEnabled()
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_an_edit_after_the_check_asks_for_another(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    dialog.check_succeeded(ACME, None)
    type_over(dialog, "x")
    assert "Acme" not in words(dialog)
    press(dialog, Qt.Key.Key_Return)
    assert told.keys() == []
    assert told.checks() == [KEY, f"{KEY}x"]


def test_an_answer_that_comes_after_an_edit_is_ignored(dialog: KeyDialog) -> None:
    enter(dialog)
    key_field(dialog).setText("something else")
    dialog.check_succeeded(ACME, None)
    assert "Acme" not in words(dialog)
    dialog.check_failed(Problem(Kind.UNAUTHORIZED))
    assert problem_words(Kind.UNAUTHORIZED).title not in words(dialog)


def test_answers_that_come_after_the_end_are_ignored(dialog: KeyDialog) -> None:
    told = Told(dialog)
    enter(dialog)
    press(dialog, Qt.Key.Key_Escape)
    dialog.check_succeeded(ACME, None)
    dialog.check_failed(Problem(Kind.OFFLINE))
    dialog.save_failed(Problem(Kind.KEYCHAIN_LOCKED))
    dialog.saved()
    assert told.keys() == []
    assert not dialog.isVisible()
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert not any("Acme" in text for text in texts)
    assert problem_words(Kind.KEYCHAIN_LOCKED).title not in texts


def test_a_check_without_a_name_and_with_one_credit(dialog: KeyDialog) -> None:
    enter(dialog)
    dialog.check_succeeded(Checked(None, Balance(1)), None)
    assert "The key works · 1 credit" in words(dialog).splitlines()


def test_a_team_with_a_name_in_markup_of_any_length_is_shown_as_it_is(dialog: KeyDialog) -> None:
    width = dialog.width()
    enter(dialog)
    dialog.check_succeeded(Checked("<b>Acme</b>" + "W" * 5000, Balance(1)), None)
    QApplication.processEvents()
    assert "<b>Acme</b>" in words(dialog)
    assert dialog.width() == width
    for label in dialog.findChildren(QLabel):
        assert "<" not in label.text() or label.textFormat() is Qt.TextFormat.PlainText


# The key's secrecy


def test_the_key_is_masked_and_known_to_the_field_alone(dialog: KeyDialog) -> None:
    field = key_field(dialog)
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhNoPredictiveText
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhHiddenText
    assert field.completer() is None
    enter(dialog)
    assert key_leaks(dialog) == []
    dialog.check_succeeded(ACME, None)
    assert key_leaks(dialog) == []
    press(dialog, Qt.Key.Key_Return)
    dialog.save_failed(Problem(Kind.KEYCHAIN_LOCKED))
    assert key_leaks(dialog) == []


def test_the_key_can_not_be_copied_out(dialog: KeyDialog) -> None:
    paste(key_field(dialog), KEY)
    clipboard = QApplication.clipboard()
    clipboard.setText("before")
    key_field(dialog).selectAll()
    QTest.keyClick(key_field(dialog), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(key_field(dialog), Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == "before"


@pytest.mark.parametrize("way", ["escape", "close", "cancel", "saved", "kept"])
def test_no_key_is_left_after_the_end(dialog: KeyDialog, way: str) -> None:
    enter(dialog)
    dialog.check_succeeded(ACME, Problem(Kind.KEYCHAIN_UNAVAILABLE) if way == "kept" else None)
    match way:
        case "escape":
            press(dialog, Qt.Key.Key_Escape)
        case "close":
            dialog.close()
        case "cancel":
            buttons(dialog)["Cancel"].click()
        case "saved":
            press(dialog, Qt.Key.Key_Return)
            dialog.saved()
        case "kept":
            press(dialog, Qt.Key.Key_Return)
    assert not dialog.isVisible()
    field = key_field(dialog)
    assert field.text() == ""
    field.setEchoMode(QLineEdit.EchoMode.Normal)  # a masked field does not undo anyway
    field.undo()
    assert field.text() == ""
    assert KEY not in repr(vars(dialog))


def key_leaks(dialog: QDialog) -> list[str]:
    """Return what shows the key, or that holds it outside of the field's own text."""
    leaks = []
    for widget in [dialog, *dialog.findChildren(QWidget)]:
        said = [
            widget.accessibleName(),
            widget.accessibleDescription(),
            widget.toolTip(),
            widget.whatsThis(),
            widget.statusTip(),
            widget.windowTitle(),
            widget.objectName(),
        ]
        if isinstance(widget, QLabel | QAbstractButton):
            said.append(widget.text())
        if isinstance(widget, QLineEdit):
            said += [widget.displayText(), widget.placeholderText()]
        interface = QAccessible.queryAccessibleInterface(widget)
        said += [interface.text(kind) for kind in QAccessible.Text if kind.value < 100]
        if (text := interface.textInterface()) is not None:
            said.append(text.text(0, text.characterCount()))
        leaks += [f"{type(widget).__name__}: {each}" for each in said if KEY in each]
    return leaks


# The settings


@pytest.fixture
def settings_dialog() -> Iterator[SettingsDialog]:
    dialog = shown(SettingsDialog(Settings(), FORMATS))
    yield dialog
    dialog.reject()


def boxes(dialog: SettingsDialog) -> dict[str, QAbstractSpinBox]:
    return {box.accessibleName(): box for box in dialog.findChildren(QAbstractSpinBox)}


def choices(dialog: SettingsDialog) -> dict[str, QComboBox]:
    return {box.accessibleName(): box for box in dialog.findChildren(QComboBox)}


def unit_of(dialog: SettingsDialog) -> QComboBox:
    return choices(dialog)["Unit of the interval"]


def type_number(dialog: SettingsDialog, name: str, number: int | str) -> None:
    """Type into a field, on the tab that it is on."""
    open_page(dialog, name)
    box = boxes(dialog)[name]
    assert box.isVisible()
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, str(number))


LOW, CRITICAL, INTERVAL = "Low, in credits", "Critical, in credits", "Check every"
WARNING = "Running out, in working days left"
PRICES = FOUND, VERIFIED, PHONE, LINKEDIN, DOLLARS = (
    "Email found and verified, in credits",
    "Email verified, in credits",
    "Phone number found, in credits",
    "LinkedIn enrichment, in credits",
    "Price of 1,000 credits, in US dollars",
)


def switches(dialog: SettingsDialog) -> dict[str, QCheckBox]:
    return {box.accessibleName(): box for box in dialog.findChildren(QCheckBox)}


def open_page(dialog: SettingsDialog, name: str) -> None:
    """Choose the page of a field by the keyboard, if another is shown."""
    if not boxes(dialog)[name].isVisible():
        letter = "P" if name in PRICES else "T" if name == INTERVAL else "A"
        press_alt(dialog, Qt.Key[f"Key_{letter}"])


def test_everything_can_be_chosen_and_saved(settings_dialog: SettingsDialog) -> None:
    saved = QSignalSpy(settings_dialog.saved)
    type_number(settings_dialog, LOW, 12500)
    type_number(settings_dialog, CRITICAL, 1000)
    assert boxes(settings_dialog)[LOW].text() == "12,500"
    type_number(settings_dialog, INTERVAL, 2)
    unit_of(settings_dialog).setCurrentText("hours")
    type_number(settings_dialog, WARNING, 10)
    switches(settings_dialog)["Notifications"].click()
    choices(settings_dialog)["What the icon shows"].setCurrentText("Symbol")
    press_alt(settings_dialog, Qt.Key.Key_P)
    press_alt(settings_dialog, Qt.Key.Key_O)
    for _ in range(15):
        press(settings_dialog, Qt.Key.Key_Down)
    for name, typed in zip(PRICES, ("4", "2", "19", "3", "9.87"), strict=True):
        type_number(settings_dialog, name, typed)
    press(settings_dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [
        replace(
            OTHER_SETTINGS,
            thresholds=Thresholds(12_500, 1_000),
            interval=7200,
            warn_within=10,
            renewal_day=15,
        )
    ]
    assert not settings_dialog.isVisible()


@pytest.mark.parametrize("chosen", [Settings(), OTHER_SETTINGS])
def test_what_is_shown_is_saved_as_it_was(chosen: Settings) -> None:
    dialog = shown(SettingsDialog(chosen, FORMATS))
    saved = QSignalSpy(dialog.saved)
    press(dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [chosen]


def test_a_comma_makes_no_fraction_of_a_whole_number() -> None:
    QLocale.setDefault(QLocale("de_DE"))
    dialog = shown(SettingsDialog(Settings(), FORMATS))
    saved = QSignalSpy(dialog.saved)
    type_number(dialog, LOW, "12,500")
    press(dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [Settings(Thresholds(12_500, 100))]


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "ar_EG"])
@pytest.mark.parametrize("typed", ["9.50", "9,50"])
@pytest.mark.parametrize("is_pasted", [False, True])
def test_a_price_is_the_same_with_either_decimal_mark(
    locale: str, typed: str, is_pasted: bool
) -> None:
    QLocale.setDefault(QLocale(locale))
    dialog = shown(SettingsDialog(Settings(), FORMATS))
    saved = QSignalSpy(dialog.saved)
    if is_pasted:
        open_page(dialog, DOLLARS)
        field = boxes(dialog)[DOLLARS].lineEdit()
        field.selectAll()
        paste(field, typed)
    else:
        type_number(dialog, DOLLARS, typed)
    press(dialog, Qt.Key.Key_Return)
    assert [settings.prices.cents_per_1000 for settings in emitted(saved)] == [950]


def test_a_price_has_one_decimal_mark(settings_dialog: SettingsDialog) -> None:
    type_number(settings_dialog, DOLLARS, "1,5,")
    assert boxes(settings_dialog)[DOLLARS].text() == "1.5"


def test_no_days_left_are_no_warning(settings_dialog: SettingsDialog) -> None:
    saved = QSignalSpy(settings_dialog.saved)
    assert "working days left" in words(settings_dialog)
    type_number(settings_dialog, WARNING, 1)
    assert "working day left" in words(settings_dialog).splitlines()
    press(settings_dialog, Qt.Key.Key_Down)
    assert boxes(settings_dialog)[WARNING].text() == "Never"
    press(settings_dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [Settings(warn_within=0)]


def test_the_day_of_the_renewal_can_be_learned_again() -> None:
    dialog = shown(SettingsDialog(OTHER_SETTINGS, FORMATS))
    saved = QSignalSpy(dialog.saved)
    press_alt(dialog, Qt.Key.Key_P)
    renewal = choices(dialog)["Plan renews on"]
    assert renewal.currentText() == "Day 31 of the month"
    renewal.setFocus()
    press(dialog, Qt.Key.Key_Home)
    assert renewal.currentText() == "Learn the day from credits added"
    press(dialog, Qt.Key.Key_Return)
    assert [settings.renewal_day for settings in emitted(saved)] == [None]


def test_the_prices_say_where_they_are_from(settings_dialog: SettingsDialog) -> None:
    press_alt(settings_dialog, Qt.Key.Key_P)
    said = words(settings_dialog)
    assert "help.lemlist.com" in said
    assert "as of Nov 22, 2026" in said
    assert said.splitlines().count("credit") == 2
    type_number(settings_dialog, LINKEDIN, 2)
    assert words(settings_dialog).splitlines().count("credit") == 1


def test_escape_saves_nothing(settings_dialog: SettingsDialog) -> None:
    saved = QSignalSpy(settings_dialog.saved)
    type_number(settings_dialog, LOW, 700)
    press(settings_dialog, Qt.Key.Key_Escape)
    assert saved.count() == 0
    assert not settings_dialog.isVisible()


@pytest.mark.parametrize(
    ("name", "number", "unit", "said"),
    [
        (LOW, 100, "minutes", "Low must"),
        (LOW, 50, "minutes", "Low must"),
        (LOW, LARGEST_THRESHOLD + 1, "minutes", "Low must"),
        (CRITICAL, 500, "minutes", "Low must"),
        (CRITICAL, 0, "minutes", "Critical must"),
        (CRITICAL, LARGEST_THRESHOLD + 1, "minutes", "Critical must"),
        (INTERVAL, 0, "minutes", "interval must"),
        (INTERVAL, SHORTEST_INTERVAL - 1, "seconds", "interval must"),
        (INTERVAL, LONGEST_INTERVAL + 1, "seconds", "interval must"),
        (INTERVAL, 25, "hours", "interval must"),
        (WARNING, LONGEST_WARNING + 1, "minutes", "warning must"),
        (FOUND, 0, "minutes", "A price must"),
        (VERIFIED, 0, "minutes", "A price must"),
        (PHONE, LARGEST_PRICE + 1, "minutes", "A price must"),
        (LINKEDIN, 0, "minutes", "A price must"),
        (DOLLARS, "0.00", "minutes", "price of 1,000 credits must"),
        (DOLLARS, f"{LARGEST_CENTS // 100}.01", "minutes", "price of 1,000 credits must"),
    ],
)
def test_a_wrong_number_is_refused_with_its_field_named(
    settings_dialog: SettingsDialog, name: str, number: int | str, unit: str, said: str
) -> None:
    saved = QSignalSpy(settings_dialog.saved)
    unit_of(settings_dialog).setCurrentText(unit)
    type_number(settings_dialog, name, number)
    assert said not in words(settings_dialog)
    press(settings_dialog, Qt.Key.Key_Return)
    assert said in words(settings_dialog)
    assert saved.count() == 0
    assert settings_dialog.isVisible()
    focused = settings_dialog.focusWidget()
    assert said in focused.accessibleDescription()

    buttons(settings_dialog)["Restore defaults"].click()
    assert said not in words(settings_dialog)
    assert said not in focused.accessibleDescription()
    buttons(settings_dialog)["Save"].click()
    assert emitted(saved) == [Settings()]


def test_both_of_two_faults_are_said(settings_dialog: SettingsDialog) -> None:
    type_number(settings_dialog, LOW, 1)
    type_number(settings_dialog, WARNING, 99)
    type_number(settings_dialog, INTERVAL, 0)
    press(settings_dialog, Qt.Key.Key_Return)
    assert settings_dialog.focusWidget() is boxes(settings_dialog)[LOW]
    assert "Low must" in words(settings_dialog)
    assert "warning must" in boxes(settings_dialog)[WARNING].accessibleDescription()
    type_number(settings_dialog, LOW, 700)
    assert "warning must" in words(settings_dialog)  # one line has one fault after the other
    open_page(settings_dialog, INTERVAL)
    assert "interval must" in words(settings_dialog)


def test_a_fault_on_the_other_tab_is_led_to(settings_dialog: SettingsDialog) -> None:
    saved = QSignalSpy(settings_dialog.saved)
    type_number(settings_dialog, PHONE, 0)
    type_number(settings_dialog, LOW, 700)
    press(settings_dialog, Qt.Key.Key_Return)
    assert "A price must" in words(settings_dialog)
    assert settings_dialog.focusWidget() is boxes(settings_dialog)[PHONE]
    QTest.keyClicks(settings_dialog.focusWidget(), "30")
    assert "A price must" not in words(settings_dialog)
    press(settings_dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [Settings(Thresholds(700, 100), prices=Prices(phone_found=30))]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (30, "30 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (300, "5 minutes"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86_399, "86,399 seconds"),
        (86_400, "24 hours"),
    ],
)
def test_any_interval_is_shown_and_saved_exactly(seconds: int, said: str) -> None:
    dialog = shown(SettingsDialog(Settings(interval=seconds), FORMATS))
    saved = QSignalSpy(dialog.saved)
    box = boxes(dialog)[INTERVAL]
    assert f"{box.text()} {unit_of(dialog).currentText()}" == said
    press(dialog, Qt.Key.Key_Return)
    assert emitted(saved) == [Settings(interval=seconds)]


def test_defaults_are_restored_but_not_saved_by_that() -> None:
    dialog = shown(SettingsDialog(OTHER_SETTINGS, FORMATS))
    saved = QSignalSpy(dialog.saved)
    buttons(dialog)["Restore defaults"].click()
    assert saved.count() == 0
    buttons(dialog)["Save"].click()
    assert emitted(saved) == [Settings()]


def test_the_preview_follows_the_choice(settings_dialog: SettingsDialog) -> None:
    press_alt(settings_dialog, Qt.Key.Key_T)
    shows = choices(settings_dialog)["What the icon shows"]
    preview = next(
        widget
        for widget in settings_dialog.findChildren(QWidget)
        if widget.accessibleName() == "How the icon looks at each level"
    )
    numbers = preview.grab().toImage()
    shows.setCurrentText("Symbol")
    assert preview.grab().toImage() != numbers
    shows.setCurrentText("Number of credits")
    assert preview.grab().toImage() == numbers
    type_number(settings_dialog, LOW, 480)
    press_alt(settings_dialog, Qt.Key.Key_T)
    assert preview.grab().toImage() != numbers


def test_starting_at_login_is_chosen_once_it_is_known(settings_dialog: SettingsDialog) -> None:
    chosen = QSignalSpy(settings_dialog.start_at_login_chosen)
    switch = switches(settings_dialog)["Start when I log in"]
    assert not switch.isEnabled()
    settings_dialog.show_start_at_login(True)
    assert switch.isChecked()
    switch.click()
    press(settings_dialog, Qt.Key.Key_Return)
    assert emitted(chosen) == [False]


@pytest.mark.parametrize("is_known", [True, False])
def test_starting_at_login_stays_as_it_is(settings_dialog: SettingsDialog, is_known: bool) -> None:
    chosen = QSignalSpy(settings_dialog.start_at_login_chosen)
    if is_known:
        settings_dialog.show_start_at_login(True)
    press(settings_dialog, Qt.Key.Key_Return)
    assert emitted(chosen) == []


def test_a_complaint_stands_on_top() -> None:
    dialog = shown(SettingsDialog(Settings(), FORMATS, complaint="They can't be written."))
    by_height = sorted(
        (label for label in dialog.findChildren(QLabel) if label.isVisible() and label.text()),
        key=lambda label: label.mapTo(dialog, label.rect().topLeft()).y(),
    )
    assert [label.text() for label in by_height[:2]] == ["Settings", "They can't be written."]
    dialog.reject()


# About


def test_about_says_version_licence_and_privacy() -> None:
    dialog = shown(AboutDialog(lambda: None))
    said = words(dialog)
    for word in (__version__, "MIT", "Not affiliated", "GET /team/credits", "keyring"):
        assert word in said
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# All of them


def every_dialog() -> list[QDialog]:
    settings = [SettingsDialog(Settings(), FORMATS, complaint="Oh.") for _ in range(3)]
    for page, dialog in enumerate(settings):
        dialog.findChildren(QTabBar)[0].setCurrentIndex(page)
        dialog.show_start_at_login(False)
    key = [KeyDialog(FORMATS, first_run=first_run) for first_run in (True, False)]
    return [WelcomeDialog(), *key, *settings, AboutDialog(lambda: None)]


def test_every_control_has_a_name_and_is_reached_by_tab() -> None:
    for dialog in every_dialog():
        shown(dialog)
        assert [control for control in controls(dialog) if not name_of(control)] == []
        assert controls(dialog) == reached_by_tab(dialog)
        dialog.reject()


def test_mnemonics_are_unique_and_lead_to_the_field() -> None:
    for dialog in every_dialog():
        letters = mnemonics(shown(dialog))
        assert len(letters) == len(set(letters)), letters
        dialog.reject()
    entry = shown(KeyDialog(FORMATS, first_run=False))
    buttons(entry)["Cancel"].setFocus()
    press_alt(entry, Qt.Key.Key_K)
    assert entry.focusWidget() is key_field(entry)
    entry.reject()


class Keeper(QObject):
    """Holds a dialog as the program does: lets go of it the moment it ends."""

    def __init__(self) -> None:
        super().__init__()
        self.dialog: KeyDialog | None = KeyDialog(FORMATS, first_run=False)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.finished.connect(self.forget)
        self.keys: list[str] = []
        self.dialog.key_accepted.connect(self.take)

    def take(self, key: str, _store: bool) -> None:
        assert self.dialog is not None
        self.keys.append(key)

    def forget(self) -> None:
        self.dialog = None


@pytest.mark.parametrize("way", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_a_dialog_may_be_let_go_at_its_end(way: Qt.Key) -> None:
    for _ in range(20):
        keeper = Keeper()
        assert keeper.dialog is not None
        shown(keeper.dialog)
        enter(keeper.dialog)
        keeper.dialog.check_succeeded(ACME, Problem(Kind.KEYCHAIN_UNAVAILABLE))
        press(keeper.dialog, way)
        assert keeper.dialog is None
        assert keeper.keys == ([KEY] if way is Qt.Key.Key_Return else [])
        QApplication.processEvents()

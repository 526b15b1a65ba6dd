"""What is wrong with the program's files."""

from tray_app.i18n import tr
from tray_app.store.file_fault import FaultKind, FileFault


def history_fault_words(fault: FileFault) -> str:
    """Say what keeps the history from being kept, or what has become of it."""
    match fault.kind:
        case FaultKind.BROKEN:
            return tr(
                "The history file was broken. It is kept as {name}; a new one was begun.",
                name=fault.name,
            )
        case FaultKind.UNUSABLE:
            return tr("{path} can't be used: the history is not kept.", path=fault.name)
        case FaultKind.NEWER:
            return tr("The history is from a newer version. It is left alone and not used.")

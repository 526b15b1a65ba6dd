"""Disks that are full or can't be written, and files that are hidden, as one program finds them.

The kernel asks here before each call of the program that is about files. Then the call goes on to
the real disk, or returns ENOSPC, EROFS or ENOENT where a disk like that would. So the program's own
calls fail, in its own process, and nobody else notices. This is seccomp's user notification, which
takes no privilege. A real disk has to be mounted, which most containers don't allow, nor, to
ordinary users, systems that restrict user namespaces, as Ubuntu has done since 24.04.
https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html

Not asked about are pages that are written through memory, as those of SQLite's index of its log.

This file is also the script that begins a program which is to be asked about.
"""

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, Self

# For each call the arguments that are paths, each after the one with the folder at which a relative
# path begins, or None where that is the working folder.
CREATE = {
    **dict.fromkeys(("mkdir", "mknod"), ((None, 0),)),
    **dict.fromkeys(("mkdirat", "mknodat"), ((0, 1),)),
    "symlink": ((None, 1),),
    "symlinkat": ((1, 2),),
    "link": ((None, 1),),
    "linkat": ((2, 3),),
    "bind": ((None, 1),),
}
CHANGE = {
    **dict.fromkeys(("chmod", "truncate"), ((None, 0),)),
    **dict.fromkeys(("fchmodat", "utimensat"), ((0, 1),)),
}
REMOVE = {
    **dict.fromkeys(("rename", "rmdir", "unlink"), ((None, 0),)),
    **dict.fromkeys(("renameat", "renameat2", "unlinkat"), ((0, 1),)),
}
OPEN = {"open": ((None, 0),), "openat": ((0, 1),)}
ACCESS = {"access": ((None, 0),), "faccessat": ((0, 1),), "faccessat2": ((0, 1),)}
STAT = {"stat": ((None, 0),), "lstat": ((None, 0),), "newfstatat": ((0, 1),), "statx": ((0, 1),)}
PLACES = CREATE | CHANGE | REMOVE | OPEN | ACCESS | STAT
WRITE = ("write", "writev", "pwrite64", "pwritev", "pwritev2", "fallocate")

AT_FDCWD = -100
LONGEST_PATH = 4096


@dataclass(frozen=True)
class Call:
    """A call that a program waits in."""

    name: str
    thread: int
    arguments: tuple[int, ...]

    def path(self) -> Path:
        """The path that the call is about, absolute; links are not followed."""
        ((folder, place),) = PLACES[self.name]
        content = self._memory(self.arguments[place], LONGEST_PATH)
        if self.name == "bind":  # to an address: its family, and for a local socket a path
            if int.from_bytes(content[:2], sys.byteorder) != socket.AF_UNIX:
                raise OSError(errno.EAFNOSUPPORT, "a socket that has no path")
            content = content[2:]
        text = os.fsdecode(content.partition(b"\0")[0])
        if not text.startswith("/"):
            begin = AT_FDCWD if folder is None else _signed(self.arguments[folder])
            begin_at = self._in_proc("cwd" if begin == AT_FDCWD else f"fd/{begin}").readlink()
            text = f"{begin_at}/{text}"
        return Path(os.path.normpath(text))

    def option(self) -> int:
        """The flags that a file is opened with, or what is asked of the access to it."""
        ((_, place),) = PLACES[self.name]
        return self.arguments[place + 1]

    def file(self) -> Path:
        """The file that is written."""
        return self._in_proc(f"fd/{_signed(self.arguments[0])}").readlink()

    def end(self, size: int) -> int:
        """The byte up to which a file of this size would be written."""
        _, data, count, offset, *_ = self.arguments
        if self.name == "fallocate":
            return count + offset
        if "v" in self.name:
            parts = self._memory(data, 16 * count)
            count = sum(length for _, length in struct.iter_unpack("NN", parts))
        if not self.name.startswith("p"):
            info = self._in_proc(f"fdinfo/{_signed(self.arguments[0])}").read_text()
            known = dict(line.split(":", 1) for line in info.splitlines())
            offset = size if int(known["flags"], 8) & os.O_APPEND else int(known["pos"])
        return offset + count

    def _in_proc(self, name: str) -> Path:
        return Path(f"/proc/{self.thread}/{name}")

    def _memory(self, address: int, size: int) -> bytes:
        """Read the program's memory, less where it ends earlier."""
        with self._in_proc("mem").open("rb", buffering=0) as memory:
            return os.pread(memory.fileno(), size, address)


def _signed(argument: int) -> int:
    return ctypes.c_int32(argument & 0xFFFFFFFF).value


class Rule(Protocol):
    """What is wrong with a place."""

    @property
    def calls(self) -> Collection[str]:
        """The calls that are to be asked about."""

    def error(self, call: Call) -> int:
        """Return the number of the error that the call ends with, or 0 to let it go on."""


@dataclass(frozen=True)
class ReadOnly:
    """A folder on a disk that can't be written."""

    folder: Path
    calls = (*CREATE, *CHANGE, *REMOVE, *OPEN, *ACCESS)

    def error(self, call: Call) -> int:
        path = call.path()
        if not path.is_relative_to(self.folder) or not path.parent.is_dir():
            return 0
        exists = os.path.lexists(path)
        if call.name in CREATE:
            refused = not exists
        elif call.name in CHANGE:
            refused = exists
        elif call.name in REMOVE:
            refused = True
        elif call.name in ACCESS:
            refused = exists and bool(call.option() & os.W_OK)
        elif exists:
            is_new = call.option() & os.O_CREAT and call.option() & os.O_EXCL
            refused = not is_new and bool(call.option() & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC))
        else:
            refused = bool(call.option() & os.O_CREAT)
        return errno.EROFS if refused else 0


@dataclass(frozen=True)
class Full:
    """A folder on a disk of its own that has room for so many bytes.

    What does not fit is not written in part.
    """

    folder: Path
    size: int = 0
    calls = WRITE

    def error(self, call: Call) -> int:
        file = call.file()
        if not file.is_relative_to(self.folder):
            return 0
        size = file.stat().st_size
        used = sum(each.stat().st_size for each in self.folder.rglob("*") if each.is_file())
        return errno.ENOSPC if used + max(0, call.end(size) - size) > max(used, self.size) else 0


@dataclass(frozen=True)
class Hidden:
    """A file or a folder that is not there."""

    place: Path
    calls = (*OPEN, *ACCESS, *STAT)

    def error(self, call: Call) -> int:
        return errno.ENOENT if call.path().is_relative_to(self.place) else 0


class _Request(ctypes.Structure):  # struct seccomp_notif
    _fields_ = (
        ("id", ctypes.c_uint64),
        ("thread", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("number", ctypes.c_int32),
        ("architecture", ctypes.c_uint32),
        ("instruction", ctypes.c_uint64),
        ("arguments", ctypes.c_uint64 * 6),
    )


class _Answer(ctypes.Structure):  # struct seccomp_notif_resp
    _fields_ = (
        ("id", ctypes.c_uint64),
        ("value", ctypes.c_int64),
        ("error", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
    )


RECEIVE, SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, SECCOMP_IOCTL_NOTIF_SEND
GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000  # libseccomp's SCMP_ACT_ALLOW and SCMP_ACT_NOTIFY


class _Filter(NamedTuple):
    """libseccomp, which knows what each processor calls its calls."""

    library: ctypes.CDLL
    numbers: dict[int, str]

    @classmethod
    def of(cls, calls: Collection[str]) -> Self:
        library = ctypes.CDLL("libseccomp.so.2")
        library.seccomp_init.restype = ctypes.c_void_p
        resolved = {library.seccomp_syscall_resolve_name(name.encode()): name for name in calls}
        # Some processors lack some calls.
        return cls(library, {number: name for number, name in resolved.items() if number >= 0})


class FailingDisk:
    """Answers for programs that are begun with `prefix`, inside a `with` block."""

    def __init__(self, *rules: Rule) -> None:
        self._rules = rules
        self._calls = sorted({name for rule in rules for name in rule.calls})
        self._filter = _Filter.of(self._calls)
        self._folder = tempfile.TemporaryDirectory()
        self._address = f"{self._folder.name}/socket"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self._address)
        self._listener.listen()
        self._answering = threading.Thread(target=self._answer, name="failing-disk")

    @property
    def prefix(self) -> tuple[str, ...]:
        """How a command begins that is to be asked about."""
        return (sys.executable, "-P", __file__, self._address, ",".join(self._calls))

    def __enter__(self) -> Self:
        self._answering.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._answering.join()
        self._listener.close()
        self._folder.cleanup()

    def _answer(self) -> None:
        asking = select.poll()
        asking.register(self._listener, select.POLLIN)
        programs: set[int] = set()
        while True:
            for descriptor, event in asking.poll():
                if descriptor == self._listener.fileno():
                    try:
                        program, _ = self._listener.accept()
                    except OSError:  # it was shut down
                        for each in programs:
                            os.close(each)
                        return
                    with program:
                        _, (new,), _, _ = socket.recv_fds(program, 1, 1)
                    asking.register(new, select.POLLIN)
                    programs.add(new)
                elif event & select.POLLIN:
                    self._answer_one(descriptor)
                else:  # all that was asked about has ended
                    asking.unregister(descriptor)
                    programs.discard(descriptor)
                    os.close(descriptor)

    def _answer_one(self, descriptor: int) -> None:
        request = _Request()
        with suppress(OSError):  # the thread is killed meanwhile
            fcntl.ioctl(descriptor, RECEIVE, request)
            error = self._error(request)
            fcntl.ioctl(descriptor, SEND, _Answer(request.id, 0, -error, 0 if error else GO_ON))

    def _error(self, request: _Request) -> int:
        name = self._filter.numbers[request.number]
        call = Call(name, request.thread, tuple(request.arguments))
        with suppress(OSError):  # what can't be read is not as it should be: the kernel will tell
            errors = (rule.error(call) for rule in self._rules if name in rule.calls)
            return next(filter(None, errors), 0)
        return 0


def begin(address: str, calls: str, *command: str) -> None:
    """Run a command in this process, and let who listens at the address be asked about it."""
    library, numbers = _Filter.of(calls.split(","))
    state = ctypes.c_void_p(library.seccomp_init(ALLOW))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.connect(address)
        for number in numbers:
            library.seccomp_rule_add(state, NOTIFY, number, 0)
        if (error := library.seccomp_load(state)) != 0:
            raise OSError(-error, os.strerror(-error))
        socket.send_fds(listener, [b"."], [library.seccomp_notify_fd(state)])
        os.execvp(command[0], command)


if __name__ == "__main__":
    begin(*sys.argv[1:])

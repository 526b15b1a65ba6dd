"""Whether a file is on a disk that other computers write to."""

import re
from contextlib import suppress
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
"""Linux's list of what is mounted where (proc_pid_mountinfo(5))."""

_SHARED = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|afs|9p|ceph|lustre|beegfs|gfs2|ocfs2|davfs"
    r"|fuse\.(sshfs|ceph|glusterfs|rclone|s3fs|davfs2?)"
)


def is_on_network(path: Path, mounts: Path = MOUNTS) -> bool:
    """Tell whether a file is on a network's disk, as far as Linux or a name on Windows tells."""
    place = path.resolve()
    if place.drive.startswith("\\\\"):
        return True
    kinds: dict[Path, str] = {}
    with suppress(OSError):
        for line in mounts.read_text(errors="surrogateescape").splitlines():
            mount, kind = line.split(" - ")[0].split()[4], line.split(" - ")[1].split()[0]
            kinds[Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), mount))] = kind
    nearest = next((parent for parent in place.parents if parent in kinds), None)
    return nearest is not None and _SHARED.fullmatch(kinds[nearest]) is not None

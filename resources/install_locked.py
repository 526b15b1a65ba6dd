"""Install what a lock file lists into the Python that runs this, and look at nothing else.

.. code-block:: sh

    .venv/bin/python resources/install_locked.py requirements.lock

The lock has been resolved; pip is not to do it again. Every pip before 24 takes the newest version
of what a package wants with an extra, whatever the lock says, and then refuses it, so that such a
lock fails from the day on which something newer appears: https://github.com/pypa/pip/issues/9644
Whether the lock lacks something is looked at when all is installed.
"""

import subprocess
import sys

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def main() -> int:
    """Return 0 if all that is installed has what it needs."""
    (lock,) = sys.argv[1:]
    # Wheels only: building a source distribution would fetch tools that no lock covers.
    options = ("--no-deps", "--only-binary", ":all:", "--require-hashes")
    install = (*PIP, "install", "--quiet", *options, "--requirement", lock)
    installed = subprocess.run(install, check=False)  # noqa: S603
    if installed.returncode != 0:
        return installed.returncode
    checked = subprocess.run((*PIP, "check"), stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if checked.returncode != 0:
        print(checked.stdout, end="", file=sys.stderr)  # noqa: T201
    return checked.returncode


if __name__ == "__main__":
    sys.exit(main())

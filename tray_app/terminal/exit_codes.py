"""The exit codes, the same as those of lemlist's own command-line tool.

1 arguments, 2 key, 3 rate limit, 4 network or server, 6 anything else.
"""

from tray_app.errors import Kind

BAD_ARGUMENTS = 1
"""argparse would say 2."""

FAILED = 6
"""Standard output can't be written, or the history can't be read."""

EXIT_CODES = {
    Kind.BAD_ADDRESS: 1,
    Kind.NO_KEY: 2,
    Kind.BAD_KEY: 2,
    Kind.BAD_REQUEST: 2,
    Kind.UNAUTHORIZED: 2,
    Kind.PAYMENT_REQUIRED: 2,
    Kind.FORBIDDEN: 2,
    Kind.NO_USER: 2,
    Kind.KEYCHAIN_WAITING: 2,
    Kind.KEYCHAIN_LOCKED: 2,
    Kind.KEYCHAIN_UNAVAILABLE: 2,
    Kind.RATE_LIMITED: 3,
    Kind.OFFLINE: 4,
    Kind.TIMEOUT: 4,
    Kind.TLS: 4,
    Kind.SERVER_ERROR: 4,
    Kind.ACCESS_BLOCKED: 4,
    Kind.NETWORK_SIGN_IN: 4,
    Kind.PROXY: 4,
    Kind.CERTIFICATES: 4,
    Kind.UNEXPECTED_RESPONSE: 6,
    Kind.DEFECT: 6,
}

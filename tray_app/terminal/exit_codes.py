"""With which number a command ends, as lemlist's own command-line tool has them."""

from tray_app.errors import Kind

BAD_ARGUMENTS = 1
"""argparse would say 2."""

FAILED = 6
"""Standard output takes nothing, or it can't be told what the history is."""

EXIT_CODES = {
    # arguments
    Kind.BAD_ADDRESS: BAD_ARGUMENTS,
    # the key
    Kind.NO_KEY: 2,
    Kind.BAD_KEY: 2,
    Kind.BAD_REQUEST: 2,
    Kind.UNAUTHORIZED: 2,
    Kind.PAYMENT_REQUIRED: 2,
    Kind.FORBIDDEN: 2,
    Kind.NO_USER: 2,
    Kind.KEYCHAIN_LOCKED: 2,
    Kind.KEYCHAIN_UNAVAILABLE: 2,
    # the rate limit
    Kind.RATE_LIMITED: 3,
    # network or server
    Kind.OFFLINE: 4,
    Kind.TIMEOUT: 4,
    Kind.TLS: 4,
    Kind.SERVER_ERROR: 4,
    # anything else
    Kind.UNEXPECTED_RESPONSE: FAILED,
    Kind.DEFECT: FAILED,
}

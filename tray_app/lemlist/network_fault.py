"""What is wrong between this computer and lemlist, more exactly than a kind of problem says it."""

from enum import StrEnum


class NetworkFault(StrEnum):
    """The ``detail`` of a problem, where words differ by it."""

    LEADS_HERE = "the name leads to this computer"
    """Ad blockers, filters and hosts files answer so for what they block."""
    WANTS_LOGIN = "status 407"
    """The proxy wants a login, or another one."""
    WRONG_DATE = "the certificate is not valid today"
    """It has expired or is of the future, or the clock of this computer is wrong."""
    UNKNOWN_ISSUER = "the certificate's issuer is not trusted"
    OTHER_HOST = "the certificate is another host's"
    BAD_CERTIFICATE = "the certificate is not trusted"
    """For a reason that the system does not tell."""

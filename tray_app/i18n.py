"""Words in the user's language: every user-visible text goes through :func:`tr`."""

import gettext

_catalog: gettext.NullTranslations = gettext.NullTranslations()


def tr(one: str, many: str | None = None, count: int = 1, /, **values: object) -> str:
    """Return the translation of a text, its ``{names}`` filled from ``values``.

    With ``many``, the form that ``count`` asks for is taken, as each language counts:
    ``tr("{n} day", "{n} days", days, n=days)``.
    """
    text = _catalog.gettext(one) if many is None else _catalog.ngettext(one, many, count)
    return text.format(**values)

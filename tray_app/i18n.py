"""Words in the user's language: every user-visible text goes through :func:`tr`."""


def tr(one: str, many: str | None = None, count: int = 1, /, **values: object) -> str:
    """Return a text, its ``{names}`` filled from ``values``.

    With ``many``, the form that ``count`` asks for is taken:
    ``tr("{n} day", "{n} days", days, n=days)``. A ``context`` among the values tells who translates
    which meaning a word has: ``tr("Plan", context="kind of credits")``.
    """
    text = one if many is None or count == 1 else many
    return text.format(**values)

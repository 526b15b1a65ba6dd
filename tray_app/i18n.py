"""Words in the user's language: every user-visible text goes through :func:`tr`."""


def tr(
    one: str,
    many: str | None = None,
    count: int = 1,
    /,
    *,
    context: str = "",  # noqa: ARG001  (for who translates)
    **values: object,
) -> str:
    """Return a text, its ``{names}`` filled from ``values``.

    With ``many``, the form that ``count`` asks for is taken:
    ``tr("{n} day", "{n} days", days, n=days)``. A ``context`` tells what a word is about that has
    two meanings, as "Plan", which other languages may have two words for.
    """
    text = one if many is None or count == 1 else many
    return text.format(**values)

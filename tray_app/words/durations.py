"""How long something takes, took, or is away."""

from datetime import timedelta

from tray_app.i18n import tr


def ago_words(age: timedelta) -> str:
    """Say how long ago something was."""
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return tr("just now")
    if minutes < 60:
        return tr("{n} min ago", n=minutes)
    hours = minutes // 60
    if hours < 48:
        return tr("{n} hour ago", "{n} hours ago", hours, n=hours)
    return tr("{n} day ago", "{n} days ago", hours // 24, n=hours // 24)


def ahead_words(wait: timedelta) -> str:
    """Say in how long something will be."""
    seconds = int(wait.total_seconds())
    if seconds < 60:
        return tr("in less than a minute")
    if seconds < 3600:
        return tr("in {n} min", n=round(seconds / 60))
    hours = round(seconds / 3600)
    return tr("in {n} hour", "in {n} hours", hours, n=hours)


def duration_words(seconds: float) -> str:
    """Say how long something took, in its two largest units."""
    minutes = whole_minutes(seconds)
    if minutes < 60:
        return tr("{n} min", n=minutes)
    if minutes < 48 * 60:
        hours, minutes = divmod(minutes, 60)
        return tr("{h} h {m} min", h=hours, m=minutes) if minutes else tr("{h} h", h=hours)
    days = round(minutes / (24 * 60))
    return tr("{n} day", "{n} days", days, n=days)


def whole_minutes(seconds: float) -> int:
    """Return how many minutes something took, at least one."""
    return max(1, round(seconds / 60))

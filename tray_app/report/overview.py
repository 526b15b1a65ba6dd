"""From what is shown of each of several teams to the overview of all: words, order and shares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tray_app.errors import FAILS_ON_NETWORK
from tray_app.icon_look import IconShape
from tray_app.report.team_views import TeamView
from tray_app.report.view import View
from tray_app.words import overview_words
from tray_app.words.amounts import credits_words
from tray_app.words.balance_words import badge_words, hidden_words
from tray_app.words.forecast_words import WEEKDAY_WITHIN
from tray_app.words.formats import Formats

FOLDS_FROM = 9
"""The fewest teams of which the healthy ones are folded up."""

_NEEDY = (IconShape.EMPTY, IconShape.CRITICAL, IconShape.LOW)


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown of one team among several."""

    account: str
    name: str
    shape: IconShape
    """The form of the mark: the level's."""
    tint: IconShape
    """The level whose colour the mark has: CRITICAL where only the user can help."""
    waits: bool
    """Whether the mark is a clock instead, as something new is waited for."""
    amount: str
    """The balance; empty without one."""
    spoken: str
    """The balance with its unit; empty without one."""
    share: float | None
    """How full the gauge is, from 0 to 1; ``None`` without a gauge."""
    stale: bool
    """Whether the figures are out of date."""
    is_urgent: bool
    """Whether the sentence has the mark's colour, as there is something to do."""
    is_healthy: bool
    """Whether there is enough, by figures that are up to date."""
    text: str
    """The sentence; with ``read_at``, the sentence without the age."""
    read_at: datetime | None = None
    """When the figures were read, if :meth:`sentence` is to add their age."""
    is_unreachable: bool = False
    """Whether the figures are old as lemlist can't be reached."""

    def sentence(self, now: datetime) -> str:
        """Say how the team is doing."""
        if self.read_at is None:
            return self.text
        age = now - self.read_at
        if self.text:
            return badge_words(self.text, age)
        if self.is_unreachable:
            return overview_words.unreachable_words(age)
        return overview_words.old_words(age)

    def words(self, now: datetime) -> str:
        """Say all of the line."""
        return overview_words.line_words(self.name, self.spoken, self.sentence(now))


@dataclass(frozen=True, slots=True)
class Overview:
    """What is shown of several teams at once."""

    shown: str
    """The account of the team whose page is shown when the overview is not."""
    teams: str
    """How many teams there are."""
    title: str
    detail: str
    lines: tuple[Line, ...]
    """Those that need their user most come first."""
    read_at: datetime | None
    """When the oldest figures were read that are up to date."""

    def updated(self, now: datetime) -> str:
        """Say how old the figures are; empty while none is up to date."""
        return "" if self.read_at is None else overview_words.updated_words(now - self.read_at)


def overview_of(teams: Sequence[TeamView], shown: str, formats: Formats, now: datetime) -> Overview:
    """Say what several teams show; ``shown`` is the account of the team that has the page."""
    lines = tuple(_line(team, formats, now) for team in sorted(teams, key=lambda one: one.need))
    views = [team.view for team in teams]
    fresh = [view.read_at for view in views if view.read_at is not None and not view.stale]
    return Overview(
        shown=shown,
        teams=overview_words.teams_words(len(teams)),
        title=overview_words.title_words(
            sum(team.shape in _NEEDY for team in teams),
            sum(line.is_healthy for line in lines),
            len(teams),
            is_loading=all(view.icon.shape is IconShape.LOADING for view in views),
        ),
        detail=_detail(teams, formats),
        lines=lines,
        read_at=min(fresh, default=None),
    )


def _detail(teams: Sequence[TeamView], formats: Formats) -> str:
    if formats.hidden_until is not None:
        return hidden_words(formats.hidden_until, formats)
    known = [team.view for team in teams if team.view.credits is not None]
    names = [team.name for team in teams if team.view.icon.shape is IconShape.EMPTY]
    total = overview_words.sum_words(
        sum(view.credits or 0 for view in known),
        len(known),
        len(teams),
        formats,
        is_exact=not any(view.stale for view in known),
    )
    return " · ".join(filter(None, (overview_words.stopped_words(names), total)))


def _line(team: TeamView, formats: Formats, now: datetime) -> Line:
    view, shape = team.view, team.shape
    line = Line(
        account=team.account,
        name=team.name,
        shape=shape,
        tint=shape,
        waits=False,
        amount="" if view.credits is None else view.total,
        spoken="" if view.credits is None else credits_words(view.credits, formats),
        share=_share(view),
        stale=view.stale,
        is_urgent=shape in _NEEDY,
        is_healthy=shape is IconShape.HEALTHY and not view.stale and not _ends_soon(team, now),
        text=_fresh_sentence(team, formats, now),
    )
    trouble, attention = view.trouble, view.attention
    if trouble is not None and attention is not None and attention.shape is not IconShape.UNKNOWN:
        # Nothing more will be known of the team before its user has done something.
        return replace(
            line,
            shape=IconShape.UNKNOWN,
            tint=IconShape.CRITICAL,
            share=None,
            is_urgent=True,
            text=trouble.title,
        )
    if view.stale:
        return replace(
            line,
            tint=shape if line.is_urgent else IconShape.UNKNOWN,
            waits=True,
            is_urgent=False,
            text=view.level if line.is_urgent else "",
            read_at=view.read_at,
            is_unreachable=_is_unreachable(team),
        )
    if trouble is not None:
        return replace(line, waits=True, text=trouble.title)
    return line


def _fresh_sentence(team: TeamView, formats: Formats, now: datetime) -> str:
    """Say how a team is doing whose figures, if it has any, are up to date."""
    view, analysis = team.view, team.snapshot.analysis
    if view.icon.shape is IconShape.EMPTY:
        since = analysis.empty_since if analysis is not None else None
        return overview_words.stopped_since_words(since, formats, now)
    if team.shape is not view.icon.shape:  # the amount is enough, and so are the days
        return overview_words.busy_day_words()
    made_on = (view.read_at or now).astimezone().date()
    today = now.astimezone().date()
    return overview_words.short_lasts_words(analysis, formats, today, made_on) or view.level


def _ends_soon(team: TeamView, now: datetime) -> bool:
    """Tell whether the line names the weekday on which the balance ends."""
    return team.ends is not None and (team.ends - now.astimezone().date()).days <= WEEKDAY_WITHIN


def _share(view: View) -> float | None:
    if view.hides and view.credits is not None:
        return 0.0  # an empty track, as a part of it would tell the amount
    if view.credits is None:
        return None
    if view.credits <= 0:
        return 0.0
    return min(1.0, view.credits / view.peak) if view.peak else None


def _is_unreachable(team: TeamView) -> bool:
    problem = team.snapshot.problem
    return problem is not None and problem.kind in FAILS_ON_NETWORK

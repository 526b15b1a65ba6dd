"""What several tests take as their example."""

from datetime import UTC, date, datetime

from tray_app.lemlist.balance import Balance
from tray_app.rules.forecast import Curve, Rhythm
from tray_app.rules.levels import Thresholds
from tray_app.rules.prices import Prices
from tray_app.store.settings import IconStyle, Settings
from tray_app.team.api import Checked

NOW = datetime(2026, 11, 22, 15, 20, tzinfo=UTC)
TODAY = date(2026, 11, 22)
"""A Sunday."""

HEALTHY = Balance(12_430, 12_430, subscription=8_000, paid=4_100, gifted=330, freemium=0)
ACME = Checked("Acme Growth", Balance(12_430))

LASTS = (
    r"Credits are likely to run out on \w+, .+ \(.+ to .+\)\. "
    r"Recent spending: about 1,[2-5]00 credits per working day\."
)
"""What is said on any day of how long the demo's team has enough."""

OTHER_SETTINGS = Settings(
    Thresholds(900, 800),
    86_399,
    notifications=False,
    icon=IconStyle.SYMBOL,
    warn_within=0,
    renewal_day=31,
    prices=Prices(4, 2, 19, 3, 987),
)
"""Each differs from its default, and is odd where it can be."""


def rhythm(low: float, likely: float, high: float) -> Rhythm:
    """Return that of a team that spends so much each working day."""
    curve = Curve((0.0, 1.0), (0.0, low), (0.0, likely), (0.0, high))
    return Rhythm(likely, frozenset(range(5)), (1.0,) * 5 + (0.0,) * 2, curve, (0.0, high))

"""Where the pages of the weeks stay, and which of them is the newest at a moment."""

from datetime import datetime, timedelta

LATEST = "index.html"
MONDAY_HOUR = 7
"""The hour (UTC) on Mondays at which the week's page is made; app.py has the schedule."""
MADE_AFTER = timedelta(minutes=15)
"""By then a run is over, or has failed."""


def page_address(now: datetime) -> str:
    """Where the page of the ISO week of `now` stays, e.g. `reports/2026-W48.html`."""
    return f"reports/{week_of(now)}.html"


def week_of(now: datetime) -> str:
    """The ISO week of `now`, in a form that sorts by time: `2026-W48`."""
    year, week, _ = now.isocalendar()
    return f"{year}-W{week:02}"


def newest_week(now: datetime) -> datetime:
    """The Monday whose page is the newest one at `now`."""
    monday = (now - timedelta(days=now.weekday())).replace(
        hour=MONDAY_HOUR, minute=0, second=0, microsecond=0
    )
    return monday if now >= monday + MADE_AFTER else monday - timedelta(weeks=1)

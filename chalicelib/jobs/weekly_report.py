"""The weekly job: costs in, dashboard on the site, digest out."""

from datetime import datetime, timedelta

from chalicelib.dashboard.page import render_page
from chalicelib.errors import CurrencyError, PermanentSourceError, SettingError
from chalicelib.jobs.ports import Channel, FactSource, Links, Site
from chalicelib.messages.digest import digest
from chalicelib.messages.failure import failure
from chalicelib.report import build_report
from chalicelib.settings import Settings

LATEST = "index.html"


def publish_weekly_report(
    now: datetime,
    settings: Settings,
    *,
    source: FactSource,
    site: Site,
    links: Links,
    notify: Channel,
) -> None:
    """Store this week's page, then mail its digest; running it again replaces the same page.

    When costs cannot be read until somebody does something, a mail says what, and nothing else
    happens. Every other `CostTrackerError` is raised, so that the run is tried again.
    """
    try:
        facts = source.facts(now.date())
    except (PermanentSourceError, SettingError, CurrencyError) as error:
        message = failure(error, "The weekly cost report", now)
        notify.send(message.subject, message.text)
        return
    report = build_report(facts, settings, now)
    address = page_address(now)
    page = render_page(report, _previous_page(links, now))
    site.publish(address, page)
    site.publish(LATEST, page)
    message = digest(report, links.to(address, now))
    notify.send(message.subject, message.text)


def page_address(now: datetime) -> str:
    """Where the page of the ISO week of `now` stays, e.g. `reports/2026-W48.html`."""
    year, week, _ = now.isocalendar()
    return f"reports/{year}-W{week:02}.html"


def _previous_page(links: Links, now: datetime) -> str | None:
    link = links.to(page_address(now - timedelta(weeks=1)), now)
    return link if link.startswith("https://") else None

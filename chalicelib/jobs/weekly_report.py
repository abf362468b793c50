"""The weekly job: costs in, dashboard on the site, digest out by mail and, where it is on, chat."""

from datetime import datetime, timedelta

from chalicelib.dashboard.page import render_page
from chalicelib.errors import CurrencyError, PermanentSourceError, SettingError
from chalicelib.jobs.pages import LATEST, page_address, week_of
from chalicelib.jobs.ports import Channel, FactSource, Links, Site
from chalicelib.jobs.telling import tell
from chalicelib.jobs.why import with_reasons
from chalicelib.messages.digest import digest
from chalicelib.messages.digest_card import digest_card
from chalicelib.messages.failure import failure
from chalicelib.report import build_report
from chalicelib.settings import Settings


def publish_weekly_report(
    now: datetime,
    settings: Settings,
    *,
    source: FactSource,
    site: Site,
    links: Links,
    notify: Channel,
    chat: Channel | None = None,
) -> None:
    """Store this week's page, then tell chat and mail the digest; again, it replaces the same page.

    The mail is the one that must arrive: it says so where chat did not get the card. Run again for
    an older week, it leaves the page of the newest one as the latest.

    When costs cannot be read until somebody does something, a mail says what, and nothing else
    happens. Every other `CostTrackerError` is raised, so that the run is tried again.
    """
    try:
        facts = source.facts(now.date())
    except (PermanentSourceError, SettingError, CurrencyError) as error:
        message = failure(error, "The weekly cost report", now)
        notify.send(message.subject, message.text)
        return
    report = with_reasons(build_report(facts, settings, now), source)
    address = page_address(now)
    page = render_page(report, _previous_page(links, now))
    site.publish(address, page)
    site.publish(LATEST, page, week=week_of(now))
    link = links.to(address, now)
    tell(digest(report, link), lambda: digest_card(report, link), notify, chat)


def _previous_page(links: Links, now: datetime) -> str | None:
    link = links.to(page_address(now - timedelta(weeks=1)), now)
    return link if link.startswith("https://") else None

"""The page: one self-contained HTML file, safe to mail, to archive and to open from disk."""

import base64
import hashlib
from datetime import timedelta
from decimal import Decimal
from functools import cache, partial
from typing import Any

from chalicelib.costs import Period
from chalicelib.dashboard.drawing import sparkline
from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.sections.burn_up import burn_up
from chalicelib.dashboard.sections.findings import Course
from chalicelib.dashboard.sections.week_bars import week_bars
from chalicelib.dashboard.templates import BUILT, environment
from chalicelib.dashboard.view import View, view_of
from chalicelib.errors import PageNotBuiltError
from chalicelib.money import money, percent, signed_money
from chalicelib.report import Report
from chalicelib.service_names import short_name
from chalicelib.wording.lines import one_line
from chalicelib.wording.periods import day_text, days_text

SPARK_DAYS = 30


def render_page(report: Report, previous: str | None = None) -> str:
    """The report as one HTML page; `previous` is a complete link to the week before, if there is one.

    Nothing is loaded from elsewhere: CSS, JavaScript and data are inside, and a content security
    policy made of their hashes lets nothing else run. Raises `PageNotBuiltError` when the CSS and
    JavaScript were not built.
    """
    return render_view(view_of(report), previous)


def render_view(view: View, previous: str | None = None) -> str:
    """The page of a view that is already there; see `render_page`."""
    css, boot, code = (_built(name) for name in ("page.css", "boot.js", "page.js"))
    return (
        environment()
        .get_template("page.html")
        .render(
            view=view,
            data=as_json(view),
            previous=previous,
            css=css,
            boot=boot,
            code=code,
            policy=_policy(css, boot, code),
            **_words(view),
        )
    )


def _words(view: View) -> dict[str, Any]:
    """What the template needs to put figures into words and pictures."""
    currency = view.billing_currency
    return {
        "money": partial(money, currency=currency),
        "whole": partial(money, currency=currency, cents=False),
        "signed": partial(signed_money, currency=currency),
        "percent": percent,
        "day": day_text,
        "days": lambda start, end: days_text(Period(start, end)),
        "day_after": lambda start, n: day_text(start + timedelta(days=n)),
        "run_price": partial(money, currency="USD"),
        "sparkline": sparkline,
        "complete": lambda course: _complete_days(course, view),
        "short": short_name,
        "plain": one_line,
        "month": lambda start: f"{start:%B}",
        "weekday": lambda day: f"{day:%a} {day_text(day)}",
        "tick": partial(_tick, currency=currency),
        "burn_up": burn_up(view.month),
        "week_bars": week_bars(view.week, partial(_tick, currency=currency)),
    }


def _tick(amount: Decimal, currency: str) -> str:
    """An amount beside a line of the grid, where a currency's code would leave no room for it."""
    whole = amount == amount.to_integral_value()
    return money(amount, currency, cents=not whole).removeprefix(f"{currency} ")


def _complete_days(course: Course, view: View) -> tuple[Decimal | None, ...]:
    """The last 30 complete days of a course: a day that fills in looks like a fall."""
    known = (view.freshness.complete_through - course.charge_period_start).days + 1
    return course.amounts[max(0, known - SPARK_DAYS) : known]


def _policy(css: str, *scripts: str) -> str:
    """A policy that names by hash the one style sheet and the scripts that may run."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src " + " ".join(map(_hash, scripts)),
            f"style-src {_hash(css)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _built(name: str) -> str:
    try:
        return (BUILT / name).read_text("utf-8").strip()
    except FileNotFoundError:
        raise PageNotBuiltError(
            f"The page's {name} was not built.",
            next_step="Run `make frontend`; it builds CSS and JavaScript into chalicelib/dashboard/built/.",
        ) from None

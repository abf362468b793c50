"""The page: one self-contained HTML file, safe to mail, to archive and to open from disk."""

import base64
import hashlib
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.costs import Period
from chalicelib.dashboard.drawing import sparkline
from chalicelib.dashboard.json_form import as_json
from chalicelib.dashboard.sections.month_end import month_range
from chalicelib.dashboard.sections.movers import bars
from chalicelib.dashboard.view import View, view_of
from chalicelib.errors import PageNotBuiltError
from chalicelib.money import money, percent, signed_money
from chalicelib.report import Report
from chalicelib.wording.periods import day_text, days_text

HERE = Path(__file__).parent
BUILT = HERE / "built"


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
        _environment()
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
        "bars": bars,
        "month_range": month_range(view.month_end),
    }


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


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment

"""The dashboard at your desk: sample data, your own account, saved answers, or a FOCUS export."""

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryFile

import click

from chalicelib.costs import CostFacts
from chalicelib.dashboard.page import render_page
from chalicelib.dashboard.view import view_of
from chalicelib.errors import CostTrackerError
from chalicelib.jobs.why import with_reasons
from chalicelib.report import Report, build_report
from chalicelib.settings import Settings
from desk.export import TABLES, write_csv, write_json
from desk.terminal import Progress, summary, terminal_of
from simulation.sample import SAMPLE_NOW, sample_ledger

ASKS = """\
This reads the costs of your account from AWS Cost Explorer, and nothing else: it needs the
permission ce:GetCostAndUsage and changes nothing. It takes 2 requests, 3 for an organisation,
and 1 or 2 to see why costs changed; more where an answer has several pages, at $0.01 each;
never more than {limit} (${price:.2f})."""


@click.command()
@click.option(
    "--aws", is_flag=True, help="Your own account, with the credentials of the environment."
)
@click.option(
    "--profile", metavar="NAME", help="Your own account, with a profile of ~/.aws/config."
)
@click.option(
    "--from-file",
    "saved",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Saved `aws ce get-cost-and-usage` JSON; repeat for several pages or questions.",
)
@click.option(
    "--focus",
    metavar="PATH_OR_GLOB",
    help="A FOCUS export: CSV, CSV.gz or Parquet; local or s3://.",
)
@click.option(
    "--currency",
    metavar="CODE",
    help="With --focus: the one currency to show, where a file has several.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/preview"),
    show_default=True,
    help="Folder for the page.",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in your browser.")
@click.option(
    "--json", "as_json", is_flag=True, help="Also write what the page shows as report.json."
)
@click.option("--csv", "as_csv", is_flag=True, help="Also write each table of the page as CSV.")
@click.option("--yes", is_flag=True, help="Do not ask before making paid requests.")
def preview(
    aws: bool,
    profile: str | None,
    saved: tuple[Path, ...],
    focus: str | None,
    currency: str | None,
    out: Path,
    open_page: bool,
    as_json: bool,
    as_csv: bool,
    yes: bool,
) -> None:
    """Tell what costs did, and write the dashboard: of built-in sample data, unless told otherwise.

    \b
    python cli.py preview --open                    built-in sample organisation
    python cli.py preview --aws --open              your own account
    python cli.py preview --from-file costs.json    saved answers of Cost Explorer
    python cli.py preview --focus 'export/*.parquet'
    """
    if sum([aws or bool(profile), bool(saved), bool(focus)]) > 1:
        raise click.UsageError("Choose one of --aws/--profile, --from-file and --focus.")
    if currency and not focus:
        raise click.UsageError("--currency goes with --focus; name the export too.")
    settings = Settings.from_env(os.environ)
    with _writing(out):  # before anything is spent on what could not be kept
        there = next(place for place in (out, *out.absolute().parents) if place.exists())
        TemporaryFile(dir=there).close()
    if saved:
        report = _report(_saved(saved), settings)
    elif focus:
        report = _focus(focus, currency, settings)
    elif aws or profile:
        report = _account(profile, settings, yes)
    else:
        ledger = sample_ledger()
        facts = ledger.facts(SAMPLE_NOW.date(), settings.label)
        report = with_reasons(build_report(facts, settings, SAMPLE_NOW), ledger)
    with _writing(out):
        written = _write(report, out, as_json, as_csv)
    click.echo(summary(report, terminal_of(sys.stdout)))
    for path in written:
        click.echo(path)
    if open_page:
        _open(out / "index.html")


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CostTrackerError(
            f"The page cannot be written to {out}: {error.strerror}.",
            next_step="Name a folder that you may write to: --out DIRECTORY",
        ) from error


def _open(page: Path) -> None:
    """Show the page; where there is no browser to show it, say where it can be had."""
    address = page.resolve().as_uri()
    try:
        shown = webbrowser.open(address)
    except webbrowser.Error:
        shown = False
    if not shown:
        click.echo(f"No browser could be started here. Open this in yours: {address}", err=True)


def _report(facts: CostFacts, settings: Settings) -> Report:
    """The report as of the facts' own day: an export of last year makes last year's page."""
    now = datetime.now(UTC).replace(microsecond=0)
    made = now if facts.today == now.date() else datetime.combine(facts.today, time(), UTC)
    return build_report(facts, settings, made)


def _account(profile: str | None, settings: Settings, yes: bool) -> Report:
    click.echo(ASKS.format(limit=settings.max_requests, price=settings.max_requests / 100))
    if not yes:
        click.confirm("Go on?", default=True, abort=True)
    import boto3

    from chalicelib.sources.cost_explorer import CostExplorer
    from chalicelib.sources.cost_explorer.errors import translated_errors
    from chalicelib.wiring import REGION, client_config

    with translated_errors():
        client = boto3.Session(profile_name=profile).client(
            "ce", region_name=REGION, config=client_config()
        )
    progress = Progress(sys.stderr)
    source = CostExplorer(
        client,
        max_requests=settings.max_requests,
        label=settings.label,
        on_request=lambda count: progress.say(f"Reading Cost Explorer: {count} answered"),
    )
    progress.say("Reading Cost Explorer ...")
    facts = source.facts(datetime.now(UTC).date())
    report = with_reasons(_report(facts, settings), source)
    price = report.facts.price
    progress.done(f"Read Cost Explorer: {price.basis} = ${price.amount}")
    return report


def _saved(paths: tuple[Path, ...]) -> CostFacts:
    from desk.saved_answers import saved_facts

    return saved_facts(paths, datetime.now(UTC).date())


def _focus(path: str, currency: str | None, settings: Settings) -> Report:
    from desk.focus_files import FocusFiles

    with click.progressbar(length=100, label="Reading", file=sys.stderr) as bar:
        files = FocusFiles(
            path,
            currency=currency or settings.currency,
            label=settings.label,
            on_progress=lambda share: bar.update(round(share * 100) - bar.pos),
        )
        return with_reasons(_report(files.facts(), settings), files)


def _write(report: Report, out: Path, as_json: bool, as_csv: bool) -> list[Path]:
    view = view_of(report)
    texts = {"index.html": render_page(report)}
    if as_json:
        texts["report.json"] = write_json(view)
    if as_csv:
        tables = {f"{name}.csv": write_csv(view, name) for name in TABLES}
        texts |= {name: text for name, text in tables.items() if text}
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    return [out / name for name in texts]

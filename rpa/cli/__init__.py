"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from rpa.cli.flows import FlowGroup
from rpa.cli.groups import LazyGroup
from rpa.errors import RpaError

app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Run a merchant's back office through its web pages: each order at most once, every action reported.",
)  # fmt: skip
selectors = typer.Typer(no_args_is_help=True, help="What the site's pages look like: check and approve the profile.")
ledger = typer.Typer(no_args_is_help=True, help="What was tried on which order, and how it ended.")
app.add_typer(selectors, name="selectors")
app.add_typer(ledger, name="ledger")
app.add_typer(
    typer.Typer(cls=FlowGroup, no_args_is_help=True), name="run", help="Run a flow in the shops named, or in all shops."
)

Shop = Annotated[str, typer.Argument(help="A shop of rpa.toml.")]


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option("--config", "-c", help="The configuration. Default: RPA_CONFIG, else ./rpa.toml.")
    ] = None,
) -> None:
    """Keep what all commands share."""
    context.obj = config


@app.command()
def init(context: typer.Context) -> None:
    """Ask a few questions and write a commented rpa.toml."""
    from rpa.cli.setup import write_first_config

    write_first_config(context.obj)


@app.command()
def login(
    context: typer.Context,
    shop: Shop,
    *,
    password_stdin: Annotated[
        bool,
        typer.Option(
            "--password-stdin", help="Read the password from one line of standard input, and keep it encrypted."
        ),
    ] = False,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser while the password is typed.")] = False,
) -> None:
    """Log in to a shop: by hand in a browser window, or with a password from standard input."""
    from rpa.cli.setup import log_in
    from rpa.cli.speech import secret_line

    log_in(context.obj, shop, password=secret_line() if password_stdin else None, headed=headed)


@app.command()
def flows(context: typer.Context) -> None:
    """List the flows there are: what each does, and its options."""
    from rpa.cli.setup import list_flows

    list_flows(context.obj)


@app.command()
def report(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD.")] = None,
    shop: Annotated[list[str] | None, typer.Option(help="Only this shop; may be given several times.")] = None,
) -> None:
    """Gather the rows of all runs into one CSV and XLSX, with totals per day."""
    from rpa.cli.records import write_report

    write_report(context.obj, since=since, until=until, shops=shop or [])


@app.command()
def doctor(context: typer.Context) -> None:
    """Examine this machine, the configuration and the profiles, and say what to do."""
    from rpa.cli.setup import examine_machine

    examine_machine(context.obj)


@selectors.command("check")
def selectors_check(
    context: typer.Context,
    shop: Shop,
    *,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser.")] = False,
) -> None:
    """Open each page of the shop's site and say which elements are found. Nothing is clicked, but to log in."""
    from rpa.cli.profiles import check

    check(context.obj, shop, headed=headed)


@selectors.command("approve")
def selectors_approve(
    context: typer.Context,
    shop: Shop,
    element: Annotated[
        list[str] | None, typer.Argument(help="Elements to confirm. Default: all destructive ones.")
    ] = None,
    *,
    by: Annotated[str | None, typer.Option(help="Your name. Default: the login name of this computer.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Confirm that destructive elements are described rightly for this shop's site, so that they may be clicked unattended."""
    from rpa.cli.approving import approve

    approve(context.obj, shop, names=element or [], by=by, yes=yes)


@ledger.command("show")
def ledger_show(
    context: typer.Context,
    *,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    state: Annotated[str | None, typer.Option(help="Only this state, for example unknown.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many, newest first.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on standard output.")] = False,
) -> None:
    """List the actions, newest first."""
    from rpa.cli.records import show_ledger

    show_ledger(context.obj, shop=shop, state=state, limit=limit, as_json=as_json)


@ledger.command("resolve")
def ledger_resolve(
    context: typer.Context,
    shop: Shop,
    subject: Annotated[str, typer.Argument(help="The order number.")],
    *,
    done: Annotated[bool, typer.Option("--done", help="The site shows it as we sent it.")] = False,
    not_done: Annotated[
        bool, typer.Option("--not-done", help="The site does not have it; it may be sent again.")
    ] = False,
    changed_ok: Annotated[
        bool, typer.Option("--changed-ok", help="The order changed, and may be shipped as it is now.")
    ] = False,
    reason: Annotated[str, typer.Option(help="What you saw; kept with your name. Needed.")] = "",
    kind: Annotated[str | None, typer.Option(help="Which kind of action, where the order has several.")] = None,
    by: Annotated[str | None, typer.Option(help="Your name. Default: the login name of this computer.")] = None,
) -> None:
    """Answer for an order that the program cannot decide on: look at it on the site first."""
    from rpa.cli.records import resolve

    answers = [name for name, given in (("done", done), ("not_done", not_done), ("changed", changed_ok)) if given]
    resolve(context.obj, shop, subject=subject, answers=answers, kind=kind, by=by, reason=reason)


def main() -> None:
    """Run the program; errors are printed once, without a traceback, and set the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except RpaError as error:
        typer.secho(str(error), fg="red", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.secho("Ended by Ctrl-C. What was being sent is looked at by the next run.", fg="red", err=True)
        sys.exit(130)

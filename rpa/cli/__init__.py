"""The command line. Everything heavy is imported by the command that needs it, so that `--help` is quick."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from rpa.cli import notify_commands, schedule_commands, status_commands
from rpa.cli.help import LANGUAGE, CommandHelp, OptionHelp
from rpa.cli.plugin_commands import LazyGroup
from rpa.cli.run_commands import FlowGroup
from rpa.environment import take_key_out
from rpa.errors import RpaError
from rpa.language import Text
from rpa.printable import printable

app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=CommandHelp.rpa
)
selectors = typer.Typer(no_args_is_help=True)
ledger = typer.Typer(no_args_is_help=True)
service = typer.Typer(no_args_is_help=True)
app.add_typer(typer.Typer(cls=FlowGroup, no_args_is_help=True), name="run", help=CommandHelp.run)
app.add_typer(selectors, name="selectors", help=CommandHelp.selectors)
app.add_typer(ledger, name="ledger", help=CommandHelp.ledger)
app.add_typer(service, name="service", help=CommandHelp.service)
app.add_typer(notify_commands.app, name="notify", help=notify_commands.HELP)

_INTERRUPTED = Text(
    en="Ended by Ctrl-C. What was being sent is looked at by the next run.",
    zh="已被 Ctrl-C 中断。提交到一半的操作，下次运行会先核对。",
)

_REFUSED = Text(
    en="The system refused it: {error}. See that the disk has room, and that the folder may be written to.",
    zh="系统拒绝了操作：{error}。请检查磁盘是否已满、文件夹是否可写。",
)
_CRASHED = 4

Shop = Annotated[str, typer.Argument(help=OptionHelp.shop, metavar="SHOP")]
Shops = Annotated[list[str] | None, typer.Argument(help=OptionHelp.shops, metavar="SHOP")]
OnlyShops = Annotated[list[str] | None, typer.Option(help=OptionHelp.only_shops, metavar="SHOP")]
By = Annotated[str | None, typer.Option(help=OptionHelp.by, metavar="NAME")]
Headed = Annotated[bool, typer.Option("--headed", help=OptionHelp.headed, metavar="")]


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", "-c", help=OptionHelp.config, metavar="FILE")] = None,
) -> None:
    """Keep what all commands share."""
    context.obj = config


@app.command(help=CommandHelp.init)
def init(context: typer.Context) -> None:
    """Write the first configuration."""
    from rpa.cli.setup import write_first_config

    write_first_config(context.obj)


@app.command(help=CommandHelp.login)
def login(
    context: typer.Context,
    shop: Shop,
    *,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help=OptionHelp.password_stdin, metavar="")
    ] = False,
    headed: Headed = False,
) -> None:
    """Log in to a shop."""
    from rpa.cli.console import secret_line
    from rpa.cli.setup import log_in

    log_in(context.obj, shop, password=secret_line() if password_stdin else None, headed=headed)


@app.command(help=CommandHelp.flows)
def flows(context: typer.Context) -> None:
    """List the flows."""
    from rpa.cli.setup import list_flows

    list_flows(context.obj)


app.command("schedule", help=schedule_commands.SCHEDULE)(schedule_commands.schedule)
app.command("status", help=status_commands.STATUS)(status_commands.status)
app.command("todo", help=status_commands.TODO)(status_commands.todo)
app.command("digest", help=status_commands.DIGEST)(status_commands.digest)


@app.command(help=CommandHelp.report)
def report(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option("--from", help=OptionHelp.since, metavar="DAY")] = None,
    until: Annotated[str | None, typer.Option("--to", help=OptionHelp.until, metavar="DAY")] = None,
    shop: OnlyShops = None,
) -> None:
    """Write one report over many runs."""
    from rpa.cli.ledger_report import write_report

    write_report(context.obj, since=since, until=until, shops=shop or [])


@app.command(help=CommandHelp.pause)
def pause(
    context: typer.Context,
    shops: Shops = None,
    *,
    reason: Annotated[str, typer.Option(help=OptionHelp.pause_reason, metavar="TEXT")] = "",
    by: By = None,
) -> None:
    """Forbid writing to shops."""
    from rpa.cli.pause import pause_shops

    pause_shops(context.obj, shops or [], by=by, reason=reason)


@app.command(help=CommandHelp.resume)
def resume(context: typer.Context, shops: Shops = None) -> None:
    """Allow writing to shops again."""
    from rpa.cli.pause import resume_shops

    resume_shops(context.obj, shops or [])


@app.command(help=CommandHelp.doctor)
def doctor(context: typer.Context) -> None:
    """Examine this machine."""
    from rpa.cli.setup import examine_machine

    examine_machine(context.obj)


@selectors.command("new", help=CommandHelp.new_profile)
def selectors_new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help=OptionHelp.profile_name, metavar="NAME")],
    *,
    address: Annotated[str | None, typer.Option(help=OptionHelp.address, metavar="URL")] = None,
    title: Annotated[str | None, typer.Option(help=OptionHelp.title, metavar="TEXT")] = None,
    language: Annotated[str | None, typer.Option(help=OptionHelp.page_language, metavar="LANGUAGE")] = None,
    timezone: Annotated[str | None, typer.Option(help=OptionHelp.zone, metavar="ZONE")] = None,
    choose: Annotated[list[str] | None, typer.Option(help=OptionHelp.choose, metavar="KEY=VALUE")] = None,
) -> None:
    """Begin the profile of a new site."""
    from rpa.cli.selectors_new import new

    given = {"address": address, "title": title, "language": language, "timezone": timezone}
    new(context.obj, name, given=given, chosen=choose or [])


@selectors.command("check", help=CommandHelp.check)
def selectors_check(context: typer.Context, shop: Shop, *, headed: Headed = False) -> None:
    """Compare the profile with the site."""
    from rpa.cli.selectors_check import check

    check(context.obj, shop, headed=headed)


@selectors.command("diff", help=CommandHelp.differences)
def selectors_diff(context: typer.Context, shop: Shop) -> None:
    """Show what a profile of one's own says otherwise."""
    from rpa.cli.selectors_approve import differences

    differences(context.obj, shop)


@selectors.command("upgrade", help=CommandHelp.upgrade)
def selectors_upgrade(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help=OptionHelp.profiles, metavar="SHOP|FILE")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=OptionHelp.do_not_ask, metavar="")] = False,
    check: Annotated[bool, typer.Option("--check", help=OptionHelp.only_check, metavar="")] = False,
) -> None:
    """Write profiles of one's own as they are written today."""
    from rpa.cli.selectors_upgrade import upgrade

    upgrade(context.obj, names or [], yes=yes, check=check)


@selectors.command("approve", help=CommandHelp.approve)
def selectors_approve(
    context: typer.Context,
    shop: Shop,
    element: Annotated[list[str] | None, typer.Argument(help=OptionHelp.elements, metavar="ELEMENT")] = None,
    *,
    by: By = None,
    yes: Annotated[bool, typer.Option("--yes", help=OptionHelp.do_not_ask, metavar="")] = False,
) -> None:
    """Confirm destructive elements."""
    from rpa.cli.selectors_approve import approve

    approve(context.obj, shop, names=element or [], by=by, yes=yes)


@ledger.command("show", help=CommandHelp.show)
def ledger_show(
    context: typer.Context,
    *,
    shop: OnlyShops = None,
    state: Annotated[str | None, typer.Option(help=OptionHelp.state, metavar="STATE")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help=OptionHelp.limit, metavar="N")] = None,
    as_json: Annotated[bool, typer.Option("--json", help=OptionHelp.json_list, metavar="")] = False,
) -> None:
    """List the actions."""
    from rpa.cli.ledger_report import show_ledger

    show_ledger(context.obj, shops=shop or [], state=state, limit=limit, as_json=as_json)


@ledger.command("resolve", help=CommandHelp.resolve)
def ledger_resolve(
    context: typer.Context,
    shop: Shop,
    subject: Annotated[str, typer.Argument(help=OptionHelp.subject, metavar="SUBJECT")],
    *,
    done: Annotated[bool, typer.Option("--done", help=OptionHelp.done, metavar="")] = False,
    not_done: Annotated[bool, typer.Option("--not-done", help=OptionHelp.not_done, metavar="")] = False,
    changed_ok: Annotated[bool, typer.Option("--changed-ok", help=OptionHelp.changed_ok, metavar="")] = False,
    reason: Annotated[str, typer.Option(help=OptionHelp.reason, metavar="TEXT")] = "",
    by: By = None,
    kind: Annotated[str | None, typer.Option(help=OptionHelp.kind, metavar="KIND")] = None,
    part: Annotated[str | None, typer.Option(help=OptionHelp.part, metavar="PART")] = None,
    yes: Annotated[bool, typer.Option("--yes", help=OptionHelp.reopen, metavar="")] = False,
) -> None:
    """Answer for an action."""
    from rpa.cli.ledger_resolve import resolve

    answers = [name for name, given in (("done", done), ("not_done", not_done), ("changed", changed_ok)) if given]
    resolve(context.obj, shop, subject=subject, answers=answers, kind=kind, part=part, by=by, reason=reason, yes=yes)


@ledger.command("accept", help=CommandHelp.accept)
def ledger_accept(
    context: typer.Context,
    *,
    reason: Annotated[str, typer.Option(help=OptionHelp.accept_reason, metavar="TEXT")] = "",
    by: By = None,
) -> None:
    """Take the ledger as it is."""
    from rpa.cli.ledger_accept import accept_ledger

    accept_ledger(context.obj, by=by, reason=reason)


@service.command("install", help=CommandHelp.service_install)
def service_install(
    context: typer.Context,
    *,
    only_print: Annotated[bool, typer.Option("--print", help=OptionHelp.only_print, metavar="")] = False,
) -> None:
    """Have the scheduler kept running."""
    from rpa.cli.service import install

    install(context.obj, only_print=only_print)


@service.command("uninstall", help=CommandHelp.service_uninstall)
def service_uninstall(context: typer.Context) -> None:
    """Have it kept running no more."""
    from rpa.cli.service import uninstall

    uninstall(context.obj)


@service.command("status", help=CommandHelp.service_status)
def service_status(context: typer.Context) -> None:
    """Say how the service stands."""
    from rpa.cli.service import status

    status(context.obj)


def main() -> None:
    """Run the program; errors are printed once, without a traceback, and set the exit code.

    What it makes is for this user's eyes alone, from the first folder on; a folder that others share says so itself.
    """
    os.umask(0o077)
    take_key_out()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except RpaError as error:
        typer.secho(printable(error.in_words(LANGUAGE)), fg="red", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.secho(_INTERRUPTED.of(LANGUAGE), fg="red", err=True)
        sys.exit(130)
    except OSError as error:
        typer.secho(printable(_REFUSED.with_words(error=error).of(LANGUAGE)), fg="red", err=True)
        sys.exit(_CRASHED)
    except Exception:  # noqa: BLE001 - Python's own exit code, 1, says that something could not be acted on
        sys.stderr.write(printable(traceback.format_exc()))
        sys.exit(_CRASHED)
    finally:
        gc.freeze()  # what is left goes with the process; else Python looks through all of it for garbage at its end

"""`rpa run FLOW`: each flow is a command, its options dataclass is the command's arguments."""

from __future__ import annotations

import contextlib
import gc
import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, fields
from enum import EnumType
from functools import partial
from pathlib import Path
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from typer.core import TyperGroup

from rpa.cli.help import OptionHelp, RunOptions, said
from rpa.cli.plugin_commands import command_of
from rpa.language import Text

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright
    from typer._click.core import Command, Context

    from rpa.browser.driver import Driver
    from rpa.flow import Flow

_NO_FLOW = Text(en='There is no flow "{name}"{near}', zh="没有“{name}”这个流程{near}")
_DRIVER = "rpa.driver"

_WATCHED = frozenset({"--headed", "--slow-mo", "--step", "--pause-on-failure", "--video", "--trace"})
"""With these, a person watches: the browser is another than one that is started ahead, or a mistake is told first."""


def _launch_ahead(playwright: Playwright) -> Browser | None:
    from rpa.browser.session import launch_ahead

    return launch_ahead(playwright)


def _import_all(config_path: Path | None) -> None:
    """What a run needs: the program, the flows, the configuration, the profiles of its shops."""
    import rpa.cli.run  # noqa: F401
    from rpa import plugins
    from rpa.elements.registry import load_profile
    from rpa.errors import ConfigError
    from rpa.runner.preload import import_ahead

    with contextlib.suppress(ConfigError, OSError):  # whoever uses it will say so
        plugins.flows()
        config = plugins.load_config(config_path)
        for platform in {shop.platform for shop in config.shops.values()}:
            load_profile(platform, folder=config.selectors)
    import_ahead()


@contextlib.contextmanager
def _all_stays() -> Iterator[None]:
    """All that is made in this block stays: nothing is gained by looking for garbage in it, now and at later looks."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class FlowGroup(TyperGroup):
    """One command a flow."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the base class's signature
        """All flows."""
        from rpa.plugins import flows

        return sorted(flows())

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The flow's command. For a run, the browser's driver is started while the program is imported."""
        if "--help" not in args and not ctx.resilient_parsing:
            watched = any(each.partition("=")[0] in _WATCHED for each in args)
            with _all_stays():
                from rpa.browser.driver import Driver

                meanwhile = partial(_import_all, ctx.obj)
                driver = Driver.started_while(meanwhile, then=None if watched else _launch_ahead)
            ctx.call_on_close(driver.stop)
            ctx.meta[_DRIVER] = driver
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - the base class's signature
        """The command of a flow. Raises ConfigError with "did you mean" for a flow that there is not."""
        from rpa.errors import ConfigError
        from rpa.plugins import flows
        from rpa.toml.document import did_you_mean

        known = flows()
        if cmd_name not in known:
            raise ConfigError(_NO_FLOW.with_words(name=cmd_name, near=did_you_mean(cmd_name, known)))
        return command_of(_function(known[cmd_name]), name=cmd_name)


def run_flow(
    context: typer.Context,
    *,
    shops: Annotated[list[str] | None, typer.Argument(help=OptionHelp.shops, metavar="SHOP")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=RunOptions.dry_run, metavar="")] = False,
    live: Annotated[bool, typer.Option("--live", help=RunOptions.live, metavar="")] = False,
    yes: Annotated[bool, typer.Option("--yes", help=RunOptions.yes, metavar="")] = False,
    as_json: Annotated[bool, typer.Option("--json", help=RunOptions.json_document, metavar="")] = False,
    headed: Annotated[bool, typer.Option("--headed", help=RunOptions.headed, metavar="")] = False,
    slow_mo: Annotated[float, typer.Option("--slow-mo", min=0, help=RunOptions.slow_mo, metavar="MS")] = 0,
    step: Annotated[bool, typer.Option("--step", help=RunOptions.step, metavar="")] = False,
    pause_on_failure: Annotated[
        bool, typer.Option("--pause-on-failure", help=RunOptions.pause_on_failure, metavar="")
    ] = False,
    video: Annotated[bool, typer.Option("--video", help=RunOptions.video, metavar="")] = False,
    trace: Annotated[bool, typer.Option("--trace", help=RunOptions.trace, metavar="")] = False,
    **options: Any,
) -> None:
    """Run one flow; stands in for the function that each flow's command has."""
    from rpa.cli.run import RunArguments, run_and_tell

    driver: Driver | None = context.meta.get(_DRIVER)
    run_and_tell(
        context.obj,
        context.info_name or "",
        options=options,
        playwright=driver.playwright if driver else None,
        ahead=driver.browser if driver else None,
        asked=RunArguments(
            shops=tuple(shops or ()),
            dry_run=dry_run,
            live=live,
            yes=yes,
            as_json=as_json,
            headed=headed,
            slow_mo_ms=slow_mo,
            step=step,
            pause_on_failure=pause_on_failure,
            video=video,
            trace=trace,
        ),
    )


def _function(flow: Flow) -> Callable[..., None]:
    """`run_flow` with the flow's own options in place of `**options`."""

    def command(**arguments: Any) -> None:
        run_flow(**arguments)

    shared = list(inspect.signature(run_flow, eval_str=True, locals={"typer": typer}).parameters.values())[:-1]
    own = [_parameter(field, flow=flow) for field in fields(flow.options)]
    parameters = [*shared[:2], *own, *shared[2:]]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__doc__ = said(flow.summary)
    return command


def flag_of(field: Field[Any]) -> str:
    """How an option of a flow is written on the command line."""
    return str(field.metadata["flag"] or "--" + field.name.replace("_", "-"))


def _parameter(field: Field[Any], *, flow: Flow) -> inspect.Parameter:
    hint: Any = get_type_hints(flow.options)[field.name]
    many = field.metadata["many"]
    if many:
        hint = GenericAlias(list, get_args(hint)[:1]) | None
    help_text = said(Text(*field.metadata["help"]))
    default = None if many or field.default is MISSING else field.default
    annotation = Annotated[hint, typer.Option(flag_of(field), help=help_text, metavar=_metavar(hint))]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _metavar(hint: Any) -> str | None:
    """What stands for the value in the help: nothing for a switch, FILE, a choice's own name; None: the type's."""
    kinds = {hint, *get_args(hint), *(part for each in get_args(hint) for part in get_args(each))}
    choice = next((kind for kind in kinds if isinstance(kind, EnumType)), None)
    if choice is not None:
        return choice.__name__.upper()
    return "" if bool in kinds else "FILE" if Path in kinds else None

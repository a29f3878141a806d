"""`rpa run FLOW`: each flow is a command, its options dataclass is the command's arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from typer.core import TyperGroup

from rpa.cli.groups import command_of
from rpa.language import Language, Text, detect

if TYPE_CHECKING:
    from typer._click.core import Command, Context

    from rpa.flow import Flow


class FlowGroup(TyperGroup):
    """One command a flow."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - the base class's signature
        """All flows."""
        from rpa.discovery import flows

        return sorted(flows())

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002 - the base class's signature
        """The command of a flow. Raises ConfigError with "did you mean" for a flow that there is not."""
        from rpa.discovery import flows
        from rpa.errors import ConfigError
        from rpa.tomlfile import did_you_mean

        known = flows()
        if cmd_name not in known:
            raise ConfigError(f'There is no flow "{cmd_name}"{did_you_mean(cmd_name, known)}')
        return command_of(_function(known[cmd_name]), name=cmd_name)


def run_flow(
    context: typer.Context,
    *,
    shops: Annotated[
        list[str] | None, typer.Argument(help="Shops of rpa.toml. Default: all.", metavar="[SHOP]...")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan only; nothing is written to the site.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Write to the site, whatever the shop's `live` says.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Answer yes to questions of the program itself.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    headed: Annotated[
        bool, typer.Option("--headed", help="Show the browser; actions are announced and highlighted.")
    ] = False,
    slow_mo: Annotated[
        float, typer.Option("--slow-mo", min=0, help="Milliseconds to wait after each action.", metavar="MS")
    ] = 0,
    step: Annotated[bool, typer.Option("--step", help="Ask before each write (with --headed).")] = False,
    pause_on_failure: Annotated[
        bool, typer.Option("--pause-on-failure", help="Open the inspector when the shop is stopped (with --headed).")
    ] = False,
    video: Annotated[bool, typer.Option("--video", help="Film the run (needs ffmpeg).")] = False,
    trace: Annotated[bool, typer.Option("--trace", help="Keep a Playwright trace of the run.")] = False,
    **options: Any,
) -> None:
    """Run one flow; stands in for the function that each flow's command has."""
    from rpa.cli.run import Asked, run_and_tell

    run_and_tell(
        context.obj, context.info_name or "", options=options,
        asked=Asked(
            shops=tuple(shops or ()), dry_run=dry_run, live=live, yes=yes, as_json=as_json, headed=headed,
            slow_mo_ms=slow_mo, step=step, pause_on_failure=pause_on_failure, video=video, trace=trace,
        ),
    )  # fmt: skip


def _function(flow: Flow) -> Callable[..., None]:
    """`run_flow` with the flow's own options in place of `**options`."""
    language = detect()

    def command(**arguments: Any) -> None:
        run_flow(**arguments)

    shared = list(inspect.signature(run_flow, eval_str=True, locals={"typer": typer}).parameters.values())[:-1]
    own = [_parameter(field, flow=flow, language=language) for field in fields(flow.options)]
    parameters = [*shared[:2], *own, *shared[2:]]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    command.__doc__ = flow.summary.of(language)
    return command


def flag_of(field: Field[Any]) -> str:
    """How an option of a flow is written on the command line."""
    return str(field.metadata["flag"] or "--" + field.name.replace("_", "-"))


def _parameter(field: Field[Any], *, flow: Flow, language: Language) -> inspect.Parameter:
    hint: Any = get_type_hints(flow.options)[field.name]
    many = field.metadata["many"]
    if many:
        hint = GenericAlias(list, get_args(hint)[:1]) | None
    help_text = Text(*field.metadata["help"]).of(language)
    default = None if many or field.default is MISSING else field.default
    annotation = Annotated[hint, typer.Option(flag_of(field), help=help_text)]
    return inspect.Parameter(field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

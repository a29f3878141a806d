"""Plug-in commands: named by capabilities, imported when they are asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import typer
from typer.core import TyperCommand, TyperGroup

from rpa import discovery, plugins
from rpa.errors import ConfigError, RpaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer._click.core import Command, Context


class LazyGroup(TyperGroup):
    """The program's own commands, those of capabilities, and, unlisted, each flow by its name."""

    def invoke(self, ctx: Context) -> object:
        """Do what is asked for; an error is printed once, in the user's language, and sets the exit code."""
        try:
            return super().invoke(ctx)
        except RpaError as error:
            from rpa.cli.console import language_of

            typer.secho(error.in_words(language_of(ctx.obj)), fg="red", err=True)
            sys.exit(error.exit_code)

    def list_commands(self, ctx: Context) -> list[str]:
        """All names, ours first."""
        return [*super().list_commands(ctx), *(name for name in discovery.commands() if name not in self.commands)]

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """The command of this name, imported now if another package brings it.

        One that cannot be imported says so in the help, and when it is run; the others are not disturbed.
        """
        if self._is_flow(cmd_name):
            runs = super().get_command(ctx, "run")
            return runs.get_command(ctx, cmd_name) if isinstance(runs, TyperGroup) else None
        own = super().get_command(ctx, cmd_name)
        part = discovery.commands().get(cmd_name)
        if own is not None or part is None:
            return own
        try:
            return _offered(part.load(), name=cmd_name)
        except ConfigError as error:
            return _broken(error, name=cmd_name)

    def resolve_command(self, ctx: Context, args: list[str]) -> tuple[str | None, Command | None, list[str]]:
        """The command that is asked for; a flow's name alone is short for `run` and that name."""
        short = bool(args) and self._is_flow(args[0])
        return super().resolve_command(ctx, ["run", *args] if short else args)

    def _is_flow(self, name: str) -> bool:
        """Whether this names a flow, and no command. Flows are imported only for what is no command."""
        taken = name in self.commands or name in discovery.commands() or name.startswith("-")
        return not taken and name in plugins.flows()


def _offered(loaded: object, *, name: str) -> Command:
    """What a capability names, as a command: a `typer.Typer` with commands of its own, or a function."""
    if isinstance(loaded, typer.Typer):
        group = typer.main.get_command(loaded)
        group.name = name
        return group
    return command_of(cast("Callable[..., None]", loaded), name=name)


def _broken(error: ConfigError, *, name: str) -> TyperCommand:
    """A command that can only say why it is not there."""

    def command() -> None:
        raise error

    command.__doc__ = str(error)
    broken = command_of(command, name=name)
    broken.ignore_unknown_options = broken.allow_extra_args = True
    return broken


def command_of(function: Callable[..., None], *, name: str) -> TyperCommand:
    """A function as a command of this name."""
    holder = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    holder.command(name=name)(function)
    return cast("TyperCommand", typer.main.get_command(holder))

"""The command `rawdb` on click: its groups and commands by the modules that hold them, and how it is run."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

from rawdb import __version__

_COMPLETE = "_RAWDB_COMPLETE"
_INTERRUPTED = 130
_HOMES = {
    "archive": "cloud",
    "demo": "cloud",
    "init": "starter",
    "migrate": "migrations",
    "schema": "schemas",
    "sql": "statements",
}


class _Commands(click.Group):
    """Commands that are imported when they are asked for: `rawdb sql list` loads nothing of the cloud."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(_HOMES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        home = _HOMES.get(name)
        if home is None:
            return None
        found: click.Command = getattr(importlib.import_module(f"rawdb.cli.{home}"), name)
        return found


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="rawdb %(version)s")
def app() -> None:
    """Hand-written SQL and what is around it.

    Commands read [tool.rawdb] in the nearest pyproject.toml: url, queries, migrations, tables, types.
    """


def run(arguments: Sequence[str]) -> int:
    """Run a command; gives its exit status. Raises SystemExit for wrong usage, and other errors as they are."""
    instruction = os.environ.get(_COMPLETE)
    if instruction:
        return shell_complete(app, {}, "rawdb", _COMPLETE, instruction)
    try:
        # Not app.main(), which ends the process by itself where the reader is gone.
        with app.make_context("rawdb", list(arguments)) as context:
            return int(app.invoke(context) or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from None
    except (KeyboardInterrupt, click.Abort):
        sys.stderr.write("rawdb: interrupted\n")
        return _INTERRUPTED

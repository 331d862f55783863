"""The console script `rawdb`: the demo, migrations, schema checks, and the SQL as a dialect really runs it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rawdb.cli import demo, schema, statements
from rawdb.cli.output import Output
from rawdb.dialects import DIALECTS
from rawdb.exceptions import CantStartEngineError, DBError

Command = Callable[[argparse.Namespace, Output], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 0 for success, 1 for a finding or a failure, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        return command(options, Output())
    except (CantStartEngineError, DBError, ValueError, ImportError) as error:
        sys.stderr.write(f"rawdb: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rawdb", description="Hand-written SQL and what is around it.")
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(groups, "demo", _demo, "a small cloud lives through a day", url="optional")
    for name, text, fill in (
        ("migrate", "the schema, by yoyo", _add_migrate),
        ("schema", "compare schemas", _add_schema),
        ("sql", "the SQL of a dialect", _add_sql),
    ):
        fill(groups.add_parser(name, help=text).add_subparsers(required=True, metavar="ACTION"))
    return parser


if TYPE_CHECKING:
    # argparse gives the class of add_subparsers() no public name.
    _Group: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


def _add(group: _Group, name: str, command: Command, text: str, url: str | None = None) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    if url == "optional":
        parser.add_argument("--url", help="database URL; RAWDB_URL, or a default of the command, where it is not given")
    elif url == "needed":
        parser.add_argument("url", help="database URL, such as sqlite:///cloud.db")
    return parser


def _add_migrate(group: _Group) -> None:
    up = _add(group, "upgrade", schema.upgrade, "apply migrations, all or up to a version", url="optional")
    up.add_argument("--version")
    down = _add(group, "downgrade", schema.downgrade, "undo what is newer than a version (0: all)", url="optional")
    down.add_argument("version")
    _add(group, "status", schema.status, "how far each migration is; only reads", url="optional")
    _add(group, "version", schema.version, "the number of the newest applied migration", url="optional")
    repair = _add(group, "repair", schema.repair, "finish or undo a half-done migration", url="optional")
    repair.add_argument("how", choices=["apply", "undo"])
    _add(group, "break-lock", schema.break_lock, "remove the lock of an owner that is known to be dead", url="optional")


def _add_schema(group: _Group) -> None:
    _add(group, "diff", schema.diff, "how a live database differs from what the migrations make", url="needed")
    _add(group, "dump", schema.dump, "the schema of a live database as text, for comparing states", url="needed")
    _add(group, "check", schema.check, "how the dialects' migrations differ from the declared schema")
    _add(group, "dangling", schema.dangling, "references to rows that are not there", url="needed")


def _add_sql(group: _Group) -> None:
    for name, command, text in (
        ("list", statements.list_all, "the statements of a dialect, and where each stands"),
        ("show", statements.show, "one statement as the dialect runs it"),
        ("export", statements.export, "write the effective set as files that stock aiosql loads"),
    ):
        parser = _add(group, name, command, text)
        parser.add_argument("--dialect", choices=DIALECTS, default="sqlite")
        if name == "show":
            parser.add_argument("name")
        if name == "export":
            parser.add_argument("folder", type=Path)


def _demo(options: argparse.Namespace, output: Output) -> int:
    return demo.run(options.url, output)

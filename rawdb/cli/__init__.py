"""The console script `rawdb`: the demo, migrations, schema checks, and the SQL as a dialect really runs it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from rawdb import __version__
from rawdb.cli import archive, demo, row_types, schema, statements
from rawdb.cli.output import Output
from rawdb.dialects import DIALECTS
from rawdb.exceptions import CantStartEngineError, DBError

Command = Callable[[argparse.Namespace, Output], int]


#: What a shell says of a program that its reader left, as `head` leaves it: killed by SIGPIPE.
_READER_GONE = 128 + 13


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 0 for success, 1 for a finding or a failure, 2 for wrong usage.

    141 when the reader of its output is gone.
    """
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        status = command(options, Output())
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Nobody reads any more, and Python would complain about that at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except OSError as error:
        sys.stderr.write(f"rawdb: {error.filename}: {error.strerror}\n" if error.filename else f"rawdb: {error}\n")
        return 1
    except (CantStartEngineError, DBError, ValueError, ImportError) as error:
        sys.stderr.write(f"rawdb: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="rawdb", description="Hand-written SQL and what is around it.")
    parser.add_argument("--version", action="version", version=f"rawdb {__version__}")
    groups = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(groups, "demo", _demo, "a small cloud lives through a day", url="optional")
    archive.add_options(_add(groups, "archive", archive.run, "move deleted rows to the shadow tables", url="optional"))
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
    default = "RAWDB_URL, or a default of the command, where it is not given"
    if url == "optional":
        parser.add_argument("--url", help=f"database URL; {default}")
    elif url == "first":
        parser.add_argument("url", nargs="?", help="database URL, such as sqlite:///cloud.db; else RAWDB_URL")
        parser.add_argument("--url", dest="url_option", metavar="URL", help="the same")
    return parser


def _add_migrate(group: _Group) -> None:
    up = _migration(group, "upgrade", schema.upgrade, "apply migrations, all or up to a version", works=True)
    up.add_argument("--version")
    down = _migration(group, "downgrade", schema.downgrade, "undo what is newer than a version (0: all)", works=True)
    down.add_argument("version")
    _migration(group, "status", schema.status, "how far each migration is; only reads")
    shown = _migration(group, "version", schema.version, "the number of the newest applied migration; only reads")
    shown.add_argument("--foreign", action="store_true", help=_FOREIGN)
    repair = _migration(group, "repair", schema.repair, "finish or undo a half-done migration")
    repair.add_argument("how", choices=["apply", "undo"])
    stamp = _migration(group, "stamp", schema.stamp, "say at which version the database is; runs no migration")
    stamp.add_argument("version")
    _add(group, "break-lock", schema.break_lock, "remove the lock of an owner that is known to be dead", url="optional")


_FOREIGN = "beside other tables, or migrations of another folder"


def _migration(
    group: _Group, name: str, command: Command, text: str, *, works: bool = False
) -> argparse.ArgumentParser:
    """A command on a database and a folder of migrations; with `works` one that runs them."""
    parser = _add(group, name, command, text, url="optional")
    parser.add_argument("--migrations", type=Path, metavar="FOLDER", help="a folder of yours; rawdb's own by default")
    if works:
        parser.add_argument("--foreign", action="store_true", help=_FOREIGN)
        parser.add_argument("--lock-timeout", type=float, default=60.0, metavar="SECONDS", help="for another migration")
        parser.add_argument(
            "--table-lock-timeout", type=float, default=3.0, metavar="SECONDS", help="for others' locks on a table"
        )
        parser.add_argument("--tries", type=int, default=10, metavar="N", help="how often a lock is waited for")
    return parser


def _add_schema(group: _Group) -> None:
    diff = _add(group, "diff", schema.diff, "how a live database differs from the declared schema", url="first")
    diff.add_argument("--schema", type=Path, metavar="FOLDER", help="a folder with columns.csv; rawdb's own by default")
    _add(group, "dump", schema.dump, "the schema of a live database as text, for comparing states", url="first")
    check = _add(group, "check", schema.check, "how the dialects' migrations differ from the declared schema")
    check.add_argument(
        "--root", type=Path, metavar="FOLDER", help="a folder with schema/ and migrations/; rawdb's own by default"
    )
    check.add_argument(
        "--server", action="append", default=[], metavar="URL",
        help="an administrator's URL of a server to try the migrations out on; else one is started",
    )  # fmt: skip
    _add(group, "dangling", schema.dangling, "references to rows that are not there", url="first")


def _add_sql(group: _Group) -> None:
    for name, command, text in (
        ("list", statements.list_all, "the statements of a dialect, and where each stands"),
        ("show", statements.show, "one statement as the dialect runs it"),
        ("export", statements.export, "write the effective set as files that stock aiosql loads"),
        ("types", row_types.types, "write a package of TypedDicts: the rows of tables and statements"),
    ):
        parser = _add(group, name, command, text)
        parser.add_argument("--dialect", choices=DIALECTS, default="sqlite")
        if name == "show":
            parser.add_argument("name")
        if name in ("export", "types"):
            parser.add_argument("folder", type=Path)
        if name == "types":
            parser.add_argument(
                "--queries", type=Path, metavar="FOLDER", help="your .sql files; rawdb's own by default"
            )
            parser.add_argument("--schema", type=Path, metavar="FILE", help="your columns.csv; rawdb's own by default")
            parser.add_argument("--check", action="store_true", help="write nothing: 1 if something would change")


def _demo(options: argparse.Namespace, output: Output) -> int:
    return demo.run(options.url, output)

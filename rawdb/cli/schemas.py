"""`rawdb schema ...`: live databases, migrations, and the schema that is declared."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import click

from rawdb import schema as schemas
from rawdb._house import sql_root
from rawdb.cli.arguments import FOLDER, Surroundings, cloud_option, command, first_url, json_option
from rawdb.default import default_database
from rawdb.dialects import URL, parse_url
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, ServerError


@click.group()
def schema() -> None:
    """Compare schemas."""


@command
@first_url
@click.option(
    "--schema", "folder", type=FOLDER, metavar="FOLDER", help="A folder with columns.csv; else the project's tables."
)
@cloud_option
@json_option
def diff(around: Surroundings, url: str | None, url_option: str | None, folder: Path | None) -> int:
    """How a live database differs from the declared schema; 1 when it does."""
    differences = schemas.diff(_url(around, url_option or url), around.project.tables(folder))
    return _report([schemas.describe(difference) for difference in differences], around)


@command
@first_url
def dump(around: Surroundings, url: str | None, url_option: str | None) -> int:
    """The schema of a live database as text, for comparing states."""
    around.output.line(schemas.dump(_url(around, url_option or url)).rstrip())
    return 0


@command
@click.option("--root", type=FOLDER, metavar="FOLDER", help="A folder with schema/ and migrations/; else rawdb's own.")
@click.option(
    "--server", "named", multiple=True, metavar="URL",
    help="An administrator's URL of a server to try the migrations out on; else one is started.",
)  # fmt: skip
@cloud_option
@json_option
def check(around: Surroundings, root: Path | None, named: Sequence[str]) -> int:
    """How the dialects' migrations differ from the declared schema; 1 when they do."""
    wanted = root or _root(around)
    with _servers(named, wanted) as servers:
        return _report(schemas.check(root=wanted, servers=servers), around)


@command
@first_url
def dangling(around: Surroundings, url: str | None, url_option: str | None) -> int:
    """References of rawdb's own tables to rows that are not there; 1 when live rows hold one."""
    found = schemas.dangling(_url(around, url_option or url))
    for one in found:
        around.output.line(str(one))
    return 1 if any(one.live for one in found) else 0


for _one in (diff, dump, check, dangling):
    schema.add_command(_one)


def _report(faults: Sequence[str], around: Surroundings) -> int:
    if around.output.as_json:
        around.output.json(list(faults))
    else:
        for fault in faults:
            around.output.line(fault)
    return 1 if faults else 0


def _url(around: Surroundings, given: str | None) -> str | URL:
    return around.project.url(given) or default_database().url


def _root(around: Surroundings) -> Path | None:
    """The folder above the project's declared tables; None for rawdb's own."""
    folder = around.project.tables(None)
    return None if folder is None else folder.parent


@contextmanager
def _servers(named: Sequence[str], root: Path | None) -> Iterator[dict[str, str]]:
    """A server of each dialect: one that was named, or one that is started here for the time of the block."""
    servers = {parse_url(url).dialect: url for url in named}
    migrations = (sql_root() if root is None else root) / "migrations"
    with ExitStack() as stack:
        for kind in (PostgreSQLServer, MariaDBServer):
            name = kind.dialect
            is_named = name in servers or f"RAWDB_TEST_{name.upper()}_URL" in os.environ
            if not is_named and (migrations / name).is_dir():
                # Without its programs the check says that it could not be made.
                with suppress(ServerError, ImportError):
                    servers[name] = stack.enter_context(kind()).url
        yield servers

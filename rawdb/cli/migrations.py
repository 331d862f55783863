"""`rawdb migrate ...`: a database and a folder of migrations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from rawdb import migrate as migrations_of
from rawdb.cli.arguments import Surroundings, cloud_option, command, json_option, migrations_option, url_option

F = TypeVar("F", bound=Callable[..., Any])
_FOREIGN = "Beside other tables, or migrations of another folder."


@click.group()
def migrate() -> None:
    """The schema, by yoyo."""


def _on_a_database(function: F) -> F:
    """The options of a command on a database and a folder of migrations."""
    return url_option(migrations_option(cloud_option(function)))


def _that_works(function: F) -> F:
    """The options of a command that runs migrations."""
    for option in (
        click.option("--tries", type=int, default=10, metavar="N", help="How often a lock on a table is waited for."),
        click.option(
            "--table-lock-timeout", type=float, default=3.0, metavar="SECONDS", help="For others' locks on a table."
        ),
        click.option("--lock-timeout", type=float, default=60.0, metavar="SECONDS", help="For another migration."),
        click.option("--foreign", is_flag=True, help=_FOREIGN),
    ):
        function = option(function)
    return _on_a_database(function)


@command
@_that_works
@click.option("--version", metavar="VERSION", help="Up to this one; all by default.")
def upgrade(around: Surroundings, url: str | None, migrations: Path | None, version: str | None, **how: Any) -> int:
    """Apply migrations, all or up to a version."""
    project = around.project
    folder = project.migrations(migrations)
    return _report("applied", migrations_of.upgrade(project.url(url), version, migrations=folder, **how), around)


@command
@_that_works
@click.argument("version")
def downgrade(around: Surroundings, url: str | None, migrations: Path | None, version: str, **how: Any) -> int:
    """Undo what is newer than a version (0: all)."""
    project = around.project
    folder = project.migrations(migrations)
    return _report("undone", migrations_of.downgrade(project.url(url), version, migrations=folder, **how), around)


@command
@_on_a_database
@json_option
def status(around: Surroundings, url: str | None, migrations: Path | None) -> int:
    """How far each migration is; only reads. 1 when one is half done or unknown."""
    steps = migrations_of.status(around.project.url(url), migrations=around.project.migrations(migrations))
    questions = [migrations_of.explain(step) for step in steps if step.in_question or not step.known]
    around.output.rows(["migration", "state", "applied at"], [[one.id, one.state, one.applied_at] for one in steps])
    if not around.output.as_json:
        for text in questions:
            around.output.line(text)
    return 1 if questions else 0


@command
@_on_a_database
@click.option("--foreign", is_flag=True, help=_FOREIGN)
def version(around: Surroundings, url: str | None, migrations: Path | None, foreign: bool) -> int:
    """The number of the newest applied migration; only reads."""
    folder = around.project.migrations(migrations)
    found = migrations_of.version(around.project.url(url), migrations=folder, foreign=foreign)
    around.output.line(str(found))
    return 0


@command
@_on_a_database
@click.argument("how", type=click.Choice(["apply", "undo"]))
def repair(around: Surroundings, url: str | None, migrations: Path | None, how: str) -> int:
    """Finish or undo a half-done migration."""
    folder = around.project.migrations(migrations)
    return _report("repaired", migrations_of.repair(around.project.url(url), how, migrations=folder), around)


@command
@_on_a_database
@click.argument("version")
def stamp(around: Surroundings, url: str | None, migrations: Path | None, version: str) -> int:
    """Say at which version the database is; runs no migration."""
    folder = around.project.migrations(migrations)
    return _report("stamped", migrations_of.stamp(around.project.url(url), version, migrations=folder), around)


@command
@url_option
def break_lock(around: Surroundings, url: str | None) -> int:
    """Remove the lock of an owner that is known to be dead."""
    migrations_of.break_lock(around.project.url(url))
    around.output.line("no lock is left")
    return 0


for _one in (upgrade, downgrade, status, version, repair, stamp, break_lock):
    migrate.add_command(_one)


def _report(done: str, ids: list[str], around: Surroundings) -> int:
    for name in ids:
        around.output.line(f"{done} {name}")
    if not ids:
        around.output.line("nothing to do")
    return 0

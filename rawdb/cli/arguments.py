"""Options that several commands have, and what a command is given besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from rawdb.cli.output import Output
from rawdb.cli.project import Project, find_project
from rawdb.dialects import DIALECTS

F = TypeVar("F", bound=Callable[..., Any])

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
ANY_PATH = click.Path(path_type=Path)
DIALECT = click.Choice(DIALECTS)


@dataclass(frozen=True)
class Surroundings:
    """Where a command stands, and where its output goes."""

    project: Project
    output: Output


def command(function: Callable[..., int]) -> click.Command:
    """Make a function a command: it is given its surroundings first, and gives the exit status."""

    @wraps(function)
    def call(**arguments: Any) -> int:
        project = replace(find_project(), cloud=arguments.pop("cloud", False))
        return function(Surroundings(project, Output(as_json=arguments.pop("as_json", False))), **arguments)

    return click.command(function.__name__.rstrip("_").replace("_", "-"))(call)


def url_option(function: F) -> F:
    """The database."""
    text = "Database URL; else RAWDB_URL, or the project's."
    return click.option("--url", help=text)(function)


def first_url(function: F) -> F:
    """The database, as the first argument or as an option."""
    option = click.option("--url", "url_option", metavar="URL", help="The same.")
    return click.argument("url", required=False)(option(function))


def urls_option(function: F) -> F:
    """One database of each dialect."""
    text = "A database with the tables; may be given once for each dialect. Else RAWDB_URL, or the project's."
    return click.option("--url", "urls", multiple=True, metavar="URL", help=text)(function)


def queries_option(function: F) -> F:
    """The folder of statements."""
    text = "Your folder of .sql files; else the project's."
    return click.option("--queries", type=FOLDER, metavar="FOLDER", help=text)(function)


def tables_option(function: F) -> F:
    """The declared tables."""
    text = "Your columns.csv; else the project's."
    return click.option("--schema", "tables", type=FILE, metavar="FILE", help=text)(function)


def migrations_option(function: F) -> F:
    """The folder of migrations."""
    text = "Your folder of migrations; else the project's."
    return click.option("--migrations", type=FOLDER, metavar="FOLDER", help=text)(function)


def cloud_option(function: F) -> F:
    """rawdb's own."""
    text = "rawdb's own SQL, tables and migrations, whatever the project says."
    return click.option("--cloud", is_flag=True, help=text)(function)


def json_option(function: F) -> F:
    """For programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(function)


def dialect_option(function: F) -> F:
    """One dialect."""
    text = "Whose statements; that of the project's database by default, else sqlite."
    return click.option("--dialect", type=DIALECT, help=text)(function)


def statement_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of statements that begin so, for a shell."""
    from rawdb.cli.statements import effective

    given = context.params
    try:
        project = replace(find_project(), cloud=bool(given.get("cloud")))
        found = effective(project.sql(given.get("queries")), project.dialect(given.get("dialect")))
    except Exception:
        # A shell that completes has no place for an error.
        return []
    docs = {name: statement.doc.partition("\n")[0] for name, statement in sorted(found.items())}
    return [CompletionItem(name, help=doc) for name, doc in docs.items() if name.startswith(incomplete)]

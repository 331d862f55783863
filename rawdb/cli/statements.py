"""`rawdb sql ...`: statements as a dialect really runs them, whether they are right, and their types."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from rawdb.cli.arguments import (
    ANY_PATH,
    DIALECT,
    FILE,
    Surroundings,
    cloud_option,
    command,
    dialect_option,
    json_option,
    queries_option,
    statement_names,
    tables_option,
    urls_option,
)
from rawdb.cli.project import Sql
from rawdb.dialects import get_dialect, parse_url
from rawdb.exceptions import StatementError
from rawdb.statements.export import export_statements
from rawdb.statements.loading import Statement, check_parity, load_statements


@click.group()
def sql() -> None:
    """Statements: what a dialect runs, whether it is right, its types."""


def effective(sql: Sql, dialect: str) -> Mapping[str, Statement]:
    """The effective statements of a dialect."""
    return load_statements(sql.queries, get_dialect(dialect), sql.load_tables(), none_is_null=sql.is_house)


@command
@queries_option
@cloud_option
@dialect_option
@json_option
def list_(around: Surroundings, queries: Path | None, dialect: str | None) -> int:
    """The statements of a dialect, and where each stands."""
    found = effective(around.project.sql(queries), around.project.dialect(dialect))
    if around.output.as_json:
        around.output.json([_described(found[name]) for name in sorted(found)])
    else:
        around.output.table(["statement", "stands at"], [[name, found[name].location] for name in sorted(found)])
    return 0


@command
@click.argument("name", shell_complete=statement_names)
@queries_option
@cloud_option
@dialect_option
@json_option
def show(around: Surroundings, name: str, queries: Path | None, dialect: str | None) -> int:
    """One statement as the dialect runs it."""
    output = around.output
    statement = effective(around.project.sql(queries), around.project.dialect(dialect)).get(name)
    if statement is None:
        sys.stderr.write(f"rawdb: no statement {name!r}; `rawdb sql list` names them all\n")
        return 1
    if output.as_json:
        output.json({**_described(statement), "text": statement.text})
    else:
        output.line(output.dim(f"-- {statement.location}"))
        output.line(statement.text)
    return 0


def _described(statement: Statement) -> dict[str, Any]:
    return {
        "name": statement.name,
        "signature": str(statement.signature),
        "doc": statement.doc,
        "domain": statement.domain,
        "layer": statement.layer,
        "location": statement.location,
        "writes": statement.writes,
    }


@command
@click.argument("folder", type=ANY_PATH)
@queries_option
@cloud_option
@dialect_option
def export(around: Surroundings, folder: Path, queries: Path | None, dialect: str | None) -> int:
    """Write the effective set as files that stock aiosql loads."""
    found = effective(around.project.sql(queries), around.project.dialect(dialect))
    for path in export_statements(found, folder):
        around.output.line(str(path))
    return 0


@command
@urls_option
@queries_option
@tables_option
@cloud_option
@click.option("--dialect", "dialects", type=DIALECT, multiple=True, help="For these alone; else all there is SQL for.")
@json_option
def check(
    around: Surroundings, urls: Sequence[str], queries: Path | None, tables: Path | None, dialects: Sequence[str]
) -> int:
    """Whether the statements are right.

    They are loaded for every dialect and compared, by stock aiosql too, and live databases prepare each variant.
    Nothing is run. 1 when there is a fault.
    """
    # Here and below: with the tools that ask servers come yoyo and more, which the other commands do without.
    from rawdb.statements.stock import read_otherwise
    from rawdb.typed.folder import check_folder, dialects_of

    chosen = around.project.sql(queries, tables)
    databases = around.project.urls(urls)
    named = list(dialects) or dialects_of(chosen.queries, databases)
    faults: list[str] = []
    sets: dict[str, Mapping[str, Statement]] = {}
    for name in named:
        try:
            sets[name] = effective(chosen, name)
        except StatementError as error:
            # A file that all of them read has the same faults for all.
            faults += [line for line in str(error).splitlines() if line not in faults]
    faults = faults or list(check_parity(sets))
    for name in [] if faults else named:
        faults += read_otherwise(sets[name], name)
    asked = [] if faults else databases
    for url in asked:
        faults += check_folder(chosen.queries, url, chosen.tables, none_is_null=chosen.is_house, columns=chosen.columns)
    return _told(around, faults, named, [parse_url(url).dialect for url in asked], len(next(iter(sets.values()), ())))


def _told(around: Surroundings, faults: Sequence[str], named: Sequence[str], asked: Sequence[str], count: int) -> int:
    if around.output.as_json:
        around.output.json({"faults": faults, "statements": count, "dialects": named, "prepared_on": asked})
    else:
        for fault in faults:
            around.output.line(fault)
        if not faults:
            prepared = f"prepared on {', '.join(asked)}" if asked else "no database was asked: give --url"
            around.output.line(f"{count} statements agree on {', '.join(named)}; {prepared}")
    return 1 if faults else 0


@command
@click.argument("folder", type=ANY_PATH, required=False)
@click.option("-o", "--output", "file", type=FILE, metavar="FILE", help="Typed statements of FOLDER go there.")
@urls_option
@queries_option
@tables_option
@cloud_option
@click.option("--dialect", "dialects", type=DIALECT, multiple=True, help="Without a URL: for these; else for all.")
@click.option("--async", "with_async", is_flag=True, help="Typed statements for coroutines as well.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing: 1 if something would change.")
def types(
    around: Surroundings,
    folder: Path | None,
    file: Path | None,
    urls: Sequence[str],
    queries: Path | None,
    tables: Path | None,
    dialects: Sequence[str],
    only_check: bool,
    with_async: bool,
) -> int:
    """Write types of statements, or of rows.

    The statements of FOLDER become typed methods of the module that -o names. Without it the rows of your SQL are
    written as a package, FOLDER.
    """
    from rawdb.cli import types as writing

    project = around.project
    target = None if file is None and folder is not None and not urls else project.types(file)
    if target is not None:
        chosen = project.sql(folder or queries, tables)
        with_async = with_async or project.types_async
        how = {"only_check": only_check, "with_async": with_async}
        return writing.write_statements(chosen, project.urls(urls), target, dialects, around.output, **how)
    if folder is None or urls:
        raise click.UsageError("which module? -o FILE, or types under [tool.rawdb]")
    rows_of = project.sql(queries, tables)
    return writing.write_rows(
        rows_of, folder, project.dialect(next(iter(dialects), None)), around.output, only_check=only_check
    )


for _one in (list_, show, export, check, types):
    sql.add_command(_one)

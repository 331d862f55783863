"""`rawdb demo` and `rawdb archive`: commands on rawdb's own tables."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rawdb.cli import archive as archiving
from rawdb.cli import demo as story
from rawdb.cli.arguments import Surroundings, command, url_option
from rawdb.operations.archive import BATCH_SIZE


@command
@url_option
def demo(around: Surroundings, url: str | None) -> int:
    """A small cloud lives through a day."""
    return story.run(url, around.output)


@command
@url_option
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table; may be given several times.")
@click.option("--max-rows", type=int, metavar="N", help="Stop after so many rows.")
@click.option("--batch-size", type=int, default=BATCH_SIZE, show_default=True, metavar="N", help="Rows a transaction.")
@click.option("--pause", type=float, default=0.0, metavar="SECONDS", help="Wait between two transactions.")
@click.option("--dry-run", is_flag=True, help="Count what would move, and move nothing.")
def archive(
    around: Surroundings,
    url: str | None,
    tables: Sequence[str],
    max_rows: int | None,
    batch_size: int,
    pause: float,
    dry_run: bool,
) -> int:
    """Move deleted rows to the shadow tables."""
    wanted = archiving.Wanted(list(tables) or None, max_rows, batch_size, pause)
    return archiving.run(url, wanted, around.output, dry_run=dry_run)

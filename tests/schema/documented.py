"""The documented schema, as it was before rawdb: tests hold the migrated databases against it."""

from __future__ import annotations

import csv
from pathlib import Path

DATA = Path(__file__).with_name("data")


def lines(name: str) -> list[dict[str, str]]:
    """The lines of a file of the documented schema."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as text:
        return list(csv.DictReader(text))


def tables() -> dict[str, dict[str, dict[str, str]]]:
    """Table name to column name to the column's line."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in lines("columns"):
        found.setdefault(line["table"], {})[line["column"]] = line
    return found


def with_shadow() -> set[str]:
    """The tables that have a shadow table."""
    return {line["table"] for line in lines("shadow_tables") if line["shadow"] == "yes"}


def indexes(*, unique: bool) -> set[tuple[str, tuple[str, ...]]]:
    """Table and columns of each documented index that is to be made."""
    return {
        (line["table"], tuple(line["columns"].split()))
        for line in lines("indexes")
        if line["in_union"] == "yes" and (line["unique"] == "yes") is unique
    }

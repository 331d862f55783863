"""The cost of a page: the last one of 100,000 rows costs what that of 1,000 does, by what the server itself counts.

Wherever NULLs stand in the order, and on which side of them the marker is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import rawdb
from rawdb import api
from rawdb.context import RequestContext
from rawdb.dialects import ConnectionOptions, Dialect, get_dialect, parse_url
from rawdb.paging import Page, SortKey
from tests.sql.test_claim_plans import COST
from tests.support.recording import recorded

FEW, MANY = 1_000, 100_000
LIMIT = 50
_DIGITS = " UNION ALL ".join(f"SELECT {digit} AS d" for digit in range(10))
_NUMBERS = (
    "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS n"
    f" FROM {', '.join(f'({_DIGITS}) AS {name}' for name in 'abcef')}"
)
_TIME = {
    "postgresql": "TIMESTAMP '2014-06-01 12:00:00' + n * INTERVAL '1 second'",
    "mysql": "DATE_ADD('2014-06-01 12:00:00', INTERVAL n SECOND)",
    "sqlite": "STRFTIME('%Y-%m-%d %H:%M:%S.000000', '2014-06-01 12:00:00', '+' || n || ' second')",
}
OWN = """
-- name: instance_list(limit)
-- Live instances by pages, some columns of each.
SELECT i.uuid, i.created_at AS born
  FROM instances AS i
 WHERE i.deleted = 0
   AND /*{after}*/ i.id > :limit /*{}*/
 ORDER BY /*{order}*/ i.created_at, i.id /*{}*/
 LIMIT :limit;
"""


def load(spoken: Dialect, raw: Any, start: int, end: int) -> None:
    """Live instances of one project, of which every twentieth has no time."""
    text = "CONCAT('u', n)" if spoken.name == "mysql" else "'u' || n"
    statement = (
        "INSERT INTO instances (uuid, project_id, created_at, deleted)"
        f" SELECT {text}, 'large', CASE WHEN n % 20 = 7 THEN NULL ELSE {_TIME[spoken.name]} END, 0"
        f" FROM ({_NUMBERS}) AS numbers WHERE n >= {start} AND n < {end} ORDER BY n"
    )
    spoken.run(raw, statement if spoken.name == "sqlite" else statement.replace("%", "%%"), {})
    for table in ("TABLE instances",) if spoken.name == "mysql" else ("instances",):
        spoken.run(raw, f"ANALYZE {table}", {})


def listed(way: str, rows: Rows) -> list[str]:
    """The uuids of a page of the operation."""
    user = RequestContext("user", "large")
    found = api.instance_get_all_by_filters(user, {"deleted": False}, limit=LIMIT, marker=rows[-1][0], sort_dir=way)
    return [str(row["uuid"]) for row in found]


def listed_by_own_sql(database: rawdb.Database, nulls: str, way: str, rows: Rows) -> list[str]:
    """The uuids of a page of a statement of one's own, in an order that says where NULLs are."""
    _, created_at, number = rows[-1]
    keys = [SortKey("created_at", way, nulls), SortKey("id", way)]
    with database.reader.using(None) as sql:
        page = sql.instance_list(limit=LIMIT, page=Page(keys, {"created_at": created_at, "id": number}))
    return [row["uuid"] for row in page]


Rows = list[tuple[Any, ...]]
Lister = Callable[[str, Rows], list[str]]


def costs(spoken: Dialect, raw: Any, page: Lister, nulls: str) -> dict[str, int]:
    """What pages cost: near the top and at the end, those around the first NULL, and among NULLs."""
    found = {}
    for way in ("asc", "desc"):
        last = nulls == "nullslast" if nulls else (spoken.name == "postgresql") == (way == "asc")
        order = f"CASE WHEN created_at IS NULL THEN {int(last)} ELSE {int(not last)} END, created_at {way}, id {way}"
        rows = spoken.run(raw, f"SELECT uuid, created_at, id FROM instances ORDER BY {order}", {}).rows
        border = next(at for at in range(1, len(rows)) if (rows[at][1] is None) is last)
        among = border + (len(rows) - border) // 2 if last else border // 2
        places = {"top": 10, "end": len(rows) - LIMIT, "border": border - LIMIT // 2, "NULLs": among}
        for place, at in places.items():
            with recorded() as sent:
                uuids = page(way, rows[:at])
            assert uuids == [row[0] for row in rows[at : at + LIMIT]]
            text, parameters = next((text, bound) for text, bound in sent if "LIMIT" in text)
            # What is read of the catalog at the first use is no cost of the statement.
            COST[spoken.name](spoken, raw, text, parameters)
            found[f"{way} {nulls}, {place}"] = COST[spoken.name](spoken, raw, text, parameters)
    return found


def grown(url: str, pages: Mapping[str, Lister]) -> dict[str, int]:
    """The pages that cost more among many rows than any does among few; `pages` by the place of NULLs."""
    spoken = get_dialect(parse_url(url).dialect)
    with closing(spoken.connect(parse_url(url), ConnectionOptions(read_timeout=600))) as raw:
        found = []
        for start, end in ((0, FEW), (FEW, MANY)):
            load(spoken, raw, start, end)
            every = [costs(spoken, raw, page, nulls) for nulls, page in pages.items()]
            found.append({place: cost for one in every for place, cost in one.items()})
    few, many = found
    # PostgreSQL would rather read a small table as a whole, and finds each row in a block of its own in a large one.
    usual = max(few.values()) * (1.2 if spoken.name == "sqlite" else 2.4)
    return {place: cost for place, cost in many.items() if cost > usual}


@pytest.mark.slow
@pytest.mark.usefixtures("configured")
def test_a_page_of_many_costs_what_one_of_few_does(migrated_url: str) -> None:
    assert grown(migrated_url, {"": listed}) == {}


@pytest.mark.slow
@pytest.mark.usefixtures("configured")
@pytest.mark.dialects("sqlite", "postgresql")
def test_so_does_one_of_own_sql_wherever_nulls_stand(migrated_url: str, tmp_path: Path) -> None:
    (tmp_path / "instances.sql").write_text(OWN)
    # Declared: a time of which nobody says how it is written is compared as a moment on SQLite, without an index.
    database = rawdb.Database(migrated_url, queries=tmp_path, columns={"instances.created_at": "datetime"})
    try:
        pages = {nulls: partial(listed_by_own_sql, database, nulls) for nulls in ("", "nullsfirst", "nullslast")}
        assert grown(migrated_url, pages) == {}
    finally:
        database.dispose()


@pytest.fixture
def configured(migrated_url: str) -> Iterator[None]:
    """rawdb on that database."""
    rawdb.dispose()
    rawdb.configure(connection=migrated_url)
    yield
    rawdb.dispose()

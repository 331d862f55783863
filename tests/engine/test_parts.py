"""Parts: text that statements share, and what is said of one that is missing or stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from rawdb.dialects import get_dialect
from rawdb.exceptions import StatementError
from rawdb.statements.export import plain_text
from rawdb.statements.loading import load_statements

OWNER = """
-- name: thing_get(id, with_parts)^
-- One. Index: primary key. Locks: none.
SELECT t.*,
       /*{part pieces}*/ CASE WHEN :with_parts
            THEN (SELECT COUNT(*) FROM pieces AS p WHERE p.thing = t.id AND /*{visibility}*/ p.deleted = 0 /*{}*/)
             END AS pieces /*{}*/
  FROM things AS t
 WHERE t.id = :id;
"""
USER = """
-- name: thing_get_all(color)
-- All. Index: none. Locks: none.
SELECT t.*,
       /*{same pieces}*/ NULL AS pieces /*{}*/
  FROM things AS t
 WHERE t.color = :color
 ORDER BY t.id;
"""


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """A set whose part stands in the dialect's file."""
    for layer, text in (("common", USER), ("sqlite", OWNER)):
        (tmp_path / layer).mkdir()
        (tmp_path / layer / "things.sql").write_text(text)
    return tmp_path


def test_a_part_takes_its_parameters_and_slots_along(queries: Path) -> None:
    statements = load_statements(queries, get_dialect("sqlite"))
    assert statements["thing_get_all"].accepts == {"color", "with_parts", "read_deleted"}
    assert statements["thing_get"].accepts == {"id", "with_parts", "read_deleted"}


def test_the_text_holds_the_part_and_declares_its_parameters(queries: Path) -> None:
    text = plain_text(load_statements(queries, get_dialect("sqlite"))["thing_get_all"])
    assert text.startswith("-- name: thing_get_all(color, with_parts)\n")
    assert "CASE WHEN :with_parts" in text
    assert "p.deleted = 0)" in text
    assert "NULL AS pieces" not in text
    assert "/*" not in text


def test_an_unknown_part(queries: Path) -> None:
    (queries / "sqlite" / "things.sql").write_text(OWNER.replace("part pieces", "part bits"))
    with pytest.raises(StatementError, match=r"things.sql:2:1 - no part pieces; mark its text"):
        load_statements(queries, get_dialect("sqlite"))


def test_a_part_that_stands_twice(queries: Path) -> None:
    (queries / "sqlite" / "more.sql").write_text(OWNER.replace("thing_get", "thing_find"))
    with pytest.raises(StatementError, match=r"part pieces stands already at .*more.sql:2; write same"):
        load_statements(queries, get_dialect("sqlite"))

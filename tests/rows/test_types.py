"""Rows as TypedDicts: what is checked in is what the command writes, and type checkers make use of it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
import typing
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest

import rawdb.rows
from rawdb import api
from rawdb.cli import main
from rawdb.dialects import DIALECTS
from rawdb.rows import ComputeNodeRow, GrizzlyComputeNode, InstanceInfoCache, InstanceInfoCacheRow
from rawdb.schema.row_types import row_name
from tests.support.checkers import Line, refused, told_by_basedpyright, told_by_mypy
from tests.support.shapes import faults, hints

ROWS = Path(__file__).parents[2] / "rawdb" / "rows"
HERE = Path(__file__).parent
PROGRAMS = ("user_code.py", "refused.py")

SCHEMA = """table,column,type,nullable,default,on_update,primary_key,autoincrement,server_default
posts,id,bigint,no,,,yes,yes,
posts,title,string(50),no,,,no,no,
posts,seen,datetime,yes,,,no,no,
comments,id,bigint,no,,,yes,yes,
comments,post_id,bigint,no,,,no,no,
comments,from,string(20),yes,,,no,no,
"""
QUERIES = """-- name: post_get(id)^
-- A post with its comments. Index: PRIMARY. Locks: none.
SELECT p.*,
       (SELECT /*{json c as comments}*/ COUNT(*) /*{}*/ FROM comments AS c WHERE c.post_id = p.id) AS comments
  FROM posts AS p
 WHERE p.id = :id;

-- name: post_titles()
-- Titles, and how long they are. Index: none. Locks: none.
SELECT p.title, p.seen AS last_seen, LENGTH(p.title) AS size
  FROM posts AS p
 ORDER BY p.id;

-- name: post_headlines()
-- Ids, and titles where they are asked for. Index: none. Locks: none.
SELECT p.id, /*{when with_titles}*/ p.title /*{}*/ AS title
  FROM posts AS p;

-- name: post_commented()
-- Titles with the writers of comments, where there are any. Index: none. Locks: none.
SELECT p.title, c.from
  FROM posts AS p
       LEFT JOIN comments AS c ON c.post_id = p.id;

-- name: post_count()
-- A result without a name has no type. Index: none. Locks: none.
SELECT p.title, COUNT(*)
  FROM posts AS p
 GROUP BY p.title;

-- name: post_all()
-- Plain rows. Index: none. Locks: none.
SELECT p.*
  FROM posts AS p
 ORDER BY p.id;
"""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_checked_in_is_what_the_command_writes(dialect: str) -> None:
    assert main(["sql", "types", str(ROWS), "--check", "--dialect", dialect]) == 0


def test_stale_modules_are_found_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "rows"
    shutil.copytree(ROWS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "_tables1.py"
    module.write_text(module.read_text().replace("    host: str | None\n", "", 1))
    (folder / "_tables9.py").write_text("")
    assert main(["sql", "types", str(folder), "--check"]) == 1
    told = capsys.readouterr().err
    assert "_tables1.py is not" in told
    assert "_tables9.py is not" in told
    assert "_tables2.py" not in told
    assert main(["sql", "types", str(folder)]) == 0
    assert main(["sql", "types", str(folder), "--check"]) == 0
    assert sorted(path.name for path in folder.glob("_tables*.py")) == sorted(
        path.name for path in ROWS.glob("_tables*.py")
    )


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("security_groups", "SecurityGroupRow"),
        ("quota_classes", "QuotaClassRow"),
        ("task_log", "TaskLogRow"),
        ("instance_metadata", "InstanceMetadataRow"),
        ("s3_images", "S3ImageRow"),
    ],
)
def test_names_of_classes(table: str, name: str) -> None:
    assert row_name(table) == name
    assert name in dir(rawdb.rows)


def test_rows_of_own_sql(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "posts.sql").write_text(QUERIES)
    (tmp_path / "columns.csv").write_text(SCHEMA)
    own = ["--queries", str(tmp_path / "queries"), "--schema", str(tmp_path / "columns.csv"), "--dialect", "sqlite"]
    assert main(["sql", "types", str(tmp_path / "blog_rows"), *own]) == 0
    blog = _imported(tmp_path / "blog_rows")
    assert hints(blog.PostRow) == {"id": int, "title": str, "seen": datetime | None}
    assert blog.PostTitlesRow.__required_keys__ == {"title", "last_seen", "size"}
    assert hints(blog.PostTitlesRow)["size"] is typing.Any
    assert hints(blog.PostGetRow)["comments"] == list[blog.CommentRow]  # type: ignore[name-defined]
    # `from` cannot be written as the name of a field.
    assert hints(blog.CommentRow)["from"] == str | None
    assert hints(blog.PostHeadlinesRow) == {"id": int, "title": str | None}
    assert hints(blog.PostCommentedRow) == {"title": str | None, "from": str | None}
    assert not {"PostAllRow", "PostCountRow"} & set(dir(blog))
    assert main(["sql", "types", str(tmp_path / "blog_rows"), *own, "--check"]) == 0


def _imported(folder: Path) -> typing.Any:
    spec = importlib.util.spec_from_file_location(folder.name, folder / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[folder.name] = module
    spec.loader.exec_module(module)
    return module


def test_copied_columns_are_those_of_the_tables() -> None:
    expected = {**hints(ComputeNodeRow), "stats": None, "service": None}
    assert {**hints(GrizzlyComputeNode), "stats": None, "service": None} == expected
    assert hints(InstanceInfoCache) == {**hints(InstanceInfoCacheRow), "id": int | None}


def test_no_operation_returns_untyped_rows() -> None:
    untyped = {
        name for name in api.__all__ if re.search(r"dict\[str, (typing\.)?Any\]", str(_result(getattr(api, name))))
    }
    assert untyped == {
        # Their keys are names of resources.
        "quota_class_get_all_by_name",
        "quota_class_get_default",
        "quota_get_all_by_project",
        "quota_get_all_by_project_and_user",
        "quota_usage_get_all_by_project",
        "quota_usage_get_all_by_project_and_user",
        "volume_type_qos_specs_get",
    }


def _result(operation: object) -> object:
    return hints(operation).get("return") if callable(operation) else None


def test_rows_that_are_not_as_described_are_told() -> None:
    row = dict.fromkeys(hints(rawdb.rows.FloatingIpPool), 1)
    assert faults(row, rawdb.rows.FloatingIpPool) == ["result['name']: int, not <class 'str'>"]
    assert faults({}, rawdb.rows.FloatingIpPool) == ["result: no name, a FloatingIpPool has it"]
    assert faults([{"name": None, "x": 1}], list[rawdb.rows.FloatingIpPool]) == [
        "result[0]: x, which no FloatingIpPool has"
    ]
    assert faults((True, None), tuple[bool, rawdb.rows.FloatingIpPool | None]) == []


@pytest.mark.slow
@pytest.mark.parametrize("told_by", [told_by_mypy, told_by_basedpyright])
def test_type_checkers_accept_right_code_and_refuse_wrong_lines(
    told_by: Callable[[Path, Sequence[str]], set[Line]], tmp_path: Path
) -> None:
    for name in PROGRAMS:
        shutil.copy(HERE / name, tmp_path)
    assert told_by(tmp_path, PROGRAMS) == refused(tmp_path, PROGRAMS)

"""The statements of sql/queries: style, parity between the dialects, and that every server takes every variant."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

import rawdb.api as api
from rawdb.dialects import ConnectionOptions, get_dialect, parse_url
from rawdb.statements.loading import check_parity
from rawdb.statements.variants import variants
from rawdb.testing.plugin import chosen_dialects
from tests.sql import house

#: Operations that are other operations under another name or with other arguments, and so have no SQL of their own.
WITHOUT_STATEMENT = frozenset(
    {
        "constraint",
        "equal_any",
        "instance_get_all_by_host_and_not_type",
        "instance_metadata_update",
        "instance_system_metadata_update",
        "instance_update_and_get_original",
        "not_equal",
        "quota_destroy_all_by_project_and_user",
        "reservation_rollback",
    }
)
#: `instance_type_*` are the older names of `flavor_*`.
RENAMED = {"instance_type_": "flavor_"}


def _report(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


class TestStyle:
    def test_comments_name_index_and_locks(self) -> None:
        _report(
            [
                f"{statement.location} {statement.name}: the comment lacks {word}"
                for statement in house.every()
                for word in ("Index:", "Locks:")
                if word not in statement.doc
            ]
        )

    def test_domains_are_those_of_the_operations(self) -> None:
        _report(
            [
                f"{path.relative_to(house.ROOT)}: no rawdb/operations/{path.stem}.py"
                for path in house.files()
                if not house.has_module(path.stem)
            ]
        )

    def test_statements_are_named_after_operations(self) -> None:
        """A statement is an operation's, or by `__` a part of one; no other names exist."""
        with (house.ROOT / "tests" / "data" / "operations.csv").open(newline="", encoding="utf-8") as lines:
            operations = {line["operation"] for line in csv.DictReader(lines)}
        assert set(api.__all__) & operations
        _report(
            [
                f"{statement.location} {statement.name}: there is no operation {base}"
                for statement in house.every()
                if (base := statement.name.partition("__")[0]) not in operations
            ]
        )

    def test_operations_have_a_statement(self) -> None:
        names = {statement.name.partition("__")[0] for statement in house.every()}
        domains = {statement.domain for statement in house.every()}
        faults = []
        for name in api.__all__:
            operation = getattr(api, name)
            domain = getattr(operation, "__module__", "").rpartition(".")[2]
            renamed = next((new + name[len(old) :] for old, new in RENAMED.items() if name.startswith(old)), name)
            if callable(operation) and domain in domains and not {name, renamed} & (names | WITHOUT_STATEMENT):
                faults.append(f"{name}: no statement of that name in */{domain}.sql")
        _report(faults)

    def test_keywords_are_upper_case(self) -> None:
        faults = []
        for statement in house.every():
            before = ""
            for token in house.tokens(statement):
                text = token.text
                if token.kind == "word" and before != "." and text.lower() in house.KEYWORDS and not text.isupper():
                    faults.append(f"{statement.location} {statement.name}: {text}")
                before = text
        _report(faults)

    def test_lines(self) -> None:
        faults = []
        for path in house.files():
            text = path.read_text(encoding="utf-8")
            if not text.endswith("\n") or text.endswith("\n\n"):
                faults.append(f"{path.relative_to(house.ROOT)}: ends in one line feed, not none or two")
            for number, line in enumerate(text.splitlines(), 1):
                place = f"{path.relative_to(house.ROOT)}:{number}"
                # A header cannot be broken.
                if len(line) > 120 and not line.startswith("-- name:"):
                    faults.append(f"{place}: {len(line)} characters")
                if "\t" in line or line != line.rstrip():
                    faults.append(f"{place}: tabs, or blanks at its end")
        _report(faults)

    def test_the_river(self) -> None:
        """SELECT, FROM, WHERE, AND and their like end in one column."""
        _report(
            [
                f"{statement.location} {statement.name}: {fault}, and not in {house.RIVER_COLUMN}"
                for statement in house.every()
                for fault in house.misplaced(statement)
            ]
        )

    def test_the_checks_find_what_they_are_for(self) -> None:
        statement = next(house.every())
        crooked = replace(statement, text="-- name: x()\n-- X.\nSELECT 1\n   FROM t\n  WHERE a = 1;")
        assert list(house.misplaced(crooked)) == ["FROM ends in column 7", "WHERE ends in column 7"]
        straight = replace(statement, text="-- name: x()\n-- X.\nSELECT 1\n  FROM t\n WHERE a = 1;")
        assert list(house.misplaced(straight)) == []


class TestParity:
    def test_names_parameters_slots_and_operations(self) -> None:
        sets = {dialect: house.effective(dialect) for dialect in ("postgresql", "mysql", "sqlite")}
        assert len(sets["sqlite"]) > 100
        _report(list(check_parity(sets)))

    def test_result_columns(self, migrated_databases: Any, pytestconfig: pytest.Config) -> None:
        """What the servers themselves say of empty tables."""
        columns: dict[str, dict[str, tuple[str, ...]]] = {}
        for dialect in chosen_dialects(pytestconfig):
            for name, found in _result_columns(dialect, migrated_databases.take(dialect, "empty")).items():
                columns.setdefault(name, {})[dialect] = found
        assert sum(bool(next(iter(by_dialect.values()))) for by_dialect in columns.values()) > 50
        _report(
            [
                f"{name}: {by_dialect}"
                for name, by_dialect in columns.items()
                if len({tuple(sorted(found)) for found in by_dialect.values()}) > 1
            ]
        )

    def test_no_column_twice(self, migrated_url: str, dialect: str) -> None:
        """A row is a dict: of two columns of a name it holds the last."""
        _report(
            [
                f"{name}: {found}"
                for name, found in _result_columns(dialect, migrated_url).items()
                if len(set(found)) != len(found)
            ]
        )


def _result_columns(dialect: str, url: str) -> Mapping[str, tuple[str, ...]]:
    spoken = get_dialect(dialect)
    found = {}
    raw = spoken.connect(parse_url(url), ConnectionOptions())
    try:
        for name, statement in house.effective(dialect).items():
            if not statement.writes:
                variant = next(variants(statement))
                found[name] = spoken.run(raw, variant.text, variant.parameters).columns
    finally:
        spoken.close(raw)
    return found


class TestServers:
    @pytest.fixture
    def explain(self, migrated_url: str, dialect: str) -> Iterator[Any]:
        """Let the server plan a statement, with its values bound, and carry nothing out."""
        spoken = get_dialect(dialect)
        raw = spoken.connect(parse_url(migrated_url), ConnectionOptions())

        def plan(text: str, parameters: Mapping[str, Any]) -> BaseException | None:
            try:
                spoken.run(raw, f"EXPLAIN {text}", parameters)
            except Exception as error:
                return error
            return None

        yield plan
        spoken.close(raw)

    def test_every_variant_is_accepted(self, explain: Any, dialect: str) -> None:
        faults, tried = [], 0
        for statement in house.effective(dialect).values():
            for variant in variants(statement):
                tried += 1
                error = explain(variant.text, variant.parameters)
                if error is not None:
                    faults.append(f"{statement.location} {statement.name} ({variant.label}): {error}")
        assert tried > len(house.effective(dialect))
        _report(faults)

    def test_a_wrong_statement_is_not(self, explain: Any) -> None:
        assert explain("SELECT k.nothing FROM key_pairs AS k", {}) is not None

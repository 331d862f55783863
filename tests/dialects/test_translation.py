"""`rawdb.translate_error` and rules of one's own, on errors of the standard library's driver and by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pymysql
import pytest

import rawdb
from rawdb import exceptions as exc
from rawdb.dialects.translation import Rule, filters, remove_filters

DUPLICATE = "UNIQUE constraint failed: t.a"


@pytest.fixture
def rules() -> Iterator[list[Rule]]:
    """Functions whose rules are taken back after the test."""
    functions: list[Rule] = []
    yield functions
    for function in functions:
        remove_filters(function)


def duplicate() -> sqlite3.IntegrityError:
    """A real one, with its code."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a int UNIQUE)")
    try:
        connection.executemany("INSERT INTO t VALUES (?)", [(1,), (1,)])
    except sqlite3.IntegrityError as error:
        return error
    finally:
        connection.close()
    raise AssertionError("no duplicate")


def test_translated_error_says_what_failed_and_where() -> None:
    error = duplicate()
    translated = rawdb.translate_error(
        error, "sqlite", "key_pair_create", {"secret": "s3cret"}, location="sql/key_pairs.sql:12"
    )
    assert isinstance(translated, exc.DBDuplicateEntry)
    assert translated.inner_exception is error
    assert translated.__cause__ is error
    assert (translated.statement, translated.location) == ("key_pair_create", "sql/key_pairs.sql:12")
    assert (translated.dialect, translated.code, translated.attempt) == ("sqlite", 2067, None)
    assert str(translated) == f"{DUPLICATE} [key_pair_create, sql/key_pairs.sql:12]"
    assert "s3cret" not in repr(translated.__dict__)


def test_text_without_a_place() -> None:
    assert str(rawdb.translate_error(duplicate(), "sqlite")) == DUPLICATE
    assert str(rawdb.translate_error(duplicate(), "sqlite", "create")) == f"{DUPLICATE} [create]"


def test_a_driver_after_the_dialect_is_ignored() -> None:
    error = pymysql.err.OperationalError(1213, "Deadlock found when trying to get lock")
    assert type(rawdb.translate_error(error, "mysql+pymysql")) is exc.DBDeadlock


def test_unknown_dialect() -> None:
    with pytest.raises(ValueError, match="oracle"):
        rawdb.translate_error(duplicate(), "oracle")
    with pytest.raises(ValueError, match="oracle"):
        filters("oracle")


@pytest.mark.parametrize("error", [ValueError("x"), exc.DBError("x"), exc.InstanceNotFound(instance_id=1)])
def test_other_errors_come_back_as_they_are(error: Exception) -> None:
    assert rawdb.translate_error(error, "sqlite", "create") is error
    assert error.__cause__ is None


def test_known_disconnect_decides_what_nothing_else_does() -> None:
    vague = sqlite3.OperationalError("something odd")
    assert type(rawdb.translate_error(vague, "sqlite")) is exc.DBError
    lost = rawdb.translate_error(vague, "sqlite", is_disconnect=True)
    assert type(lost) is exc.DBConnectionError
    assert lost.inner_exception is vague
    assert type(rawdb.translate_error(duplicate(), "sqlite", is_disconnect=True)) is exc.DBDuplicateEntry


def test_own_rule_gets_the_facts_and_raises_the_replacement(rules: list[Rule]) -> None:
    seen: list[tuple[object, ...]] = []

    @filters("sqlite", codes=2067, regex=[r"no match", r"failed: (?P<columns>.+)"])
    def rule(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> None:
        seen.append((error, match["columns"], dialect, is_disconnect))  # type: ignore[index]
        raise exc.InstanceExists(name="one")

    rules.append(rule)
    error = duplicate()
    translated = rawdb.translate_error(error, "sqlite")
    assert isinstance(translated, exc.InstanceExists)
    assert translated.__cause__ is error
    assert seen == [(error, "t.a", "sqlite", False)]


def test_own_rule_may_return_the_replacement_or_pass(rules: list[Rule]) -> None:
    @filters("sqlite", codes=[2067, 1555])
    def rule(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> Exception | None:
        assert match is None
        return exc.DBDeadlock(error) if is_disconnect else None

    rules.append(rule)
    assert type(rawdb.translate_error(duplicate(), "sqlite")) is exc.DBDuplicateEntry
    translated = rawdb.translate_error(duplicate(), "sqlite", "create", is_disconnect=True)
    assert isinstance(translated, exc.DBDeadlock)
    assert (translated.statement, translated.code, translated.dialect) == ("create", 2067, "sqlite")


@pytest.mark.parametrize(
    "options",
    [
        {"dialect": "postgresql"},
        {"dialect": "sqlite", "codes": 1555},
        {"dialect": "sqlite", "error_class": sqlite3.OperationalError},
        {"dialect": "sqlite", "regex": "deadlock"},
    ],
)
def test_own_rule_that_does_not_fit_is_not_asked(rules: list[Rule], options: dict[str, object]) -> None:
    def rule(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> Exception | None:
        return exc.DBDeadlock(error)

    rules.append(filters(**options)(rule))  # type: ignore[arg-type]
    assert type(rawdb.translate_error(duplicate(), "sqlite")) is exc.DBDuplicateEntry


def test_order_of_own_rules(rules: list[Rule]) -> None:
    asked: list[str] = []

    def named(name: str) -> Rule:
        def rule(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> None:
            asked.append(name)

        rules.append(rule)
        return rule

    filters("*", codes=2067)(named("any dialect, code"))
    filters("*")(named("any dialect"))
    filters("sqlite", error_class=sqlite3.Error)(named("base class"))
    filters("sqlite", error_class=sqlite3.IntegrityError)(named("class, first"))
    filters("sqlite", error_class=sqlite3.IntegrityError)(named("class, second"))
    filters("sqlite", codes=2067)(named("code"))
    rawdb.translate_error(duplicate(), "sqlite")
    assert asked == [
        "code",
        "class, first",
        "class, second",
        "base class",
        "any dialect, code",
        "any dialect",
    ]


def test_removed_rule_is_gone() -> None:
    def rule(error: BaseException, match: object, dialect: str, is_disconnect: bool) -> Exception | None:
        return exc.DBDeadlock(error)

    filters("sqlite")(filters("sqlite", codes=2067)(rule))
    assert type(rawdb.translate_error(duplicate(), "sqlite")) is exc.DBDeadlock
    remove_filters(rule)
    assert type(rawdb.translate_error(duplicate(), "sqlite")) is exc.DBDuplicateEntry

"""What files hold: line ends, byte order marks, directives, and bodies that would be cut in the wrong place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rawdb import migrate
from rawdb.exceptions import DBMigrationError
from rawdb.schema import dump
from rawdb.schema.migrations import load, read_sql
from rawdb.testing.databases import connected
from tests.migrate.cases import write

ROOT = Path(__file__).parents[2]


def test_line_ends_and_byte_order_marks_make_no_difference(
    database_url: str, history: Path, tmp_path: Path, dialect: str
) -> None:
    write(history, "0004.text", "INSERT INTO notes (id, body) VALUES (1, 'two\nlines');\n", "DELETE FROM notes;\n")
    migrate.write_manifest(history)
    migrate.upgrade(database_url, 1, migrations=history)
    sums = migrate.checksums(history)
    for path in history.iterdir():
        mark = b"\xef\xbb\xbf" if path.suffix == ".sql" else b""
        path.write_bytes(mark + path.read_bytes().replace(b"\n", b"\r\n"))
    assert migrate.checksums(history) == sums
    assert migrate.upgrade(database_url, migrations=history) == ["0002.tags", "0003.colours", "0004.text"]
    with connected(database_url) as run:
        assert run("SELECT body FROM notes").rows == [("two\nlines",)]
    migrate.downgrade(database_url, 0, migrations=history)
    assert dump(database_url) == ""


def test_the_manifest_is_what_sha256sum_reads(history: Path) -> None:
    migrate.write_manifest(history)
    done = subprocess.run(["sha256sum", "--check", "--strict", "MANIFEST"], cwd=history, check=False)
    assert done.returncode == 0
    (history / "MANIFEST").write_text("nothing\n")
    with pytest.raises(DBMigrationError, match="MANIFEST:1 is no line of a manifest"):
        migrate.verify(history)


def test_a_checkout_keeps_the_line_ends_of_migrations() -> None:
    attributes = (ROOT / ".gitattributes").read_text()
    assert "*.sql text eol=lf" in attributes
    assert "MANIFEST text eol=lf" in attributes


def refusal(folder: Path) -> str:
    with pytest.raises(DBMigrationError) as caught:
        load(folder)
    return str(caught.value)


def test_directives_that_would_not_count_are_named(tmp_path: Path) -> None:
    write(tmp_path / "a", "0001.a", "/* Licence */\n-- transactional: false\nSELECT 1;\n")
    assert "'-- transactional: false' stands too late" in refusal(tmp_path / "a")
    write(tmp_path / "b", "0001.b", "-- transactional: no\nSELECT 1;\n")
    assert "transactional is true or false, not 'no'" in refusal(tmp_path / "b")
    write(tmp_path / "c", "0001.c", "-- depends: 0000.none\nSELECT 1;\n")
    assert "there is no migration 0000.none" in refusal(tmp_path / "c")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "0001.d.sql").write_bytes(b"SELECT '\xff';\n")
    assert "it is not UTF-8" in refusal(tmp_path / "d")


def test_delimiter_is_the_clients_and_says_what_to_write(tmp_path: Path) -> None:
    write(
        tmp_path,
        "0001.a",
        "-- A trigger.\nDELIMITER //\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN END//\n",
    )
    text = refusal(tmp_path)
    assert "'DELIMITER //' is a command of the mysql client" in text
    assert 'step("""CREATE' in text
    path = tmp_path / "0001.a.sql"
    path.write_text("-- DELIMITER // is not needed.\nSELECT 'DELIMITER';\n")
    assert read_sql(path)[1] == ["SELECT 'DELIMITER';"]


REPEAT = """CREATE PROCEDURE p() BEGIN
  DECLARE i INT DEFAULT 0;
  REPEAT
    SET i = i + 1;
    INSERT INTO counted (id) VALUES (i);
  UNTIL i >= 3 END REPEAT;
END"""


def test_a_body_that_would_be_cut_names_the_way_in_python(tmp_path: Path) -> None:
    write(tmp_path, "0001.a", f"CREATE TABLE counted (id INT);\n{REPEAT};\n")
    text = refusal(tmp_path)
    assert "the body of 'CREATE PROCEDURE p() BEGIN" in text
    assert "is cut at a semicolon" in text
    assert "0001.a.sql" in text
    assert ".py instead" in text


@pytest.mark.dialects("mysql")
def test_the_way_in_python_works(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "0001.counted.py").write_text(
        "from yoyo import step\n"
        "__transactional__ = False\n"
        "def fill(connection):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('CALL p()')\n"
        "step('CREATE TABLE counted (id INT NOT NULL PRIMARY KEY)', 'DROP TABLE counted')\n"
        f'step("""{REPEAT}""", "DROP PROCEDURE p")\n'
        "step(fill)\n"
        "step('INSERT INTO counted (id) VALUES (1)', ignore_errors='apply')\n"
    )
    for _ in range(2):
        assert migrate.upgrade(database_url, migrations=tmp_path) == ["0001.counted"]
        with connected(database_url) as run:
            assert run("SELECT id FROM counted ORDER BY id").rows == [(1,), (2,), (3,)]
        assert migrate.downgrade(database_url, 0, migrations=tmp_path) == ["0001.counted"]


def test_python_migrations_are_part_of_the_transaction(database_url: str, tmp_path: Path, dialect: str) -> None:
    if dialect == "mysql":
        pytest.skip("MySQL has no transactions over DDL")
    (tmp_path / "0001.made.py").write_text(
        "from yoyo import step, group\n"
        "def more(connection):\n"
        "    connection.execute('INSERT INTO made (id) VALUES (1)')\n"
        "group(step('CREATE TABLE made (id INTEGER NOT NULL PRIMARY KEY)', 'DROP TABLE made'), step(more))\n"
        "step('INSERT INTO made (id) VALUES (1)', ignore_errors='all')\n"
        "step('INSERT INTO made (id) VALUES (2)')\n"
    )
    assert migrate.upgrade(database_url, migrations=tmp_path) == ["0001.made"]
    with connected(database_url) as run:
        assert run("SELECT id FROM made ORDER BY id").rows == [(1,), (2,)]
    assert migrate.downgrade(database_url, 0, migrations=tmp_path) == ["0001.made"]
    (tmp_path / "0001.made.py").write_text(
        "from yoyo import step\n"
        "step('CREATE TABLE made (id INTEGER NOT NULL PRIMARY KEY)')\n"
        "step('INSERT INTO nowhere (id) VALUES (1)')\n"
    )
    with pytest.raises(DBMigrationError, match=r"0001\.made failed at 'INSERT INTO nowhere"):
        migrate.upgrade(database_url, migrations=tmp_path)
    assert dump(database_url) == ""


@pytest.mark.parametrize("text", ["BEGIN", "COMMIT", "START TRANSACTION", "ROLLBACK", "SAVEPOINT a", "BEGIN IMMEDIATE"])
def test_a_file_leaves_transactions_to_whoever_applies_it(database_url: str, history: Path, text: str) -> None:
    write(history, "0004.own", f"CREATE TABLE own (id INTEGER);\n{text};\n")
    with pytest.raises(DBMigrationError, match=rf"0004\.own\.sql: '{text}': leave transactions"):
        migrate.upgrade(database_url, migrations=history)
    assert migrate.version(database_url, migrations=history) == 3


def test_comments_alone_are_no_statement(tmp_path: Path) -> None:
    write(tmp_path, "0001.a", "-- What for.\nSELECT 1; -- one\n\n-- And that was all.\n/* Really. */\n")
    (migration,) = load(tmp_path)
    assert [step.apply for step in migration.steps] == ["SELECT 1; -- one"]

"""What a migration in Python asks and does: is there such a column, an index by another name, rows that a key forbids.

    from rawdb.schema import Alter
    from yoyo import step

    def apply(connection):
        notes = Alter(connection)
        notes.drop_old_duplicates("notes", ["author", "title"])
        if not notes.has_index("notes", "notes_author_title_key"):
            notes.add_index("notes", "notes_author_title_key", ["author", "title"], unique=True)

    step(apply)

Names are quoted, and looked for in the catalog first, so that nothing is half done. What it does is part of the
migration's transaction, where the server has transactions for that.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from rawdb import timeutils
from rawdb.dialects import Dialect, get_dialect
from rawdb.exceptions import DBNonExistentColumn, DBNonExistentTable
from rawdb.schema.inspection import Inspector
from rawdb.schema.model import YOYO_TABLES, Index, Table

_DRIVERS = {"psycopg": "postgresql", "pymysql": "mysql", "sqlite3": "sqlite"}
_NOT_ON = (
    "SELECT t.table_name FROM information_schema.tables AS t"
    " WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' AND t.engine <> {} ORDER BY t.table_name"
)
_AT_ONCE = 1000


class Alter:
    """Questions and changes on one connection, a driver's own: what yoyo gives a step, for example.

    Raises TypeError for a connection of no driver that rawdb knows. Errors of the server leave as the driver's: whoever
    runs the migration translates them.
    """

    def __init__(self, connection: Any) -> None:
        self._raw = connection
        self._dialect = _dialect_of(connection)

    @property
    def dialect(self) -> str:
        """The dialect's name."""
        return self._dialect.name

    def table(self, name: str) -> Table:
        """A table as it is now: columns, primary key, indexes, constraints. Raises DBNonExistentTable."""
        found = Inspector(self._dialect, self._raw).schema().get(name)
        if found is None:
            raise DBNonExistentTable(name, f"there is no table {name}")
        return found

    def has_column(self, table: str, column: str) -> bool:
        """Whether a table has a column. Raises DBNonExistentTable."""
        return column in self.table(table).columns

    def has_index(self, table: str, name: str) -> bool:
        """Whether a table has an index, or a unique key, of a name. Raises DBNonExistentTable."""
        return name in self.table(table).indexes

    def has_index_on(self, table: str, columns: Sequence[str]) -> bool:
        """Whether some index is over exactly these columns, in this order. Raises DBNonExistentTable."""
        return any(index.columns == tuple(columns) for index in self.table(table).indexes.values())

    def foreign_key_on(self, table: str, column: str) -> str | None:
        """The name of a foreign key that includes a column, None without one. Raises DBNonExistentTable."""
        keys = sorted(
            part.name
            for part in self.table(table).constraints.values()
            if part.kind == "foreign key" and column in part.columns
        )
        return keys[0] if keys else None

    def add_index(self, table: str, name: str, columns: Sequence[str], *, unique: bool = False) -> None:
        """Make an index. Raises ValueError where one of the name is, DBNonExistentTable, DBNonExistentColumn."""
        found = self.table(table)
        _check_columns(found, columns)
        if name in found.indexes:
            raise ValueError(f"{table} has an index {name} already")
        self._run(self._creation(table, name, columns, unique=unique))

    def drop_index(self, table: str, name: str) -> None:
        """Drop an index. Raises ValueError where none of the name is, DBNonExistentTable."""
        self._index(table, name)
        of = f" ON {self._quoted(table)}" if self.dialect == "mysql" else ""
        self._run(f"DROP INDEX {self._quoted(name)}{of}")

    def change_index(self, table: str, name: str, columns: Sequence[str]) -> None:
        """Make an index anew over other columns, unique as it was. Raises as the two above.

        The new one is made before the old one goes: an error (rows that a unique one forbids) loses nothing, and nobody
        meets the table without an index. ValueError for an index over some of the rows, whose condition would be lost.
        """
        found = self._index(table, name)
        indexes = self.table(table).indexes
        _check_columns(self.table(table), columns)
        if found.where is not None:
            raise ValueError(f"{name} is over the rows of {table} WHERE {found.where}: drop it and make it by SQL")
        other = next(free for n in itertools.count() if (free := f"{name[:40]}_new{n}") not in indexes)
        self._at_once(self._replacement(table, name, other, columns, unique=found.unique))

    def drop_old_duplicates(self, table: str, columns: Sequence[str], *, soft: bool = False) -> list[int]:
        """Remove rows that others repeat in these columns, NULL being equal to NULL; returns their ids.

        Of each group the row with the largest `id` stays. Rows that are deleted softly (`deleted_at`) count as repeats
        and are themselves left alone. With `soft` rows are not removed: `deleted` becomes their id (true, where it is a
        boolean), `deleted_at` the time. Raises DBNonExistentTable, DBNonExistentColumn. Round trips: 7, and 1 for each
        1,000 rows.
        """
        found = self.table(table)
        _check_columns(found, [*columns, "id", *(["deleted", "deleted_at"] if soft else [])])
        ids = [int(row[0]) for row in self._run(self._repeats(found, columns))]
        quoted = self._quoted(table)
        now = self._dialect.placeholder("now")
        mark = "TRUE" if soft and found.columns["deleted"].type == "bool" else "id"
        for start in range(0, len(ids), _AT_ONCE):
            listed = ", ".join(map(str, ids[start : start + _AT_ONCE]))
            if soft:
                self._run(
                    f"UPDATE {quoted} SET deleted = {mark}, deleted_at = {now} WHERE id IN ({listed})", stamp=True
                )
            else:
                self._run(f"DELETE FROM {quoted} WHERE id IN ({listed})")
        return ids

    def tables_not_on(self, engine: str, *, skip: Iterable[str] = ()) -> list[str]:
        """MySQL: the tables that are not on a storage engine (`InnoDB`), but yoyo's and those to skip; else none."""
        if self.dialect != "mysql":
            return []
        left_out = {*YOYO_TABLES, *skip}
        rows = self._dialect.run(self._raw, _NOT_ON.format("%(engine)s"), {"engine": engine}).rows
        return [str(row[0]) for row in rows if row[0] not in left_out]

    def _creation(self, table: str, name: str, columns: Sequence[str], *, unique: bool) -> str:
        listed = ", ".join(map(self._dialect.quote, columns))
        return f"CREATE {'UNIQUE ' if unique else ''}INDEX {self._quoted(name)} ON {self._quoted(table)} ({listed})"

    def _replacement(self, table: str, name: str, other: str, columns: Sequence[str], *, unique: bool) -> list[str]:
        """The statements that put a new index in the place of one; `other` is a name that is free."""
        old, new = self._quoted(name), self._quoted(other)
        first = self._creation(table, other, columns, unique=unique)
        if self.dialect == "mysql":
            listed = ", ".join(map(self._dialect.quote, columns))
            added = f"ADD {'UNIQUE ' if unique else ''}INDEX {old} ({listed})"
            return [f"ALTER TABLE {self._quoted(table)} DROP INDEX {old}, {added}"]
        if self.dialect == "postgresql":
            return [first, f"DROP INDEX {old}", f"ALTER INDEX {new} RENAME TO {old}"]
        # There an index cannot be renamed.
        return [first, f"DROP INDEX {old}", self._creation(table, name, columns, unique=unique), f"DROP INDEX {new}"]

    def _at_once(self, texts: Sequence[str]) -> None:
        """Run some statements, all or none, inside of a transaction and outside of one."""
        if self.dialect != "sqlite":
            # PostgreSQL takes several statements without parameters as one transaction, MySQL has one here.
            self._run("; ".join(texts))
            return
        self._run("SAVEPOINT rawdb_alter")
        try:
            for text in texts:
                self._run(text)
        except BaseException:
            self._run("ROLLBACK TO SAVEPOINT rawdb_alter")
            raise
        finally:
            self._run("RELEASE SAVEPOINT rawdb_alter")

    def _index(self, table: str, name: str) -> Index:
        found = self.table(table).indexes.get(name)
        if found is None:
            raise ValueError(f"{table} has no index {name}")
        return found

    def _repeats(self, table: Table, columns: Sequence[str]) -> str:
        quote, differs = self._dialect.quote, self._dialect.differs
        listed = ", ".join(map(quote, columns))
        same = " AND ".join(f"NOT ({differs.format(f'd.{quote(name)}', f'g.{quote(name)}')})" for name in columns)
        live = " AND d.deleted_at IS NULL" if "deleted_at" in table.columns else ""
        name = self._quoted(table.name)
        return (
            f"SELECT d.id FROM {name} AS d JOIN (SELECT MAX(id) AS kept, {listed} FROM {name} GROUP BY {listed}"
            f" HAVING COUNT(*) > 1) AS g ON {same} AND d.id < g.kept{live} ORDER BY d.id"
        )

    def _quoted(self, name: str) -> str:
        return self._dialect.quote(name)

    def _run(self, text: str, *, stamp: bool = False) -> list[tuple[Any, ...]]:
        parameters = {"now": timeutils.utcnow()} if stamp else {}
        return self._dialect.run(self._raw, text, parameters).rows


def _dialect_of(connection: Any) -> Dialect:
    for kind in type(connection).__mro__:
        if name := _DRIVERS.get(kind.__module__.partition(".")[0]):
            return get_dialect(name)
    raise TypeError(f"expected a connection of psycopg, PyMySQL or sqlite3, got {type(connection).__name__}")


def _check_columns(table: Table, columns: Sequence[str]) -> None:
    if not columns or isinstance(columns, str):
        raise ValueError(f"expected a list of columns of {table.name}, got {columns!r}")
    for name in columns:
        if name not in table.columns:
            raise DBNonExistentColumn(name, f"{table.name} has no column {name!r}")

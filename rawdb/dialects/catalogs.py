"""The catalog queries: what each server says of its tables.

Each dialect has three: columns, indexes and constraints. Rows come back in one shape for all: see `Catalog`. No text
here holds a percent sign, which drivers would take for a parameter.
"""

from __future__ import annotations

from typing import NamedTuple


class Catalog(NamedTuple):
    """The queries of one dialect.

    `columns`: table, column, type, not null, default, primary key position (0: none), autoincrement, collation,
    expression of a hidden generated column. `indexes`: table, index, unique, column or expression, prefix
    length, whether it is over all rows at every moment, in order; the primary key is left out, unless it is called
    PRIMARY. `constraints`: table, name, kind.
    """

    columns: str
    indexes: str
    constraints: str
    #: The condition in `columns` that leaves views out, and what lets them in.
    no_views: tuple[str, str]

    @property
    def columns_with_views(self) -> str:
        """The query for the columns of views as well."""
        return self.columns.replace(*self.no_views)


POSTGRESQL = Catalog(
    columns="""
SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       COALESCE(array_position(p.conkey, a.attnum), 0),
       a.attidentity <> '' OR COALESCE(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') ~ '^nextval',
       l.collname, NULL
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_constraint AS p ON p.conrelid = c.oid AND p.contype = 'p'
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
 ORDER BY c.relname, a.attnum
""",
    indexes="""
SELECT c.relname, i.relname, x.indisunique, pg_catalog.pg_get_indexdef(x.indexrelid, k.n, true), NULL,
       x.indpred IS NULL AND x.indisvalid AND x.indimmediate
  FROM pg_catalog.pg_index AS x
  JOIN pg_catalog.pg_class AS c ON c.oid = x.indrelid
  JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid
 CROSS JOIN LATERAL generate_series(1, x.indnkeyatts) AS k (n)
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT x.indisprimary
 ORDER BY c.relname, i.relname, k.n
""",
    constraints="""
SELECT c.relname, k.conname, CASE k.contype WHEN 'c' THEN 'check' ELSE 'foreign key' END
  FROM pg_catalog.pg_constraint AS k
  JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
 WHERE c.relnamespace = current_schema()::regnamespace AND k.contype IN ('c', 'f')
 ORDER BY c.relname, k.conname
""",
    no_views=("c.relkind IN ('r', 'p')", "c.relkind IN ('r', 'p', 'f', 'v', 'm')"),
)

# Joins between these views are slow, so the primary key comes with the indexes. MariaDB's JSON is a LONGTEXT with a
# check of its own; the comment that says so is one to MySQL, where a type tells it.
MYSQL = Catalog(
    columns="""
SELECT c.table_name, c.column_name,
       /*M!100000 CASE WHEN (c.table_name, c.column_name) IN (
                    SELECT k.table_name, k.constraint_name
                      FROM information_schema.check_constraints AS k
                     WHERE k.constraint_schema = DATABASE() AND k.level = 'Column'
                       AND k.check_clause = CONCAT('json_valid(`', k.constraint_name, '`)'))
                  THEN 'json' ELSE */ c.column_type /*M!100000 END */,
       c.is_nullable = 'NO', c.column_default, 0,
       LOCATE('auto_increment', LOWER(c.extra)) > 0, c.collation_name,
       CASE WHEN LOCATE('INVISIBLE', UPPER(c.extra)) > 0 THEN NULLIF(c.generation_expression, '') END
  FROM information_schema.columns AS c
 WHERE c.table_schema = DATABASE()
   AND c.table_name IN (SELECT t.table_name FROM information_schema.tables AS t
                         WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE')
 ORDER BY c.table_name, c.ordinal_position
""",
    indexes="""
SELECT table_name, index_name, non_unique = 0, column_name, sub_part, 1
  FROM information_schema.statistics
 WHERE table_schema = DATABASE()
 ORDER BY table_name, index_name, seq_in_index
""",
    constraints="""
SELECT table_name, constraint_name, LOWER(constraint_type)
  FROM information_schema.table_constraints
 WHERE table_schema = DATABASE() AND constraint_type IN ('CHECK', 'FOREIGN KEY')
 ORDER BY table_name, constraint_name
""",
    no_views=("t.table_type = 'BASE TABLE'", "t.table_type IN ('BASE TABLE', 'VIEW')"),
)

# The text of the definition stands for what no pragma tells: AUTOINCREMENT, expressions, names of checks.
SQLITE = Catalog(
    columns="""
SELECT m.name, c.name, c.type, c."notnull" = 1 OR c.pk > 0, c.dflt_value, c.pk,
       c.pk > 0 AND INSTR(UPPER(m.sql), 'AUTOINCREMENT') > 0, 'BINARY', NULL
  FROM sqlite_master AS m
  JOIN pragma_table_xinfo(m.name) AS c
 WHERE m.type = 'table' AND SUBSTR(m.name, 1, 7) <> 'sqlite_'
 ORDER BY m.name, c.cid
""",
    indexes="""
SELECT m.name, i.name, i."unique", COALESCE(c.name, x.sql), NULL, i.partial = 0
  FROM sqlite_master AS m
  JOIN pragma_index_list(m.name) AS i
  JOIN pragma_index_xinfo(i.name) AS c
  LEFT JOIN sqlite_master AS x ON x.type = 'index' AND x.name = i.name
 WHERE m.type = 'table' AND SUBSTR(m.name, 1, 7) <> 'sqlite_' AND i.origin <> 'pk' AND c.key = 1
 ORDER BY m.name, i.name, c.seqno
""",
    constraints="""
SELECT m.name, m.sql, 'check'
  FROM sqlite_master AS m
 WHERE m.type = 'table' AND INSTR(UPPER(m.sql), 'CHECK') > 0
 UNION ALL
SELECT m.name, 'fk_' || m.name || '_' || f."from", 'foreign key'
  FROM sqlite_master AS m
  JOIN pragma_foreign_key_list(m.name) AS f
 WHERE m.type = 'table' AND f.seq = 0
 ORDER BY 1, 2
""",
    no_views=("m.type = 'table'", "m.type IN ('table', 'view')"),
)

#: No pragma tells the collation of a column either.
SQLITE_COLLATIONS = """
SELECT m.name, m.sql
  FROM sqlite_master AS m
 WHERE m.type = 'table' AND INSTR(UPPER(m.sql), 'COLLATE') > 0
"""

CATALOGS = {"postgresql": POSTGRESQL, "mysql": MYSQL, "sqlite": SQLITE}

"""What a process pays before its first answer: the import, and the first call; and what a folder of one's own costs.

Beside it what nobody gets below: the driver alone, imported and connected, with the same row read.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.sessions import Floor
from rawdb.dialects import parse_url

_PROGRAM = """
import json, sys, time
begin = time.process_time()
import rawdb.api
imported = time.process_time()
import rawdb
from rawdb.context import RequestContext
rawdb.configure(connection=sys.argv[1])
context = RequestContext("user17", "middle", is_admin=False)
rawdb.api.key_pair_get(context, "user17", "key")
first = time.process_time()
rawdb.api.key_pair_get(context, "user17", "key")
second = time.process_time()
print(json.dumps([imported - begin, first - imported, second - first]))
"""
_NAMES = ("import", "first call", "second call")

_SELECT = "SELECT * FROM key_pairs WHERE user_id = 'user17' AND name = 'key' AND deleted = 0"
_CONNECT = {
    "sqlite": "import sqlite3; connection = sqlite3.connect(options['database'])",
    "postgresql": "import psycopg; connection = psycopg.connect(autocommit=True, **options)",
    "mysql": "import pymysql; connection = pymysql.connect(autocommit=True, charset='utf8mb4', **options)",
}
_DRIVER = """
import json, sys, time
options = json.loads(sys.argv[1])
begin = time.process_time()
{connect}
cursor = connection.cursor()
cursor.execute("{select}")
cursor.fetchall()
print(json.dumps([time.process_time() - begin]))
"""
#: An application of one's own: the import, then the folder, then a call.
_OWN = """
import json, sys, time
begin = time.process_time()
from rawdb import Database
url, folder, lazy = sys.argv[1], sys.argv[2], sys.argv[3] == "lazy"
database = Database(url, queries=folder, tables=folder + "/columns.csv", lazy=lazy)
imported = time.process_time()
database.statements["note7_get"]
loaded = time.process_time()
with database.reader.autocommit.using(None) as sql:
    sql.note7_get(id=1)
print(json.dumps([imported - begin, loaded - imported, time.process_time() - begin]))
"""
_NOTES = """CREATE TABLE note7 (id INTEGER PRIMARY KEY, author VARCHAR(64), text VARCHAR(100), pinned BOOLEAN,
created_at TIMESTAMP NULL, updated_at TIMESTAMP NULL)"""
OWN_STATEMENTS = 200
_COLUMNS = "table,column,type,nullable,default,on_update,primary_key,autoincrement\n"
_TABLE = """\
{name},id,int,no,,,yes,yes
{name},author,string(64),no,,,,
{name},text,text,yes,,,,
{name},pinned,bool,no,False,,,
{name},created_at,datetime,yes,utcnow(),,,
{name},updated_at,datetime,yes,,utcnow(),,
"""
_STATEMENTS = """\
-- name: {name}_get(id)^
-- One note. Index: PRIMARY. Locks: none.
SELECT n.*
  FROM {name} AS n
 WHERE n.id = :id;

-- name: {name}_get_all(author, after, limit, pinned)
-- A page of an author's notes. Index: author. Locks: none.
SELECT n.id, n.author, n.text, n.created_at
  FROM {name} AS n
 WHERE n.author = :author
   AND /*{{filters}}*/ n.pinned = :pinned /*{{}}*/
   AND n.id > :after
 ORDER BY n.id
 LIMIT :limit;

-- name: {name}_create(author, text)<!
-- Store a note. Index: none. Locks: the new row.
INSERT INTO {name} (/*{{columns}}*/ author, text /*{{}}*/)
VALUES /*{{rows}}*/ (:author, :text) /*{{}}*/;

-- name: {name}_update(id, text)!
-- Change a note. Index: PRIMARY. Locks: the row.
UPDATE {name}
   SET /*{{set}}*/ text = :text /*{{}}*/
 WHERE id = :id;
"""


def measure(url: str, runs: int = 7) -> dict[str, Any]:
    """Milliseconds of CPU for `import rawdb.api`, for the first call of key_pair_get, and for the second one.

    For the driver alone; and, for a folder of OWN_STATEMENTS, to load it (whole, as it is done if nothing is said, and
    lazily), and from the start to the end of its first call.
    """
    found: dict[str, Any] = dict(zip(_NAMES, _median(_PROGRAM, [url], runs), strict=True))
    [found["driver"]] = _median(_alone(url), [json.dumps(_options(url))], runs)
    session = Floor(url)
    session.run(_NOTES)
    session.close()
    with tempfile.TemporaryDirectory() as folder:
        _write_own(Path(folder))
        for way in ("whole", "lazy"):
            _, found[f"own, {way}"], found[f"own, {way}, first call"] = _median(_OWN, [url, folder, way], runs)
    print("startup, milliseconds of CPU:", found)
    return found


def _alone(url: str) -> str:
    return _DRIVER.format(connect=_CONNECT[parse_url(url).dialect], select=_SELECT)


def _options(url: str) -> dict[str, Any]:
    """What the driver's own `connect` takes."""
    parsed = parse_url(url)
    if parsed.dialect == "sqlite":
        return {"database": parsed.database}
    database = "dbname" if parsed.dialect == "postgresql" else "database"
    found = {
        "host": parsed.host, "port": parsed.port, "user": parsed.user, "password": parsed.password,
        database: parsed.database, **parsed.query,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}


def _median(program: str, arguments: Sequence[str], runs: int) -> list[float]:
    taken = []
    with tempfile.TemporaryDirectory() as cache:
        # As where a package is installed: its byte code is there. The run that writes it does not count.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": cache}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for number in range(runs + 1):
            command = [sys.executable, "-c", program, *arguments]
            done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
            if number:
                taken.append(json.loads(done.stdout))
    return [round(statistics.median(values) * 1000, 2) for values in zip(*taken, strict=True)]


def _write_own(folder: Path) -> None:
    """An application's SQL: a file for each of its tables, four statements in each."""
    names = [f"note{number}" for number in range(OWN_STATEMENTS // _STATEMENTS.count("-- name"))]
    (folder / "columns.csv").write_text(_COLUMNS + "".join(_TABLE.format(name=name) for name in names))
    for name in names:
        (folder / f"{name}.sql").write_text(_STATEMENTS.format(name=name))

"""A small warehouse on SQL of its own: articles, stock, customers, orders, invoices.

The SQL is in queries/, the tables are made by migrations/. `configure` says where the database is; the modules
`articles`, `orders` and `invoices` are what the warehouse can do, `service` offers it over HTTP. Every function takes
a context first: whoever asks, or None. Functions that are called inside one another with the same context share one
transaction.

`statements` is written by `rawdb sql types` and says what each statement takes and gives; `database` is told its class.
"""

from __future__ import annotations

from pathlib import Path

import rawdb
from warehouse.statements import Statements

QUERIES = Path(__file__).with_name("queries")
MIGRATIONS = Path(__file__).with_name("migrations")

#: The database that `configure` names, for functions that are written before.
database = rawdb.DefaultDatabase[Statements]()


def configure(url: str) -> None:
    """Use the database at `url`. Nothing is opened before the first call that needs it."""
    rawdb.configure(connection=url, queries=QUERIES, sqlite_fk=True)


def upgrade() -> None:
    """Bring the tables of the configured database up to date."""
    rawdb.migrate.upgrade(migrations=MIGRATIONS)

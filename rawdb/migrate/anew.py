"""A `rawdb.Database` that was used knows the columns that were there then; what is migrated it looks at anew."""

from __future__ import annotations

from rawdb.dialects import URL
from rawdb.engine import database as engine
from rawdb.engine.database import Database


def look_anew(url: URL, given: Database | None) -> None:
    """Let the databases of this process that are used and have this URL, and the given one, read their tables again.

    Connections that are in use stay so, and are closed when they come back.
    """
    same = [each for each in list(engine._databases) if each.url == url and not url.is_memory]
    for database in {id(each): each for each in (*same, given) if each is not None and each.is_started}.values():
        if database.url.is_memory:
            # It lives in its connection, which must not be closed.
            database.look_anew()
        else:
            database.dispose()

"""`rawdb migrate ...` and `rawdb schema ...`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from rawdb import migrate, schema
from rawdb._house import sql_root
from rawdb.cli.output import Output
from rawdb.default import default_database
from rawdb.dialects import URL, parse_url
from rawdb.testing.servers import MariaDBServer, PostgreSQLServer, ServerError


def upgrade(options: argparse.Namespace, output: Output) -> int:
    """Apply what is missing."""
    return _report("applied", migrate.upgrade(options.url, options.version, **_how(options)), output)


def downgrade(options: argparse.Namespace, output: Output) -> int:
    """Undo what is newer than a version."""
    return _report("undone", migrate.downgrade(options.url, options.version, **_how(options)), output)


def _how(options: argparse.Namespace) -> dict[str, Any]:
    names = ("migrations", "foreign", "lock_timeout", "table_lock_timeout", "tries")
    return {name: getattr(options, name) for name in names}


def repair(options: argparse.Namespace, output: Output) -> int:
    """Bring half-done migrations to one of their ends."""
    return _report("repaired", migrate.repair(options.url, options.how, migrations=options.migrations), output)


def stamp(options: argparse.Namespace, output: Output) -> int:
    """Say at which version the database is."""
    return _report("stamped", migrate.stamp(options.url, options.version, migrations=options.migrations), output)


def _report(done: str, ids: list[str], output: Output) -> int:
    for name in ids:
        output.line(f"{done} {name}")
    if not ids:
        output.line("nothing to do")
    return 0


def break_lock(options: argparse.Namespace, output: Output) -> int:
    """Remove the lock of an owner that is known to be dead."""
    migrate.break_lock(options.url)
    output.line("no lock is left")
    return 0


def status(options: argparse.Namespace, output: Output) -> int:
    """How far each migration is; 1 when one is half done or unknown."""
    steps = migrate.status(options.url, migrations=options.migrations)
    output.table(["migration", "state", "applied at"], [[step.id, step.state, step.applied_at] for step in steps])
    questions = [migrate.explain(step) for step in steps if step.in_question or not step.known]
    for text in questions:
        output.line(text)
    return 1 if questions else 0


def version(options: argparse.Namespace, output: Output) -> int:
    """The number of the newest applied migration."""
    found = migrate.version(options.url, migrations=options.migrations, foreign=options.foreign)
    output.line(str(found))
    return 0


def _url(options: argparse.Namespace) -> str | URL:
    given: str | None = options.url or options.url_option
    return default_database().url if given is None else given


def diff(options: argparse.Namespace, output: Output) -> int:
    """What differs between a live database and the declared schema; 1 when something does."""
    differences = schema.diff(_url(options), options.schema)
    for difference in differences:
        output.line(schema.describe(difference))
    return 1 if differences else 0


def dump(options: argparse.Namespace, output: Output) -> int:
    """The schema of a live database as text."""
    output.line(schema.dump(_url(options)).rstrip())
    return 0


def check(options: argparse.Namespace, output: Output) -> int:
    """What differs between the dialects' migrations and the declared schema; 1 when something does."""
    with _servers(options) as servers:
        faults = schema.check(root=options.root, servers=servers)
    for fault in faults:
        output.line(fault)
    return 1 if faults else 0


@contextmanager
def _servers(options: argparse.Namespace) -> Iterator[dict[str, str]]:
    """A server of each dialect: one that was named, or one that is started here for the time of the block."""
    servers = {parse_url(url).dialect: url for url in options.server}
    root = sql_root() if options.root is None else options.root
    with ExitStack() as stack:
        for kind in (PostgreSQLServer, MariaDBServer):
            name = kind.dialect
            named = name in servers or f"RAWDB_TEST_{name.upper()}_URL" in os.environ
            if not named and (root / "migrations" / name).is_dir():
                # Without its programs the check says that it could not be made.
                with suppress(ServerError, ImportError):
                    servers[name] = stack.enter_context(kind()).url
        yield servers


def dangling(options: argparse.Namespace, output: Output) -> int:
    """References whose row is not there; 1 when live rows hold one."""
    found = schema.dangling(_url(options))
    for one in found:
        output.line(str(one))
    return 1 if any(one.live for one in found) else 0

"""`rawdb migrate ...` and `rawdb schema ...`."""

from __future__ import annotations

import argparse

from rawdb import migrate, schema
from rawdb.cli.output import Output


def upgrade(options: argparse.Namespace, output: Output) -> int:
    """Apply what is missing."""
    return _report("applied", migrate.upgrade(options.url, options.version), output)


def downgrade(options: argparse.Namespace, output: Output) -> int:
    """Undo what is newer than a version."""
    return _report("undone", migrate.downgrade(options.url, options.version), output)


def repair(options: argparse.Namespace, output: Output) -> int:
    """Bring half-done migrations to one of their ends."""
    return _report("repaired", migrate.repair(options.url, options.how), output)


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
    """How far each migration is; 1 when one is half done."""
    steps = migrate.status(options.url)
    output.table(["migration", "state", "applied at"], [[step.id, step.state, step.applied_at] for step in steps])
    questions = [migrate.explain(step) for step in steps if step.in_question]
    for text in questions:
        output.line(text)
    return 1 if questions else 0


def version(options: argparse.Namespace, output: Output) -> int:
    """The number of the newest applied migration."""
    output.line(str(migrate.version(options.url)))
    return 0


def diff(options: argparse.Namespace, output: Output) -> int:
    """What differs between a live database and the declared schema; 1 when something does."""
    differences = schema.diff(options.url)
    for difference in differences:
        output.line(schema.describe(difference))
    return 1 if differences else 0


def dump(options: argparse.Namespace, output: Output) -> int:
    """The schema of a live database as text."""
    output.line(schema.dump(options.url).rstrip())
    return 0


def check(options: argparse.Namespace, output: Output) -> int:
    """What differs between the dialects' migrations and the declared schema; 1 when something does."""
    faults = schema.check()
    for fault in faults:
        output.line(fault)
    return 1 if faults else 0


def dangling(options: argparse.Namespace, output: Output) -> int:
    """References whose row is not there; 1 when live rows hold one."""
    found = schema.dangling(options.url)
    for one in found:
        output.line(str(one))
    return 1 if any(one.live for one in found) else 0

"""The effective statements as plain files, for people and for stock aiosql."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rawdb.statements.statement import Statement
from rawdb.statements.tokens import ANYTHING, Source, scan

_HEADING = "-- The effective statements of one dialect. Written by rawdb: edit the files they come from instead.\n"


def export_statements(statements: Mapping[str, Statement], folder: Path | str) -> list[Path]:
    """Write the effective set of a dialect, a file per domain, and return the files' paths.

    `statements` is what `load_statements` or `Database.statements` gives. The files hold each statement with its
    slots' samples and no markers, so they run as they stand and `aiosql.from_path` loads them.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    domains: dict[str, list[str]] = {}
    for name in statements:
        domains.setdefault(statements[name].domain, []).append(plain_text(statements[name]))
    paths = []
    for domain, texts in sorted(domains.items()):
        path = folder / f"{domain}.sql"
        path.write_text("\n".join([_HEADING, *(f"{text}\n" for text in texts)]), encoding="utf-8")
        paths.append(path)
    return paths


def plain_text(statement: Statement) -> str:
    """A statement with its header and comment, without slot markers; every slot holds its sample.

    aiosql's scripts take no parameters: of one that does, each statement gets a name of its own.
    """
    if statement.steps and statement.parameters:
        return "\n\n".join(
            f"-- name: {step.name}__{number}({', '.join(step.parameters)})!\n-- {statement.name}, part {number}.\n"
            f"{step.text};"
            for number, step in enumerate(statement.steps, 1)
        )
    header, newline, body = statement.text.partition("\n")
    parts = []
    tokens = scan(Source.of(statement.location, body), 0, len(body), ANYTHING)
    for index, token in enumerate(tokens):
        if token.kind in ("slot_open", "slot_close"):
            continue
        # The blank between a marker and its sample belongs to the marker.
        beside = tokens[max(0, index - 1) : index] + tokens[index + 1 : index + 2]
        opened = bool(beside) and index > 0 and tokens[index - 1].kind == "slot_open"
        closed = index + 1 < len(tokens) and tokens[index + 1].kind == "slot_close"
        if token.kind == "space" and "\n" not in token.text and (opened or closed):
            continue
        if token.kind == "semicolon":
            parts.append(statement.ending)
        parts.append(token.text)
    return f"{header}{newline}{''.join(parts)}".rstrip()

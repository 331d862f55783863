"""Scripts: several statements in one call, all of them or none where the server can take them back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from rawdb import timeutils
from rawdb.engine.scope import Scope
from rawdb.exceptions import DBError
from rawdb.statements.adhoc import in_pieces
from rawdb.statements.compiled import Compiled
from rawdb.statements.statement import Statement

_COMMENTS = re.compile(r"\A(?:\s+|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)
#: On a server whose DDL commits.
_DDL = re.compile(
    r"(?:CREATE|ALTER|DROP|TRUNCATE|RENAME|GRANT|REVOKE|ANALYZE|OPTIMIZE|CHECK|REPAIR|FLUSH|INSTALL|UNINSTALL)\b"
    r"(?!\s+TEMPORARY\b)",
    re.IGNORECASE,
)

Sent = list[tuple[Compiled, Sequence[Any]]]


def run_script(scope: Scope, script: Statement, arguments: dict[str, Any]) -> None:
    """Run the statements of a script. Its arguments are checked before anything is sent."""
    script.check(tuple(arguments))
    if script.takes_now:
        arguments.setdefault("now", timeutils.utcnow())
    database = scope.database
    sent: Sent = []
    for step in script.steps:
        own = {name: value for name, value in arguments.items() if name in step.accepts}
        sent.append(step.prepared(own, scope.context, database.rules, database.cache))
    _run_all(scope, sent)


def run_text(scope: Scope, text: str, find_place: Callable[[], str | None]) -> None:
    """Run the statements of a text."""
    pieces = in_pieces(scope.database.dialect, text)
    place = find_place()
    _run_all(
        scope,
        [
            (Compiled("execute_script", piece, location=f"{place}, line {line} of the script"), ())
            for line, piece in pieces
        ],
    )


def _run_all(scope: Scope, sent: Sent) -> None:
    """Run some statements, as one where that is possible."""
    if not scope.database.dialect.commits_ddl:
        scope.all_or_none(lambda: _one_by_one(scope, sent))
        return
    committing = next((one for one, _ in sent if _DDL.match(_COMMENTS.sub("", one.text))), None)
    if committing is None:
        scope.all_or_none(lambda: _one_by_one(scope, sent))
    elif scope.autocommit:
        _each_alone(scope, sent)
    else:
        raise TypeError(
            f"{committing.name}: the statement at {committing.location} commits what was done before it, as DDL does "
            "on MySQL, so no transaction can hold this script: use writer.autocommit, where each statement stands alone"
        )


def _each_alone(scope: Scope, sent: Sent) -> None:
    for done, (compiled, parameters) in enumerate(sent):
        try:
            scope.run(compiled, parameters)
        except DBError as error:
            if done:
                error.args = (f"{error.args[0]}; what stands before it in the script is done, and stays",)
            raise


def _one_by_one(scope: Scope, sent: Sent) -> None:
    for compiled, parameters in sent:
        scope.run(compiled, parameters)

"""SQL text that stands in no file: its parameters are written `:name`, as in the files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rawdb.dialects import Dialect
from rawdb.statements.tokens import Source, scan
from rawdb.statements.values import untyped


def with_parameters(dialect: Dialect, text: str, parameters: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The text and the parameters as a dialect sends them.

    Raises StatementError for text that no SQL file may hold, TypeError for a parameter that is missing or not in the
    text, DBDataError for a value that cannot be bound.
    """
    parts: list[str] = []
    values: list[Any] = []
    places: dict[str, int] = {}
    bind = dialect.binder(None)
    for token in scan(Source.of("execute", text), 0, len(text)):
        if token.kind != "parameter":
            parts.append(dialect.escaped(token.text))
            continue
        name = token.text[1:]
        if name not in parameters:
            raise TypeError(f"execute: the text has the parameter :{name}, which is not given")
        if name not in places or not dialect.numbers_parameters:
            value = parameters[name]
            value = None if value is None else untyped(name, dialect.document)(value)
            values.append(value if bind is None or value is None else bind(value))
            places[name] = len(values)
        parts.append(dialect.parameter(places[name]))
    unused = sorted(parameters.keys() - places.keys())
    if unused:
        raise TypeError(f"execute: the text has no parameter :{', :'.join(unused)}")
    return "".join(parts), values

"""Signatures as lists that compare: documented texts, and what functions really have."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

# name, kind and the default as Python text; annotations are free
Shape = list[tuple[str, str, str | None]]


def expected_shape(signature: str) -> Shape:
    """Return the shape that a documented signature describes."""
    statement = ast.parse(f"def operation({signature}): ...").body[0]
    assert isinstance(statement, ast.FunctionDef)
    arguments = statement.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    defaults.extend(arguments.defaults)

    def text(default: ast.expr | None) -> str | None:
        return None if default is None else repr(ast.literal_eval(default))

    kinds = [
        "POSITIONAL_ONLY" if argument in arguments.posonlyargs else "POSITIONAL_OR_KEYWORD" for argument in positional
    ]
    found: Shape = [
        (argument.arg, kind, text(default)) for argument, kind, default in zip(positional, kinds, defaults, strict=True)
    ]
    if arguments.vararg is not None:
        found.append((arguments.vararg.arg, "VAR_POSITIONAL", None))
    found.extend(
        (argument.arg, "KEYWORD_ONLY", text(default))
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    )
    if arguments.kwarg is not None:
        found.append((arguments.kwarg.arg, "VAR_KEYWORD", None))
    return found


def shape(function: Callable[..., Any]) -> Shape:
    """Return the shape that a function really has, seen through decorators that keep it."""
    return [
        (
            parameter.name,
            parameter.kind.name,
            None if parameter.default is inspect.Parameter.empty else repr(parameter.default),
        )
        for parameter in inspect.signature(function).parameters.values()
    ]

"""A Python module of typed statements: one Protocol with a method for each, and the TypedDicts that it speaks of."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from rawdb.schema.typed_dicts import TypedDictClass
from rawdb.typed.folder import Folder
from rawdb.typed.methods import Argument, Classes, Method, Methods

_HOMES = {
    "collections.abc": ("Iterable", "Sequence"),
    "datetime": ("date", "datetime", "time", "timedelta"),
    "decimal": ("Decimal",),
    "ipaddress": ("IPv4Address", "IPv4Interface", "IPv4Network", "IPv6Address", "IPv6Interface", "IPv6Network"),
    "typing": ("Any", "Literal", "NotRequired", "Protocol"),
    "uuid": ("UUID",),
    "rawdb": ("AnyOf", "Constant", "Page", "Predicate"),
    "rawdb.typed": ("AsyncHandle", "Handle", "Json", "TypedDict", "Value"),
}
_OF_RAWDB = ("rawdb", "rawdb.typed")
_BUILTIN = ("bool", "bytes", "dict", "float", "int", "list", "str")
_WIDTH = 100
#: Formatters and linters leave it as it is: else it would not be what `--check` expects.
_AS_WRITTEN = ("# ruff: noqa", "# fmt: off")
_DOC = """The statements of {folder} for type checkers and editors.

Written by `rawdb sql types` from what {sources}: do not edit.
With `--check` the command says whether it is what would be written now.
"""


_HEAD = 'class Statements(Handle, Protocol):\n    """The statements, as a block of a database offers them."""'
_ASYNC_HEAD = (
    'class AsyncStatements(AsyncHandle, Protocol):\n    """The statements, as a block of `rawdb.aio` offers them."""'
)


def module_text(folder: Folder, name: str, *, with_async: bool = False) -> str:
    """The module, `name` being what its folder of statements is called; also with a class for coroutines."""
    classes = Classes()
    maker = Methods(folder.sides, classes)
    methods = [maker.method(statement, shapes) for statement, shapes in folder.shapes.items()]
    dicts = list(classes.all.values())
    clashing = _clashing(methods)
    methods = [_renamed(method, clashing) for method in methods]
    aliases = "\n".join(f"_{name} = {name}" for name in clashing)
    protocols = ["\n\n".join([_HEAD, *(_method_text(method) for method in methods)])]
    if with_async:
        protocols.append("\n\n".join([_ASYNC_HEAD, *(_method_text(_awaited(method), "async ") for method in methods)]))
    body = "\n\n\n".join([*(_dict_text(one) for one in dicts), *protocols])
    named = ["Statements", *(["AsyncStatements"] if with_async else []), *classes.all]
    exported = [f'    "{one}",' for one in sorted(named)]
    doc = _DOC.format(folder=name, sources=_sources(folder)).replace("\\", "\\\\")
    return "\n".join([
        f'"""{doc}"""', *_AS_WRITTEN, "", *_imports(f"{body}\n{aliases}"), "", "__all__ = [", *exported, "]",
        *(["", aliases] if aliases else []), "", "", body, "",
    ])  # fmt: skip


def is_stale(path: Path, text: str) -> bool:
    """Whether a file is not as it would be written."""
    return not path.exists() or path.read_text(encoding="utf-8") != text


def _sources(folder: Folder) -> str:
    dialects = ", ".join(sorted({side.dialect for side in folder.sides}))
    asked = any(side.prepared for side in folder.sides)
    return f"{dialects} said" if asked else "the declared tables say"


def _dict_text(one: TypedDictClass) -> str:
    return one.text() if one.fields else f'class {one.name}(TypedDict):\n    """{one.doc}"""'


def _clashing(methods: Sequence[Method]) -> list[str]:
    """The types in annotations that a statement is called like as well: they get second names."""
    types = [text for method in methods for text in (method.result, *(one.type for one in method.arguments))]
    known = {*_BUILTIN, *(name for names in _HOMES.values() for name in names)}
    return sorted({method.name for method in methods} & known & {word for text in types for word in _words(text)})


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _awaited(method: Method) -> Method:
    """The method as coroutines have it, whose arguments are given by name."""
    return method._replace(arguments=tuple(one._replace(by_name=True) for one in method.arguments))


def _renamed(method: Method, clashing: Sequence[str]) -> Method:
    if not clashing:
        return method
    pattern = re.compile(rf"""(?<!["'])\b({"|".join(clashing)})\b(?!["'])""")
    arguments = tuple(one._replace(type=pattern.sub(r"_\1", one.type)) for one in method.arguments)
    return method._replace(arguments=arguments, result=pattern.sub(r"_\1", method.result))


def _method_text(method: Method, word: str = "") -> str:
    parts = ["self", *(_argument(argument) for argument in _ordered(method.arguments))]
    first = next((i for i, one in enumerate(_ordered(method.arguments), 1) if one.by_name), None)
    if first is not None:
        parts.insert(first, "*")
    if "self" in {argument.name for argument in method.arguments}:
        parts[0] = "self_"
    line = f"    {word}def {method.name}({', '.join(parts)}) -> {method.result}:"
    if len(line) > _WIDTH:
        inner = "".join(f"        {part},\n" for part in parts)
        line = f"    {word}def {method.name}(\n{inner}    ) -> {method.result}:"
    return f"{line}\n{_docstring(method)}"


def _ordered(arguments: Iterable[Argument]) -> list[Argument]:
    return sorted(arguments, key=lambda one: one.by_name)


def _argument(argument: Argument) -> str:
    return f"{argument.name}: {argument.type}{f' = {argument.default}' if argument.default else ''}"


def _docstring(method: Method) -> str:
    doc = method.doc.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"') or method.name
    if doc.endswith('"'):
        doc += " "
    if "\n" not in doc:
        return f'        """{doc}"""\n        ...'
    return f'        """{textwrap.indent(doc, "        ").lstrip()}\n        """\n        ...'


def _imports(body: str) -> list[str]:
    """The imports of what the module names, rawdb's behind a blank line."""
    words = set(re.findall(r"\w+", re.sub(r'"""(?:[^"\\]|\\.|"(?!""))*"""', "", body)))
    found = {home: [name for name in names if name in words] for home, names in _HOMES.items()}
    lines = {home: f"from {home} import {', '.join(names)}" for home, names in found.items() if names}
    standard = [line for home, line in lines.items() if home not in _OF_RAWDB]
    return [*standard, "", *(line for home, line in lines.items() if home in _OF_RAWDB)]

"""Prints docs/reference.md: every public name, for the site to fill from its docstring.

python scripts/reference.py > docs/reference.md

Which names are public stands in docs/stability.md, and nowhere else.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

_HEADING = """# Reference

Every public name, from its docstring, as the site shows it (`make docs`). Written by `scripts/reference.py` from the
tables in [stability.md](stability.md), which say how long each stays; a test holds it to them. The operations of the
cloud are in [reference-api.md](reference-api.md).
"""
#: Modules whose names have a page of their own, or fixtures, which are used without an import.
_ELSEWHERE = {"rawdb.api", "rawdb.compat.nova_grizzly", "rawdb.compat.manila", "rawdb.testing.plugin"}


def public_names() -> dict[str, list[str]]:
    """The public names by module, as docs/stability.md lists them."""
    page = (ROOT / "docs" / "stability.md").read_text(encoding="utf-8")
    found = {"rawdb": [name for first, *_ in _rows(page, "The front") for name in _words(first)]}
    for first, *cells in _rows(page, "Modules"):
        for module in re.findall(r"`([\w.]+)`", first):
            if module not in _ELSEWHERE:
                found[module] = [name for cell in cells for name in _words(cell)]
    return found


def _rows(page: str, heading: str) -> list[list[str]]:
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines[2:]]


def _words(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


def directive(module: str, name: str, seen: set[int]) -> str:
    """What has the site show one name."""
    thing: Any = getattr(importlib.import_module(module), name)
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        comment = _comment(name, thing)
        return f".. py:data:: {module}.{name}\n" + (f"\n   {comment}\n" if comment else "")
    options = "   :no-index:\n" if id(thing) in seen else ""
    seen.add(id(thing))
    if inspect.isclass(thing):
        kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
        return f".. {kind}:: {module}.{name}\n   :members:\n   :exclude-members: with_traceback, add_note\n{options}"
    return f".. autofunction:: {module}.{name}\n{options}"


def _comment(name: str, thing: object) -> str:
    """What the comment above a value says of it, wherever in the package it stands."""
    for module in [each for key, each in sys.modules.items() if key.partition(".")[0] == "rawdb"]:
        if getattr(module, name, None) is thing:
            text = inspect.getsource(module)
            if found := re.search(rf"((?:^#: .*\n)+){name}\b", text, re.MULTILINE):
                return " ".join(line.removeprefix("#: ") for line in found[1].splitlines()).replace("`", "``")
    return ""


def page() -> Iterator[str]:
    """The lines of the page."""
    yield _HEADING
    seen: set[int] = set()
    for module, names in public_names().items():
        yield f"## `{module}`\n"
        yield f"```{{eval-rst}}\n.. automodule:: {module}\n   :no-members:\n"
        yield from (directive(module, name, seen) for name in names)
        yield "```\n"


if __name__ == "__main__":
    print("\n".join(page()).rstrip())

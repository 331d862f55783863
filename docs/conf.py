"""The site of docs/, built by Sphinx: `make docs`. Pages are Markdown (MyST), the reference comes from docstrings."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import rawdb  # noqa: E402  the checkout beside this file

project = "rawdb"
version = release = rawdb.__version__
author = "the rawdb developers"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
root_doc = "index"
html_theme = "furo"
html_title = f"rawdb {release}"
# The pages say which block is what language; not every lexer knows rawdb's slots.
suppress_warnings = ["misc.highlighting_failure"]

myst_heading_anchors = 4
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_inherit_docstrings = False
autodoc_preserve_defaults = True

#: The order of the pages. One that is missing here is an error of the build.
PAGES = {
    "Begin": ["start", "tutorial", "command-line", "comparison"],
    "SQL": ["sql-files", "typed-statements", "tables", "bulk", "transactions", "asyncio"],
    "Servers": ["connections", "configuration", "errors"],
    "Tables and tests": ["migrations", "schema", "testing"],
    "The cloud": ["operations", "faces", "archiving", "writing-operations", "oslo-db"],
    "Reference": ["reference", "reference-api", "stability", "performance", "releasing"],
}

_TITLE = re.compile(r'^```(\w+) title="([^"]+)"$', re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./[^)]+\)")
_CODE = re.compile(r"(?<![`:])`([^`\n]+)`(?!`)")


def as_site(app: Any, name: str, source: list[str]) -> None:
    """The names of files over their blocks; what lies outside of docs/ by name alone, as the site has no such page."""
    text = _TITLE.sub(r"```{code-block} \1\n:caption: \2\n", source[0])
    source[0] = _OUTSIDE.sub(r"\1", text)
    if name == root_doc:
        for caption, pages in PAGES.items():
            entries = "\n".join(pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{entries}\n```\n"


def as_code(app: Any, kind: str, name: str, thing: object, options: object, lines: list[str]) -> None:
    """Docstrings write code in single backticks."""
    lines[:] = [_CODE.sub(r"``\1``", line) for line in lines]


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("source-read", as_site)
    app.connect("autodoc-process-docstring", as_code)

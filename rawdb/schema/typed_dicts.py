"""TypedDicts as Python text."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TypedDictClass:
    """A TypedDict: its fields by name, and those that it inherits from `base`."""

    name: str
    doc: str
    fields: Mapping[str, str]
    base: TypedDictClass | None = None

    def all_fields(self) -> dict[str, str]:
        """The fields, inherited ones first."""
        return {**(self.base.all_fields() if self.base else {}), **self.fields}

    def text(self) -> str:
        """The class as Python; a name that is none in Python makes it a call, and so does one that is a type's."""
        words = {word for kind in self.fields.values() for word in re.findall(r"\w+", kind)}
        if all(name.isidentifier() and not keyword.iskeyword(name) and name not in words for name in self.fields):
            lines = [f"    {name}: {kind}" for name, kind in self.fields.items()]
            head = f"class {self.name}({self.base.name if self.base else 'TypedDict'}):"
            return "\n".join([head, f'    """{self.doc}"""', "", *lines])
        lines = [f'        "{name}": {kind},' for name, kind in self.all_fields().items()]
        return "\n".join([f"{self.name} = TypedDict(", f'    "{self.name}",', "    {", *lines, "    },", ")"])


def camel(words: Iterable[str]) -> str:
    """The name of a class from the words of another name."""
    return "".join(word[:1].upper() + word[1:] for word in words)

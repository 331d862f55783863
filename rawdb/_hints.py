"""What an error adds where a name is unknown."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """`; did you mean NAME?` for the name that comes nearest, or nothing."""
    import difflib  # for errors only: it is not quick to load

    near = difflib.get_close_matches(str(name), list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""

"""Pieces of SQL as lists of words: where a parenthesis closes, and what stands outside of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rawdb.statements.tokens import Token

Words = Sequence[Token]

QUERIES = ("SELECT", "WITH", "VALUES")


def upper(words: Words, index: int) -> str:
    """A word in capitals; nothing beyond the end."""
    return words[index].text.upper() if 0 <= index < len(words) and words[index].kind != "quoted" else ""


def closing(words: Words, opened: int) -> int:
    """The index of what closes the parenthesis here, or the last."""
    depth = 0
    for index in range(opened, len(words)):
        depth += {"(": 1, ")": -1}.get(words[index].text, 0)
        if depth == 0:
            return index
    return len(words) - 1


def outside(words: Words) -> Iterator[int]:
    """The indexes of the words outside of all parentheses and of every CASE ... END."""
    depth = 0
    for index in range(len(words)):
        word = upper(words, index)
        if word in (")", "END"):
            depth -= 1
        if depth == 0 and word not in (")", "END"):
            yield index
        if word in ("(", "CASE"):
            depth += 1


def split(words: Words, separators: Collection[str]) -> list[Words]:
    """What stands between some words that are outside of all parentheses; empty pieces are left out."""
    cuts = [index for index in outside(words) if upper(words, index) in separators]
    starts, ends = [0, *(index + 1 for index in cuts)], [*cuts, len(words)]
    return [words[start:end] for start, end in zip(starts, ends, strict=True) if end > start]


def is_enclosed(words: Words) -> bool:
    """Whether one pair of parentheses holds it all."""
    return len(words) > 2 and words[0].text == "(" and closing(words, 0) == len(words) - 1

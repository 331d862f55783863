"""What the translators of the three databases share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from rawdb.dialects.base import UniqueColumns
from rawdb.exceptions import DBError, DBInvalidUnicodeParameter

Translated = TypeVar("Translated", DBError, DBInvalidUnicodeParameter)

#: What a driver written in Python lets out when it is given the wrong number or kind of parameters.
_PARAMETER_ERRORS = (AttributeError, KeyError, OverflowError, TypeError, ValueError)


class Pattern:
    """A regular expression that is compiled when it is first used: most processes never see most of the errors."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._text, self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place that it matches."""
        return self._compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Its match at the beginning."""
        return self._compiled.match(text)

    def findall(self, text: str) -> list[Any]:
        """What it matches, or its groups."""
        return self._compiled.findall(text)

    def split(self, text: str) -> list[str | Any]:
        """The text between its matches."""
        return self._compiled.split(text)

    def sub(self, other: str, text: str) -> str:
        """The text with something else in the place of its matches."""
        return self._compiled.sub(other, text)


def driver_error_of(error: BaseException) -> BaseException:
    """The driver's error behind a translated one; any other error as it is."""
    return getattr(error, "inner_exception", None) or error


def raised_inside(package: str, error: BaseException) -> bool:
    """Whether a plain Python error comes out of the code of `package`, and so is that driver's."""
    if not isinstance(error, _PARAMETER_ERRORS) or error.__traceback__ is None:
        return False
    frames = error.__traceback__
    while frames.tb_next is not None:
        frames = frames.tb_next
    module = str(frames.tb_frame.f_globals.get("__name__", ""))
    return module.partition(".")[0] == package


def with_details(translated: Translated, error: BaseException, dialect: str, code: str | int | None) -> Translated:
    """Note on the translated error where it comes from."""
    translated.inner_exception = error
    translated.__cause__ = error
    translated.dialect = dialect
    translated.code = code
    return translated


def untouched(error: BaseException) -> Exception:
    """An error that is none of the driver's, to be returned as it came."""
    return cast(Exception, error)


def key_columns(
    key: str | None, table: str | None, unique_columns: UniqueColumns | None, otherwise: Sequence[str]
) -> list[str]:
    """The columns of a unique key, by name.

    The declared schema knows best: `unique_columns` is asked for ``table.key`` and for ``key``. Next comes
    the rule ``uniq_<table>0<column>0<column>`` for the names of unique keys, then what the message said.
    """
    if not key:
        return list(otherwise)
    if unique_columns is not None:
        for name in (f"{table}.{key}", key) if table else (key,):
            columns = unique_columns(name)
            if columns is not None:
                return list(columns)
    if key.startswith("uniq_") and "0" in key:
        return key.split("0")[1:]
    return list(otherwise)

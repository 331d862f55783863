"""A driver's error to an exception of rawdb: own rules first, then the tables of the dialect."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from rawdb.dialects import DIALECTS, get_dialect
from rawdb.dialects.base import UniqueColumns
from rawdb.exceptions import DBConnectionError, DBError, DBInvalidUnicodeParameter

Rule = Callable[[BaseException, "re.Match[str] | None", str, bool], "Exception | None"]

_EVERY_DIALECT = "*"


class _Filter(NamedTuple):
    function: Rule
    dialect: str
    codes: frozenset[str | int]
    error_class: type[BaseException]
    patterns: tuple[re.Pattern[str], ...]

    def rank(self, error: BaseException) -> tuple[bool, bool, int]:
        """Lower comes first: rules of the dialect, rules by code, rules for the most specific class."""
        return self.dialect == _EVERY_DIALECT, not self.codes, type(error).__mro__.index(self.error_class)

    def matches(self, error: BaseException, dialect: str, code: str | int | None) -> bool:
        """Whether dialect, class and code fit; the text is looked at by `replacement`."""
        return (
            self.dialect in (dialect, _EVERY_DIALECT)
            and isinstance(error, self.error_class)
            and (not self.codes or code in self.codes)
        )

    def replacement(self, error: BaseException, dialect: str, is_disconnect: bool) -> Exception | None:
        """What the rule makes of the error, raised or returned by it; None when it passes."""
        text = str(error)
        found = (pattern.search(text) for pattern in self.patterns)
        match = next((one for one in found if one is not None), None)
        if self.patterns and match is None:
            return None
        try:
            return self.function(error, match, dialect, is_disconnect)
        except Exception as raised:
            return raised


_filters: list[_Filter] = []


def filters(
    dialect: str = _EVERY_DIALECT,
    codes: str | int | Iterable[str | int] | None = None,
    error_class: type[BaseException] | None = None,
    regex: str | Iterable[str] | None = None,
) -> Callable[[Rule], Rule]:
    """Add a rule of one's own to the translation of errors.

    The decorated function gets the driver's error, the match of `regex` (None without one), the dialect's
    name and whether the connection is known to be gone. It raises or returns the error to use instead, or
    returns None to leave the error to the next rule. Own rules go before the built-in ones: those of the
    dialect before those of ``*``, those with codes before those without, then those for the most specific
    class, then in the order of their registration. One function may be registered more than once.

    Args:
        dialect: ``postgresql``, ``mysql`` or ``sqlite``; ``*`` for all.
        codes: SQLSTATEs, errnos or SQLite extended result codes, one or several; any when None.
        error_class: a class of the driver's errors; any when None.
        regex: patterns, one or several, of which one must be found in the error's text.

    Raises ValueError for an unknown dialect.
    """
    wanted = frozenset([codes] if isinstance(codes, str | int) else codes or ())
    patterns = tuple(re.compile(one) for one in ([regex] if isinstance(regex, str) else regex or ()))
    name = _plain_name(dialect)
    if name not in (*DIALECTS, _EVERY_DIALECT):
        raise ValueError(f"unknown dialect {name!r}: expected one of {', '.join(DIALECTS)} or *")

    def register(function: Rule) -> Rule:
        _filters.append(_Filter(function, name, wanted, error_class or Exception, patterns))
        return function

    return register


def remove_filters(function: Rule) -> None:
    """Take back every rule that `filters` made of this function."""
    _filters[:] = [rule for rule in _filters if rule.function is not function]


def translate_error(
    driver_error: BaseException,
    dialect: str,
    statement: str | None = None,
    parameters: Any = None,
    is_disconnect: bool = False,
    *,
    location: str | None = None,
    connecting: bool = False,
    unique_columns: UniqueColumns | None = None,
) -> Exception:
    """The exception of `rawdb.exceptions` for a driver's error, or the same error when it is none.

    Nothing is raised for the error itself, and no server is asked. Errors made by hand, without a server's
    diagnostics, are told by their code and text.

    Args:
        driver_error: the error; it becomes ``inner_exception`` and ``__cause__`` of the result.
        dialect: ``postgresql``, ``mysql`` or ``sqlite``; a driver's name after ``+`` is ignored.
        statement: name of the statement that failed, shown at the end of the text.
        parameters: what it was run with; accepted for symmetry and never kept, for it may hold secrets.
        is_disconnect: whether the connection is known to be gone; an error of no other kind then becomes a
            `DBConnectionError`.
        location: ``file:line`` of the statement.
        connecting: whether the error ended an attempt to connect.
        unique_columns: gives the columns of a unique index by its name, or None for one it does not know.

    Raises:
        ValueError: the dialect is unknown.
        ImportError: the dialect's driver is not installed.
    """
    name = _plain_name(dialect)
    translated = get_dialect(name).translate(driver_error, connecting=connecting, unique_columns=unique_columns)
    if translated is driver_error:
        return translated
    code = getattr(translated, "code", None)
    if is_disconnect and type(translated) is DBError:
        translated = DBConnectionError(driver_error)
    lost = is_disconnect or isinstance(translated, DBConnectionError)
    translated = _by_own_rules(driver_error, name, code, lost) or translated
    if isinstance(translated, DBError | DBInvalidUnicodeParameter):
        translated.inner_exception = translated.inner_exception or driver_error
        translated.dialect = name
        translated.code = code
        translated.statement = statement
        translated.location = location
    if translated is not driver_error and translated.__cause__ is None:
        translated.__cause__ = driver_error
    return translated


@contextmanager
def translated(dialect: str, statement: str | None = None) -> Iterator[None]:
    """A block whose driver errors leave as exceptions of `rawdb.exceptions`: for connections that are not rawdb's.

    `statement` is a name that the errors carry. Raises ValueError for an unknown dialect, before the block is run.
    """
    name = _plain_name(dialect)
    if name not in DIALECTS:
        raise ValueError(f"unknown dialect {name!r}: expected one of {', '.join(DIALECTS)}")
    try:
        yield
    except Exception as error:
        found = translate_error(error, name, statement)
        if found is error:
            raise
        raise found from error


def _plain_name(dialect: str) -> str:
    return dialect.partition("+")[0]


def _by_own_rules(error: BaseException, dialect: str, code: str | int | None, is_disconnect: bool) -> Exception | None:
    fitting = [rule for rule in _filters if rule.matches(error, dialect, code)]
    for rule in sorted(fitting, key=lambda rule: rule.rank(error)):
        replacement = rule.replacement(error, dialect, is_disconnect)
        if replacement is not None:
            return replacement
    return None

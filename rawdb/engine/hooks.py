"""What is done with every statement of a database on its way out: observers, log, trace, rewriting."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from types import FrameType

from rawdb.dialects import Dialect
from rawdb.dialects.base import UniqueColumns

#: Called with the name of each statement and its text just before it is sent.
Observer = Callable[[str, str], None]

_LOGGER = "rawdb.statements"
_TRACED_FRAMES = 3
_LIBRARY = ("rawdb", "contextlib", "functools")
#: Compiled when a MySQL Cluster is there.
_ENGINE = r"(engine\s*=\s*)innodb\b"
_SAVEPOINT = r"\s*(?:/\*.*?\*/\s*)?(?:SAVEPOINT|ROLLBACK TO|RELEASE SAVEPOINT)\b"


class Hooks:
    """The hooks of one database; shared by its connections."""

    def __init__(
        self,
        observers: list[Observer] | None = None,
        logger: logging.Logger | None = None,
        *,
        trace: bool = False,
        rewrite: Callable[[str], str] | None = None,
        unique_columns: UniqueColumns | None = None,
    ) -> None:
        self.observers = [] if observers is None else observers
        self.logger = logger or logging.getLogger(_LOGGER)
        self.trace = trace
        self.rewrite = rewrite
        self.unique_columns = unique_columns
        #: Whether texts are not sent as they are.
        self.changes_texts = self.trace or self.rewrite is not None

    def outgoing(self, name: str, text: str, dialect: Dialect) -> str:
        """The text to send for a statement; observers and the log have seen it. Observers may raise."""
        if self.rewrite is not None:
            text = self.rewrite(text)
        if self.trace:
            text = f"{text} {dialect.escaped(trace_comment())}"
        for observer in self.observers:
            observer(name, text)
        # Texts hold no values, so no secret gets into the log.
        if self.logger.isEnabledFor(logging.INFO):
            self.logger.info("%s", text if self.logger.isEnabledFor(logging.DEBUG) else name)
        return text


def statement_logger(connection_debug: int, logging_name: str | None) -> logging.Logger:
    """The logger of a database's statements: names at level INFO, whole texts at DEBUG.

    `connection_debug` sets its level: 100 DEBUG, 50 to 99 INFO, below WARNING, negative leaves it alone.
    """
    logger = logging.getLogger(f"{_LOGGER}.{logging_name}" if logging_name else _LOGGER)
    if connection_debug >= 100:
        logger.setLevel(logging.DEBUG)
    elif connection_debug >= 50:
        logger.setLevel(logging.INFO)
    elif connection_debug >= 0:
        logger.setLevel(logging.WARNING)
    return logger


def trace_comment() -> str:
    """A comment that names the last frames outside the library: `File: path (line) function; ...`."""
    frames: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(frames) < _TRACED_FRAMES:
        code = frame.f_code
        if frame.f_globals.get("__name__", "").partition(".")[0] not in _LIBRARY:
            frames.append(f"File: {code.co_filename} ({frame.f_lineno}) {code.co_name}")
        frame = frame.f_back
    # A path may hold what would end the comment.
    return f"/* {'; '.join(frames).replace('*', '')} */"


def rewrite_for_ndb(text: str) -> str:
    """The text as a MySQL Cluster takes it: its own engine, and no savepoints, which it does not have.

    A rollback to a savepoint therefore undoes nothing there.
    """
    if re.match(_SAVEPOINT, text, re.IGNORECASE):
        return "SET @rawdb_savepoint = 0"
    return re.sub(_ENGINE, r"\1NDBCLUSTER", text, flags=re.IGNORECASE)

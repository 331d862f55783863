"""What can be configured of a database."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from rawdb._hints import did_you_mean
from rawdb.dialects import ConnectionOptions
from rawdb.engine.retry import RetryPolicy
from rawdb.exceptions import NotSupportedWarning, OsloDBDeprecationWarning
from rawdb.options import from_text

if TYPE_CHECKING:
    from rawdb.engine.pool import Pool

#: Names that options had, and their present ones.
OLD_NAMES = {"idle_timeout": "connection_recycle_time"}
WITHOUT_EFFECT = frozenset(
    {
        "backend",
        "db_inc_retry_interval",
        "db_max_retries",
        "db_max_retry_interval",
        "db_retry_interval",
        "expire_on_commit",
        "flush_on_subtransaction",
        "rollback_reader_sessions",
        "use_db_reconnect",
    }
)
"""Documented options that a database has no use for; a configuration that names them is taken as it is."""


@dataclass(frozen=True)
class DatabaseOptions:
    """Everything that can be configured of a database. Times are seconds."""

    max_pool_size: int = 5
    """Connections that are kept; 0: no limit."""
    max_overflow: int = 50
    """Further connections at peaks, closed on return; -1: no limit."""
    pool_timeout: float = 30.0
    """How long to wait for a free connection."""
    connection_recycle_time: float = 3600.0
    """An older connection is replaced when it is next taken; -1: never."""
    max_retries: int = 10
    """Attempts of the first connection; 0: connect when the first statement needs it; -1: for ever."""
    retry_interval: float = 0.5
    """The pause between these attempts."""
    restart_timeout: float = 10.0
    """For how long after a server went away calls wait for it, at most `pool_timeout`; 0: they fail at once."""
    replica_fallback: bool = True
    """Async readers go to the master while the replica cannot be reached; False: they fail."""
    connection_parameters: str = field(default="", repr=False)
    """`a=1&b=2`, added to the query of the URLs."""
    synchronous_reader: bool = True
    """False: every reader accepts replication lag, as `reader.async_` does."""
    connection_trace: bool = False
    """True: each statement ends in a comment that names the calling frames."""
    connection_debug: int = 0
    """What is logged of statements: 100 texts, from 50 on names, below nothing; -1: the logger is left alone."""
    logging_name: str | None = None
    """The end of the logger's name."""
    thread_checkin: bool = True
    """Let other threads run whenever a connection is given back."""
    idle_check: float = 1.0
    """A connection idle for so long is asked for a sign of life before it is used."""
    mysql_enable_ndb: bool = False
    """Statements are rewritten for MySQL Cluster."""
    on_engine_create: Sequence[Callable[[Pool], None]] = ()
    """Called with each new pool."""
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    """How long refused work is repeated."""
    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    """What concerns a single connection; its fields are given as options of their own."""

    @classmethod
    def from_keywords(cls, keywords: Mapping[str, Any]) -> DatabaseOptions:
        """Options from flat keywords, texts converted. Raises TypeError for unknown names and wrong types."""
        given = _checked(check_names(keywords, stacklevel=4, strict=True))
        own = {item.name for item in fields(cls)} - {"connection"}
        driver = {item.name for item in fields(ConnectionOptions)}
        options = cls(**{name: value for name, value in given.items() if name in own})
        connection = ConnectionOptions(**{name: value for name, value in given.items() if name in driver})
        return replace(options, connection=connection)


#: Options whose default, None, does not say their kind.
_KINDS: Mapping[str, type] = {"mysql_wsrep_sync_wait": int}
_FUNCTIONS = ("on_engine_create", "on_connect", "on_checkin")
_FUNCTION = ("json_serializer", "json_deserializer")


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The options, a text converted where it stands for a number or a truth value. Another kind is a TypeError."""
    checked = {}
    defaults = {item.name: item.default for item in (*fields(DatabaseOptions), *fields(ConnectionOptions))}
    for name, value in given.items():
        default = defaults.get(name)
        kind = _KINDS.get(name, type(default))
        checked[name] = value = from_text(kind, value)
        if kind is bool:
            right, wanted = isinstance(value, bool), "True or False"
        elif kind in (int, float):
            kinds = int if kind is int else (int, float)
            right, wanted = isinstance(value, kinds) and not isinstance(value, bool), "a number"
            right = right or (value is None and default is None)
        elif name == "retry":
            right, wanted = isinstance(value, RetryPolicy), "a RetryPolicy, such as RetryPolicy(limit=20)"
        elif name in _FUNCTIONS:
            right, wanted = isinstance(value, (list, tuple)) and all(map(callable, value)), "a list of functions"
        elif name in _FUNCTION:
            right, wanted = value is None or callable(value), "a function"
        else:
            continue
        if not right:
            raise TypeError(f"option {name} takes {wanted}, not {value!r}")
    return checked


def check_names(
    keywords: Mapping[str, Any], *, also: Sequence[str] = (), stacklevel: int = 3, strict: bool = False
) -> dict[str, Any]:
    """The options among some keywords, under their present names. Warns of old names and unknown ones.

    With `strict` unknown ones are a TypeError.
    """
    known = {item.name for item in fields(DatabaseOptions)} - {"connection"}
    known |= {item.name for item in fields(ConnectionOptions)} | set(also)
    given = {}
    for name, value in keywords.items():
        if name in OLD_NAMES:
            new = OLD_NAMES[name]
            warnings.warn(f"option {name!r} is now {new!r}", OsloDBDeprecationWarning, stacklevel=stacklevel)
            given[new] = value
        elif name in known:
            given[name] = value
        elif name not in WITHOUT_EFFECT and strict:
            raise TypeError(f"unknown option {name!r}{did_you_mean(name, known)}")
        elif name not in WITHOUT_EFFECT:
            warnings.warn(f"unknown option {name!r} is ignored", NotSupportedWarning, stacklevel=stacklevel)
    return given

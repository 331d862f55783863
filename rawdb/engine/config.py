"""Options from elsewhere than a program: a file in TOML or INI, a mapping, the environment.

A value is looked for in this order: what the program gives by keyword, the environment (`RAWDB_CONNECTION`,
`RAWDB_MAX_POOL_SIZE`, ...), the file, the default. Texts become what their option takes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from rawdb._hints import did_you_mean
from rawdb.dialects import ConnectionOptions
from rawdb.engine.options import OLD_NAMES, WITHOUT_EFFECT, DatabaseOptions
from rawdb.engine.retry import RetryPolicy

#: What a database takes besides its options.
_OF_DATABASE = ("connection", "slave_connection", "queries", "tables", "columns")
_PATHS = ("queries", "tables")
#: Python objects, which no text names.
_OBJECTS = frozenset({"on_connect", "on_checkin", "on_engine_create", "json_serializer", "json_deserializer"})
_PREFIX = "RAWDB_"
#: The URL has an older variable too.
_URL = "RAWDB_URL"


def read_options(
    source: Mapping[str, Any] | Path | str, section: str = "database", environ: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The options of a section of a file, overlaid by those of the environment; for `Database` and `configure`.

    `source` is a path ending in `.toml`, or else an INI file; or a mapping of sections. Dots in `section` lead into
    inner tables of TOML, as `tool.app.database`. `queries` and `tables` are relative to the file's folder. `environ` is
    os.environ where none is given; `{}`: no environment.

    Raises FileNotFoundError; ValueError for a file that cannot be read, and a section that is not there; TypeError for
    an unknown option, naming the nearest, and for one that takes no text. No message shows a URL.
    """
    folder, place = None, "the configuration"
    if not isinstance(source, Mapping):
        if not _is_path(source):
            raise TypeError(f"a configuration is the path of a file, or a mapping of sections, not {source!r}")
        path = Path(source)
        folder, place, source = path.parent, str(path), _read_file(path)
    given = _checked(_section(source, section, place), f"{place} [{section}]")
    for name in _PATHS:
        if folder is not None and isinstance(given.get(name), str):
            given[name] = folder / given[name]
    return {**given, **from_environment(environ)}


def from_environment(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The options that variables give: RAWDB_ and the name of an option in capitals; RAWDB_URL is the connection, too.

    Other variables that begin so are somebody else's.
    """
    environ = os.environ if environ is None else environ
    found = {name: environ[f"{_PREFIX}{name.upper()}"] for name in _known() if f"{_PREFIX}{name.upper()}" in environ}
    if environ.get(_URL):
        found.setdefault("connection", environ[_URL])
    return _checked(found, "the environment")


def _known() -> list[str]:
    own = [item.name for kind in (DatabaseOptions, ConnectionOptions) for item in fields(kind)]
    return [*_OF_DATABASE, *(name for name in own if name not in (*_OF_DATABASE, *_OBJECTS))]


def _read_file(path: Path) -> Mapping[str, Any]:
    text = _text_of(path)
    return _toml(path, text) if path.suffix == ".toml" else _ini(path, text)


def _toml(path: Path, text: str) -> Mapping[str, Any]:
    # Here, as configparser below: most programs read no file, and each import is a fiftieth of a first call.
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is no TOML: {error}") from None


def _ini(path: Path, text: str) -> Mapping[str, Any]:
    import configparser

    # No interpolation: a password may hold a percent sign.
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        # Its text quotes the line, which may hold a password.
        line = getattr(error, "lineno", None) or next((number for number, _ in getattr(error, "errors", [])), "?")
        raise ValueError(f"{path}:{line} is no INI: {type(error).__name__}") from None
    return {name: dict(parser[name]) for name in (*parser.sections(), parser.default_section)}


def _is_path(given: Any) -> bool:
    return isinstance(given, (str, Path)) and given != ""


def _text_of(path: Path) -> str:
    """The text of a file. What is wrong with it is said by its name, and not by what it holds."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no configuration file {path}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is no UTF-8; a configuration is text, saved as UTF-8") from None
    except OSError as error:
        raise ValueError(f"the configuration {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"the configuration {str(path)!r} cannot be read: {error}") from None
    if "\0" in text:
        raise ValueError(f"{path}: byte {text.index(chr(0))} is NUL; a configuration is text, saved as UTF-8")
    return text


def _section(source: Mapping[str, Any], section: str, place: str) -> Mapping[str, Any]:
    found: Any = source
    for part in [section] if section in source else section.split("."):
        if not isinstance(found, Mapping) or part not in found:
            names = ", ".join(found) if isinstance(found, Mapping) else ""
            raise ValueError(f"{place} has no section {section!r}; there are: {names or 'none'}")
        found = found[part]
    if not isinstance(found, Mapping):
        raise ValueError(f"{place}: {section!r} is no section, but a value")
    return found


def _checked(given: Mapping[str, Any], place: str) -> dict[str, Any]:
    """The options of a section. What they hold is checked by whoever takes them."""
    known = {*_known(), *OLD_NAMES, *WITHOUT_EFFECT}
    checked = {}
    for name, value in given.items():
        if name in _OBJECTS:
            raise TypeError(f"{place}: {name} takes objects of Python, which no text names: give it by keyword")
        if name not in known:
            raise TypeError(f"{place}: unknown option {name!r}{did_you_mean(name, known)}")
        checked[name] = _CONVERTED[name](value, place) if name in _CONVERTED else value
    return checked


def _retry(value: Any, place: str) -> Any:
    """How long to repeat: a number of seconds, or in TOML a table of `first`, `cap` and `limit`."""
    parts = dict(value) if isinstance(value, Mapping) else {"limit": value}
    try:
        return RetryPolicy(**{name: float(part) for name, part in parts.items()})
    except (TypeError, ValueError):
        raise TypeError(f"{place}: retry takes a number of seconds, or first, cap and limit in seconds") from None


def _columns(value: Any, place: str) -> Any:
    """Types of columns: a table in TOML; elsewhere `notes.labels=json_list, notes.deleted=soft_delete`."""
    if not isinstance(value, str):
        return value
    pairs = [part.partition("=") for part in value.split(",") if part.strip()]
    if not all(sign for _, sign, _ in pairs):
        raise TypeError(f"{place}: columns is a list such as notes.labels=json_list, notes.deleted=soft_delete")
    return {name.strip(): kind.strip() for name, _, kind in pairs}


def _or_none(value: Any, place: str) -> Any:
    """A text; an empty one is None."""
    return None if value == "" else value


_CONVERTED: Mapping[str, Callable[[Any, str], Any]] = {
    "retry": _retry,
    "slave_connection": _or_none,
    "queries": _or_none,
    "tables": _or_none,
    "columns": _columns,
    "logging_name": _or_none,
    "isolation_level": _or_none,
    "mysql_wsrep_sync_wait": _or_none,
}

"""Database URLs: one small parser for the three dialects.

`postgresql://user:password@host:port/database?option=value`, `mysql://...`, `sqlite:///relative.db`,
`sqlite:////absolute.db` and `sqlite://` (memory). A driver part (`postgresql+psycopg`) is accepted and kept;
`postgres` and `mariadb` are understood as the names people also use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

ALIASES = {"postgres": "postgresql", "mariadb": "mysql", "sqlite3": "sqlite"}
DIALECTS = ("postgresql", "mysql", "sqlite")
_HIDDEN_OPTION = r"pass(?!file)|pwd|secret|token"
_HOST = r"(?:\[(?P<literal>[^\[\]]*)\]|(?P<name>[^\s:\[\]]*))(?::(?P<port>[0-9]*))?"


@dataclass(frozen=True, repr=False)
class URL:
    """A parsed database URL. `str()` and `repr()` never show a password; `render()` does."""

    dialect: str
    driver: str | None = None
    user: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def is_memory(self) -> bool:
        """Whether this is an in-memory database of SQLite's."""
        if self.dialect != "sqlite":
            return False
        return self.database in (None, "", ":memory:", "file::memory:") or self.query.get("mode") == "memory"

    def render(self, *, hide_password: bool = False, scheme: str | None = None) -> str:
        """The URL as text; with `hide_password` secrets are replaced by `***`."""
        scheme = scheme or (f"{self.dialect}+{self.driver}" if self.driver else self.dialect)
        if self.dialect == "sqlite":
            private = self.database in (None, "", ":memory:")
            location = f"{scheme}://" if private else f"{scheme}:///{self.database}"
        else:
            location = f"{scheme}://{self._credentials(hide_password)}{self._address()}/{quote(self.database or '')}"
        if not self.query:
            return location
        shown = {
            key: "***" if hide_password and re.search(_HIDDEN_OPTION, key, re.IGNORECASE) else value
            for key, value in self.query.items()
        }
        return f"{location}?{urlencode(shown, safe='*' if hide_password else '')}"

    def _credentials(self, hide_password: bool) -> str:
        if self.user is None:
            return ""
        if self.password is None:
            return f"{quote(self.user, safe='')}@"
        password = "***" if hide_password else quote(self.password, safe="")
        return f"{quote(self.user, safe='')}:{password}@"

    def _address(self) -> str:
        host = self.host or ""
        if ":" in host:
            host = f"[{host}]"
        return host if self.port is None else f"{host}:{self.port}"

    def with_database(self, database: str) -> URL:
        """The same server, another database."""
        return replace(self, database=database)

    def with_query(self, **options: str) -> URL:
        """The same URL with options added to its query."""
        return replace(self, query={**self.query, **options})

    def __str__(self) -> str:
        return self.render(hide_password=True)

    def __repr__(self) -> str:
        return f"URL({str(self)!r})"


def parse_url(text: str | URL) -> URL:
    """Parse a database URL.

    Raises ValueError, naming what was expected, for an unknown dialect or a malformed address; the text of
    the error never holds the password.
    """
    if isinstance(text, URL):
        return text
    if not isinstance(text, str):
        raise TypeError(f"a database URL is a text such as sqlite:///cloud.db, not {type(text).__name__}")
    scheme, separator, rest = text.partition("://")
    if not separator:
        raise ValueError("not a database URL: expected <dialect>://..., for example sqlite:///cloud.db")
    name, _, driver = scheme.lower().partition("+")
    dialect = ALIASES.get(name, name)
    if dialect not in DIALECTS:
        shown = repr(name) if name.isidentifier() else "in the URL"
        raise ValueError(f"unknown dialect {shown}: expected one of {', '.join(DIALECTS)}")
    if dialect == "sqlite":
        return _parse_sqlite(driver or None, rest)
    parts = _parts(dialect, rest)
    user, has_password, password = parts.credentials.partition(":")
    return URL(
        dialect=dialect,
        driver=driver or None,
        user=unquote(user) if parts.credentials else None,
        password=unquote(password) if has_password else None,
        host=parts.host or None,
        port=parts.port,
        database=unquote(parts.path) or None,
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
    )


class _Parts(NamedTuple):
    credentials: str
    host: str
    port: int | None
    path: str
    query: str


def _parts(dialect: str, rest: str) -> _Parts:
    """What stands behind `://`, taken apart.

    Not by `urllib`, which drops line ends, shows the password in its errors, and looks for the end of the address
    first: a `#` or `?` in a password that is not escaped would name another host.
    """
    if "#" in rest:
        raise ValueError(f"{dialect} URL: a # must be written as %23")
    location, _, query = rest.partition("?")
    authority, _, path = location.partition("/")
    credentials, _, address = authority.rpartition("@")
    if "@" in path or ("@" in query and not credentials):
        raise ValueError(f"{dialect} URL: in a user or a password / ? # are written as %2F %3F %23, elsewhere @ as %40")
    match = re.fullmatch(_HOST, address)
    if match is None:
        bad_port = re.fullmatch(r"[^\s:\[\]]*:[^:\[\]]*|\[[^\[\]]*\]:.*", address)
        wanted = (
            "the port must be a number from 0 to 65535" if bad_port else "expected user:password@host:port/database"
        )
        raise ValueError(f"{dialect} URL: {wanted}")
    port = int(match["port"]) if match["port"] else None
    if port is not None and port > 65535:
        raise ValueError(f"{dialect} URL: the port must be a number from 0 to 65535")
    return _Parts(credentials, (match["literal"] or match["name"] or "").lower(), port, path.lstrip("/"), query)


def _parse_sqlite(driver: str | None, rest: str) -> URL:
    path, _, query = rest.partition("?")
    if path and not path.startswith("/"):
        raise ValueError("sqlite URL: expected sqlite:///relative.db, sqlite:////absolute.db or sqlite://")
    return URL(
        dialect="sqlite",
        driver=driver,
        database=path[1:] or None,
        query=dict(parse_qsl(query, keep_blank_values=True)),
    )

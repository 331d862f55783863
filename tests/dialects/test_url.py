"""Database URLs: what is read, what is refused, and that no password shows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawdb.dialects import URL, parse_url

SECRET = "zz-secret"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mysql://u:p@h:3307/d", {"user": "u", "password": "p", "host": "h", "port": 3307, "database": "d"}),
        ("mariadb://h", {"dialect": "mysql", "user": None, "password": None, "host": "h", "database": None}),
        ("postgres+psycopg://u@H/d", {"dialect": "postgresql", "driver": "psycopg", "password": None, "host": "h"}),
        ("mysql://u:p@ss@h/d", {"user": "u", "password": "p@ss", "host": "h"}),
        ("mysql://u:p:w@h/d", {"user": "u", "password": "p:w", "host": "h"}),
        ("mysql://u:p%40%2F%23%3F@h/d", {"password": "p@/#?", "host": "h"}),
        ("mysql://u:a[b]c@h/d", {"password": "a[b]c", "host": "h"}),
        ("mysql://u:p\N{ACCOUNT OF}@h/d", {"password": "p\N{ACCOUNT OF}", "host": "h"}),
        ("mysql://u:a\tb\n@h/d", {"password": "a\tb\n", "host": "h"}),
        ("mysql://u:p@[::1]:3306/d", {"host": "::1", "port": 3306}),
        ("mysql://u:p@h/d?x=a@b&y=", {"query": {"x": "a@b", "y": ""}}),
        ("postgresql:///d", {"host": None, "database": "d"}),
        ("sqlite:///a#b.db", {"database": "a#b.db"}),
    ],
)
def test_read(text: str, expected: dict[str, Any]) -> None:
    url = parse_url(text)
    assert {name: getattr(url, name) for name in expected} == expected
    assert parse_url(url.render()) == url
    assert parse_url(url) is url


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"mysql://u:12#{SECRET}@h/d", "%23"),
        (f"mysql://u:12?{SECRET}@h/d", "%3F"),
        (f"mysql://u:12/{SECRET}@h/d", "%2F"),
        (f"mysql://u:{SECRET}@h:port/d", "port"),
        (f"mysql://u:{SECRET}@h:65536/d", "port"),
        (f"mysql://u:{SECRET}@[::1/d", "expected user:password@host:port/database"),
        (f"mysql://u:{SECRET}@a b/d", "expected user:password@host:port/database"),
        (f"oracle://u:{SECRET}@h/d", "unknown dialect 'oracle'"),
        (f"u:{SECRET}://h/d", "unknown dialect in the URL"),
        (f"mysql:/u:{SECRET}@h/d", "not a database URL"),
        (f"sqlite://u:{SECRET}@h/d", "sqlite:///relative.db"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    """What is not escaped names no other host, and the error does not repeat it."""
    with pytest.raises(ValueError) as raised:
        parse_url(text)
    assert reason in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("value", [None, 5, b"sqlite://", ["sqlite://"]])
def test_no_text(value: Any) -> None:
    with pytest.raises(TypeError, match=r"a database URL is a text such as sqlite:///cloud\.db"):
        parse_url(value)


@pytest.mark.parametrize(
    "text",
    [
        f"mysql://u:{SECRET}@h/d",
        f"mysql://u:1@{SECRET}@h/d",
        f"postgresql://u@h/d?password={SECRET}&sslpassword={SECRET}&sslmode=require",
        f"mysql://u@h/d?ssl_key_password={SECRET}&PASSWD={SECRET}",
    ],
)
def test_no_password_shows(text: str) -> None:
    url = parse_url(text)
    for shown in (repr(url), str(url), f"{[url]}", url.render(hide_password=True)):
        assert SECRET not in shown
        assert "***" in shown
    assert SECRET in url.render()
    assert "sslmode" not in text or "sslmode=require" in str(url)


@given(st.text(min_size=1), st.text(min_size=1))
def test_every_password_comes_back(user: str, password: str) -> None:
    url = URL("mysql", user=user, password=password, host="h", port=1, database="d")
    assert parse_url(url.render()) == url

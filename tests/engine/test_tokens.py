"""The scanner: what is a parameter and what only looks like one, and what no SQL file may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rawdb.exceptions import StatementError
from rawdb.statements.tokens import Source, scan


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in scan(Source.of("x.sql", text), 0, len(text)) if token.kind != "space"]


def parameters(text: str) -> list[str]:
    return [found for kind, found in kinds(text) if kind == "parameter"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = :b AND c=:d", [":b", ":d"]),
        ("':no'", []),
        ("'it''s :no' || :yes", [":yes"]),
        ('":no" = :yes', [":yes"]),
        ("`:no` = :yes", [":yes"]),
        ("/* :no */ :yes", [":yes"]),
        ("-- :no\n:yes", [":yes"]),
        ("/*{list x}*/ :yes /*{}*/", [":yes"]),
        ("(:a,:b)", [":a", ":b"]),
        (":a_1", [":a_1"]),
        ("1 - -1 -- it's :no\n", []),
    ],
)
def test_parameters(text: str, expected: list[str]) -> None:
    assert parameters(text) == expected


def test_every_character_is_in_a_token() -> None:
    text = "SELECT a.\"b\", 1.5e3, 'x' /* y */ -- z\n FROM t WHERE a <> :b AND (c || d) >= 2;"
    tokens = scan(Source.of("x.sql", text), 0, len(text))
    assert "".join(token.text for token in tokens) == text
    assert all(text.startswith(token.text, token.position) for token in tokens)


@pytest.mark.parametrize(
    ("text", "column", "what", "instead"),
    [
        ("a % b", 3, "three things", "MOD(a, b)"),
        ("'a%'", 3, "three things", "bind the pattern"),
        ('"a%"', 3, "three things", "bind the pattern"),
        ("a::int", 2, "PostgreSQL's own", "CAST"),
        ("a[1:2]", 4, "a colon that starts no parameter", ":name"),
        (r"'it\'s'", 4, "backslash", "bind the text"),
        (r"E'\n'", 3, "backslash", "bind the text"),
        ("a \\ b", 3, "backslash", "bind the text"),
        ("$$ x $$", 1, "quotes on one server only", "'...'"),
        ("a = $1", 5, "quotes on one server only", ":parameter"),
        ("a = ?", 5, "placeholder", ":parameter"),
        ("/*!40000 x */", 1, "one server only", "dialect's file"),
        ("a # b", 3, "one server only", "`-- `"),
        ("a --b", 3, "no comment on every server", "`-- `"),
        ("/* a", 1, "does not end", "*/"),
        ("/* a /* b */ c */", 1, "inside a comment", "use one"),
        ("'a", 1, "a string that does not end", "close it"),
        ('"a', 1, "a quoted name that does not end", "close it"),
        ("`a", 1, "a quoted name that does not end", "close it"),
        ("/*{list a*/ x", 1, "marker", "/*{kind}*/"),
        ("/* {list a} */ x", 1, "marker", "/*{kind}*/"),
    ],
)
def test_refused(text: str, column: int, what: str, instead: str) -> None:
    source = Source.of("sql/x.sql", "-- first line\n" + text)
    with pytest.raises(StatementError) as raised:
        scan(source, source.line_starts[1], len(source.text))
    assert str(raised.value).startswith(f"sql/x.sql:2:{column} - ")
    assert what in str(raised.value)
    assert instead in str(raised.value)
    assert (raised.value.file, raised.value.line, raised.value.column) == ("sql/x.sql", 2, column)


def test_what_percent_means_does_not_matter_in_comments() -> None:
    assert parameters("-- 100 % :no\n/* 50 % */ :yes") == [":yes"]


@given(st.text())
def test_any_text_is_scanned_or_refused_with_a_place(text: str) -> None:
    source = Source.of("x.sql", text)
    try:
        tokens = scan(source, 0, len(text))
    except StatementError as error:
        assert error.line is not None
        assert 1 <= error.line <= text.count("\n") + 1
    else:
        assert "".join(token.text for token in tokens) == text


@given(st.text(alphabet=st.characters(blacklist_characters="\\%", blacklist_categories=["Cs"])))
def test_what_stands_in_a_string_stays_there(text: str) -> None:
    literal = "'" + text.replace("'", "''") + "'"
    assert kinds(f"{literal} = :a") == [("string", literal), ("operator", "="), ("parameter", ":a")]

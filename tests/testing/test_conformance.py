"""The conformance suite, run as somebody does who brings a dialect: by name, against a URL, outside of any checkout."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rawdb.dialects import DIALECTS
from rawdb.testing import conformance
from tests.conftest import Servers

ROOT = Path(__file__).resolve().parents[2]


def test_by_name_and_url(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, dialect: str, servers: Servers
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("RAWDB_TEST_DIALECTS", "postgresql,mysql,sqlite")
    arguments = ["--pyargs", "rawdb.testing.conformance", "-k", "test_transactions", "-p", "no:cacheprovider"]
    url = f"--rawdb-url={getattr(servers, dialect)}"
    result = pytester.runpytest_subprocess("-p", "rawdb.testing.plugin", *arguments, url)
    assert result.ret == 0
    assert f"[{dialect}" in "\n".join(pytester.runpytest_subprocess("--collect-only", "-q", *arguments, url).outlines)


def test_a_url_that_is_none(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("-p", "rawdb.testing.plugin", "--rawdb-url=nowhere")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines("ERROR: --rawdb-url: *")


def test_every_promise_is_named_and_every_dialect_has_its_words() -> None:
    folder = Path(conformance.__file__).parent
    assert conformance.__doc__ is not None
    assert set(re.findall(r"`(test_\w+)`", conformance.__doc__)) == {path.stem for path in folder.glob("test_*.py")}
    assert set(conformance.WORDS) == set(DIALECTS)
    assert len({frozenset(words) for words in conformance.WORDS.values()}) == 1

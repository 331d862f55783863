"""`rawdb demo` tells its story on every dialect, more than once on the same database."""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from rawdb.cli import main
from rawdb.dialects import parse_url


def test_the_story(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--url", migrated_url]) == 0
    told = capsys.readouterr().out
    headings = re.findall(r"(?m)^(\d)\. ", told)
    assert headings == list("12345678")
    assert "1 won, 23 were refused" in told
    assert re.search(r"instances +6 +5 +1\n", told), "the refusal shows limit, usage and headroom"
    assert re.search(r" 3 +\d+ +web-5 +rack2 +active", told), "the fifth instance is alone on page three"
    assert re.search(r"instances +0 +0 +6\n(?s:.*)cores +0 +0 +8\n", told), "everything is given back"
    assert "instance_test_and_set x24" in told
    assert "Next: " in told


def test_again_on_the_same_database(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--url", migrated_url]) == 0
    assert main(["demo", "--url", migrated_url]) == 0
    assert capsys.readouterr().out.count("1 won, 23 were refused") == 2


@pytest.mark.dialects("sqlite")
def test_without_a_url_nothing_stays(
    dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert main(["demo"]) == 0
    assert re.search(r"rawdb demo on sqlite:///\S+/cloud.db", told := capsys.readouterr().out)
    assert "Its database is gone" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.dialects("postgresql", "mysql")
def test_no_password_is_shown(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    url = replace(parse_url(migrated_url), password="swordfish", user="nobody")
    main(["demo", "--url", url.render()])
    captured = capsys.readouterr()
    assert "nobody" in captured.out
    assert "swordfish" not in captured.out + captured.err

"""`rawdb demo` tells its story on every dialect, more than once on the same database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

import rawdb
from rawdb.cli import main
from rawdb.dialects import parse_url


def test_the_story(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--url", migrated_url]) == 0
    told = capsys.readouterr().out
    headings = re.findall(r"(?m)^(\d+)\. ", told)
    assert headings == [str(number) for number in range(1, 11)]
    assert "1 won, 23 were refused" in told
    assert re.search(r"instances +6 +5 +1\n", told), "the refusal shows limit, usage and headroom"
    assert re.search(r" 3 +\d+ +web-5 +rack2 +active", told), "the fifth instance is alone on page three"
    assert re.search(r"instances +0 +0 +6\n(?s:.*)cores +0 +0 +8\n", told), "everything is given back"
    assert "instance_test_and_set x24" in told
    assert "Next: " in told


def test_addresses_and_a_share(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--url", migrated_url]) == 0
    told = capsys.readouterr().out
    assert "5 got an address of their own, 1 was told that none is left" in told
    assert re.search(r"198\.18\.(\d+\.\d+) +10\.\1\.1 +web-[1-5] +rack1\n", told), "floating address, fixed, instance"
    life = re.findall(r"(?m)^  \S.+? {2,}(\w+) +(\d) +(\d) +(\d+)$", told[told.index("9. The life of a share") :])
    assert life[:5] == [
        ("creating", "0", "0", "10"),
        ("available", "1", "0", "10"),
        ("available", "1", "1", "20"),
        ("available", "1", "1", "20"),
        ("deleted", "0", "0", "0"),
    ]
    assert "another: too many gigabytes" in told
    database = rawdb.Database(migrated_url)
    with database.reader.using(None) as sql:
        for left in ("fixed_ips WHERE instance_uuid IS NOT NULL", "floating_ips", "networks"):
            assert sql.execute(f"SELECT COUNT(*) FROM {left}").rows == [(0,)], left
    database.dispose()


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


@pytest.mark.dialects("sqlite")
def test_ended_from_outside_nothing_stays(dialect: str, tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    paths = {"TMPDIR": str(temporary), "PYTHONPATH": str(Path(rawdb.__file__).parents[1]), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "rawdb", "demo"]
    with subprocess.Popen(command, cwd=home, env={**os.environ, **paths}, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if "schema version" in line:
                assert list(temporary.iterdir()), "it is at work in a folder of its own"
                demo.terminate()
                break
        demo.stdout.read()
    assert demo.returncode == 143
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []


@pytest.mark.dialects("postgresql", "mysql")
def test_no_password_is_shown(migrated_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    url = replace(parse_url(migrated_url), password="swordfish", user="nobody")
    main(["demo", "--url", url.render()])
    captured = capsys.readouterr()
    assert "nobody" in captured.out
    assert "swordfish" not in captured.out + captured.err

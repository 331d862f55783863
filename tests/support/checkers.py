"""Type checkers, run as somebody runs them: which lines of which files they have something against."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: A file, by its path under the folder where the checker runs, and a line of it.
Line = tuple[str, int]


def told_by_mypy(folder: Path, files: Iterable[str], cache: Path | None = None) -> set[Line]:
    """The lines that `mypy --strict` has something against. Runs with one `cache` read rawdb's own modules once."""
    options = ["--strict", "--no-error-summary", "--config-file=", f"--cache-dir={cache or folder / '.mypy_cache'}"]
    done = _run([sys.executable, "-m", "mypy", *options, *files], folder, {"MYPYPATH": str(ROOT)})
    found = re.findall(r"^(\S+\.pyi?):(\d+)(?::\d+)*: error", done.stdout, re.MULTILINE)
    assert done.returncode == bool(found), done.stdout + done.stderr
    return {(name, int(line)) for name, line in found}


def told_by_basedpyright(folder: Path, files: Iterable[str], roots: Iterable[str] = (".",)) -> set[Line]:
    """The lines that basedpyright has something against in pyright's mode `strict`; imports are looked up from `roots`.

    Several programs, each with a root of its own, cost one run: most of it is the start.
    """
    settings = {
        "typeCheckingMode": "strict",
        "executionEnvironments": [{"root": root, "extraPaths": [str(ROOT)]} for root in roots],
        "include": [*files],
    }
    # A setting besides those of the folder's own project.
    (folder / "pyrightconfig.json").write_text(json.dumps(settings))
    done = _run([sys.executable, "-m", "basedpyright", "--outputjson", "--pythonpath", sys.executable], folder, {})
    told = json.loads(done.stdout)
    assert told["summary"]["filesAnalyzed"] >= len(settings["include"]), done.stdout + done.stderr
    return {
        (str(Path(one["file"]).relative_to(folder)), one["range"]["start"]["line"] + 1)
        for one in told["generalDiagnostics"]
        if one["severity"] == "error"
    }


def refused(folder: Path, files: Iterable[str]) -> set[Line]:
    """The lines that say of themselves that checkers refuse them: those that end in a comment `refused`."""
    return {
        (name, number)
        for name in files
        for number, line in enumerate((folder / name).read_text().splitlines(), 1)
        if line.endswith("# refused")
    }


def _run(command: list[str], folder: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **given}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

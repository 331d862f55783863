"""`rawdb init`: a small project that runs, from the files in `template/`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from rawdb.cli.arguments import ANY_PATH, DIALECT, Surroundings, command
from rawdb.dialects import DIALECTS

_TEMPLATE = Path(__file__).parent / "template"
#: What tools would take for their own has it behind its name.
_SUFFIX = ".template"
_SHOWN = 3


@command
@click.argument("folder", type=ANY_PATH, default=Path())
@click.option("--dialect", "dialects", type=DIALECT, multiple=True, help="May be given several times; else all.")
def init(around: Surroundings, folder: Path, dialects: Sequence[str]) -> int:
    """Write a small project that runs.

    Statements, migrations, tests and configuration, over no file that is there.
    """
    files = project_files(folder, list(dialects) or list(DIALECTS))
    there = [str(path) for path in files if path.exists()]
    if there:
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        raise ValueError(f"there already: {', '.join(there[:_SHOWN])}{more}; nothing was written")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        around.output.line(str(path))
    around.output.line()
    around.output.line(f"Next: cd {folder}; rawdb migrate upgrade; rawdb sql check; rawdb sql types; python -m pytest")
    return 0


def project_files(folder: Path, dialects: Sequence[str]) -> dict[Path, str]:
    """The files of a new project by their paths; those of other dialects are left out."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "notes"
    first = "sqlite" if "sqlite" in dialects else dialects[0]
    meant = {
        "PROJECT_URL": f"sqlite:///{name}.db" if first == "sqlite" else f"{first}://localhost/{name}",
        "PROJECT": name,
        "DIALECTS": ",".join(dialects),
        "FIRST_DIALECT": first,
    }
    files = {}
    for source in sorted(path for path in _TEMPLATE.rglob("*") if path.is_file()):
        place = source.relative_to(_TEMPLATE)
        if set(DIALECTS).isdisjoint(place.parts) or not set(dialects).isdisjoint(place.parts):
            text = source.read_text(encoding="utf-8")
            path = folder / place.with_name(place.name.removesuffix(_SUFFIX))
            files[path] = re.sub("|".join(meant), lambda found: meant[found.group()], text)
    return files

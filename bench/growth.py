"""What a page costs while the table grows: the first and the last one, of a large and of a small project.

All sizes are measured in turns, and the floor's pages beside rawdb's: the rows of a small project lie far apart in a
large table, whoever reads them. The instances carry one row of metadata and one of system metadata each here: a page
reads its own rows only, and millions of others would only take long to load.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import rawdb
from bench.bare import Bare
from bench.databases import loaded, use
from bench.dataset import Dataset
from bench.operations import user_of
from bench.sessions import Floor
from bench.timing import summary, timed
from rawdb import api

ROUNDS = 15
CALLS = 5
METADATA = 1
#: Seconds: a page that takes longer is called once a round, and is not warmed up any further.
SLOW = 0.1


def measure(server_url: str, sizes: list[int]) -> dict[str, Any]:
    """Microseconds of CPU and of wall time, by page and size."""
    with ExitStack() as stack:
        data = {size: Dataset(size, system_metadata=METADATA, metadata=METADATA) for size in sizes}
        urls = {size: stack.enter_context(loaded(server_url, rows)) for size, rows in data.items()}
        taken: dict[str, dict[int, dict[str, list[float]]]] = {}
        for _ in range(ROUNDS):
            for size, url in urls.items():
                use(url)
                bare = Bare(Floor(url))
                for name, page in _pages(data[size], bare).items():
                    cpu, wall = _warm(page)
                    one = taken.setdefault(name, {}).setdefault(size, {"cpu": [], "wall": []})
                    one["cpu"].append(cpu)
                    one["wall"].append(wall)
                bare.session.close()
        rawdb.dispose()
    found = {
        name: {str(size): {kind: summary(values) for kind, values in kinds.items()} for size, kinds in by_size.items()}
        for name, by_size in taken.items()
    }
    for name, pages in found.items():
        print(f"growth, {name:24}", {size: kinds["wall"]["median"] for size, kinds in pages.items()}, flush=True)
    return found


def _warm(page: Callable[[], Any]) -> tuple[float, float]:
    first = timed(page, 1)
    if first[1] > SLOW * 1e6:
        return timed(page, 1)
    for _ in range(5):
        page()
    return timed(page, CALLS)


def _pages(data: Dataset, bare: Bare) -> dict[str, Callable[[], Any]]:
    large, small = user_of("large"), user_of("small")
    last = {project: data.last_marker(project) for project in ("large", "small")}

    def page(user: Any, marker: str | None = None) -> Any:
        return api.instance_get_all_by_filters(user, {"deleted": False}, limit=50, marker=marker)

    ours = {
        "first, large project": lambda: page(large),
        "last, large project": lambda: page(large, last["large"]),
        "first, small project": lambda: page(small),
        "last, small project": lambda: page(small, last["small"]),
    }
    first = {f"floor: first, {project}": partial(bare.page, project, limit=50) for project in last}
    behind = {f"floor: last, {project}": partial(bare.page, project, marker, 50) for project, marker in last.items()}
    return ours | first | behind

"""How one of many free addresses is found, in all domains that hand addresses out.

What is found is locked where the server can lock a row, those in the hands of other claims being passed over, so that
claimers do not queue up behind one row. That is a convenience: what decides is the guarded UPDATE after it, and on a
cluster the certification of its COMMIT.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from rawdb.operations._rows import Row

#: How far behind an address that another node got the next attempt begins, at most.
SPREAD = 64


class Search:
    """Where the attempts of one claim look for a free row; made outside of the function that is run again.

    The first attempt takes the lowest id. An attempt that another node undid has met all the claimers of that node at
    the same row, so the next one begins at a random place behind it. All that is kept is that hint.
    """

    def __init__(self) -> None:
        self._lost: int | None = None

    def free_row(self, free: Callable[..., Iterable[Row]], first: Callable[..., Iterable[Row]], **where: Any) -> Any:
        """A free row, or None when there is none.

        `free(start=, spread=)` gives those that nobody holds, `first()` waits for those that others hold; of what
        either gives the lowest id is taken. Round trips: 1; when all free rows are in the hands of others 2, or 3.
        """
        row = None
        if self._lost is not None:
            start = self._lost + random.randint(1, SPREAD)  # noqa: S311 - to spread, not to hide
            row = _lowest(free(**where, start=start, spread=True))
        row = row or _lowest(free(**where, spread=False)) or _lowest(first(**where))
        if row is not None:
            self._lost = row["id"]
        return row


def _lowest(rows: Iterable[Row]) -> Row | None:
    return min(rows, key=lambda row: int(row["id"]), default=None)

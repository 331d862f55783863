"""What a process pays before its first answer: the import, and the first call."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from typing import Any

_PROGRAM = """
import json, sys, time
begin = time.process_time()
import rawdb.api
imported = time.process_time()
import rawdb
from rawdb.context import RequestContext
rawdb.configure(connection=sys.argv[1])
context = RequestContext("user17", "middle", is_admin=False)
rawdb.api.key_pair_get(context, "user17", "key")
first = time.process_time()
rawdb.api.key_pair_get(context, "user17", "key")
second = time.process_time()
print(json.dumps([imported - begin, first - imported, second - first]))
"""


def measure(url: str, runs: int = 7) -> dict[str, Any]:
    """Milliseconds of CPU for `import rawdb.api`, for the first call of key_pair_get, and for the second one."""
    taken = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", _PROGRAM, url], check=True, capture_output=True, text=True)
        taken.append(json.loads(done.stdout))
    names = ("import", "first call", "second call")
    found = {
        name: round(statistics.median(values) * 1000, 2)
        for name, values in zip(names, zip(*taken, strict=True), strict=True)
    }
    print("startup, milliseconds of CPU:", found)
    return found

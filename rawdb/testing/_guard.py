"""Runs one throwaway server and ends it when whoever asked for it is gone, however that came about.

Run as a script, in a process of its own: `_guard.py JSON`. It starts the server (as another user, where it is
told so), says its process id on standard output, and reads standard input. A line there is the number of the
signal to stop the server with. An end of file without one means that the parent died: the kernel closes the
pipe even after SIGKILL. Then the server is stopped and its folder removed. Only the standard library is
imported, so that it starts at once.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

_PATIENCE = 20.0


def main() -> int:
    """Run the server that the JSON argument describes until standard input says otherwise."""
    task: dict[str, Any] = json.loads(sys.argv[1])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A Ctrl-C meant for the test run ends the parent, and the parent's end ends the server.
        # Handlers, unlike ignored signals, are not inherited by the server.
        signal.signal(number, _carry_on)
    with Path(task["log"]).open("ab") as log:
        server = subprocess.Popen(
            task["command"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=task["folder"],
            env={**os.environ, **task["environment"]},
            user=task["user"],
            group=task["group"],
            extra_groups=None if task["user"] is None else [],
            start_new_session=True,
        )
    # Reaped at once, so that the parent can see by the process id that a server has died.
    threading.Thread(target=server.wait, daemon=True).start()
    sys.stdout.write(f"{server.pid}\n")
    sys.stdout.flush()
    order = sys.stdin.readline().strip()
    _end(server, int(order or task["signal"]))
    if not order:
        shutil.rmtree(task["folder"], ignore_errors=True)
    return 0


def _carry_on(number: int, frame: FrameType | None) -> None:
    """Outlive a signal."""


def _end(server: subprocess.Popen[bytes], number: int) -> None:
    server.send_signal(number)
    try:
        server.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)  # helpers it left behind, if any


if __name__ == "__main__":
    sys.exit(main())

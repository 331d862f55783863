"""Which process this is. Asking the system at each statement would cost more than to find the statement's text."""

from __future__ import annotations

import os

#: The number of this process; in a forked child the child's.
number = os.getpid()


def _after_fork() -> None:
    global number
    number = os.getpid()


os.register_at_fork(after_in_child=_after_fork)

"""Errors of the documented operations, by the names that callers know.

All derive from `NovaException`; ``kwargs`` holds the fields an error was made with, ``code`` its HTTP status.
"""

from __future__ import annotations

from rawdb.exceptions.api_compute import *  # noqa: F403
from rawdb.exceptions.api_inventory import *  # noqa: F403
from rawdb.exceptions.api_network import *  # noqa: F403
from rawdb.exceptions.api_quota import *  # noqa: F403
from rawdb.exceptions.api_share import *  # noqa: F403
from rawdb.exceptions.base import *  # noqa: F403

"""Every error that rawdb raises, in one place.

``toolkit`` has what a database reports and what using the engine wrongly reports, ``api`` what the documented
operations report.
"""

from __future__ import annotations

from rawdb.exceptions import api_compute, api_inventory, api_network, api_quota, api_share, base, toolkit
from rawdb.exceptions.api import *  # noqa: F403
from rawdb.exceptions.toolkit import *  # noqa: F403

# Type checkers follow these additions of plain lists, and no sums of sums.
__all__: list[str] = []
__all__ += base.__all__
__all__ += api_compute.__all__
__all__ += api_inventory.__all__
__all__ += api_network.__all__
__all__ += api_quota.__all__
__all__ += api_share.__all__
__all__ += toolkit.__all__

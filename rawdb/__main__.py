"""`python -m rawdb`: the same as the console script."""

from __future__ import annotations

import sys

from rawdb.cli import main

sys.exit(main())

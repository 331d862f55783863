"""The console script `rawdb`: SQL, migrations and schemas of a project of one's own, or of rawdb's cloud.

`app` is the command with its groups, `arguments` are the options that commands share, `project` reads [tool.rawdb] of a
pyproject.toml, and `output` writes for people or programs. A module a command or group does the work.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from rawdb.cli.app import run
from rawdb.exceptions import CantStartEngineError, DBError

#: What a shell says of a program that its reader left, as `head` leaves it: killed by SIGPIPE.
_READER_GONE = 128 + 13
_NO_URL = "no database URL: give --url, set RAWDB_URL, or name a url under [tool.rawdb] in pyproject.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 0 for success, 1 for a finding or a failure, 130 after an interrupt.

    141 when the reader of its output is gone. Raises SystemExit, of status 2, for wrong usage.
    """
    try:
        status = run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # Nobody reads any more, and Python would complain about that at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_GONE
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except CantStartEngineError:
        return _failed(_NO_URL)
    except (DBError, ValueError, ImportError) as error:
        return _failed(str(error))


def _failed(why: str) -> int:
    sys.stderr.write(f"rawdb: {why}\n")
    return 1

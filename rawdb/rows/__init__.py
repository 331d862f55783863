"""The rows that operations return, as TypedDicts: an editor completes their keys, a type checker refuses wrong ones.

`InstanceRow` is a row of the table `instances`, `ServiceGetRow` what the statement `service_get` reads: these are
written by `rawdb sql types rawdb/rows`. Shapes that operations make of rows, such as `Instance`, stand in `_shown`.
"""

from ._shown import *  # noqa: F403
from ._statements import *  # noqa: F403
from ._tables1 import *  # noqa: F403
from ._tables2 import *  # noqa: F403
from ._tables3 import *  # noqa: F403

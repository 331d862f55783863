"""What a text does besides its result, read from the text itself, once for each.

It is looked for what must not be missed: where a text leaves doubt, the answer is the careful one.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["AUTOCOMMIT", "CALLS", "CONTROL", "COPIES", "MAY_WRITE", "NEXT", "NOWAIT", "STATE", "WRITES", "effects"]


#: It begins or ends a transaction.
CONTROL = 1
#: It leaves something behind in its session: a setting, a temporary table, a lock.
STATE = 2
#: It does not want to wait for a lock.
NOWAIT = 4
#: It changes data or tables.
WRITES = 8
#: It calls a function of which nothing is known.
MAY_WRITE = 16
#: It switches autocommit, which ends a transaction on MySQL.
AUTOCOMMIT = 32
#: It says how the next transaction shall be; inside of one, how this one shall be.
NEXT = 64
#: It runs a procedure or a text, which may end one transaction and begin another.
CALLS = 128
#: Rows come or go behind it: COPY to or from the client.
COPIES = 256

#: Longer texts are not kept: they are made for one call.
KEPT_LENGTH = 4096
_SKIPPED = re.compile(r"/\*.*?\*/|--[^\n]*|'(?:[^']|'')*'", re.DOTALL)
#: MySQL runs what stands in it.
_VERSIONED = re.compile(r"/\*M?!\d*(.*?)\*/", re.DOTALL)
_QUOTED = re.compile(r'"[^"]*"|`[^`]*`')
_CONTROL = re.compile(
    r"\A\s*(?:SET\s+STATEMENT\b.*?\bFOR\s+)?(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\s+TRANSACTION|XA|"
    r"ROLLBACK(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b))\b",
    re.IGNORECASE | re.DOTALL,
)
_AUTOCOMMIT = re.compile(r"\A\s*SET\b.*\bautocommit\s*:?=", re.IGNORECASE | re.DOTALL)
_COPIES = re.compile(r"\A\s*COPY\b.*\b(?:FROM\s+STDIN|TO\s+STDOUT)\b", re.IGNORECASE | re.DOTALL)
_NEXT = re.compile(r"\A\s*SET\s+TRANSACTION\b", re.IGNORECASE)
_CALLS_OTHERS = re.compile(
    r"\A\s*(?:SET\s+STATEMENT\b.*?\bFOR\s+)?(?:CALL|EXECUTE)\b|\A\s*DO\s*(?:\$|LANGUAGE\b|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_STATE = re.compile(
    r"\A\s*(?:SET\s+(?!TRANSACTION\b|LOCAL\b|CONSTRAINTS\b|GLOBAL\b|@@GLOBAL\b)|RESET\b|DISCARD\b|LISTEN\b|PREPARE\b|LOAD\b|"
    r"USE\b|LOCK\s+TABLES?\b.*\b(?:READ|WRITE)\b|FLUSH\b|BACKUP\b|HANDLER\b|CALL\b|EXECUTE\b|DO\b|DECLARE\b|PRAGMA\b|ATTACH\b|DETACH\b|"
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\b)|"
    r"\b(?:GET_LOCK|set_config|pg_(?:try_)?advisory_lock(?:_shared)?)\s*\(|\bINTO\s+(?:TEMP(?:ORARY)?\b|@)|@\w+\s*:=",
    re.IGNORECASE | re.DOTALL,
)
_NOWAIT = re.compile(r"\bNOWAIT\b", re.IGNORECASE)
_READS = re.compile(
    r"\s*\(?\s*(?:SELECT|VALUES|TABLE|SHOW|EXPLAIN|DESCRIBE|DESC|PRAGMA|SET|RESET|WITH|SAVEPOINT|RELEASE|ROLLBACK|USE|"
    r"FETCH|CLOSE|DECLARE|LISTEN|UNLISTEN|DISCARD|CHECKPOINT)\b",
    re.IGNORECASE,
)
#: What changes data inside of a text that begins as a read.
_WRITES_INSIDE = re.compile(
    r"\b(?:INSERT\s+INTO|REPLACE\s+INTO|DELETE\s+FROM|MERGE\s+INTO|INTO\s+(?:OUTFILE|DUMPFILE)|UPDATE\s+[\w.]+\s+SET)\b"
    r"|\bUPDATE\s+[\w.]+\s+(?:AS\s+)?\w+\s+SET\b",
    re.IGNORECASE,
)
_CALLS = re.compile(r"([A-Za-z_][\w$.]*)\s*\(")
#: What stands before a parenthesis and calls nothing, and the functions that change nothing.
_NO_CALLS = """
    all and any array as between by case check conflict cube distinct else end except excluded exists filter from
    grouping group having if in index intersect is join key lateral like limit materialized not nothing of offset on or
    order over partition primary references rollup row select set sets some table then union unique using values when
    where with within returning
    abs acos asin atan atan2 avg bit_and bit_length bit_or cast ceil ceiling char char_length character_length chr
    coalesce concat concat_ws convert cos count cume_dist current_date current_setting current_time current_timestamp
    date date_add date_format date_part date_sub date_trunc datediff datetime dayofmonth degrees dense_rank encode exp
    extract field find_in_set first_value floor format format_type from_unixtime generate_series glob greatest
    group_concat hex hour ifnull iif inet_aton inet_ntoa instr interval json json_agg json_array json_arrayagg
    json_array_length json_build_array json_build_object json_contains json_each json_extract json_group_array
    json_group_object json_length json_object json_object_agg json_objectagg json_quote json_type json_unquote
    json_valid jsonb_agg jsonb_array_elements jsonb_build_array jsonb_build_object jsonb_object_agg julianday lag
    last_day last_value lcase lead least left length ln locate log log10 log2 lower lpad ltrim make_interval max
    mbrcontains md5 mid min minute mod month now nth_value ntile nullif octet_length overlay percent_rank pi position
    pow power printf quarter quote radians rand random rank regexp_like regexp_replace regexp_substr repeat replace
    reverse right round row_number row_to_json rpad rtrim second sha1 sha2 sign sin split_part sqlite_version sqrt
    starts_with strftime string_agg strpos substr substring substring_index sum tan time timediff timestamp
    timestampdiff to_char to_date to_json to_jsonb to_number to_timestamp total translate trim trunc truncate typeof
    ucase unhex unicode unistr unix_timestamp unnest upper utc_timestamp uuid version weekday year array_agg
    array_length
    connection_id database pg_backend_pid pg_sleep sleep txid_current current_database current_schema pg_typeof
    bigint binary bit char character decimal double float int integer numeric real signed unsigned varchar varbinary
    time timestamp timestamptz
    """
_HARMLESS = frozenset(_NO_CALLS.split())
#: The name and the columns of a WITH, which look like a call.
_WITH = re.compile(
    r"(?:\bWITH(?:\s+RECURSIVE)?|,)\s+[A-Za-z_]\w*\s*\([\w\s,]*\)\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s+)?\(",
    re.IGNORECASE,
)


def effects(text: str) -> int:
    """The effects of a finished text, as one number."""
    # Texts of one's own and savepoints are judged at each call.
    return (_judged if len(text) <= KEPT_LENGTH else _judged.__wrapped__)(text)


@lru_cache(maxsize=256)
def _judged(text: str) -> int:
    plain = _QUOTED.sub("quoted_name", _SKIPPED.sub(" ", _VERSIONED.sub(r" \1 ", text) if "!" in text else text))
    found = 0
    for effect, pattern in ((AUTOCOMMIT, _AUTOCOMMIT), (NEXT, _NEXT), (CALLS, _CALLS_OTHERS), (COPIES, _COPIES)):
        if pattern.match(plain):
            found |= effect
    if _CONTROL.match(plain):
        found |= CONTROL
    if _STATE.search(plain):
        found |= STATE
    if _NOWAIT.search(plain):
        found |= NOWAIT
    if not _READS.match(plain) or _WRITES_INSIDE.search(plain):
        return found | WRITES
    called = _CALLS.findall(_WITH.sub(" (", plain))
    if any(name.lower() not in _HARMLESS for name in called):
        found |= MAY_WRITE
    return found

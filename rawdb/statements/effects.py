"""What a text does besides its result, read from the text itself, once for each.

It is looked for what must not be missed: where a text leaves doubt, the answer is the careful one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

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
_VERSIONED = r"/\*M?!\d*(.*?)\*/"
_QUOTED = re.compile(r'"[^"]*"|`[^`]*`')
#: Blanks for what is in no keyword.
_BLANKED = bytes(code if chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(128)) + b" " * 128
_FIRST = re.compile(r"\s*\(?\s*(\w*)")


class _Sign(NamedTuple):
    """What an effect is known by: a pattern, and words of which each text that it matches has one.

    It is tried, and compiled, for texts with such a word: most processes never send one.
    """

    words: frozenset[str]
    pattern: str
    #: Whether it may stand behind the beginning of the text.
    inside: bool = False

    def is_in(self, plain: str, words: frozenset[str]) -> bool:
        """Whether a text shows it; `words` are those of the text, in capitals."""
        if self.words.isdisjoint(words):
            return False
        find = re.search if self.inside else re.match
        return find(self.pattern, plain, re.IGNORECASE | re.DOTALL) is not None


_SIGNS: Sequence[tuple[int, _Sign]] = (
    (CONTROL, _Sign(
        frozenset({"ABORT", "BEGIN", "COMMIT", "END", "PREPARE", "ROLLBACK", "START", "XA"}),
        r"\s*(?:SET\s+STATEMENT\b.*?\bFOR\s+)?(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|PREPARE\s+TRANSACTION|XA|"
        r"ROLLBACK(?!\s+(?:WORK\s+|TRANSACTION\s+)?TO\b))\b",
    )),
    (AUTOCOMMIT, _Sign(frozenset({"AUTOCOMMIT"}), r"\s*SET\b.*\bautocommit\s*:?=")),
    (COPIES, _Sign(frozenset({"COPY"}), r"\s*COPY\b.*\b(?:FROM\s+STDIN|TO\s+STDOUT)\b")),
    (NEXT, _Sign(frozenset({"TRANSACTION"}), r"\s*SET\s+TRANSACTION\b")),
    (CALLS, _Sign(
        frozenset({"CALL", "DO", "EXECUTE"}),
        r"\s*(?:SET\s+STATEMENT\b.*?\bFOR\s+)?(?:CALL|EXECUTE)\b|\s*DO\s*(?:\$|LANGUAGE\b|\Z)",
    )),
    (STATE, _Sign(
        frozenset({
            "ATTACH", "BACKUP", "CALL", "CREATE", "DECLARE", "DETACH", "DISCARD", "DO", "EXECUTE", "FLUSH", "HANDLER",
            "LISTEN", "LOAD", "LOCK", "PRAGMA", "PREPARE", "RESET", "SET", "USE",
        }),
        r"\s*(?:SET\s+(?!TRANSACTION\b|LOCAL\b|CONSTRAINTS\b|GLOBAL\b|@@GLOBAL\b)|RESET\b|DISCARD\b|LISTEN\b|PREPARE\b|LOAD\b|"
        r"USE\b|LOCK\s+TABLES?\b.*\b(?:READ|WRITE)\b|FLUSH\b|BACKUP\b|HANDLER\b|CALL\b|EXECUTE\b|DO\b|DECLARE\b|PRAGMA\b|ATTACH\b|DETACH\b|"
        r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+|LOCAL\s+)?TEMP(?:ORARY)?\b)",
    )),
    (STATE, _Sign(
        frozenset({
            "@", "GET_LOCK", "PG_ADVISORY_LOCK", "PG_ADVISORY_LOCK_SHARED", "PG_TRY_ADVISORY_LOCK",
            "PG_TRY_ADVISORY_LOCK_SHARED", "SET_CONFIG", "TEMP", "TEMPORARY",
        }),
        r"\b(?:GET_LOCK|set_config|pg_(?:try_)?advisory_lock(?:_shared)?)\s*\(|\bINTO\s+(?:TEMP(?:ORARY)?\b|@)|@\w+\s*:=",
        inside=True,
    )),
    (NOWAIT, _Sign(frozenset({"NOWAIT"}), r"\bNOWAIT\b", inside=True)),
)  # fmt: skip
#: What a text that reads begins with.
_READS = frozenset({
    "CHECKPOINT", "CLOSE", "DECLARE", "DESC", "DESCRIBE", "DISCARD", "EXPLAIN", "FETCH", "LISTEN", "PRAGMA", "RELEASE",
    "RESET", "ROLLBACK", "SAVEPOINT", "SELECT", "SET", "SHOW", "TABLE", "UNLISTEN", "USE", "VALUES", "WITH",
})  # fmt: skip
#: What changes data inside of a text that begins as a read.
_WRITES_INSIDE = _Sign(
    frozenset({"DELETE", "INTO", "SET"}),
    r"\b(?:INSERT\s+INTO|REPLACE\s+INTO|DELETE\s+FROM|MERGE\s+INTO|INTO\s+(?:OUTFILE|DUMPFILE))\b"
    r"|\bUPDATE\s+(?:OR\s+\w+\s+)?[\w.]+\s+(?:(?:AS\s+)?\w+\s+)?SET\b",
    inside=True,
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
_WITH = r"(?:\bWITH(?:\s+RECURSIVE)?|,)\s+[A-Za-z_]\w*\s*\([\w\s,]*\)\s+AS\s+(?:(?:NOT\s+)?MATERIALIZED\s+)?\("


def effects(text: str) -> int:
    """The effects of a finished text, as one number."""
    # Texts of one's own and savepoints are judged at each call.
    return (_judged if len(text) <= KEPT_LENGTH else _judged.__wrapped__)(text)


@lru_cache(maxsize=256)
def _judged(text: str) -> int:
    shown = re.sub(_VERSIONED, r" \1 ", text, flags=re.DOTALL) if "!" in text else text
    plain = _QUOTED.sub("quoted_name", _SKIPPED.sub(" ", shown))
    words = _words(plain)
    found = 0
    for effect, sign in _SIGNS:
        if sign.is_in(plain, words):
            found |= effect
    if _first_word(plain) not in _READS or _WRITES_INSIDE.is_in(plain, words):
        return found | WRITES
    return found | MAY_WRITE if _calls_unknown(plain) else found


def _words(plain: str) -> frozenset[str]:
    """The words of a text, in capitals, and `@` where it has one. A long text has many."""
    words = frozenset(plain.upper().encode("ascii", "replace").translate(_BLANKED).decode("ascii").split())
    return words | {"@"} if "@" in plain else words


def _first_word(plain: str) -> str:
    match = _FIRST.match(plain)
    return match[1].upper() if match else ""


def _calls_unknown(plain: str) -> bool:
    """Whether a text calls a function of which nothing is known."""
    if _HARMLESS.issuperset(map(str.lower, _CALLS.findall(plain))):
        return False
    calls = _CALLS.findall(re.sub(_WITH, " (", plain, flags=re.IGNORECASE))
    return not _HARMLESS.issuperset(map(str.lower, calls))

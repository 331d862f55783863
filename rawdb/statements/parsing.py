"""One block of an SQL file, from its `-- name:` line to the next: checked, and taken apart into a Statement.

The header is aiosql's; what aiosql drops (slot markers) or lets pass (text that means different things under different
drivers) is looked after here.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rawdb.dialects import Dialect
from rawdb.exceptions import StatementError
from rawdb.statements.checks import check_results, check_verb, count_of
from rawdb.statements.columns import Table
from rawdb.statements.compiled import Segment
from rawdb.statements.documents import Document, documents_of
from rawdb.statements.inserts import Rows
from rawdb.statements.marks import Operation
from rawdb.statements.resolution import COMPARISONS, Resolver, code
from rawdb.statements.segments import Literal, Parameter, Slot
from rawdb.statements.slots import INSIDE, NESTING, RELATIONS, SLOT_KINDS
from rawdb.statements.statement import Statement
from rawdb.statements.survey import accepted_arguments
from rawdb.statements.tokens import BLANKS, Source, Token, is_name, marker, own_syntax, scan

if TYPE_CHECKING:
    from rawdb.statements.seeking import Mark

_IN = re.compile(r"\b(?P<no>NOT\s+)?IN\s*\(\s*$", re.IGNORECASE)
HEADER = re.compile(r"^[ \t]*--[ \t]*name[ \t]*:", re.MULTILINE | re.IGNORECASE)
_SHAPE = re.compile(
    r"[ \t]*(?P<name>[^\s(^$!<*#]*)[ \t]*(?P<parameters>\([^)]*\))?[ \t]*(?P<operation>[^\s\w(]*)[ \t]*$"
)
_RECORD_CLASS = re.compile(r"--\s*record_class\s*:", re.IGNORECASE)
_OPERATIONS = {operation.value: operation for operation in Operation}
_UNUSABLE = {
    "*!": ("a statement for many calls (*!) is sent once per row", "write ! and a /*{rows}*/ slot, or call .many()"),
}
#: Names that the object which offers the statements uses itself.
_TAKEN = ("execute", "execute_script", "stream", "table")
#: What makes the answer to a long list more than the sum of the answers to its parts.
_WHOLE = (
    "AVG", "COUNT", "DISTINCT", "EXCEPT", "GROUP", "INTERSECT", "LIMIT", "MAX", "MIN", "OR", "ORDER", "SUM", "UNION",
)  # fmt: skip


class Block(NamedTuple):
    """Where a statement stands: its source, the stretch of it, and the layer and domain of the file."""

    source: Source
    start: int
    end: int
    layer: str
    domain: str

    @property
    def body(self) -> int:
        """Where the line after the header begins."""
        found = self.source.text.find("\n", self.start, self.end)
        return self.end if found < 0 else found


def parse(block: Block, dialect: Dialect, tables: Mapping[str, Table], *, none_is_null: bool = False) -> Statement:
    """The statement of a block. Raises StatementError with the place of the first fault in it."""
    source = block.source
    name, parameters, operation = header(block)
    tokens = scan(source, block.body, block.end, own_syntax(block.layer))
    _check_one(block, check_body(block, name, tokens, dialect))
    check_parameters(block, parameters, tokens)
    one = statement_of(block, name, tuple(parameters), operation, tokens, dialect, tables, none_is_null=none_is_null)
    return replace(one, doc=doc_of(tokens))


def statement_of(
    block: Block,
    name: str,
    parameters: tuple[str, ...],
    operation: Operation,
    tokens: list[Token],
    dialect: Dialect,
    tables: Mapping[str, Table],
    *,
    none_is_null: bool = False,
) -> Statement:
    """A statement of some tokens of a block, its verb and its results checked."""
    source = block.source
    resolver = Resolver(tokens, tables)
    segments = _alone(_Segments(source, tokens, dialect, resolver, none_is_null=none_is_null).parse())
    check_verb(source, name, operation, resolver, dialect)
    check_results(source, block.layer, operation, resolver, tables)
    return Statement(
        name=name,
        operation=operation,
        doc="",
        domain=block.domain,
        layer=block.layer,
        location=f"{source.path}:{source.line_of(block.start)}",
        text=source.text[block.start : block.end].strip(),
        segments=segments,
        parameters=parameters,
        target=resolver.target,
        table=tables.get(resolver.target or ""),
        writes=operation in _CHANGES or resolver.writes,
        splits=_splits(segments, operation, resolver, tokens),
        returning=operation is Operation.INSERT_RETURNING and resolver.has("RETURNING"),
        upsert=resolver.is_upsert,
        counts=count_of(source, resolver, operation, dialect),
        dialect=dialect,
        none_is_null=none_is_null,
        documents=_documents(operation, resolver, tokens, tables, dialect),
        is_blind=_gives_or_takes(operation, parameters) and not resolver.table_names <= tables.keys(),
    )


def _gives_or_takes(operation: Operation, parameters: tuple[str, ...]) -> bool:
    """Whether a statement has values that are read or checked by what is known of their columns."""
    return operation is not Operation.INSERT_UPDATE_DELETE or bool(parameters)


def _documents(
    operation: Operation, resolver: Resolver, tokens: list[Token], tables: Mapping[str, Table], dialect: Dialect
) -> tuple[Document, ...]:
    """The columns of the result that hold JSON documents."""
    named = [table for name in resolver.table_names if (table := tables.get(name)) is not None and table.documents]
    if not named or operation is Operation.INSERT_UPDATE_DELETE:
        return ()
    return documents_of(code(tokens), tables, dialect)


def _alone(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """The segments of an INSERT, its rows marked where nothing else is bound."""
    if accepted_arguments(segments) != {"values"}:
        return segments
    return tuple(replace(part, details=("alone",)) if isinstance(part, Rows) else part for part in segments)


_CHANGES = (Operation.INSERT_UPDATE_DELETE, Operation.INSERT_RETURNING)


def _marks(tokens: Sequence[Token]) -> dict[int, Mark]:
    """Where the pieces of the SELECT around a page begin, if there is a page."""
    if not any(marker(token)[0] == "after" for token in tokens):
        return {}
    # Only pages need it, and the criteria that it loads.
    from rawdb.statements.seeking import marks

    return marks(tokens)


def header(block: Block) -> tuple[str, dict[str, int], Operation]:
    """The name, the declared parameters, each with its position, and what the mark says."""
    source = block.source
    end = block.body
    start = source.text.index(":", block.start) + 1
    if "name" not in source.text[block.start : start]:
        raise source.error(block.start, "`name` is written in small letters", "write -- name:")
    match = _SHAPE.match(source.text, start, end)
    if match is None:
        raise source.error(start, "a name that cannot be read", "write -- name: operation(parameter, ...)^")
    name = match["name"]
    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise source.error(match.start("name"), f"{name!r} is no name for a function", "use letters, digits and _")
    if name.startswith("_") or name in _TAKEN:
        raise source.error(match.start("name"), f"{name} is taken", "give it another name")
    if match["operation"] in _UNUSABLE:
        raise source.error(match.start("operation"), *_UNUSABLE[match["operation"]])
    if match["operation"] not in _OPERATIONS:
        raise source.error(
            match.start("operation"), f"unknown operation {match['operation']}", "use nothing, ^, $, !, # or <!"
        )
    if match["parameters"] is None:
        raise source.error(match.end("name"), f"{name} has no parameter list", "write (), or the parameters it takes")
    declared = _declared(source, match.start("parameters") + 1, match.end("parameters") - 1)
    return name, declared, _OPERATIONS[match["operation"]]


def _declared(source: Source, start: int, end: int) -> dict[str, int]:
    declared: dict[str, int] = {}
    text = source.text[start:end]
    if not text.strip():
        return declared
    position = start
    for part in text.split(","):
        name = part.strip()
        at = position + len(part) - len(part.lstrip())
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise source.error(at, f"{name!r} is no parameter", "write names without colon, with a comma between")
        if keyword.iskeyword(name) or name == "self":
            raise source.error(at, f"{name} is a word of Python, no argument of a call", f"write {name}_")
        if name in declared:
            raise source.error(at, f"{name} is declared twice", "declare it once")
        declared[name] = at
        position += len(part) + 1
    return declared


def check_body(block: Block, name: str, tokens: list[Token], dialect: Dialect) -> list[Token]:
    """Refuse a text without comment or end, and what a server would take for something else; gives its words."""
    source = block.source
    words = code(tokens)
    if not words:
        raise source.error(block.start, f"{name} has no SQL", "write the statement below its comment")
    first = words[0].position
    if not any(token.kind == "line_comment" and token.position < first for token in tokens):
        raise source.error(block.start, f"{name} has no comment", "say below the name what it does, locks and reads by")
    if _joins_by_bars(block, dialect) and (bars := next((w for w in words if w.text == "||"), None)):
        raise source.error(bars.position, "`||` is OR on MySQL", "write CONCAT(a, b), or OR, in the dialects' folders")
    if words[-1].kind != "semicolon":
        raise source.error(words[-1].position, "the statement does not end", "close it with ;")
    _check_line_comments(source, tokens)
    _check_quotes(block, dialect, tokens)
    return words


def _check_one(block: Block, words: list[Token]) -> None:
    for token in words[:-1]:
        if token.kind == "semicolon":
            raise block.source.error(
                token.position, "a second statement under one name", "give it a name of its own, or end the name in #"
            )


def _check_line_comments(source: Source, tokens: list[Token]) -> None:
    for token in tokens:
        if token.kind == "line_comment":
            if _RECORD_CLASS.match(token.text):
                raise source.error(token.position, "rows are dicts, of no class of yours", "remove the line")
            line_start = source.line_starts[source.line_of(token.position) - 1]
            if source.text[line_start : token.position].strip():
                raise source.error(token.position, "a comment behind SQL", "put it on a line of its own above")


def _joins_by_bars(block: Block, dialect: Dialect) -> bool:
    """Whether `||` would mean another thing on one of the servers that read this file."""
    return block.layer == "common" or dialect.name == "mysql"


def _check_quotes(block: Block, dialect: Dialect, tokens: list[Token]) -> None:
    """Quoted names are spelt differently on the servers, so the common set has none."""
    for token in tokens:
        if token.kind != "quoted":
            continue
        if block.layer == "common":
            raise block.source.error(
                token.position, "quotes of names differ between servers", "qualify the name with an alias: k.key"
            )
        if token.text[0] != dialect.quote("x")[0] and dialect.name != "sqlite":
            raise block.source.error(
                token.position, f"{token.text} is no name on {dialect.name}", f"write {dialect.quote(token.text[1:-1])}"
            )


def check_parameters(block: Block, declared: Mapping[str, int], tokens: list[Token]) -> None:
    """Refuse parameters that are not declared, or not used."""
    used = {token.text[1:] for token in tokens if token.kind == "parameter"}
    for token in tokens:
        if token.kind == "parameter" and token.text[1:] not in declared:
            shown = ", ".join([*declared, token.text[1:]])
            raise block.source.error(token.position, f"{token.text} is not declared", f"write ({shown}) in the header")
    for name, position in declared.items():
        if name not in used:
            raise block.source.error(position, f"{name} is declared and not used", f"remove it, or write :{name}")
    for token, following in pairwise(tokens):
        if token.kind == "parameter" and following.text == ".":
            raise block.source.error(following.position, "a parameter has no attributes", "bind the value itself")


def doc_of(tokens: list[Token]) -> str:
    """The comment lines of a block."""
    lines = [token.text.removeprefix("--").strip() for token in tokens if token.kind == "line_comment"]
    return "\n".join(lines).rstrip()


def _splits(segments: tuple[Segment, ...], operation: Operation, resolver: Resolver, tokens: list[Token]) -> str | None:
    """The argument whose list may be sent in parts, because the parts' answers add up to the whole one."""
    lists = [segment for segment in segments if isinstance(segment, Slot) and segment.kind == "list"]
    if len(lists) != 1 or resolver.has(*_WHOLE):
        return None
    if operation not in (Operation.SELECT, Operation.INSERT_UPDATE_DELETE):
        return None
    words = [token for token in tokens if token.kind not in BLANKS]
    at = next(index for index, token in enumerate(words) if token.kind == "slot_open" and "list" in token.text)
    before = [token.text.upper() for token in words[max(0, at - 3) : at]]
    return lists[0].argument if before[-2:] == ["IN", "("] and before[0] != "NOT" else None


class _Segments:
    """Tokens to segments: runs of literal text, parameters, slots (which nest)."""

    def __init__(
        self, source: Source, tokens: list[Token], dialect: Dialect, resolver: Resolver, *, none_is_null: bool
    ) -> None:
        self._none_is_null = none_is_null
        self._source = source
        self._dialect = dialect
        self._resolver = resolver
        # The semicolons inside are those of a body, as a trigger has one.
        end = max((index for index, token in enumerate(tokens) if token.kind not in BLANKS), default=0)
        ends = {end} if tokens and tokens[end].kind == "semicolon" else set()
        self._tokens = [one for index, one in enumerate(tokens) if one.kind != "line_comment" and index not in ends]
        self._marks = _marks(self._tokens) if dialect.seeks_nulls_apart else {}
        self._index = 0

    def parse(self) -> tuple[Segment, ...]:
        return _trim(self._run(None))

    def _run(self, opened: Token | None) -> tuple[Segment, ...]:
        segments: list[Segment] = []
        text: list[str] = []
        while self._index < len(self._tokens):
            self._mark(text, segments)
            token = self._tokens[self._index]
            self._index += 1
            if token.kind not in ("parameter", "slot_open", "slot_close"):
                self._add(text, token)
                continue
            self._flush(text, segments)
            if token.kind == "slot_close":
                if opened is None:
                    raise self._source.error(token.position, "/*{}*/ ends no slot", "open it with /*{kind}*/")
                return tuple(segments)
            segments.append(self._parameter(token) if token.kind == "parameter" else self._slot(token, opened))
            self._take_parentheses(segments)
        if opened is not None:
            raise self._source.error(opened.position, f"the slot {opened.text} does not end", "close it with /*{}*/")
        self._mark(text, segments)
        self._flush(text, segments)
        return tuple(segments)

    def _mark(self, text: list[str], segments: list[Segment]) -> None:
        """Put the mark that belongs here, if one does."""
        mark = self._marks.pop(self._index, None)
        if mark is not None:
            self._flush(text, segments)
            segments.append(mark)

    def _add(self, text: list[str], token: Token) -> None:
        """Add a token's text. Blanks and comments are one blank, or one line's end between two strings: PostgreSQL
        reads those as one string."""
        if token.kind not in ("space", "comment"):
            text.append(token.text)
        elif self._joins_strings():
            if text[-1] != "\n":
                text.append("\n")
        elif not text or not text[-1].isspace():
            text.append(" ")

    def _joins_strings(self) -> bool:
        """Whether the blank just taken stands between two strings, on several lines."""
        blank = ("space", "comment")
        if self._index < 2 or self._tokens[self._index - 2].kind not in (*blank, "string"):
            return False
        before = next((i for i in range(self._index - 1, -1, -1) if self._tokens[i].kind not in blank), None)
        after = next((i for i in range(self._index, len(self._tokens)) if self._tokens[i].kind not in blank), None)
        if before is None or after is None:
            return False
        between = self._tokens[before + 1 : after]
        return self._tokens[before].kind == self._tokens[after].kind == "string" and any(
            "\n" in token.text for token in between if token.kind == "space"
        )

    def _flush(self, text: list[str], segments: list[Segment]) -> None:
        if text:
            segments.append(Literal(self._dialect.escaped("".join(text))))
            text.clear()

    def _parameter(self, token: Token) -> Parameter:
        place = self._resolver.place(token)
        matches_null = self._resolver.null_test(token) if self._none_is_null and not place.stored else ""
        return Parameter(token.text[1:], place.column, place.stored, matches_null, place.equal)

    def _slot(self, token: Token, outer: Token | None) -> Slot:
        kind, argument = marker(token)
        self._check_marker(token, kind, argument, outer)
        is_result = self._stands_for_a_result()
        start = self._index
        body = _trim(self._run(token))
        sample = self._tokens[start : self._index - 1]
        _check_sample(self._source, token, kind, sample)
        if kind in RELATIONS:
            return self._relation(token, kind, argument, body, sample, outer)
        alias = self._resolver.alias_in(sample)
        name = self._resolver.table_name(alias, sample)
        if kind in ("columns", "rows", "set", "changed"):
            name = self._resolver.target or ""
        elif kind == "list":
            name = next((one.column.table for one in body if isinstance(one, Parameter) and one.column), "")
        elif kind in ("filters", "after", "order") and not alias and self._resolver.names_several(sample):
            raise self._source.error(token.position, f"slot {kind}: which table?", "qualify the sample with an alias")
        return SLOT_KINDS[kind].make(
            kind,
            argument or SLOT_KINDS[kind].argument,
            body,
            alias,
            self._resolver.tables.get(name),
            name,
            is_result=is_result,
            details=("required",) if kind in ("filters", "when") and self._resolver.changes_rows else (),
        )

    def _take_parentheses(self, segments: list[Segment]) -> None:
        """Let the words `IN (` and `)` around a list belong to it: on one server another word stands there."""
        slot = segments[-1]
        if not isinstance(slot, Slot) or slot.kind != "list" or len(segments) < 2:
            return
        before, rest = segments[-2], self._tokens[self._index :]
        match = _IN.search(before.text) if isinstance(before, Literal) else None
        closing = next((index for index, token in enumerate(rest) if token.kind not in ("space", "comment")), None)
        if match is None or closing is None or rest[closing].text != ")":
            return
        self._index += closing + 1
        segments[-2:] = [
            Literal(before.text[: match.start()]),  # type: ignore[attr-defined]
            replace(slot, details=("NOT IN" if match["no"] else "IN",)),
        ]

    def _relation(
        self,
        token: Token,
        kind: str,
        argument: str,
        body: tuple[Segment, ...],
        sample: list[Token],
        outer: Token | None,
    ) -> Slot:
        # Few statements have relations, and few processes such statements.
        from rawdb.statements.relations import ARGUMENTS, SHAPES

        match = ARGUMENTS[kind].fullmatch(argument)
        if match is None:
            shape = f"write /*{{{kind} {SHAPES[kind]}}}*/"
            raise self._source.error(token.position, f"{kind} is not written like this: {argument}", shape)
        alias = match["alias"]
        name = self._resolver.table_name(alias, sample)
        if not name:
            raise self._source.error(token.position, f"no table has the alias {alias}", "name the one of its FROM")
        columns = (match["name"], match["value"]) if kind == "map" else ()
        table = self._resolver.table_of(alias, sample)
        lost = [one.name for one in table.columns.values() if one.type.startswith("interval")] if table else []
        if lost := [name for name in lost if not columns or name == columns[1]]:
            raise self._source.error(
                token.position,
                f"JSON has no form for the interval {name}.{lost[0]}",
                "read these rows by another statement",
            )
        details = columns or (() if outer is None or marker(outer)[0] not in RELATIONS else (INSIDE,))
        return SLOT_KINDS[kind].make(kind, match["key"], body, alias, table, name, details=details)

    def _stands_for_a_result(self) -> bool:
        """Whether the slot that begins here stands in a list of results."""
        before = code(self._tokens[: self._index - 1])
        return bool(before) and before[-1].text.upper() in (",", "SELECT")

    def _check_marker(self, token: Token, kind: str, argument: str, outer: Token | None) -> None:
        position = token.position
        if kind not in SLOT_KINDS:
            raise self._source.error(position, f"unknown slot {kind!r}", f"use one of {', '.join(sorted(SLOT_KINDS))}")
        if SLOT_KINDS[kind].named != bool(argument):
            needs = f"write /*{{{kind} name}}*/" if not argument else f"write /*{{{kind}}}*/"
            raise self._source.error(position, f"slot {kind} is not written like this", needs)
        if argument and not argument.isidentifier() and kind not in RELATIONS:
            raise self._source.error(position, f"{argument!r} is no argument", f"write /*{{{kind} name}}*/")
        if outer is not None and kind in ("part", "same"):
            raise self._source.error(
                position, f"a shared part inside {outer.text}", "share what stands outside of slots"
            )
        if outer is not None and marker(outer)[0] not in NESTING:
            raise self._source.error(position, f"a slot inside {outer.text}", f"nest in {', '.join(NESTING)} only")


def _check_sample(source: Source, opened: Token, kind: str, sample: list[Token]) -> None:
    words = code(sample)
    if not words:
        raise source.error(opened.position, f"slot {kind} has no sample", "write SQL that is valid in its place")
    check = _SAMPLES.get(kind)
    if check is not None and not check[0](words):
        raise source.error(words[0].position, f"no sample for slot {kind}", f"write {check[1]}")


def _is_comparison(words: list[Token], kinds: tuple[str, ...]) -> bool:
    """[alias.]column = something of these kinds."""
    column = words[:-2]
    qualified = len(column) == 3 and column[1].text == "." and is_name(column[0])
    return (
        len(words) in (3, 5)
        and (len(column) == 1 or qualified)
        and is_name(column[-1])
        and words[-2].text == "="
        and words[-1].kind in kinds
    )


def _is_row(words: list[Token]) -> bool:
    return words[0].text == "(" and words[-1].text == ")"


def _is_column_list(words: list[Token]) -> bool:
    return all(is_name(word) if index % 2 == 0 else word.text == "," for index, word in enumerate(words))


def _is_count(words: list[Token]) -> bool:
    return words[0].text.upper() == "COUNT" and words[-1].text == ")"


_SAMPLES: dict[str, tuple[Callable[[list[Token]], bool], str]] = {
    "json": (_is_count, "COUNT(*)"),
    "one": (_is_count, "COUNT(*)"),
    "map": (_is_count, "COUNT(*)"),
    "visibility": (lambda words: _is_comparison(words, ("number", "string", "word")), "alias.deleted = 0"),
    "scope": (lambda words: _is_comparison(words, ("parameter",)), "alias.project_id = :project_id"),
    "list": (lambda words: [word.kind for word in words] == ["parameter"], "one :parameter"),
    "columns": (_is_column_list, "column, column"),
    "rows": (_is_row, "(:value, :value)"),
    "set": (lambda words: len(words) > 2 and words[1].text in COMPARISONS, "column = :value"),
}


def _trim(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    trimmed = list(segments)
    if trimmed and type(trimmed[0]) is Literal:
        trimmed[0] = Literal(trimmed[0].text.lstrip())
    if trimmed and type(trimmed[-1]) is Literal:
        trimmed[-1] = Literal(trimmed[-1].text.rstrip())
    return tuple(trimmed)


__all__ = [
    "HEADER",
    "Block",
    "StatementError",
    "check_body",
    "check_parameters",
    "doc_of",
    "header",
    "parse",
    "statement_of",
]

"""Slots: the marked places of a statement that vary from call to call.

A slot stands in the SQL as `/*{kind name}*/ a valid sample /*{}*/`, so that the file runs as it is written. What
fills it is one of a closed set of texts, or is built from column names checked against the declared schema and
from bound values. Nothing that a caller passes becomes SQL text.

=============  ==============  =============================================================================
kind           argument        filled with
=============  ==============  =============================================================================
visibility     read_deleted    the sample ('no'), its negation ('only') or true ('yes')
scope          project_only    the sample (own project), the sample or NULL ('allow_none'), or true
columns, rows  values          the column list and the row (or rows) of an INSERT
set            changes         the assignments of an UPDATE
changed        changes         whether one of the assigned columns holds another value, NULL being one
filters        filters         predicates on declared columns, all of which must hold
when NAME      NAME            the sample if the argument is true; else true, in a list of results NULL
each NAME      NAME            the sample once per element (a dict of its parameters), joined by AND; true for none
any NAME       NAME            the sample once per element, joined by OR; false for none
repeat NAME    NAME            the sample once per element, side by side; at least one
list NAME      NAME            a bound list, as in `IN (/*{list uuids}*/ :uuid /*{}*/)`; never empty SQL
after, order   page            the keyset condition and the ORDER BY of a page
json A as KEY  -               the rows behind alias A as a JSON aggregate: a list of dicts (rawdb.statements.relations)
one A as KEY   -               the same, of which the row holds the first, or None
map A.K A.V as  -              pairs of two columns as a dict, under the key named last
part NAME      -               the sample; text that other statements share
same NAME      -               the sample of the part of that name, wherever in the set it stands
=============  ==============  =============================================================================

`filters`, `page` and the argument of `when` may be left out of a call, but for `filters` and `when` of an UPDATE or
DELETE, which would then change every row; the others may not. What a condition that always holds would
add (`AND 1 = 1`) is left out of the text.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from rawdb.dialects import Dialect
from rawdb.exceptions import DBDataError
from rawdb.statements.columns import Column, Table
from rawdb.statements.compiled import FALSE, Call, Convert, Text
from rawdb.statements.inserts import Columns, Rows
from rawdb.statements.segments import Keys, Literal, Parameter, Parameters, Slot

#: Kinds whose sample takes parameters and slots of its own.
NESTING = ("when", "each", "any", "repeat", "part", "json", "one", "map")
#: Kinds that mark a relation.
RELATIONS = ("json", "one", "map")
#: The detail of a relation that stands in another.
INSIDE = "inside"
#: Values in one list. SQLite takes 32,766 parameters in all.
MAX_LIST = 16384
#: Orders of pages that a slot remembers.
_REMEMBERED = 1000


class Visibility(Slot):
    """Deleted rows: left out, seen too, or seen alone."""

    def collect(self, call: Call) -> None:
        wanted = call.arguments.get(self.argument) or call.rules.visibility(call.context)
        if wanted not in ("no", "yes", "only"):
            raise ValueError(f"read_deleted is {wanted!r}: expected 'no', 'yes' or 'only'")
        call.key.append(wanted)
        if wanted != "yes":
            for segment in self._varying:
                segment.collect(call)

    def render(self, text: Text) -> None:
        wanted = text.choice()
        if wanted == "yes":
            text.add_true()
            return
        sample = text.part(self.body)
        text.add(sample if wanted == "no" else sample.replace(" = ", " <> ", 1))


class Scope(Slot):
    """Rows of the caller's own, and of nobody, or of everybody."""

    def collect(self, call: Call) -> None:
        kind, own = call.rules.scope(call.context, call.arguments.get(self.argument, True))
        call.key.append(kind)
        if kind != "none":
            call.values.append(own)

    def render(self, text: Text) -> None:
        kind = text.choice()
        if kind == "none":
            text.add_true()
            return
        column = next(segment for segment in self.body if isinstance(segment, Parameter)).column
        place = text.part([segment for segment in self.body if isinstance(segment, Literal)]).rpartition("=")[0].strip()
        own = f"{place} = {text.bind(text.compared(self.argument, column))}"
        text.add(own if kind == "own" else f"({own} OR {place} IS NULL)")


class Set(Slot):
    """The assignments of an UPDATE."""

    def collect(self, call: Call) -> None:
        changes = call.arguments[self.argument]
        if not changes:
            raise ValueError("no column to set")
        if not isinstance(changes, Mapping):
            raise TypeError(f"{self.argument}: expected a dict of columns and values, got {changes!r}")
        call.key.append(tuple(changes))
        call.values.extend(changes.values())

    def render(self, text: Text) -> None:
        columns = self.columns(text, text.choice())
        quote = text.dialect.quote
        text.add(", ".join(f"{quote(c.name)} = {_change(text, c)}" for c in columns))


class Changed(Set):
    """Whether the assignments of an UPDATE change anything.

    It stands before them: MySQL assigns from left to right, and a column behind has its new value already.
    """

    def render(self, text: Text) -> None:
        columns = self.columns(text, text.choice())
        differs = text.dialect.differs
        tests = [differs.format(text.dialect.quote(c.name), _change(text, c)) for c in columns]
        text.add(f"({' OR '.join(tests)})")


def _change(text: Text, column: Column) -> str:
    """The placeholder of a column's new value, wherever it stands."""
    return text.bind(text.stored(column.name, column), name=f"set {column.name}", empty=text.empty(column))


class Filters(Slot):
    """Predicates on declared columns. Each gives its own choices, values and text (rawdb.statements.criteria)."""

    def collect(self, call: Call) -> None:
        # Without them an UPDATE or DELETE would change every row: there they may be empty, but not forgotten.
        predicates = call.arguments[self.argument] if self.details else call.arguments.get(self.argument)
        if isinstance(predicates, Iterator):
            predicates = kept(call, self.argument, predicates)
        try:
            call.key.append(tuple([predicate.choices(call) for predicate in predicates or ()]))
        except (AttributeError, TypeError):
            _check_predicates(self.argument, predicates)
            raise

    def render(self, text: Text) -> None:
        predicates = text.choice()
        if not predicates:
            text.add_true()
        elif not (self.details and all(one.by_key for one in predicates)):
            # Of a list they choose the plan; in an UPDATE or DELETE what is equal says which rows it is for.
            text.doubt(self.table)
        for index, choices in enumerate(predicates):
            if index:
                text.add(" AND ")
            choices.render(text, self)


def _check_predicates(name: str, predicates: Any) -> None:
    """Raise TypeError, in words, where these are no predicates."""
    if isinstance(predicates, (str, bytes, Mapping)) or not isinstance(predicates, Iterable):
        raise TypeError(f"{name}: expected a list of predicates, such as [equal('name', value)], got {predicates!r}")
    for one in predicates:
        if not hasattr(one, "choices"):
            raise TypeError(f"{name}: expected predicates, such as equal('name', value), got {one!r}")


def kept(call: Call, name: str, values: Iterator[Any]) -> list[Any]:
    """What an iterator gives, in its place: another slot or element may want it, or the call be made again."""
    found = list(values)
    for given in (call.arguments, *call.origins):
        if given.get(name) is values and isinstance(given, dict):
            given[name] = found
    return found


def _is_nothing(value: Any) -> bool:
    """Whether a value asks for nothing: None, or a list without elements."""
    return value is None or (isinstance(value, (list, tuple, set, frozenset, dict)) and not value)


class When(Slot):
    """The sample, or nothing."""

    def collect(self, call: Call) -> None:
        # In an UPDATE or DELETE it decides which rows are changed: there it may be false, but not forgotten.
        wanted = bool(call.arguments[self.argument] if self.details else call.arguments.get(self.argument))
        call.key.append(wanted)
        if wanted:
            super().collect(call)
        elif not self.guarded.keys().isdisjoint(call.arguments):
            self._check_unused(call.arguments)

    def unused(self, arguments: Mapping[str, Any]) -> list[str]:
        """The values among some arguments that nothing takes."""
        given = [name for name in self.guarded if not _is_nothing(arguments.get(name))]
        return [name for name in given if not any(all(map(arguments.get, way)) for way in self.guarded[name])]

    def _check_unused(self, arguments: Mapping[str, Any]) -> None:
        """Refuse a value that would have no effect: whoever gives it believes that it restricts something."""
        for name in self.unused(arguments):
            raise TypeError(f"{name} is given, and nothing takes it: {self.argument} is off; give {self.argument}=True")

    def render(self, text: Text) -> None:
        if text.choice():
            super().render(text)
        elif self.is_result:
            text.add("NULL")
        else:
            text.add_true()


class Elements(Slot):
    """The sample for each element of a list: `each`, `any` or `repeat`."""

    @cached_property
    def _plain(self) -> tuple[str, ...]:
        """The parameters of the sample where it holds nothing else, and takes them as they are given."""
        varying = self._varying
        return varying[0].names if len(varying) == 1 and isinstance(varying[0], Parameters) else ()

    @cached_property
    def _compared(self) -> tuple[str, ...]:
        """The parameters of the sample where it holds nothing else, and each is compared, so that None is NULL."""
        varying = [one for one in self._varying if isinstance(one, Parameter) and one.matches_null]
        return tuple([one.name for one in varying]) if len(varying) == len(self._varying) else ()

    def collect(self, call: Call) -> None:
        elements = call.arguments[self.argument]
        if not isinstance(elements, (list, tuple)):
            raise TypeError(f"{self.argument}: expected a list of dicts, got {elements!r}")
        if self.kind == "repeat" and not elements:
            raise ValueError(f"{self.argument} is empty, and there is no SQL for nothing")
        call.key.append(len(elements))
        for element in elements:
            if type(element) is not dict and not isinstance(element, Mapping):
                raise TypeError(f"{self.argument}: expected a list of dicts, got the element {element!r}")
        names = self._plain or self._compared
        if names:
            outside = call.arguments
            values = [one[name] if name in one else outside[name] for one in elements for name in names]
            if not self._plain:
                call.key += [value is None for value in values]
                values = [value for value in values if value is not None]
            call.values += values
            return
        for element in elements:
            inside = call.inside(element)
            for segment in self._varying:
                segment.collect(inside)

    def render(self, text: Text) -> None:
        count = text.choice()
        if self.kind == "repeat":
            by_key = text.by_key
            text.elements(self.body, self.argument, count, " ")
            # It is no condition: no plan hangs on its values.
            text.by_key = by_key
        elif self.kind == "any":
            text.add("(" if count else f"({FALSE}")
            text.elements(self.body, self.argument, count, " OR ")
            text.add(")")
        elif count:
            text.elements(self.body, self.argument, count, " AND ")
        else:
            text.add_true()


class List(Slot):
    """A bound list. With the words `IN (` and `)` around it, which then belong to the slot, it may become an array."""

    def collect(self, call: Call) -> None:
        values = call.arguments[self.argument]
        if type(values) is not list:
            values = self._listed(call, values)
        values = [value for value in values if value is not None]
        call.key.append(collect_list(call, values, is_whole=bool(self.details)))

    def _listed(self, call: Call, values: Any) -> Iterable[Any]:
        """The values, that may be gone through again."""
        if isinstance(values, (str, bytes)):
            raise TypeError(f"{self.argument}: expected a list of values, got the text {values!r}")
        if isinstance(values, Mapping) or not isinstance(values, Iterable):
            raise TypeError(f"{self.argument}: expected a list of values, got {values!r}")
        return kept(call, self.argument, values) if isinstance(values, Iterator) else values

    def render(self, text: Text) -> None:
        parameter = next(segment for segment in self.body if isinstance(segment, Parameter))
        word = self.details[0] if self.details else ""
        column = parameter.column
        convert = text.compared(parameter.name, column, equal=True)
        if column is None or not column.names_rows:
            text.doubt(self.table)
        text.add(list_text(text, word, text.choice(), convert, column))


#: The choice of a list that is one array, whatever its length.
_ARRAY = -1


def collect_list(call: Call, values: list[Any], *, is_whole: bool) -> int:
    """The choice and the values of a list; its length does not show, as far as the server can do without.

    On PostgreSQL it is one array where the words IN ( ) around it belong to it (`is_whole`). Elsewhere the last value
    is repeated up to a power of two: few texts, so few prepared statements.
    """
    if len(values) > MAX_LIST:
        raise DBDataError(f"a list of {len(values)} values is too long for one statement: at most {MAX_LIST}")
    if not values:
        return 0
    # Arrays in an array would be one array of more dimensions.
    if is_whole and call.dialect.has_arrays and not any(isinstance(value, (list, tuple)) for value in values):
        call.values.append(values)
        return _ARRAY
    size = 1 << (len(values) - 1).bit_length()
    call.values.extend(values)
    call.values.extend(values[-1:] * (size - len(values)))
    return size


def list_text(text: Text, word: str, size: int, convert: Convert, column: Column | None) -> str:
    """A list behind `word` (IN, NOT IN, or nothing where the parentheses are the statement's own)."""
    if size == _ARRAY:
        array = text.dialect.array
        operator = "= ANY" if word == "IN" else "<> ALL"
        bound = text.bind(lambda values: array([convert(value) for value in values]))
        wide = None if column is None else text.dialect.array_types.get(column.type)
        return f"{operator} ({bound if wide is None else f'CAST({bound} AS {wide}[])'})"
    # NULL: an empty list matches nothing, behind NOT IN neither.
    listed = ", ".join(text.bind(convert) for _ in range(size)) or "NULL"
    return f"{word} ({listed})" if word else listed


class Paged(Slot):
    """A place that a page fills."""

    def completed(self, keys: Keys) -> Keys:
        """The keys of a page, and behind them those of a unique key of the table, where they hold none.

        Rows that are alike in all keys have no order of their own: a page that ends between them would lose some.
        """
        found = self._completed.get(keys)
        if found is None:
            found = keys if self.table is None else self._with_unique_key(self.table, keys)
            if len(self._completed) < _REMEMBERED:
                self._completed[keys] = found
        return found

    def _with_unique_key(self, table: Table, keys: Keys) -> Keys:
        names = {name for name, _, _ in keys}
        kept_by_all = [key for key in table.unique if key not in table.conditional]
        unique = [table.unique[key] for key in sorted(kept_by_all, key=lambda key: key != "PRIMARY")]
        usable = [key for key in unique if key and not any(_is_nullable(table, name) for name in key)]
        if any(names.issuperset(key) for key in usable) or not names <= table.columns.keys():
            return keys
        added = [name for name in usable[0] if name not in names] if usable else []
        if self.kind == "order":
            # Whoever forgot it is told, once for each order.
            instead = (
                f"{', '.join(added)} comes behind; name it in the page" if added else "rows alike in it may be lost"
            )
            order = ", ".join(name for name, _, _ in keys)
            warnings.warn(f"a page of {table.name} by {order} has no unique key: {instead}", stacklevel=2)
        return (*keys, *((name, "asc", "") for name in added))

    def page(self, call: Call) -> Any:
        """The page of a call, or None."""
        page = call.arguments.get(self.argument)
        if page is not None and not hasattr(page, "after"):
            raise TypeError(f"{self.argument}: expected Page([SortKey(column), ...], marker), got {page!r}")
        return page


def _is_nullable(table: Table, name: str) -> bool:
    column = table.columns.get(name)
    return column is None or (column.nullable and not column.primary_key)


class After(Paged):
    """The keyset condition of a page."""

    def collect(self, call: Call) -> None:
        page = self.page(call)
        call.key.append(None if page is None else page.after(call, self))

    def render(self, text: Text) -> None:
        choices = text.choice()
        if choices is None:
            text.add_true()
        else:
            text.by_key = False
            choices.render_after(text, self)


class Order(Paged):
    """The order of a page."""

    def collect(self, call: Call) -> None:
        page = self.page(call)
        if page is None:
            call.key.append(None)
            super().collect(call)
        else:
            call.key.append(page.order(self))

    def render(self, text: Text) -> None:
        choices = text.choice()
        if choices is None:
            super().render(text)
        else:
            choices.render_order(text, self)


class Related(Slot):
    """Rows of another table as a JSON aggregate."""

    @property
    def value_column(self) -> Column | None:
        """The column of the values of a `map`, where it is declared."""
        return self.table.columns.get(self.details[1]) if self.table and self.kind == "map" else None

    @property
    def key_column(self) -> Column | None:
        """That of its keys."""
        return self.table.columns.get(self.details[0]) if self.table and self.kind == "map" else None

    def is_by_rows(self, dialect: Dialect) -> bool:
        """Whether it is an aggregate of rows: where the server has no other, and where few are expected.

        There is one, or it stands in another relation, or another in it.
        """
        is_nested = INSIDE in self.details or any(isinstance(segment, Related) for segment in self.body)
        return not dialect.json_columns or self.kind == "one" or is_nested

    def render(self, text: Text) -> None:
        # Loaded by statements that have relations.
        from rawdb.statements.relations import aggregate, pairs_aggregate

        body = text.part(self.body)
        dialect = text.dialect
        if self.kind == "map":
            text.add(pairs_aggregate(dialect, self.alias, self.details, self.value_column))
        else:
            by_rows = self.is_by_rows(dialect)
            text.add(aggregate(dialect, self.alias, self.known_table(text).columns, body, by_rows=by_rows))


class SlotKind(NamedTuple):
    """A kind of slot: its class, and what it is filled from. `named` kinds carry the argument's name in the marker."""

    make: type[Slot]
    argument: str = ""

    @property
    def named(self) -> bool:
        return not self.argument


SLOT_KINDS = {
    "visibility": SlotKind(Visibility, "read_deleted"),
    "scope": SlotKind(Scope, "project_only"),
    "columns": SlotKind(Columns, "values"),
    "rows": SlotKind(Rows, "values"),
    "set": SlotKind(Set, "changes"),
    "changed": SlotKind(Changed, "changes"),
    "filters": SlotKind(Filters, "filters"),
    "after": SlotKind(After, "page"),
    "order": SlotKind(Order, "page"),
    "when": SlotKind(When),
    "each": SlotKind(Elements),
    "any": SlotKind(Elements),
    "repeat": SlotKind(Elements),
    "list": SlotKind(List),
    "json": SlotKind(Related),
    "one": SlotKind(Related),
    "map": SlotKind(Related),
    "part": SlotKind(Slot),
    "same": SlotKind(Slot),
}

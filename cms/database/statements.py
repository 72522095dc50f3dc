"""Statements that are built once and run with other values ever after.

Django takes longer to build the SQL of a list than a database takes to answer it. So the query of each shape is built
and compiled once, with stand-ins for its values, and kept.
"""

import uuid
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.db.models.query import get_related_populators

MOST_KEPT = 1000
MOST_VALUES = 64  # of a statement that is kept for whoever asks for a few things
TAKEN_OUT = (datetime, uuid.UUID, int)  # and texts, where that is said
_kept: dict[Hashable, "Statement"] = {}


@dataclass
class Statement:
    """The compiled SQL of a query, and where its values stand."""

    sql: str
    parameters: list[tuple[int | None, Any]]  # the number of a value, or none and what is always the same
    converters: list[tuple[int, Callable[[Any], Any]]]  # the place of a column, and what makes its values ours
    select: list  # its columns
    models: dict[str, Any] | None  # which of these make which instances; none: of a values_list() query

    @classmethod
    def of(cls, query: QuerySet, values: list) -> "Statement":
        compiler = query.query.get_compiler(connection=connection)
        sql, arguments = compiler.as_sql()
        numbers = {_adapted(stand_in(value, number)): number for number, value in enumerate(values)}
        parameters = [(numbers.get(value), value) for value in arguments]
        if lost := set(numbers.values()) - {number for number, _ in parameters}:
            raise TypeError(f"The statement does not hold its values {sorted(lost)}: {sql}")
        selected = [column for column, _, _ in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(selected)
        ours = [(at, _converter(steps, column)) for at, (steps, column) in converters.items()]
        return cls(sql, parameters, ours, compiler.select, compiler.klass_info)

    def run(self, values: list) -> list[tuple]:
        given = [value if number is None else _adapted(values[number]) for number, value in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, given)
            rows = cursor.fetchall()
        return [self._converted(row) for row in rows] if self.converters else rows

    def made(self, values: list) -> list[Any]:
        """The rows as instances of their model, as Django's own ModelIterable makes them."""
        if self.models is None:
            raise TypeError(f"The statement finds no whole rows: {self.sql}")
        model, places = self.models["model"], self.models["select_fields"]
        first, end = places[0], places[-1] + 1
        names = [column.target.attname for column, _, _ in self.select[first:end]]
        # The stubs are of a later Django, which asks for more.
        beside = get_related_populators(self.models, self.select, connection.alias)  # type: ignore[call-arg]
        made = []
        for row in self.run(values):
            made.append(one := model.from_db(connection.alias, names, row[first:end]))
            for populator in beside:
                populator.populate(row, one)
        return made

    def _converted(self, row: tuple) -> tuple:
        values = list(row)
        for place, convert in self.converters:
            values[place] = convert(values[place])
        return tuple(values)


def rows(shape: Hashable, values: list, build: Callable[[], QuerySet]) -> list[tuple]:
    """What a values_list() query finds, in the order of its columns.

    `build` makes it with the stand-ins that `take_out` left where the values were. It runs once for a shape, which must
    tell the query from all others, the kinds of its values included.
    """
    return _statement(shape, values, build).run(values)


def _statement(shape: Hashable, values: list, build: Callable[[], QuerySet]) -> "Statement":
    statement = _kept.get(shape)
    if statement is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        statement = _kept[shape] = Statement.of(build(), values)
    return statement


def found(build: Callable[..., QuerySet], *given: Any) -> list[tuple]:
    """What the values_list() query finds that a function of a module makes of these.

    Moments, ids, numbers and collections of them, or of texts, are values; a text alone is a name. A collection is what
    the rows are to be among: of none there are no rows. Of many values the query is built each time.
    """
    return _found(build, given, Statement.run)


def values(model: type[Model], names: Sequence[str], **conditions: Any) -> list[tuple]:
    """The same for the columns of those rows of a model that meet some conditions, in no order."""

    def build(*given: Any) -> QuerySet:
        rows = model._base_manager.filter(**dict(zip(conditions, given, strict=True)))
        return rows.order_by().values_list(*names)

    return _found(build, [*conditions.values()], Statement.run, (model, *names, *conditions))


def objects(build: Callable[..., QuerySet], *given: Any) -> list[Any]:
    """The same for a query of whole rows, what it selects beside them included. It prefetches nothing."""
    return _found(build, given, Statement.made)


def _found(
    build: Callable[..., QuerySet], given: Sequence[Any], run: Callable[["Statement", list], list], shape: tuple = ()
) -> list:
    of_few = [_padded(one) if isinstance(one, Collection) and not isinstance(one, str) else one for one in given]
    if [] in of_few:
        return []
    values: list = []
    taken = [take_out(one, values, texts=isinstance(one, list)) for one in of_few]
    if len(values) > MOST_VALUES:
        return list(build(*of_few))
    shape = shape or (build.__module__, build.__qualname__)
    return run(_statement((*shape, *taken), values, lambda: build(*taken)), values)


def _padded(values: Collection[Any]) -> list:
    """The last of them so often that there are few statements for all numbers of them."""
    values = list(values)
    return values and [*values, *values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))]


def take_out(data: Any, values: list, *, texts: bool = False) -> Any:
    """The data with stand-ins for their moments, ids and numbers, which go to a list. The outcome can be hashed.

    Texts are names, which belong to the shape, but for what a condition compares with, and where `texts` is said.
    """
    is_value = isinstance(data, TAKEN_OUT) and data is not True and data is not False
    if is_value or (texts and isinstance(data, str)):
        values.append(data)
        return stand_in(data, len(values) - 1)
    if isinstance(data, Q) and data.children:
        children: list[Any] = list(data.children)
        for place, child in enumerate(children):
            is_inner = isinstance(child, Q)
            children[place] = (
                take_out(child, values) if is_inner else (child[0], take_out(child[1], values, texts=True))
            )
        return Q(*children, _connector=data.connector, _negated=data.negated)
    if isinstance(data, (list, tuple, set, frozenset)):
        return tuple([take_out(element, values, texts=texts) for element in data])
    return data


def stand_in(value: Any, number: int) -> Any:
    """A value of the same type that no content has."""
    return _stand_in(type(value), number)  # type: ignore[arg-type]  # a class can be hashed


@lru_cache(maxsize=10_000)
def _stand_in(kind: type[Any], number: int) -> Any:
    if issubclass(kind, datetime):
        return datetime(9000, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
    if issubclass(kind, uuid.UUID):
        return uuid.UUID(int=(0x57A9D << 100) + number)
    return 7_000_000_000_000_000_000 + number if issubclass(kind, int) else f"\x7fstand-in {number}"


def _converter(steps: Iterable[Callable[..., Any]], column: Any) -> Callable[[Any], Any]:
    """All that Django does to a column's values; for moments of SQLite without asking for the settings at each row."""
    steps = list(steps)
    if steps == [getattr(connection.ops, "convert_datetimefield_value", None)]:
        return moment

    def convert(value: Any) -> Any:
        for step in steps:
            value = step(value, column, connection)
        return value

    return convert


def moment(value: Any) -> datetime | None:
    """A moment as a driver gives it, in UTC."""
    if isinstance(value, str):  # of a subquery, which SQLite gives no type
        value = datetime.fromisoformat(value)
    return value and value.replace(tzinfo=UTC)


def _adapted(value: Any) -> Any:
    """A value as the database's driver takes it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, uuid.UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return value

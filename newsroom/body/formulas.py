"""Formulas of MathML in a line of text, whose parts would run together."""

from typing import TYPE_CHECKING, Any

from newsroom.body.elements import with_mark
from newsroom.body.lines import Marks

if TYPE_CHECKING:
    from newsroom.body.reading import Reader


def fraction(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """A fraction of MathML, whose figures would run together."""
    for number, child in enumerate(node.iter()):
        if number:
            reader.line.append(("/", marks))
        _operand(reader, child, marks)


def root(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """A root of MathML, its index first."""
    parts = list(node.iter())
    if node.tag == "mroot" and len(parts) == 2:
        reader.element(parts[1], parts[1].tag, with_mark(marks, "sup"))
        parts = parts[:1]
    reader.line.append(("√", marks))
    if len(parts) == 1:
        _operand(reader, parts[0], marks)
    else:
        reader.in_brackets(node, marks)


def _operand(reader: "Reader", node: Any, marks: Marks) -> None:
    """A part of a formula that its place holds together, in brackets where text alone would not."""
    if sum(1 for _child in node.iter()) > 1:
        reader.in_brackets(node, marks)
    else:
        reader.element(node, node.tag, marks)


def raised(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    """A base of MathML with what stands above or below it."""
    scripts = {"msup": ["sup"], "mover": ["sup"], "msub": ["sub"], "munder": ["sub"]}.get(node.tag, ["sub", "sup"])
    for child, own in zip(node.iter(), [None, *scripts], strict=False):
        reader.element(child, child.tag, with_mark(marks, own) if own else marks)


def each_apart(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    for child in node.iter():
        reader.line.append((" ", marks))
        reader.element(child, child.tag, marks)

"""Tables, and what is written as one to set out a page."""

from typing import TYPE_CHECKING, Any

from newsroom.body.elements import block_id, is_hidden, number_of, style_of, styled
from newsroom.body.lines import Marks
from newsroom.body.pieces import LONGEST_CAPTION, Card, Grid, Heading, Piece, Player, Rule, plain_text
from newsroom.body.tables import Cell, Table

if TYPE_CHECKING:
    from newsroom.body.reading import Reader


def table(reader: "Reader", node: Any, values: dict, marks: Marks) -> None:
    reader.end()
    rows, headed, captions = _rows(reader, node, marks)
    cells = [cell for row in rows for cell in row]
    is_ours = bool(block_id(values)) or "data-caption" in values
    is_layout = not is_ours and (
        values.get("role") in {"presentation", "none"} or any(_holds_more(c.pieces) for c in cells)
    )
    if is_layout:
        reader.pieces += captions
        reader.pieces += [piece for cell in cells for piece in cell.pieces]
        return
    grid = Table(rows, headed, is_strict=is_ours).grid()
    if grid is None or (not is_ours and len(grid.rows) == len(grid.rows[0]) == 1):
        reader.pieces += captions
        reader.pieces += grid.rows[0][0] if grid else []
        return
    caption = values.get("data-caption") or plain_text(captions)
    if len(caption) > LONGEST_CAPTION and not is_ours:
        reader.pieces += captions
        caption = ""
    grid.caption = caption
    grid.block_id = block_id(values)
    reader.pieces.append(grid)


def _rows(reader: "Reader", table: Any, marks: Marks) -> tuple[list[list["Cell"]], int, list[Piece]]:
    """The rows of a table, its foot last; how many of them are its head; and its caption."""
    head: list[list[Cell]] = []
    body: list[list[Cell]] = []
    foot: list[list[Cell]] = []
    captions: list[Piece] = []
    child = table.child
    while child is not None:
        if child.is_element_node and child.tag in {"thead", "tbody", "tfoot"}:
            part = {"thead": body or head, "tfoot": foot}.get(child.tag, body)
            inner = child.child
            while inner is not None:
                if (
                    inner.is_element_node
                    and inner.tag == "tr"
                    and not is_hidden(told := inner.attributes, style_of(told))
                ):
                    part.append(_cells(reader, inner, marks))
                inner = inner.next
        elif child.is_element_node and child.tag == "caption":
            captions += reader.inside(child, marks, is_bare=False)
        child = child.next
    return [*head, *body, *foot], len(head), captions


def _cells(reader: "Reader", row: Any, marks: Marks) -> list["Cell"]:
    cells = []
    child = row.child
    while child is not None:
        if child.is_element_node and child.tag in {"td", "th"}:
            values = child.attributes
            if not is_hidden(values, style := style_of(values)):
                pieces = reader.inside(child, styled(marks, child.tag, style), is_bare=False)
                pieces = [piece for piece in pieces if not isinstance(piece, Rule)]
                across, down = number_of(values.get("colspan")), number_of(values.get("rowspan"))
                cells.append(Cell(pieces, child.tag == "th", across or 1, 1 if down is None else down))
        child = child.next
    return cells


def _holds_more(pieces: list[Piece]) -> bool:
    """Whether a cell holds what makes its table a means of setting out a page."""
    return any(
        isinstance(piece, Grid | Card) or (isinstance(piece, Player) and not piece.line) for piece in pieces
    ) or (len(pieces) > 1 and isinstance(pieces[0], Heading))

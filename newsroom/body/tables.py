"""Tables as they stand in HTML, whose cells may span others, as rows of equal length."""

from newsroom.body.pieces import Grid, Piece

MOST_COLUMNS = 1000  # that one cell may span


class Cell:
    __slots__ = ("across", "down", "is_head", "pieces")

    def __init__(self, pieces: list[Piece], is_head: bool, across: int, down: int):
        self.pieces, self.is_head = pieces, is_head
        self.across, self.down = max(1, min(across, MOST_COLUMNS)), down


class Table:
    """Cells that may span others, as rows of equal length: what spans stands in its first, the others are empty."""

    def __init__(self, rows: list[list[Cell]], headed: int, *, is_strict: bool):
        self.is_strict = is_strict  # of the editor's own: what looks like a head is one, and nothing else
        self.rows = self._spread(rows)
        starts = sorted({column for row in self.rows for column in row})  # where no cell begins is no column
        places = {column: place for place, column in enumerate(starts)}
        self.rows = [{places[column]: cell for column, cell in row.items()} for row in self.rows]
        self.width = len(starts)
        kept = [number for number, row in enumerate(self.rows) if is_strict or any(c.pieces for c in row.values())]
        self.headed = sum(1 for number in kept if number < headed)
        self.rows = [self.rows[number] for number in kept]

    def _spread(self, rows: list[list[Cell]]) -> list[dict[int, Cell]]:
        """Each row's cells by their column."""
        spread = []
        above: list[list[int]] = []  # [from, to, rows left] of the cells that reach down into what comes
        for number, row in enumerate(rows):
            placed: dict[int, Cell] = {}
            column = 0
            fresh = []
            for cell in row:
                column = _free(column, above)
                placed[column] = cell
                down = len(rows) - number if cell.down == 0 else cell.down
                if down > 1:
                    fresh.append([column, column + cell.across, down])
                column += cell.across
            above = [[start, end, left - 1] for start, end, left in [*above, *fresh] if left > 1]
            spread.append(placed)
        return spread

    def grid(self) -> Grid | None:
        if not any(cell.pieces for row in self.rows for cell in row.values()):
            return None
        heads = self.headed
        while not heads < self.headed and heads < len(self.rows) and self._is_head(self.rows[heads]):
            heads += 1
        columns = 0
        below = self.rows[heads:]
        while below and columns < self.width - 1 and all(self._heads_its_row(row, columns) for row in below):
            columns += 1
        rows = [[row[column].pieces if column in row else [] for column in range(self.width)] for row in self.rows]
        return Grid(rows, heads, columns)

    def _is_head(self, row: dict[int, Cell]) -> bool:
        """Whether all cells are heads; the one in the corner may be an empty one of any kind."""
        return any(cell.is_head for cell in row.values()) and all(
            cell.is_head or (column == 0 and not cell.pieces and not self.is_strict) for column, cell in row.items()
        )

    def _heads_its_row(self, row: dict[int, Cell], column: int) -> bool:
        """Whether the cell there is a head; one that is spanned from above or from the left is as those are."""
        return column not in row or row[column].is_head


def _free(column: int, above: list[list[int]]) -> int:
    for start, end, _left in sorted(above):
        if start <= column < end:
            column = end
    return column

"""What an import has to say: what it took, which lines it could not take, and what of the others it left out."""

from collections import Counter
from collections.abc import Iterable, Iterator

from cms.notices import Notice
from cms.transfer.lines import counted

MOST_SAID = 1000  # of each; the rest is counted


def name_of(number: int, given: dict) -> str:
    """What a line is called: `line 12, article "flood-vote"`."""
    kind, name = given.get("kind"), given.get("slug") or given.get("id")
    what = f', {kind or "line"} "{name}"' if isinstance(name, str) else f", {kind}" if kind else ""
    return f"line {number}{what[:200]}"


class Report:
    """Kept small however large the file is: of many alike the first are said, and all are counted."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()  # by kind
        self.mistakes: list[str] = []
        self.bad_lines = 0
        self.notices: list[str] = []
        self.noticed: Counter[str] = Counter()  # by the notices' kinds

    def complain(self, line: str, why: str) -> None:
        """Say why a line was not taken."""
        self.bad_lines += 1
        if len(self.mistakes) < MOST_SAID:
            self.mistakes.append(f"{line}: {why}")

    def notice(self, line: str, notices: Iterable[Notice]) -> None:
        """Say what of a line is not kept, each thing once."""
        for said in dict.fromkeys(Notice(notice.kind, str(notice.text)) for notice in notices):
            self.noticed[said.kind] += 1
            if len(self.notices) < MOST_SAID:
                self.notices.append(f"{line}: {said.text}")

    def lines(self) -> Iterator[str]:
        """What is to be said of single lines."""
        yield from self.mistakes
        if more := self.bad_lines - len(self.mistakes):
            yield f"... and {counted(more, 'more bad line')}."
        yield from self.notices
        if more := self.noticed.total() - len(self.notices):
            yield f"... and {counted(more, 'more notice')}."

    def summary(self, verb: str) -> str:
        """All of it in one sentence, and a second one where something was left out."""
        taken = ", ".join(counted(number, kind) for kind, number in self.taken.items()) or "nothing"
        return f"{taken} {verb}, {counted(self.bad_lines, 'bad line')}"

    def left_out(self) -> str:
        """What was left out of the lines that were taken, by kind; empty where it was nothing."""
        if not self.noticed:
            return ""
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(self.noticed.items()))
        return f"{counted(self.noticed.total(), 'notice')} of what is not kept as it was written: {kinds}."

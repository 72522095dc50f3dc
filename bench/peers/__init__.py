"""Other content management systems, set up for a run and measured on the same data.

A peer is a module here with `prepare(folder, size)`, which installs it into the folder, fills it from the archive there
and tells how it is started and what it is asked for. Each has one core, as Galley has, for all of its processes, its
database's too; each is asked for the same stories with what the same card shows, without what it need not count or
join for that. Whatever else was chosen, and why, stands at the head of its module.
"""

import http.client
import re
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol

from bench.cases import anew
from bench.inside import HOST
from bench.servers import Question, Server

NAMES = ["wagtail", "directus", "strapi", "wordpress"]
A_STORY = re.compile(rb'"slug": ?"([a-z]+-[a-z]+-\d+)"')  # nothing but a story has a slug like this


class Missing(Exception):
    """What a peer needs and this machine does not have, in words for whoever runs the benchmark."""


@dataclass
class Peer:
    """One that is ready to be started."""

    server: Server
    about: str  # its version, and what it stands on
    anew: dict[str, Question]  # by case; each answer is made for whoever asks
    kept: dict[str, Question] = field(default_factory=dict)  # of one that comes with a cache of answers

    @property
    def questions(self) -> dict[str, Question]:
        return {anew(case): question for case, question in self.anew.items()} | self.kept

    def demand_the_same(self, stories: dict[str, list[str]]) -> None:
        """It must show the same stories as Galley does, in the same order."""
        for case, question in [*self.anew.items(), *self.kept.items()]:
            body = self.body(question)
            shown = [slug.decode() for slug in A_STORY.findall(body)]
            if shown != stories[case]:
                raise SystemExit(f"it shows other stories: {case}: {shown[:3]}, not {stories[case][:3]}")
        self.about += f"; its newest 20 are {len(self.body(self.anew['newest 20'])):,} bytes"

    def body(self, question: Question) -> bytes:
        """What it answers to the first of the addresses."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("GET", question.paths[0], headers={"Host": HOST, **question.headers})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        if response.status != question.status:
            raise SystemExit(f"it answered {response.status}: {question.paths[0]}: {body[:200]!r}")
        return body


class Module(Protocol):
    """What such a module has."""

    __name__: str

    def prepare(self, folder: Path, size: int) -> Peer: ...


def chosen(names: str) -> list[Module]:
    """The peers of these names, with commas between."""
    wanted = NAMES if names == "all" else [name for name in names.split(",") if name]
    if unknown := set(wanted) - set(NAMES):
        raise SystemExit(f"There is no peer {', '.join(unknown)}; there are: {', '.join(NAMES)}.")
    return [import_module(f"bench.peers.{name}") for name in wanted]

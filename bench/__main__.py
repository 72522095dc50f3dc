"""python -m bench: Galley, as it is served to readers, beside servers to measure it by; writes docs/performance.md.

One machine, one run, one core for the server and one for the load. It informs and judges nothing: it ends with 0
whatever comes out, and says loudly what misses its aim.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench import cases, filling, page
from bench.inside import HOST
from bench.measured import SMALLEST, Machine, Measured, OfSize
from bench.peers import NAMES, Missing, Module, Peer, chosen
from bench.servers import ROOT, Project, Question, Server, granian

PAGE = ROOT / "docs" / "performance.md"
Asked = list[tuple[Server, dict[str, Question]]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", default="10000", help="how many articles, with commas between, the smallest first")
    parser.add_argument("--seconds", type=float, default=3, help="for each case, each of the runs")
    parser.add_argument("--runs", type=int, default=3, help="of which the middle one counts")
    parser.add_argument("--database", default="sqlite", help="sqlite, or postgres://user:password@host/name")
    parser.add_argument("--peers", default="", help=f"others to measure on the same data: {','.join(NAMES)}, or all")
    parser.add_argument("--folder", type=Path, help="where to work; what is filled there already is used again")
    parser.add_argument("--page", type=Path, default=PAGE, help="what to write")
    options = parser.parse_args()
    folder = (options.folder or Path(tempfile.mkdtemp(prefix="galley-bench-"))).resolve()
    try:
        measure(options, folder)
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


def measure(options: argparse.Namespace, folder: Path) -> None:
    """One size after the other. The page is written after each, so that what a large one runs into costs no figures."""
    sizes = [int(size) for size in options.sizes.split(",")]
    measured = Measured(Machine.here(), arguments(options), options.runs, options.seconds, options.database != "sqlite")
    smallest = project(SMALLEST, folder / str(sizes[0]) / "galley", options.database, sizes[0])
    for size in sizes:
        print(f"\n== {size:,} articles ==", flush=True)
        place = folder / str(size)
        place.mkdir(parents=True, exist_ok=True)
        galley = project("Galley", place / "galley", options.database, size)
        bench = Bench(place, size, galley, options)
        if size == sizes[0]:
            measured.sizes[size] = bench.beside_others(chosen(options.peers))
        elif options.database == "sqlite":
            filled = filling.enlarge(place, size, galley, smallest, sizes[0])
            measured.sizes[size] = bench.beside_smallest(replace(smallest, runs={}), sizes[0], filled)
        else:
            raise SystemExit("Larger archives are made by copying SQLite's file: give one size for PostgreSQL.")
        measured.machine.listen()
        page.write(measured, options.page)
        if options.page == PAGE:
            page.write_readme(measured, ROOT / "README.md")
        print(f"\n{page.verdict(measured)}\n\nWritten: {options.page}", flush=True)


def arguments(options: argparse.Namespace) -> str:
    """Those that the page names, without anybody's password."""
    words = [f"--sizes {options.sizes} --seconds {options.seconds:g} --runs {options.runs}"]
    words += ["--database postgres://..."] if options.database != "sqlite" else []
    words += [f"--peers {options.peers}"] if options.peers else []
    return " ".join(words)


def project(name: str, data_dir: Path, database: str, size: int) -> Project:
    """Galley or the yardstick: how it is started, and where its data is."""
    own = {"DATA_DIR": str(data_dir), "PUBLIC_URL": f"http://{HOST}"}
    own["PYTHONWARNINGS"] = "ignore::UserWarning"  # there are no static files here, and nobody misses them
    if database != "sqlite":
        parts = urlsplit(database)
        own["DATABASE_URL"] = urlunsplit(parts._replace(path=f"{parts.path}_{name.split()[0].lower()}_{size}"))
    if name in {"Galley", SMALLEST}:
        own |= {"DJANGO_SETTINGS_MODULE": "cms.settings", "BIND": "127.0.0.1", "WORKERS": "1"}
        own["BACKGROUND_WORK"] = "worker"  # answers alone are measured
        return Project(name, ["manage.py", "serve"], own)
    own["DJANGO_SETTINGS_MODULE"] = "bench.yardstick.settings"
    return Project(name, granian("bench.yardstick.wsgi:application"), own)


class Bench:
    """The measurements of one size of archive."""

    def __init__(self, folder: Path, size: int, galley: Project, options: argparse.Namespace):
        self.folder, self.size, self.galley, self.options = folder, size, galley, options
        self.peers: dict[str, str] = {}
        self.left_out: dict[str, str] = {}

    def beside_others(self, modules: list[Module]) -> OfSize:
        """Galley, the yardstick, the floors and the peers, each case of all of them one after the other."""
        yardstick = project("plain DRF", self.folder / "yardstick", self.options.database, self.size)
        filled = filling.fill(self.folder, self.size, self.galley, yardstick)
        questions = cases.galley_questions(self.galley, self.size)
        theirs = cases.yardstick_questions(self.size)
        stories = self.demand_the_same(yardstick, theirs, questions)
        peers = [peer for module in modules if (peer := self.ready(module, stories))]
        self.peers = {peer.server.name: peer.about for peer in peers}
        asked: Asked = [(self.galley, questions), (yardstick, theirs)]
        try:
            self.galley.start()
            asked += self.floors(questions)
            for server, _ in asked[1:]:
                server.start()
            self.ask([*asked, *self.started(peers)])
        finally:
            megabytes = self.galley.megabytes()
            for server in [*(server for server, _ in asked), *(peer.server for peer in peers)]:
                server.stop()
        asked += [(peer.server, peer.questions) for peer in peers if peer.server.name in self.peers]
        return self.told(asked, filled, megabytes)

    def started(self, peers: list[Peer]) -> Asked:
        """The peers that have started again, since each was tried out alone."""
        for peer in peers:
            try:
                peer.server.start()
            except SystemExit as error:
                self.leave_out(peer.server.name, error)
                self.peers.pop(peer.server.name)
        return [(peer.server, peer.questions) for peer in peers if peer.server.name in self.peers]

    def ready(self, module: Module, stories: dict[str, list[str]]) -> Peer | None:
        """A peer, filled and tried out. Whatever is wrong with one is said aloud, and the others are measured."""
        peer = None
        try:
            peer = module.prepare(self.folder, self.size)
            peer.server.start()
            peer.demand_the_same(stories)
        except (Exception, SystemExit) as error:
            self.leave_out(module.__name__.rpartition(".")[2], error)
            return None
        finally:
            if peer:
                peer.server.stop()
        return peer

    def leave_out(self, name: str, error: BaseException) -> None:
        reason = str(error) if isinstance(error, Missing | SystemExit) else f"{type(error).__name__}: {error}"
        print(f"\n!! {name.upper()} IS LEFT OUT: {reason}\n", file=sys.stderr, flush=True)
        self.left_out[name] = reason

    def beside_smallest(self, smallest: Project, articles: int, filled: dict[str, float]) -> OfSize:
        """Galley with this archive and with the smallest, taking turns: minutes apart a machine is another one."""
        asked: Asked = []
        try:
            for galley in (self.galley, smallest):
                asked.append((galley, cases.galley_questions(galley, articles)))
                self.look(galley, asked[-1][1])  # what was never made is made now
                galley.start()
            self.ask(asked)
        finally:
            megabytes = self.galley.megabytes()
            for server, _ in asked:
                server.stop()
        return self.told(asked, filled, megabytes)

    def floors(self, questions: dict[str, Question]) -> Asked:
        """Servers that hold Galley's own answers as bytes."""
        file = self.folder / "answers.pickle"
        kept = cases.take_answers(self.galley, questions, file)
        environment = {"BENCH_ANSWERS": str(file)}
        one = {cases.anew("newest 20"): kept["newest 20"]}
        return [
            (Server("bare RSGI", granian("bench.floors:bare", "rsgi"), environment), kept),
            (Server("bare RSGI, uvloop", granian("bench.floors:bare", "rsgi", "uvloop"), environment), kept),
            (Server("bare WSGI", granian("bench.floors:bare_wsgi"), environment), kept),
            (Server("bare Django", granian("bench.floors:django"), environment), one),
        ]

    def ask(self, asked: Asked) -> None:
        for case in dict.fromkeys(case for _, questions in asked for case in questions):
            print(f"Measuring {case} ...", file=sys.stderr, flush=True)
            for _ in range(self.options.runs):
                for server, questions in asked:
                    if case in questions:
                        self.measure(server, case, questions)

    def measure(self, server: Server, case: str, questions: dict[str, Question]) -> None:
        try:
            server.measure(case, questions[case], self.options.seconds)
        except (SystemExit, OSError, subprocess.CalledProcessError) as error:
            if server.name not in self.peers:
                raise
            self.leave_out(f"{server.name}, {case}", error)
            questions.pop(case)
            server.runs.pop(case, None)  # of one run or two

    def look(self, project: Project, questions: dict[str, Question]) -> dict[str, dict]:
        """Each case once, inside: SQL statements, bytes, body. Galley renders then what it has not."""
        paths = [(case, path, asked) for case, asked in questions.items() for path in asked.paths]
        looks: dict[str, dict] = {}
        seen = project.tell("bench.inside", [(path, asked.headers) for _, path, asked in paths])
        for (case, _, _), look in zip(paths, seen, strict=True):
            looks.setdefault(case, look)
        return looks

    def demand_the_same(
        self, yardstick: Project, theirs: dict[str, Question], ours: dict[str, Question]
    ) -> dict[str, list[str]]:
        """Both must show the same stories: their slugs by case."""
        galley_looks, their_looks = self.look(self.galley, ours), self.look(yardstick, theirs)
        for case in map(cases.anew, cases.LISTS):
            if slugs(galley_looks[case]) != slugs(their_looks[case]):
                raise SystemExit(f"Galley and the yardstick show other stories: {case}.")
        stories = {case: slugs(galley_looks[cases.anew(case)]) for case in cases.LISTS}
        return stories | {cases.STORY: [galley_looks[cases.anew(cases.STORY)]["body"]["slug"]]}

    def told(self, asked: Asked, filled: dict[str, float], megabytes: float) -> OfSize:
        looks = self.look(self.galley, asked[0][1])
        print("Publishing, renaming, profiling ...", file=sys.stderr, flush=True)
        profiled = ["/api/v1/articles/", f"/api/v1/articles/{slugs(looks[cases.anew('newest 20')])[0]}/"]
        return OfSize(
            runs={server.name: {case: server.median(case) for case in server.runs} for server, _ in asked},
            sql={case: look["sql"] for case, look in looks.items()},
            sizes={case: look["bytes"] for case, look in looks.items()},
            filled=filled,
            megabytes=megabytes,
            profiles=self.galley.tell("bench.profiling", profiled),
            acts=self.galley.tell("bench.acts", {}),
            peers=self.peers,
            left_out=self.left_out,
        )


def slugs(look: dict) -> list[str]:
    return [row["slug"] for row in look["body"]["results"]]


if __name__ == "__main__":
    if not (ROOT / "manage.py").exists():
        raise SystemExit("Run it in Galley's own folder.")
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    main()

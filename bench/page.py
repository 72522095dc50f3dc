"""Writes docs/performance.md, the plots beside it, and the README's figures, from what a run found."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from bench import aims, plots
from bench.cases import ANEW, KEPT, anew
from bench.measured import Measured, OfSize
from bench.servers import BUSY, CONNECTIONS, Run

USUAL_RUNS, USUAL_SECONDS, FILLING = 3, 3, 180  # of a run without options; the last for 10,000 articles
BARE = ["bare RSGI", "bare RSGI, uvloop", "bare WSGI"]
FLOORS = [*BARE, "bare Django"]

IN_README = {"newest 20", "newest 20 of a section", "story by slug"}

HEAD = """# How fast it is

This page is written by `make bench`, as it stands. One core has the server, another the load; {connections}
connections ask without pause, and the middle one of {runs} runs of {seconds:g} seconds counts. Every server has the
same data on the same machine, in the same run, its turns taken case by case.
"""

KEPT_HEAD = """## Answers that are kept

What most readers ask for most of the time. `cms/api/cache.py` has it ready-made. Beside it stand servers that do
nothing but look up the same bytes in a dictionary, on the same application server: as whoever installs it alone gets it
(RSGI, its own interface; that is what is aimed at), with uvloop, which Galley installs with it, and by WSGI. Galley,
besides, writes out what may be kept for how long, and looks whether anything was published since.
"""

ANEW_HEAD = """## Answers made anew

What the first reader of an edition gets. Each request of this table shows a cookie, which nobody looks at but whoever
keeps answers, so that nothing kept can answer it. Nothing is packed here, on either side; gzip takes what it says
below. Where a page far down begins Galley remembers as long as nothing changes for readers, so the deep page is that of
the second who asks: the first waits until the database has passed over all that stands before it. Plain DRF is
`bench/yardstick/`: the same data and the same JSON, written as a competent Django developer writes it in an afternoon,
with its joins and prefetches and the index that serves it best. A bare Django view that returns the newest 20 from
memory, without middleware, makes {django:,.0f} a second and takes {django_cpu:.3f} ms of processor time.
"""

PEERS_HEAD = """## Beside others

Installed from where everybody gets them, in production mode, with the same stories in the same order, which is looked
at before anything is measured. Each has one core for all that it is made of, its database too, and is asked for what a
card shows, as leanly as its API lets a developer ask: no related stories, which Galley's answers have, and no counting
where that can be left out (not in Wagtail, nor in WordPress).
What was chosen for each, and why, stands at the head of its module in `bench/peers/`.
"""

PEERS_ANEW = "Answers a second, made anew:"

PEERS_NONE = "## Beside others\n\nNone of them could be measured."
PEERS_CPU = "Processor time of an answer made anew, in milliseconds, that of every process counted:"
PEERS_KEPT = "Answers a second that are kept, of those that come with a cache of answers:"

SIZES_HEAD = """## Small and large archives

The same stories at the head of each archive, so that what differs is the archive's doing. Processor time of an
answer, in milliseconds; each larger archive is served beside the smallest, which takes its turns again ("times"). The
smallest archive comes through Galley's own import; larger ones are grown from it by `bench/growing.py`.
"""

PROFILE_HEAD = """## Where the time goes

One answer made anew and packed, inside one process, without a server around it. The processor time is measured
without a profiler; the shares are those of a profiler, which makes small functions look larger than they are. What is
built into Python counts for whoever called it.
"""

AGAIN = """## Run it again

```sh
make bench                                                  # 10,000 articles, about {minutes:.0f} minutes
make bench BENCH="--sizes 10000,200000,2000000"             # 40 minutes more, and 60 GB of disk while it runs
make bench BENCH="--database postgres://user:password@host/name"
make bench-peers                                            # with other systems, installed for it, on the same data
```

This page is of `python -m bench {arguments}`. `--folder` keeps the archives for another run, `--seconds` and `--runs`
say how long each case is asked, `--page` where to write. Stop whatever else the machine does before: figures of a busy
machine say nothing.
"""


def write(measured: Measured, file: Path) -> None:
    images = file.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    smallest = measured.smallest
    django = smallest.runs["bare Django"][anew("newest 20")]
    head = HEAD.format(connections=CONNECTIONS, runs=measured.runs, seconds=measured.seconds)
    parts = [
        head,
        machine(measured),
        verdict(measured),
        KEPT_HEAD,
        table_of_kept(smallest),
        plot_of_kept(smallest, images),
        ANEW_HEAD.format(django=django.per_second, django_cpu=django.cpu),
        table_of_anew(smallest),
        plot_of_anew(smallest, images),
        *peers(smallest, images),
        *(([SIZES_HEAD, table_of_sizes(measured), plot_of_sizes(measured, images)]) if len(measured.sizes) > 1 else []),
        "## At the desk, and in memory",
        table_of_acts(measured),
        PROFILE_HEAD,
        *(profile(found) for found in smallest.profiles),
        AGAIN.format(minutes=minutes(measured), arguments=measured.arguments),
    ]
    file.write_text("\n\n".join(part.strip() for part in parts) + "\n")


def write_readme(measured: Measured, file: Path) -> None:
    """Four figures of the page, in the place of those that stand there."""
    smallest, here = measured.smallest, measured.machine
    rows = [
        [f"kept: {case}", f"{smallest.runs['Galley'][case].per_second:,.0f} a second"]
        for case in KEPT
        if case in IN_README
    ]
    for case in ANEW:
        ours, theirs = smallest.runs["Galley"][anew(case)], smallest.runs["plain DRF"].get(anew(case))
        if case in IN_README and theirs:
            cost = f"{ours.cpu:.2f} ms of processor time; plain Django REST framework: {theirs.cpu:.2f}"
            rows.append([f"made anew: {case}", cost])
    busy = (
        " **The machine had other work: these are worth little, and the next run is to replace them.**"
        if here.is_busy
        else ""
    )
    figures = f"{here.at:%d %B %Y}, {here.processor}, {here.cores} cores.{busy}\n\n{table(['what', 'Galley'], rows)}"
    before = re.compile(r"^\d\d? \w+ \d{4}, [^\n]+\n\n\| what \| Galley \|\n.*?(?=\n\n)", re.M | re.S)
    file.write_text(before.sub(lambda _found: figures, file.read_text()))


def machine(measured: Measured) -> str:
    here = measured.machine
    database = "PostgreSQL" if measured.is_postgresql else "SQLite"
    facts = [
        f"{here.at:%d %B %Y}: {here.processor}, {here.cores} cores; {here.system}; {here.versions}; {database}.",
        f"{next(iter(measured.sizes)):,} articles where nothing else is said.",
    ]
    if here.others:
        used = ", ".join(f"{processors:.2f}" for processors in here.others)
        facts.append(f"While the run did nothing, at its beginning and after each size, others used {used} processors.")
    if here.is_busy:
        facts.append("\n\n**THE MACHINE WAS BUSY: these figures are worth little. Run it again.**")
    if here.cores < 2:
        facts.append("\n\n**There was one core only: the load took from the server.**")
    return " ".join(facts)


def verdict(measured: Measured) -> str:
    """Each aim, and loudly what misses it."""
    lines = ["## What was aimed at", ""]
    for aim in aims.all_aims(measured):
        lines.append(f"- {aim.words}: " + (f"**MISSED** by {', '.join(aim.misses)}." if aim.misses else "reached."))
    return "\n".join(lines)


# Tables


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def table_of_kept(smallest: OfSize) -> str:
    head = ["", "bytes", "Galley, a second", "p50 ms", "p99 ms"]
    head += [word for floor in BARE for word in (floor, "Galley has")]
    rows = []
    for case in KEPT:
        run = smallest.runs["Galley"][case]
        row = [case, f"{smallest.sizes[case]:,}", rate(run), f"{run.p50:.2f}", f"{run.p99:.2f}"]
        for floor in BARE:
            share = aims.share_of(smallest, case, floor)
            is_missed = floor == "bare RSGI" and share < aims.wanted(case)
            row += [rate(smallest.runs[floor][case]), f"**{share:.0%}, MISSED**" if is_missed else f"{share:.0%}"]
        rows.append(row)
    return table(head, rows) + note_of_pace(smallest, KEPT)


def table_of_anew(smallest: OfSize) -> str:
    head = ["", "SQL", "Galley, a second", "p50 ms", "p99 ms", "CPU ms", "plain DRF", "CPU ms", "times"]
    rows = []
    for case in ANEW:
        run, theirs = smallest.runs["Galley"][anew(case)], smallest.runs["plain DRF"].get(anew(case))
        row = [case, str(smallest.sql[anew(case)]), rate(run), f"{run.p50:.2f}", f"{run.p99:.2f}", f"{run.cpu:.2f}"]
        if theirs:
            times = aims.share_of(smallest, anew(case), "plain DRF")
            is_missed = times < aims.TIMES_PLAIN_DRF
            row += [rate(theirs), f"{theirs.cpu:.2f}", f"**{times:.1f}, MISSED**" if is_missed else f"{times:.1f}"]
        rows.append(row + [""] * (len(head) - len(row)))
    return table(head, rows) + note_of_pace(smallest, [anew(case) for case in ANEW])


def rate(run: Run) -> str:
    return f"{run.per_second:,.0f}" + ("*" if run.is_held_up else "")


def note_of_pace(smallest: OfSize, cases: list[str]) -> str:
    runs = [run for by_case in smallest.runs.values() for case, run in by_case.items() if case in cases]
    if not any(run.is_held_up for run in runs):
        return ""
    pace = "the load set the pace, or others on the machine did, and processor time is what is compared"
    return f"\n\n\\* Less than {BUSY:.0%} of the core was the server's: {pace}."


def peers(smallest: OfSize, images: Path) -> list[str]:
    """Others, with the same data; nothing where none were asked for."""
    left_out = [f"- {name} was left out of this run: {reason}" for name, reason in smallest.left_out.items()]
    if not smallest.peers:
        (images / "performance-peers.svg").unlink(missing_ok=True)
        return [PEERS_NONE, "\n".join(left_out)] if left_out else []
    made_anew = [anew(case) for case in ANEW]
    bytes_of_list = f"Galley's newest 20 are {smallest.sizes[anew('newest 20')]:,} bytes."
    abouts = [f"- {name} {about}." for name, about in smallest.peers.items()]
    has_kept = any(set(KEPT) & set(smallest.runs[name]) for name in smallest.peers)
    return [
        PEERS_HEAD,
        "\n".join([*abouts, *left_out]) + f"\n\n{bytes_of_list}",
        PEERS_ANEW,
        table_of_peers(smallest, made_anew, rate) + note_of_pace(smallest, made_anew),
        PEERS_CPU,
        table_of_peers(smallest, made_anew, lambda run: f"{run.cpu:.2f}"),
        plot_of_peers(smallest, images),
        *([PEERS_KEPT, table_of_peers(smallest, KEPT, rate)] if has_kept else []),
    ]


def table_of_peers(smallest: OfSize, cases: list[str], figure: Callable[[Run], str]) -> str:
    """Those of the peers that were asked any of the cases, beside Galley."""
    runs = {name: smallest.runs[name] for name in smallest.peers if set(cases) & set(smallest.runs[name])}
    columns = {"Galley": smallest.runs["Galley"], **runs}
    asked = [case for case in cases if any(case in by_case for by_case in runs.values())]
    rows = [
        [case.removeprefix(anew("")), *(figure(runs[case]) if case in runs else "" for runs in columns.values())]
        for case in asked
    ]
    return table(["", *columns], rows)


def table_of_sizes(measured: Measured) -> str:
    first, *larger = measured.sizes
    head = ["", f"{first:,}", *(words for size in larger for words in (f"{size:,}", "times"))]
    rows = []
    for case in [*KEPT, *map(anew, ANEW)]:
        row = [case, f"{aims.cost(measured.smallest.runs['Galley'][case]):.3f}"]
        for size in larger:
            times = aims.grown(measured, case, size)
            cost = aims.cost(measured.sizes[size].runs["Galley"][case])
            row += [f"{cost:.3f}", f"**{times:.2f}, MISSED**" if times > aims.GROWTH else f"{times:.2f}"]
        rows.append(row)
    return table(head, rows)


def table_of_acts(measured: Measured) -> str:
    head = [
        "articles",
        "made in",
        "publish one story",
        "CPU",
        "slowest of 20",
        "rename a byline",
        "of",
        "one process",
    ]
    rows = []
    for size, of_size in measured.sizes.items():
        acts = of_size.acts
        times = [median(acts["publish_ms"]), median(acts["publish_cpu_ms"]), max(acts["publish_ms"])]
        row = [f"{size:,}", made_in(of_size), *(f"{milliseconds:.1f} ms" for milliseconds in times)]
        renaming = [f"{acts['rename_seconds']:.2f} s", f"{acts['uses']:,} stories"]
        rows.append([*row, *renaming, f"{of_size.megabytes:,.0f} MB"])
    return table(head, rows)


def made_in(of_size: OfSize) -> str:
    filled = of_size.filled
    if "seconds" in filled:
        return f"{filled['seconds'] / 60:.1f} minutes, by SQL"
    return f"import, {filled['imported a second']:,.0f} a second, {filled['MB']:,.0f} MB"


def profile(found: dict) -> str:
    rows = [[area, f"{share:.0%}", f"{share * found['ms']:.2f}"] for area, share in found["shares"] if share >= 0.01]
    words = f"`{found['path']}`: {found['ms']:.2f} ms."
    functions = [[f"`{name}`", f"{share:.1%}"] for name, share in found["functions"]]
    where = table(["whose code", "share", "ms"], rows)
    return f"{words}\n\n{where}\n\n{table(['function, without what it calls', 'share'], functions)}"


def minutes(measured: Measured) -> float:
    """What the smallest archive takes to be made and measured, with the usual options."""
    runs = sum(len(by_case) for by_case in measured.smallest.runs.values())
    return (runs * USUAL_RUNS * (USUAL_SECONDS + 1) + FILLING) / 60


# Plots


def plot_of_kept(smallest: OfSize, images: Path) -> str:
    servers = ["Galley", *BARE]
    groups = {case: {server: smallest.runs[server][case].per_second for server in servers} for case in KEPT}
    return plotted(images, "kept", "Kept answers a second, on one core", groups, "")


def plot_of_anew(smallest: OfSize, images: Path) -> str:
    groups = bars_of(smallest, ["Galley", "plain DRF"], ANEW)
    return plotted(images, "anew", "Answers made anew, a second, on one core", groups, "")


def plot_of_peers(smallest: OfSize, images: Path) -> str:
    cases = [case for case in ANEW if any(anew(case) in smallest.runs[name] for name in smallest.peers)]
    groups = bars_of(smallest, ["Galley", *smallest.peers], cases)
    return plotted(images, "peers", "Answers made anew, a second, on one core", groups, "")


def bars_of(smallest: OfSize, servers: list[str], cases: list[str]) -> dict[str, dict[str, float]]:
    """Answers made anew, a second, by case and server."""
    runs = {server: smallest.runs[server] for server in servers}
    return {
        case: {server: by_case[anew(case)].per_second for server, by_case in runs.items() if anew(case) in by_case}
        for case in cases
    }


def plot_of_sizes(measured: Measured, images: Path) -> str:
    groups = {
        case: {
            f"{size:,} articles": aims.cost(of_size.runs["Galley"][anew(case)])
            for size, of_size in measured.sizes.items()
        }
        for case in ANEW
    }
    return plotted(images, "sizes", "Processor time of an answer made anew", groups, "ms")


def plotted(images: Path, name: str, title: str, groups: dict[str, dict[str, float]], unit: str) -> str:
    plots.bars(images / f"performance-{name}.svg", title, groups, unit)
    return f"![{title}](images/performance-{name}.svg)"

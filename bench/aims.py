"""What Galley wants to reach, and which figures of a run miss it."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from bench.cases import ANEW, FIELDS, KEPT, LISTS, STORY, anew
from bench.measured import SMALLEST, Measured, OfSize
from bench.servers import Run

OF_BARE, OF_BARE_304 = 0.6, 0.8
TIMES_PLAIN_DRF = 10
LIST_MS, STORY_MS, DJANGO_MS = 1.2, 0.8, 0.06  # on a machine where a bare Django view takes the last
STATEMENTS = 3
GROWTH = 1.3
MEGABYTES = 200
PUBLISH_MS = 30
RENAME_SECONDS = 1.0
GROWN_MINUTES = 20
WHOLE = "newest 100"  # what FIELDS chooses from


@dataclass
class Aim:
    """In words; with what misses it, which is nothing where it is reached."""

    words: str
    misses: list[str]


def all_aims(measured: Measured) -> Iterator[Aim]:
    smallest = measured.smallest
    yield kept_beside_bare(smallest)
    yield times_plain_drf(smallest)
    yield processor_time(smallest)
    yield fields(smallest)
    yield statements(measured)
    if len(measured.sizes) > 1:
        yield growth(measured)
    yield memory(measured)
    yield from acts(measured)


def kept_beside_bare(smallest: OfSize) -> Aim:
    shares = {case: share_of(smallest, case, "bare RSGI") for case in KEPT}
    misses = [f"{case} {share:.0%}" for case, share in shares.items() if share < wanted(case)]
    alike = ", ".join(f"{case} {share_of(smallest, case, 'bare RSGI, uvloop'):.0%}" for case in KEPT)
    bare = f"at least {OF_BARE:.0%} of a bare server with the same bytes; 304s {OF_BARE_304:.0%}"
    words = f"Kept answers: {bare} (as granian comes, on Python's own loop; of one on uvloop, as Galley is: {alike})"
    return Aim(words, misses)


def wanted(case: str) -> float:
    return OF_BARE_304 if case.startswith("conditional") else OF_BARE


def share_of(of_size: OfSize, case: str, floor: str) -> float:
    """How many answers Galley gives for each of another's; by what they cost, where either was held up."""
    ours, theirs = of_size.runs["Galley"][case], of_size.runs[floor][case]
    if (ours.is_held_up or theirs.is_held_up) and ours.cpu and theirs.cpu:
        return theirs.cpu / ours.cpu
    return ours.per_second / theirs.per_second


def times_plain_drf(smallest: OfSize) -> Aim:
    cases = [case for case in map(anew, ANEW) if case in smallest.runs["plain DRF"]]
    times = {case: share_of(smallest, case, "plain DRF") for case in cases}
    misses = [f"{case} {ratio:.1f}" for case, ratio in times.items() if ratio < TIMES_PLAIN_DRF]
    return Aim(f"Answers made anew: at least {TIMES_PLAIN_DRF} times as many a second as plain DRF", misses)


def processor_time(smallest: OfSize) -> Aim:
    django = smallest.runs["bare Django"][anew("newest 20")].cpu
    slower = django / DJANGO_MS if django else 1
    most = dict.fromkeys(LISTS[:2], LIST_MS * slower) | {STORY: STORY_MS * slower}
    took = {case: smallest.runs["Galley"][anew(case)].cpu for case in most}
    misses = [f"{case} {milliseconds:.2f} ms" for case, milliseconds in took.items() if milliseconds > most[case]]
    figures = f"{LIST_MS * slower:.2f} ms of processor time, a story at most {STORY_MS * slower:.2f} ms"
    where = f"here, where a bare Django view takes {django:.3f} ms" if django else "here"
    return Aim(f"Answers made anew: a list of 20 at most {figures} ({where})", misses)


def fields(smallest: OfSize) -> Aim:
    whole, chosen = (smallest.runs["Galley"][anew(case)].per_second for case in (WHOLE, FIELDS))
    misses = [f"{chosen:,.0f} a second beside {whole:,.0f}"] if chosen < whole else []
    return Aim(f"Choosing fields is no slower than all of them ({FIELDS})", misses)


def statements(measured: Measured) -> Aim:
    asked = {(size, case): sql for size, of_size in measured.sizes.items() for case, sql in of_size.sql.items()}
    misses = [f"{case} at {size:,}: {sql}" for (size, case), sql in asked.items() if sql > STATEMENTS]
    return Aim(f"At most {STATEMENTS} SQL statements an answer", misses)


def growth(measured: Measured) -> Aim:
    sizes = list(measured.sizes)
    misses = []
    for size in sizes[1:]:
        for case in [*KEPT, *map(anew, ANEW)]:
            times = grown(measured, case, size)
            if times > GROWTH:
                misses.append(f"{case} at {size:,}: {times:.2f}")
    return Aim(f"Each answer within {GROWTH} times of its cost with {sizes[0]:,} articles", misses)


def grown(measured: Measured, case: str, size: int) -> float:
    runs = measured.sizes[size].runs
    return cost(runs["Galley"][case]) / cost(runs[SMALLEST][case])


def cost(run: Run) -> float:
    """What an answer costs: the server's processor time where it can be told, else the time that it took."""
    return run.cpu or run.p50


def memory(measured: Measured) -> Aim:
    peaks = {size: of_size.megabytes for size, of_size in measured.sizes.items()}
    misses = [f"{peak:,.0f} MB at {size:,}" for size, peak in peaks.items() if peak > MEGABYTES]
    return Aim(f"A process of four threads, lists of 100 included: at most {MEGABYTES} MB", misses)


def acts(measured: Measured) -> Iterator[Aim]:
    publishing, renaming, growing = [], [], []
    for size, of_size in measured.sizes.items():
        took = median(of_size.acts["publish_ms"])
        seconds = rename_seconds(of_size)
        if took > PUBLISH_MS:
            publishing.append(f"{took:.0f} ms at {size:,}")
        if seconds > RENAME_SECONDS:
            renaming.append(f"{seconds:.2f} s at {size:,}")
        if of_size.filled.get("seconds", 0) > 60 * GROWN_MINUTES:
            growing.append(f"{of_size.filled['seconds'] / 60:.0f} minutes for {size:,}")
    yield Aim(f"Publishing one story: under {PUBLISH_MS} ms at any size", publishing)
    yield Aim("Renaming a byline of 50,000 stories: under a second", renaming)
    if len(measured.sizes) > 1:
        yield Aim(f"The largest archive made in under {GROWN_MINUTES} minutes", growing)


def rename_seconds(of_size: OfSize) -> float:
    """For 50,000 stories at most; where the byline stands in more, what so many of them took."""
    return of_size.acts["rename_seconds"] * min(1.0, 50_000 / of_size.acts["uses"])

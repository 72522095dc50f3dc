"""What the benchmark prints."""

from bench.servers import Project

TIMES_FASTER = 8
GROWTH_ALLOWED = 0.15


def print_table(galley: Project, yardstick: Project, looks: dict, cases: list[str]) -> None:
    one = f"{'req/s':>7} {'p50 ms':>7} {'p99 ms':>7} {'CPU ms':>7} {'SQL':>3} {'bytes':>8}"
    print(f"\n{'':18} | {galley.name:^44} | {yardstick.name:^44} | {galley.name} is")
    print(f"{'':18} | {one} | {one} | {'x req/s':>7} {'x CPU':>6}")
    for case in cases:
        ours, theirs = galley.median(case), yardstick.median(case)
        sides = []
        for project, run in ((galley, ours), (yardstick, theirs)):
            look = looks[project.name][case]
            cpu = f"{run.cpu:7.2f}" if run.cpu else f"{'-':>7}"
            sides.append(
                f"{run.per_second:7.0f} {run.p50:7.2f} {run.p99:7.2f} {cpu} {look['sql']:3} {look['bytes']:8,}"
            )
        ratio = by_cpu(galley, yardstick, case)
        shown = f"{ratio:6.1f}" if ratio else f"{'-':>6}"
        print(f"{case:18} | {' | '.join(sides)} | {by_rate(galley, yardstick, case):7.1f} {shown}")


def by_rate(galley: Project, yardstick: Project, case: str) -> float:
    return galley.median(case).per_second / yardstick.median(case).per_second


def by_cpu(galley: Project, yardstick: Project, case: str) -> float | None:
    ours, theirs = galley.median(case).cpu, yardstick.median(case).cpu
    return theirs / ours if ours and theirs else None


def cost(project: Project, case: str) -> float:
    """What an answer costs: the server's processor time where it can be told, else the time that it took."""
    run = project.median(case)
    return run.cpu or run.p50


def print_growth(before: Project, after: Project, small: int, large: int, cases: list[str]) -> None:
    print(f"\nGalley's cost of an answer, from {small:,} to {large:,} articles")
    for case in cases:
        first, last = before.median(case), after.median(case)
        grown = 100 * (cost(after, case) / cost(before, case) - 1)
        print(
            f"{case:18} | CPU {first.cpu or 0:6.2f} -> {last.cpu or 0:6.2f} ms ({grown:+4.0f} %) | "
            f"p50 {first.p50:6.2f} -> {last.p50:6.2f} ms ({100 * (last.p50 / first.p50 - 1):+4.0f} %)"
        )


def print_verdict(seen: dict[int, tuple[Project, Project]], cases: list[str], lists: list[str]) -> None:
    print()
    for size, (galley, yardstick) in seen.items():
        ratios = {case: by_cpu(galley, yardstick, case) or by_rate(galley, yardstick, case) for case in lists}
        missed = [f"{case} {ratio:.1f}x" for case, ratio in ratios.items() if ratio < TIMES_FASTER]
        say(f"at least {TIMES_FASTER}x on lists, {size:,} articles", missed)
    sizes = list(seen)
    if len(sizes) > 1:
        before, after = seen[sizes[0]][0], seen[sizes[-1]][0]
        grown = {case: cost(after, case) / cost(before, case) - 1 for case in cases}
        missed = [f"{case} {growth:+.0%}" for case, growth in grown.items() if growth > GROWTH_ALLOWED]
        say(f"same cost at {sizes[-1]:,} (within {GROWTH_ALLOWED:.0%})", missed)


def say(aim: str, missed: list[str]) -> None:
    print(f"!! MISSED: {aim}: no ({', '.join(missed)})" if missed else f"{aim}: yes")

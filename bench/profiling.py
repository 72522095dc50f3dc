"""Where the time of an answer goes that is not kept: `python -m bench.profiling` in Galley's environment.

It reads a list of paths as JSON and answers, for each, the milliseconds of processor time of a request and which share
of them was spent in whose code. What is built into Python counts for whoever called it, databases for
themselves.
"""

import cProfile
import json
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from bench.inside import HOST

REQUESTS = 300
DEAREST = 12  # functions that are named
AREAS = {
    "/cms/": "Galley: cms/",
    "/media/": "Galley: media/",
    "/newsroom/": "Galley: newsroom/",
    "/django/": "Django",
    "/rest_framework/": "Django REST framework",
    "/django_filters/": "django-filter",
    "/psycopg/": "the database",
}
BUILT_IN_AREAS = {"sqlite3": "the database", "psycopg": "the database", "zlib": "gzip", "gzip": "gzip"}
Function = tuple[str, int, str]


def main() -> None:
    from cms.wsgi import application

    json.dump([profile(application, path) for path in json.load(sys.stdin)], sys.stdout)


def profile(application: Callable, path: str) -> dict[str, Any]:
    asked = lambda: ask(application, path)  # noqa: E731 - it is handed on twice
    repeat(asked, 20)
    begun = time.process_time()
    repeat(asked, REQUESTS)
    milliseconds = 1000 * (time.process_time() - begun) / REQUESTS
    profiler = cProfile.Profile()
    profiler.runcall(repeat, asked, REQUESTS)
    functions = pstats.Stats(profiler).stats  # type: ignore[attr-defined]  # the stubs lack it
    areas = by_area(functions)
    own = Counter({name_of(function): seconds for function, (_, _, seconds, _, _) in functions.items()})
    whole = sum(areas.values())
    return {
        "path": path,
        "ms": milliseconds,
        "shares": [(area, seconds / whole) for area, seconds in areas.most_common()],
        "functions": [(name, seconds / whole) for name, seconds in own.most_common(DEAREST)],
    }


def repeat(act: Callable[[], object], times: int) -> None:
    for _ in range(times):
        act()


def ask(application: Callable, path: str) -> None:
    from cms.api.cache import made_from

    target, _, query = path.partition("?")
    environ: dict[str, Any] = {"REQUEST_METHOD": "GET", "PATH_INFO": target, "QUERY_STRING": query, "HTTP_HOST": HOST}
    setup_testing_defaults(environ)
    response = application(environ, lambda status, headers: None)
    made_from(response)  # packed and made ready, as the server's thread does it
    response.close()


def by_area(functions: dict[Function, tuple]) -> Counter[str]:
    """Seconds, by whose code they were spent in."""
    areas: Counter[str] = Counter()
    for function, (_, _, own, _, callers) in functions.items():
        known = area_of(function)
        if known:
            areas[known] += own
            continue
        for caller, (_, _, seconds, _) in callers.items():
            areas[area_of(caller) or "Python's own library"] += seconds
    return areas


def name_of(function: Function) -> str:
    """As a reader of the code finds it."""
    file, _, name = function
    name = name.partition(" at 0x")[0]
    return name if file.startswith("~") else f"{'/'.join(Path(file).parts[-2:])} {name}"


def area_of(function: Function) -> str | None:
    """Whose it is; none where its callers are to be asked."""
    file, _, name = function
    if file.startswith("~"):
        return next((area for word, area in BUILT_IN_AREAS.items() if word in name), None)
    if "site-packages" in file:
        file = file.rpartition("site-packages")[2]
        return next((area for part, area in AREAS.items() if file.startswith(part)), "other libraries")
    return next((area for part, area in AREAS.items() if "Galley" in area and part in file), None)


if __name__ == "__main__":
    main()

"""What the desk does, measured inside a process of Galley: `python -m bench.acts` answers with JSON.

Twenty stories of all ages are withdrawn and published again, each with all that follows from it; that is undone by
the act itself. The byline used most nearly by 50,000 stories is renamed, and named again as it was.
"""

import json
import statistics
import sys
import time

import django

STORIES = 20
NEWEST_LEFT_ALONE = 1000  # what readers are asked for stays as it is
USES = 50_000


def main() -> None:
    django.setup()
    seconds, uses = rename()
    took = publish()
    milliseconds, of_processor = ([1000 * figure for figure in figures] for figures in zip(*took, strict=True))
    publishing = {"publish_ms": milliseconds, "publish_cpu_ms": of_processor}
    json.dump({**publishing, "rename_seconds": seconds, "uses": uses}, sys.stdout)


def publish() -> list[tuple[float, float]]:
    """Seconds for each of the stories, and how many of them were processor time."""
    from cms.publishing import press
    from cms.publishing.models import Publication
    from newsroom.models import Article

    took = []
    live = Publication.objects.filter(kind="article", place__isnull=False).order_by("-published_at")
    stories = live.count()
    newest = min(NEWEST_LEFT_ALONE, stories - STORIES)
    for number in (0, *range(STORIES)):
        publication = live[newest + (stories - newest) * number // STORIES]
        article = Article.objects.get(pk=publication.key)
        press.withdraw(article)
        begun, used = time.perf_counter(), time.process_time()
        press.publish(article, published_at=publication.published_at)
        took.append((time.perf_counter() - begun, time.process_time() - used))
    return took[1:]  # the first one of a process has its code loaded


def rename() -> tuple[float, int]:
    """Seconds, and in how many stories the byline stands."""
    from django.db.models import Count

    from cms.publishing.models import Reference
    from newsroom.models import Byline

    counted = Reference.objects.filter(kind="byline", is_direct=True).values_list("key").annotate(Count("id"))
    key, uses = min(counted, key=lambda row: abs(row[1] - USES))
    byline = Byline.objects.get(pk=key)
    name, took = byline.name, []
    for new in (f"{name} Renamed", name):
        byline.name = new
        begun = time.perf_counter()
        byline.save()
        took.append(time.perf_counter() - begun)
    return statistics.mean(took), uses


if __name__ == "__main__":
    main()

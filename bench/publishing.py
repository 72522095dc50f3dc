"""Publishes now and then, inside a process of Galley: `python -m bench.publishing` answers when each was done."""

import json
import sys
import time

import django


def main() -> None:
    django.setup()
    from cms.publishing import press
    from cms.publishing.models import Publication
    from newsroom.models import Article

    job = json.load(sys.stdin)
    done = []
    article = Article.objects.get(pk=Publication.objects.filter(kind="article", place__isnull=False)[0].key)
    for number in range(job["times"]):
        time.sleep(job["pause"])
        article.headline = f"Number {number} of {time.time():.0f}"
        article.save()
        press.save(article)
        edition = press.publish(article).edition
        done.append((edition, time.time()))
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()

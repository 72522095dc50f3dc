"""A believable archive as NDJSON, the same for the same size every time.

Article 0 is the newest. What an article is depends on its number, not on how many there are (only the rare topic's
mentions are spread over all), so that the pages asked for show the same stories in an archive of 10,000 and of
200,000, and a difference in cost is the archive's.
"""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

SEED = 1605
NEWEST = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)
APART = timedelta(minutes=7)
NAMES = uuid.UUID("5b6f1c0a-3a67-5d51-8a0e-0c1f6f2f1605")

SECTIONS, TOPICS, BYLINES, PHOTOS = 30, 2000, 300, 36
BYLINE_WEIGHTS = list(accumulate(1 / (rank + 0.75) for rank in range(BYLINES)))  # an agency signs one story in four
MENTIONS_OF_RARE = 120  # over the whole archive, every other one in RARE_SECTION
RARE_TOPIC = f"topic-{TOPICS - 1}"
RARE_SECTION = f"section-{SECTIONS - 1}"

WORDS = """
council harbour minister budget railway storm school hospital vote inquiry bridge market river power station union
strike court judge border talks treaty election poll leader party coalition grain port ferry tram housing rent
mayor police fire flood drought heat winter snow coast island village city capital bank rate inflation wage factory
export tariff energy gas wind solar nuclear coal mine forest farm wheat price fuel tax pension research vaccine
clinic nurse doctor patient study university student teacher exam film theatre novel festival museum orchestra match
league final coach striker goal season record stadium athlete medal race skier rower referee crowd ticket
""".split()  # noqa: SIM905 - a hundred words read better without quotes
VERBS = ["backs", "rejects", "delays", "approves", "questions", "defends", "reopens", "halves", "doubles", "scraps"]
JOINTS = ["after", "as", "despite", "ahead of", "because of", "in spite of", "while discussing", "on the day of"]
GENRES = ["news"] * 16 + ["analysis", "opinion", "interview", "explainer"]
FIRST_SERIES = 1000  # of the topics: what a story in a hundred is about is no series
TYPES = ["keyword", "person", "organisation", "place", "event", "series"]


def key(kind: str, number: int) -> str:
    return str(uuid.uuid5(NAMES, f"{kind}-{number}"))


def write(folder: Path, articles: int) -> None:
    """Two files, so that the import of each can be timed: what the articles share, and the articles."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    random = Random(SEED)
    sentences = [sentence(random) for _ in range(3000)]
    write_lines(folder / "shared.ndjson", shared(random, sentences, folder / "photos"))
    topic_weights = list(accumulate(1 / (rank + 3) for rank in range(TOPICS - 1)))
    section_weights = list(accumulate(1 / (rank + 2) for rank in range(SECTIONS)))
    oldest_first = reversed(range(articles))
    made = (article(number, articles, sentences, topic_weights, section_weights) for number in oldest_first)
    write_lines(folder / "articles.ndjson", made)


def write_lines(path: Path, lines: Iterable[dict]) -> None:
    with path.open("w") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def shared(random: Random, sentences: list[str], photos: Path) -> Iterator[dict]:
    for number in range(SECTIONS):
        parent = f"section-{(number - 5) // 5}" if number >= 5 else None
        yield {
            "kind": "section",
            "slug": f"section-{number}",
            "name": f"{WORDS[number].title()} {number}",
            "description": sentences[number],
            "parent": parent,
            "position": number,
        }
    for number in range(TOPICS):
        name = f"{random.choice(WORDS).title()} {random.choice(WORDS)} {number}"
        type_ = random.choice(TYPES)
        type_ = "event" if type_ == "series" and number < FIRST_SERIES else type_
        yield {"kind": "topic", "slug": f"topic-{number}", "name": name, "type": type_}
    for number in range(BYLINES):
        name = f"{random.choice(WORDS).title()} {random.choice(WORDS).title()}son"
        yield {"kind": "byline", "slug": f"byline-{number}", "name": name, "type": "staff", "job_title": "Reporter"}
    for number in range(PHOTOS):
        draw(photos / f"{number}.jpg", number)
        yield {
            "kind": "photo",
            "id": key("photo", number),
            "file": f"photos/{number}.jpg",
            "alt_text": sentences[100 + number],
            "caption": sentences[200 + number],
            "credit_line": f"N. {WORDS[number].title()}/Agency",
            "creator": f"N. {WORDS[number].title()}",
            "source": "Agency",
        }


def article(number: int, articles: int, sentences: list[str], topics: list[float], sections: list[float]) -> dict:
    random = Random(f"{SEED} {number}")
    section = f"section-{random.choices(range(SECTIONS), cum_weights=sections)[0]}"
    mentioned = random.choices(range(TOPICS - 1), cum_weights=topics, k=random.randint(3, 5))
    slugs = [f"topic-{topic}" for topic in dict.fromkeys(mentioned)]
    every = max(1, articles // MENTIONS_OF_RARE)
    if number % every == every // 2:
        slugs[-1] = RARE_TOPIC
        section = RARE_SECTION if number // every % 2 else section
    subject, other = random.choice(WORDS), random.choice(WORDS)
    headline = f"{subject} {random.choice(WORDS)} {random.choice(VERBS)} {other} {random.choice(WORDS)}".capitalize()
    photo = {"photo": key("photo", random.randrange(PHOTOS)), "caption": ""}
    if random.random() < 0.5:
        photo["caption"] = random.choice(sentences)
    related = {number + random.randint(1, 500) for _ in range(random.choice([0, 0, 1, 2]))}
    return {
        "kind": "article",
        "id": key("article", number),
        "slug": slug_of(number),
        "headline": f"{headline} {random.choice(JOINTS)} {random.choice(WORDS)} {random.choice(WORDS)}",
        "kicker": random.choice(WORDS).capitalize(),
        "standfirst": random.choice(sentences),
        "genre": random.choice(GENRES),
        "language": "en",
        "section": section,
        "topics": slugs,
        "bylines": [{"byline": f"byline-{byline}", "role": "writer"} for byline in writers(random)],
        "lead_photo": photo if random.random() < 0.9 else None,
        "body": [
            {"type": "paragraph", "html": " ".join(random.choices(sentences, k=3))}
            for _ in range(random.randint(8, 12))
        ],
        "related": [slug_of(near) for near in sorted(related) if near < articles],
        "breaking": random.random() < 0.01,
        "status": "published",
        "published_at": (NEWEST - number * APART).isoformat(),
    }


def writers(random: Random) -> list[int]:
    """One or two."""
    return list(dict.fromkeys(random.choices(range(BYLINES), cum_weights=BYLINE_WEIGHTS, k=random.choice([1, 1, 2]))))


def slug_of(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}-{WORDS[number // len(WORDS) % len(WORDS)]}-{number}"


def sentence(random: Random) -> str:
    words = random.choices(WORDS, k=random.randint(7, 14))
    middle = " ".join(f"the {word}" if place % 3 == 0 else word for place, word in enumerate(words[1:]))
    return (
        f"{words[0].capitalize()} {random.choice(VERBS)} {middle} {random.choice(JOINTS)} the {random.choice(WORDS)}."
    )


def draw(path: Path, number: int) -> None:
    """A picture unlike the others, small enough to be made quickly."""
    random = Random(number)
    picture = Image.new("RGB", (1600, 1067), tuple(random.choices(range(256), k=3)))
    pen = ImageDraw.Draw(picture)
    for _ in range(30):
        left, top = random.randrange(1400), random.randrange(900)
        box = (left, top, left + random.randrange(50, 400), top + random.randrange(50, 400))
        pen.ellipse(box, fill=tuple(random.choices(range(256), k=3)))
    picture.save(path, "JPEG", quality=85)

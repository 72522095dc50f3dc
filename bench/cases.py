"""What is asked, of whom, by the names that the report uses."""

import http.client
import pickle
from pathlib import Path

from bench import archive
from bench.inside import HOST
from bench.servers import Project, Question, Server

ARTICLES = "/api/v1/articles/"
STORIES = 100
LEAF_SECTION = "section-5"  # one without others below it, since the yardstick knows of none
NUMBERED_PAGE = 400
PACKED = {"Accept-Encoding": "gzip"}
ASKED_ANEW = {"Cookie": "reader={n}"}  # whoever shows one is given nothing that is kept; the answer is the same
LABELS_OF_THE_SERVER = {"date", "server", "connection"}

KEPT = [
    "newest 20",
    "newest 20, gzip",
    "newest 20 of a section",
    "story by slug",
    "deep page",
    "newest 100",
    "conditional, 304",
]
LISTS = ["newest 20", "newest 20 of a section", "section and rare topic", "deep page", "newest 100"]
STORY = "story by slug"
FIELDS = "newest 100, three fields"
CURSOR = "deep page by cursor"
SEARCHES = {
    "search for a word": "council",
    "search for two words": "council+harbour",
    "search for a beginning": "harb*",
}
ANEW = [*LISTS, FIELDS, CURSOR, *SEARCHES, STORY]


def anew(case: str) -> str:
    """The name of a case whose answer is made for each who asks."""
    return f"anew: {case}"


def shared_questions(size: int) -> dict[str, Question]:
    """What Galley and the yardstick are asked alike."""
    page = min(NUMBERED_PAGE, size // 20 * 4 // 5)
    rare = f"section={archive.RARE_SECTION}&topic={archive.RARE_TOPIC}"
    stories = [f"{ARTICLES}{archive.slug_of(number)}/" for number in range(0, 10 * STORIES, 10)]
    return {
        "newest 20": Question([ARTICLES]),
        "newest 20 of a section": Question([f"{ARTICLES}?section={LEAF_SECTION}"]),
        "section and rare topic": Question([f"{ARTICLES}?{rare}"]),
        "deep page": Question([f"{ARTICLES}?page={page}"]),
        "newest 100": Question([f"{ARTICLES}?page_size=100"]),
        STORY: Question(stories),
    }


def galley_questions(galley: Project, size: int) -> dict[str, Question]:
    asked = shared_questions(size)
    deep = asked["deep page"].paths[0]
    pages = int(deep.rpartition("=")[2]) - 1
    newest, cursor = galley.tell("bench.inside", [(ARTICLES, {}), ({"from": ARTICLES, "pages": pages}, {})])
    asked |= {
        FIELDS: Question([f"{ARTICLES}?page_size=100&fields=slug,headline,topics"]),
        CURSOR: Question([cursor["path"]]),
        **{case: Question([f"{ARTICLES}?search={text}"]) for case, text in SEARCHES.items()},
        "newest 20, gzip": Question([ARTICLES], PACKED),
        "conditional, 304": Question([ARTICLES], {"If-None-Match": newest["etag"]}, 304),
    }
    made_anew = {anew(case): Question(asked[case].paths, ASKED_ANEW) for case in ANEW}
    return {case: asked[case] for case in KEPT} | made_anew


def yardstick_questions(size: int) -> dict[str, Question]:
    return {anew(case): question for case, question in shared_questions(size).items()}


def take_answers(galley: Server, asked: dict[str, Question], file: Path) -> dict[str, Question]:
    """Write what Galley keeps into a file, as bytes for the floors; what to ask them for it."""
    answers, questions = {}, {}
    connection = http.client.HTTPConnection("127.0.0.1", galley.port)
    for number, case in enumerate(KEPT):
        question = asked[case]
        paths = [f"/{number}-{place}" for place in range(len(question.paths))]
        for path, place in zip(question.paths, paths, strict=True):
            connection.request("GET", path, headers={"Host": HOST, "Accept": "application/json", **question.headers})
            response = connection.getresponse()
            headers = [(name, value) for name, value in response.getheaders() if name not in LABELS_OF_THE_SERVER]
            answers[place] = (response.status, headers, response.read())
        questions[case] = Question(paths, question.headers, question.status)
    connection.close()
    file.write_bytes(pickle.dumps(answers))
    return questions

"""Several processes on one database, and processes that are killed."""

import json

import pytest

from tests.serving import Child, usual

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(another_database, tmp_path, mother):
    """`run("kill")` has a process do something of processes.py on a database of its own."""

    def answer(act):
        environment, log = usual(another_database, tmp_path), tmp_path / "log"
        process = Child(mother.there(environment), environment, log, "tests.publishing.processes.main", act)
        assert process.wait(300) == 0, log.read_text()[-3000:]
        return json.loads(log.read_text().splitlines()[-1])

    return answer


def test_a_process_that_is_killed_has_published_wholly_or_not_at_all(run):
    result = run("kill")
    assert result["faults"] == []
    lost = []
    for act, slug, edition in result["acknowledged"]:
        known_edition, is_live, headline = result["states"].get(slug, [0, None, ""])
        is_kept = {
            "published": known_edition >= int(edition),
            "updated": headline == "Updated",
            "withdrawn": is_live is False,
        }[act]
        if not is_kept:
            lost.append((act, slug))
    assert lost == []
    assert len(result["acknowledged"]) >= 12


def test_an_import_that_is_killed_leaves_whole_items_and_is_resumed(run):
    """Between and within batches: afterwards all agrees, and the next one goes on from there."""
    result = run("import")
    assert result["exit"] == 0
    counts = [found["counts"] for found in result["stood"]]
    assert [set(found) for found in counts] == [{found[0]} for found in counts]
    assert [found["heads"] for found in result["stood"]] == [True] * 6
    assert [found["faults"] for found in result["stood"]] == [[]] * 6
    assert 0 < counts[0][0] < 200  # it was killed in its midst
    assert counts == sorted(counts)
    assert (counts[-1][0], result["stood"][-1]["related"]) == (200, 198)  # two would be their own


def test_processes_that_publish_at_once_get_editions_in_order_and_lose_nothing(run):
    result = run("publish")
    assert result["exits"] == [0, 0, 0]
    assert result["faults"] == []
    assert result["actions"] == {"published": 36}
    editions = [[int(edition) for _, _, edition in one] for one in result["acknowledged"]]
    assert editions == [sorted(one) for one in editions]
    assert len({edition for one in editions for edition in one}) == 36


def test_processes_that_turn_one_edition_have_one_effect(run):
    result = run("turn")
    assert result["editions"] == [["7"]] * 4
    assert result["actions"] == {"published": 5}
    assert result["faults"] == []


def test_readers_are_answered_while_the_database_is_locked(run):
    result = run("read")
    assert result["locked"] == {
        "statuses": [200, 200, 410],
        "feed": ["outer"],
        "related": [],
        "others": [200] * 7,
    }
    assert result["free"] == {
        "statuses": [200, 200, 410],
        "feed": ["due", "outer"],
        "related": [],
        "others": [200] * 7,
    }
    assert result["faults"] == []

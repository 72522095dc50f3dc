"""Scripts as browsers get them, each under a name with its hash."""

import re
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import FileSystemStorage

from cms.statics import HashedFiles

IMPORT = re.compile(r'(?m)^(?:import|export|\}) ?[^"\n]*"(\.{1,2}/[^"]+)"')


def own_scripts():
    """The scripts of our own apps, by the names that they are served under."""
    for finder in get_finders():
        for name, storage in finder.list([]):
            if name.endswith(".js") and name.split("/")[0] in {"access", "desk", "media", "newsroom", "publishing"}:
                yield name, storage


def test_scripts_import_each_other_by_names_that_are_served(tmp_path):
    served, given = HashedFiles(location=tmp_path, base_url="/static/"), FileSystemStorage(tmp_path)
    scripts = dict(own_scripts())
    for name, storage in scripts.items():
        with storage.open(name) as script:
            given.save(name, script)
    made = served.post_process({name: (given, name) for name in scripts})
    hashed = [new for _, new, _ in made if new and new.endswith(".js")]

    asked = {
        PurePosixPath(new).parent / address
        for new in hashed
        for address in IMPORT.findall((tmp_path / new).read_text())
    }
    missing = [address for address in asked if not (tmp_path / address).resolve().is_file()]
    unhashed = [address for address in asked if not re.search(r"\.[0-9a-f]{12}\.js$", address.name)]

    assert (len(asked) > 5, missing, unhashed) == (True, [], [])


NAMED_IN_PAGES = re.compile(r"""\{% (?:static "([^"{]+)"|get_static_prefix) %\}([\w./-]*)""")
NAMED_IN_CODE = re.compile(r'"((?:access|desk|media|newsroom|previews|publishing)/(?!static/)[\w./-]+\.(?:css|js))"')


def test_pages_ask_for_no_style_and_no_script_that_there_is_not():
    here = Path(settings.BASE_DIR)
    named = set()
    for room in ("cms", "media", "newsroom"):
        for page in (here / room).rglob("templates/**/*.html"):
            named |= {name or rest for name, rest in NAMED_IN_PAGES.findall(page.read_text())}
        for code in (here / room).rglob("*.py"):
            named |= set(NAMED_IN_CODE.findall(code.read_text()))

    assert "access/page.css" in named
    missing = sorted(name for name in named if finders.find(name) is None)
    assert missing == []

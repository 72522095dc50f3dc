"""Scripts as browsers get them, each under a name with its hash."""

import re
from pathlib import PurePosixPath

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

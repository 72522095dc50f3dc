"""WordPress, from Debian's packages: nginx, php-fpm with opcache, MariaDB; asked through its REST API.

- All of its processes, MariaDB's too, are on the one core, and all are counted. What MariaDB holds in memory by itself
  is enough for this archive. Nothing is installed or changed outside the benchmark's folder: what is missing is named.
- Four processes of PHP, which is what waits for MariaDB and what one core can use; opcache looks for no changed files,
  as it is set up for production. WordPress's own cron is off, which is advised then.
- A must-use plugin (`wordpress_site/newsroom.php`) adds bylines as a taxonomy, the kicker as a field of a post, and in
  one field what a card shows, out of what WordPress has fetched for a list at once. Asking with `_embed` instead makes
  it ask itself once more for each photo and for each kind of term of each post, which is dearer.
- A list is asked for these fields alone (`_fields`). Posts are counted for each list, which cannot be switched off.
- It comes with no cache of answers, and no store for its object cache.
- Rows come through its own functions (`wordpress_site/fill.php`).
"""

import getpass
import json
import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlencode

from bench import archive
from bench.cases import LEAF_SECTION, NUMBERED_PAGE, STORIES, STORY
from bench.filling import say
from bench.peers import Missing, Peer
from bench.peers.wordpress_site import serve
from bench.servers import Question, Server

DEBIAN = Path("/usr/share/wordpress")
NEEDED = {  # a program, and the package that has it
    "mariadbd": "mariadb-server-core",
    "mariadb": "mariadb-client-core",
    "mariadb-install-db": "mariadb-server-core",
    "php-fpm*": "php-fpm",
    "php": "php-cli",
    "nginx": "nginx",
}


def prepare(folder: Path, size: int) -> Peer:
    home = folder / "wordpress"
    demand_packages()
    if not (home / "ids.json").exists():
        say("Filling WordPress ...")
        shutil.rmtree(home, ignore_errors=True)
        make_site(home / "site")
        make_database(home)
        fill(home, folder)
    server = Server("WordPress", ["-m", "bench.peers.wordpress_site.serve", str(home)], {})
    return Peer(server, about(home), questions(json.loads((home / "ids.json").read_text()), size))


def demand_packages() -> None:
    missing = {package for name, package in NEEDED.items() if not serve.program(name)}
    missing |= {"wordpress"} if not DEBIAN.exists() else set()
    if not missing and "mysqli" not in said_by(serve.program("php"), "-m"):
        missing = {"php-mysql"}
    if missing:
        raise Missing(f"it needs Debian's packages (apt install --no-install-recommends {' '.join(sorted(missing))})")


def make_site(site: Path) -> None:
    """Debian's files, with a configuration of their own: that in /etc is the machine's."""
    shutil.copytree(DEBIAN, site, ignore_dangling_symlinks=True)
    (site / "wp-content" / "mu-plugins").mkdir(parents=True, exist_ok=True)
    (site / "wp-content" / "uploads").mkdir(exist_ok=True)
    shutil.copy(serve.SITE / "newsroom.php", site / "wp-content" / "mu-plugins")
    for name in ("wp-config.php", "install.php", "fill.php"):
        (site / name).unlink(missing_ok=True)
        shutil.copy(serve.SITE / name, site)


def make_database(home: Path) -> None:
    (home / "run").mkdir(mode=0o700)
    own = ["--no-defaults", f"--datadir={home / 'data'}", f"--user={getpass.getuser()}"]
    options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run([serve.program("mariadb-install-db"), *own, *options], check=True, stdout=subprocess.DEVNULL)


def fill(home: Path, folder: Path) -> None:
    with serve.database(home):
        client = [serve.program("mariadb"), "--no-defaults", f"--socket={os.environ['GALLEY_BENCH_DB']}", "--user=root"]
        statement = "CREATE DATABASE wordpress CHARACTER SET utf8mb4"
        subprocess.run([*client, "--execute", statement], check=True)
        for command in (["install.php"], ["fill.php", str(folder), str(home / "ids.json")]):
            subprocess.run([serve.program("php"), *command], cwd=home / "site", check=True)


def about(home: Path) -> str:
    words = (home / "site" / "wp-includes" / "version.php").read_text()
    version = words.partition("$wp_version = '")[2].partition("'")[0]
    php = said_by(serve.program("php"), "-r", "echo PHP_VERSION;")
    database = said_by(serve.program("mariadbd"), "--version").partition("Ver ")[2].partition("-")[0]
    nginx = subprocess.run([serve.program("nginx"), "-v"], capture_output=True, text=True).stderr.rpartition("/")[2]
    return f"{version}, PHP {php} under php-fpm, MariaDB {database}, nginx {nginx.strip()}"


def said_by(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def questions(ids: dict[str, int], size: int) -> dict[str, Question]:
    """The same facts as Galley is asked for, in the same order."""
    deep = min(NUMBERED_PAGE, size // 20 * 4 // 5)
    slugs = [archive.slug_of(number) for number in range(0, 10 * STORIES, 10)]
    rare = {"categories": ids[archive.RARE_SECTION], "tags": ids[archive.RARE_TOPIC]}
    return {
        "newest 20": Question([asking(per_page=20)]),
        "newest 20 of a section": Question([asking(per_page=20, categories=ids[LEAF_SECTION])]),
        "section and rare topic": Question([asking(per_page=20, **rare)]),
        "deep page": Question([asking(per_page=20, page=deep)]),
        "newest 100": Question([asking(per_page=100)]),
        STORY: Question([asking("slug,date_gmt,card,content", slug=slug) for slug in slugs]),
    }


def asking(fields: str = "slug,date_gmt,card", **parameters: object) -> str:
    return f"/wp-json/wp/v2/posts?{urlencode({'_fields': fields, **parameters}, safe=',')}"

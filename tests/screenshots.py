"""Pictures of the newspaper and the desk with the demo's stories, into docs/images/: `make screenshots`.

Of the newspaper each page wide and narrow, light and dark, as its first screen shows it; of the desk what the docs
show. Whoever changes the look makes them anew, and looks at them. `python -m tests.screenshots desk` takes those of the
desk alone, `front` the others.
"""

import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images"
PORT = os.environ.get("PORT", "8765")
SITE = f"http://localhost:{PORT}"
SIZES = {"wide": (1440, 1000), "narrow": (390, 844)}
PAGES = {
    "home": "/",
    "feed": "/feed",
    "front": "/fronts/culture",
    "section": "/sections/culture",
    "topic": "/topics/assembly",
    "byline": "/bylines/nora-hale",
    "story": "/articles/budget-passes-one-vote",
    "corrected": "/articles/vessel-united-books",
    "live": "/articles/karsten-snow-live",
    "video": "/videos/harbour-at-dawn",
    "page": "/pages/about",
    "search": "/search?q=night+clinic",
    "gone": "/articles/calder-branch-library-closure-list",
    "not-found": "/no-such-page",
}
# Of the desk: the list that an item is in, and its headline or name there; or a page of its own.
DESK = {
    "first-page": ("", None),
    "stories": ("newsroom/article/", None),
    "story": ("newsroom/article/", "Budget passes by one vote"),
    "live": ("newsroom/article/", "Snow closes the Karsten pass"),
    "photos": ("media/photo/", None),
    "front": ("newsroom/front/", "Home"),
    "site": ("newsroom/site/", None),
}


def main() -> None:
    wanted = sys.argv[1:] or ["front", "desk"]
    with tempfile.TemporaryDirectory() as data, demo(data), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        if "front" in wanted:
            for width, size in SIZES.items():
                for scheme in ("light", "dark"):
                    take_newspaper(browser, width, size, scheme)
        if "desk" in wanted:
            take_desk(browser, (Path(data) / "demo_login").read_text())
        browser.close()
    for name in wanted:
        total = sum(file.stat().st_size for file in (FOLDER / name).iterdir())
        sys.stdout.write(f"{total / 1024:.0f} kB in {(FOLDER / name).relative_to(ROOT)}/\n")


@contextlib.contextmanager
def demo(data: str):
    """A newsroom with the demo's stories and all sizes of its photos, served until the pictures are taken."""
    environment = {**os.environ, "DATA_DIR": data, "PORT": PORT, "FRONT": "demo", "SITE_NAME": "The Calder Meridian"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    for command in (["migrate", "--verbosity", "0"], ["load_demo"], ["collectstatic", "--noinput", "--verbosity", "0"]):
        subprocess.run([*manage, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen([*manage, "serve"], env={**environment, "WORKERS": "1"}, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_all_is_there()
            yield
        finally:
            server.terminate()


def wait_until_all_is_there(seconds: int = 600) -> None:
    """Until the server answers, and the sizes of its photos are made in every format."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{SITE}/api/v1/photos/?page_size=100") as answer:
            if b'"formats":["jpg"]' not in answer.read().replace(b" ", b""):
                return
        time.sleep(2)


def take_newspaper(browser, width: str, size: tuple[int, int], scheme: str) -> None:
    context = browser.new_context(base_url=SITE, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for name, address in PAGES.items():
        page.goto(address, wait_until="load")
        keep(page, FOLDER / "front" / f"{name}-{width}-{scheme}.webp")
    context.close()


def take_desk(browser, password: str) -> None:
    """What the docs show of the desk, as an editor of the demo sees it after some work."""
    context = browser.new_context(base_url=f"{SITE}/admin/", color_scheme="light", reduced_motion="reduce")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("login/")
    page.fill("#id_username", "editor")
    page.fill("#id_password", password)
    page.get_by_role("button").last.click()
    page.wait_for_url("**/admin/")
    for name, (address, item) in DESK.items():
        page.goto(f"{address}?{urlencode({'q': item})}" if item else address, wait_until="load")
        if item:
            page.locator("#result_list a", has_text=item).first.click()
            page.wait_for_load_state("load")
        keep(page, FOLDER / "desk" / f"{name}.webp")
    context.close()


def keep(page: Page, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(file, quality=60, method=6)


if __name__ == "__main__":
    main()

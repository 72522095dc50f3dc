"""Pictures of the newspaper with the demo's stories, into docs/images/front/: `make screenshots`.

Each page wide and narrow, light and dark, as its first screen shows it. Whoever changes the look makes them anew, and
looks at them.
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

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images" / "front"
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


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, demo(data), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        for width, size in SIZES.items():
            for scheme in ("light", "dark"):
                take_all(browser, width, size, scheme)
        browser.close()
    total = sum(file.stat().st_size for file in FOLDER.iterdir())
    sys.stdout.write(f"{total / 1024:.0f} kB in {FOLDER.relative_to(ROOT)}/\n")


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


def take_all(browser, width: str, size: tuple[int, int], scheme: str) -> None:
    context = browser.new_context(base_url=SITE, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    for name, address in PAGES.items():
        page.goto(address, wait_until="load")
        keep(page, FOLDER / f"{name}-{width}-{scheme}.webp")
    context.close()


def keep(page: Page, file: Path) -> None:
    page.evaluate("document.fonts.ready")
    page.wait_for_load_state("networkidle")
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(file, quality=60, method=6)


if __name__ == "__main__":
    main()

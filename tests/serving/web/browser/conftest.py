"""A real browser before a real page: the system's Chromium, driven by Playwright, over the server without a model."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SCREENSHOTS = "TF_TRYON_SCREENSHOTS"  # environment: a folder for them, to be looked at


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    actual = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if actual is None:
        reason = "no Chromium on this machine: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        running = playwright.chromium.launch(executable_path=actual, args=options)
        yield running
        running.close()


@pytest.fixture
def open_shop(behind: Callable[[Any, str], Any]) -> Iterator[Callable[..., str]]:
    """(shop, prefix) -> the address of its page, served by a thread, as behind a proxy if there is a prefix."""
    import uvicorn

    from tf_tryon.serving.web.app import make_app

    running: list[tuple[Any, threading.Thread]] = []

    def start(shop: Any, prefix: str = "") -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        app = behind(make_app(shop), prefix) if prefix else make_app(shop)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}{prefix}/"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture
def address(shop: Any, open_shop: Any) -> str:
    return open_shop(shop)


@pytest.fixture(scope="session")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    named = os.environ.get(SCREENSHOTS)
    folder = Path(named) if named else tmp_path_factory.mktemp("screens")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Shopper:
    """One visitor's browser window."""

    def __init__(self, page: Any, screens: Path) -> None:
        self.page, self._screens = page, screens
        self.errors: list[str] = []
        page.set_default_timeout(20_000)  # a busy machine isn't a broken page
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        # What the browser says of refused requests is the page's to tell, and it does.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def _answered(self, response: Any) -> None:
        if response.status == 404 and response.request.resource_type in ("image", "script", "stylesheet", "font"):
            self.errors.append(f"{response.url} is not there")

    def start(self, name: int = 3) -> None:
        self.page.locator("#starts button").nth(name - 1).click()
        self.page.locator("#room").wait_for()

    def upload(self, data: bytes, name: str = "photo.png") -> None:
        self.page.set_input_files("#file", {"name": name, "mimeType": "image/png", "buffer": data})

    def ask_in_vain(self, server: Any) -> None:
        """Asks a server that holds its answers back; `server.gate.set()` lets them come."""
        server.gate.clear()
        self.page.click("#show")
        self.page.locator(".tile.pending").first.wait_for()

    def results(self, count: int) -> Any:
        """Tiles, as soon as there are so many and no more are to come."""
        tiles = self.page.locator(".tile-open")
        tiles.nth(count - 1).wait_for()
        self.page.locator("#tiles[aria-busy=false]").wait_for()
        assert tiles.count() == count
        return tiles

    def say(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def shot(self, name: str) -> None:
        self.page.wait_for_timeout(350)  # what glides has arrived
        self.page.screenshot(path=self._screens / f"{name}.png")

    def check_access(self) -> None:
        """Axe finds nothing serious, and nothing sticks out sideways."""
        from axe_playwright_python.sync_playwright import Axe

        # Colours are judged when what glides and fades has arrived.
        ending = "document.getAnimations().filter((one) => one.effect.getTiming().iterations < Infinity)"
        self.page.evaluate(f"Promise.allSettled({ending}.map((one) => one.finished)).then(() => 0)")
        violations = Axe().run(self.page).response["violations"]
        serious = [violation for violation in violations if violation["impact"] in ("serious", "critical")]
        barriers = [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious]
        assert not barriers
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide} pixels wider than the window"


@pytest.fixture
def shopper(browser: Any, address: str, screens: Path) -> Iterator[Callable[..., Shopper]]:
    """(width, and Playwright's options of a context) -> a new visitor at the page."""
    opened: list[tuple[Any, Shopper]] = []

    def come(width: int = 1280, at: str = address, **options: Any) -> Shopper:
        height = 844 if width < 600 else 900
        options = {"viewport": {"width": width, "height": height}, "locale": "en-GB", **options}
        context = browser.new_context(**options)
        visitor = Shopper(context.new_page(), screens)
        opened.append((context, visitor))
        visitor.page.goto(at)
        visitor.page.locator("#starts img").first.wait_for()
        return visitor

    yield come
    for context, visitor in opened:
        context.close()
        assert not visitor.errors

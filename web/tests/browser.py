"""The browser, and what its pages may not do."""

import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
OPTIONS: Final = ("--no-sandbox", "--enable-unsafe-swiftshader")
"""Without a GPU, Chromium draws WebGL in software only when it is told to."""
NOTE_OF_THE_DRIVER: Final = "GL Driver Message (OpenGL, Performance"
"""Chromium's own, when it takes a picture of WebGL that is drawn in software."""
REPORT: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


def find_chromium() -> Path:
    """Chromium's program. Raises FileNotFoundError with the mend."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError(
            f"there is no Chromium: none of {', '.join(NAMES)} is on the PATH; "
            "install it (Debian, Ubuntu: apt-get install chromium)"
        )
    return Path(found)


@dataclass
class Watch:
    """Whatever went wrong in the pages of a context.

    A test of a refusal names with `expect` what it brings about; everything else fails the test in `judge`.
    """

    origin: str
    problems: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *patterns: str) -> None:
        """Regular expressions of problems that have to come, any number of times each."""
        self.expected.extend(patterns)

    def judge(self) -> None:
        """Raises AssertionError for what came unexpectedly, and for what was expected and did not come."""
        unexpected = [one for one in self.problems if not any(re.search(pattern, one) for pattern in self.expected)]
        assert not unexpected, "\n".join(unexpected)
        missing = [pattern for pattern in self.expected if not any(re.search(pattern, one) for one in self.problems)]
        assert not missing, f"{missing} did not come; what came: {self.problems}"

    def over(self, context: BrowserContext) -> "Watch":
        """Watches every page of `context`."""
        context.add_init_script(REPORT)
        context.on("request", self._requested)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", self._broke)
        return self

    def _broke(self, failure: WebError) -> None:
        self.problems.append(f"error of the page: {failure.error}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and NOTE_OF_THE_DRIVER not in message.text:
            self.problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _requested(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "blob:", "data:")):
            self.problems.append(f"asked elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the page itself gives up what is no longer wanted
            self.problems.append(f"no answer: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.problems.append(f"answered {response.status}: {response.request.method} {response.url}")

"""What a built page must be to be read without a network. Knows nothing of Sphinx."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

_FETCHED: Final = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
"""What a browser fetches as it shows a page, and where the element says from where."""

_UNFETCHED: Final = {"canonical", "license", "author", "next", "prev", "help", "search", "index"}
"""Relations of a `link` that nobody follows unasked."""

_FENCE: Final = re.compile(r"^(```+|~~~+).*?^\1\s*?$", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(r"(`+)[^`].*?\1", re.DOTALL)


class _Fetches(HTMLParser):
    """Gathers the addresses that a page has fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one element."""
        known = dict(attrs)
        address = known.get(_FETCHED.get(tag, ""))
        idle = tag == "link" and (known.get("rel") or "").lower() in _UNFETCHED
        if address and not idle and urlsplit(address).netloc:
            self.addresses.append(address)


def remotes(page: str) -> list[str]:
    """The addresses on other hosts that a browser would fetch to show an HTML page."""
    parser = _Fetches()
    parser.feed(page)
    return parser.addresses


def complaints(source: str, page: str) -> Iterator[str]:
    """What is wrong with the formulas of a page in HTML, made of a Markdown source."""
    prose = _CODE.sub("", _FENCE.sub("", source))
    expected = prose.count("$$") // 2
    there = page.count('<math display="block"')
    if there < expected:
        yield f"{expected} formulas in the source, {there} in MathML"

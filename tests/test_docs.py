"""What the build of the documentation asks of its pages: read without a network, formulas shown."""

from importlib import import_module
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    return import_module("offline")


@pytest.mark.parametrize(
    "fetched",
    [
        '<script defer src="https://cdn.example.org/mathjax.js"></script>',
        "<script src=//cdn.example.org/a.js></script>",
        '<link rel="stylesheet" href="http://fonts.example.org/a.css">',
        '<img alt="" src="https://example.org/badge.svg"/>',
    ],
)
def test_what_a_page_fetches_from_elsewhere_is_found(offline, fetched):
    assert len(offline.remotes(f"<html><head>{fetched}</head></html>")) == 1


@pytest.mark.parametrize(
    "idle",
    [
        '<script src="../_static/doctools.js?v=1"></script>',
        '<a href="https://example.org">a link is followed by its reader</a>',
        '<link rel="canonical" href="https://example.org/page.html">',
        "<script>const text = '<p src=https://example.org>'</script>",
        '<img src="data:image/png;base64,AAAA">',
    ],
)
def test_what_a_page_has_with_it_is_let_in(offline, idle):
    assert offline.remotes(f"<html><head>{idle}</head></html>") == []


def test_a_formula_that_is_not_shown_is_found(offline):
    source = "Text with `$$` in code.\n\n$$ a = b $$\n\n```sh\necho $$ $$\n```\n\n$$ c\n= d $$\n"
    shown = '<math display="block"><mi>a</mi></math>'
    assert list(offline.complaints(source, 2 * shown)) == []
    assert list(offline.complaints(source, shown)) == ["2 formulas in the source, 1 in MathML"]
    assert list(offline.complaints("No formula, for 3 $.", "")) == []

"""Formulas as MathML in the pages: no script and no network, in every browser since 2023.

`math_core` turns TeX into MathML Core and refuses what it does not know; a refusal is a warning
here, so that `sphinx-build -W` stops at it. As the build ends, its pages are looked at (`offline`).
"""

from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from math_core import LatexError, LatexToMathML
from offline import complaints, remotes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

_LOG = logging.getLogger(__name__)
_CONVERTER = LatexToMathML(fancy_error=False)

_ARROW = '<mo stretchy="false">\u20d7</mo>'
_MIDDLE = '<mo stretchy="false" class="vector">\u2192</mo>'
"""Chromium puts the combining arrow left of what it stands above."""


def mathml(tex: str, *, block: bool) -> str:
    """The formula as an element `math`.

    Raises:
        LatexError: what is no formula, or has a command that is not known.
    """
    return _CONVERTER.convert_with_local_state(tex, displaystyle=block).replace(_ARROW, _MIDDLE)


def _told(node: nodes.Element, *, block: bool) -> str:
    try:
        return mathml(node.astext(), block=block)
    except LatexError as error:
        _LOG.warning("formula %r: %s", node.astext(), error, location=node)
        return ""


def _inline(self: "HTML5Translator", node: nodes.math) -> None:
    self.body.append(_told(node, block=False))
    raise nodes.SkipNode


def _block(self: "HTML5Translator", node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})</span>')
    self.body.append(_told(node, block=True) + "</div>\n")
    raise nodes.SkipNode


def _look(app: Sphinx, error: Exception | None) -> None:
    """Warn of pages that need a network, and of formulas that are not shown."""
    if error is not None or app.builder.format != "html":
        return
    for path in sorted(Path(app.outdir).rglob("*.html")):
        for address in remotes(path.read_text(encoding="utf-8")):
            _LOG.warning("%s is not readable offline: it needs %s", path.name, address)
    for name in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(name)).read_text(encoding="utf-8")
        page = Path(app.builder.get_outfilename(name)).read_text(encoding="utf-8")
        for one in complaints(source, page):
            _LOG.warning("%s", one, location=name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make it the renderer that `html_math_renderer = "mathml"` asks for."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_css_file("formulas.css")
    app.connect("build-finished", _look)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

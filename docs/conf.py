"""Sphinx configuration: Markdown pages, built offline. The reference of keys is made here."""

import sys
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from keys import write_nouns, write_reference  # noqa: E402

project = "Yaan"
author = "The Yaan authors"
release = metadata.version("yaan")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "formulas"]
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "_generated", "Thumbs.db", ".DS_Store"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"

html_theme = "furo"
html_title = f"Yaan {release}"
html_extra_path = ["wall.html"]  # made by `yaan validate --html docs/wall.html`
html_static_path = ["_static"]
html_math_renderer = "mathml"  # of formulas.py: neither a script nor a network
html_theme_options = {"source_repository": "", "footer_icons": []}

write_reference(HERE / "_generated" / "keys.md")
write_nouns(HERE / "_generated" / "nouns.md")

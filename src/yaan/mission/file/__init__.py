"""Mission files as trees: read, referred to, laid over each other, addressed."""

from yaan.mission.file.library import library_text, names
from yaan.mission.file.tree import Address, Tree, dotted

__all__ = ["Address", "Tree", "dotted", "library_text", "names"]

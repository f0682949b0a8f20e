"""Sheets: generated pictures of digits, the kinds that people have, in groups."""

from benchmarks.sheets import boxes, drawings, files, papers, scenes
from benchmarks.sheets.making import GROUPS, SHEETS, Picture, Random, redrawn

__all__ = [
    "GROUPS",
    "SHEETS",
    "Picture",
    "Random",
    "boxes",
    "drawings",
    "files",
    "papers",
    "redrawn",
    "scenes",
]

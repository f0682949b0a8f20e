"""Sheets: generated pictures of digits, the kinds that people have, in groups."""

from benchmarks.sheets import boxes, drawings, files, papers
from benchmarks.sheets.making import GROUPS, SHEETS, redrawn

__all__ = ["GROUPS", "SHEETS", "boxes", "drawings", "files", "papers", "redrawn"]

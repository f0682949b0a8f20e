"""Workflows: what a command does, without the words. No Typer and no Rich in here."""

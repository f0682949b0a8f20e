"""Naming: the question for a class that is not a digit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from nnfs_cli.cli.drawing.look import Look
from nnfs_cli.errors import NnfsError
from nnfs_cli.workflows.labelled import LONGEST, check_class_name


class Naming(ModalScreen[str | None]):
    """Asks for the name of what was drawn; gives None when it is called off."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "call_off", priority=True)]
    DEFAULT_CSS = """
    Naming { align: center middle; }
    Naming Vertical { width: 60; height: auto; padding: 0 1; background: ansi_default; }
    Naming Static { background: ansi_default; color: ansi_default; }
    Naming Input, Naming Input:focus {
        border: none; height: 1; padding: 0; background: ansi_default; color: ansi_default;
    }
    """

    def __init__(self, look: Look, *, classes: Sequence[str], known: Collection[str]) -> None:
        """Offer the `classes` of the model; those and the `known` ones need no second enter."""
        super().__init__()
        self.look = look
        self.names = list(classes)
        self.known = {*classes, *known}
        self.asked = ""  # the new name that one more enter confirms

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("What did you draw? Its class and enter, or esc.", markup=False)
            yield Input(
                suggester=SuggestFromList([name for name in self.names if name.isprintable()]),
                max_length=LONGEST,
            )
            yield Static(self.look.safe("known: " + ", ".join(self.names[:20])), markup=False)

    def on_mount(self) -> None:
        self.query_one(Vertical).styles.border = (self.look.border, "ansi_default")
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        try:
            check_class_name(name)
        except NnfsError as error:
            self.say(f"{error.message}: {error.hint}")
            return
        if name in self.known or name == self.asked:
            self.dismiss(name)
        else:
            self.asked = name
            self.say(f"{name} is no class yet: enter once more makes it one")

    def say(self, text: str) -> None:
        """Answer in the last line."""
        self.query(Static).last().update(self.look.safe(text))

    def action_call_off(self) -> None:
        """Go back to the sheet."""
        self.dismiss(None)

"""Drawing: the screen of `nnfs draw`, one file for each thing on it. Only here is Textual used."""

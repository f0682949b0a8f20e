"""The command line: a file for each command: options in, a workflow, words out."""

"""`python -m nnfs_cli` is `nnfs`."""

from nnfs_cli.cli.app import main

if __name__ == "__main__":
    raise SystemExit(main())

"""Run all benchmarks, or those named: `python -m benchmarks [--rounds 5] [--only epochs,scale]`.

The peers come with `pip install -e '.[bench]'`; on Linux ask for the CPU build of torch first.
Prints tables, and writes everything as JSON to the file named by `--json`.
"""

from __future__ import annotations

import argparse
import json
import platform
from datetime import date
from importlib import metadata
from pathlib import Path

from benchmarks import sections

SECTIONS = {
    "epochs": sections.epochs,
    "parts": sections.parts,
    "to98": sections.to98,
    "starts": sections.starts,
    "busy": sections.busy,
    "scale": sections.scale,
}


def main() -> None:
    """Run the sections and print what they measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(SECTIONS), help=", ".join(SECTIONS))
    parser.add_argument("--json", type=Path, help="file for the results")
    options = parser.parse_args()
    packages = ("numpy", "torch", "jax", "scikit-learn", "threadpoolctl")
    results: dict[str, object] = {
        "date": date.today().isoformat(),
        "machine": f"{cpu()}, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in packages},
    }
    print(" · ".join(f"{key} {value}" for key, value in results.items()))
    for name in options.only.split(","):
        results[name] = SECTIONS[name](options.rounds)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def cpu() -> str:
    """Return the name of the processor and the number of cores that may be used."""
    from nnfs_cli.workflows.threads import available_cores

    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        name = next(line.partition(": ")[2] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor()
    return f"{name}, {available_cores()} cores"


if __name__ == "__main__":
    main()

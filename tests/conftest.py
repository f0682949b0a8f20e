"""For all tests: `pytest -m deep` tries each property of hypothesis on 500 examples, not 100."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("deep", max_examples=500, deadline=None)


def pytest_configure(config: pytest.Config) -> None:
    if config.option.markexpr == "deep":
        settings.load_profile("deep")


@pytest.hookimpl(tryfirst=True)  # before the others are deselected
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.markexpr == "deep":
        for item in items:
            if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
                item.add_marker("deep")

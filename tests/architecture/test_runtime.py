"""libs/runtime stays small and knows nothing of our field."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

RUNTIME: Final = Path("libs/runtime")
MODULES: Final = sorted(RUNTIME.rglob("*.py"))
LINES_AT_MOST: Final = 2_500
FIELD_WORDS: Final = re.compile(r"agency|agencies|citizen|zalo|portal|feedback(?!_id)", re.IGNORECASE)


def test_the_runtime_stays_within_its_budget() -> None:
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in MODULES)
    assert lines <= LINES_AT_MOST, (
        f"libs/runtime has {lines} lines: split it by drawer or move what only one service needs"
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_runtime_would_make_sense_in_a_hotel(path: Path) -> None:
    found = {match[0] for match in FIELD_WORDS.finditer(path.read_text("utf-8"))}
    assert not found, f"{path} speaks of {found}: the runtime knows processes, the services know the field"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_everything_public_in_the_runtime_says_what_it_does(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            inside_function = any(
                node in ast.walk(other)
                for other in ast.walk(tree)
                if isinstance(other, ast.FunctionDef | ast.AsyncFunctionDef) and other is not node
            )
            assert inside_function or ast.get_docstring(node), f"{path}: {node.name} has no docstring"

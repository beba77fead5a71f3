"""No request waits for a compiler: what `spatial_api.warm` runs is all that is compiled."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cim
import tiles
from spatial_api.warm import kernels


def modules() -> Iterator[ModuleType]:
    for package in (cim, tiles):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def called_from_python(module: ModuleType) -> Iterator[object]:
    """What the module's own functions call by name, but for the compiled ones among them."""
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    compiled = {
        f
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef) and any("njit" in ast.unparse(d) for d in f.decorator_list)
    }
    within = {node for f in compiled for node in ast.walk(f)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in within:
            target: object = module
            for name in ast.unparse(node.func).split("."):
                target = getattr(target, name, None)
            yield target


def test_every_loop_that_is_called_was_compiled_before() -> None:
    kernels()
    loops = {f for module in modules() for f in called_from_python(module) if hasattr(f, "signatures")}
    assert len(loops) > 60
    assert [f"{f.__module__}.{f.__name__}" for f in loops if not f.signatures] == []

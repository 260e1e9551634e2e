"""The house rules that a tool can check: floors, sizes, sources, pages, and a quiet import."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "yaan"
LIBRARY = SOURCE / "library"
VALIDATION = SOURCE / "validation"
MODULES = sorted(SOURCE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

LONGEST_FILE = 600  # lines
LONGEST_FUNCTION = 120  # lines, docstring and comments included
DATA = (".csv", ".dat", ".gz", ".json", ".npz", ".nc", ".txt")


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _run(script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_importing_yaan_loads_no_array_library():
    script = "import sys, yaan; print([m for m in ('jax', 'numpy', 'xarray') if m in sys.modules])"
    assert _run(script) == "[]"


def test_importing_yaan_changes_no_setting_of_jax():
    script = """
import os, jax
values, variables = dict(jax.config.values), dict(os.environ)
import yaan
yaan.load, yaan.Mission, yaan.Flight
import yaan.analysis.fly, yaan.report
assert dict(os.environ) == variables
assert not jax.config.jax_enable_x64
print(dict(jax.config.values) == values)
"""
    assert _run(script) == "True"


def _floors() -> dict[str, int]:
    """Floor of each package, from the layers of import-linter: the highest number on top."""
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    layers = [re.findall(r"\w+", layer) for layer in contract["layers"]]
    return {name: len(layers) - i for i, layer in enumerate(layers) for name in layer}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


_DISTRIBUTIONS = {"erfa": "pyerfa", "ruamel": "ruamel.yaml"}
"""What is imported by another name than it is installed by."""


def test_what_is_imported_is_declared():
    declared = {re.split(r"[>=<\[]", line)[0] for line in PROJECT["project"]["dependencies"]}
    for path in MODULES:
        for module in _imports(_at_run_time(ast.parse(path.read_text(encoding="utf-8")))):
            top = module.split(".")[0]
            if top in sys.stdlib_module_names or top == "yaan":
                continue
            name = _DISTRIBUTIONS.get(top, top.replace("_", "-"))
            assert name in declared, f"{_id(path)} imports {top}"


def _at_run_time(tree: ast.Module) -> ast.Module:
    """The module without what is imported for the type checker only."""

    class Cut(ast.NodeTransformer):
        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.dump(node.test) else self.generic_visit(node)

    return Cut().visit(tree)


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_imports_go_down(path: Path):
    floors = _floors()
    parts = path.relative_to(SOURCE).parts
    if len(parts) == 1:
        return
    own = parts[0]
    for module in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        names = module.split(".")
        if names[0] != "yaan" or len(names) < 2 or names[1] == own:
            continue
        assert floors[names[1]] < floors[own], f"{own} imports {module}, which is not below it"


def test_every_package_has_a_floor():
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages <= set(_floors())


def test_physics_imports_no_plots_and_no_tables():
    contract = PROJECT["tool"]["importlinter"]["contracts"][2]
    forbidden = set(contract["forbidden_modules"])
    packages = {name.removeprefix("yaan.") for name in contract["source_modules"]}
    for path in MODULES:
        if path.relative_to(SOURCE).parts[0] in packages:
            tops = {m.split(".")[0] for m in _imports(ast.parse(path.read_text(encoding="utf-8")))}
            assert not tops & forbidden, path


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_files_and_functions_are_not_too_long(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", [p for p in MODULES if p.name == "__init__.py"], ids=_id)
def test_init_files_hold_a_list_and_nothing_else(path: Path):
    if path.parent == SOURCE:
        return  # the lazy list
    allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        assert isinstance(node, allowed)
        if isinstance(node, ast.Assign):
            assert [ast.unparse(target) for target in node.targets] == ["__all__"]


def test_no_module_postpones_its_annotations():
    for path in MODULES:
        assert "from __future__ import annotations" not in path.read_text(encoding="utf-8"), path


def _data_folders() -> list[Path]:
    places = [
        LIBRARY,
        VALIDATION,
        *(ROOT / "tests" / kind for kind in ("physics", "validation", "regression")),
    ]
    files = [f for place in places for f in place.rglob("*") if f.suffix in DATA and f.is_file()]
    return sorted({f.parent for f in files if f.name != "py.typed"})


@pytest.mark.parametrize("folder", _data_folders(), ids=_id)
def test_data_says_where_it_is_from(folder: Path):
    assert (folder / "SOURCE.md").is_file()


def _yaml_files() -> list[Path]:
    return sorted([*LIBRARY.rglob("*.yaml"), *(VALIDATION / "cases").glob("*.yaml")])


def _blocks(
    tree: Any, key: str = "", covered: bool = False
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Every block with its key, and whether it or a block around it has a source."""
    if isinstance(tree, dict):
        covered = covered or bool(tree.get("source"))
        yield key, tree, covered
        for name, below in tree.items():
            if name not in ("assumed", "calibrated"):
                yield from _blocks(below, f"{key}.{name}", covered)
    elif isinstance(tree, list):
        for index, below in enumerate(tree):
            yield from _blocks(below, f"{key}.{index}", covered)


@pytest.mark.parametrize("path", _yaml_files(), ids=_id)
def test_every_number_of_the_library_has_a_source_or_is_assumed(path: Path):
    tree = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    quantity = re.compile(r"^[-+]?[\d.]")
    for key, block, covered in _blocks(tree):
        for name, value in block.items():
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (number or (isinstance(value, str) and quantity.match(value))):
                continue
            known = covered or name in block.get("assumed", {}) or name == "schema"
            assert known, f"{key}.{name} has neither a source nor a place under assumed"


def _abstract_models() -> list[str]:
    names = []
    for path in MODULES:
        names += re.findall(r"^class (Abstract\w+)\(eqx\.Module\)", path.read_text("utf-8"), re.M)
    return names


@pytest.mark.parametrize("name", _abstract_models())
def test_every_kind_of_model_has_a_page(name: str):
    pages = (ROOT / "docs" / "models").glob("*.md")
    assert any(name in page.read_text(encoding="utf-8") for page in pages)


def test_every_package_is_on_the_map():
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for package in SOURCE.glob("*/__init__.py"):
        assert f"  {package.parent.name}/" in page


def test_exit_codes_are_documented():
    from yaan.cli.exits import ExitCode

    page = (ROOT / "docs" / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in ExitCode:
        assert f"| {code:d} |" in page
        assert f"**{code:d}**" in readme


def test_constraints_hold_what_is_required():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if not line.startswith("#"))
    wanted = PROJECT["project"]["dependencies"]
    wanted += [
        line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra
    ]
    for requirement in wanted:
        name, least = re.sub(r"\[.*\]|;.*", "", requirement).split(">=")
        assert pinned[name.replace(".", "-")] == least

"""The house keeps its shape: sizes, names, no broad excepts, nobody else owns our package names."""

import ast
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("assistant", "tools", "policies", "retrieval", "shop", "ui", "evals")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    docstring = ast.get_docstring(function, clean=False)
    return (function.end_lineno or 0) - function.lineno + 1 - (docstring.count("\n") + 1 if docstring else 0)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_fits_on_a_few_screens_and_says_what_it_is(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)

    assert source.count("\n") <= 300
    assert ast.get_docstring(tree), "the module's one-sentence docstring is missing"
    assert [f"{f.name}: {length(f)}" for f in functions(tree) if length(f) > 40] == []


def test_interrupts_cannot_be_swallowed() -> None:
    """Only the outermost handler of a turn, of a worker and of the command line may catch everything."""
    broad = {
        f"{path.relative_to(ROOT)}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
    }
    assert broad <= {"assistant/session.py"}


def test_the_waiting_node_holds_one_interrupt_and_nothing_else() -> None:
    tree = ast.parse((ROOT / "assistant" / "approve.py").read_text(encoding="utf-8"))
    (node,) = functions(tree)
    statements = [s for s in node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]

    assert [type(s) for s in statements] == [ast.Expr, ast.Return]
    assert ast.unparse(statements[0]).startswith("interrupt(")
    others = [p for p in MODULES if "import interrupt" in p.read_text(encoding="utf-8") and p.name != "approve.py"]
    assert others == []


def test_no_other_distribution_owns_our_package_names() -> None:
    owners = packages_distributions()
    assert {name: owners.get(name, []) for name in PACKAGES if set(owners.get(name, [])) - {"aisle"}} == {}


def test_changelog_and_package_agree_on_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    released = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:4] == "## ["]
    assert released[1].startswith(f"## [{version}]")


def test_importing_a_package_does_no_work() -> None:
    """No thread, file or socket appears by importing; heavy parts load when they are first used."""
    program = "import sys, threading, assistant.wiring; print(threading.active_count(), 'chainlit' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert seen.stdout.split() == ["1", "False"]


def test_the_wheel_holds_every_file_the_product_reads_and_no_tests(tmp_path: Path) -> None:
    program = f"import hatchling.build; print(hatchling.build.build_wheel({str(tmp_path)!r}))"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())

    read = {p for package in PACKAGES for p in (ROOT / package).rglob("*") if p.is_file() and p.suffix != ".pyc"}
    assert {str(path.relative_to(ROOT)) for path in read} <= names
    assert "assistant/models.toml" in names
    assert [name for name in names if name.startswith("tests/")] == []

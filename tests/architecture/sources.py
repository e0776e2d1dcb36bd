"""The project's own files and syntax trees, for the checks of this folder."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gridclient"


@dataclass(frozen=True, slots=True)
class Call:
    """One call in a source file: where it stands and its node."""

    path: Path
    node: ast.Call

    @property
    def name(self) -> str:
        """The last part of what is called: ``tr`` for ``self.tr(…)``."""
        function = self.node.func
        if isinstance(function, ast.Attribute):
            return function.attr
        return function.id if isinstance(function, ast.Name) else ""

    @property
    def place(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno}"


def python_files(folder: Path = PACKAGE) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def calls(folder: Path = PACKAGE) -> Iterator[Call]:
    for path in python_files(folder):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call):
                yield Call(path, node)


def is_put_together(argument: ast.expr) -> bool:
    """An f-string, a sum, a formatted text: nothing is ever found in a table under what it gives."""
    if isinstance(argument, ast.JoinedStr | ast.BinOp):
        return True
    return (
        isinstance(argument, ast.Call)
        and isinstance(argument.func, ast.Attribute)
        and isinstance(argument.func.value, ast.Constant)
    )


def module_name(path: Path) -> str:
    """The dotted name below the package: ``ui.cases.page``; the package itself is the empty string."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """All dotted names that a file imports, also inside functions; ``from a import b`` counts as ``a.b``."""
    package = ("gridclient", *path.relative_to(PACKAGE).parent.parts)
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *([node.module] if node.module else ())))
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return frozenset(found)


def tracked_files() -> list[Path]:
    """What the project would publish: the files known to git, or those of an unpacked archive less what was built."""
    if shutil.which("git"):
        listing = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=False)
        if listing.returncode == 0:
            names = listing.stdout.decode().split("\0")
            return sorted(path for name in names if name and (path := ROOT / name).is_file())
    return sorted(path for path in ROOT.rglob("*") if path.is_file() and not is_built(path))


def is_built(path: Path) -> bool:
    top = path.relative_to(ROOT).parts[0]
    hidden = top.startswith(".") and top not in {".ci", ".gitignore"}
    built = top in {"build", "dist", "demo", "tour"} or top.endswith(".egg-info")
    return hidden or built or "__pycache__" in path.parts

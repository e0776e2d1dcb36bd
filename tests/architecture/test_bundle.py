"""What build.spec takes along: nothing of the machine it was built on, all that a screen of today needs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest

from tests.architecture.sources import ROOT

SPEC = ROOT / "build.spec"


@pytest.fixture(scope="module")
def is_kept() -> Callable[[tuple[str, str, str]], bool]:
    """The choice of the specification, without the build around it."""
    tree = ast.parse(SPEC.read_text(encoding="utf-8"))
    wanted = {"KEPT_LOCALES", "UNUSED", "is_kept"}
    tree.body = [
        node
        for node in tree.body
        if (isinstance(node, ast.FunctionDef) and node.name in wanted)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in wanted)
    ]
    told: dict[str, Any] = {}
    exec(compile(tree, SPEC, "exec"), told)
    return lambda entry: bool(told["is_kept"](entry))


@pytest.mark.parametrize(
    "part",
    [
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "PySide6/Qt/plugins/platforms/libqwayland.so",
        "PySide6/Qt/plugins/wayland-shell-integration/libxdg-shell.so",
        "PySide6/Qt/plugins/wayland-decoration-client/libbradient.so",
        "PySide6/Qt/plugins/wayland-graphics-integration-client/libqt-plugin-wayland-egl.so",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "PySide6/Qt/plugins/imageformats/libqjpeg.so",
        "PySide6/Qt/translations/qtbase_zh_CN.qm",
        r"PySide6\plugins\platforms\qwindows.dll",
        r"PySide6\opengl32sw.dll",
        r"PySide6\translations\qtwebengine_locales\zh-CN.pak",
        "resources/help/operator.md",
        "pyside6-6.11.3.dist-info/METADATA",
    ],
)
def test_the_bundle_has_what_a_desk_needs(is_kept: Callable[[tuple[str, str, str]], bool], part: str) -> None:
    assert is_kept((part, part, "DATA"))


@pytest.mark.parametrize(
    "part",
    [
        "gridclient-0.1.0.dist-info/direct_url.json",  # names the folder it was built in
        "pip-26.3.dist-info/METADATA",  # pip itself does not come along
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so",  # half of GTK, or all of it, as the building machine has it
        "PySide6/Qt/plugins/printsupport/libcupsprintersupport.so",
        "PySide6/Qt/translations/qtbase_de.qm",
        r"PySide6\qml\QtQuick\VirtualKeyboard\Plugins\Thai\qtvkbthaiplugin.dll",
        r"PySide6\plugins\platforminputcontexts\qtvirtualkeyboardplugin.dll",
        r"PySide6\plugins\imageformats\qpdf.dll",
        r"PySide6\plugins\platforms\qdirect2d.dll",
        r"PySide6\resources\v8_context_snapshot.debug.bin",
        "maps/drawing/outlines.py",
    ],
)
def test_the_bundle_leaves_out_what_nobody_uses(is_kept: Callable[[tuple[str, str, str]], bool], part: str) -> None:
    assert not is_kept((part, part, "DATA"))

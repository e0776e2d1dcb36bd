"""The dialogs that ask for files, to save or to open.

The first one of a desk begins in the person's documents, every other where the last one ended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QToolButton, QWidget

from gridclient.ui.icons import give_icon

_ARROWS: Final = {"backButton": "back", "forwardButton": "forward", "toParentButton": "up"}
LAST_FOLDER: Final = "folderOfLastFile"  # the property of the window that has it; the window remembers it


def ask_where_to_save(
    parent: QWidget, title: str, proposed: str, kinds: str = "", *, replaces: bool = True
) -> Path | None:
    """The file to write, ``None`` if the dialog was cancelled.

    A name without a suffix gets that of ``proposed`` before the dialog asks whether to replace an existing file.

    Args:
        proposed: the name in the dialog.
        kinds: which files the dialog lists, for instance ``备份 (*.gridbackup)``; "" lists all.
        replaces: ``False`` if an existing file is added to, so that nothing has to be asked.
    """
    dialog = QFileDialog(parent, title, _folder(parent), kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not replaces)
    dialog.setDefaultSuffix(Path(proposed).suffix)
    dialog.selectFile(proposed)
    return next(iter(_answer(dialog, parent)), None)


def ask_which_to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """An existing file, ``None`` if the dialog was cancelled. ``kinds``: see :func:`ask_where_to_save`."""
    dialog = QFileDialog(parent, title, _folder(parent), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return next(iter(_answer(dialog, parent)), None)


def ask_which_of_many(parent: QWidget, title: str, kinds: str) -> list[Path]:
    """Existing files, none if the dialog was cancelled. ``kinds``: see :func:`ask_where_to_save`."""
    dialog = QFileDialog(parent, title, _folder(parent), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return _answer(dialog, parent)


def _folder(parent: QWidget) -> str:
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    candidates = (parent.window().property(LAST_FOLDER), documents)
    return next((folder for folder in candidates if folder and Path(folder).is_dir()), str(Path.home()))


def _answer(dialog: QFileDialog, parent: QWidget) -> list[Path]:
    for name, sign in _ARROWS.items():  # Qt's own are black in the dark theme, too
        if (button := dialog.findChild(QToolButton, name)) is not None:  # the system's dialog has none
            give_icon(button, sign)
    chosen = [Path(name) for name in dialog.selectedFiles()] if dialog.exec() else []
    if chosen:
        parent.window().setProperty(LAST_FOLDER, str(chosen[0].parent))
    dialog.deleteLater()
    return chosen

"""The dialogs that ask for a file, to save or to open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where_to_save(
    parent: QWidget, title: str, proposed: Path, kinds: str = "", *, replaces: bool = True
) -> Path | None:
    """The file to write, ``None`` if the dialog was cancelled.

    A name without a suffix gets that of ``proposed`` before the dialog asks whether to replace an existing file.

    Args:
        proposed: the name in the dialog; with a folder the dialog begins there.
        kinds: which files the dialog lists, for instance ``备份 (*.gridbackup)``; "" lists all.
        replaces: ``False`` if an existing file is added to, so that nothing has to be asked.
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not replaces)
    dialog.setDefaultSuffix(proposed.suffix)
    dialog.selectFile(str(proposed))
    return _answer(dialog)


def ask_which_to_open(parent: QWidget, title: str, kinds: str, folder: Path | None = None) -> Path | None:
    """An existing file, ``None`` if the dialog was cancelled. ``kinds``: see :func:`ask_where_to_save`. Without a
    ``folder`` the dialog begins where the last one ended."""
    dialog = QFileDialog(parent, title, "" if folder is None else str(folder), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _answer(dialog)


def _answer(dialog: QFileDialog) -> Path | None:
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen

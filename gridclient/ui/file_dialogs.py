"""Which file: the two dialogs that ask for one, to save to and to open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_where_to_save(
    parent: QWidget, title: str, proposed: Path, kinds: str = "", *, replaces: bool = True
) -> Path | None:
    """The file to write, ``None`` if nobody wants to after all.

    A name that is typed without a suffix gets the one of ``proposed``, before the dialog asks whether a file that is
    there is to be replaced.

    Args:
        proposed: the name that stands in the dialog; with a folder the dialog begins there.
        kinds: what the dialog shows of a folder, such as ``备份 (*.gridbackup)``; "" shows everything.
        replaces: ``False`` where a file that is there is added to, so that there is nothing to ask.
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite, not replaces)
    dialog.setDefaultSuffix(proposed.suffix)
    dialog.selectFile(str(proposed))
    return _answer(dialog)


def ask_which_to_open(parent: QWidget, title: str, kinds: str, folder: Path | None = None) -> Path | None:
    """A file that is there, ``None`` if nobody wants one after all. ``kinds`` as for :func:`ask_where_to_save`; without
    a ``folder`` the dialog begins where the last one ended."""
    dialog = QFileDialog(parent, title, "" if folder is None else str(folder), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _answer(dialog)


def _answer(dialog: QFileDialog) -> Path | None:
    chosen = Path(dialog.selectedFiles()[0]) if dialog.exec() else None
    dialog.deleteLater()
    return chosen

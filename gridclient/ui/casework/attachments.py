"""The tab 附件: photos and papers, added by button, by drag and drop or by pasting a picture. Thumbnails are made in
the background."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QDir, QMimeData, QMimeDatabase, QModelIndex, QSize, Qt, QTemporaryDir, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QIcon,
    QImage,
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPixmap,
    QShortcut,
)
from PySide6.QtWidgets import QListView, QWidget

from gridclient.domain.case import Case
from gridclient.domain.errors import GridClientError, InvalidInput
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.masking import MASKS
from gridclient.services.ports import AttachmentFiles, DeskSettings, FileState
from gridclient.services.rows import Changes
from gridclient.ui.casework.case_view import AttachedFile, CaseView
from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_of_many
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.icons import icon
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER, KeyButton
from gridclient.ui.laid_out import across, down, label
from gridclient.ui.present import size_words
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.value_list import VALUE, ValueList

KINDS: Final = ("近景", "远景", "参照物", "处置前", "处置后")
SIDE: Final = 96
_KEPT_IMAGES: Final = 100  # of cases that were shown before; a desk may run for weeks
PLACE: Final = Path(QDir.tempPath())
_OUTSIDE: Final = "desk.outside"  # the setting that names the folder of files for other programs
_OUTSIDE_NAME: Final = "gridclient-"
_NOT_IN_NAMES: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]|^(?=(con|prn|aux|nul|(com|lpt)\d) *(\.|$))', re.IGNORECASE)


class FilesModel(ValueList[AttachedFile]):
    """The files, and the thumbnails that were made so far."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(self._words, told=self._told, icon=self._icon, parent=parent)
        self._icons: dict[str, QIcon] = {}
        self._plain = False
        self._marks = {FileState.ONLY_HERE: self.tr("仅在本机"), FileState.NOT_HERE: self.tr("尚未收到")}

    def show_files(self, files: Sequence[AttachedFile], *, plain: bool) -> None:
        """Shows files, with the numbers of people in their names ``plain`` or masked."""
        if plain is not self._plain:
            self._plain = plain
            self.words_changed()
        self.show_values(files)

    def _words(self, file: AttachedFile) -> str:
        return "\n".join(filter(None, (f"{file.kind} {self._name(file)}".strip(), self._marks.get(file.state))))

    def _name(self, file: AttachedFile) -> str:
        return file.name if self._plain else MASKS["name"](file.name)

    def _icon(self, file: AttachedFile) -> QIcon:
        return self._icons.get(file.sha256) or icon("case" if file.name.lower().endswith(".pdf") else "photo")

    def _told(self, file: AttachedFile) -> str:
        mark = self._marks.get(file.state)
        size = f"{file.kind} {size_words(file.size)}".strip()
        return "\n".join(filter(None, (self._name(file), size, mark)))

    def missing(self) -> list[str]:
        """The files whose thumbnails were not made yet."""
        return [file.sha256 for file in self.values if file.sha256 not in self._icons]

    def show_image(self, sha256: str, image: QImage) -> None:
        if not image.isNull():
            self._icons[sha256] = QIcon(_squared(image))
            shown = {file.sha256 for file in self.values}
            for old in [name for name in self._icons if name not in shown][:-_KEPT_IMAGES]:
                del self._icons[old]
            self.words_changed()


class AttachmentsTab(QWidget):
    """The files of one case.

    Signals:
        attached(Case, Changes, int): so many files were attached at once.
        refused(Case, GridClientError): a file was refused; the note says it if the tab still shows the case.
    """

    attached = Signal(object, object, int)
    refused = Signal(object, object)

    def __init__(self, *, desk: Desk, jobs: Jobs) -> None:
        super().__init__()
        self._desk = desk
        self._jobs = jobs
        self._case: Case | None = None
        self._shown_outside: QTemporaryDir | None = None
        jobs.write(self, partial(_remove_left, desk.settings))  # in one line with what names the next folder
        self.setAcceptDrops(True)
        QShortcut(QKeySequence.StandardKey.Paste, self, self._paste)  # while this is seen, except where one writes
        self.kind = QuietCombo(parent=self)
        self.kind.addItems(KINDS)
        self.kind.setAccessibleName(self.tr("附件类别"))
        self.add_button = KeyButton(self.tr("添加"), icon="attach", parent=self)
        self.add_button.clicked.connect(self._pick)
        self.save_button = KeyButton(self.tr("另存"), icon="save", parent=self)
        self.save_button.clicked.connect(self._save)
        self.note = InlineNote(parent=self)
        self._hint = label(self.tr("把照片或 PDF 拖到这里，或按 Ctrl+V 粘贴截图。"), "muted", wraps=True)
        self.files = FilesModel(parent=self)
        self.list = self._make_list()
        bar = across(self.kind, self.add_button, self.save_button, 1, gap=6)
        rest = QWidget(self)  # without files it is empty: what is above it stays there
        down(self.list, on=rest)
        down(bar, self.note, self._hint, (rest, 1), on=self, edges=(12, 8, 12, 8), gap=6)

    def show_view(self, view: CaseView, *, plain: bool = False) -> None:
        """Shows the files of a case; ``plain``: with the numbers of people in their names unmasked."""
        if self._case is None or view.case.id != self._case.id:
            self.note.clear()
        self._case = view.case
        takes = view.case.is_open and view.still is None
        self.add_button.setEnabled(takes)
        self.kind.setEnabled(takes)
        self.save_button.setEnabled(bool(view.files))
        self.files.show_files(view.files, plain=plain)
        self.list.setVisible(bool(view.files))
        self._hint.setVisible(takes and not view.files)  # on a low screen the files need its line
        for sha256 in self.files.missing():
            done = partial(self.files.show_image, sha256)
            self._jobs.read(self, partial(thumbnail, self._desk.files, sha256), done, name=f"small {sha256}")

    def attach(self, paths: Sequence[Path]) -> None:
        """Stores files and attaches them to the case, one event for each."""
        kind = self.kind.currentText()
        self._write(*(partial(_attach, self._desk, path, kind) for path in paths))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and self.list.hasFocus():
            self._open(self.list.currentIndex())
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.add_button.isEnabled() and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._take(event.mimeData()):
            event.acceptProposedAction()

    def _paste(self) -> None:
        if not self._take(QGuiApplication.clipboard().mimeData()) and self.add_button.isEnabled():
            self.note.say(self.tr("剪贴板里没有图片或文件。"), "warn")

    def _take(self, given: QMimeData) -> bool:
        paths = [Path(url.toLocalFile()) for url in given.urls() if url.isLocalFile()]
        if not self.add_button.isEnabled() or not (paths or given.hasImage()):
            return False
        if paths:
            self.attach(paths)
            return True
        image, kind = QImage(given.imageData()), self.kind.currentText()
        self._write(partial(_attach_image, self._desk, image, kind))
        return True

    def _write(self, *files: Callable[[str], Changes]) -> None:
        """Does it in one job, so that what came at once is undone at once."""
        case = self._case
        if case is not None and files:
            self.note.say(self.tr("正在保存…"))
            self._jobs.write(self, partial(_attach_each, files, case.id), partial(self._on_attached, case))

    def _on_attached(self, case: Case, done: tuple[Changes, int, Sequence[GridClientError]]) -> None:
        changes, count, refused = done
        self.note.clear()
        for error in refused:
            self._on_refused(case, error)
        if count:
            self.attached.emit(case, changes, count)

    def _on_refused(self, case: Case, error: GridClientError) -> None:
        self.refused.emit(case, error)
        if self._case is not None and self._case.id == case.id:
            self.note.say_error(error)

    def _pick(self) -> None:
        allowed = self.tr("照片和 PDF (*.jpg *.jpeg *.png *.webp *.heic *.gif *.bmp *.pdf)")
        self.attach(ask_which_of_many(self, self.tr("选择附件"), allowed))

    def _open(self, index: QModelIndex) -> None:
        file = index.data(VALUE)
        if not isinstance(file, AttachedFile):
            return
        if self._shown_outside is None:
            made = QTemporaryDir(str(PLACE / f"{_OUTSIDE_NAME}XXXXXX"))  # only this account can read it
            if not made.isValid():
                self.note.say_error(InvalidInput("attachment.not_saved", name=file.name))
                return
            self._shown_outside = made
            self._jobs.write(self, partial(self._desk.settings.keep_value, _OUTSIDE, made.path()))
            self._jobs.closed.connect(made.remove)  # no job writes there any more then
        task = partial(_copy_outside, self._desk.files, file, Path(self._shown_outside.path()))
        self._jobs.read(self, task, self._on_copied, self.note.say_error, name="open")

    def _on_copied(self, path: Path) -> None:
        if not _show_outside(path):
            self.note.say(self.tr("这台电脑没有能打开它的程序，可以用“另存”带到别处看。"), "warn")

    def _save(self) -> None:
        index = self.list.currentIndex() if self.list.currentIndex().isValid() else self.files.index(0)
        file = index.data(VALUE)
        if not isinstance(file, AttachedFile):
            return
        target = ask_where_to_save(self, self.tr("另存附件"), file.name)
        if target is not None:
            save = partial(copy_to, self._desk.files, file.sha256, target)
            self._jobs.read(self, save, None, self.note.say_error)

    def _make_list(self) -> QListView:
        made = QListView(self)
        made.setModel(self.files)
        made.setViewMode(QListView.ViewMode.IconMode)
        made.setIconSize(QSize(SIDE, SIDE))
        made.setGridSize(QSize(SIDE + 5, SIDE + 44))
        made.setResizeMode(QListView.ResizeMode.Adjust)
        made.setMovement(QListView.Movement.Static)
        made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        made.setAcceptDrops(False)
        made.setAccessibleName(self.tr("附件"))
        made.doubleClicked.connect(self._open)
        FocusMark(made)
        return made


def _copy_outside(files: AttachmentFiles, file: AttachedFile, place: Path) -> Path:
    """Copies a file into ``place`` for another program, under its own name.

    Raises:
        NotFound, InvalidInput: see :func:`copy_to`.
    """
    content = files.content(file.sha256)
    folder = place / file.sha256[:12]
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise InvalidInput("attachment.not_saved", name=file.name) from error
    return _written(content, folder / name_outside(file.name, content))


def _remove_left(settings: DeskSettings) -> None:
    """Removes the files that a killed desk had copied for other programs: they are not encrypted."""
    left = Path(settings.value(_OUTSIDE))
    if left.parent == PLACE and left.name.startswith(_OUTSIDE_NAME):  # a restored store could name any folder
        shutil.rmtree(left, ignore_errors=True)


def name_outside(name: str, content: bytes) -> str:
    """A name that every system takes, with a suffix by the file's content. The given name came from another desk, and
    by its suffix the system would decide whether to show or to run the file."""
    kind = QMimeDatabase().mimeTypeForData(content)
    is_shown = kind.name().startswith("image/") or kind.name() == "application/pdf"
    is_shown = is_shown and not kind.inherits("text/plain")  # SVG is text and may hold scripts
    suffixes = kind.suffixes() if is_shown else ["bin"]
    taken = _NOT_IN_NAMES.sub("_", name).rstrip(". ")
    return taken if Path(taken).suffix[1:].lower() in suffixes else f"{taken}.{suffixes[0]}"


def _show_outside(path: Path) -> bool:
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _squared(image: QImage) -> QPixmap:
    """The image in the middle of a square, so that the names below the images align."""
    made = QPixmap(SIDE, SIDE)
    made.fill(Qt.GlobalColor.transparent)
    with QPainter(made) as painter:
        painter.drawImage((SIDE - image.width()) // 2, (SIDE - image.height()) // 2, image)
    return made


def _attach_each(
    files: Sequence[Callable[[str], Changes]], case_id: str
) -> tuple[Changes, int, Sequence[GridClientError]]:
    """Attaches the files that can be. Returns what was written, how many they are, and why the others were refused."""
    changes, refused = Changes(), []
    for attach in files:
        try:
            changes |= attach(case_id)
        except GridClientError as error:
            refused.append(error)
    return changes, len(files) - len(refused), refused


def _attach(desk: Desk, path: Path, kind: str, case_id: str) -> Changes:
    """Stores the file, then records it in the case. To be called on the writer thread."""
    kept = desk.files.keep(path, at=desk.clock.now())
    return desk.act(Action.ATTACH, case_id, {"sha256": kept.sha256, "name": kept.name, "kind": kind, "size": kept.size})


def _attach_image(desk: Desk, image: QImage, kind: str, case_id: str) -> Changes:
    """Stores a pasted image as a PNG file and attaches it.

    Raises:
        InvalidInput: it cannot be written (``attachment.unreadable``).
    """
    with tempfile.TemporaryDirectory(prefix="gridclient-") as folder:
        path = Path(folder) / f"{desk.clock.now():%Y%m%d-%H%M%S}.png"
        if image.isNull() or not image.save(str(path)):
            raise InvalidInput("attachment.unreadable", name=path.stem)
        return _attach(desk, path, kind, case_id)


def thumbnail(files: AttachmentFiles, sha256: str) -> QImage:
    """A thumbnail of a stored file; an empty image if it is no picture or not on this desk."""
    try:
        content = files.content(sha256)
    except GridClientError:
        return QImage()
    buffer = QBuffer()
    buffer.setData(content)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    if size.isValid():
        reader.setScaledSize(size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def copy_to(files: AttachmentFiles, sha256: str, target: Path) -> Path:
    """Writes a stored file to ``target``, not encrypted.

    Raises:
        NotFound: it is not on this desk.
        InvalidInput: it cannot be written there (``attachment.not_saved``).
    """
    return _written(files.content(sha256), target)


def _written(content: bytes, target: Path) -> Path:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise InvalidInput("attachment.not_saved", name=target.name) from error
    return target

"""What the operator has to confirm before synchronisation goes on: after a restore, and if two machines are one
desk."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gridclient.domain.frozen import frozen
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.ui.sync.present import only_here

translate = QCoreApplication.translate


@frozen
class Question:
    """A question: what happened, what is kept, what the button does."""

    title: str
    happened: str
    kept: str
    does: str
    button: str


def question(view: SyncView) -> Question | None:
    """What has to be confirmed before the next round; ``None`` if nothing has to."""
    here = only_here(view)
    waiting = translate("Sync", "；本机还没有上报的 {here}一条不少").format(here=here) if here else ""
    if view.state is SyncState.CONFIRM:
        return Question(
            translate("Sync", "这台电脑恢复过备份"),
            translate(
                "Sync",
                "席位的数据回到了备份时的样子。备份之后已经上报的，同步中心都有，同步时会取回来；"
                "备份之后还没有上报的，在被替换的旧数据里，另存在 backups 文件夹。",
            ),
            translate("Sync", "同步中心和别的席位的记录都不动{waiting}。").format(waiting=waiting),
            translate("Sync", "按下按钮：取回同步中心已有的内容，再从新的编号起点上报本机的。"),
            translate("Sync", "已核对，继续同步"),
        )
    if view.state is SyncState.FORKED:
        return Question(
            translate("Sync", "同步中心里有同一席位、同样编号、内容却不同的记录"),
            translate(
                "Sync",
                "多半是这份席位数据被复制到了另一台电脑上，两台都在用；也可能是恢复了旧备份。",
            ),
            translate("Sync", "两边的记录都保留，同步中心的不动{waiting}。").format(waiting=waiting),
            translate(
                "Sync",
                "按下按钮：本机换一个新的编号起点，把没有上报的重新编号后上报。另一台电脑请停用，或另行注册。",
            ),
            translate("Sync", "换新起点，继续同步"),
        )
    return None

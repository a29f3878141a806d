"""What to do about the program's own troubles, by the cause of the incident; flows bring sentences for theirs."""

from __future__ import annotations

from typing import Final

from rpa.language import Text

CHANNEL: Final = "notify"
"""Incidents of a channel that fails have this and the channel's name as their cause: `notify:boss`."""
HEADLINES: Final = {
    CHANNEL: Text(
        en="A notification channel fails: put it right, then run `rpa notify test`.",
        zh="通知渠道发送失败：请检查后运行 rpa notify test。",
    )
}
"""What happened and what to do, where the message itself says less."""

_CORRECT = Text(en="Correct the file, then run `rpa doctor`.", zh="请改正文件，然后运行 rpa doctor。")
_MAKE_ROOM = Text(en="Make room on this disk, then run `rpa doctor`.", zh="请清理该磁盘，然后运行 rpa doctor。")
_ADVICE: Final = {
    "bad_config": _CORRECT,
    "scheduler:config": _CORRECT,
    "shop_file": _CORRECT,
    "scheduler": Text(
        en="Run `rpa doctor`; if this stays, send var/log/schedule.log to whoever looks after the program.",
        zh="请运行 rpa doctor；若持续出现，请把 var/log/schedule.log 发给维护人员。",
    ),
    "time_limit": Text(
        en="See `rpa status`; if runs of this size are usual, raise `time_limit` of the entry in rpa.toml.",
        zh="请运行 rpa status 查看；若任务量一直这么大，请在 rpa.toml 中调大该计划的 time_limit。",
    ),
    "waits": Text(
        en="See `rpa status`; end what holds the shop, or plan fewer runs at a time.",
        zh="请运行 rpa status 查看；结束占用店铺的程序，或错开计划时间。",
    ),
    "disk_low": _MAKE_ROOM,
    "disk_full": _MAKE_ROOM,
    "inbox_grown": Text(
        en="Have whoever sends it name the file .part until all of it is there.",
        zh="请让发送方先用 .part 作后缀，写完后再改名。",
    ),
    "inbox_empty": Text(
        en="Ask whoever sends the sheet, or put it into the folder by hand.", zh="请联系发送方，或手动放入表格。"
    ),
}


def advice(cause: str) -> Text | None:
    """What to do about this cause; None: `rpa todo` says."""
    return _ADVICE.get(cause) or _ADVICE.get(cause.partition(":")[0])

"""What people are told to do about the incidents of inboxes."""

from __future__ import annotations

from typing import Final

from rpa.language import Text

GROWN: Final = Text(
    en="Have whoever sends it name the file .part until all of it is there.",
    zh="请让发送方先用 .part 作后缀，写完后再改名。",
)
EMPTY: Final = Text(
    en="Ask whoever sends the sheet, or put it into the folder by hand.", zh="请联系发送方，或手动放入表格。"
)

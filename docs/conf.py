"""Settings of the documentation site: `python3 bootstrap.py docs` builds it, without the internet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sphinx.search.en import SearchEnglish

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "rpa"
html_title = "rpa"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_theme_options = {
    "light_css_variables": {
        "font-stack": 'system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
    },
}
highlight_language = "text"
smartquotes = False
html_search_language = "both"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_use_index = False
html_copy_source = False
html_show_copyright = False

_CHINESE = re.compile("[\u3400-\u9fff]+")
_BROKEN_LINE = re.compile("^(?!#)(.*[\u3000-\u9fff\uff00-\uffef”])\n *(?=[\u3000-\u9fff\uff00-\uffef“])", re.MULTILINE)
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_IN_CHINESE = {
    "Search": "搜索",
    "Next": "下一页",
    "Previous": "上一页",
    "Home": "首页",
    "On this page": "本页内容",
    "Back to top": "回到顶部",
}


class SearchBoth(SearchEnglish):
    """English as Sphinx does it; Chinese, which has no spaces, by each two characters that stand side by side."""

    lang = "both"
    js_splitter_code = """
function splitQuery(query) {
  const words = query.split(/[^\\p{Letter}\\p{Number}_]+/gu).filter((word) => word);
  return words.flatMap((word) => word.split(/([\\u3400-\\u9fff]+)/u).filter((part) => part)).flatMap((part) =>
    /[\\u3400-\\u9fff]/u.test(part) && part.length > 2
      ? Array.from({ length: part.length - 1 }, (_, at) => part.slice(at, at + 2))
      : [part]);
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - the name that Sphinx gives it
        """The words of a text, for the index."""
        runs: list[str] = _CHINESE.findall(input)
        pairs = [run[at : at + 2] for run in runs for at in range(max(len(run) - 1, 1))]
        return [*super().split(_CHINESE.sub(" ", input)), *pairs]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_search_language(SearchBoth)
    app.connect("source-read", _join_chinese_lines)
    app.connect("html-page-context", _speak_chinese)


def _join_chinese_lines(_app: Sphinx, page: str, content: list[str]) -> None:
    """Chinese is written without spaces, and a line that ends would be one."""
    if page.startswith("zh/"):
        parts = _FENCED.split(content[0])
        content[0] = "".join(part if at % 2 else _BROKEN_LINE.sub(r"\1", part) for at, part in enumerate(parts))


def _speak_chinese(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """What the theme itself says on a Chinese page, and which of the shapes of a character its fonts take."""
    if page.startswith("zh/"):
        context["language"] = "zh-CN"
        context["_"] = context["gettext"] = lambda text: _IN_CHINESE.get(text, text)

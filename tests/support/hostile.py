"""Small files that come to much."""

from __future__ import annotations

import io
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""


def workbook_of_one_text(*, length: int, cells: int) -> bytes:
    """An xlsx file of one shared text, which each of its cells names."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, cells + 1))
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": links(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="worksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": links(worksheet="worksheets/sheet1.xml", sharedStrings="sharedStrings.xml"),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{"A" * length}</t></si></sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def links(**targets: str) -> str:
    made = (f'<Relationship Id="{name}" Type="{DOCUMENT}/{name}" Target="{to}"/>' for name, to in targets.items())
    return f'<Relationships xmlns="{LINKS}">{"".join(made)}</Relationships>'


def page_of_reaching_cells(*, rows: int) -> bytes:
    """A page in which each cell reaches over hundreds of columns and rows."""
    cell = "<tr><td rowspan=9999 colspan=9999>x</td></tr>"
    return f"<table>{cell * rows}</table>".encode()

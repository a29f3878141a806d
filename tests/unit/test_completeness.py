"""What a list tells of itself, and when that proves that it was read whole."""

from __future__ import annotations

import pytest

from rpa.browser.completeness import PageRead, Pass, page_in, total_in


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("97 orders", 97),
        ("1-20 of 97", 97),
        ("1 – 20 of 1,234", 1234),
        ("第 1 至 20 条，共 97 条", 97),
        ("共 1,234 条", 1234),
        ("共 １，２３４ 条", 1234),
        ("Page 2 of 3 (97 orders)", 97),
        ("97 orders, page 2 of 5", 97),
        ("共 97 条 20 条/页", 97),
        ("97 orders, 20 per page", 97),
        ("2.100 Artikel", 2100),
        ("2\xa0100 commandes", 2100),
        ("2\u202f100 commandes", 2100),
        ("2 100 objednávek", 2100),
        ("1’234 Artikel", 1234),
        ("1,23,456 orders", 123456),
        ("0 orders", 0),
    ],
)
def test_a_total_is_read(text: str, total: int) -> None:
    assert total_in(text) == total


@pytest.mark.parametrize(
    "text", ["", "many", "10000+ orders", "1-20", "1–20 of many", "共 1.2万 条", "共 1.2万条", "2 k orders", "约 97 条"]
)
def test_what_tells_no_total_or_only_about_it_proves_nothing(text: str) -> None:
    assert total_in(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Page 2 of 3", (2, 3)),
        ("第 ２ / 5 页", (2, 5)),
        ("Page\xa02 of\xa01,000", (2, 1000)),
        ("", (None, None)),
        ("35 orders, page 1 of 4", (1, 4)),
        ("Page 2 of 3 (97 orders)", (2, 3)),
        ("共 97 条 第 2 页/共 5 页", (2, 5)),
        ("2 5", (2, 5)),
        ("Page 2", (2, None)),
        ("1-20 of 97, page 1 of 5", (None, None)),
        ("20 rows, 35 orders, 4 pages", (None, None)),
    ],
)
def test_number_and_count_of_pages_are_read(text: str, told: tuple[int | None, int | None]) -> None:
    assert page_in(text) == told


def test_a_list_whose_pages_bring_other_rows_for_ever_has_an_end() -> None:
    count = Pass()
    pages = 0
    while count.add(PageRead(keys=[f"row {pages}"])) and count.goes_on:
        pages += 1
        assert pages < 10_000
    assert count.doubt() is not None


def test_a_list_that_shrinks_while_it_is_read_is_not_proven_whole() -> None:
    """One row left the first page, and another moved up to it unseen: as many were read as there are now."""
    count = Pass()
    count.add(PageRead(keys=["a", "b"], total=4))
    count.add(PageRead(keys=["d"], total=3))
    doubt = count.doubt()
    assert doubt is not None
    assert doubt.en == "the list shrank from 4 to 3 while it was read"


def test_a_list_that_grows_while_it_is_read_is_whole_once_every_row_came() -> None:
    count = Pass()
    count.add(PageRead(keys=["a", "b"], total=3))
    assert count.goes_on
    count.add(PageRead(keys=["b", "c", "d"], total=4))
    assert (count.goes_on, count.doubt()) == (False, None)


def test_rows_that_came_while_a_list_was_read_may_be_read_afterwards() -> None:
    count = Pass()
    count.add(PageRead(keys=("d", "c"), total=4))
    count.add(PageRead(keys=("c", "b"), total=5))
    assert not count.only_grew, "a row that was there at first is missing"
    count.add(PageRead(keys=("b", "a"), total=6))
    assert (count.only_grew, count.doubt() is None) == (True, False)
    count.add(PageRead(keys=("f", "e"), total=6))
    assert (count.only_grew, count.doubt()) == (False, None)


def test_a_list_that_shrank_is_read_anew_and_none_of_it_is_kept() -> None:
    count = Pass()
    for total in (2, 4, 3):
        count.add(PageRead(keys=("b", "a"), total=total))
    assert not count.only_grew

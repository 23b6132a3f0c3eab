"""Whatever stands in the lines of a table, and in whatever order: nothing is lost, and all questions are answered."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

import retypeset
from retypeset.notes import LOSS

WORDS = (
    *("<TABLE>", "<CAPTION>", "<S>", "<C>", "</TABLE>", "<PAGE>", "<F1>", "---", "===", "____", "|"),
    *("1,234", "(5)", "$", "%", "-", "--", "1996", "12/31/99", "58  1/2", "3.5 -  4.2", "(1)", "*", "(a)", "......"),
    *("Net sales", "Total", "of the", "Page 1 of 3", "ITEM 1.", "/s/", "ANN HALL", "to", "continued", "(In thousands)"),
    *("* Restated.", "(1) Less taxes.", "\u00bd", "\u0131", "\u00b2"),
)
GAPS = (" ", "  ", "   ", "        ", "\n", "\n\n", "\n   ")


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), min_size=3, max_size=60))
@example([("/s/", "   "), ("......", "    "), ("12/31/99", "\n"), ("1,234", "  "), ("(5)", "\n")])
def test_nothing_of_a_table_is_lost(words: list[tuple[str, str]]) -> None:
    submission = retypeset.read(("A line of text.\n" + "".join(map("".join, words))).encode())
    assert [note for note in submission.notes if note.code in LOSS] == []
    for table in retypeset.tables(submission):
        retypeset.records(table)
    retypeset.to_markdown(submission)
    retypeset.to_html(submission)
    retypeset.to_csv(submission)

"""Whatever is made of the lines of a schedule, nothing is lost of them and nothing is said twice."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

import retypeset
from retypeset.notes import LOSS

LINES = (
    "<ARTICLE> 5",
    "<ARTICLE>9   Exhibit 27",
    "<LEGEND>",
    "<LEGEND> TAKEN FROM THE BALANCE SHEET",
    "</LEGEND>",
    "<MULTIPLIER> 1,000",
    "<S>                             <C>                     <C>",
    "<PERIOD-TYPE>                   6-MOS                   12-MOS",
    "<PERIOD-END>                               DEC-31-1996<F2>         JUN-30-1996",
    "<CASH>                                           1,344<F1>               1,204 <F1>",
    "<SECURITIES>                                                                 0",
    "<SALES>                                      $   1,344",
    "<RESTATED>",
    "<FN>",
    "<F1>",
    "<F1> INCLUDES CASH HELD FOR OTHERS,",
    "<F1> <F2> ALL OF IT",
    "      40 AND 38.",
    "</FN>",
    "</TABLE>",
    "<PAGE>",
    "----------",
    "A line of words.",
    "",
)


@given(st.lists(st.sampled_from(LINES), min_size=3, max_size=40))
def test_the_proof_holds_for_any_order_of_lines(lines: list[str]) -> None:
    assume(any(lines))
    submission = retypeset.read("\n".join(lines).encode())
    assert [note for note in submission.notes if note.code in LOSS] == []
    for table in retypeset.tables(submission):
        retypeset.records(table)
        retypeset.to_csv(table)
    retypeset.amounts(submission)


def test_a_thousand_schedules_take_no_longer_than_their_lines() -> None:
    one = "<ARTICLE> 5\n<CASH> 1,344<F1>\n<SALES> 2\n<FN>\n<F1> NET.\n</FN>\n"
    assert len(retypeset.tables(retypeset.read((one * 1000).encode()))) == 1000

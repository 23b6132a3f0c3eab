"""What the tests of the command line share: a filing of an invented company, and a way to call the command."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from click.testing import CliRunner, Result

from retypeset.cli import commands

Run: TypeAlias = Callable[..., Result]

HEADER = """\
<SEC-DOCUMENT>0009999999-97-000012.txt : 19970512
<SEC-HEADER>0009999999-97-000012.hdr.sgml : 19970512
ACCESSION NUMBER:		0009999999-97-000012
CONFORMED SUBMISSION TYPE:	10-Q
PUBLIC DOCUMENT COUNT:		3
CONFORMED PERIOD OF REPORT:	19970331
FILED AS OF DATE:		19970512

FILER:

	COMPANY DATA:
		COMPANY CONFORMED NAME:			HARROW LANE TINWORKS INC
		CENTRAL INDEX KEY:			0009999999
		STANDARD INDUSTRIAL CLASSIFICATION:	METAL CANS [3411]
	BUSINESS ADDRESS:
		STREET 1:		7 HARROW LANE
		CITY:			MILLBROOK
		STATE:			OH
</SEC-HEADER>
"""

REPORT = """\
<DOCUMENT>
<TYPE>10-Q
<SEQUENCE>1
<DESCRIPTION>QUARTERLY REPORT
<TEXT>

                          HARROW LANE TINWORKS INC

ITEM 1.  FINANCIAL STATEMENTS

     The statements that follow were prepared without audit. In the opinion
of management they hold every adjustment that a fair view of the quarter
calls for, and each of these is of a kind that recurs.

<TABLE>
<CAPTION>
                                   March 31,     December 31,
                                     1997            1996
<S>                               <C>            <C>
Cash                              $   1,204       $     998
Receivables                           3,415           3,307
                                  ---------       ---------
                                  $   4,619       $   4,305
                                  =========       =========
</TABLE>

     Orders for painted tins rose in each month of the quarter, and the works
at Millbrook ran on two shifts from the middle of February, which the company

                                      -2-
<PAGE>

expects to keep until the autumn.

     (a)  The lease of the works ends in 2004.
     (b)  The lease of the yard ends in 1999.

                                        HARROW LANE TINWORKS INC
                                        By: /s/ A. Tinsmith
</TEXT>
</DOCUMENT>
"""

SCHEDULE = """\
<DOCUMENT>
<TYPE>EX-27
<SEQUENCE>2
<DESCRIPTION>FINANCIAL DATA SCHEDULE
<TEXT>
<TABLE> <S> <C>
<ARTICLE> 5
<MULTIPLIER> 1,000
<CASH>                                           1,204
<TOTAL-ASSETS>                                   4,619
</TABLE>
</TEXT>
</DOCUMENT>
"""

PICTURE = b"GIF89a" + bytes(range(256))


def _uuencoded(data: bytes, name: str) -> str:
    pieces = (data[at : at + 45] for at in range(0, len(data), 45))
    lines = "".join(binascii.b2a_uu(piece, backtick=True).decode() for piece in pieces)
    return f"begin 644 {name}\n{lines}`\nend\n"


@pytest.fixture
def picture() -> bytes:
    """The bytes of the uuencoded picture in `filing`."""
    return PICTURE


@pytest.fixture
def filing() -> str:
    """A submission of three documents: a report with a table and a page break, a schedule, a picture."""
    drawing = "<DOCUMENT>\n<TYPE>EX-99\n<SEQUENCE>3\n<TEXT>\n" + _uuencoded(PICTURE, "../works map.gif")
    return f"{HEADER}{REPORT}{SCHEDULE}{drawing}</TEXT>\n</DOCUMENT>\n</SEC-DOCUMENT>\n"


@pytest.fixture
def path(tmp_path: Path, filing: str) -> Path:
    """The filing as a file of its own folder, its name full of dots."""
    path = tmp_path / "in" / "0009999999-97-000012.2-ex-3.a.txt"
    path.parent.mkdir()
    path.write_text(filing)
    return path


@pytest.fixture
def run() -> Run:
    """Call the command in this process; what is not a file of ours is turned into text."""

    def call(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(commands, [str(argument) for argument in arguments], stdin, catch_exceptions=False)

    return call

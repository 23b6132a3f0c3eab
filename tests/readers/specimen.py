"""Specimens: pages whose text is known beforehand, set by groff.

The line breaker, the hyphenator and the paginator are not ours: a reader that is tested on these pages is not tested on
the habits of its own writer. A specimen is drawn by hypothesis, which chooses its shape; the words come from a list.
"""

from __future__ import annotations

import random
import subprocess
from typing import Literal, NamedTuple

from hypothesis import strategies as st

Kind = Literal["heading", "paragraph", "item"]

_WORDS = """
the of and to in a for its were which by under with respect other such any not shall be as on from that company
revenue share interest management net income increase operating quarter agreement holder amount stock common annual
report securities registrant principal material substantially approximately notwithstanding taxes cost sales fiscal
year ended period directors employees products markets customers manufacturing equipment long-term well-known
distribution facilities competition environmental regulations respectively additional acquisition subsidiaries
outstanding borrowings
"""
WORDS = tuple(_WORDS.split())
FIGURES = ("1997", "$4.2", "12.5%", "1,150", "(the", "plants)", "Ohio", "June 30, 1996,")
SERIES = (
    ("(a)", "(b)", "(c)", "(d)"),
    ("1.", "2.", "3.", "4."),
    ("(i)", "(ii)", "(iii)", "(iv)"),
    ("o",) * 4,
    ("-",) * 4,
)
HEADS = ("", "ALDERBROOK VALVE COMPANY", "Alderbrook Valve Company and Subsidiaries")
FOLIOS = ("", "-%-", "%", "Page %", "F-%")

# Sixty lines a page; the page's head is the running head, its foot the folio. `.ne` keeps two lines together.
PAGE = r"""
.pl 60
.po 0
.ll {width}n
.lt {width}n
.hy {hyphenated}
.de HD
'sp 1
.if \\n%>1 .tl '{head}'''
'sp 1
.ns
..
.de FO
'sp 1
.tl ''{folio}''
'bp
..
.wh 0 HD
.wh -4 FO
.ad {adjust}
"""
COMMAND = ("groff", "-Tascii", "-P-c", "-P-b", "-P-u", "-P-o", "-P-f")
ESCAPES = str.maketrans({"\\": "\\e", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"})


class Block(NamedTuple):
    """A heading, paragraph or item, as it should be read."""

    kind: Kind
    text: str
    label: str = ""


class Specimen(NamedTuple):
    """A document and how it is to be set; `indent` is that of a paragraph's first line."""

    width: int
    justified: bool
    hyphenated: bool
    indent: int
    head: str
    folio: str
    blocks: tuple[Block, ...]


@st.composite
def specimens(draw: st.DrawFn) -> Specimen:
    """Draw a specimen of three to eight pages."""
    kinds = draw(st.lists(st.sampled_from(("section", "paragraph", "paragraph", "list")), min_size=24, max_size=36))
    chance = random.Random(draw(st.integers(0, 2**32 - 1)))
    return Specimen(
        width=draw(st.integers(62, 79)),
        justified=draw(st.booleans()),
        hyphenated=draw(st.sampled_from((False, False, False, True))),
        indent=draw(st.sampled_from((0, 2, 3, 4, 5))),
        head=draw(st.sampled_from(HEADS)),
        folio=draw(st.sampled_from(FOLIOS)),
        blocks=tuple(block for kind in kinds for block in _blocks(kind, chance)),
    )


def _blocks(kind: str, chance: random.Random) -> list[Block]:
    if kind == "section":
        title = " ".join(chance.sample(WORDS[24:], chance.randint(2, 4))).upper()
        return [Block("heading", title), Block("paragraph", _text(chance, 6))]
    if kind == "paragraph":
        return [Block("paragraph", _text(chance, 6))]
    series = chance.choice(SERIES)
    return [Block("item", _text(chance, 3), label) for label in series[: chance.randint(2, 4)]]


def _text(chance: random.Random, most: int) -> str:
    return " ".join(_sentence(chance) for _ in range(chance.randint(1, most)))


def _sentence(chance: random.Random) -> str:
    words = [chance.choice(FIGURES if chance.random() < 0.06 else WORDS) for _ in range(chance.randint(7, 28))]
    return " ".join((chance.choice(WORDS).capitalize(), *words, chance.choice(WORDS))) + "."


def typeset(specimen: Specimen) -> str:
    """Set a specimen with groff and return its pages, with `<PAGE>` between them."""
    done = subprocess.run(COMMAND, input=_roff(specimen), capture_output=True, text=True, check=True)
    assert done.stderr == "", done.stderr
    return done.stdout.replace("\f", "<PAGE>\n")


def _roff(specimen: Specimen) -> str:
    out = [
        PAGE.format(
            width=specimen.width,
            hyphenated=int(specimen.hyphenated),
            head=specimen.head,
            folio=specimen.folio,
            adjust="b" if specimen.justified else "l",
        )
    ]
    for kind, text, label in specimen.blocks:
        words = text.translate(ESCAPES)
        match kind:
            case "heading":
                out += [".sp", ".ne 4", ".ce", words]
            case "paragraph":
                out += [".sp", ".ne 2", f".ti {specimen.indent}", words]
            case "item":
                out += [".sp", ".ne 2", ".in +10n", ".ti -5n", ".ta 10n", f"{label}\t{words}", ".in -10n"]
    return "\n".join(out) + "\n"

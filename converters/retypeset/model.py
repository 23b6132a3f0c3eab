"""The nodes of a submission: the one vocabulary that readers write and writers read.

A `Submission` holds a `Header` and `Document`s; a document holds blocks. `Block` is a closed union: a writer
matches over it and ends in `assert_never`, so that the type checker finds the writer that forgot a node.

Everything is frozen and made of tuples; the JSON of these nodes is the published format (`retypeset schema`) and
reads back to an equal value. There are no methods that write, draw or search: questions about a document are
functions elsewhere. This module imports nothing of ours.

Line numbers are 1-based and count the lines of the decoded source (`readers.decode`), columns are 0-based, sizes are
in bytes. A range names its first and its last line, both included.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

SCHEMA_VERSION = "1"


class Range(NamedTuple):
    """A run of source lines, both ends included, 1-based."""

    first: int
    last: int


Ranges: TypeAlias = tuple[Range, ...]
Align: TypeAlias = Literal["left", "center", "right"]


class Note(Struct, frozen=True, gc=False):
    """Something a reader of the output should know: what, and where in the source.

    `code` is one of `notes.CODES`; `message` is a sentence; `lines` is None where the whole file is meant.
    """

    code: str
    message: str
    lines: Range | None = None


# ---------------------------------------------------------------- blocks


class Heading(Struct, frozen=True, tag="heading", tag_field="kind", gc=False):
    """A title. `level` 1 is the top of the document; `item` is the Item of the form it opens ("7A"), or empty."""

    text: str
    level: int
    lines: Ranges
    item: str = ""


class Paragraph(Struct, frozen=True, tag="paragraph", tag_field="kind", gc=False):
    """Running text as one string: single blanks, no line ends, no indent."""

    text: str
    lines: Ranges


class ListItem(Struct, frozen=True, gc=False):
    """One item: its marker as filed (`(a)`, `1.`, `o`; empty where there is none) and what it says."""

    marker: str
    blocks: tuple[Block, ...]
    lines: Ranges


class List(Struct, frozen=True, tag="list", tag_field="kind", gc=False):
    """Items that follow each other at one level; a nested list is a block of its item."""

    items: tuple[ListItem, ...]
    lines: Ranges


class Lines(Struct, frozen=True, tag="lines", tag_field="kind", gc=False):
    """Text whose line breaks carry meaning: address, cover page, signature, verse. Lines are parted by a line feed."""

    text: str
    lines: Ranges
    align: Align = "left"


class Preformatted(Struct, frozen=True, tag="preformatted", tag_field="kind", gc=False):
    """Text kept as it was typed, blanks and all: its shape could not be read. Lines are parted by a line feed."""

    text: str
    lines: Ranges


class Cell(Struct, frozen=True, omit_defaults=True, gc=False):
    """A cell: its text as printed, how far it spans, and the number it states.

    `number` is a decimal string: `(1,234)` is "-1234", `12.5%` is "12.5". `unit` is "%" or a currency sign that stands
    in the cell itself. `nil` is true where a dash says that there is nothing. `name` is what the tag of a financial
    data schedule is short for.
    """

    text: str
    colspan: int = 1
    rowspan: int = 1
    number: str | None = None
    unit: str = ""
    nil: bool = False
    name: str = ""


class Row(Struct, frozen=True, gc=False):
    """A row of cells. `level` is the depth of its label's indentation, 0 at the margin."""

    cells: tuple[Cell, ...]
    lines: Ranges
    kind: Literal["data", "section", "total"] = "data"
    level: int = 0


class Column(Struct, frozen=True, gc=False):
    """What holds for a whole column: how its cells are aligned."""

    align: Align = "left"


class Footnote(Struct, frozen=True, tag="footnote", tag_field="kind", omit_defaults=True, gc=False):
    """A note that something above refers to by its marker as filed (`(1)`, `*`): cells of a table, whose part it then
    is, or running text.

    Without a marker it is a further paragraph of the note before it. `apart` is false where no blank parts the marker
    from the text (`*Restated`). `referred` are the lines of the text that refers to it, if that is no table. How to
    find the references: `references`.
    """

    marker: str
    text: str
    lines: Ranges
    apart: bool = True
    referred: Ranges = ()


class Table(Struct, frozen=True, tag="table", tag_field="kind", gc=False):
    """A table. `head` rows stand above `body` rows; each row's spans add up to `columns`.

    `lines` are those of head and body; each footnote has its own. `caption` is the title above the table and `unit`
    what is said of all its figures, as printed ("(In thousands)"); both only repeat what a block above, furniture, or
    the table's head says, so that a table can be understood by itself: no writer prints them again. `confidence` says
    how well the table could be read, from 0 to 1; where its cells are not to be trusted, `text` is the table as it was
    filed, and writers show that instead. Else `text` is empty.
    """

    columns: tuple[Column, ...]
    head: tuple[Row, ...]
    body: tuple[Row, ...]
    lines: Ranges
    caption: str = ""
    unit: str = ""
    footnotes: tuple[Footnote, ...] = ()
    confidence: float = 1.0
    text: str = ""


Block: TypeAlias = Heading | Paragraph | List | Lines | Table | Footnote | Preformatted


# ---------------------------------------------------------------- what was taken out, and where pages began


class Furniture(Struct, frozen=True, gc=False):
    """What was taken out of the running text, word for word: nothing that leaves a document leaves this list.

    `text` holds the characters taken, lines parted by a line feed. Where a block has the same line, only this part of
    the line was taken (a `<PAGE>` glued to the end of a sentence).

    break: a page break (`<PAGE>`, form feed); folio: a printed page number; head, foot: what is printed afresh on
    every page; tag: a layout tag; rule: a line drawn with dashes; leader: dots that lead to a figure; mark: an end
    mark; hyphen: the hyphen of a word that was parted at the line's end; envelope: armour and tags around the
    documents; unseen: what an HTML page does not show: its title, scripts, style sheets, hidden elements.
    """

    kind: Literal["break", "folio", "head", "foot", "tag", "rule", "mark", "leader", "hyphen", "envelope", "unseen"]
    text: str
    lines: Range


class Page(Struct, frozen=True, gc=False):
    """A page of the original: the label printed on it (empty where none is) and its first line."""

    label: str
    line: int


class Attachment(Struct, frozen=True, gc=False):
    """A file inside the submission that is not fixed-width text: uuencoded, or an HTML page.

    `size` and `sha256` are those of the decoded bytes, which `retypeset.attachment_data` takes from the source.
    `document` is the position, from 1, of the document that holds it. `lines` are its lines in the source. A page
    (`encoding` is "text") is read, too: the blocks of its document have the same lines, and may share one.
    """

    name: str
    media_type: str
    size: int
    sha256: str
    encoding: Literal["uuencode", "text"]
    document: int
    lines: Range


# ---------------------------------------------------------------- header


class Field(Struct, frozen=True, gc=False):
    """One line of the header as filed: `name` without its colon or brackets, `value`, and the fields below it."""

    name: str
    value: str
    lines: Range
    fields: tuple[Field, ...] = ()


class Address(Struct, frozen=True, omit_defaults=True, gc=False):
    """An address of a filer. `kind` is "business" or "mail"."""

    kind: str
    street1: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    phone: str = ""


class FormerName(Struct, frozen=True, gc=False):
    """A name a filer bore until `date` (ISO 8601, or as filed where it is no date)."""

    name: str
    date: str


class Filer(Struct, frozen=True, omit_defaults=True, gc=False):
    """A party of the submission. `role` is its group in the header, in small letters: "filer", "subject company",
    "filed by", "reporting owner"."""

    role: str
    name: str = ""
    cik: str = ""
    sic: str = ""
    industry: str = ""
    irs_number: str = ""
    state_of_incorporation: str = ""
    fiscal_year_end: str = ""
    file_number: str = ""
    addresses: tuple[Address, ...] = ()
    former_names: tuple[FormerName, ...] = ()


class Header(Struct, frozen=True, gc=False):
    """What the submission says of itself. Dates are ISO 8601, or as filed where they are no dates; empty: not stated.

    `dialect` is "sec" or "ims" (`KEY: value` lines), "tags" (`<KEY>value`), "bare" (`KEY: value` lines whose tags were
    lost), or "none". `fields` holds every field in order, with nesting and repetition.
    """

    dialect: Literal["sec", "ims", "tags", "bare", "none"]
    accession_number: str = ""
    form: str = ""
    filed: str = ""
    period: str = ""
    document_count: int | None = None
    items: tuple[str, ...] = ()
    filers: tuple[Filer, ...] = ()
    fields: tuple[Field, ...] = ()


# ---------------------------------------------------------------- documents


class Document(Struct, frozen=True, gc=False):
    """One document of a submission. `sequence` is as filed, 0 where none is; `lines` is everything from `<DOCUMENT>`
    to `</DOCUMENT>`."""

    type: str
    sequence: int
    filename: str
    description: str
    lines: Range
    blocks: tuple[Block, ...] = ()
    furniture: tuple[Furniture, ...] = ()
    pages: tuple[Page, ...] = ()
    notes: tuple[Note, ...] = ()


class Source(Struct, frozen=True, gc=False):
    """What was read. `sha256` and `size` are those of the bytes, `lines` counts the decoded text."""

    name: str
    size: int
    sha256: str
    encoding: str
    lines: int


class Submission(Struct, frozen=True, gc=False):
    """A whole filing. `envelope` holds the lines around header and documents; `schema` is this format's version."""

    source: Source
    header: Header
    documents: tuple[Document, ...]
    attachments: tuple[Attachment, ...] = ()
    envelope: tuple[Furniture, ...] = ()
    notes: tuple[Note, ...] = ()
    schema: str = SCHEMA_VERSION

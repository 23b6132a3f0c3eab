"""Submission -> one HTML page: semantic elements, styles inlined or linked, the source lines of every block on it.

The page around the documents is a Jinja2 template (`templates/document.html.j2`, or the user's own); their blocks are
written by `body`. Words of the page that nobody filed stand in `<header>`, `<nav>`, `<aside>` or `<footer>`. What the
page looks like is said in `styles/`, nothing of it here but the sizes that only the text can tell.

Jinja2 is imported when a page is written, not before.
"""

from __future__ import annotations

import re
from functools import cache
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..model import Document, Note, Submission
from ..notes import RetypesetError, TemplateError, place
from ..resources import resource
from .body import Body, Entry, Ids

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

PAGE_TEMPLATE: Final = "document.html.j2"

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_STYLE_END: Final = re.compile(r"</style", re.IGNORECASE)


class Section(NamedTuple):
    """A document as the template sees it: what it is called, its headings, its blocks as HTML."""

    id: str
    label: str
    document: Document
    headings: tuple[Entry, ...]
    html: Markup


class Fact(NamedTuple):
    """A line of the title block: a class name for the styles, a label, a value."""

    name: str
    label: str
    value: str


def write(
    submission: Submission, *, template: str | None = None, style: str | None = None, stylesheet: str | None = None
) -> str:
    """Write a submission as one HTML page that needs nothing beside it, unless it is to link a style sheet.

    `stylesheet` is the URL by which the page finds that sheet, relative or not; its text is `retypeset.stylesheet()`,
    or your own. `template` is the text of a Jinja2 template that takes the place of ours, or extends it
    (`{% extends "document.html.j2" %}`); `style` is the text of a style sheet that follows ours and so prevails.
    Raises TemplateError, with the line, where the template cannot be used, and where the style would end its element.
    """
    sheet = resource("styles", "screen.css")
    return page(submission, sheet, template=template, style=style, stylesheet=stylesheet)


def page(  # noqa: PLR0913 - what two writers ask for
    submission: Submission,
    sheet: str,
    *,
    template: str | None = None,
    style: str | None = None,
    stylesheet: str | None = None,
    tagged: bool = False,
) -> str:
    """Write the page with `sheet` as its style, or with a link to `stylesheet`: what `write` and the PDF writer share.

    `tagged` gives every cell of a table a head, as PDF/UA asks.
    """
    if style is not None and _STYLE_END.search(style):
        raise TemplateError("the style contains </style: a style sheet is expected, without HTML around it")
    styles = {"style": sheet, "own_style": style or "", "stylesheet": stylesheet or ""}
    context = {**_context(submission, tagged=tagged), **styles}
    if template is None:
        return _environment().get_template(PAGE_TEMPLATE).render(context)
    try:
        return _own(template).render(context)
    except Exception as error:  # whatever a user's template raises is that template's fault
        raise _fault(error) from error


@cache
def _environment() -> Environment:
    from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415 - imported only when a page is written
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - likewise

    return ImmutableSandboxedEnvironment(
        loader=FunctionLoader(_shipped),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shipped(name: str) -> tuple[str, str, None] | None:
    try:
        return resource("templates", name), name, None
    except RetypesetError:
        return None


def _own(template: str) -> Template:
    return _environment().from_string(template)


def _fault(error: Exception) -> TemplateError:
    """What to tell the author of a template, with the last of its lines that was at work."""
    from jinja2 import TemplateNotFound  # noqa: PLC0415 - imported only when a page is written

    at = [number for frame, number in walk_tb(error.__traceback__) if frame.f_code.co_filename == "<template>"]
    line = at[-1] if at else getattr(error, "lineno", None)
    where = f"line {line} of the template" if line is not None else "the template"
    said = str(error) or type(error).__name__
    if isinstance(error, TemplateNotFound):
        said = f"there is no template {said!r}; the only one to extend is {PAGE_TEMPLATE}"
    return TemplateError(f"{where}: {said}")


def _context(submission: Submission, *, tagged: bool) -> dict[str, Any]:
    ids = Ids()
    sections = tuple(_section(document, n, ids, tagged=tagged) for n, document in enumerate(submission.documents, 1))
    company = next((filer.name for filer in submission.header.filers if filer.name), "")
    notes = [("", note) for note in submission.notes]
    notes += [(section.label, note) for section in sections for note in section.document.notes]
    return {
        "submission": submission,
        "sections": sections,
        "company": company,
        "title": _title(submission, company),
        "source_name": source_name(submission),
        "said": _said(submission, company),
        "date": submission.header.filed if _DATE.fullmatch(submission.header.filed) else "",
        "facts": _facts(submission),
        "notes": notes,
        "lines": _note_lines,
    }


def _title(submission: Submission, company: str) -> str:
    header = submission.header
    form = header.form or next((document.type for document in submission.documents if document.type), "")
    name = ": ".join(part for part in (company, f"Form {form}" if header.form else form) if part)
    title = ", ".join(part for part in (name, f"filed {header.filed}" if header.filed else "") if part)
    return title or source_name(submission) or "Filing"


def source_name(submission: Submission) -> str:
    """The name without its folders: where a file lay is nothing to publish."""
    return submission.source.name.replace("\\", "/").rpartition("/")[2]


def _said(submission: Submission, company: str) -> str:
    """What the filing is, in a sentence for catalogues."""
    header = submission.header
    parts = (
        f"Form {header.form}" if header.form else "Filing",
        f"of {company}" if company else "",
        f"for the period to {header.period}" if header.period else "",
        f"filed with the SEC on {header.filed}" if header.filed else "",
        f"accession number {header.accession_number}" if header.accession_number else "",
    )
    first, *rest = (" ".join(filter(None, parts[:2])), *filter(None, parts[2:]))
    return ", ".join((first, *rest))


def _facts(submission: Submission) -> list[Fact]:
    header = submission.header
    facts = [
        Fact("form", "Form", header.form),
        Fact("period", "Period", header.period),
        Fact("filed", "Filed", header.filed),
        Fact("accession-number", "Accession number", header.accession_number),
    ]
    for filer in header.filers:
        cik = f"CIK {filer.cik}" if filer.cik else ""
        facts.append(Fact("filer", filer.role.capitalize(), ", ".join(part for part in (filer.name, cik) if part)))
    return [fact for fact in facts if fact.value]


def _section(document: Document, position: int, ids: Ids, *, tagged: bool) -> Section:
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2, imported only when a page is written

    label = document.type or document.description or document.filename or f"Document {position}"
    id_ = ids.new(f"document-{document.sequence or position}")
    body = Body(document, ids, tagged=tagged)
    html = Markup(body.write(document.blocks))  # noqa: S704 - `body` escapes every text in it
    return Section(id_, label, document, tuple(body.headings), html)


def _note_lines(note: Note) -> str:
    return place(note.lines) if note.lines else ""

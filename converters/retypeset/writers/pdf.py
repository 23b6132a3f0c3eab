"""Submission -> PDF: the page of the HTML writer, set by WeasyPrint with `styles/print.css`, tagged as PDF/UA-1 asks.

Nothing is fetched: neither a filing nor a template can make the writer open a file or a connection. The same
submission gives the same bytes. WeasyPrint takes 1.5 s to import and needs Pango: it is imported when a PDF is
written, not before. What it has to say of a style goes to the log named `weasyprint` and nowhere else.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from types import ModuleType
from typing import Any, Final, NoReturn

from ..model import Submission
from ..notes import OutputError, TemplateError
from ..resources import resource
from . import html

_VARIANT: Final = "pdf/ua-1"
# A document of 100 pages is some millions of objects which all live until it is written: looking for garbage among them
# at the usual pace takes a seventh of the time.
_OBJECTS_BETWEEN_COLLECTIONS: Final = 200_000
# Pango and the fonts that are shared below bear one thread at a time: more corrupt its lists. Python would not set two
# documents at once anyway.
_ONE_AT_A_TIME: Final = threading.Lock()
_NO_DATE: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a PDF says no zone of a file it holds


def write(
    submission: Submission, *, template: str | None = None, style: str | None = None, source: bytes | None = None
) -> bytes:
    """Write a submission as a PDF.

    `template` and `style` are as in the HTML writer; the style follows `print.css`. `source` is what was read: where it
    is given, the PDF has it as an attachment. Raises TemplateError where the template cannot be used or where it or the
    style asks for a URL, OutputError where WeasyPrint cannot be loaded.
    """
    page = html.page(submission, resource("styles", "print.css"), template=template, style=style, tagged=True)
    weasyprint = _weasyprint()
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415 - only when a PDF is written

    refused: list[str] = []

    class Refusal(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
        """Fetches nothing. Any other exception would be swallowed everywhere; inside SVG even this one is."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:  # noqa: ARG002 - WeasyPrint's signature
            refused.append(url)
            raise FatalURLFetchingError(url)

    result = b""
    # What a style of the user's makes of fonts is not for the next document.
    fonts = _fonts() if template is None and style is None else None
    options = {"pdf_identifier": submission.source.sha256.encode(), "pdf_variant": _VARIANT}
    if source is not None:
        options["attachments"] = [_attachment(submission, source)]
    with suppress(FatalURLFetchingError), _ONE_AT_A_TIME, _few_collections():
        document = weasyprint.HTML(string=page, base_url=None, url_fetcher=Refusal())
        result = document.write_pdf(font_config=fonts, **options)
    if refused:
        raise TemplateError(f"the template or the style asks for {refused[0]}: nothing is fetched for a PDF")
    return result


@cache
def _fonts() -> Any:
    """The fonts of the system, looked up once for all documents of a batch."""
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415 - only when a PDF is written

    return FontConfiguration()


def _attachment(submission: Submission, source: bytes) -> Any:
    """The text that was filed, dated with its filing: the same submission gives the same bytes."""
    from weasyprint import Attachment  # noqa: PLC0415 - only when a PDF is written

    try:
        date = datetime.fromisoformat(submission.header.filed)
    except ValueError:
        date = _NO_DATE
    name = html.source_name(submission) or "filing.txt"
    said = "The filing as it was submitted"
    return Attachment(string=source, name=name, description=said, created=date, modified=date, relationship="Source")


@contextmanager
def _few_collections() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _weasyprint() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415 - only when a PDF is written
    except (ImportError, OSError) as error:
        raise OutputError(
            f"a PDF needs WeasyPrint with Pango and HarfBuzz ({error}); on Debian: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
        ) from error
    module: ModuleType = weasyprint
    return module

"""Submission -> PDF: the page of the HTML writer, set by WeasyPrint with `styles/print.css`.

Nothing is fetched: neither a filing nor a template can make the writer open a file or a connection. The same
submission gives the same bytes. WeasyPrint takes 1.5 s to import and needs Pango: it is imported when a PDF is
written, not before. What it has to say of a style goes to the log named `weasyprint` and nowhere else.
"""

from __future__ import annotations

from contextlib import suppress
from types import ModuleType
from typing import Any, NoReturn

from ..model import Submission
from ..notes import OutputError, TemplateError
from ..resources import resource
from . import html


def write(submission: Submission, *, template: str | None = None, style: str | None = None) -> bytes:
    """Write a submission as a PDF.

    `template` and `style` are as in the HTML writer; the style follows `print.css`. Raises TemplateError where the
    template cannot be used or where it or the style asks for a URL, OutputError where WeasyPrint cannot be loaded.
    """
    page = html.page(submission, resource("styles", "print.css"), template=template, style=style)
    weasyprint = _weasyprint()
    from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415 - only when a PDF is written

    refused: list[str] = []

    class Refusal(URLFetcher):  # type: ignore[misc] # WeasyPrint has no types
        """Fetches nothing. Any other exception would be swallowed everywhere; inside SVG even this one is."""

        def fetch(self, url: str, headers: Any = None) -> NoReturn:  # noqa: ARG002 - WeasyPrint's signature
            refused.append(url)
            raise FatalURLFetchingError(url)

    result = b""
    with suppress(FatalURLFetchingError):
        document = weasyprint.HTML(string=page, base_url=None, url_fetcher=Refusal())
        result = document.write_pdf(pdf_identifier=submission.source.sha256.encode())
    if refused:
        raise TemplateError(f"the template or the style asks for {refused[0]}: nothing is fetched for a PDF")
    return result


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

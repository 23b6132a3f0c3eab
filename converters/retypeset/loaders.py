"""Submission -> what other libraries work with: the documents of LangChain, LlamaIndex, Haystack, and of Docling.

Each library is an extra of ours and imported when it is asked for. For the first three a passage is a document: its
text is that of the passage, a table's its Markdown, and all else that the passage knows is metadata.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .grid import placed
from .model import Footnote, Heading, Lines, List, Paragraph, Preformatted, Submission, Table
from .notes import RetypesetError, spans
from .retrieval import passages, text_of

if TYPE_CHECKING:
    from docling_core.types.doc.document import DoclingDocument
    from haystack import Document as HaystackDocument
    from langchain_core.documents import Document as LangChainDocument
    from llama_index.core.schema import TextNode


def to_langchain(submission: Submission) -> list[LangChainDocument]:
    """Make a LangChain `Document` of every passage."""
    try:
        from langchain_core.documents import Document  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise _missing("langchain-core", "langchain") from error
    return [Document(page_content=text, metadata=more, id=key) for key, text, more in _texts(submission)]


def to_llama_index(submission: Submission) -> list[TextNode]:
    """Make a LlamaIndex `TextNode` of every passage."""
    try:
        from llama_index.core.schema import TextNode  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise _missing("llama-index-core", "llama-index") from error
    return [TextNode(text=text, metadata=more, id_=key) for key, text, more in _texts(submission)]


def to_haystack(submission: Submission) -> list[HaystackDocument]:
    """Make a Haystack `Document` of every passage."""
    try:
        from haystack import Document  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise _missing("haystack-ai", "haystack") from error
    return [Document(content=text, meta=more, id=key) for key, text, more in _texts(submission)]


def to_docling(submission: Submission) -> DoclingDocument:
    """Make a `DoclingDocument` of a submission: headings, texts, lists, and tables with their spans."""
    try:
        from docling_core.types.doc.document import DoclingDocument  # noqa: PLC0415
        from docling_core.types.doc.items.table.table_data import TableCell, TableData  # noqa: PLC0415
        from docling_core.types.doc.labels import DocItemLabel  # noqa: PLC0415
    except ImportError as error:
        raise _missing("docling-core", "docling") from error
    made = DoclingDocument(name=submission.source.name or "submission")
    for block in (block for document in submission.documents for block in document.blocks):
        match block:
            case Heading(text=text, level=level):
                made.add_heading(text=text, level=max(level, 1))
            case List(items=items):
                group = made.add_list_group()
                for item in items:
                    made.add_list_item("\n".join(map(text_of, item.blocks)), marker=item.marker or None, parent=group)
            case Table(text=""):
                cells = [TableCell(**cell) for cell in _cells(block)]
                rows = len(block.head) + len(block.body)
                made.add_table(data=TableData(num_rows=rows, num_cols=len(block.columns), table_cells=cells))
                for note in block.footnotes:
                    made.add_text(label=DocItemLabel.FOOTNOTE, text=text_of(note))
            case Footnote():
                made.add_text(label=DocItemLabel.FOOTNOTE, text=text_of(block))
            case Preformatted() | Table():
                made.add_code(text=text_of(block))
            case Paragraph() | Lines():
                made.add_text(label=DocItemLabel.TEXT, text=block.text)
    return made


def _texts(submission: Submission) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each passage as its id, its text, and metadata of plain values, which every store of vectors takes."""
    for passage in passages(submission):
        more = {name: getattr(passage, name) for name in passage.__struct_fields__}
        for name in ("id", "text", "markdown", "records", "schema"):
            del more[name]
        more |= {"path": " > ".join(passage.path), "lines": spans(passage.lines)}
        yield passage.id, passage.markdown or passage.text, more


def _cells(table: Table) -> Iterator[dict[str, Any]]:
    for n, (row, starts) in enumerate(placed((*table.head, *table.body))):
        for cell, start in zip(row.cells, starts, strict=True):
            yield {
                "text": cell.text,
                "row_span": cell.rowspan,
                "col_span": cell.colspan,
                "start_row_offset_idx": n,
                "end_row_offset_idx": n + cell.rowspan,
                "start_col_offset_idx": start,
                "end_col_offset_idx": start + cell.colspan,
                "column_header": n < len(table.head),
                "row_header": n >= len(table.head) and start == 0,
                "row_section": row.kind == "section",
            }


def _missing(package: str, extra: str) -> RetypesetError:
    return RetypesetError(f"this needs {package}: pip install 'retypeset[{extra}]'")

"""Retypeset reads legacy fixed-width EDGAR text and writes Markdown, HTML, PDF, JSON and CSV.

    submission = retypeset.read("filing.txt")
    print(retypeset.to_markdown(submission))

What is read is a tree of the nodes in `retypeset.model`. The public names are those of `__all__`; they are loaded when
first used, so that `import retypeset` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from .assets import stylesheet as stylesheet
    from .checks import Amounts as Amounts
    from .checks import Sum as Sum
    from .checks import amounts as amounts
    from .checks import sums as sums
    from .conversion import convert as convert
    from .facts import Record as Record
    from .facts import records as records
    from .facts import tables as tables
    from .facts import to_pandas as to_pandas
    from .items import Section as Section
    from .items import excerpt as excerpt
    from .items import item as item
    from .items import sections as sections
    from .loaders import to_docling as to_docling
    from .loaders import to_haystack as to_haystack
    from .loaders import to_langchain as to_langchain
    from .loaders import to_llama_index as to_llama_index
    from .notes import DecodeError as DecodeError
    from .notes import ItemError as ItemError
    from .notes import OutputError as OutputError
    from .notes import RetypesetError as RetypesetError
    from .notes import TemplateError as TemplateError
    from .readers import check as check
    from .readers import read as read
    from .readers.attachments import attachment_data as attachment_data
    from .retrieval import Passage as Passage
    from .retrieval import passages as passages
    from .schedules import Schedule as Schedule
    from .schedules import schedule as schedule
    from .writers.csv import write as to_csv
    from .writers.html import write as to_html
    from .writers.json import read as from_json
    from .writers.json import schema as schema
    from .writers.json import write as to_json
    from .writers.jsonl import write as to_jsonl
    from .writers.markdown import write as to_markdown
    from .writers.pandoc import write as to_pandoc
    from .writers.pdf import write as to_pdf

_WHERE = {
    "Amounts": ("checks", "Amounts"),
    "DecodeError": ("notes", "DecodeError"),
    "ItemError": ("notes", "ItemError"),
    "OutputError": ("notes", "OutputError"),
    "Passage": ("retrieval", "Passage"),
    "Record": ("facts", "Record"),
    "RetypesetError": ("notes", "RetypesetError"),
    "Schedule": ("schedules", "Schedule"),
    "Section": ("items", "Section"),
    "Sum": ("checks", "Sum"),
    "TemplateError": ("notes", "TemplateError"),
    "amounts": ("checks", "amounts"),
    "attachment_data": ("readers.attachments", "attachment_data"),
    "check": ("readers", "check"),
    "convert": ("conversion", "convert"),
    "excerpt": ("items", "excerpt"),
    "from_json": ("writers.json", "read"),
    "item": ("items", "item"),
    "passages": ("retrieval", "passages"),
    "read": ("readers", "read"),
    "records": ("facts", "records"),
    "schedule": ("schedules", "schedule"),
    "schema": ("writers.json", "schema"),
    "sections": ("items", "sections"),
    "stylesheet": ("assets", "stylesheet"),
    "sums": ("checks", "sums"),
    "tables": ("facts", "tables"),
    "to_csv": ("writers.csv", "write"),
    "to_docling": ("loaders", "to_docling"),
    "to_haystack": ("loaders", "to_haystack"),
    "to_html": ("writers.html", "write"),
    "to_json": ("writers.json", "write"),
    "to_jsonl": ("writers.jsonl", "write"),
    "to_langchain": ("loaders", "to_langchain"),
    "to_llama_index": ("loaders", "to_llama_index"),
    "to_markdown": ("writers.markdown", "write"),
    "to_pandas": ("facts", "to_pandas"),
    "to_pandoc": ("writers.pandoc", "write"),
    "to_pdf": ("writers.pdf", "write"),
}

__all__ = [
    "Amounts",
    "DecodeError",
    "ItemError",
    "OutputError",
    "Passage",
    "Record",
    "RetypesetError",
    "Schedule",
    "Section",
    "Sum",
    "TemplateError",
    "__version__",
    "amounts",
    "attachment_data",
    "check",
    "convert",
    "excerpt",
    "from_json",
    "item",
    "passages",
    "read",
    "records",
    "schedule",
    "schema",
    "sections",
    "stylesheet",
    "sums",
    "tables",
    "to_csv",
    "to_docling",
    "to_haystack",
    "to_html",
    "to_json",
    "to_jsonl",
    "to_langchain",
    "to_llama_index",
    "to_markdown",
    "to_pandas",
    "to_pandoc",
    "to_pdf",
]


def __getattr__(name: str) -> object:
    try:
        module, attribute = _WHERE[name]
    except KeyError:
        raise AttributeError(f"module 'retypeset' has no attribute {name!r}") from None
    value: object = getattr(import_module(f".{module}", __name__), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    # What is not loaded yet is there all the same: for completion and `help(retypeset)`.
    return sorted({*globals(), *__all__})

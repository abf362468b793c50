"""Puts measured tables into the documents, between the marks that name them; the prose around stays."""

from datetime import UTC, datetime

from benchmarks.processes import ROOT

END = "<!-- end -->\n"


def put(document: str, name: str, text: str) -> None:
    """Replace the block `name` of a document and print it.

    Raises ValueError where the document has no such block.
    """
    path = ROOT / document
    path.write_text(with_block(path.read_text("utf-8"), name, text), "utf-8")
    print(f"{text}\n", flush=True)


def with_block(document: str, name: str, text: str) -> str:
    """The document with another text between `<!-- name -->` and the next `<!-- end -->`."""
    begin = f"<!-- {name} -->\n"
    head, found, rest = document.partition(begin)
    _, closed, tail = rest.partition(END)
    if not (found and closed):
        raise ValueError(f"No block {begin.strip()} ... {END.strip()} to write into")
    return f"{head}{begin}\n{text.strip()}\n\n{_measured()}\n\n{END}{tail}"


def _measured() -> str:
    return f"Measured on {datetime.now(UTC):%-d %B %Y}."

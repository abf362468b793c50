"""The page's templates, compiled when the page was built or, at a desk, when they are used."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

HERE = Path(__file__).parent
BUILT = HERE / "built"
PERCENT = re.compile(r"(?<=\d) %")
CODE = re.compile(r"(?<=\b[A-Z]{3}) (?=\d)")


@cache
def environment() -> Environment:
    """The one environment of the page."""
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
        bytecode_cache=Compiled(BUILT),
    )
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return made


class Compiled(BytecodeCache):
    """What `compile_templates` left: compiling anew would be a tenth of a cold run.

    Jinja itself checks that the bytecode is of this Python and of the template as it stands, and
    compiles where it is not, or where there is none. The functions' own folder is read-only, so
    nothing is written at that.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The template's name and Jinja's version; the folder is another one where it runs."""
        return f"{name.replace('/', '-')}.{jinja2.__version__}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is there."""
        path = self._folder / bucket.key
        if path.exists():
            with path.open("rb") as file:
                bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep nothing."""


class _Compiling(Compiled):
    def load_bytecode(self, bucket: Bucket) -> None:
        """Compile whatever was left before."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with (self._folder / bucket.key).open("wb") as file:
            bucket.write_bytecode(file)


def compile_templates(folder: Path = BUILT) -> None:
    """Leave each template's bytecode in a folder, for `Compiled`."""
    compiling = environment().overlay(bytecode_cache=_Compiling(folder), cache_size=0)
    for name in compiling.list_templates(extensions=["html"]):
        compiling.get_template(name)


def _unbroken(value: Any) -> Any:
    """Text whose amounts and percentages no line breaks: `22 %` and `EUR 12` keep together."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return CODE.sub("\u00a0", PERCENT.sub("\u202f%", value))

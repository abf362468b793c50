"""Templates are compiled when the page is built, and whatever does not fit is compiled anew."""

from pathlib import Path

from jinja2.bccache import Bucket

from chalicelib.dashboard.templates import BUILT, Compiled, compile_templates, environment


def test_what_was_built_is_what_would_be_compiled_now(tmp_path: Path) -> None:
    compile_templates(tmp_path)
    names = environment().list_templates(extensions=["html"])
    assert len(names) > 10
    for name in names:
        built = _bucket(Compiled(BUILT), name).code
        assert built == _bucket(Compiled(tmp_path), name).code, "run: make frontend"


def test_compiled_templates_are_used(tmp_path: Path) -> None:
    compile_templates(tmp_path)
    assert _bucket(Compiled(tmp_path)).code is not None


def test_the_bytecode_of_another_text_or_a_damaged_one_is_not_used(tmp_path: Path) -> None:
    compile_templates(tmp_path)
    cache = Compiled(tmp_path)
    assert cache.get_bucket(environment(), "macros.html", None, "another text").code is None
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-40])
    assert _bucket(cache).code is None


def test_where_nothing_was_compiled_the_template_still_is_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    loaded = environment().overlay(bytecode_cache=Compiled(tmp_path), cache_size=0)
    assert loaded.get_template("macros.html").module is not None
    assert list(tmp_path.iterdir()) == []


def _bucket(cache: Compiled, name: str = "macros.html") -> Bucket:
    loader = environment().loader
    assert loader is not None
    source, filename, _ = loader.get_source(environment(), name)
    return cache.get_bucket(environment(), name, filename, source)

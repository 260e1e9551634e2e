"""Models of the user's own on the command line: `--model FILE.py:NAME`, or `KEY=FILE.py:NAME`.

A law says what it guides: `--model guidance.entry=mylaw.py:MyLaw`.

The file is run, as Python would run it, because it was named here: no mission ever has one run.
"""

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from yaan import Mission
    from yaan.base.errors import InputError

ModelOption = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="[KEY=]FILE.py:NAME",
        help="Fly a model of your own: NAME of that file, which is run; repeatable. A guidance "
        "law has its key before it: guidance.entry=mylaw.py:MyLaw.",
    ),
]


def with_models(mission: "Mission", asked: list[str] | None) -> "Mission":
    """The mission with the models that were asked for, each where its class belongs.

    Raises:
        InputError: no such file or name, a file that fails, two models of one kind, or a model
            that is wrong.
    """
    found: dict[str, Any] = {}
    for text in asked or []:
        word, model = _model(text)
        if word in found:
            raise _wrong(text, f"one {word}, not two")
        found[word] = model
    laws = {word.partition(".")[2]: found.pop(word) for word in list(found) if "." in word}
    return mission.with_model(guidance=laws, **found) if laws or found else mission


def _model(text: str) -> tuple[str, Any]:
    """What a model is of, and the model; of a law, what makes it."""
    from yaan.base.session import computing
    from yaan.description.own import OWN_KEYS
    from yaan.flight.models.own import made, word_of

    asked, equals, rest = text.partition("=")
    asked, rest = (asked, rest) if equals else ("", text)
    if asked and asked not in OWN_KEYS:
        from yaan.base.errors import nearest

        raise _wrong(text, f"one of {', '.join(OWN_KEYS)} before =", nearest(asked, OWN_KEYS))
    file, colon, name = rest.rpartition(":")
    if not colon or not name.isidentifier() or not file.endswith(".py"):
        raise _wrong(text, "FILE.py:NAME, or KEY=FILE.py:NAME")
    with computing():  # what the file makes has 64 bits
        module = _run(text, Path(file))
        if not hasattr(module, name):
            from yaan.base.errors import nearest

            raise _wrong(text, f"a name in {file}", nearest(name, _public(module)))
        if "." in asked:
            return asked, getattr(module, name)
        try:
            model = made(getattr(module, name))
        except Exception as error:
            raise _wrong(text, f"a model, not {type(error).__name__}: {error}") from error
    word = word_of(model)
    if asked and word != asked:
        raise _wrong(text, f"a model of {asked}, not {type(model).__name__}")
    if not word:
        expected = f"a model below a class of yaan.models, not {type(model).__name__}"
        raise _wrong(text, expected)
    return word, model


def _run(text: str, file: Path) -> Any:
    """The module of a file, run once in a process."""
    path = file.resolve()
    if not path.is_file():
        raise _wrong(text, f"a file; {file} is none")
    for known in list(sys.modules.values()):
        if getattr(known, "__file__", None) == str(path):
            return known
    name = path.stem if path.stem.isidentifier() and not _taken(path.stem) else f"own_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # its classes are looked up there
    folder = str(path.parent)
    if folder not in sys.path:
        sys.path.append(folder)  # it may import its neighbours
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise _wrong(text, f"a file that runs, not {type(error).__name__}: {error}") from error
    return module


def _taken(name: str) -> bool:
    return name in sys.modules or importlib.util.find_spec(name) is not None


def _public(module: Any) -> list[str]:
    return [name for name in vars(module) if not name.startswith("_")]


def _wrong(text: str, expected: str, hint: str = "") -> "InputError":
    from yaan.base.errors import InputError, Problem

    return InputError(Problem("--model", None, "", text, expected, hint))

"""Conveniences: each session is a line or two that can be typed by hand (see CONTRIBUTING.md)."""

import nox

nox.options.sessions = ["lint", "test", "docs"]
nox.options.reuse_existing_virtualenvs = True

PLATFORMS = ("x86_64-manylinux_2_28", "x86_64-pc-windows-msvc", "aarch64-apple-darwin")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


@nox.session
def lint(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".[test,dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("pyright")
    session.run("lint-imports")
    session.run("codespell")


@nox.session
def test(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def physics(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".[test]")
    session.run("pytest", "-m", "", "tests/physics", *session.posargs)


@nox.session
def validate(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".[test]")
    session.run("pytest", "-m", "validation", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-q", "docs", "docs/_build")


@nox.session
def bench(session: nox.Session) -> None:
    session.install("-c", "constraints.txt", ".")
    session.run("python", "benchmarks/run.py", *session.posargs)


@nox.session
def wheels(session: nox.Session) -> None:
    """Resolve all extras from wheels alone, for every platform and Python; needs the network."""
    session.install("uv")
    for platform in PLATFORMS:
        for python in PYTHONS:
            out = f"{session.create_tmp()}/{platform}-{python}.txt"
            session.run(
                *("uv", "pip", "compile", "-q", "pyproject.toml", "--all-extras"),
                *("--only-binary", ":all:", "--no-annotate", "--no-header"),
                *("--python-platform", platform, "--python-version", python, "-o", out),
                silent=True,
            )
            session.log(f"{platform}, Python {python}: resolved into {out}")

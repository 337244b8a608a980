"""The plan: what should be on disk, from the recipes, against what is.

One renderer feeds ``new``, ``generate``, ``check`` and :func:`codegen.compile`, so that they
cannot disagree. A file is fine, missing, stale (made from other inputs or by an earlier
generator), edited by hand (its body is not what its header says) or orphaned (no recipe is left
for it).
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType

from codegen import ahead, store, targets
from codegen.header import COMMENT, read_header, with_header
from codegen.manifest import check_record, record
from codegen.recipe import NUMBA, Recipe
from codegen.settings import FILE, Settings
from derive.errors import InputError
from derive.files import check_writable, read_whole, write_whole

__all__ = ["Finding", "State", "check_places", "findings", "module_of", "render", "write_file"]

VERIFIED = ".verified"  # the suffix of the mark that a stored module was verified


class State(Enum):
    """How a file is."""

    FINE = "fine"
    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited by hand"
    FOREIGN = "not generated"
    ORPHANED = "orphaned"


@dataclass(frozen=True)
class Finding:
    """A file of the plan, its state, and the command that mends it."""

    path: Path
    state: State
    wanted: str | None
    name: str

    @property
    def command(self) -> str:
        """Return the command that mends the file."""
        return {
            State.FINE: "",
            State.MISSING: f"codegen generate {self.name}",
            State.STALE: f"codegen generate {self.name}",
            State.EDITED: f"codegen generate --force {self.name}",
            State.FOREIGN: f"codegen generate --force {self.name}",
            State.ORPHANED: "codegen generate --prune",
        }[self.state]

    @property
    def loses(self) -> bool:
        """Whether writing the file would lose what somebody wrote."""
        return self.state in (State.EDITED, State.FOREIGN)

    def facts(self, *, diff: bool) -> dict[str, str]:
        """Return what a program wants to know."""
        said = {"path": str(self.path), "module": self.name, "state": self.state.value}
        return said | {"command": self.command} | ({"diff": self.diff()} if diff else {})

    def diff(self) -> str:
        """Return what would change, as a unified diff."""
        if self.state is State.FINE or self.wanted is None:
            return ""
        found = _text(self.path) or ""
        lines = difflib.unified_diff(
            found.splitlines(keepends=True),
            self.wanted.splitlines(keepends=True),
            f"{self.path} (on disk)",
            f"{self.path} (generated)",
        )
        return "".join(lines)


def module_of(recipe: Recipe) -> ModuleType:
    """Return the module of a recipe: made, verified and stored when it is first asked for."""
    from codegen.doctor.wide_kernels import load_blas

    load_blas()
    _source(recipe)
    if store.read(recipe, VERIFIED) is None:
        targets.verify(store.path_of(recipe), recipe)
        store.write(recipe, "", VERIFIED)
    return store.load(recipe)


def render(name: str, recipe: Recipe) -> dict[str, str]:
    """Return the text of each file of a module by suffix."""
    bodies = {".py": _source(recipe)}
    if recipe.target == NUMBA:
        bodies[".tex"] = _latex(recipe)
    return {suffix: with_header(suffix, body, name, recipe) for suffix, body in bodies.items()}


def _prepare(recipe: Recipe) -> None:
    """Do of rendering what needs no code of activations."""
    if recipe.target == NUMBA:
        _latex(recipe)
    targets.load(recipe)


def _source(recipe: Recipe) -> str:
    stored = store.read(recipe)
    if stored is None:
        stored = targets.source(recipe)
        store.write(recipe, stored)
    return stored


def _latex(recipe: Recipe) -> str:
    stored = store.read(recipe, ".tex")
    if stored is None:
        from derive.render.latex import latex

        derivation = recipe.derivation()
        stored = latex(derivation)
        store.write(recipe, stored, ".tex")
    return stored


def findings(settings: Settings, names: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield every file of the plan with its state; of the named modules where any are named.

    Raises InputError where there is neither a file nor a [tool.codegen], as in a wrong folder.
    """
    chosen = _chosen(settings, names)
    with ahead.searching(chosen.values()):
        pass
    planned = set()
    for name, recipe in chosen.items():
        for suffix, wanted in _rendered(settings, name, recipe).items():
            path = settings.folder(name) / f"{name}{suffix}"
            planned.add(os.path.realpath(path))
            yield Finding(path, _state(path, wanted), wanted, name)
    if not names:
        orphans = list(_orphans(settings, planned))
        if not (planned or orphans or settings.begun):
            raise InputError(settings.of_nothing)
        yield from orphans


def _rendered(settings: Settings, name: str, recipe: Recipe) -> dict[str, str]:
    """Return the files of a module that the settings name, as does an error that one of them is."""
    try:
        return render(name, recipe)
    except InputError as error:
        raise InputError(f"module {name} of {settings.path}: {error}") from None


def _chosen(settings: Settings, names: Sequence[str]) -> dict[str, Recipe]:
    for name in names:
        if name not in settings.modules:
            from derive.spelling import did_you_mean

            raise InputError(
                f"{settings.path} has no module {name!r}{did_you_mean(name, settings.modules)}: "
                f"codegen list shows them, codegen new {name} adds one"
            )
    return {name: settings.modules[name] for name in names or settings.modules}


def _state(path: Path, wanted: str) -> State:
    found = _text(path)
    if found is None:
        return State.MISSING
    if found == wanted:
        return State.FINE
    header = read_header(found)
    if header is None:
        return State.FOREIGN
    return State.STALE if header.intact else State.EDITED


def _text(path: Path) -> str | None:
    """Return what a file says; with whichever line ends git has given it, None if there is none."""
    try:
        return read_whole(path, errors="replace").replace("\r\n", "\n")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): mend or remove it") from None


def _orphans(settings: Settings, planned: Container[str]) -> Iterator[Finding]:
    """Yield the generated files in the folders that no recipe is left for."""
    paths = (path for folder in settings.folders if folder.is_dir() for path in folder.iterdir())
    for path in sorted(paths):
        if path.suffix in COMMENT and os.path.realpath(path) not in planned:
            text = _text(path) if path.is_file() else None
            if text is not None and read_header(text) is not None:
                yield Finding(path, State.ORPHANED, None, path.stem)


def check_places(planned: Iterable[Finding]) -> None:
    """Raise InputError where a file could not be written, so that none is before all can be."""
    for finding in planned:
        _check_folder(finding.path.parent)
        check_writable(finding.path)


def write_file(finding: Finding, recipe: Recipe, *, force: bool = False) -> bool:
    """Write one file of the plan where it is not fine; return whether it changed.

    The module is verified first. Raises InputError for a file that was edited by hand or not
    generated, unless forced, and VerificationError where the module does not hold what it should.
    """
    if finding.state is State.FINE or finding.wanted is None:
        return False
    if finding.loses and not force:
        raise InputError(
            f"{finding.path} is {finding.state.value}, and would be lost: keep a copy, then type "
            f"{finding.command}"
        )
    module_of(recipe)
    _make_folder(finding.path.parent)
    write_whole(finding.path, finding.wanted)
    return True


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _no_folder(folder, f"cannot be made ({error.strerror})") from None
    except RecursionError:
        raise _no_folder(folder, f"cannot be made ({len(folder.parts)} folders deep)") from None


def _check_folder(folder: Path) -> None:
    """Raise InputError, before the work, where nothing could be written into a folder after it."""
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not there.is_dir() or not os.access(there, os.W_OK):
        link = "is a link to nothing" if there.is_symlink() else "is a file"
        what = "is not writable" if there.is_dir() else link
        raise _no_folder(folder, f"cannot be used, as {there} {what}")


def _no_folder(folder: Path, reason: str) -> InputError:
    return InputError(
        f"the folder {folder} {reason}: give another one, by --out of codegen new or out in {FILE}"
    )


def add(settings: Settings, name: str, recipe: Recipe, *, force: bool) -> list[Path]:
    """Record a new module and write its files, none if one would be lost; return those that changed.

    It is recorded first, once it is verified, so that ``check`` knows of it whatever happens while
    its files are written, and ``generate`` writes those that are missing.
    """
    planned = []
    _check_folder(settings.folder(name))
    check_record(settings, name, recipe)
    with ahead.searching([recipe]):
        _prepare(recipe)
    for suffix, wanted in render(name, recipe).items():
        path = settings.folder(name) / f"{name}{suffix}"
        planned.append(Finding(path, _state(path, wanted), wanted, name))
    for finding in planned:
        if finding.loses and not force:
            raise InputError(
                f"{finding.path} is {finding.state.value}, and would be lost: keep a copy, then "
                f"type codegen new --force {name} …, or choose another name"
            )
    check_places(finding for finding in planned if finding.state is not State.FINE)
    module_of(recipe)
    _make_folder(settings.folder(name))
    record(settings, name, recipe)
    return [finding.path for finding in planned if write_file(finding, recipe, force=force)]

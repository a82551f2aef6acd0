"""The embedded index as a backend: one folder, many readers, one writer at a time."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import whoosh.index

from brain.plugin.contribution import Document
from brain.search.backend import Build, Fetch, Found, IndexDamaged, Key, Reach, Window
from brain.search.query import Query
from brain.search.whoosh_backend import folder as folders
from brain.search.whoosh_backend import writing
from brain.search.whoosh_backend.fields import number_of
from brain.search.whoosh_backend.folder import Seal
from brain.search.whoosh_backend.searching import search
from brain.search.whoosh_backend.segments import View, open_view
from brain.search.whoosh_backend.writing import Change

log = logging.getLogger("brain.search")
#: Between a commit and its seal lie milliseconds; a reader waits this long for it.
SEAL_PATIENCE = 1.0
#: Changes that a build takes in at once, and while others wait.
AT_ONCE = 500
Stamp = tuple[str, int, int]


class WhooshBackend:
    """The index in a folder. Threads share it: Whoosh's files have one position."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.RLock()
        self._view: View | None = None
        self._seal = Seal()
        self._stamp: Stamp | None = None
        self._damage: tuple[Stamp | None, IndexDamaged] | None = None

    def search(self, query: Query, reach: Reach, window: Window) -> Found:
        """Find documents; raises IndexDamaged if there is nothing fit to ask."""
        with self._lock:
            return search(self._open(), query, reach, window)

    def replace(self, keys: Collection[Key], fetch: Fetch) -> None:
        """Bring these documents up to date; raises IndexDamaged.

        They are read while the lock is held: what is written last was read last.
        """
        with folders.locked(self._root, folders.WRITING), self._lock:
            self._note_change(keys)
            view = self._open_to_write()
            fetched = fetch(keys)
            writing.commit(view.folder, Change(delete=fetched.keys, add=fetched.documents), view)

    def digests(self, kind: str) -> dict[int, int]:
        """Give what is indexed of a kind: digest by id."""
        wanted = number_of(kind)
        with self._lock:
            return {
                leaf.ids[number]: leaf.digest[number]
                for leaf, number, _first in self._open().living()
                if leaf.kind[number] == wanted
            }

    def kinds(self) -> frozenset[str]:
        """Give the kinds that are indexed whole."""
        with self._lock:
            self._open()
            return self._seal.kinds

    def set_kinds(self, kinds: Collection[str]) -> None:
        """Remember which kinds are indexed whole."""
        with folders.locked(self._root, folders.WRITING), self._lock:
            view = self._open_to_write()
            folders.write_seal(view.folder, replace(self._seal, kinds=frozenset(kinds)))

    def keep_kinds(self, kinds: Collection[str]) -> None:
        """Remove all documents of other kinds."""
        with folders.locked(self._root, folders.WRITING), self._lock:
            view = self._open_to_write()
            numbers = view.of_other_kinds({number_of(kind) for kind in kinds})
            if numbers:
                writing.commit(view.folder, Change(numbers=numbers), view)

    def is_fit(self) -> bool:
        """Tell whether the index is whole, reading all of it."""
        try:
            with self._lock:
                folders.check_digests(self._open().folder, self._seal)
        except IndexDamaged as damage:
            log.warning("the index is not fit: %s", damage)
            return False
        return True

    def is_building(self) -> bool:
        """Tell whether a new index has been begun."""
        return folders.pointed(self._root, folders.NEXT) is not None

    @contextlib.contextmanager
    def building(self, *, fresh: bool) -> Iterator[Build | None]:
        """Go on with the new index in the making, or begin one; None if another process is at it."""
        with contextlib.ExitStack() as held:
            try:
                held.enter_context(folders.locked(self._root, folders.BUILDING, patience=0))
            except folders.IndexBusy:
                yield None
                return
            yield WhooshBuild(self._root, fresh=fresh)

    def tidy(self, worn_share: float) -> bool:
        """Write one set of small or worn segments anew; False when all is tidy."""
        with folders.locked(self._root, folders.WRITING), self._lock:
            view = self._open_to_write()
            chosen = writing.choose_merge(view.wear(), worn_share)
            if chosen:
                writing.commit(view.folder, Change(merge=chosen), view)
            return bool(chosen)

    def forget(self) -> None:
        """Let go of open files."""
        with self._lock:
            if self._view is not None:
                self._view.close_unless(None)
            self._view, self._stamp, self._seal = None, None, Seal()

    def _note_change(self, keys: Collection[Key]) -> None:
        """Tell the index in the making what it has to look at again."""
        making = folders.pointed(self._root, folders.NEXT)
        if making is not None:
            # begins with a new line: a note cut short by a full disk is seen as such
            noted = "".join(f"\n{key.kind} {key.id}" for key in keys) + "\n"
            with (making / folders.CHANGED).open("a") as file:
                file.write(noted)

    def _open(self) -> View:
        """Give the view of the newest commit. Raises IndexDamaged."""
        ends = time.monotonic() + SEAL_PATIENCE
        while True:
            folder = folders.pointed(self._root, folders.CURRENT)
            if folder is None:
                raise IndexDamaged("there is none")
            stamp = _stamp_of(folder)
            try:
                return self._look(folder, stamp)
            except IndexDamaged as damage:
                # a commit in between removes files and writes a new seal: look again
                is_settled = _stamp_of(folder) == stamp
                if is_settled and (not _is_unsealed(folder) or time.monotonic() >= ends):
                    self.forget()
                    self._damage = (stamp, damage)
                    raise
            time.sleep(0.02)

    def _look(self, folder: Path, stamp: Stamp | None) -> View:
        if self._damage is not None and self._damage[0] == stamp:
            raise self._damage[1]
        if stamp != self._stamp or self._view is None:
            view = self._read(folder)
            self._stamp = stamp
        else:
            view = self._view
        folders.check_sizes(folder, self._seal)
        return view

    def _read(self, folder: Path) -> View:
        seal = folders.read_seal(folder)
        known = frozenset(self._seal.files) if self._view and self._view.folder == folder else frozenset()
        folders.check_digests(folder, seal, known)
        view = _opened(folder, self._view)
        if view.generation != seal.generation:
            view.close_unless(self._view)
            raise IndexDamaged(f"committed at {view.generation}, sealed at {seal.generation}")
        if self._view is not None:
            self._view.close_unless(view)
        self._view, self._seal, self._damage = view, seal, None
        return view

    def _open_to_write(self) -> View:
        """Give the newest commit to the holder of the lock; a commit left unsealed is sealed.

        It may be trusted as long as the machine has not been restarted: only
        then may what was written be lost.
        """
        folder = folders.pointed(self._root, folders.CURRENT)
        if folder is not None:
            _seal_forgotten(folder)
        return self._open()


def _is_unsealed(folder: Path) -> bool:
    """Tell whether a commit has no seal yet: it is being made, or its process was killed."""
    try:
        return writing.generation(folder) == folders.read_seal(folder).generation + 1
    except (IndexDamaged, OSError):
        return False


def _seal_forgotten(folder: Path) -> None:
    seal = folders.read_seal(folder)
    if seal.boot and folders.boot() == seal.boot and _is_unsealed(folder):
        left = {name: kept for name, kept in seal.files.items() if (folder / name).exists()}
        folders.check_digests(folder, replace(seal, files=left))
        files = folders.digest_files(folder, left)
        folders.write_seal(folder, replace(seal, generation=seal.generation + 1, files=files))


def _opened(folder: Path, before: View | None = None) -> View:
    try:
        return open_view(folder, before)
    except (whoosh.index.IndexError, OSError, EOFError, ImportError, AttributeError) as error:
        raise IndexDamaged(f"it cannot be opened: {error}") from error


def _stamp_of(folder: Path) -> Stamp | None:
    try:
        status = (folder / folders.SEAL).stat()
    except OSError:
        return None
    return folder.name, status.st_mtime_ns, status.st_ino


class WhooshBuild:
    """A new index beside the one that answers. The caller holds the lock on building."""

    def __init__(self, root: Path, *, fresh: bool) -> None:
        self._root = root
        self._noted = 0
        begun = None if fresh else folders.pointed(root, folders.NEXT)
        self._folder = begun if begun is not None and _is_sound(begun) else self._begin()

    @property
    def walked(self) -> Mapping[str, int]:
        """Give how far each kind has been walked, by id."""
        return folders.read_seal(self._folder).walked

    def add(self, documents: Sequence[Document], walked: Mapping[str, int]) -> None:
        """Add documents that are not in it yet, and remember how far this was."""
        writing.commit(self._folder, Change(add=documents), walked=dict(walked))

    def finish(self, kinds: Collection[str], fetch: Fetch) -> None:
        """Take in what changed meanwhile and let the new index answer.

        What there is of it is taken in before others have to wait, a part at a
        time; the little that comes while this is done, while they wait. Raises
        IndexDamaged when it cannot be read what changed: the next build begins anew.
        """
        noted = self._changed()
        while len(noted) > AT_ONCE:
            for start in range(0, len(noted), AT_ONCE):
                self._take_in(noted[start : start + AT_ONCE], fetch)
            noted = self._changed()
        with folders.locked(self._root, folders.WRITING):
            self._take_in(noted + self._changed(), fetch, kinds=frozenset(kinds))
            folders.point(self._root, folders.CURRENT, self._folder)
            folders.point(self._root, folders.NEXT, None)
            folders.sweep(self._root)

    def _take_in(self, keys: Sequence[Key], fetch: Fetch, kinds: frozenset[str] | None = None) -> None:
        view = _opened(self._folder)
        try:
            fetched = fetch(set(keys))
            change = Change(delete=fetched.keys, add=fetched.documents)
            told = {} if kinds is None else {"kinds": kinds}
            writing.commit(self._folder, change, view, **told)
        finally:
            view.close_unless(None)

    def _begin(self) -> Path:
        folder = folders.new_folder(self._root)
        writing.create(folder)
        with folders.locked(self._root, folders.WRITING):
            folders.point(self._root, folders.NEXT, folder)
            folders.sweep(self._root)
        return folder

    def _changed(self) -> list[Key]:
        """Read what was noted as changed since this was asked last. Raises IndexDamaged."""
        try:
            with (self._folder / folders.CHANGED).open("rb") as file:
                file.seek(self._noted)
                noted = file.read()
        except FileNotFoundError:
            return []
        noted = noted[: noted.rfind(b"\n") + 1]  # a note that is just being written is for the next time
        self._noted += len(noted)
        try:
            pairs = [line.split() for line in noted.decode().splitlines() if line.strip()]
            return list(dict.fromkeys(Key(kind, int(id_)) for kind, id_ in pairs))
        except ValueError as error:
            folders.point(self._root, folders.NEXT, None)
            raise IndexDamaged("what changed since it was begun cannot be read") from error


def _is_sound(begun: Path) -> bool:
    """Tell whether a build may go on: a commit without a seal would be added twice."""
    try:
        seal = folders.read_seal(begun)
        folders.check_digests(begun, seal)
        return writing.generation(begun) == seal.generation
    except IndexDamaged as damage:
        log.warning("the index in the making is begun anew: %s", damage)
        return False

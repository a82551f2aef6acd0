"""An index that is deleted, damaged, half written or fought over."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brain.search.backend import Fetched, IndexDamaged, Key
from brain.search.whoosh_backend import backend, writing
from brain.search.whoosh_backend import folder as folders
from brain.search.whoosh_backend.backend import WhooshBackend
from brain.search.whoosh_backend.writing import Change
from tests.search.conftest import Finder
from tests.search.shelf import document


def live(finder: Finder) -> Path:
    return folders.pointed(finder.backend._root, folders.CURRENT)


def only(folder: Path, ending: str) -> Path:
    (found,) = folder.glob(f"*{ending}")
    return found


@pytest.fixture
def filled(finder) -> Finder:
    """Give an index of three documents in two segments, opened by a reader."""
    finder.fill(document(1, body="fund"), document(2, body="fund rules"))
    finder.update(document(3, body="fund"))
    assert finder.ids("fund") == [3, 1, 2]
    return finder


def test_folder_is_for_our_eyes_only(filled):
    for folder in (filled.backend._root, live(filled)):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_change_is_seen_by_other_readers_at_once(filled):
    reader = Finder(filled.backend._root)
    assert reader.ids("fund") == [3, 1, 2]
    filled.update(document(4, body="fund"), document(1, body="visit"), gone=[2])
    assert reader.ids("fund") == [4, 3]
    assert reader.ids("visit") == [1]
    reader.backend.forget()


def test_what_is_updated_twice_is_there_once(filled):
    for _ in range(3):
        filled.update(document(1, body="fund"), document(2, body="fund"))
    assert sorted(filled.ids("fund")) == [1, 2, 3]


def damage_delete(index: Path) -> None:
    shutil.rmtree(index)


def damage_empty_folder(index: Path) -> None:
    for path in index.iterdir():
        path.unlink()


def damage_pointer(index: Path) -> None:
    (index.parent / folders.CURRENT).write_text("nowhere")


def damage_segment_gone(index: Path) -> None:
    next(index.glob("*.seg")).unlink()


def damage_segment_empty(index: Path) -> None:
    next(index.glob("*.seg")).write_bytes(b"")


def damage_segment_cut(index: Path) -> None:
    path = next(index.glob("*.seg"))
    os.truncate(path, path.stat().st_size // 2)


def damage_contents_cut(index: Path) -> None:
    path = only(index, ".toc")
    path.write_bytes(path.read_bytes()[:100])


def damage_contents_gone(index: Path) -> None:
    only(index, ".toc").unlink()


def damage_seal_cut(index: Path) -> None:
    path = index / folders.SEAL
    path.write_text(path.read_text()[:50])


def damage_seal_senseless(index: Path) -> None:
    (index / folders.SEAL).write_text("[1, 2]")


def damage_version(index: Path) -> None:
    given = json.loads((index / folders.SEAL).read_text())
    (index / folders.SEAL).write_text(json.dumps(given | {"version": 0}))


DAMAGES = [value for name, value in sorted(globals().items()) if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_damage_under_an_open_reader_is_noticed_and_harms_no_process(filled, damage):
    damage(live(filled))
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            filled.ids("fund")
    assert not filled.backend.is_fit()
    with pytest.raises(IndexDamaged):
        filled.update(document(4, body="fund"))
    filled.fill(document(1, body="fund"))
    assert filled.ids("fund") == [1]
    assert filled.backend.is_fit()
    assert len([p for p in filled.backend._root.iterdir() if p.is_dir()]) == 1, "nothing damaged is left"


@pytest.mark.parametrize("ending", [".seg", ".toc"])
def test_single_wrong_byte_is_noticed_by_whoever_opens_the_index(filled, ending):
    path = next(live(filled).glob(f"*{ending}"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="not what was written"):
        Finder(filled.backend._root).ids("fund")
    assert not filled.backend.is_fit(), "and by the regular look at all of it"


class Trap:
    """Unpickled, this would tell."""

    def __reduce__(self):
        return (os.mkdir, (str(Path(os.environ["TRAP"])),))


def test_table_of_contents_that_is_not_ours_is_never_unpickled(filled, tmp_path, monkeypatch):
    monkeypatch.setenv("TRAP", str(tmp_path / "sprung"))
    path = only(live(filled), ".toc")
    size = path.stat().st_size
    evil = pickle.dumps(Trap())
    path.write_bytes(evil + bytes(size - len(evil)))
    with pytest.raises(IndexDamaged):
        Finder(filled.backend._root).ids("fund")
    assert not (tmp_path / "sprung").exists()


def test_commit_whose_seal_was_not_written_is_sealed_by_the_next_writer(filled):
    folder = live(filled)
    before = (folder / folders.SEAL).read_text()
    filled.update(document(4, body="fund"))
    (folder / folders.SEAL).write_text(before)
    reader = Finder(filled.backend._root)
    with pytest.raises(IndexDamaged, match="is gone"):
        reader.ids("fund")
    filled.update(document(5, body="fund"))
    assert reader.ids("fund") == [5, 4, 3, 1, 2]
    reader.backend.forget()


def test_unsealed_commit_is_not_trusted_after_the_machine_was_restarted(filled, monkeypatch):
    folder = live(filled)
    before = (folder / folders.SEAL).read_text()
    filled.update(document(4, body="fund"))
    (folder / folders.SEAL).write_text(before)
    monkeypatch.setattr(folders, "boot", lambda: "another")
    with pytest.raises(IndexDamaged):
        filled.update(document(5, body="fund"))


def test_leftovers_of_a_killed_commit_are_cleared_by_the_next(filled):
    folder = live(filled)
    (folder / "MAIN_deadbeefdeadbeef.seg").write_bytes(b"half")
    (folder / "MAIN.tmp").mkdir()
    filled.update(document(4, body="fund"))
    assert filled.ids("fund") == [4, 3, 1, 2]
    assert not (folder / "MAIN_deadbeefdeadbeef.seg").exists()


def test_writers_wait_for_each_other(filled):
    root = filled.backend._root
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda n: Finder(root).update(document(n, body="fund")), range(10, 18)))
    assert sorted(filled.ids("fund")) == [1, 2, 3, *range(10, 18)]


HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print(flush=True)
time.sleep(60)
"""


def test_lock_of_a_killed_writer_is_free(filled):
    root = filled.backend._root
    command = [sys.executable, "-uc", HOLD, str(root / folders.WRITING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with pytest.raises(folders.IndexBusy), folders.locked(root, folders.WRITING, patience=0.1):
            pass
        holder.kill()
    filled.update(document(4, body="fund"))
    assert filled.ids("fund") == [4, 3, 1, 2]


def test_old_index_answers_until_the_new_one_is_ready(filled):
    with filled.backend.building(fresh=True) as build:
        build.add([document(9, body="fund")], {"book": 9})
        assert filled.ids("fund") == [3, 1, 2]
        assert filled.backend.is_building()
        build.finish(["book"], lambda keys: Fetched())
    assert filled.ids("fund") == [9]
    assert filled.backend.kinds() == {"book"}
    assert not filled.backend.is_building()


def test_what_changes_during_a_build_is_in_the_new_index(filled):
    with filled.backend.building(fresh=True) as build:
        build.add([document(1, body="fund"), document(2, body="fund")], {"book": 2})
    filled.update(document(1, body="visit"), gone=[2])
    filled.update(document(3, body="fund rules"))
    asked = []

    def fetch(keys):
        asked.extend(sorted(keys, key=lambda key: key.id))
        return Fetched(keys, [document(1, body="visit"), document(3, body="fund rules")])

    with filled.backend.building(fresh=False) as build:
        assert build.walked == {"book": 2}, "it goes on where it was left"
        build.finish(["book"], fetch)
    assert asked == [Key("book", 1), Key("book", 2), Key("book", 3)]
    assert filled.ids("fund") == [3]
    assert filled.ids("visit") == [1]


def test_only_one_process_builds(filled):
    other = WhooshBackend(filled.backend._root)
    with filled.backend.building(fresh=True) as build, other.building(fresh=True) as second:
        assert build is not None
        assert second is None


def test_build_that_was_killed_between_commit_and_seal_begins_anew(filled):
    with filled.backend.building(fresh=True) as build:
        folder = folders.pointed(filled.backend._root, folders.NEXT)
        before = (folder / folders.SEAL).read_text()
        build.add([document(1, body="fund")], {"book": 1})
        (folder / folders.SEAL).write_text(before)
    with filled.backend.building(fresh=False) as build:
        assert build.walked == {}
        assert folders.pointed(filled.backend._root, folders.NEXT) != folder


def test_crumbs_are_merged_and_what_was_deleted_is_taken_out_of_the_files(filled):
    for number in range(10, 40):
        filled.update(document(number, body=f"fund {number}"))
    assert len(list(live(filled).glob("*.seg"))) <= writing.MOST_CRUMBS + 1
    filled.update(gone=range(10, 30))
    while filled.backend.tidy(0.0):
        pass
    assert len(list(live(filled).glob("*.seg"))) <= writing.FEWEST_TOGETHER
    assert sorted(filled.ids("fund", limit=50)) == [1, 2, 3, *range(30, 40)]
    assert all(not deleted for _count, deleted in filled.backend._view.wear().values())
    assert filled.backend.is_fit()


@pytest.mark.parametrize(
    ("segments", "worn_share", "chosen"),
    [
        ({"a": (5000, 0), "b": (50, 0), "c": (40, 0), "d": (60, 10), "e": (250, 0)}, 0.25, "bcde"),
        ({"a": (2000, 0), "b": (50, 0), "c": (40, 0), "d": (60, 0), "e": (30, 0)}, 0.25, "bcde"),
        ({"a": (5000, 0), "b": (3000, 7)}, 0.25, ""),
        ({"a": (5000, 0), "b": (3000, 7)}, 0.0, "b"),
        ({"a": (5000, 1500), "b": (3000, 1)}, 0.25, "a"),
        ({"a": (5000, 0), "b": (3000, 0), "c": (10, 0)}, 0.0, ""),
        ({}, 0.0, ""),
    ],
)
def test_only_so_much_is_written_anew_at_once(segments, worn_share, chosen):
    assert writing.choose_merge(segments, worn_share) == set(chosen)


def test_digests_tell_what_is_indexed(filled):
    assert set(filled.backend.digests("book")) == {1, 2, 3}
    before = filled.backend.digests("book")
    filled.update(document(1, body="fund"), document(2, body="other"))
    after = filled.backend.digests("book")
    assert before[1] == after[1]
    assert before[2] != after[2]
    assert filled.backend.digests("offer") == {}


def test_other_kinds_can_be_removed(filled):
    filled.update(document(7, body="fund", kind="offer"))
    filled.backend.keep_kinds(["book"])
    assert filled.backend.digests("offer") == {}
    assert set(filled.backend.digests("book")) == {1, 2, 3}


def test_failing_source_changes_nothing(filled):
    def fetch(keys):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        filled.backend.replace([Key("book", 1)], fetch)
    assert filled.ids("fund") == [3, 1, 2]
    with pytest.raises(RuntimeError):
        writing.commit(live(filled), Change(add=map(fetch, [1])))
    filled.update(document(4, body="fund"))
    assert filled.ids("fund") == [4, 3, 1, 2]


@pytest.mark.parametrize("pointer", ["current", "next"])
@pytest.mark.parametrize("how", ["garbage", "folder"])
def test_pointer_that_cannot_be_read_is_no_pointer(filled, pointer, how):
    path = filled.backend._root / pointer
    path.unlink(missing_ok=True)
    if how == "garbage":
        path.write_bytes(b"\xff\xfe\x00")
    else:
        path.mkdir()
    if pointer == "current":
        with pytest.raises(IndexDamaged):
            filled.ids("fund")
    filled.fill(document(1, body="fund"))
    assert filled.ids("fund") == [1]


def test_file_in_place_of_the_folder_goes_when_an_index_is_built(tmp_path):
    (tmp_path / "search").write_text("oops")
    finder = Finder(tmp_path / "search")
    with pytest.raises(IndexDamaged):
        finder.ids("fund")
    finder.fill(document(1, body="fund"))
    assert finder.ids("fund") == [1]


def test_build_whose_notes_were_cut_short_begins_anew(filled):
    with filled.backend.building(fresh=True) as build:
        build.add([document(1, body="fund")], {"book": 1})
        making = folders.pointed(filled.backend._root, folders.NEXT)
        with (making / folders.CHANGED).open("a") as notes:
            notes.write("book ")
        filled.update(document(2, body="fund rules"))
        with pytest.raises(IndexDamaged):
            build.finish(["book"], lambda keys: Fetched(keys, []))
    assert not filled.backend.is_building()
    assert filled.ids("fund") == [3, 1, 2], "the old one answers meanwhile"
    with filled.backend.building(fresh=False) as build:
        assert build.walked == {}


def test_many_changes_during_a_build_are_taken_in_a_part_at_a_time(filled, monkeypatch):
    monkeypatch.setattr(backend, "AT_ONCE", 10)
    asked: list[tuple[int, bool]] = []

    def is_free() -> bool:
        try:
            with folders.locked(filled.backend._root, folders.WRITING, patience=0):
                return True
        except folders.IndexBusy:
            return False

    def fetch(keys):
        asked.append((len(keys), is_free()))
        if len(asked) == 2:
            filled.update(document(99, body="fund"))
        return Fetched(keys, [document(key.id, body="fund") for key in keys])

    with filled.backend.building(fresh=True) as build:
        filled.update(*(document(n, body="fund") for n in range(1, 36)))
        build.finish(["book"], fetch)
    assert sorted(filled.ids("fund", limit=99)) == [*range(1, 36), 99]
    assert [size for size, free in asked if free] == [10, 10, 10, 5]
    assert asked[-1] == (1, False)

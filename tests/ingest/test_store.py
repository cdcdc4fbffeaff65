"""The store: whole briefings or none, found by vector, followed from other processes and other stores."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.checking import check
from ingest.embedding import Embedder
from ingest.errors import YardstickError
from ingest.settings import Settings
from ingest.store import Store, open_store
from tests.ingest.made import briefing, vectors


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store")


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    opened = open_store(settings, Embedder(settings))
    yield opened
    assert check(opened, Embedder(settings)) == []


def test_a_briefing_comes_back_as_it_was(store: Store) -> None:
    added = briefing("quay")
    store.add(added, vectors(added))
    assert store.briefings() == (added,)
    assert store.briefing(added.id) == added


def test_an_empty_store_answers_and_writes_nothing(settings: Settings) -> None:
    store = open_store(settings, Embedder(settings))
    assert store.briefings() == ()
    assert store.version() == ""
    assert store.nearest(np.ones(384, dtype=np.float32), 5) == []
    assert not settings.store.exists()


def test_each_sentence_is_found_by_its_vector(store: Store) -> None:
    added = [briefing(matter) for matter in ("quay", "tariff", "census")]
    store.add_all([(each, vectors(each)) for each in added])
    for each in added:
        for place, sentence in enumerate(vectors(each)):
            hit = store.nearest(sentence.vector, 1)[0]
            assert (hit.briefing_id, hit.sentence) == (each.id, place)
            assert hit.score == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("chosen", [("quay",), ("quay", "tariff"), ("quay", "tariff", "census")])
def test_only_the_briefings_asked_for_are_searched(store: Store, chosen: tuple[str, ...]) -> None:
    added = {matter: briefing(matter, sentences=9) for matter in ("quay", "tariff", "census")}
    store.add_all([(each, vectors(each)) for each in added.values()])
    hits = store.nearest(vectors(added["census"])[0].vector, 100, [added[matter].id for matter in chosen])
    expected = {(added[matter].id, place) for matter in chosen for place in range(9)}
    assert {(hit.briefing_id, hit.sentence) for hit in hits} == expected
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_narrow_filter_finds_all_of_a_briefing(store: Store) -> None:
    added = [briefing(f"matter{number}", sentences=4) for number in range(20)]
    store.add_all([(each, vectors(each)) for each in added])
    hits = store.nearest(vectors(added[3])[0].vector, 10, [added[17].id, "unknown"])
    assert {hit.briefing_id for hit in hits} == {added[17].id}
    assert len(hits) == 4


@pytest.mark.slow
def test_tokens_are_kept_and_made_again(store: Store, settings: Settings) -> None:
    added = briefing("quay")
    store.add(added, vectors(added))
    assert np.array_equal(store.tokens([(added.id, 2)])[0], vectors(added)[2].tokens)
    for damage in (b"", b"\x93NUMPY garbage", None):
        for file in (settings.store / "tokens").glob("*/*"):
            file.unlink() if damage is None else file.write_bytes(damage)
        again = open_store(settings, Embedder(settings)).tokens([(added.id, 0), (added.id, 2)])
        assert [matrix.shape[1] for matrix in again] == [384, 384]
        assert all(np.abs(np.linalg.norm(matrix / 127.0, axis=1) - 1).max() < 0.02 for matrix in again)


def test_a_new_version_takes_the_place_of_the_old(store: Store) -> None:
    old, new = briefing("quay"), briefing("quay", edition=1, sentences=5)
    store.add(old, vectors(old))
    store.add(new, vectors(new))
    assert store.briefings() == (new,)
    assert {hit.briefing_id for hit in store.nearest(vectors(old)[0].vector, 100)} == {new.id}


def test_an_old_version_that_another_file_still_holds_stays(store: Store) -> None:
    old, new = briefing("quay", ("/a.txt", "/b.txt")), briefing("quay", ("/a.txt",), edition=1)
    store.add(old, vectors(old))
    store.add(new, vectors(new))
    assert {each.id: each.sources for each in store.briefings()} == {old.id: ("/b.txt",), new.id: ("/a.txt",)}


def test_the_same_content_has_two_sources(store: Store) -> None:
    added = briefing("quay", ("/a.txt",))
    store.add(added, vectors(added))
    store.add_source(added.id, "/b.txt")
    store.add(replace(added, sources=("/c.txt",)), vectors(added))
    assert [set(each.sources) for each in store.briefings()] == [{"/a.txt", "/b.txt", "/c.txt"}]


def test_a_removed_briefing_is_gone(store: Store, settings: Settings) -> None:
    kept, gone = briefing("quay"), briefing("tariff")
    store.add_all([(kept, vectors(kept)), (gone, vectors(gone))])
    store.remove(gone.id)
    assert store.briefings() == (kept,)
    assert {hit.briefing_id for hit in store.nearest(vectors(gone)[0].vector, 10)} == {kept.id}
    assert len(list((settings.store / "tokens").glob("*/*"))) == 1
    for action in (store.remove, store.briefing):
        with pytest.raises(YardstickError, match="no briefing has this id"):
            action(gone.id)


def test_every_commit_changes_the_version(store: Store) -> None:
    seen = [store.version()]
    added = briefing("quay")
    for change in (
        lambda: store.add(added, vectors(added)),
        lambda: store.add_source(added.id, "/b"),
        lambda: store.remove(added.id),
    ):
        change()
        assert store.version() == store.version()
        seen.append(store.version())
    assert len(set(seen)) == 4


@pytest.mark.slow
def test_what_another_process_writes_is_seen(store: Store, settings: Settings, repository: Path) -> None:
    first, second = briefing("quay"), briefing("tariff")
    store.add(first, vectors(first))
    assert len(store.nearest(vectors(first)[0].vector, 10)) == 3
    code = f"""
from pathlib import Path
from ingest.embedding import Embedder
from ingest.settings import Settings
from ingest.store import open_store
from tests.ingest.made import briefing, vectors
settings = Settings(store=Path({str(settings.store)!r}))
store = open_store(settings, Embedder(settings))
added = briefing("tariff")
store.add(added, vectors(added))
store.remove({first.id!r})
"""
    subprocess.run([sys.executable, "-c", code], cwd=repository, check=True, timeout=60)
    assert store.briefings() == (second,)
    assert {hit.briefing_id for hit in store.nearest(vectors(second)[0].vector, 10)} == {second.id}
    third = briefing("census")
    store.add(third, vectors(third))
    assert {hit.briefing_id for hit in store.nearest(vectors(second)[0].vector, 10)} == {second.id, third.id}


def test_a_second_writer_is_told_of_the_server(store: Store, settings: Settings) -> None:
    with store.writing():
        other = open_store(settings, Embedder(settings))
        added = briefing("quay")
        with pytest.raises(YardstickError, match=r"chroma run --path .* YARDSTICK_CHROMA_URL"):
            other.add(added, vectors(added))
    other.add(added, vectors(added))
    assert store.briefings() == (added,)


def test_threads_read_while_one_writes(store: Store) -> None:
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            for each in store.briefings():
                if store.briefing(each.id).sentences != each.sentences:
                    wrong.append(each.id)
            store.nearest(vectors(briefing("quay"))[0].vector, 5)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(12):
        added = briefing(f"matter{number}")
        store.add(added, vectors(added))
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong
    assert len(store.briefings()) == 12


def test_another_model_is_refused_until_reindexed(store: Store, settings: Settings, tmp_path: Path) -> None:
    added = briefing("quay")
    store.add(added, vectors(added))
    other = settings.model_copy(update={"embedding_model": str(tmp_path / "another")})
    with pytest.raises(YardstickError, match="python -m ingest reindex"):
        open_store(other, Embedder(other))
    assert any("reindex" in fault for fault in check(store, Embedder(other)))


@pytest.mark.slow
def test_reindexing_keeps_everything_but_the_vectors(store: Store) -> None:
    added = [briefing("quay"), briefing("tariff")]
    store.add_all([(each, vectors(each)) for each in added])
    told: list[tuple[int, int]] = []
    store.reindex(lambda done, count: told.append((done, count)))
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert set(store.briefings()) == set(added)
    assert len(store.nearest(vectors(added[0])[0].vector, 10)) == 6


@pytest.mark.parametrize("given", ["quay-", "quay-{digest}", "the quay", "QUAY talks"])
def test_a_briefing_is_found_by_what_is_known_of_it(store: Store, given: str) -> None:
    added = briefing("quay")
    store.add(added, vectors(added))
    assert store.find(given.format(digest=added.sha256[:8])) == added.id


def test_what_fits_two_or_none_is_an_error(store: Store) -> None:
    added = [briefing("quay"), briefing("quarry")]
    store.add_all([(each, vectors(each)) for each in added])
    with pytest.raises(YardstickError, match="2 briefings fit"):
        store.find("qua")
    with pytest.raises(YardstickError, match="no briefing has this id or title"):
        store.find("tariff")


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["garbage", "cut", "holes"])
def test_a_damaged_database_is_an_error_with_advice(settings: Settings, repository: Path, damage: str) -> None:
    store = open_store(settings, Embedder(settings))
    added = briefing("quay", sentences=60)
    store.add(added, vectors(added))
    file = settings.store / "chroma" / "chroma.sqlite3"
    data = bytearray(file.read_bytes())
    data[20_000:90_000] = os.urandom(70_000)
    file.write_bytes({"garbage": b"garbage" * 999, "cut": bytes(data[: len(data) // 3]), "holes": bytes(data)}[damage])
    command = [sys.executable, "-m", "ingest", "list", "--store", str(settings.store)]
    ran = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False, timeout=60)
    assert ran.returncode == 2
    assert "delete that folder and add the briefings again" in ran.stderr


def test_check_finds_what_is_wrong(settings: Settings) -> None:
    embedder = Embedder(settings)
    store = open_store(settings, embedder)
    added = briefing("quay")
    store.add(added, vectors(added))
    key = store.entry(added.id).key
    store.chroma.delete("passages", {"key": key})
    assert any("0 vectors for 3 sentences" in fault for fault in check(store, embedder))
    store.chroma.delete("texts", {"key": key})
    assert any("its text is missing" in fault for fault in check(store, embedder))
    store.chroma.delete("briefings", {"key": key})
    assert check(open_store(settings, embedder), embedder) == []

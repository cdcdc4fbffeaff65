"""From files to the store: what becomes of each file, whatever happens to the others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.checking import check
from ingest.embedding import Embedder
from ingest.pipeline import Outcome, Progress, ingest
from ingest.settings import Settings
from ingest.store import Store, open_store

pytestmark = pytest.mark.slow

TEXT = """# The {matter} question

By Ada Okoro

4 March 2026

## Outlook

The council is likely to settle the {matter} dispute in May.

A walkout over the {matter} is highly unlikely before June.
"""
Run = Callable[..., dict[str, Outcome]]


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Embedder:
    return Embedder(Settings(store=tmp_path_factory.mktemp("model")))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store", max_file_mb=0.05)


@pytest.fixture
def store(settings: Settings, embedder: Embedder) -> Store:
    return open_store(settings, embedder)


@pytest.fixture
def run(store: Store, embedder: Embedder, settings: Settings) -> Run:
    def ingested(*paths: Path) -> dict[str, Outcome]:
        outcomes = ingest(paths, store, embedder, settings)
        assert check(store, embedder) == []
        return {Path(outcome.name).name: outcome for outcome in outcomes}

    return ingested


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for matter in ("quay", "tariff", "census"):
        (folder / f"{matter}.md").write_text(TEXT.format(matter=matter), encoding="utf-8")
    return folder


def statuses(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {name: outcome.status for name, outcome in outcomes.items()}


def test_a_folder_is_added_and_then_unchanged(run: Run, store: Store, files: Path) -> None:
    first = run(files)
    assert statuses(first) == {"quay.md": "added", "tariff.md": "added", "census.md": "added"}
    assert all(outcome.sentences == 2 for outcome in first.values())
    version = store.version()
    assert set(statuses(run(files)).values()) == {"unchanged"}
    assert store.version() == version


def test_unchanged_files_need_no_model(run: Run, store: Store, settings: Settings, files: Path) -> None:
    run(files)
    idle = Embedder(settings)
    ingest([files], store, idle, settings)
    assert idle._loaded is None


def test_a_changed_file_replaces_its_older_version(run: Run, store: Store, files: Path) -> None:
    before = run(files)["quay.md"].briefing_id
    (files / "quay.md").write_text(TEXT.format(matter="pier"), encoding="utf-8")
    after = run(files)["quay.md"]
    assert after.status == "updated"
    assert {briefing.id for briefing in store.briefings()} & {before, after.briefing_id} == {after.briefing_id}
    assert len(store.briefings()) == 3


def test_a_changed_file_that_cannot_be_read_leaves_the_older_version(run: Run, store: Store, files: Path) -> None:
    before = run(files)["quay.md"].briefing_id
    (files / "quay.md").write_bytes(b"")
    assert run(files)["quay.md"].reason == "empty"
    assert before in {briefing.id for briefing in store.briefings()}


def test_the_same_content_under_another_name_is_one_briefing(run: Run, store: Store, files: Path) -> None:
    (files / "again.md").write_bytes((files / "quay.md").read_bytes())
    outcomes = run(files)
    assert statuses(outcomes) | {"again.md": "added", "quay.md": "duplicate"} == statuses(outcomes)
    sources = {briefing.id: briefing.sources for briefing in store.briefings()}
    assert len(sources) == 3
    assert set(sources[outcomes["quay.md"].briefing_id or ""]) == {str(files / "again.md"), str(files / "quay.md")}
    assert set(statuses(run(files)).values()) == {"unchanged"}


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_two_files_exchange_their_contents(run: Run, store: Store, files: Path, order: str) -> None:
    run(files)
    first, second = (files / name for name in (("census.md", "quay.md") if order == "ab" else ("quay.md", "tariff.md")))
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    run(files)
    texts = {source: briefing.text for briefing in store.briefings() for source in briefing.sources}
    assert len(texts) == 3
    for path in (first, second):
        assert path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") in texts[str(path)]


def test_a_file_moves_on_while_another_takes_its_content(run: Run, store: Store, files: Path) -> None:
    run(files)
    (files / "a-copy.md").write_bytes((files / "quay.md").read_bytes())
    (files / "quay.md").write_text(TEXT.format(matter="pier"), encoding="utf-8")
    assert statuses(run(files)) == {
        "a-copy.md": "duplicate", "quay.md": "updated", "tariff.md": "unchanged", "census.md": "unchanged"
    }  # fmt: skip
    assert {source for briefing in store.briefings() for source in briefing.sources} == {
        str(path) for path in files.iterdir()
    }


def test_one_bad_file_does_not_stop_the_others(run: Run, files: Path) -> None:
    (files / "bad.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    (files / "empty.txt").write_bytes(b"")
    (files / "huge.txt").write_bytes(b"word " * 20_000)
    outcomes = run(files, files / "absent.txt")
    failed = {name: outcome.reason for name, outcome in outcomes.items() if outcome.status == "failed"}
    assert failed == {"bad.pdf": "damaged", "empty.txt": "empty", "huge.txt": "too_large", "absent.txt": "missing"}
    assert all(outcomes[name].message.count(".") >= 1 for name in failed)
    assert sum(outcome.status == "added" for outcome in outcomes.values()) == 3


def test_progress_counts_up_to_everything(store: Store, embedder: Embedder, settings: Settings, files: Path) -> None:
    told: list[Progress] = []
    ingest([files], store, embedder, settings, told.append)
    assert [progress.files_done for progress in told] == sorted(progress.files_done for progress in told)
    last = told[-1]
    assert (last.files_done, last.files, last.passages_done, last.passages) == (3, 3, 6, 6)
    assert last.passages_per_second > 0
    assert [progress.outcome.status for progress in told if progress.outcome] == ["added"] * 3


def test_an_interrupt_keeps_what_was_stored(
    store: Store, embedder: Embedder, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number:03}.md").write_text(TEXT.format(matter=f"matter {number}"), encoding="utf-8")

    def interrupt(progress: Progress) -> None:
        if progress.files_done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([folder], store, embedder, settings, interrupt)
    assert 0 < len(store.briefings()) < 150
    assert check(store, embedder) == []
    assert {outcome.status for outcome in ingest([folder], store, embedder, settings)} == {"added", "unchanged"}
    assert len(store.briefings()) == 150

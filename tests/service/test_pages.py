"""Pages that sum up are not left behind by what they sum up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from skills.home import EXAMPLE
from speech.models.catalogue import load_catalogue
from tests.skills.conversations import talk

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")}
ROWS = re.findall(r"^\| (\w.*) \|$", PAGES["accuracy.md"], re.MULTILINE)[1:]


@pytest.mark.parametrize("row", ROWS)
def test_a_figure_is_that_of_its_page(row: str) -> None:
    _, _, result, _, link = row.split(" | ")
    named = re.search(r"\((?:\.\./)?([\w/.]+\.md)", link)
    assert named is not None
    page = (DOCS / named[1] if "../" not in link else DOCS.parent / named[1]).read_text("utf-8")
    figures = re.findall(r"\d+(?:\.\d+)?", result.replace("F1", ""))
    assert figures or "all" in result
    for figure in figures:
        assert re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.]*\d)", page), figure


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)?(#[^)\s]+)?\)", PAGES[page]):
        name, anchor = target
        if name.startswith("http"):
            continue
        file = DOCS / name if name else DOCS / page
        assert file.exists(), name
        if anchor and file.suffix == ".md":
            titles = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor[1:] in {_anchor(title) for title in titles}, target


def test_every_page_is_in_the_index() -> None:
    readme = (DOCS.parent / "README.md").read_text("utf-8")
    assert {name for name in PAGES if f"docs/{name}" not in readme} == set()


def test_every_licence_and_every_default_is_named() -> None:
    licences = PAGES["models.md"].partition("## Licences")[2]
    for card in load_catalogue():
        assert card.licence in licences, card.name
        if card.default:
            (row,) = re.findall(rf"^\| {re.escape(card.licence)} \|.*", licences, re.MULTILINE)
            assert f"`{card.name}`" in row


async def test_every_file_of_the_state_folder_is_named(tmp_path: Path) -> None:
    said = """turn on the lamp; set a timer for ten minutes; wake me up at six; add milk to the
        shopping list; take a note the key is under the mat; in ten minutes turn off the lamp;
        tell everyone dinner is ready"""
    async with talk(tmp_path, home=EXAMPLE) as say:
        for sentence in said.split(";"):
            await say(" ".join(sentence.split()))
    kept = _names(tmp_path)
    assert len(kept) >= 4
    assert {name for name in kept if f"{name}`" not in PAGES["privacy.md"]} == set()


def _names(folder: Path) -> set[str]:
    return {file.name for file in folder.rglob("*") if file.suffix in (".json", ".db")}


def _anchor(title: str) -> str:
    """The anchor that GitHub gives a title."""
    return re.sub(r"[^\w\- ]", "", title.lower().replace("`", "")).replace(" ", "-")

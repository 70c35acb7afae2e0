"""The first sentences of an article, out of ZIM files as Kiwix offers them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from skills.normalize import base, normalize
from speech.errors import ConfigError

if TYPE_CHECKING:
    from libzim.reader import Archive

_MOST = 320
"""Characters of an answer: it is spoken."""
_SHORTEST = 20
"""Characters of a paragraph that says something."""
_LANGUAGES = {"eng": "en", "zho": "zh", "cmn": "zh", "kor": "ko"}
_SUGGESTIONS = 5


class Encyclopaedia:
    """Some ZIM files; raises ConfigError for one that is none, and where libzim is missing."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._books = [(_language(book), book) for book in map(_opened, files)]

    def article(self, topic: str, language: str) -> str | None:
        """What the article about a topic begins with, None if there is none in the language."""
        for tag, book in self._books:
            if tag in (None, base(language)) and (text := _found(book, topic, language)):
                return text
        return None


def _opened(file: Path) -> Archive:
    try:
        from libzim.reader import Archive
    except ImportError as error:
        raise ConfigError(
            f"reading {file.name} needs a further library ({error}): "
            "pip install 'sonorant[encyclopaedia]'"
        ) from error
    try:
        return Archive(file)
    except (RuntimeError, OSError) as error:
        raise ConfigError(f"{file}: not a ZIM file that can be read ({error})") from error


def _language(book: Archive) -> str | None:
    """``en``, ``zh`` or ``ko``; None where a file has several, or does not say."""
    if "Language" not in book.metadata_keys:
        return None
    named = book.get_metadata("Language").decode("utf-8", "replace")
    return None if "," in named else _LANGUAGES.get(named, named)


def _found(book: Archive, topic: str, language: str) -> str | None:
    from libzim.suggestion import SuggestionSearcher

    suggested = SuggestionSearcher(book).suggest(topic).getResults(0, _SUGGESTIONS)
    for path in suggested:
        entry = book.get_entry_by_path(path)
        if normalize(entry.title, language) == normalize(topic, language):
            html = bytes(entry.get_item().content).decode("utf-8", "replace")
            return _beginning(html)
    return None


def _beginning(html: str) -> str | None:
    reader = _Paragraphs()
    reader.feed(html)
    said = (" ".join(text.split()) for text in reader.paragraphs)
    first = next((text for text in said if len(text) >= _SHORTEST), None)
    if first is None or len(first) <= _MOST:
        return first
    whole = re.match(rf".{{1,{_MOST}}}(?:[。！？]|[.!?](?=\s))", first)
    return whole[0] if whole else first[:_MOST].rsplit(" ", 1)[0] + " …"


class _Paragraphs(HTMLParser):
    """The texts of the paragraphs, without tables, footnotes and programs."""

    _LEFT_OUT = ("table", "sup", "style", "script")

    def __init__(self) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self._within: str | None = None  # what is left out now
        self._depth = 0
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._within is not None:
            self._depth += tag == self._within
        elif tag in self._LEFT_OUT:
            self._within, self._depth = tag, 1
        elif tag == "p":
            self.paragraphs.append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if self._within is not None:
            self._depth -= tag == self._within
            if self._depth == 0:
                self._within = None
        elif tag == "p":
            self._open = False

    def handle_data(self, data: str) -> None:
        if self._open and self._within is None:
            self.paragraphs[-1] += data

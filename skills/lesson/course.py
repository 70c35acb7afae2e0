"""A course: lessons of items to say, read from a YAML file whose mistakes have a line.

::

    teaches: en                      # the language that is learnt
    speakers: zh-CN                  # the language of the learners, that of every gloss
    name: {en: First words, zh-CN: 最初的词}
    lessons:
      - name: {en: v and w}
        tip: {zh-CN: 发 v 时上齿轻触下唇。}
        items:
          - {word: vest, gloss: 背心}
          - {pair: [vest, west], gloss: 背心，西边}
          - {sentence: We have seven vests., gloss: 我们有七件背心。}
          - dialogue:
              - {hear: What would you like?, say: "A vest, please.", gloss: 我要一件背心。}

``tones`` is a pair for languages with tones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yaml.nodes import MappingNode, Node

from skills.normalize import MOST_CHARACTERS
from skills.yaml_lines import YamlLines
from speech.errors import ConfigError
from speech.language import primary

_COURSE = ("teaches", "speakers", "name", "lessons")
_LESSON = ("name", "tip", "items")
_KINDS = ("word", "pair", "sentence", "tones", "dialogue")
_TURN = ("hear", "say", "gloss")
_JOINT = {"zh": "，", "ja": "、"}
_MOST_IN_PAIR = 4


class Kind(StrEnum):
    """What an item is."""

    WORD = "word"
    PAIR = "pair"
    """Words that differ in one sound."""
    SENTENCE = "sentence"
    TONES = "tones"
    """Words that differ in their tones, or that put two tones together."""
    TURN = "turn"
    """The learner's line of a dialogue."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to say."""

    kind: Kind
    text: str
    """What the learner says, in the language that the course teaches."""
    gloss: str = ""
    """What it means, in the learners' language."""
    cue: str = ""
    """In a dialogue, what is said to the learner before it."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Items that belong together, in the order in which they are learnt."""

    name: Mapping[str, str]
    """By language."""
    items: tuple[Item, ...]
    tip: Mapping[str, str]
    """What to watch, by language; may be empty."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a file holds."""

    id: str
    """The name of the file without ``.yaml``."""
    teaches: str
    """BCP 47."""
    speakers: str
    """The learners' language, BCP 47."""
    name: Mapping[str, str]
    lessons: tuple[Lesson, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Those of all lessons."""
        return tuple(item for lesson in self.lessons for item in lesson.items)


def in_language(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """The text in a language, else in the first that there is; and the language that it is in."""
    same = [tag for tag in texts if primary(tag) == primary(language)]
    tag = language if language in texts else next(iter([*same, *texts]), language)
    return texts.get(tag, ""), tag


def read_course(path: Path) -> Course:
    """Read a course.

    Raises
    ------
    ConfigError
        Something is wrong in it; the message names the file and the line.
    """
    return _Reader(path).course()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = YamlLines(path)
        self._teaches = ""
        self._speakers = ""
        self._seen: dict[str, int] = {}

    def course(self) -> Course:
        file, root = self._file, self._file.root()
        parts = {} if root is None else file.mapping(root, _COURSE)
        for key in _COURSE:
            if key not in parts:
                raise ConfigError(f"{self._path}:1: a course needs `{key}:`")
        self._teaches = file.language(parts["teaches"], file.text(parts["teaches"]))
        self._speakers = file.language(parts["speakers"], file.text(parts["speakers"]))
        name = self._texts(parts["name"])
        lessons = tuple(self._lesson(node) for node in file.items(parts["lessons"]))
        if not lessons:
            raise file.wrong(parts["lessons"], "a course needs lessons")
        return Course(self._path.stem, self._teaches, self._speakers, name, lessons)

    def _lesson(self, node: Node) -> Lesson:
        file = self._file
        parts = file.mapping(node, _LESSON)
        if "name" not in parts:
            raise file.wrong(node, "a lesson needs a `name:`")
        items = tuple(item for each in file.items(parts.get("items")) for item in self._items(each))
        if not items:
            raise file.wrong(node, "a lesson needs `items:`")
        tip = self._texts(parts["tip"]) if "tip" in parts else {}
        return Lesson(self._texts(parts["name"]), items, tip)

    def _items(self, node: Node) -> list[Item]:
        file = self._file
        parts = file.mapping(node, (*_KINDS, "gloss"))
        kinds = [kind for kind in _KINDS if kind in parts]
        if len(kinds) != 1:
            raise file.wrong(node, f"an item is one of: {', '.join(_KINDS)}")
        [kind] = kinds
        if kind == "dialogue":
            if "gloss" in parts:
                raise file.wrong(parts["gloss"], "the gloss of a dialogue stands in its turns")
            turns = file.items(parts[kind])
            if not turns:
                raise file.wrong(node, "a dialogue needs turns: `- {hear: ..., say: ...}`")
            return [self._turn(turn) for turn in turns]
        gloss = file.text(parts["gloss"]) if "gloss" in parts else ""
        value = parts[kind]
        if kind in ("pair", "tones"):
            words = [self._sayable(word) for word in file.items(value)]
            if not 2 <= len(words) <= _MOST_IN_PAIR:
                raise file.wrong(value, f"{kind} takes 2 to {_MOST_IN_PAIR} words: [this, that]")
            text = _JOINT.get(primary(self._teaches), ", ").join(words)
        else:
            text = self._sayable(value)
        return [Item(Kind(kind), self._once(value, text), gloss)]

    def _turn(self, node: Node) -> Item:
        file = self._file
        parts = file.mapping(node, _TURN)
        if "say" not in parts:
            raise file.wrong(node, "a turn needs what the learner says: `say:`")
        gloss = file.text(parts["gloss"]) if "gloss" in parts else ""
        cue = file.text(parts["hear"]) if "hear" in parts else ""
        text = self._once(parts["say"], self._sayable(parts["say"]))
        return Item(Kind.TURN, text, gloss, cue)

    def _sayable(self, node: Node) -> str:
        text = self._file.text(node)
        if not any(character.isalpha() for character in text):
            raise self._file.wrong(node, f"{text!r} holds nothing to say")
        if len(text) > MOST_CHARACTERS:
            raise self._file.wrong(node, f"too long to say after; {MOST_CHARACTERS} at most")
        return text

    def _once(self, node: Node, text: str) -> str:
        """The text, if it does not stand here already: progress goes by the text."""
        line = node.start_mark.line + 1
        first = self._seen.setdefault(text.casefold(), line)
        if first != line:
            raise self._file.wrong(node, f"{text!r} stands in line {first} already")
        return text

    def _texts(self, node: Node) -> Mapping[str, str]:
        """Texts by language; a text alone is in the learners' language."""
        file = self._file
        if not isinstance(node, MappingNode):
            return {self._speakers: file.text(node)}
        return {
            file.language(text, tag): file.text(text) for tag, text in file.mapping(node).items()
        }

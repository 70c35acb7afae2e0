"""What a skill understands and says: its ``sentences.yaml`` and ``replies.yaml``.

Both are read leniently for what is shipped and tested; :meth:`Words.mistakes` looks hard at what
others have written, since one broken template would spoil the matching of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

import yaml

from skills.package import Sentences, package_intents, package_language
from skills.replies import Replies, Texts
from speech.errors import ConfigError

if TYPE_CHECKING:
    from hassil.expression import Expression

_HOME_LISTS = {"name", "area", "floor"}
_BLOCK_KEYS = {
    *("sentences", "response", "slots", "lists", "metadata"),
    *("requires_context", "excludes_context", "expansion_rules"),
}
_NONSENSE = "xyzzy plugh frotz"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one skill, each by language."""

    sentences: Sentences = field(default_factory=dict)
    lists: Mapping[str, Any] = field(default_factory=dict)
    """What the braces of the templates stand for, in the notation of home-assistant-intents."""
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Sentences for help, that must be understood."""
    texts: Texts = field(default_factory=dict)
    """The replies, by their keys."""

    @property
    def replies(self) -> Replies:
        """To say the texts with."""
        return Replies(self.texts)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those that it has sentences or replies for."""
        return tuple(dict.fromkeys((*self.sentences, *self.texts)))

    @classmethod
    def beside(cls, folder: Path) -> Words:
        """Read ``sentences.yaml`` and ``replies.yaml`` of a folder; either may be missing.

        Raises
        ------
        ConfigError
            A file cannot be read or does not have the shape that it must have.
        """
        sentences = _mapping(folder / "sentences.yaml")
        lists = sentences.pop("lists", None) or {}
        examples = sentences.pop("examples", None) or {}
        texts = _mapping(folder / "replies.yaml")
        for language, values in sentences.items():
            _shape(values, f"{folder / 'sentences.yaml'}: {language}", "intent: [...] pairs")
            for intent, blocks in values.items():
                where = f"{folder / 'sentences.yaml'}: {language}: {intent}"
                if not isinstance(blocks, list) or not all(map(_is_block, blocks)):
                    raise ConfigError(f"{where}: expected a list of `- sentences: [...]` blocks")
        for language, values in texts.items():
            _shape(values, f"{folder / 'replies.yaml'}: {language}", "key: text pairs")
            if not all(isinstance(text, str) for text in values.values()):
                raise ConfigError(f"{folder / 'replies.yaml'}: {language}: every reply is a text")
        _shape(lists, f"{folder / 'sentences.yaml'}: lists", "name: {...} pairs")
        _shape(examples, f"{folder / 'sentences.yaml'}: examples", "language: [...] pairs")
        said = {language: tuple(map(str, each or ())) for language, each in examples.items()}
        return cls(sentences, lists, said, texts)

    def mistakes(self) -> Iterator[str]:
        """What is wrong with the words, a sentence each; nothing if they can be used."""
        for language in self.languages:
            if package_language(language) != language:
                known = package_language(language)
                hint = f"; call it {known}" if known else ""
                yield f"{language}: the matcher knows no such language{hint}"
        for language, intents in self.sentences.items():
            if package_language(language) == language:
                yield from self._mistakes(language, intents)
        yield from self._mistakes_of_replies()

    def _mistakes(self, language: str, intents: Mapping[str, Any]) -> Iterator[str]:
        package = package_intents(language)
        for name in self.lists:
            if name in package["lists"] or name in _HOME_LISTS:
                yield f"lists: {name} is the name of a list that there is already; choose another"
        lists = {*package["lists"], *self.lists, *_HOME_LISTS}
        rules = set(package.get("expansion_rules", {}))
        broken = False
        for intent, blocks in intents.items():
            for block in blocks:
                where = f"{language}: {intent}"
                for key in set(block) - _BLOCK_KEYS:
                    allowed = ", ".join(sorted(_BLOCK_KEYS))
                    yield f"{where}: unknown key {key!r}; known are {allowed}"
                known = lists | set(block.get("lists", ()))
                own_rules = rules | set(block.get("expansion_rules", ()))
                for template in block["sentences"]:
                    for reason in _reasons(template, language, known, own_rules):
                        broken = True
                        yield f"{where}: {template!r}: {reason}"
        if not broken:
            yield from self._greedy(language, package)

    def _greedy(self, language: str, package: Mapping[str, Any]) -> Iterator[str]:
        """Intents that would take whatever is said away from everybody else."""
        from hassil.intents import Intents
        from hassil.recognize import recognize_all

        lists = {**package["lists"], **self.lists}
        try:
            intents = Intents.from_dict(
                {
                    "language": language,
                    "intents": {k: {"data": v} for k, v in self.sentences[language].items()},
                    "lists": lists,
                    "expansion_rules": package.get("expansion_rules", {}),
                }
            )
            for result in recognize_all(_NONSENSE, intents, slot_lists={}, language=language):
                if result.entities_list and all(e.text.strip() for e in result.entities_list):
                    yield (
                        f"{language}: {result.intent.name}: matches whatever is said; "
                        "a wildcard needs words beside it"
                    )
        except Exception as error:  # hassil raises whatever a wrong list makes it stumble over
            yield f"{language}: the matcher cannot use this: {error!r}"

    def _mistakes_of_replies(self) -> Iterator[str]:
        reference = self.texts.get("en") or next(iter(self.texts.values()), {})
        for language, texts in self.texts.items():
            for key in reference.keys() - texts.keys():
                yield f"{language}: there is no reply {key!r}, which other languages have"
            for key, text in texts.items():
                try:
                    named = _named(text)
                    Replies({language: {key: text}}).say(key, language, **dict.fromkeys(named, "x"))
                    more = named - _named(reference.get(key, text))
                except (ValueError, LookupError, AttributeError) as error:
                    yield f"{language}: the reply {key!r} cannot be filled in: {error}"
                    continue
                for name in more:
                    yield f"{language}: the reply {key!r} names {{{name}}}, the others do not"


def _named(text: str) -> set[str]:
    """What a reply wants to have filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _reasons(template: object, language: str, lists: set[str], rules: set[str]) -> Iterator[str]:
    from hassil.expression import ListReference, RuleReference
    from hassil.parse_expression import parse_sentence

    if not isinstance(template, str) or not template.strip():
        yield "expected a sentence"
        return
    if language.startswith("zh") and " " in template:
        yield "Chinese templates hold no spaces: the matcher drops them between characters"
    try:
        parts = list(_parts(parse_sentence(template).expression))
    except Exception as error:  # hassil's parser raises errors of several kinds
        yield f"not a template: {error}"
        return
    for part in parts:
        if isinstance(part, RuleReference) and part.rule_name not in rules:
            yield f"there is no rule <{part.rule_name}>"
        elif isinstance(part, ListReference) and not (
            part.is_inline_range or part.list_name in lists
        ):
            yield f"there is no list {{{part.list_name}}}"


def _parts(expression: Expression) -> Iterator[Expression]:
    from hassil.expression import Group

    yield expression
    if isinstance(expression, Group):
        for item in expression.items:
            yield from _parts(item)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    if content is None:
        return {}
    _shape(content, str(path), "language: ... pairs")
    return dict(content)


def _shape(value: object, where: str, expected: str) -> None:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ConfigError(f"{where}: expected `{expected}` (words such as on and no in quotes)")


def _is_block(block: object) -> bool:
    return isinstance(block, dict) and isinstance(block.get("sentences"), list)

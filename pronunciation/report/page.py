"""The frame of every page: one file, a strict content policy, the switches of the reader."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources

from pronunciation.report.language import LANGUAGES, label, phrase, say
from pronunciation.report.markup import Markup, tag


def page(title: str, language: str, body: Markup, **titles: object) -> str:
    """A whole HTML document.

    Parameters
    ----------
    title
        Key of the phrase that is its title; ``titles`` are the phrase's values.
    language
        In which of :data:`LANGUAGES` it opens.
    body
        What stands in ``main``.
    """
    if language not in LANGUAGES:
        raise ValueError(f"pages speak {', '.join(LANGUAGES)}, not {language!r}")
    style, script = _own("page.css"), _own("page.js")
    # Nothing loads but what is in the file: its own style, its own script, its own sound.
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "media-src data:; base-uri 'none'; form-action 'none'"
    )
    names = {f"data-{key}": phrase(title, key, **titles) for key in LANGUAGES}
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", phrase(title, language, **titles), _=names),
        tag("style", style),
    )
    content = tag(
        "body",
        tag("a", say("skip"), class_="skip", href="#main"),
        _header(language),
        tag("main", body, id="main", tabindex="-1"),
        tag("footer", tag("p", say("footer"))),
        tag("p", class_="hidden", id="status", role="status", aria_live="polite"),
        tag("script", script),
    )
    return f"<!doctype html>\n{tag('html', head, content, lang=LANGUAGES[language])}\n"


def section(key: str, *children: object, note: object = None, **attributes: object) -> Markup:
    """A section whose heading is a phrase and which is named by it."""
    name = f"h-{key.replace('_', '-')}"
    heading = tag("h2", say(key), id=name)
    about = tag("p", note, class_="note") if note else None
    classes = f"card {attributes.pop('class_', '')}".strip()
    return tag(
        "section", heading, about, children, aria_labelledby=name, class_=classes, _=attributes
    )


def _header(language: str) -> Markup:
    languages = [
        tag(
            "button",
            name,
            type="button",
            lang=LANGUAGES[key],
            data_language=key,
            aria_pressed="true" if key == language else "false",
        )
        for key, name in (("en", "English"), ("zh", "中文"))
    ]
    themes = [
        tag(
            "button",
            say(f"theme_{theme}"),
            type="button",
            data_theme_choice=theme,
            aria_pressed="true" if theme == "auto" else "false",
        )
        for theme in ("auto", "light", "dark")
    ]
    return tag(
        "header",
        tag("p", tag("strong", "Sonorant"), " ", tag("span", say("product")), class_="brand"),
        tag(
            "div",
            tag("div", languages, class_="switch", role="group", _=label("language")),
            tag("div", themes, class_="switch", role="group", _=label("theme")),
            tag("button", say("print"), type="button", class_="plain", data_print=True),
            class_="controls needs-script",
        ),
    )


def _own(name: str) -> Markup:
    """Our own style or script: it goes into the page as it is, so it must not end its element."""
    content = (resources.files("pronunciation.report") / name).read_text("utf-8")
    assert "</" not in content, f"{name} would end its own element"
    return Markup(content)


def _hash(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"

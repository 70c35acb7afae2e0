"""The index of all voiceprints."""

from __future__ import annotations

from tests.voiceprint.gallery.people import voice
from voiceprint.contract import Person
from voiceprint.index import Index


def test_a_group_is_found_as_the_gallery_finds_it() -> None:
    groups = (("Night  Shift",), ("ｎｉｇｈｔ shift", "Guests"), ())
    index = Index((Person(str(n), f"P{n}", group), voice(n)) for n, group in enumerate(groups))
    assert index.size("night shift") == 2 and index.size("guests") == 1
    assert index.nearest(voice(2).vector, 3, " NIGHT SHIFT")[0].person.id in ("0", "1")

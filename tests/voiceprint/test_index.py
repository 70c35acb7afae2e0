"""The index of all voiceprints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.voiceprint.gallery.people import voice
from voiceprint.contract import Person
from voiceprint.index import Index


def test_a_group_is_found_as_the_gallery_finds_it() -> None:
    groups = (("Night  Shift",), ("ｎｉｇｈｔ shift", "Guests"), ())
    index = Index((Person(str(n), f"P{n}", group), voice(n)) for n, group in enumerate(groups))
    assert index.size("night shift") == 2 and index.size("guests") == 1
    assert index.nearest(voice(2).vector, 3, " NIGHT SHIFT")[0].person.id in ("0", "1")


def test_the_nearest_come_first_each_with_its_strength() -> None:
    templates = [replace(voice(n), strength=float(n)) for n in range(40)]
    index = Index((Person(str(n), f"P{n}", ("all",)), one) for n, one in enumerate(templates))
    asked = voice(7).vector + np.float32(0.5) * voice(3).vector
    asked /= np.linalg.norm(asked)
    cosines = [float(one.vector @ asked) for one in templates]
    for group in (None, "all"):
        nearest = index.nearest(asked, 5, group)
        order = np.argsort(cosines)[::-1][:5]
        assert [one.person.id for one in nearest] == [str(n) for n in order]
        assert [one.strength for one in nearest] == [float(n) for n in order]
        np.testing.assert_allclose([one.cosine for one in nearest], np.take(cosines, order), 1e-5)

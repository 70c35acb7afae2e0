"""Many recordings at once: a manifest in, JSON Lines out, on all cores or a cluster.

::

    summary = assess_manifest("class.jsonl", "scores.jsonl", report="class.html")

What a manifest holds is read in ``manifest``, one recording is assessed in ``work``; ``processes``
and ``cluster`` decide where, ``output`` keeps what came of it, ``run`` puts them together.
"""

from pronunciation.batch.run import Summary, assess_manifest

__all__ = ["Summary", "assess_manifest"]

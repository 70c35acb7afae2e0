"""How the weights of the English scorer are made, as code that anyone can rerun.

``python -m pronunciation.training`` needs the training split of speechocean762 (``SONORANT_DATA``)
and the extra ``sonorant[training]``; what it writes is ``pronunciation/english/weights.npz``.
"""

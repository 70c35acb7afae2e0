"""What people say otherwise: "kill the lamp", "can we have the lamp on", "I'd like the lamp on".

Templates for every such wording, times every kind of device, would be thousands. A sentence that
matches none of them is rewritten instead, as a whole, into the words of one that may: "turn off
the lamp". It acts only if the matcher then matches that word for word. In goes a normalised
sentence, out come the ways in which it can be said plainly. One file a language.
"""

from skills.wordings.plain import Wording, reworded
from skills.wordings.remarks import Beside, beside

__all__ = ["Beside", "Wording", "beside", "reworded"]

"""One step each; they are only ever added to."""

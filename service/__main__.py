"""``python -m service`` is the program ``sonorant``."""

import sys

from service.cli import main

sys.exit(main())

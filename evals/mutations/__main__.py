"""`python -m evals.mutations`: the harness by itself."""

import sys

from evals.mutations.mutate import main

sys.exit(main())

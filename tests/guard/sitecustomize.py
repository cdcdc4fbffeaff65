"""Python runs this file at start-up in every process that the tests start with this folder on PYTHONPATH."""

import loopback_only

loopback_only.install()

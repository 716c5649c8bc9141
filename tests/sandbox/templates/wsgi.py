"""Keystone, as Apache runs it."""

import os

os.environ["OS_KEYSTONE_CONFIG_DIR"] = "${state}/apache"

from keystone.common.sql import core  # noqa: E402

# As MySQL does: SQLite deletes no dependent rows on its own, and left-over ones give bogus conflicts.
core.enable_sqlite_foreign_key()

from keystone.server.wsgi import initialize_public_application  # noqa: E402

application = initialize_public_application()

"""Where everything made lies."""

import os
from pathlib import Path

DATA = Path(os.environ.get("COMPACT_DATA", "/tmp/compact-data"))

"""What a client starts from the bundle: the server, and beside it the indexer of the folders that the user chose."""

import subprocess
import sys
from pathlib import Path

from soundpalette.__main__ import main


def serve(folders: list[str]) -> None:
    """Index `folders` in a process of its own while the tools are served; whoever chose none is served all the same."""
    command = [sys.executable, "-m", "soundpalette", "index", *folders]
    indexer = subprocess.Popen(command, cwd=Path(__file__).parent, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    try:
        sys.argv[1:] = ["serve"]
        main()
    finally:
        indexer.terminate()  # it may be stopped at any moment, and goes on at the next start
        indexer.wait()


if __name__ == "__main__":
    serve(sys.argv[1:])

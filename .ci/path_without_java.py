"""Prints PATH without the folders that hold a `java`, links to their other programs kept."""

import os
import tempfile
from pathlib import Path

kept = []
for name in os.environ["PATH"].split(os.pathsep):
    folder = Path(name)
    if (folder / "java").exists():
        # /usr/bin holds everything else as well.
        links = Path(tempfile.mkdtemp(prefix="path-"))
        for program in folder.iterdir():
            if program.name != "java":
                (links / program.name).symlink_to(program)
        folder = links
    kept.append(str(folder))
print(os.pathsep.join(kept))

"""Check the built pages: every public name is there, no link is dead, nothing comes from elsewhere.

    python docs/checked docs/_build/html

Links to other sites are not followed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from links import dead_or_foreign
from names import undocumented


def main(site: Path) -> int:
    """Print what is wrong with a built site; return how many things are."""
    wrong = [*undocumented(site), *dead_or_foreign(site)]
    print("\n".join([*wrong, f"{len(wrong)} things are wrong with {site}"]))
    return len(wrong)


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]))))

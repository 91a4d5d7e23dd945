"""Check the built pages: all public names are documented, all links work, nothing is loaded from other sites.

    python docs/check docs/_build/html

Links to other sites are not followed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from links import link_problems
from names import undocumented


def main(site: Path) -> int:
    """Print the problems of a built site; return their number."""
    problems = [*undocumented(site), *link_problems(site)]
    print("\n".join([*problems, f"{site}: {len(problems)} problem{'' if len(problems) == 1 else 's'}"]))
    return len(problems)


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]))))

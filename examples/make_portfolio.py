"""Write portfolio.csv: 1,000 simulated accounts to score from the shell.

    python examples/make_portfolio.py [FILE]

The default FILE is portfolio.csv next to this script. The content is always the same.
"""

from __future__ import annotations

import sys
from pathlib import Path

import collectrisk as cr

DEFAULT = Path(__file__).with_name("portfolio.csv")


def main(path: Path) -> None:
    portfolio = cr.simulate_portfolio(1_000, seed=2024, backend="polars")
    portfolio.write_csv(path, float_precision=2)
    print(f"wrote {len(portfolio):,} accounts to {path.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)

"""Scores one Parquet file by one method, and prints what the engine says about its plan.

python benchmarks/scale_process.py METHOD SOURCE TARGET
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

import collectrisk as cr

if TYPE_CHECKING:
    from collections.abc import Callable

SCORER = cr.RuleScorer()
SPARK_MEMORY = "2g"
COMPILE_ALL = "-XX:-DontCompileHugeMethods"
"""Without it, Java interprets the one method that Spark generates for a formula: ten times as slow."""
DUCKDB_MEMORY = "2GB"


def _eager(source: str, target: str) -> None:
    SCORER.assess_frame(pl.read_parquet(source)).write_parquet(target)


def _polars(source: str, target: str) -> None:
    SCORER.assess_frame(pl.scan_parquet(source)).sink_parquet(target)


def _duckdb(source: str, target: str) -> None:
    # Without the order of the rows, DuckDB writes each part as soon as it is scored.
    connection = duckdb.connect(config={"memory_limit": DUCKDB_MEMORY, "preserve_insertion_order": False})
    SCORER.assess_frame(connection.read_parquet(source)).write_parquet(target)


def _shell(source: str, target: str) -> None:
    from collectrisk._cli import main  # noqa: PLC0415  # it takes memory that the other methods do not need

    sys.argv = ["collectrisk", "score", source, "-o", target, "--quiet"]
    main()


def _spark(source: str, target: str) -> None:
    from pyspark.sql import SparkSession  # noqa: PLC0415  # it needs Java, and the other methods do not

    cores = os.cpu_count() or 1
    builder: Any = SparkSession.builder
    builder = builder.master(f"local[{cores}]").config("spark.driver.memory", SPARK_MEMORY)
    builder = builder.config("spark.driver.extraJavaOptions", COMPILE_ALL)
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        builder = builder.config(name, "false")
    builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.log.level", "ERROR")
    spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    scored = SCORER.assess_frame(spark.read.parquet(source))
    plan = scored._jdf.queryExecution().executedPlan().toString()  # noqa: SLF001  # PySpark has no public function for it
    spark.sparkContext.setJobGroup("scoring", "")
    scored.write.parquet(target)
    tracker = spark.sparkContext.statusTracker()
    jobs = tracker.getJobIdsForGroup("scoring")
    stages = sum(len(tracker.getJobInfo(job).stageIds) for job in jobs)
    operators = re.findall(r"^[\s+:*()\d-]*([A-Z][A-Za-z]+)", plan, re.MULTILINE)
    shuffles = sum("Exchange" in name for name in operators)
    python = sum("Python" in name or "Pandas" in name for name in operators)
    print(f"{stages} stage, {shuffles} shuffles, {python} steps in Python: {' < '.join(operators)}")
    spark.stop()


METHODS: dict[str, Callable[[str, str], None]] = {
    "eager": _eager,
    "polars": _polars,
    "duckdb": _duckdb,
    "shell": _shell,
    "spark": _spark,
}

if __name__ == "__main__":
    method, source, target = sys.argv[1:]
    Path(target).unlink(missing_ok=True)
    METHODS[method](source, target)

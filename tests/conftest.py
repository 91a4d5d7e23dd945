"""What holds for the whole test run, set before NumPy is imported."""

import os

from hypothesis import settings

# The fits of the tests are small: threads of the linear algebra would only wait for one another,
# and where several tests run side by side that makes them many times slower.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# How long an example takes depends on what else the machine is doing, and no test is a timed one.
# In continuous integration Hypothesis draws the same examples every time: a red run is about the
# change. Everywhere else it goes on looking.
settings.register_profile("unhurried", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unhurried")

# Pictures are compared as this way of drawing makes them, and no window opens.
os.environ.setdefault("MPLBACKEND", "agg")

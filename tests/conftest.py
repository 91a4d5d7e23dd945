"""What holds for the whole test run, set before NumPy is imported."""

import os

# The fits of the tests are small: threads of the linear algebra would only wait for one another,
# and where several tests run side by side that makes them many times slower.
for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

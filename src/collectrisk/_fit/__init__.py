"""Fitting a scorecard: shapes of curves, how far to trust the prior, and the most probable card."""

"""Fits scorecards: penalised additive logistic regression, with prior scales estimated from the data."""

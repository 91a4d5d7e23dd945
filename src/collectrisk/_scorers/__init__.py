"""The scorers: the base class, scorecards, and what is shipped."""

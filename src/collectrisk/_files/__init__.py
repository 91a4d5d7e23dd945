"""Scorecards as JSON files."""

"""Saving and loading scorers: scorecards as JSON files, other scorers with joblib."""

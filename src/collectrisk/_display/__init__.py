"""Results as plain text and as HTML, in every language."""

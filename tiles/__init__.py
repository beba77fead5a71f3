"""The city as tiles."""

"""The city: what is in it and what can be asked of it. No HTTP, no file formats."""

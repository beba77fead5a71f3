"""Tests: sentences about a small city whose answers can be worked out by hand."""

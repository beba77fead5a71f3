"""The routes: each reads, calls one verb, answers."""

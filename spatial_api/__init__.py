"""The doors of the city: HTTP, command line and the viewer."""

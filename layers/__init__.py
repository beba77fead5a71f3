"""Files into the city and back out."""

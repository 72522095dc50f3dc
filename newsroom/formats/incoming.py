"""ninjs that comes in, as lines of an import."""

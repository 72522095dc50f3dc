"""Content in and out as NDJSON: one object a line, the same both ways. docs/operators.md has the format."""

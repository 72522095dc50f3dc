"""Feeds: the newest of all that is published, or of what mentions one thing, as RSS, Atom and JSON Feed."""

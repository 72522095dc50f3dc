"""The index of what is live, and the question asked of it."""

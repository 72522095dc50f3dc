"""The index of what is live, and the question asked of it; and beside it the desk's own, which no reader meets."""

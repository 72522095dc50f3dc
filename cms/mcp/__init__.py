"""The door for assistants: the Model Context Protocol, on the same verbs as every other door."""

"""Writing by the API: the same working copies, verbs and rights as at the desk, for programs that have a key.

It is made of kinds, not for them: whatever kind has a place in the API is listed, read and written here, under the
names of an import's lines.
"""

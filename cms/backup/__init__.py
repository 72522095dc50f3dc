"""All of a newsroom in one file, and back: rows, uploads and the secret key, on either database."""

"""What an operator sees of the server: its start, its requests one by one and counted, and its bad days."""

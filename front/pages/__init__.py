"""The newspaper's pages, a file each: which questions it asks of the API, and what it hands to its template."""

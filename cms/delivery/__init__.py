"""What leaves by another door than the API, driven by the log of changes: feeds, sitemaps, stream, webhooks, purge."""

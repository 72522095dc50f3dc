"""Sitemaps: what search engines may find at the front end, in files of 10,000 addresses, and the news of two days."""

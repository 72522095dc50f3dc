"""Where the addresses of examples lead."""

SITE = "https://news.example.org"

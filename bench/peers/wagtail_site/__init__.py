"""A news site in Wagtail. It runs in an environment that has Wagtail, which Galley's has not."""

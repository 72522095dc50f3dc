"""The kinds of this app: names, and where their contracts stand. Imports nothing: settings read it."""

KINDS = {
    "podcast": "tests.podcasts.serializers.PodcastSerializer",
}

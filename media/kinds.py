"""The kinds of media, each with where its contract stands. Imports nothing: settings read it."""

KINDS = {
    "photo": "media.photos.serializers.PhotoSerializer",
}

"""The desk's scripts and styles, as they are served to browsers."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Files whose names hold a hash of what is in them, so that a browser may keep each for ever.

    A script of ours names another by where it stands (`from "./page.js"`), and is written with the other's hashed name.
    Django's own pattern for this asks for a semicolon behind each import, and would read the libraries' scripts too.
    """

    max_post_process_passes = 10  # a script that imports one that imports one ... has its own hash last
    patterns = (
        *ManifestStaticFilesStorage.patterns,
        (
            "*.js",
            [
                (
                    r"""(?m)^(?P<matched>(?P<head>(?:import|export) [^"]*)"(?P<url>\.{1,2}/[^"]+\.js)")""",
                    '%(head)s"%(url)s"',
                )
            ],
        ),
    )

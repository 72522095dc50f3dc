"""Which sizes there are of a photo: named crops and widths, and nothing else."""

WIDTHS = (320, 640, 960, 1280, 1920, 2560)
CROPS = {"16:9": 16 / 9, "3:2": 3 / 2, "1:1": 1.0, "4:5": 4 / 5}
FORMATS = ["image/avif", "image/webp", "image/jpeg"]  # in the order in which a browser is to try them
EXTENSIONS = {"image/avif": "avif", "image/webp": "webp", "image/jpeg": "jpg"}
# Those that are there at once: a photo is never without a size to show.
FIRST_WIDTHS = (320, 640, 1280)
FIRST_CROP_WIDTHS = (640,)

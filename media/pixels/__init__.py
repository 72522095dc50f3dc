"""All that reads strangers' pictures. It runs in a process of its own, within limits, and knows nothing of Django.

The other side, in the web process, is media/darkroom.py.

A file is looked into in this order: what stands around its pixels (`containers`, `png`, `boxes`), whether it is taken
(`checking`), what it says of itself (`metadata`, by `xmp`, `iim`, `exif`, `letters`), its pixels in sRGB (`pillow` or
`vips`, with the profiles of `colours`), its sizes (`work`), and what these say of their maker (`embedding`).
"""

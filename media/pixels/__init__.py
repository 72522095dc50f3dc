"""All that reads strangers' pictures. It runs in a process of its own, within limits, and knows nothing of Django.

The other side, in the web process, is media/darkroom.py.
"""

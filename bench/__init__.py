"""The benchmark: Galley and a plain-DRF yardstick, the same archive, server, machine and run."""

"""Fuzz targets: `make fuzz`. See `fuzz/run.py`."""

"""Differential tests of files: what the prelude reads and writes is what rasterio, xarray and cfgrib read and write."""

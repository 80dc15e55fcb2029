"""Differential tests of the labelled arrays: every operation does what xarray does, in memory and lazy."""

"""Operations on labelled arrays beside numpy, xarray with bottleneck and numbagg, and dask: one table of ratios."""

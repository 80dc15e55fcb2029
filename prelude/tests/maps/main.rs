//! Maps against rasterio, rioxarray and rasterstats: reprojection, coordinate reference systems, longitudes, clips, zones.

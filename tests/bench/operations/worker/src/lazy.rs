//! Operations on files, which are read while they are computed.

use crate::{Operation, unknown};
use isopleth::prelude::*;

/// The operation of this name on the first `files` days below `folder`.
pub fn operation(name: &str, folder: &str, files: usize) -> Result<Operation> {
    let folder = PathBuf::from(folder);
    let base = folder.clone();
    let days = move || -> Result<DataArray> {
        let paths: Vec<PathBuf> = (1..=files).map(|day| base.join(format!("day_{day:03}.tif"))).collect();
        let array = open_rasters(&paths)?.rename("band", "time")?;
        let array = array.drop_coord("time").unwrap_or(array);
        array.coord("time", date_range("2016-01-01", files)?)
    };
    Ok(match name {
        "mean" => Box::new(move || days()?.mean("time")?.compute()),
        "std" => Box::new(move || days()?.std("time")?.compute()),
        "reproject, mean" => {
            let options = Reproject::new().resolution(0.25);
            Box::new(move || days()?.reproject_with("EPSG:4326", options.clone())?.mean("time")?.compute())
        }
        "rolling mean 7, max" => Box::new(move || days()?.rolling("time", 7)?.mean()?.max("time")?.compute()),
        "anomalies, max" => Box::new(move || {
            let days = days()?;
            let anomalies = days.groupby("time.month")? - days.groupby("time.month")?.mean()?;
            anomalies.max("time")?.compute()
        }),
        "quantile" => Box::new(move || days()?.quantile(0.9, "time")?.compute()),
        "trend" => Box::new(move || days()?.polyfit("time", 1)?.compute()),
        "zonal" => {
            let zone = folder.join("zones.geojson");
            Box::new(move || days()?.zonal(&zone)?.mean()?.compute())
        }
        "resample" => Box::new(move || days()?.resample("time", "MS")?.mean()?.compute()),
        "to_netcdf" | "to_netcdf of computed" => {
            let computed = name == "to_netcdf of computed";
            let source = folder.join("chunks.nc");
            let target = folder.join(if computed { "ours_computed.nc" } else { "ours.nc" });
            Box::new(move || {
                let array = open_dataarray(&source)?;
                let product = (&array * 2.0).name("product");
                if computed {
                    product.compute()?.to_netcdf(&target, ())?
                } else {
                    product.to_netcdf(&target, ())?
                };
                DataArray::new(Vec::<f64>::new(), "nothing")
            })
        }
        _ => return Err(unknown(name)),
    })
}

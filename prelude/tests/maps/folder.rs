use isopleth::array::DataArray;
use isopleth::raster::*;
use isopleth::s;
use serde_json::Value;

fn method(name: &str) -> Resampling {
    match name {
        "nearest" => Resampling::Nearest,
        "bilinear" => Resampling::Bilinear,
        "cubic" => Resampling::Cubic,
        "cubic_spline" => Resampling::CubicSpline,
        "lanczos" => Resampling::Lanczos,
        "average" => Resampling::Average,
        "mode" => Resampling::Mode,
        "min" => Resampling::Min,
        "max" => Resampling::Max,
        "med" => Resampling::Median,
        other => panic!("{other}"),
    }
}

#[test]
fn folder() {
    let Ok(folder) = std::env::var("MAPS") else { return };
    let cases: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(format!("{folder}/cases.json")).unwrap()).unwrap();
    let (mut bad, mut windows_bad) = (0, 0);
    for (number, case) in cases.iter().enumerate() {
        let mut options = Reproject::new().resampling(method(case["resampling"].as_str().unwrap()));
        if let Some(r) = case["resolution"].as_f64() {
            options = options.resolution(r);
        }
        if let Some(b) = case["bounds"].as_array() {
            let b: Vec<f64> = b.iter().map(|v| v.as_f64().unwrap()).collect();
            options = options.bounds(b[0], b[1], b[2], b[3]);
        }
        if let Some(b) = case["shape"].as_array() {
            options = options.shape(b[0].as_u64().unwrap() as usize, b[1].as_u64().unwrap() as usize);
        }
        if let Some(f) = case["fill"].as_f64() {
            options = options.fill(f);
        }
        let path = format!("{folder}/{}", case["src"].as_str().unwrap());
        let open = if case["unmasked"].as_bool().unwrap_or(false) {
            open_raster_with(&path, OpenRaster::new().unmasked()).unwrap()
        } else {
            open_raster(&path).unwrap()
        };
        let lazy: DataArray = match open.squeeze().unwrap().reproject_with(case["crs"].as_str().unwrap(), options) {
            Ok(l) => l,
            Err(e) => {
                println!("{number} {case}: {e}");
                bad += 1;
                continue;
            }
        };
        let whole = lazy.compute().unwrap();
        let got = whole
            .to_vec::<f64>()
            .unwrap_or_else(|_| whole.astype(isopleth::array::DType::F64).to_vec::<f64>().unwrap());
        let bytes = std::fs::read(format!("{folder}/{}", case["expected"].as_str().unwrap())).unwrap();
        let want: Vec<f64> = bytes.chunks(8).map(|c| f64::from_le_bytes(c.try_into().unwrap())).collect();
        let shape: Vec<usize> = case["out"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect();
        let transform: Vec<f64> = case["transform"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
        if whole.shape() != shape {
            println!("{number} shape {:?} want {shape:?}: {case}", whole.shape());
            bad += 1;
            continue;
        }
        let t = whole.transform();
        if let Some(t) = t {
            if t.iter().zip(&transform).any(|(a, b)| (a - b).abs() > 1e-9 * b.abs().max(1.0)) {
                println!("{number} transform {t:?} want {transform:?}");
                bad += 1;
            }
        }
        let tol = case["tol"].as_f64().unwrap_or(1e-4);
        let differ = got
            .iter()
            .zip(&want)
            .filter(|(a, b)| !(a == b || a.is_nan() && b.is_nan() || (**a - **b).abs() <= tol * b.abs().max(1.0)))
            .count();
        let nan = got.iter().zip(&want).filter(|(a, b)| a.is_nan() != b.is_nan()).count();
        if differ > 0 {
            let at = got
                .iter()
                .zip(&want)
                .position(|(a, b)| !(a == b || a.is_nan() && b.is_nan() || (*a - *b).abs() <= tol * b.abs().max(1.0)))
                .unwrap();
            println!(
                "{number} differ {differ} of {} ({nan} nan; first {at} got {} want {}): {case}",
                got.len(),
                got[at],
                want[at]
            );
            bad += 1;
        }
        // windows
        let same =
            |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan());
        for w in case["windows"].as_array().unwrap() {
            let w: Vec<usize> = w.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as usize).collect();
            let part = lazy
                .isel(s![w[0]..w[1], w[2]..w[3]])
                .unwrap()
                .compute()
                .unwrap()
                .astype(isopleth::array::DType::F64)
                .to_vec::<f64>()
                .unwrap();
            let of: Vec<f64> = (w[0]..w[1])
                .flat_map(|r| (w[2]..w[3]).map(move |c| (r, c)))
                .map(|(r, c)| got[r * shape[1] + c])
                .collect();
            if !same(&part, &of) {
                windows_bad += 1;
                println!("{number} window {w:?}: {case}");
                break;
            }
        }
    }
    println!("{} cases, {bad} bad, {windows_bad} windows bad", cases.len());
}

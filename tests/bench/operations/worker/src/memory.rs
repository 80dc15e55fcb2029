//! Operations on arrays in memory.

use crate::{Operation, unknown};
use isopleth::prelude::*;

/// The arrays that operations are carried out on, kept while the size stays the same.
#[derive(Default)]
pub struct Arrays(Option<(usize, Inputs)>);

#[derive(Clone)]
pub struct Inputs {
    /// From -100 to 156, every 101st missing.
    a: DataArray,
    /// Above 0, none missing.
    p: DataArray,
    /// Small enough for exp.
    q: DataArray,
    /// Where `a` is above 0.
    above: DataArray,
    /// One weight for each row.
    weights: DataArray,
}

/// Steps in time; the rest is a square map.
const STEPS: usize = 60;

impl Arrays {
    pub fn of(&mut self, cells: usize) -> Result<&Inputs> {
        if self.0.as_ref().is_none_or(|(of, _)| *of != cells) {
            self.0 = None;
            let inputs = Inputs::new(cells)?;
            self.0 = Some((cells, inputs));
        }
        Ok(&self.0.as_ref().expect("made above").1)
    }
}

fn noise(n: usize) -> f32 {
    ((n as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 65_536.0
}

impl Inputs {
    fn new(cells: usize) -> Result<Self> {
        let side = ((cells / STEPS) as f64).sqrt() as usize;
        let len = STEPS * side * side;
        let array = |cell: &dyn Fn(usize) -> f32| -> Result<DataArray> {
            let values = Values::from_shape_vec(&[STEPS, side, side], (0..len).map(cell).collect::<Vec<f32>>())?;
            DataArray::new(values, ["time", "y", "x"])?
                .coord("time", date_range("2016-01-01", STEPS)?)?
                .coord("y", (0..side).map(|y| ((y * 7919) % side) as f64 + y as f64 / 1e6).collect::<Vec<f64>>())
        };
        let a = array(&|n| if n % 101 == 0 { f32::NAN } else { noise(n) - 100.0 })?;
        let p = array(&|n| noise(n) + 0.5)?;
        let q = (&p * 0.1f32).compute()?;
        let above = a.gt(0.0);
        let weights = DataArray::new((0..side).map(|y| 0.5 + noise(y) / 256.0).collect::<Vec<f32>>(), "y")?;
        Ok(Self { a, p, q, above, weights })
    }
}

/// What moves elements only is laid out in axis order, as a copy of it is on the other side.
fn laid_out(array: DataArray) -> Result<DataArray> {
    let shape = array.shape().to_vec();
    let dims = array.dims().to_vec();
    DataArray::new(Values::from_shape_vec(&shape, array.to_vec::<f32>()?)?, dims)
}

pub fn operation(name: &str, inputs: &Inputs) -> Result<Operation> {
    let Inputs { a, p, q, above, weights } = inputs.clone();
    Ok(match name {
        "a * 1.8 + 32" => Box::new(move || Ok(&a * 1.8 + 32.0)),
        "clip" => Box::new(move || a.clip(-10.0, 30.0)),
        "exp" => Box::new(move || q.exp()),
        "ln" => Box::new(move || p.ln()),
        "sin" => Box::new(move || a.sin()),
        "pow" => Box::new(move || p.pow(1.7)),
        "where" => Box::new(move || a.where_(&above)),
        "compare" => Box::new(move || Ok(a.gt(&p))),
        "fillna" => Box::new(move || a.fillna(0.0)),
        "map" => Box::new(move || a.map(|v| v * v + 1.0)),
        "a + b" => Box::new(move || Ok(&a + &p)),
        "a + coord" => Box::new(move || Ok(&a + &weights)),
        "astype" => Box::new(move || Ok(a.astype(DType::F64))),
        "concat" => Box::new(move || concat([&a, &p], "x")),
        "transpose" => Box::new(move || laid_out(a.transpose(["x", "y", "time"])?)),
        "isel with a step" => Box::new(move || laid_out(a.isel(s![.., ..;2, ..;3])?)),
        "diff" => Box::new(move || a.diff("time", 1)),
        "sum" => Box::new(move || a.sum(())),
        "mean" => Box::new(move || a.mean("time")),
        "min" => Box::new(move || a.min("time")),
        "max" => Box::new(move || a.max(())),
        "std" => Box::new(move || a.std("time")),
        "count" => Box::new(move || a.count("time")),
        "median" => Box::new(move || a.median("time")),
        "corr" => Box::new(move || corr(&a, &p, "time")),
        "weighted mean" => Box::new(move || a.weighted(&weights)?.mean(["y", "x"])),
        "rolling mean" => Box::new(move || a.rolling("time", 7)?.mean()),
        "cumsum" => Box::new(move || a.cumsum("time")),
        "sortby" => Box::new(move || a.sort_by("y")),
        "groupby mean" => Box::new(move || a.groupby("time.month")?.mean()),
        _ => return Err(unknown(name)),
    })
}

/// Operations on arrays of many labels; `cells` are labels, or groups.
pub fn labels(name: &str, cells: usize) -> Result<Operation> {
    let line = |len: usize| DataArray::new((0..len).map(noise).collect::<Vec<f32>>(), "station");
    Ok(match name {
        "sel of a twentieth of the labels" => {
            // In no order.
            let labels: Vec<i64> = (0..cells).map(|n| (n * 7919 % cells) as i64).collect();
            let array = line(cells)?.coord("station", labels)?;
            let wanted: Vec<i64> = (0..cells / 20).map(|n| (n * 104_729 % cells) as i64).collect();
            Box::new(move || array.sel(sel! { station: wanted.clone() }))
        }
        "mean of groups" => {
            let array = line(cells * 5)?;
            let keys =
                DataArray::new((0..cells * 5).map(|n| (n * 7919 % cells) as i64).collect::<Vec<i64>>(), "station")?;
            let array = array.assign_coord("key", keys)?;
            Box::new(move || array.groupby("key")?.mean())
        }
        _ => return Err(unknown(name)),
    })
}

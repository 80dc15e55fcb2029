//! What is gathered is what GDAL's kernels give, cutting changes no value, and a stack asks once.

use super::*;
use crate::array::DataArray;
use crate::lazy::Source;
use crate::raster::Reproject;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

fn grid(epsg: u32, transform: [f64; 6], shape: [usize; 2]) -> Grid {
    Grid::new(Some(Crs::from_epsg(epsg).unwrap()), transform, shape)
}

/// Pairs of grids: other scales, another CRS, a rotation, the whole Earth, no overlap in places.
fn pairs() -> Vec<(Grid, Grid)> {
    let degrees = || grid(4326, [5.0, 0.1, 0.0, 50.0, 0.0, -0.1], [60, 80]);
    vec![
        (degrees(), grid(4326, [4.5, 0.07, 0.0, 50.3, 0.0, -0.13], [50, 130])),
        (degrees(), grid(32632, [150_000.0, 9_000.0, 0.0, 5_600_000.0, 0.0, -9_000.0], [90, 100])),
        (degrees(), grid(4326, [5.0, 0.8, 0.0, 50.0, 0.0, -0.8], [8, 10])),
        (
            grid(32632, [3e5, 8e3, 2e3, 5.4e6, 2e3, -8e3], [70, 60]),
            grid(4326, [5.0, 0.1, 0.0, 50.0, 0.0, -0.1], [60, 110]),
        ),
        (
            grid(4326, [-180.0, 2.0, 0.0, 90.0, 0.0, -2.0], [90, 180]),
            grid(3995, [-5e6, 1e5, 0.0, 5e6, 0.0, -1e5], [100, 100]),
        ),
    ]
}

fn values(shape: [usize; 2], dtype: DType) -> Values {
    let cells = (0..shape[0] * shape[1]).map(|n| ((n * 7919) % 251) as f64);
    let cells: Vec<f64> = cells.map(|cell| if dtype.is_float() && cell < 9.0 { f64::NAN } else { cell }).collect();
    Values::from_shape_vec(&shape, cells).unwrap().cast(dtype)
}

fn warp(regrid: &Arc<Regrid>, dtype: DType, nodata: Option<f64>, missing: f64) -> Warp {
    Warp { regrid: regrid.clone(), resampling: regrid.resampling, source_nodata: nodata, missing, dtype }
}

/// A window as GDAL's kernels give it.
fn kernel<T: Sample>(warp: &Warp, plane: &Plan, window: &Window) -> Vec<T> {
    let mut out = vec![T::of_number(warp.missing); window[0].len() * window[1].len()];
    if let Prepared::Lines(lines) = &*warp.regrid.prepared(window, true).unwrap() {
        warp.by_kernel(plane, window, lines, &mut out).unwrap();
    }
    out
}

fn bits(values: &[impl Sample]) -> Vec<u64> {
    values
        .iter()
        .map(|value| value.to_f64())
        .map(|value| if value.is_nan() { u64::MAX } else { value.to_bits() })
        .collect()
}

#[test]
fn nearest_pixels_are_those_of_gdals_kernels() {
    for (source, target) in pairs() {
        let (from, to) = (source.shape(), target.shape());
        let regrid = Arc::new(Regrid::new(source, target, Resampling::Nearest, [1, from[1]]));
        macro_rules! same {
            ($type:ty, $dtype:ident, $nodata:expr, $missing:expr) => {
                let warp = warp(&regrid, DType::$dtype, $nodata, $missing);
                let plane = Plan::memory(values(from, DType::$dtype));
                for window in [[0..to[0], 0..to[1]], [to[0] / 3..to[0] / 2, 1..to[1] - 2]] {
                    let gathered = warp.window(&plane, window.clone()).unwrap();
                    assert_eq!(
                        bits(&gathered.to_vec::<$type>().unwrap()),
                        bits(&kernel::<$type>(&warp, &plane, &window)),
                        "{} {:?} {:?}, {window:?}",
                        stringify!($dtype),
                        $nodata as Option<f64>,
                        regrid
                    );
                }
            };
        }
        same!(f32, F32, None, f64::NAN);
        same!(f32, F32, Some(17.0), 40.0);
        same!(f64, F64, None, f64::NAN);
        same!(u8, U8, None, 0.0);
        same!(u8, U8, Some(3.0), 3.0);
        // A value looks as what stands for a missing one.
        same!(u8, U8, Some(3.0), 250.0);
        same!(i16, I16, Some(3.0), 0.0);
        same!(u16, U16, Some(3.0), 3.0);
        same!(i32, I32, Some(3.0), -1.0);
        same!(u32, U32, None, 9.0);
    }
}

#[test]
fn a_window_in_pieces_is_the_window() {
    for resampling in [Resampling::Nearest, Resampling::Bilinear, Resampling::Average] {
        for (source, target) in pairs() {
            let (from, to) = (source.shape(), target.shape());
            let whole = [0..to[0], 0..to[1]];
            let regrid = Arc::new(Regrid::new(source, target, resampling, [1, from[1]]));
            let warp = warp(&regrid, DType::F32, None, f64::NAN);
            let plane = Plan::memory(values(from, DType::F32));
            let at_once = bits(&warp.window(&plane, whole.clone()).unwrap().to_vec::<f32>().unwrap());
            let cut = [whole[0].start + to[0] / 2, to[1] / 3];
            let pieces: [Window; 3] =
                [[0..cut[0], 0..to[1]], [cut[0]..to[0], 0..cut[1]], [cut[0]..to[0], cut[1]..to[1]]];
            regrid.set_pieces(&whole, &pieces);
            let in_pieces = bits(&warp.window(&plane, whole).unwrap().to_vec::<f32>().unwrap());
            assert_eq!(at_once, in_pieces, "{resampling:?}");
        }
    }
}

/// A plane of any size that remembers what is read of it.
#[derive(Debug, Clone)]
struct Watched {
    shape: [usize; 2],
    pixels: Arc<AtomicU64>,
    largest: Arc<AtomicU64>,
    windows: Arc<Mutex<Vec<Vec<Range<usize>>>>>,
}

impl Watched {
    fn new(shape: [usize; 2]) -> Self {
        Self { shape, pixels: Arc::default(), largest: Arc::default(), windows: Arc::default() }
    }

    /// On a grid of degrees that begins at 0, 50.
    fn array(&self, step: f64) -> DataArray {
        let centres = |origin: f64, step: f64, length: usize| crate::values::EvenRange::centres(origin, step, length);
        let array = DataArray::new(Plan::source(self.clone()), ["y", "x"]).unwrap();
        let array = array.coord("y", centres(50.0, -step, self.shape[0])).unwrap();
        array.coord("x", centres(0.0, step, self.shape[1])).unwrap().with_crs("EPSG:4326").unwrap()
    }
}

impl Source for Watched {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn block(&self) -> &[usize] {
        // Strips of one row.
        static STRIP: [usize; 2] = [1, 1 << 20];
        &STRIP
    }

    fn dtype(&self) -> DType {
        DType::F32
    }

    fn describe(&self) -> String {
        "watched".to_owned()
    }

    fn read(&self, window: &[Range<usize>]) -> Result<Values> {
        let pixels = (window[0].len() * window[1].len()) as u64;
        self.pixels.fetch_add(pixels, Ordering::Relaxed);
        self.largest.fetch_max(pixels, Ordering::Relaxed);
        self.windows.lock().unwrap().push(window.to_vec());
        Ok(Values::from(ndarray::Array2::<f32>::ones((window[0].len(), window[1].len()))))
    }
}

#[test]
fn of_a_large_plane_only_the_rows_are_read_that_the_nearest_pixels_lie_in() {
    let plane = Watched::new([8000, 8000]);
    let coarse = Reproject::new().bounds(0.0, 42.0, 8.0, 50.0).shape(80, 80);
    let small = plane.array(0.001).reproject_with("EPSG:4326", coarse).unwrap().compute().unwrap();
    assert_eq!(small.to_vec::<f32>().unwrap(), vec![1.0; 6400]);
    let rows: usize = plane.windows.lock().unwrap().iter().map(|window| window[0].len()).sum();
    assert_eq!(rows, 80);
}

#[test]
fn of_a_large_plane_little_is_held_at_once() {
    let plane = Watched::new([8000, 8000]);
    let coarse = Reproject::new().bounds(0.0, 42.0, 8.0, 50.0).shape(80, 80).resampling(Resampling::Average);
    let small = plane.array(0.001).reproject_with("EPSG:4326", coarse).unwrap();
    let cost = small.plan().memory_estimate();
    assert_eq!(small.compute().unwrap().to_vec::<f32>().unwrap(), vec![1.0; 6400]);
    let (pixels, largest) = (plane.pixels.load(Ordering::Relaxed), plane.largest.load(Ordering::Relaxed));
    assert!(pixels < 8000 * 8000 * 3 / 2, "{pixels} pixels were read");
    assert!(largest < 8 << 20, "{largest} pixels at once, {cost}");
}

#[test]
fn a_corner_of_a_huge_reprojection_reads_a_corner() {
    let plane = Watched::new([100_000, 100_000]);
    for resampling in [Resampling::Nearest, Resampling::Bilinear, Resampling::Average] {
        plane.pixels.store(0, Ordering::Relaxed);
        let options = Reproject::new().resampling(resampling);
        let all = plane.array(0.0001).reproject_with("EPSG:3857", options).unwrap();
        let (rows, columns) = (all.shape()[0] / 2, all.shape()[1] / 2);
        let corner = all.isel(crate::s![rows..rows + 10, columns..columns + 10]).unwrap();
        assert_eq!(corner.to_vec::<f32>().unwrap(), vec![1.0; 100]);
        assert!(plane.pixels.load(Ordering::Relaxed) < 10_000, "{resampling:?}");
    }
}

#[test]
fn planes_of_a_stack_share_what_is_worked_out() {
    let (source, target) = pairs().swap_remove(1);
    let from = source.shape();
    let regrid = Arc::new(Regrid::new(source, target, Resampling::Bilinear, [1, from[1]]));
    let window = [0..30, 0..100];
    let first = regrid.prepared(&window, true).unwrap();
    assert!(Arc::ptr_eq(&first, &regrid.prepared(&window, true).unwrap()));
    assert!(!Arc::ptr_eq(&first, &regrid.prepared(&[0..20, 0..100], true).unwrap()));
}

#[test]
fn what_a_window_takes_is_told_beforehand() {
    let (source, target) = (
        grid(4326, [0.0, 0.001, 0.0, 50.0, 0.0, -0.001], [8000, 8000]),
        grid(4326, [0.0, 0.1, 0.0, 50.0, 0.0, -0.1], [80, 80]),
    );
    let regrid = Regrid::new(source, target, Resampling::Average, [1, 8000]);
    let (one, all) = (regrid.cost(80, 4), regrid.cost(6400, 4));
    // A row of 80 takes 100 rows of the source, several times over; the whole is done in pieces.
    assert!((2 * 3_200_000..8 * 3_200_000).contains(&one), "{one}");
    assert!((one..6 * (16 << 20)).contains(&all), "{all}");
    // Planes of other types share the grids.
    assert_eq!(regrid.cost(80, 8) - one, (regrid.read(80) * 4.25 * 4.0) as u64 + 80 * 4);
}

#[test]
fn what_a_plane_on_another_grid_takes_has_in_it_what_its_source_takes() {
    let (source, target) = (
        grid(4326, [0.0, 0.001, 0.0, 50.0, 0.0, -0.001], [2000, 2000]),
        grid(4326, [0.0, 0.01, 0.0, 50.0, 0.0, -0.01], [200, 200]),
    );
    let onto = |plane: &Plan, source: &Grid, target: &Grid| {
        let block = [1, source.shape()[1]];
        let regrid = Arc::new(Regrid::new(source.clone(), target.clone(), Resampling::Average, block));
        Warped::new(plane, warp(&regrid, DType::F32, None, f64::NAN))
    };
    let once = onto(&Plan::memory(values(source.shape(), DType::F32)), &source, &target);
    let own = once.cost(200 * 200);
    let again = onto(&Plan::source(once), &target, &target);
    let there = onto(&Plan::memory(values(target.shape(), DType::F32)), &target, &target);
    assert!(again.cost(200 * 200) >= there.cost(200 * 200) + own);
}

#[test]
fn of_the_array_that_a_grid_is_taken_from_nothing_is_read() {
    let (plane, other) = (Watched::new([100, 100]), Watched::new([50, 40]));
    // A reduction too would be computed for an answer that nobody wants.
    let stack = crate::array::concat([&other.array(0.2), &other.array(0.2)], "time").unwrap();
    let on_it = plane.array(0.1).reproject_match(&stack.mean("time").unwrap()).unwrap();
    assert_eq!(on_it.shape(), [50, 40]);
    assert_eq!(on_it.to_vec::<f32>().unwrap(), vec![1.0; 2000]);
    assert_eq!(other.pixels.load(Ordering::Relaxed), 0);
}

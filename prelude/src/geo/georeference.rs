//! What is kept with an array beside its labels: where it lies, and how its file stores the numbers.

use super::grid::{NO_TRANSFORM, moved, same_transform};
use super::{Encoding, GEO_TRANSFORM, Gcp, Gcps, SPATIAL_REF};
use crate::array::{Attachment, Attrs, Coord, DataArray, ENCODING_ATTRIBUTES, Joined, Keeps};
use crate::values::AxisIndex;
use std::any::Any;
use std::sync::Arc;

/// The attachment of arrays that came from files, or were put on a map.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Georeference {
    pub encoding: Option<Arc<Encoding>>,
    pub place: Option<Place>,
}

/// Where the pixels lie, for what labels do not tell: rotated rasters, single pixels, control points.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// The dimensions that run down and across.
    pub dims: [String; 2],
    /// In the units of the CRS. [`NO_TRANSFORM`] and what follows from it of a file that has none.
    pub transform: [f64; 6],
    /// Whether `transform` counts pixels and leads to no map.
    pub is_pixels: bool,
    pub gcps: Option<Arc<Gcps>>,
}

impl Place {
    /// What a file says.
    pub fn new(dims: [&str; 2], transform: [f64; 6], gcps: Option<Arc<Gcps>>) -> Self {
        Self { dims: dims.map(str::to_owned), transform, is_pixels: transform == NO_TRANSFORM, gcps }
    }

    /// The place of pixels that lie on a grid, even where its transform is what files without one have.
    pub fn on_grid(dims: [&str; 2], transform: [f64; 6]) -> Self {
        Self { dims: dims.map(str::to_owned), transform, is_pixels: false, gcps: None }
    }

    /// The axis (0 down, 1 across) that `dim` is.
    fn axis(&self, dim: &str) -> Option<usize> {
        self.dims.iter().position(|own| own == dim)
    }

    /// The place of pixels `step` as large, of which the first begins `from` within, along one axis.
    fn moved(&self, axis: usize, from: f64, step: f64) -> Self {
        let along = |one: f64, other: f64| if axis == 0 { [one, other] } else { [other, one] };
        let transform = moved(&self.transform, along(from, 0.0), along(step, 1.0));
        let gcp = |gcp: &Gcp| {
            let mut gcp = gcp.clone();
            let place = if axis == 0 { &mut gcp.row } else { &mut gcp.column };
            *place = (*place - from) / step;
            gcp
        };
        let gcps = self
            .gcps
            .as_ref()
            .map(|gcps| Arc::new(Gcps { crs: gcps.crs.clone(), points: gcps.points.iter().map(gcp).collect() }));
        Self { transform, gcps, ..self.clone() }
    }

    /// Whether both are one place.
    fn same(&self, other: &Self) -> bool {
        self.dims == other.dims && self.gcps == other.gcps && same_transform(&self.transform, &other.transform, [1, 1])
    }

    fn select(&self, axis: usize, index: &AxisIndex) -> Option<Self> {
        match index {
            AxisIndex::Range { start, len, step } if *len > 0 => {
                let step = *step as f64;
                // The first centre stays one, whichever way the pixels are taken.
                Some(self.moved(axis, *start as f64 + 0.5 - step / 2.0, step))
            }
            // Pixels that lie nowhere lie nowhere whichever of them are taken.
            AxisIndex::List(_) if self.is_pixels && self.gcps.is_none() => Some(self.clone()),
            AxisIndex::List(list) => {
                let (first, second) = (*list.first()?, *list.get(1)?);
                let step = second as isize - first as isize;
                let even = step != 0 && list.windows(2).all(|pair| pair[1] as isize - pair[0] as isize == step);
                even.then(|| self.select(axis, &AxisIndex::Range { start: first, len: list.len(), step }))?
            }
            _ => None,
        }
    }
}

impl Georeference {
    /// The one that an array carries.
    pub fn of(array: &DataArray) -> Option<&Self> {
        array.attachment()?.as_any().downcast_ref()
    }

    /// `array` with it.
    pub fn attach(self, array: &DataArray) -> DataArray {
        array.clone().with_attachment(self.shared())
    }

    // One that says nothing stays too: it takes words off that were true before.
    fn shared(self) -> Option<Arc<dyn Attachment>> {
        Some(Arc::new(self))
    }

    fn with_place(&self, place: Option<Place>) -> Option<Arc<dyn Attachment>> {
        Self { place, encoding: self.encoding.clone() }.shared()
    }
}

impl Attachment for Georeference {
    fn select(&self, dim: &str, index: &AxisIndex) -> Option<Arc<dyn Attachment>> {
        let place = self.place.as_ref().and_then(|place| match place.axis(dim) {
            Some(axis) => place.select(axis, index),
            None => Some(place.clone()),
        });
        let encoding = self.encoding.as_ref().map(|encoding| match encoding.along() == Some(dim) {
            true => Arc::new(encoding.select(dim, index.positions())),
            false => encoding.clone(),
        });
        Self { encoding, place }.shared()
    }

    fn coarsen(&self, dim: &str, run: usize, from: isize) -> Option<Arc<dyn Attachment>> {
        let place = self.place.as_ref().map(|place| match place.axis(dim) {
            Some(axis) => place.moved(axis, from as f64, run as f64),
            None => place.clone(),
        });
        self.with_place(place)
    }

    fn rename(&self, new: &dyn Fn(&str) -> String) -> Option<Arc<dyn Attachment>> {
        let place =
            self.place.as_ref().map(|place| Place { dims: place.dims.each_ref().map(|dim| new(dim)), ..place.clone() });
        let encoding = self.encoding.as_ref().map(|encoding| Arc::new(encoding.rename(new)));
        Self { encoding, place }.shared()
    }

    fn relabel(&self, dim: &str) -> Option<Arc<dyn Attachment>> {
        self.with_place(self.place.clone().filter(|place| place.axis(dim).is_none()))
    }

    fn keep(&self, keeps: Keeps) -> Option<Arc<dyn Attachment>> {
        let encoding = self.encoding.clone().filter(|_| keeps.encoding);
        Self { encoding, place: self.place.clone().filter(|_| keeps.grid) }.shared()
    }

    fn common(&self, other: Option<&dyn Attachment>, joined: Option<Joined<'_>>) -> Option<Arc<dyn Attachment>> {
        let other = other.and_then(|other| other.as_any().downcast_ref::<Self>());
        let encodings = self.encoding.as_ref().zip(other.and_then(|other| other.encoding.as_ref()));
        let encoding = encodings.and_then(|(own, other)| match joined {
            Some(Joined { dim, at, len }) => own.followed(other, dim, [at, len]).map(Arc::new),
            None => (own == other).then(|| own.clone()),
        });
        let theirs = other.and_then(|other| other.place.as_ref());
        let place = self.place.clone().filter(|own| match (theirs, joined) {
            // What lies nowhere lies where the other array does, but not after it.
            (None, joined) => joined.is_none(),
            (Some(theirs), None) => own.same(theirs),
            (Some(theirs), Some(joined)) => match own.axis(joined.dim) {
                None => own.same(theirs),
                Some(axis) => own.moved(axis, joined.at as f64, 1.0).same(theirs),
            },
        });
        Self { encoding, place }.shared()
    }

    fn describe(&self, attrs: &mut Attrs, coords: &mut [Coord]) {
        if let Some(encoding) = self.encoding.as_ref().filter(|encoding| encoding.is_raw()) {
            describe_raw(encoding, attrs);
        }
        for coord in coords.iter_mut().filter(|coord| coord.name() == SPATIAL_REF) {
            // A file that does not repeat its transform there needs no such words.
            if coord.attrs().get(GEO_TRANSFORM).is_none() {
                continue;
            }
            let mut attrs = coord.attrs().clone();
            match &self.place {
                Some(place) => attrs.set(GEO_TRANSFORM, transform_text(&place.transform)),
                None => {
                    attrs.remove(GEO_TRANSFORM);
                }
            }
            *coord = coord.clone().with_attrs(attrs);
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The attributes that stored numbers have, as in the file. Those of bands that differ are lists.
fn describe_raw(encoding: &Encoding, attrs: &mut Attrs) {
    for name in ENCODING_ATTRIBUTES {
        if !matches!(name, "missing_value" | "_Unsigned") {
            attrs.remove(name);
        }
    }
    if let Some(nodata) = encoding.nodata() {
        attrs.set("_FillValue", nodata);
    }
    let list = |of: &dyn Fn(usize) -> f64| (0..encoding.bands().map_or(1, <[_]>::len)).map(of).collect::<Vec<f64>>();
    let (scales, offsets) = (list(&|at| encoding.band(at).scale), list(&|at| encoding.band(at).offset));
    let alike = |numbers: &[f64]| numbers.windows(2).all(|pair| pair[0] == pair[1]);
    if alike(&scales) && alike(&offsets) {
        if encoding.band(0).is_scaled() {
            attrs.set("scale_factor", encoding.scale());
            attrs.set("add_offset", encoding.offset());
        }
    } else {
        attrs.set("scales", scales);
        attrs.set("offsets", offsets);
    }
    let fills = list(&|at| encoding.band(at).nodata.unwrap_or(f64::NAN));
    if !alike(&fills) && encoding.bands().is_some() {
        attrs.set("nodatavals", fills);
    }
}

/// A transform as rioxarray writes it: numbers with blanks between them.
pub(crate) fn transform_text(transform: &[f64; 6]) -> String {
    transform.map(|number| number.to_string()).join(" ")
}

//! What a file says in words beside its pixels: attributes as tags, labels as names of bands, and back.
//!
//! Labels along the bands are kept as GDAL keeps those of a netCDF file that it copies to a GeoTIFF (the tags
//! `NETCDF_DIM_…`), so `gdal_translate` makes a netCDF file with the same dimension of ours.

use super::RasterWriter;
use super::per_band::PerBand;
use crate::Result;
use crate::array::{Attr, Coord, DataArray};
use crate::time::DateTime;
use crate::time::units::{Count, TimeUnits};
use crate::values::{DType, Values};
use gdal::raster::RasterBand;
use gdal::{Dataset, Metadata as _};

/// Whether a place is that of a pixel's centre or of its corner.
const POINTS: &str = "AREA_OR_POINT";
const DIM: &str = "NETCDF_DIM_EXTRA";
/// The dimension along which the names of the bands are the labels.
const NAMES_ALONG: &str = "ISOPLETH_BANDS_ALONG";
const SINCE: &str = "nanoseconds since 1970-01-01";
/// Tags that are not attributes: labels along the bands, and what the file says elsewhere with more authority. rioxarray
/// leaves out the same ones.
const NOT_ATTRIBUTES: [&str; 9] = [
    "_FillValue",
    "missing_value",
    "fill_value",
    "nodata",
    "nodatavals",
    "is_tiled",
    "res",
    // A scale is the band's own, or none: programs copy these tags from files whose numbers they have scaled back.
    "scale_factor",
    "add_offset",
];
/// The beginning of others.
const NOT_ATTRIBUTES_OF: &str = "NETCDF_";
/// The beginnings of attributes that tell of the pixels or overviews of the file that was read, and may be wrong of those
/// that are written.
const NOT_WRITTEN: [&str; 2] = ["STATISTICS_", "OVR_RESAMPLING_ALG"];
/// What GDAL's netCDF driver puts before the names of attributes of the whole file.
const GLOBAL: &str = "NC_GLOBAL#";

/// Attributes and labels of `array`, whose file is being made.
pub(super) fn write(writer: &mut RasterWriter, array: &DataArray) -> Result<()> {
    for (name, attr) in array.attrs().iter() {
        // GDAL moves the control points of a file of points by half a pixel when they are written, and again when they are
        // read; those that it gave are right for areas.
        if name == POINTS && writer.meta().gcps.is_some() {
            continue;
        }
        // Each band has its unit.
        if name == "units" || !is_attribute(name) || NOT_WRITTEN.iter().any(|prefix| name.starts_with(prefix)) {
            continue;
        }
        writer.tag(name, &attr.to_string())?;
    }
    let units = array.coords().get("units").filter(|units| units.dims().len() == array.ndim() - 2);
    match (units, array.get_attr("units")) {
        (Some(units), _) if units.dims().iter().all(|dim| *dim == array.dims()[0]) => {
            for (band, unit) in (1..).zip(self::texts(units.values())) {
                writer.unit(band, &unit)?;
            }
        }
        (_, Some(unit)) => {
            for band in 1..=writer.meta().count {
                writer.unit(band, &unit.to_string())?;
            }
        }
        _ => {}
    }
    if array.ndim() == 2 {
        // A band that was chosen among several with names has its own as a coordinate.
        let own = array.coords().get("long_name").filter(|name| name.dims().is_empty());
        let own = own.and_then(|name| self::texts(name.values()).into_iter().next());
        return own.as_deref().or(array.get_name()).map_or(Ok(()), |name| writer.describe(1, name));
    }
    let dim = &array.dims()[0];
    if let (1, Some(name)) = (array.shape()[0], array.get_name()) {
        writer.describe(1, name)?;
    }
    let Some(labels) = array.index_of(dim) else { return Ok(()) };
    let plain = dim == "band" && counts(labels.values());
    let texts = texts(labels.values());
    let names = array.coords().get("long_name").filter(|names| names.dims() == [dim.clone()]);
    if let Some(names) = names {
        for (band, text) in (1..).zip(self::texts(names.values())) {
            writer.describe(band, &text)?;
        }
    }
    if !plain {
        // A band that was chosen among several keeps its name, which is that of the array.
        let named = dim == "band" && array.shape()[0] == 1 && array.get_name().is_some();
        for (band, text) in (1..).zip(&texts).filter(|_| names.is_none() && !named) {
            writer.describe(band, text)?;
        }
        let (kind, units, numbers): (u8, _, Vec<String>) = match labels.values() {
            Values::DateTime(dates) => (10, Some(SINCE), dates.iter().map(i64::to_string).collect()),
            values if values.dtype().is_integer() => (10, None, texts),
            values if values.dtype().is_float() => (6, None, texts),
            // The names of the bands tell texts, which programs that read the other tags take for numbers.
            _ => return writer.tag(NAMES_ALONG, dim),
        };
        writer.tag(DIM, &format!("{{{dim}}}"))?;
        writer.tag(&format!("NETCDF_DIM_{dim}_DEF"), &format!("{{{},{kind}}}", labels.len()))?;
        writer.tag(&format!("NETCDF_DIM_{dim}_VALUES"), &format!("{{{}}}", numbers.join(",")))?;
        if let Some(units) = units {
            writer.tag(&format!("NETCDF_{dim}#units"), units)?;
        }
    }
    Ok(())
}

/// 1, 2, 3: what bands are called anyway.
fn counts(labels: &Values) -> bool {
    labels.dtype().is_integer() && (0..labels.len()).all(|at| labels.get(&[at]) == Some((at + 1) as f64))
}

fn texts(labels: &Values) -> Vec<String> {
    match labels {
        Values::DateTime(dates) => dates.iter().map(|&date| DateTime::from_nanoseconds(date).to_string()).collect(),
        Values::CfTime(..) => labels.to_texts(),
        Values::Text(texts) => texts.iter().map(|text| text.to_string()).collect(),
        Values::F32(numbers) => numbers.iter().map(f32::to_string).collect(),
        Values::F64(numbers) => numbers.iter().map(f64::to_string).collect(),
        Values::U64(numbers) => numbers.iter().map(u64::to_string).collect(),
        whole => whole.cast(DType::I64).to_vec::<i64>().unwrap_or_default().iter().map(i64::to_string).collect(),
    }
}

/// What the tags, names and units of a file say.
#[derive(Debug, Clone, Default)]
pub(super) struct Tags {
    pub attributes: Vec<(String, Attr)>,
    /// Attributes of each band alone.
    pub of_bands: PerBand<Vec<(String, Attr)>>,
    /// The names of the bands, empty where a band has none.
    pub names: Vec<String>,
    /// The units of the bands, empty where a band has none.
    pub units: PerBand<String>,
    /// The dimension that the bands lie along, and its labels.
    pub along: Option<(String, Coord)>,
}

/// Reads them of an open file.
pub(super) fn read(dataset: &Dataset) -> Tags {
    let items = dataset.metadata_domain("").unwrap_or_default();
    let mut tags = Tags { attributes: attributes(&items), ..Tags::default() };
    for number in 1..=dataset.raster_count() {
        let band = dataset.rasterband(number).ok();
        let band = band.as_ref();
        tags.names.push(band.and_then(|band| band.description().ok()).unwrap_or_default());
        tags.units.push(band.map(RasterBand::unit).unwrap_or_default());
        tags.of_bands
            .push(band.and_then(|band| band.metadata_domain("")).map(|items| attributes(&items)).unwrap_or_default());
    }
    let items: Vec<(&str, &str)> = items.iter().filter_map(|item| item.split_once('=')).collect();
    tags.along = along(&items, &tags.names);
    tags
}

fn attributes(items: &[String]) -> Vec<(String, Attr)> {
    let items = items.iter().filter_map(|item| item.split_once('='));
    let items = items.map(|(name, text)| (name.strip_prefix(GLOBAL).unwrap_or(name), text));
    items.filter(|(name, _)| is_attribute(name)).map(|(name, text)| (name.to_owned(), attribute(text))).collect()
}

fn is_attribute(name: &str) -> bool {
    // A tag is `name=value`, so a name that has a sign like that could not be read back. `t#units` tells of the variable t
    // of a netCDF file.
    !name.contains('=')
        && !name.contains('#')
        && name != NAMES_ALONG
        && !NOT_ATTRIBUTES.contains(&name)
        && !name.starts_with(NOT_ATTRIBUTES_OF)
}

/// Numbers as rioxarray finds them in text: `0.10` is one, and `{1,2}` are two. `007` is none: it is a name.
fn attribute(text: &str) -> Attr {
    let digits = text.trim_start_matches(['+', '-']);
    let is_name = digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
    if is_name {
        return Attr::Text(text.to_owned());
    }
    let number = text.trim();
    let whole = || number.parse().ok().map(Attr::Int);
    let float = || number.parse().ok().map(Attr::Float);
    let listed = || numbers(text).filter(|numbers| numbers.to_string() == text).or_else(|| braced(text));
    whole().or_else(float).or_else(listed).unwrap_or_else(|| Attr::Text(text.to_owned()))
}

/// `{1,2.5}`, as GDAL writes the values of an attribute of a netCDF file.
fn braced(text: &str) -> Option<Attr> {
    parse(text.strip_prefix('{')?.strip_suffix('}')?).map(Attr::Numbers)
}

fn numbers(text: &str) -> Option<Attr> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    inner.split(", ").map(|number| number.parse().ok()).collect::<Option<Vec<f64>>>().map(Attr::Numbers)
}

/// The labels along the bands, if the file has some of a kind that we write.
fn along(items: &[(&str, &str)], names: &[String]) -> Option<(String, Coord)> {
    let get = |key: &str| items.iter().find(|(name, _)| *name == key).map(|(_, text)| *text);
    let inside = |text: &str| text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).map(str::to_owned);
    if let Some(dim) = get(NAMES_ALONG) {
        return Some((dim.to_owned(), names.to_vec().into()));
    }
    let dim = inside(get(DIM)?)?;
    let definition = inside(get(&format!("NETCDF_DIM_{dim}_DEF"))?)?;
    let values = inside(get(&format!("NETCDF_DIM_{dim}_VALUES"))?)?;
    // GDAL's own copies of netCDF files say `time#units`.
    let units = get(&format!("NETCDF_{dim}#units")).or_else(|| get(&format!("{dim}#units")));
    let kind = definition.split_once(',')?.1.trim().to_owned();
    // The types by netCDF's numbers for them.
    let coord: Coord = match (kind.as_str(), units) {
        (_, Some(SINCE)) => Values::from_nanoseconds(parse(&values)?).into(),
        // What cannot be read as a date is not a label either: the numbers 0 and 1 are no times.
        (_, Some(units)) if units.contains(" since ") => dates(&values, units, get(&format!("{dim}#calendar")))?.into(),
        ("2", None) => names.to_vec().into(),
        ("1" | "3" | "4" | "7" | "8" | "9" | "10", _) => parse::<i64>(&values)?.into(),
        ("5" | "6", _) => parse::<f64>(&values)?.into(),
        _ => return None,
    };
    let coord = match (units, coord.dtype()) {
        (Some(units), dtype) if dtype != DType::DateTime => coord.attr("units", units),
        _ => coord,
    };
    (coord.len() == names.len() && !dim.contains(',')).then_some((dim, coord))
}

/// Numbers of `units` as dates; none where they are no dates of the calendar.
fn dates(values: &str, units: &str, calendar: Option<&str>) -> Option<Values> {
    let units = TimeUnits::parse(units, calendar).ok()?;
    let count = |number: &str| match number.trim().parse() {
        Ok(whole) => Some(Count::Whole(whole)),
        Err(_) => number.trim().parse().ok().map(Count::Float),
    };
    let counts: Vec<Count> = values.split(',').map(count).collect::<Option<_>>()?;
    let kind = units.kind(counts.iter().copied()).ok()?;
    Some(Values::of_dates(kind, counts.into_iter().map(|count| units.date(count, kind)).collect::<Option<_>>()?))
}

fn parse<T: std::str::FromStr>(list: &str) -> Option<Vec<T>> {
    list.split(',').map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels along two bands, of the tags of a netCDF file as GDAL lists them.
    fn labels(kind: u8, values: &str, units: &[(&str, &str)]) -> Option<(String, Coord)> {
        let (definition, values) = (format!("{{2,{kind}}}"), format!("{{{values}}}"));
        let mut items =
            vec![(DIM, "{time}"), ("NETCDF_DIM_time_DEF", &*definition), ("NETCDF_DIM_time_VALUES", &*values)];
        items.extend(units);
        along(&items, &["first".to_owned(), "second".to_owned()])
    }

    // xr.open_dataset(path).time of a file with `time:units` and `time:calendar`, and these values
    #[test]
    fn labels_counted_from_a_date_are_dates() {
        let days = [("time#units", "days since 2000-01-01 00:00:00"), ("time#calendar", "proleptic_gregorian")];
        for (kind, values, units) in [(10, "0,1", days), (4, "0,1", days), (6, "0,1.0", days)] {
            let (dim, dates) = labels(kind, values, &units).unwrap();
            assert_eq!(
                (dim.as_str(), dates.values().to_texts().join(" ")),
                ("time", "2000-01-01 2000-01-02".to_owned())
            );
        }
        let (_, halves) = labels(6, "0,0.5", &[("time#units", "days since 2000-01-01")]).unwrap();
        assert_eq!(halves.values().to_texts()[1], "2000-01-01T12:00:00");
    }

    #[test]
    fn labels_of_another_calendar_are_its_dates_and_numbers_that_are_no_dates_are_no_labels() {
        let noleap = [("time#units", "days since 2000-02-28"), ("time#calendar", "noleap")];
        let (_, dates) = labels(10, "0,1", &noleap).unwrap();
        assert_eq!(dates.values().to_texts(), ["2000-02-28", "2000-03-01"]);
        assert_eq!(labels(6, "0,1e30", &[("time#units", "days since 2000-01-01")]).map(|(dim, _)| dim), None);
    }

    #[test]
    fn other_labels_keep_their_unit() {
        let (_, levels) = labels(5, "850.5,500", &[("time#units", "hPa")]).unwrap();
        assert_eq!(levels.values().to_vec::<f64>().unwrap(), [850.5, 500.0]);
        assert_eq!(levels.attrs().get("units"), Some(&Attr::Text("hPa".to_owned())));
        assert_eq!(labels(4, "850,500", &[]).unwrap().1.values().to_vec::<i64>().unwrap(), [850, 500]);
    }
}

//! GRIB under the names that its readers know: `t2m` over `time`, `latitude` and `longitude`.

use super::attribute::{Given, find};
use super::file_type::FileType;
use super::header::{Header, Variable};
use crate::gdal::multidim::Kind;

/// ecCodes' short variable names for what GDAL calls by the tables' abbreviations.
const NAMES: [(&str, &str); 14] = [
    ("2T", "t2m"),
    ("2D", "d2m"),
    ("10U", "u10"),
    ("10V", "v10"),
    ("100U", "u100"),
    ("100V", "v100"),
    ("MSL", "msl"),
    ("SP", "sp"),
    ("TP", "tp"),
    ("SSTK", "sst"),
    ("TCC", "tcc"),
    ("TMP", "t"),
    ("UGRD", "u"),
    ("VGRD", "v"),
];

/// Renames dimensions and variables, and says what the time counts from.
pub(super) fn tidy(header: &mut Header) {
    let geographic =
        header.variables.iter().find_map(|variable| variable.wkt.as_deref()).is_some_and(|wkt| wkt.starts_with("GEOG"));
    let (across, down) = if geographic { ("longitude", "latitude") } else { ("x", "y") };
    let renamed = |name: &str| match name {
        "X" => across.to_owned(),
        "Y" => down.to_owned(),
        "TIME" => "time".to_owned(),
        other => other.to_owned(),
    };
    let alone = |variable: &Variable, variables: &[Variable]| {
        let name = parameter(variable);
        variables.iter().filter(|other| parameter(other) == name).count() == 1
    };
    let names: Vec<String> = header
        .variables
        .iter()
        .map(|variable| match parameter(variable) {
            None => renamed(&variable.name),
            Some(name) if alone(variable, &header.variables) => name,
            // Several levels of one parameter stay apart, each with its level in the name.
            Some(name) => match variable.name.split_once('_') {
                Some((_, level)) => format!("{name}_{level}"),
                None => name,
            },
        })
        .collect();
    for (variable, name) in header.variables.iter_mut().zip(names) {
        variable.name = name;
        for dim in &mut variable.place.dims {
            *dim = renamed(dim);
        }
        describe(variable, geographic);
    }
}

/// The short name of what a variable measures; none for coordinates.
fn parameter(variable: &Variable) -> Option<String> {
    let name = find(&variable.attrs, "name")?.as_text()?;
    let known = NAMES.iter().find(|(gdal, _)| *gdal == name).map(|(_, short)| (*short).to_owned());
    Some(known.unwrap_or_else(|| name.to_lowercase()))
}

fn describe(variable: &mut Variable, geographic: bool) {
    let is = |name: &str| variable.name == name && variable.place.dims == [name.to_owned()];
    if is("time") {
        // GDAL counts seconds from 1970 and says `sec UTC`.
        variable.attrs.retain(|(name, _)| name != "units");
        variable.attrs.push(("units".to_owned(), Given::Text("seconds since 1970-01-01".to_owned())));
        variable.attrs.push(("standard_name".to_owned(), Given::Text("time".to_owned())));
    } else if geographic && (is("longitude") || is("latitude")) {
        let east = variable.name == "longitude";
        let units = if east { "degrees_east" } else { "degrees_north" };
        let name = Given::Text(variable.name.clone());
        variable.attrs.retain(|(name, _)| name != "units");
        variable.attrs.push(("units".to_owned(), Given::Text(units.to_owned())));
        variable.attrs.push(("standard_name".to_owned(), name));
    } else if let Kind::Number(_, 7) = variable.place.kind
        && find(&variable.attrs, "name").is_some()
    {
        // Values are packed in 24 bits at most nearly always; other readers give float32, half the memory.
        variable.place.kind = Kind::Number(crate::array::DType::F32, 6);
        variable.place.of = FileType::F32;
        // Normalised units are switched off; GDAL's long name still carries the unit that it would have used.
        for (name, value) in &mut variable.attrs {
            if let ("long_name", Given::Text(text)) = (name.as_str(), &*value)
                && let Some((plain, _)) = text.rsplit_once(" [")
            {
                *value = Given::Text(plain.to_owned());
            }
        }
    }
}

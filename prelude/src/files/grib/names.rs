//! What parameters are called: ecCodes' short names, CF's names and units, by the codes of both editions.
//!
//! The tables were made once from the definitions that come with ecCodes 2.50 (WMO's parameters, ECMWF's and NCEP's),
//! and their names asked of it: `codes_set(h, "paramId", id)`, then `codes_get` of `shortName`, `cfVarName`, `cfName`,
//! `units` and `name`; `tables/make.py` makes `grib2.txt`, `variables.txt` and
//! `templates.txt` again. Left out are parameters without a name.
//!
//! - `parameters.txt`: `id|short name|CF's variable name if another|units|CF's name|name`, ascending. `2:` before CF's
//!   name means that ECMWF's tables of edition 1 have none.
//! - `grib1.txt`: `table.number|whose|conditions|id`, and `grib2.txt`: `discipline.category.number|whose|conditions|id`.
//! - `variables.txt`: as `grib2.txt`, with CF's variable name of fields that have one by their codes.
//!   Whose: nothing for WMO's, `k` for NCEP's, `e` for ECMWF's, `o` for ECMWF's old ones; `<` before it for those that count
//!   in files from before ECMWF's move to edition 2, `>` for those that count in all others. A condition is a letter and
//!   the values it may have, `m` for missing; the letters are those of [`Code`]. `P` is the processing of several spans of
//!   time, `102+2`, all of which a field must have.

use super::product::{Code, Product};
use std::collections::HashMap;
use std::sync::OnceLock;

const NCEP: u16 = 7;
const ECMWF: u16 = 98;

/// What a parameter is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    /// ECMWF's number of it; 0 where it has none.
    pub(super) id: i64,
    pub(super) short: String,
    pub(super) variable: String,
    pub(super) units: String,
    pub(super) standard_name: String,
    pub(super) name: String,
}

impl Parameter {
    /// The parameter of a field. What no table knows has its codes as name, so that two of them stay apart.
    pub(super) fn of(product: &Product) -> Self {
        let ecmwf = matches!(product.parameter, Code::Edition1 { table, .. } if table >= 128);
        let found = find(product).and_then(|id| named(id, ecmwf));
        let Some(found) = found else { return unknown(&product.parameter) };
        match variable(product) {
            Some(variable) => Self { variable: variable.to_owned(), ..found },
            None => found,
        }
    }
}

fn unknown(code: &Code) -> Parameter {
    let short = match code {
        Code::Edition1 { table, number, .. } => format!("unknown_{table}_{number}"),
        Code::Edition2 { discipline, category, number, .. } => format!("unknown_{discipline}_{category}_{number}"),
    };
    let text = || "unknown".to_owned();
    Parameter { id: 0, variable: short.clone(), short, units: text(), standard_name: text(), name: text() }
}

fn named(id: i64, from_ecmwf_table: bool) -> Option<Parameter> {
    static LINES: OnceLock<Vec<(i64, &'static str)>> = OnceLock::new();
    let lines = LINES.get_or_init(|| {
        let line = |line: &'static str| line.split_once('|').and_then(|(id, rest)| Some((id.parse().ok()?, rest)));
        include_str!("tables/parameters.txt").lines().filter_map(line).collect()
    });
    let at = lines.binary_search_by_key(&id, |(id, _)| *id).ok()?;
    let mut parts = lines[at].1.split('|');
    let mut part = || parts.next().unwrap_or_default();
    let (short, variable, units, standard_name, name) = (part(), part(), part(), part(), part());
    let standard_name = match standard_name.strip_prefix("2:") {
        Some(_) if from_ecmwf_table => "",
        Some(only) => only,
        None => standard_name,
    };
    Some(Parameter {
        id,
        short: short.to_owned(),
        variable: if variable.is_empty() { short } else { variable }.to_owned(),
        units: units.to_owned(),
        standard_name: if standard_name.is_empty() { "unknown" } else { standard_name }.to_owned(),
        name: name.to_owned(),
    })
}

#[derive(Debug)]
struct Row {
    whose: &'static str,
    /// Whether it counts only in files from before ECMWF's move to edition 2, or only in others.
    before: Option<bool>,
    conditions: Vec<(char, Vec<Option<i64>>)>,
    value: &'static str,
}

type Rows = HashMap<&'static str, Vec<Row>>;

fn rows(text: &'static str) -> Rows {
    let mut rows = Rows::new();
    for line in text.lines() {
        let mut parts = line.split('|');
        let (Some(code), Some(whose), Some(conditions), Some(value)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let condition = |text: &str| {
            let mut letters = text.chars();
            let letter = letters.next()?;
            let number = |text: &str| match text.contains('+') {
                true => spans(text.split('+').filter_map(|number| number.parse().ok())),
                // `m` is no number: missing.
                false => text.parse().ok(),
            };
            Some((letter, letters.as_str().split(',').map(number).collect()))
        };
        let conditions = conditions.split_whitespace().filter_map(condition).collect();
        let (whose, before) = match (whose.strip_prefix('<'), whose.strip_prefix('>')) {
            (Some(whose), _) => (whose, Some(true)),
            (_, Some(whose)) => (whose, Some(false)),
            _ => (whose, None),
        };
        rows.entry(code).or_default().push(Row { whose, before, conditions, value });
    }
    rows
}

/// The kinds of processing of several spans of time as one number; none of more than there can be.
pub(super) fn spans(kinds: impl Iterator<Item = i64>) -> Option<i64> {
    kinds.take(8).try_fold(0i64, |all, kind| all.checked_mul(256)?.checked_add(kind))
}

/// ECMWF's number of the parameter.
fn find(product: &Product) -> Option<i64> {
    static EDITION1: OnceLock<Rows> = OnceLock::new();
    static EDITION2: OnceLock<Rows> = OnceLock::new();
    match &product.parameter {
        Code::Edition1 { table, number, level_type, level } => {
            let rows = EDITION1.get_or_init(|| rows(include_str!("tables/grib1.txt")));
            let conditions = [('s', Some(i64::from(*level_type))), ('v', Some(*level))];
            let rows = rows.get(format!("{table}.{number}").as_str()).map(Vec::as_slice).unwrap_or_default();
            chosen(rows, product.centre, false, &conditions).and_then(|id| id.parse().ok()).or_else(|| {
                // ECMWF's tables are used by others too, but not by those that have tables of these numbers themselves.
                let own = [7, 34, 46, 78, 80, 82, 86, 233].contains(&product.centre) && product.sub_centre != ECMWF;
                let (table, number) = (i64::from(*table), i64::from(*number));
                (!own && table >= 128).then_some(if table == 128 { number } else { table * 1000 + number })
            })
        }
        Code::Edition2 { discipline, category, number, before, conditions } => {
            let rows = EDITION2.get_or_init(|| rows(include_str!("tables/grib2.txt")));
            let code = format!("{discipline}.{category}.{number}");
            let rows = rows.get(code.as_str()).map(Vec::as_slice).unwrap_or_default();
            chosen(rows, product.centre, *before, conditions).and_then(|id| id.parse().ok()).or_else(|| {
                let (category, number) = (i64::from(*category), i64::from(*number));
                (*discipline == 192).then_some(if category == 128 { number } else { category * 1000 + number })
            })
        }
    }
}

/// The name that CF has for a field by its codes, whatever the parameter is called.
fn variable(product: &Product) -> Option<&'static str> {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    let Code::Edition2 { discipline, category, number, conditions, .. } = &product.parameter else { return None };
    let rows = ROWS.get_or_init(|| rows(include_str!("tables/variables.txt")));
    let rows = rows.get(format!("{discipline}.{category}.{number}").as_str())?;
    best(rows, own(product.centre), false, conditions)
}

/// Whose rows count for a centre: its own come with WMO's.
fn own(centre: u16) -> &'static [&'static str] {
    match centre {
        NCEP => &["", "k"],
        ECMWF => &["", "e"],
        _ => &[""],
    }
}

/// What the best row says; ECMWF's rows serve all whose own have none.
fn chosen(rows: &[Row], centre: u16, before: bool, conditions: &[(char, Option<i64>)]) -> Option<&'static str> {
    let best = |whose: &[&str]| best(rows, whose, before, conditions);
    best(own(centre)).or_else(|| best(&["", "e"])).or_else(|| best(&["o"]))
}

/// The row with the most conditions that all hold, the last of several.
fn best(rows: &[Row], whose: &[&str], before: bool, conditions: &[(char, Option<i64>)]) -> Option<&'static str> {
    let holds = |row: &&Row| {
        row.conditions
            .iter()
            .all(|(letter, allowed)| conditions.iter().any(|(other, value)| other == letter && allowed.contains(value)))
    };
    let fitting = rows.iter().filter(|row| whose.contains(&row.whose) && row.before != Some(!before)).filter(holds);
    // One condition on all spans of time says more than one on the last.
    let says = |row: &&Row| (row.conditions.len(), row.conditions.iter().any(|(letter, _)| *letter == 'P'));
    fitting.max_by_key(says).map(|row| row.value)
}

#[cfg(test)]
mod tests {
    use super::super::product::{Code, Product};
    use super::Parameter;

    fn product(centre: u16, parameter: Code) -> Product {
        let edition = if matches!(parameter, Code::Edition1 { .. }) { 1 } else { 2 };
        Product {
            edition,
            centre,
            sub_centre: 0,
            parameter,
            level_type: None,
            level: None,
            number: None,
            members: None,
            data_type: None,
            step_type: "instant".to_owned(),
            reference: 0,
            steps: None,
            vertical_numbers: 0,
        }
    }

    // codes_set of the keys on a sample of GRIB2, then codes_get of paramId, cfVarName and cfName.
    #[test]
    fn conditions_choose_among_the_parameters_of_one_code() {
        let at = |surface: i64, height: i64| {
            let conditions = vec![('s', Some(surface)), ('f', Some(0)), ('v', Some(height)), ('S', Some(255))];
            let code = Code::Edition2 { discipline: 0, category: 0, number: 0, before: true, conditions };
            let found = Parameter::of(&product(98, code));
            (found.id, found.variable, found.standard_name)
        };
        assert_eq!(at(103, 2), (167, "t2m".to_owned(), "air_temperature".to_owned()));
        assert_eq!(at(100, 50_000), (130, "t".to_owned(), "air_temperature".to_owned()));
    }

    // The same on a sample of GRIB1: table2Version, indicatorOfParameter.
    #[test]
    fn tables_of_edition_1_are_numbers_of_parameters() {
        let of = |centre, table, number, level_type, level| {
            Parameter::of(&product(centre, Code::Edition1 { table, number, level_type, level })).variable
        };
        assert_eq!(of(98, 128, 167, 1, 0), "t2m");
        assert_eq!(of(98, 228, 246, 1, 0), "u100");
        assert_eq!(of(7, 2, 11, 105, 2), "t2m");
        assert_eq!(of(7, 2, 11, 100, 500), "t");
        // NCEP's table 130 is not ECMWF's.
        assert_eq!(of(7, 130, 160, 112, 10), "unknown_130_160");
    }
}

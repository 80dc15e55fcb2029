//! Colour maps by the names that matplotlib's users know.

use super::canvas::Rgb;
use crate::{Error, ErrorKind, Result};
use colorous::Gradient;

/// Perceptual maps first: this is also the order in which an error lists them.
const MAPS: [(&str, Gradient); 36] = [
    ("viridis", colorous::VIRIDIS),
    ("magma", colorous::MAGMA),
    ("inferno", colorous::INFERNO),
    ("plasma", colorous::PLASMA),
    ("cividis", colorous::CIVIDIS),
    ("turbo", colorous::TURBO),
    ("warm", colorous::WARM),
    ("cool", colorous::COOL),
    ("cubehelix", colorous::CUBEHELIX),
    ("Blues", colorous::BLUES),
    ("Greens", colorous::GREENS),
    ("Greys", colorous::GREYS),
    ("Oranges", colorous::ORANGES),
    ("Purples", colorous::PURPLES),
    ("Reds", colorous::REDS),
    ("BuGn", colorous::BLUE_GREEN),
    ("BuPu", colorous::BLUE_PURPLE),
    ("GnBu", colorous::GREEN_BLUE),
    ("OrRd", colorous::ORANGE_RED),
    ("PuBuGn", colorous::PURPLE_BLUE_GREEN),
    ("PuBu", colorous::PURPLE_BLUE),
    ("PuRd", colorous::PURPLE_RED),
    ("RdPu", colorous::RED_PURPLE),
    ("YlGnBu", colorous::YELLOW_GREEN_BLUE),
    ("YlGn", colorous::YELLOW_GREEN),
    ("YlOrBr", colorous::YELLOW_ORANGE_BROWN),
    ("YlOrRd", colorous::YELLOW_ORANGE_RED),
    ("BrBG", colorous::BROWN_GREEN),
    ("PRGn", colorous::PURPLE_GREEN),
    ("PiYG", colorous::PINK_GREEN),
    ("PuOr", colorous::PURPLE_ORANGE),
    ("RdBu", colorous::RED_BLUE),
    ("RdGy", colorous::RED_GREY),
    ("RdYlBu", colorous::RED_YELLOW_BLUE),
    ("RdYlGn", colorous::RED_YELLOW_GREEN),
    ("Spectral", colorous::SPECTRAL),
];

/// Colours in a table: more than a screen can tell apart.
const SIZE: usize = 1024;

/// A colour map as a table from lowest to highest, and a colour for missing cells that is none of its own.
#[derive(Clone)]
pub(super) struct ColorMap {
    table: Vec<Rgb>,
    pub missing: Rgb,
}

impl ColorMap {
    /// The map called `name`, whatever its case; `_r` at the end turns it round.
    pub fn named(name: &str) -> Result<Self> {
        let lower = name.to_lowercase();
        let (base, reversed) = match lower.strip_suffix("_r") {
            Some(base) => (base, true),
            None => (lower.as_str(), false),
        };
        // matplotlib's "gray" runs from black to white, its "Greys" from white to black.
        let (base, reversed) = if matches!(base, "gray" | "grey") { ("greys", !reversed) } else { (base, reversed) };
        let Some((_, gradient)) = MAPS.iter().find(|(known, _)| known.to_lowercase() == base) else {
            let names: Vec<&str> = MAPS.iter().map(|(name, _)| *name).collect();
            return Err(Error::new(
                ErrorKind::NotFound,
                format!(
                    "no colour map \"{name}\"; there are {}, gray, and each with _r for reversed",
                    names.join(", ")
                ),
            ));
        };
        let mut table: Vec<Rgb> =
            (0..SIZE).map(|at| gradient.eval_rational(at, SIZE)).map(|color| [color.r, color.g, color.b]).collect();
        if reversed {
            table.reverse();
        }
        let missing = missing_color(&table);
        Ok(Self { table, missing })
    }

    /// The colour at `share` (0 lowest, 1 highest) of the range.
    #[inline]
    pub fn at(&self, share: f32) -> Rgb {
        // `as` saturates, so a share beyond the range has the colour of its end.
        let index = (share * (SIZE - 1) as f32 + 0.5) as usize;
        self.table[index.min(SIZE - 1)]
    }
}

/// Light grey, unless the map has that colour itself: then a darker grey, or a tint for the maps that are all grey.
fn missing_color(table: &[Rgb]) -> Rgb {
    const CANDIDATES: [Rgb; 5] = [[222; 3], [205; 3], [188; 3], [236, 224, 206], [204, 214, 232]];
    let difference = |a: &Rgb, b: &Rgb| a.iter().zip(b).map(|(a, b)| i32::from(a.abs_diff(*b)).pow(2)).sum::<i32>();
    let nearest = |candidate: &Rgb| table.iter().map(|color| difference(color, candidate)).min().unwrap_or(0);
    let clear = |candidate: &&Rgb| nearest(candidate) > 30 * 30;
    let best = CANDIDATES.iter().find(clear).or(CANDIDATES.iter().max_by_key(|candidate| nearest(candidate)));
    best.copied().unwrap_or(CANDIDATES[0])
}

/// Colours that tell lines apart: a palette while there are few, steps of viridis from dark to light beyond.
pub(super) fn series(count: usize) -> Vec<Rgb> {
    let palette = colorous::TABLEAU10;
    if count <= palette.len() {
        return palette[..count].iter().map(|color| [color.r, color.g, color.b]).collect();
    }
    // The lightest tenth is too pale for a line on white.
    let share = |at: usize| 0.9 * at as f64 / (count - 1) as f64;
    let color = |at| colorous::VIRIDIS.eval_continuous(share(at));
    (0..count).map(color).map(|color| [color.r, color.g, color.b]).collect()
}

const NAMED: [(&str, Rgb); 16] = [
    ("black", [0, 0, 0]),
    ("grey", [128, 128, 128]),
    ("gray", [128, 128, 128]),
    ("white", [255, 255, 255]),
    ("red", [214, 39, 40]),
    ("orange", [242, 142, 43]),
    ("gold", [218, 165, 32]),
    ("green", [44, 140, 60]),
    ("teal", [0, 128, 128]),
    ("cyan", [23, 170, 207]),
    ("blue", [31, 100, 190]),
    ("navy", [0, 0, 128]),
    ("purple", [128, 70, 160]),
    ("magenta", [200, 40, 160]),
    ("pink", [240, 130, 170]),
    ("brown", [140, 86, 75]),
];

/// The colour called `name`: one of a few names, `C0` to `C9` of the palette for lines, or `#1f77b4`.
pub(super) fn named_color(name: &str) -> Result<Rgb> {
    let lower = name.trim().to_lowercase();
    if let Some((_, color)) = NAMED.iter().find(|(known, _)| *known == lower) {
        return Ok(*color);
    }
    let numbered = lower.strip_prefix('c').and_then(|digit| digit.parse::<usize>().ok());
    if let Some(color) = numbered.and_then(|at| colorous::TABLEAU10.get(at)) {
        return Ok([color.r, color.g, color.b]);
    }
    let hex = lower.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
    let parts = hex.map(|digits| [0, 2, 4].map(|at| u8::from_str_radix(&digits[at..at + 2], 16)));
    if let Some([Ok(red), Ok(green), Ok(blue)]) = parts {
        return Ok([red, green, blue]);
    }
    let names: Vec<&str> = NAMED.iter().map(|(name, _)| *name).collect();
    let message = format!("no colour \"{name}\"; there are {}, C0 to C9, and codes such as #1f77b4", names.join(", "));
    Err(Error::new(ErrorKind::NotFound, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viridis_has_matplotlibs_ends() {
        let map = ColorMap::named("viridis").unwrap();
        assert_eq!((map.at(0.0), map.at(1.0)), ([0x44, 0x01, 0x54], [0xfd, 0xe7, 0x25]));
        assert_eq!((map.at(-5.0), map.at(7.0)), (map.at(0.0), map.at(1.0)));
    }

    #[test]
    fn a_name_may_be_reversed_and_in_any_case() {
        let (up, down) = (ColorMap::named("YLORRD").unwrap(), ColorMap::named("ylOrRd_r").unwrap());
        assert_eq!(up.at(0.0), down.at(1.0));
        assert_eq!(ColorMap::named("gray").unwrap().at(0.0), [0, 0, 0]);
    }

    #[test]
    fn an_unknown_name_lists_what_exists() {
        let error = ColorMap::named("viridos").err().unwrap().to_string();
        assert!(error.starts_with("no colour map \"viridos\"; there are viridis, magma"), "{error}");
    }

    #[test]
    fn lines_have_colours_of_their_own() {
        for count in [1, 2, 10, 11, 100] {
            let mut colors = series(count);
            colors.dedup();
            assert_eq!(colors.len(), count);
        }
        assert_eq!((named_color("C0").unwrap(), named_color("#1F77b4").unwrap()), (series(1)[0], [0x1f, 0x77, 0xb4]));
        let error = named_color("#12").unwrap_err().to_string();
        assert!(error.contains("there are black, grey"), "{error}");
        assert!(named_color("C10").is_err() && named_color("#ä2345").is_err());
    }

    #[test]
    fn missing_cells_never_look_like_a_value() {
        for (name, _) in MAPS {
            let map = ColorMap::named(name).unwrap();
            let near = map.table.iter().map(|c| c.iter().zip(map.missing).map(|(a, b)| a.abs_diff(b)).max().unwrap());
            assert!(near.min().unwrap() >= 10, "{name}: {:?}", map.missing);
        }
    }
}

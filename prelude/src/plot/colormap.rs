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
    fn missing_cells_never_look_like_a_value() {
        for (name, _) in MAPS {
            let map = ColorMap::named(name).unwrap();
            let near = map.table.iter().map(|c| c.iter().zip(map.missing).map(|(a, b)| a.abs_diff(b)).max().unwrap());
            assert!(near.min().unwrap() >= 10, "{name}: {:?}", map.missing);
        }
    }
}

//! The one font of all figures, bundled: a figure looks the same on every machine.
//!
//! Glyphs are set here and not by plotters, which drops each glyph's left
//! bearing and rounds every advance to a whole pixel: uneven at the sizes of tick labels.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use std::sync::LazyLock;

/// The family as SVG names it, with fallbacks of the same proportions for viewers that lack it.
pub(super) const FAMILY: &str = "DejaVu Sans, Verdana, Bitstream Vera Sans, sans-serif";

/// Height of capitals and digits, in em.
pub(super) const CAP_HEIGHT: f64 = 0.729;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    let bytes: &'static [u8] = include_bytes!("../../data/DejaVuSans.ttf");
    FontRef::try_from_slice(bytes).expect("the bundled font is a font")
});

/// Length of `text` when set with an em of `size`, in the unit of `size`.
pub(super) fn width(text: &str, size: f64) -> f64 {
    layout(text, size).1
}

/// Calls `draw` with the coverage (0 to 1) of each pixel that `text` touches, relative to
/// the start of its baseline, which lies `offset` (0 to 1) right of a pixel's left edge.
pub(super) fn rasterise(text: &str, size: f64, offset: f64, draw: &mut dyn FnMut(i32, i32, f32)) {
    for mut glyph in layout(text, size).0 {
        glyph.position.x += offset as f32;
        if let Some(outline) = FONT.outline_glyph(glyph) {
            let bounds = outline.px_bounds();
            let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
            outline.draw(|x, y, coverage| draw(left + x as i32, top + y as i32, coverage.min(1.0)));
        }
    }
}

/// The glyphs on a baseline that starts at the origin, and where the next one would stand.
fn layout(text: &str, size: f64) -> (Vec<Glyph>, f64) {
    // ab_glyph scales by line height, everyone else by em.
    let em = FONT.units_per_em().unwrap_or(2048.0);
    let scale = PxScale::from(size as f32 * FONT.height_unscaled() / em);
    let font = FONT.as_scaled(scale);
    let (mut glyphs, mut x, mut previous) = (Vec::new(), 0.0, None);
    for character in text.chars() {
        let id = font.glyph_id(character);
        if let Some(previous) = previous {
            x += font.kern(previous, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, 0.0)));
        x += font.h_advance(id);
        previous = Some(id);
    }
    (glyphs, f64::from(x))
}

/// Breaks `text` at spaces (and at its own line ends) so that no line is longer than `limit`.
pub(super) fn wrap(text: &str, size: f64, limit: f64) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if !line.is_empty() && width(&longer, size) > limit {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            } else {
                line = longer;
            }
        }
        lines.push(line);
    }
    lines
}

//! Images of values, one to a panel, with whatever is drawn over them.

use super::facets::Facets;
use super::{Prepared, counted, counts, refuse, xy};
use crate::Result;
use crate::array::Values;
use crate::plot::colormap::ColorMap;
use crate::plot::figure::{AlongX, Layer, Settings};
use crate::plot::input::image::Image;
use crate::plot::input::places;
use crate::plot::limits::together;
use crate::plot::mode::is_whole;
use crate::plot::page::{Coloring, Content, Panel};
use crate::plot::stats::Stats;

/// # Errors
/// When the array has not two dimensions, or settings contradict each other or the values.
pub(super) fn prepare(layers: &[Layer], settings: &Settings, facets: &Facets) -> Result<Prepared> {
    let [first, over @ ..] = layers else { unreachable!("a figure has a layer") };
    if settings.x_limits.is_some() || settings.y_limits.is_some() {
        return refuse("xlim and ylim belong to lines, points and bars; select the part of an image with sel");
    }
    if first.hue.is_some() {
        return refuse("hue makes lines; an image has none: use line(&da).hue(…), or .col(…) for panels");
    }
    let x = match &first.x {
        Some(AlongX::Named(name)) => Some(name.as_str()),
        Some(AlongX::Places(_)) => {
            return refuse("x of an image is the name of the dimension that runs across; give labels with coord");
        }
        None => None,
    };
    let array = first.data.computed()?;
    let image = |at| Image::of(&facets.part(array, at)?, first.data.labelled, x, first.y.as_deref());
    let images = (0..facets.len()).map(image).collect::<Result<Vec<_>>>()?;
    let stats: Vec<Stats> = images.iter().map(|image| Stats::of(&image.given, settings.nodata)).collect();
    let stats = together(&stats);
    let shown = &images[0];
    let about = describe(shown, facets, &stats);
    if let Some(reason) = nothing(shown, facets, &stats) {
        return Ok(Prepared { about, content: Err(reason) });
    }
    let given: Vec<&Values> = images.iter().map(|image| &image.given).collect();
    let (range, map) = settings.colors.settle(&given, settings.nodata, &stats)?;
    let label = shown.label.clone();
    let whole = given.iter().all(|values| is_whole(values, settings.nodata));
    let coloring = Coloring { map: ColorMap::named(&map)?, range, dtype: shown.values.dtype(), label, whole };
    let (x, y, aspect) = (shown.columns.clone(), shown.rows.clone(), shown.aspect);
    let title = first.data.labelled.then(|| places::part_title(array)).flatten();
    let drawn = xy::over(over, settings, facets, &x.meaning, &y.meaning)?;
    let panels = images.into_iter().zip(&facets.titles).zip(drawn.panels);
    let panels = panels.map(|((image, title), marks)| Panel { title: title.clone(), image: Some(image.values), marks });
    let content = Content {
        panels: panels.collect(),
        columns: facets.columns,
        x,
        y,
        aspect,
        coloring: Some(coloring),
        legend: drawn.legend,
        title,
    };
    Ok(Prepared { about, content: Ok(content) })
}

fn describe(image: &Image, facets: &Facets, stats: &Stats) -> String {
    let (rows, columns) = image.shape();
    let dtype = format!("{:?}", image.given.dtype()).to_lowercase();
    let panels = if facets.is_single() { String::new() } else { counted(facets.len(), "panel") + " of " };
    format!("{panels}{} x {} ({dtype}){}", counted(rows, "row"), counted(columns, "column"), counts(stats))
}

/// Why there is nothing to colour, if so.
fn nothing(image: &Image, facets: &Facets, stats: &Stats) -> Option<String> {
    let (rows, columns) = image.shape();
    if rows == 0 || columns == 0 {
        return Some(format!("Nothing to draw: the array has {rows} rows and {columns} columns."));
    }
    if stats.finite > 0 {
        return None;
    }
    let panels = if facets.is_single() { String::new() } else { format!("{} × ", facets.len()) };
    Some(if stats.infinite[0] + stats.infinite[1] > 0 {
        format!("Nothing to draw: none of the {panels}{rows} × {columns} values is finite.")
    } else {
        format!("Nothing to draw: all {panels}{rows} × {columns} values are missing (NaN or nodata).")
    })
}

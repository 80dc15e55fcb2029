//! What may be asked of a figure, and of each thing in it.

use crate::array::Coord;
use crate::array::LabelValue;
use crate::plot::canvas::Rgb;
use crate::plot::input::Held;
use crate::plot::limits::Colors;
use std::sync::Arc;

/// How an array is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::plot) enum Kind {
    /// As its dimensions suggest.
    Auto,
    Image,
    Line,
    Scatter,
    Histogram,
}

/// What a line runs along.
#[derive(Clone)]
pub(in crate::plot) enum AlongX {
    /// The dimension or coordinate of this name.
    Named(String),
    /// These places.
    Places(Coord),
}

/// One thing in a figure.
#[derive(Clone)]
pub(in crate::plot) struct Layer {
    pub kind: Kind,
    pub data: Arc<Held>,
    /// What a scatter plot has along y; `data` is along x.
    pub other: Option<Arc<Held>>,
    pub x: Option<AlongX>,
    /// The dimension or coordinate that runs up the figure.
    pub y: Option<String>,
    /// The dimension whose labels each become a line.
    pub hue: Option<String>,
    pub label: Option<String>,
    pub color: Option<Rgb>,
}

impl Layer {
    pub fn new(kind: Kind, data: Held) -> Self {
        Self { kind, data: Arc::new(data), other: None, x: None, y: None, hue: None, label: None, color: None }
    }
}

/// What may be asked of a figure as a whole.
#[derive(Clone)]
pub(in crate::plot) struct Settings {
    pub colors: Colors,
    pub nodata: Option<f64>,
    pub title: Option<String>,
    pub x_label: Option<String>,
    pub y_label: Option<String>,
    pub x_limits: Option<[LabelValue; 2]>,
    pub y_limits: Option<[LabelValue; 2]>,
    pub colorbar: bool,
    pub colorbar_label: Option<String>,
    pub shrink: f64,
    pub legend: Option<bool>,
    pub col: Option<String>,
    pub row: Option<String>,
    pub wrap: Option<usize>,
    pub bins: Option<usize>,
    pub coastlines: bool,
    pub size: Option<(f64, f64)>,
    pub density: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            colors: Colors::default(),
            nodata: None,
            title: None,
            x_label: None,
            y_label: None,
            x_limits: None,
            y_limits: None,
            colorbar: true,
            colorbar_label: None,
            shrink: 1.0,
            legend: None,
            col: None,
            row: None,
            wrap: None,
            bins: None,
            coastlines: false,
            size: None,
            density: 2.0,
        }
    }
}

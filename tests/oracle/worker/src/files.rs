//! Files: opened in any of the prelude's ways, shown in full, changed by operations and written again.
//!
//! A request is `{"file": {"as": "raster", "path": …, options}, "variable": …, "ops": […], "write": {…}}`. The answer
//! has what was opened, what the operations made of it, and how the writing went, each of which may be an error.

use crate::args::{Args, protocol};
use crate::guarded;
use crate::ops::{self, State};
use crate::wire;
use isopleth::Result;
use isopleth::array::{DataArray, Dataset, Index};
use isopleth::files::{DatasetOptions, NetcdfOptions, open_dataset_with};
use isopleth::raster::{Compression, OpenRaster, Raster, RasterOptions, open_raster_with};
use serde_json::{Map, Value, json};

/// Arrays of more values are thinned before they are shown, unless the request says another number.
const MOST_VALUES: usize = 1_000_000;

pub fn answer(request: &Value) -> Value {
    let mut answer = Map::new();
    let most = Args(request).count("most", MOST_VALUES);
    let mut put = |name: &str, value: std::result::Result<Value, Value>| {
        answer.insert(name.to_owned(), value.unwrap_or_else(|failure| failure));
    };
    let opened = match guarded(|| open(Args(&request["file"]))) {
        Ok(opened) => opened,
        Err(failure) => {
            put("opened", Err(failure));
            return Value::Object(answer);
        }
    };
    if Args(request).flag("show", true) {
        put("opened", guarded(|| shown(&opened, most)));
    }
    let Some(ops) = request["ops"].as_array() else { return Value::Object(answer) };
    let changed = guarded(|| changed(request, &opened, ops));
    match changed {
        Err(failure) => put("result", Err(failure)),
        Ok(state) => {
            put("result", guarded(|| shown(&state, most)));
            if request["write"].is_object() {
                put("written", guarded(|| write(&state, Args(&request["write"]))));
            }
        }
    }
    Value::Object(answer)
}

fn open(file: Args<'_>) -> Result<State> {
    let path = file.text("path")?;
    match file.text("as")? {
        "raster" => {
            let mut options = OpenRaster::new();
            if file.flag("unmasked", false) {
                options = options.unmasked();
            }
            if file.has("bands") {
                let bands: Vec<usize> =
                    file.list("bands").iter().filter_map(Value::as_u64).map(|band| band as usize).collect();
                options = options.bands(bands);
            }
            if file.has("overview") {
                options = options.overview(file.count("overview", 0));
            }
            Ok(State::Array(open_raster_with(path, options)?))
        }
        "dataset" => {
            let mut options = DatasetOptions::new()
                .mask_and_scale(file.flag("mask_and_scale", true))
                .decode_times(file.flag("decode_times", true))
                .drop_variables(file.texts("drop"));
            if !file.flag("decode", true) {
                options = options.decode(false);
            }
            for pair in file.list("filters") {
                let (key, value) = (pair[0].as_str().unwrap_or_default(), &pair[1]);
                options = match value.as_str() {
                    Some(text) => options.filter(key, text),
                    None => options.filter(key, value.to_string().as_str()),
                };
            }
            options = options.skip_damaged(file.flag("skip_damaged", false));
            if file.has("group") {
                options = options.group(file.text("group")?);
            }
            Ok(State::Dataset(open_dataset_with(path, options)?))
        }
        other => Err(protocol(format!("a file as {other}"))),
    }
}

fn changed(request: &Value, opened: &State, ops: &[Value]) -> Result<State> {
    let mut state = match (opened, request["variable"].as_str()) {
        (State::Dataset(dataset), Some(name)) => State::Array(dataset.get(name)?.clone()),
        (State::Dataset(dataset), None) => State::Dataset(dataset.clone()),
        (State::Array(array), _) => State::Array(array.clone()),
        (State::List(list), _) => State::List(list.clone()),
    };
    let mut env = Vec::new();
    for spec in request["arrays"].as_array().into_iter().flatten() {
        env.push(wire::array(spec)?);
    }
    for op in ops {
        state = ops::apply(&state, Args(op), &env)?;
    }
    Ok(state)
}

/// Everything that an array or dataset says. A variable that cannot be computed is shown as its error.
fn shown(state: &State, most: usize) -> Result<Value> {
    match state {
        State::Array(array) => array_shown(array, most),
        State::Dataset(dataset) => dataset_shown(dataset, most),
        State::List(list) => {
            Ok(json!({ "list": list.iter().map(|array| array_shown(array, most)).collect::<Result<Vec<_>>>()? }))
        }
    }
}

fn dataset_shown(dataset: &Dataset, most: usize) -> Result<Value> {
    let arrays: Vec<Value> = dataset
        .arrays()
        .iter()
        .map(|array| {
            guarded(|| array_shown(array, most)).unwrap_or_else(|mut failure| {
                failure["name"] = array.get_name().into();
                failure
            })
        })
        .collect();
    Ok(json!({ "dataset": arrays, "coords": wire::coords(dataset.coords())?, "attrs": wire::attrs(dataset.attrs()) }))
}

fn array_shown(array: &DataArray, most: usize) -> Result<Value> {
    let (thinned, strides) = thinned(array, most)?;
    let mut view = wire::view(&thinned)?;
    view["coords"] = Value::Array(wire::coords(array.coords())?);
    view["strides"] = json!(strides);
    view["full_shape"] = json!(array.shape());
    view["crs"] = json!(array.crs());
    view["transform"] = json!(array.transform());
    view["nodata"] = json!(array.nodata());
    Ok(view)
}

/// The array with every n-th label of its longest dimensions, until it has at most `most` values, and the steps.
fn thinned(array: &DataArray, most: usize) -> Result<(DataArray, Vec<usize>)> {
    let mut strides = vec![1; array.ndim()];
    let length = |axis: usize, strides: &[usize]| array.shape()[axis].div_ceil(strides[axis]);
    while (0..array.ndim()).map(|axis| length(axis, &strides)).product::<usize>() > most.max(1) {
        let Some(longest) = (0..array.ndim()).rev().max_by_key(|&axis| length(axis, &strides)) else { break };
        strides[longest] *= 2;
    }
    let mut thinned = array.clone();
    for (dim, &step) in array.dims().iter().zip(&strides) {
        if step > 1 {
            thinned = thinned.isel_dim(dim, Index::Range { start: 0, end: None, step: step as i64 })?;
        }
    }
    Ok((thinned, strides))
}

fn write(state: &State, write: Args<'_>) -> Result<Value> {
    let path = write.text("path")?;
    match (write.text("as")?, state) {
        ("raster", State::Array(array)) => {
            if write.has("like") {
                array.to_raster(path, Raster::open(write.text("like")?)?.meta())?;
            } else {
                array.to_raster(path, raster_options(write)?)?;
            }
        }
        ("netcdf", State::Array(array)) => array.to_netcdf(path, netcdf_options(write))?,
        ("netcdf", State::Dataset(dataset)) => dataset.to_netcdf(path, netcdf_options(write))?,
        (other, _) => return Err(protocol(format!("{other} of what there is"))),
    }
    Ok(json!({ "path": path }))
}

fn raster_options(write: Args<'_>) -> Result<RasterOptions> {
    let mut options = RasterOptions::new();
    if write.has("nodata") {
        options = options.nodata(write.float("nodata")?);
    }
    if write.has("dtype") {
        options = options.dtype(write.dtype("dtype")?);
    }
    if write.has("tile") {
        options = options.tiled(write.count("tile", 16));
    }
    Ok(match write.text("compress").unwrap_or("default") {
        "default" => options,
        "none" => options.compress(Compression::None),
        "lzw" => options.compress(Compression::Lzw),
        "deflate" => options.compress(Compression::Deflate),
        other => return Err(protocol(format!("compression {other}"))),
    })
}

fn netcdf_options(write: Args<'_>) -> NetcdfOptions {
    let mut options = NetcdfOptions::new();
    if write.has("level") {
        options = options.compress(write.count("level", 0) as u8);
    }
    for dim in write.texts("unlimited") {
        options = options.unlimited(dim);
    }
    options
}

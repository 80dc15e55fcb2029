//! Text: labels such as the names of stations, and arrays of text.
//!
//! Expected: `t = A([1., 2, 3], dims="station", coords={"station": ["Bern", "Basel", "Zürich"]})` and what
//! stands beside each test.

use super::{assert_close, line, message};
use isopleth::array::{Coord, DType, DataArray, Join, Method, Text, align, concat, merge};
use isopleth::{array::Values, sel};
use ndarray::array;

fn stations() -> DataArray {
    line("station", ["Bern", "Basel", "Zürich"], vec![1.0, 2.0, 3.0]).name("t")
}

fn names(array: &DataArray) -> Vec<String> {
    array["station"].to_texts().unwrap()
}

#[test]
fn text_labels_come_in_every_form() {
    let owned: Vec<String> = ["Bern", "Basel", "Zürich"].map(String::from).to_vec();
    let da = DataArray::new(vec![1.0, 2.0, 3.0], "station").unwrap();
    let forms: [Coord; 6] = [
        (&owned).into(),
        owned.as_slice().into(),
        owned.clone().into(),
        vec!["Bern", "Basel", "Zürich"].into(),
        (&["Bern", "Basel", "Zürich"]).into(),
        ndarray::Array1::from(owned).into(),
    ];
    for form in forms {
        let labelled = da.coord("station", form).unwrap();
        assert_eq!((names(&labelled), labelled["station"].dtype()), (names(&stations()), DType::Text));
    }
    assert_eq!(da.coord("source", "MeteoSwiss").unwrap()["source"].to_texts().unwrap(), ["MeteoSwiss"]);
}

// t.sel(station="Bern"); t.sel(station=["Zürich", "Bern"]); t.sortby("station").sel(station=slice("Bas", "Bern"))
#[test]
fn labels_are_selected_one_by_one_as_a_list_and_as_a_range() {
    let t = stations();
    let bern = t.sel(sel! { station: "Bern" }).unwrap();
    assert_eq!((bern.item().unwrap(), bern["station"].to_texts().unwrap()), (1.0, vec!["Bern".to_owned()]));
    let chosen = t.sel(sel! { station: ["Zürich", "Bern"] }).unwrap();
    assert_close(&chosen, &[3.0, 1.0]);
    assert_eq!(names(&chosen), ["Zürich", "Bern"]);
    let sorted = t.sort_by("station").unwrap();
    assert_eq!(names(&sorted), ["Basel", "Bern", "Zürich"]);
    assert_close(&sorted.sel(sel! { station: "Bas"..="Bern" }).unwrap(), &[2.0, 1.0]);
    assert_eq!(sorted.sel(sel! { station: "Bern"..="Basel" }).unwrap().shape(), [0]);
    // In no order, a range needs labels that are there: an error in pandas too for those that are not.
    assert_close(&t.sel(sel! { station: "Basel"..="Zürich" }).unwrap(), &[2.0, 3.0]);
    assert!(message(t.sel(sel! { station: "Bas"..="Zürich" })).contains("sort it first"));
}

#[test]
fn a_label_that_is_not_there_is_guessed() {
    let error = message(stations().sel(sel! { station: "Brn" }));
    assert!(error.contains(r#"no label "Brn"; there are "Bern", "Basel", "Zürich". Did you mean "Bern"?"#), "{error}");
    let many: Vec<String> = (0..500).map(|n| format!("station {n}")).collect();
    let error = message(line("station", many, vec![0; 500]).sel_dim("station", "stadion 477"));
    assert!(error.contains("there are 500") && error.contains("Did you mean \"station 477\"?"), "{error}");
    assert!(error.len() < 400, "{error}");
}

#[test]
fn numbers_and_nearness_do_not_go_with_text_labels() {
    let error = message(stations().sel(sel! { station: 3 }));
    assert!(error.contains("3 texts") && error.contains("in quotes"), "{error}");
    let error = message(stations().sel_nearest(sel! { station: "Brn" }));
    assert!(error.contains("no text is near another"), "{error}");
    assert!(stations().sel_method(sel! { station: "C" }, Method::Pad, None).is_err());
    let error = message(line("x", [1, 2], vec![1, 2]).sel(sel! { x: "a" }));
    assert!(error.contains("write a number"), "{error}");
}

// t + t.isel(station=[2, 0]): 2 and 6 at Bern and Zürich
#[test]
fn arithmetic_aligns_by_text() {
    let t = stations();
    let sum = &t + &t.isel_dim("station", [2, 0]).unwrap();
    assert_eq!(names(&sum), ["Bern", "Zürich"]);
    assert_close(&sum, &[2.0, 6.0]);
    // xr.align(t, t.isel(station=[0, 2]), join="outer")[1]
    let outer = align(&[&t, &t.isel_dim("station", [0, 2]).unwrap()], Join::Outer).unwrap();
    assert_eq!(names(&outer[1]), ["Basel", "Bern", "Zürich"]);
    assert_close(&outer[1], &[f64::NAN, 1.0, 3.0]);
    let error = message(t.try_add(line("station", [1, 2, 3], vec![1.0, 1.0, 1.0])));
    assert!(error.contains("texts") && error.contains("numbers"), "{error}");
}

// xr.concat([t, t], "station").sel(station="Bern").values
#[test]
fn labels_that_occur_twice_are_all_selected() {
    let twice = concat([&stations(), &stations()], "station").unwrap();
    assert_close(&twice.sel(sel! { station: "Bern" }).unwrap(), &[1.0, 1.0]);
    assert!(message(twice.sel(sel! { station: ["Bern"] })).contains("more than once"));
    let other = stations().isel_dim("station", 0..2).unwrap();
    assert!(message(twice.try_add(&other)).contains("\"Bern\" occurs more than once"));
}

// (t.station == "Bern").values, (t.station < "Bern").values, t.where(t.station != "Bern", drop=True)
#[test]
fn comparisons_make_masks() {
    let t = stations();
    let is = |mask: DataArray| mask.to_vec::<bool>().unwrap();
    assert_eq!(is(t["station"].eq("Bern")), [true, false, false]);
    assert_eq!(is(t["station"].ne(String::from("Bern"))), [false, true, true]);
    assert_eq!(is(t["station"].lt("Bern")), [false, true, false]);
    assert_eq!(is(t["station"].ge("Bern")), [true, false, true]);
    assert_eq!(is(t["station"].is_nan()), [false, false, false]);
    assert_eq!(names(&t.where_drop(&t["station"].ne("Bern")).unwrap()), ["Basel", "Zürich"]);
    let error = message(t["station"].try_eq(1));
    assert!(error.contains("== of str and int64"), "{error}");
    assert!(message(t.try_lt("Bern")).contains("< of float64 and str"));
}

// t.station.min().item(), .max(), .count(), .argmin(); mean and sum raise TypeError
#[test]
fn text_has_a_first_and_a_last_but_no_mean() {
    let station = stations()["station"].clone();
    let text = |array: DataArray| array.to_texts().unwrap().concat();
    assert_eq!(
        (text(station.min(()).unwrap()), text(station.max("station").unwrap())),
        ("Basel".into(), "Zürich".into())
    );
    assert_eq!(
        (station.count(()).unwrap().item().unwrap(), station.argmin("station").unwrap().item().unwrap()),
        (3.0, 1.0)
    );
    for result in [station.mean(()), station.sum(()), station.std(()), station.median(()), station.any(())] {
        let error = message(result);
        assert!(error.contains("of text has no meaning"), "{error}");
    }
}

// t.station + "x" joins; t.station * 2 raises UFuncTypeError
#[test]
fn texts_are_joined_and_nothing_else() {
    let station = stations()["station"].clone();
    assert_eq!((&station + ", CH").to_texts().unwrap(), ["Bern, CH", "Basel, CH", "Zürich, CH"]);
    for result in [station.try_mul(2), station.try_sub("a"), station.try_add(1.0), station.minimum("a")] {
        let error = message(result);
        assert!(error.contains("has no meaning; text compares with text"), "{error}");
    }
    assert!(message(station.clip(0.0, 1.0)).contains("str"));
    assert!(message(station.isel_dim("station", 0).unwrap().item()).contains("\"Bern\""));
}

#[test]
fn functions_of_numbers_refuse_text() {
    for error in
        [stations()["station"].sqrt(), stations()["station"].map(|v| v)].map(|result| result.unwrap_err().to_string())
    {
        assert!(error.contains("of text has no meaning, and the array \"station\" holds text"), "{error}");
    }
}

// t.station.where([True, False, True]).isnull() is true in the middle; xr.where(t > 1, t.station, "other")
#[test]
fn choices_among_texts() {
    let station = stations()["station"].clone();
    let some = station.where_(&stations().ne(2.0)).unwrap();
    assert_eq!(some.is_nan().to_vec::<bool>().unwrap(), [false, true, false]);
    assert_eq!(some.to_texts().unwrap(), ["Bern", "", "Zürich"]);
    assert_eq!(some.count(()).unwrap().item().unwrap(), 2.0);
    assert_eq!(some.ne("Bern").to_vec::<bool>().unwrap(), [false, true, true]);
    assert_eq!(some.max(()).unwrap().to_texts().unwrap(), ["Zürich"]);
    assert_eq!(some.fillna("?").unwrap().to_texts().unwrap(), ["Bern", "?", "Zürich"]);
    let other = station.where_else(&stations().gt(1.0), "other").unwrap();
    assert_eq!(other.to_texts().unwrap(), ["other", "Basel", "Zürich"]);
    assert!(message(stations().where_else(&stations().gt(1.0), "other")).contains("one is text"));
    // An empty text is a text, not a missing one.
    assert_eq!(DataArray::new(vec!["", "a"], "x").unwrap().count(()).unwrap().item().unwrap(), 2.0);
}

#[test]
fn arrays_of_text_move_as_others_do() {
    let grid = DataArray::new(array![["a", "b"], ["c", "d"]], ["y", "x"]).unwrap().name("zone");
    assert_eq!(grid.transpose(["x", "y"]).unwrap().to_texts().unwrap(), ["a", "c", "b", "d"]);
    assert_eq!(grid.isel_dim("x", 1).unwrap().to_texts().unwrap(), ["b", "d"]);
    let area = DataArray::new(array![[1.0, 2.0], [3.0, 4.0]], ["y", "x"]).unwrap().name("area");
    let ds = merge([&grid, &area]).unwrap();
    assert_eq!(ds["zone"].dtype(), DType::Text);
    assert_close(&area.where_(&grid.eq("c")).unwrap(), &[f64::NAN, f64::NAN, 3.0, f64::NAN]);
    let columns: Vec<String> = concat([&grid, &grid], "x").unwrap().to_texts().unwrap();
    assert_eq!(columns.concat(), "ababcdcd");
    assert!(message(concat([&grid, &area], "x")).contains("float64"));
}

#[test]
fn text_is_written_and_read_by_astype() {
    let da = DataArray::new(vec![1.5, f64::NAN], "x").unwrap().astype(DType::Text);
    assert_eq!((da.dtype(), da.to_texts().unwrap()), (DType::Text, vec!["1.5".to_owned(), String::new()]));
    assert_close(&da.astype(DType::F64), &[1.5, f64::NAN]);
    let days = DataArray::new(vec!["2016-02-29", "soon"], "x").unwrap().astype(DType::DateTime);
    assert_eq!((days.month().to_vec::<i64>().unwrap()[0], days.to_texts().unwrap()[1].as_str()), (2, ""));
}

#[test]
fn a_text_beside_dates_is_a_date() {
    let time = DataArray::new(isopleth::time::date_range("2016-01-01", 3).unwrap(), "time").unwrap();
    assert_eq!(time.gt("2016-01-02").to_vec::<bool>().unwrap(), [false, false, true]);
    assert!(message(time.try_gt("Bern")).contains("Bern"));
}

#[test]
fn views_quote_texts_and_cut_long_ones() {
    let view = format!("{:?}", stations());
    assert!(view.contains("* station (station) str 'Bern' 'Basel' 'Zürich'"), "{view}");
    let da = DataArray::new(vec!["a\nb".to_owned(), "<script>".repeat(500)], "x").unwrap();
    let view = da.to_string();
    assert!(view.contains(r"'a\nb'") && view.contains('…') && view.len() < 300, "{view}");
    let page = isopleth::display::Show::mime_bundle(&da).get("text/html").unwrap().to_owned();
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;") && page.len() < 20_000);
    let missing = DataArray::new(vec![Text::new("a"), Text::MISSING], "x").unwrap();
    assert!(missing.to_string().contains("['a', nan]"), "{missing}");
}

#[test]
fn what_needs_numbers_says_so() {
    let grid = DataArray::new(array![["a", "b"], ["c", "d"]], ["y", "x"]).unwrap();
    let meta = isopleth::raster::RasterMeta::new(2, 2, DType::F32);
    let folder = tempfile::tempdir().unwrap();
    assert!(message(grid.to_raster(folder.path().join("text.tif"), &meta)).contains("text"));
    assert!(message(isopleth::plot::imshow(&grid).to_png()).contains("imshow of text"));
    // Numbers over text labels are drawn by position.
    let map = DataArray::new(array![[1.0, 2.0], [3.0, 4.0]], ["zone", "x"]).unwrap().coord("zone", ["a", "b"]).unwrap();
    assert!(isopleth::plot::imshow(&map).to_png().is_ok());
    assert_eq!(Values::from(vec!["a"]).get(&[0]).map(f64::is_nan), Some(true));
}

// t.station.isin(["Basel", "Chur"]).values; A([1, n, 3.]).isin([1, n]); A(np.array([.1, 2], "f4")).isin([.1, 2]);
// A([1, 2, 3]).isin([2., 2.5]); t.isin([]); A(pd.date_range("2016-01-01", periods=3)).isin(["2016-01-02"])
#[test]
fn elements_are_looked_up_in_a_list() {
    let is = |array: &DataArray| array.to_vec::<bool>().unwrap();
    let t = stations();
    assert_eq!(is(&t["station"].isin(["Basel", "Chur"]).unwrap()), [false, true, false]);
    let gaps = line("x", 0..3, vec![1.0, f64::NAN, 3.0]).name("g");
    let found = gaps.isin([1.0, f64::NAN]).unwrap();
    assert_eq!((is(&found), found.get_name()), (vec![true, false, false], Some("g")));
    assert_eq!(is(&line("x", 0..2, vec![0.1f32, 2.0]).isin([0.1, 2.0]).unwrap()), [false, true]);
    assert_eq!(is(&line("x", 0..3, vec![1, 2, 3]).isin([2.0, 2.5]).unwrap()), [false, true, false]);
    assert_eq!(is(&t.isin(Vec::<f64>::new()).unwrap()), [false; 3]);
    assert_eq!(is(&DataArray::new(3, ()).unwrap().isin(Vec::<i32>::new()).unwrap()), [false]);
    let time = DataArray::new(isopleth::time::date_range("2016-01-01", 3).unwrap(), "time").unwrap();
    assert_eq!(is(&time.isin(["2016-01-02"]).unwrap()), [false, true, false]);
    assert!(message(t.isin(["Bern"])).contains("float64 and str") && time.isin(["Bern"]).is_err());
    let (lazy, memory, _) = super::lazy::year();
    let some = lazy.isin([2.5f32, -1.0]).unwrap();
    assert!(some.is_lazy());
    assert_eq!(is(&some), is(&memory.isin([2.5f32, -1.0]).unwrap()));
    let many: Vec<f32> = (0..3000).map(|n| n as f32 / 4.0).collect();
    let whole = [lazy.astype(DType::I64), memory.astype(DType::I64)];
    let [a, b] = whole.map(|whole| whole.isin((-9..30).step_by(2).collect::<Vec<i64>>()).unwrap());
    assert!(a.is_lazy() && is(&a) == is(&b) && is(&a).contains(&true));
    assert_eq!(is(&lazy.isin(many.clone()).unwrap()), is(&memory.isin(many).unwrap()));
}

// t.station.str.upper(); t.station.str.startswith("B")
#[test]
fn functions_of_texts() {
    let station = stations()["station"].clone();
    assert_eq!(station.map_text(str::to_uppercase).unwrap().to_texts().unwrap(), ["BERN", "BASEL", "ZÜRICH"]);
    let north = stations().where_drop(&station.test_text(|name| name.starts_with('B')).unwrap()).unwrap();
    assert_close(&north, &[1.0, 2.0]);
    let missing = DataArray::new(vec![Text::MISSING, Text::new("a")], "x").unwrap();
    assert!(missing.map_text(|text| text.repeat(2)).unwrap().to_texts().unwrap() == ["", "aa"]);
    assert_eq!(missing.test_text(str::is_empty).unwrap().to_vec::<bool>().unwrap(), [false, false]);
    assert!(message(stations().map_text(str::to_owned)).contains("astype(DType::Text)"));
}

// t.groupby("zone").mean() with zone = ["north", "north", "east"]; groups are in the order of their names
#[test]
fn groups_have_names() {
    let t = stations().coord("zone", Coord::along(["station"], ["north", "north", "east"])).unwrap();
    let means = t.groupby("zone").unwrap().mean().unwrap();
    assert_eq!(means["zone"].to_texts().unwrap(), ["east", "north"]);
    assert_close(&means, &[3.0, 1.5]);
    assert_close(&means.sel(sel! { zone: "north" }).unwrap(), &[1.5]);
    let wanted: Vec<String> = vec!["Bern".into(), "Zürich".into()];
    assert_close(&t.sel_dim("station", &wanted).unwrap(), &[1.0, 3.0]);
}

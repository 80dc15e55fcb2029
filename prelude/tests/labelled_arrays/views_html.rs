//! The HTML view: what it shows, that it stays small, and that nothing in it can be markup.

use isopleth::array::{Coord, DType, DataArray, Dataset, concat, merge};
use isopleth::display::Show;
use isopleth::time::{Step, date_range, date_range_by};
use ndarray::{Array3, ArrayD, IxDyn};

fn html(value: &dyn Show) -> String {
    value.mime_bundle().get("text/html").unwrap().to_owned()
}

/// The markup itself: every tag of the page, without the style sheet.
fn tags(page: &str) -> Vec<String> {
    let page = page.split("</style>").nth(1).expect("a view starts with its style");
    page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default().to_owned()).collect()
}

fn cube() -> DataArray {
    let data = isopleth::array::random_uniform(-30.0..45.0, (40, 50, 30));
    let da = DataArray::new(data, ["x", "y", "time"]).unwrap().name("temp").attr("units", "°C");
    let time = Coord::from(&date_range("2016-01-01", 30).unwrap()).attr("axis", "T").attr("note", "local midnight");
    da.coord("x", 1..=40).unwrap().coord("time", time).unwrap().attr("long_name", "daily maximum")
}

/// Names, attributes, labels and values that try to become markup, each in its own way.
fn hostile() -> DataArray {
    let attack = "</style></pre><script>alert(1)</script>\"' onmouseover='x' <img src=x onerror=alert(2)>&lt;";
    let da = DataArray::new(vec![attack.to_owned(), "\u{202e}<b>\0\n\r\t".to_owned()], format!("dim{attack}")).unwrap();
    let da = da.name(attack).attr(attack, attack);
    let labels = Coord::from(vec![format!("label {attack}"), "-->".to_owned()]).attr(attack, attack);
    let da = da.coord(&format!("dim{attack}"), labels).unwrap();
    da.coord(&format!("scalar{attack}"), Coord::from(attack).attr("k", attack)).unwrap()
}

#[test]
fn nothing_from_outside_becomes_markup() {
    let plain = DataArray::new(vec!["a", "b"], "dim").unwrap().name("n").attr("k", "v");
    let plain = plain.coord("dim", Coord::from(["a", "b"]).attr("k", "v")).unwrap();
    let plain = plain.coord("scalar", Coord::from("s").attr("k", "v")).unwrap();
    let of_names = |tags: Vec<String>| tags.into_iter().map(|tag| tag.split(' ').next().unwrap_or_default().to_owned());
    for (bad, good) in
        [(html(&hostile()), html(&plain)), (html(&merge([&hostile()]).unwrap()), html(&merge([&plain]).unwrap()))]
    {
        // The same elements in the same order as a harmless array has, and one style sheet.
        assert!(of_names(tags(&bad)).eq(of_names(tags(&good))), "{bad}");
        assert_eq!((bad.matches("<style>").count(), bad.matches("</style>").count()), (1, 1));
        assert!(!bad.contains('\u{202e}') && !bad.contains('\0'));
        for tag in tags(&bad) {
            assert!(!tag.contains("onmouseover='x'") && tag.matches('"').count() % 2 == 0, "{tag}");
        }
    }
}

#[test]
fn lazy_arrays_escape_their_dimensions_too() {
    let (lazy, _, _) = super::lazy::year();
    let lazy = lazy.rename("band", "<script>").unwrap();
    for page in [html(&lazy), html(&merge([&lazy.name("a")]).unwrap())] {
        assert!(!page.contains("<script>") && page.contains("&lt;script&gt; 60"), "{page}");
    }
}

#[test]
fn a_lazy_view_says_what_is_read_and_draws_the_chunks() {
    let (lazy, _, _) = super::lazy::year();
    let page = html(&lazy.mean("band").unwrap());
    assert!(page.contains("60 files, 449 kB") && page.contains("<svg"), "{page}");
    let ds = merge([lazy.name("temp"), lazy.mean("band").unwrap().name("mean")]).unwrap();
    let page = html(&ds);
    assert_eq!(page.matches("<svg").count(), 2, "{page}");
    // Axes before the last three are named beside the box.
    let deep = concat([&lazy, &lazy], "run").unwrap();
    assert!(html(&deep).contains("run 2"), "{}", html(&deep));
}

#[test]
fn coordinates_fold_out_their_attributes_and_values() {
    let page = html(&cube());
    let row = page.split("<details class=\"iso-row\"").skip(1).find(|row| row.contains(">time<")).unwrap();
    assert!(row.contains("<dt>note</dt><dd>local midnight</dd>") && row.contains("2016-01-17"), "{row}");
}

#[test]
fn large_things_stay_small_in_the_page() {
    let long = "x".repeat(5000);
    let da = cube().name(&long).attr("history", "a long story ".repeat(50_000).as_str());
    let da = (0..60).fold(da, |da, n| da.coord(&format!("scalar_{n}"), n).unwrap());
    let wide = DataArray::new(vec![0u8; 3_000_000], "station").unwrap();
    let names: Vec<String> = (0..3_000_000).map(|n| format!("station {}", n % 1000)).collect();
    let wide = wide.coord("station", names).unwrap();
    for page in [html(&da), html(&wide)] {
        assert!(page.len() < 100_000, "{} bytes", page.len());
    }
}

/// Every kind of view.
fn gallery() -> Vec<(&'static str, String)> {
    let (lazy, _, _) = super::lazy::year();
    let mean = lazy.mean("band").unwrap();
    let deep = concat([&lazy, &lazy], "run").unwrap();
    let ds: Dataset = merge([cube(), cube().map(f64::abs).unwrap().name("size")]).unwrap();
    let mixed = merge([lazy.name("temp").attr("units", "K"), mean.name("mean")]).unwrap();
    let hours = date_range_by("2016-02-28T22:30", 5, Step::Hours(1)).unwrap();
    let dates = DataArray::new(hours, "t").unwrap();
    let stations =
        DataArray::new(ndarray::array![[1.5, f64::NAN, 3.0], [4.0, 5.0, 6.0]], ["season", "station"]).unwrap();
    let stations = stations.coord("season", ["DJF", "JJA"]).unwrap();
    let stations = stations.coord("station", ["Bern", "Genève", "a station with a very long name indeed"]).unwrap();
    let many =
        DataArray::new(ArrayD::<f32>::zeros(IxDyn(&[2, 3, 4, 5, 6, 7])), ["a", "b", "c", "d", "e", "f"]).unwrap();
    let long = cube().name(&"a_very_long_name_".repeat(12)).attr(&"k".repeat(90), "v".repeat(3000));
    let long = long.coord(&"another_long_name_".repeat(5), 7.25).unwrap();
    let crowded = (0..15).fold(cube(), |da, n| da.coord(&format!("scalar_{n}"), n).unwrap());
    vec![
        ("in memory", html(&cube())),
        ("dataset", html(&ds)),
        ("lazy", html(&lazy)),
        ("lazy mean", html(&mean)),
        ("lazy, four dimensions", html(&deep)),
        ("lazy dataset", html(&mixed)),
        ("scalar", html(&cube().mean(()).unwrap())),
        ("bool scalar", html(&DataArray::new(true, ()).unwrap())),
        ("no element", html(&DataArray::new(Array3::<f64>::zeros((3, 0, 2)), ["x", "y", "z"]).unwrap())),
        ("dates", html(&dates)),
        ("text", html(&stations)),
        ("text values", html(&stations["station"])),
        ("six dimensions", html(&many)),
        ("long names", html(&long)),
        ("hostile", html(&hostile())),
        ("many coordinates", html(&crowded)),
        ("bool", html(&cube().astype(DType::Bool).isel_dim("time", 0).unwrap())),
    ]
}

/// All of them, to look at: `VIEWS=/tmp/views.html cargo test … every_kind_of_view`.
#[test]
fn every_kind_of_view_closes_what_it_opens() {
    let gallery = gallery();
    for (name, view) in &gallery {
        for tag in ["div", "details", "summary", "span", "pre", "dl", "svg", "table", "style", "g"] {
            let open = view.matches(&format!("<{tag}>")).count() + view.matches(&format!("<{tag} ")).count();
            assert_eq!(open, view.matches(&format!("</{tag}>")).count(), "{name}: {tag}");
        }
    }
    if let Some(path) = std::env::var_os("VIEWS") {
        let views: String = gallery.iter().map(|(name, view)| format!("<h4>{name}</h4>{view}")).collect();
        std::fs::write(path, views).unwrap();
    }
}

#[test]
fn labels_of_which_only_the_ends_are_shown_say_that_there_are_more() {
    let da = DataArray::new(vec![1u8], "y").unwrap().coord("y", [0]).unwrap().expand_dims("x").unwrap();
    let da = da.isel_dim("x", vec![0usize; 5000]).unwrap();
    let page = html(&da.coord("x", Coord::from(isopleth::values::EvenRange::centres(0.0, 1.0, 5000))).unwrap());
    let listed = page.split("<pre").find(|part| part.contains("4999.5")).unwrap();
    assert!(listed.contains("..."), "{listed}");
    assert!(!page.contains("255.5 4744.5"), "the two ends run into each other");
}

#[test]
fn coordinates_of_two_dimensions_are_shown_with_both() {
    let da = DataArray::new(ndarray::Array2::<f64>::zeros((2, 3)), ["y", "x"]).unwrap();
    let places = ndarray::Array2::from_shape_fn((2, 3), |(y, x)| (10 * y + x) as f64);
    let da = da.coord("lon", Coord::along(["y", "x"], places)).unwrap();
    assert!(da.to_string().contains("    lon (y, x) float64 0.0 1.0 2.0 10.0 11.0 12.0"), "{da}");
    assert!(da.to_string().contains("Dimensions without coordinates: y, x"), "{da}");
    assert!(html(&da).contains("(y, x)"));
}

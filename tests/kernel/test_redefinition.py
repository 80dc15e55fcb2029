"""A definition may be written anew: what does not depend on it is kept, what does is dropped by name."""

import pytest


@pytest.fixture
def station(kernel):
    """A type, a value of it, and one that has nothing to do with it."""
    kernel.ok("""
#[derive(Debug, Clone)]
struct Station { name: String, height: f64 }
""")
    kernel.ok("""
let redef_stations = vec![Station { name: "Bozeman".into(), height: 1461.0 }];
let redef_heights = vec![1461.0, 2.0];
""")
    return kernel


def test_the_same_definition_again_keeps_every_value(station):
    cell = station.ok("// a comment\n#[derive(Debug, Clone, PartialEq)]\nstruct Station { name: String, height: f64 }")
    assert "dropped" not in cell.notes
    assert station.ok("redef_stations[0].name.len()").text == "7"


def test_a_method_written_anew_keeps_every_value(station):
    for factor in (1, 2):
        station.ok(f"""
#[derive(Debug, Clone)]
struct Station {{ name: String, height: f64 }}
impl Station {{ fn scaled(&self) -> f64 {{ self.height * {factor}.0 }} }}
""")
    assert station.ok("redef_stations[0].scaled()").text == "2922.0"


@pytest.mark.parametrize(
    "fields",
    ["height: f64, name: String", "name: String, height: u64", "label: String, height: f64", "name: String"],
    ids=["another order", "another type of the same size", "another name", "one less"],
)
def test_a_struct_defined_anew_drops_its_values_by_name_and_no_others(station, fields):
    cell = station.ok(f"#[derive(Debug, Clone)]\nstruct Station {{ {fields} }}")
    assert "`redef_stations` was dropped" in cell.notes and "`Station`" in cell.notes
    assert "redef_heights" not in cell.notes
    assert station.ok("redef_heights.len()").text == "2"
    error = station.fail("redef_stations.len()")
    assert "`redef_stations` was dropped when its type was defined anew" in error["text"]


def test_a_type_deep_inside_another_counts(kernel):
    kernel.ok("#[derive(Debug, Clone)] struct RedefInner { a: u32 }\n#[derive(Debug)] struct RedefOuter { inner: Vec<RedefInner> }")
    kernel.ok("let redef_outer = RedefOuter { inner: vec![RedefInner { a: 1 }] };")
    cell = kernel.ok("#[derive(Debug, Clone)] struct RedefInner { a: f32 }")
    assert "`redef_outer` was dropped" in cell.notes


def test_a_trait_defined_anew_drops_its_objects(kernel):
    kernel.ok("""
trait RedefShape { fn area(&self) -> f64; }
struct RedefSquare(f64);
impl RedefShape for RedefSquare { fn area(&self) -> f64 { self.0 * self.0 } }
let redef_shape: Box<dyn RedefShape> = Box::new(RedefSquare(2.0));
""")
    assert kernel.ok("redef_shape.area()").text == "4.0"
    cell = kernel.ok("""
trait RedefShape { fn name(&self) -> String; fn area(&self) -> f64; }
struct RedefSquare(f64);
impl RedefShape for RedefSquare { fn name(&self) -> String { "square".into() } fn area(&self) -> f64 { self.0 } }
""")
    assert "`redef_shape` was dropped" in cell.notes


def test_a_cell_that_makes_the_value_anew_says_nothing(station):
    cell = station.ok("""
#[derive(Debug, Clone)]
struct Station { height: f64, name: String, rain: f64 }
let redef_stations = vec![Station { height: 1.0, name: "a".into(), rain: 2.0 }; 3];
redef_stations.len()
""")
    assert cell.text == "3" and "dropped" not in cell.notes


def test_a_cell_that_uses_an_old_value_of_a_new_type_changes_nothing(station):
    error = station.fail("#[derive(Debug, Clone)]\nstruct Station { height: f64 }\nredef_stations.len()")
    assert "redef_stations" in error["evalue"] and "Station" in error["evalue"]
    assert "Nothing has changed" in error["text"]
    assert station.ok("redef_stations[0].name.len()").text == "7"


def test_a_function_defined_anew_keeps_every_variable(station):
    station.ok("fn redef_height(station: &Station) -> f64 { station.height }")
    station.ok("let redef_kept = redef_height(&redef_stations[0]);")
    assert "dropped" not in station.ok("fn redef_height(station: &Station) -> f64 { station.height * 2.0 }").notes
    assert station.ok("redef_height(&redef_stations[0]) / redef_kept").text == "2.0"


def test_a_definition_that_does_not_compile_leaves_the_old_one(kernel):
    kernel.ok("fn redef_old() -> i32 { 1 }\nstruct RedefOld { a: i32 }")
    kernel.fail('fn redef_old() -> i32 { "two" }')
    kernel.fail("struct RedefOld { b: NoSuchType }")
    kernel.fail("fn redef_old() -> i32 { 3 }\nno_such_name")
    assert kernel.ok("redef_old() + RedefOld { a: 4 }.a").text == "5"


def test_a_definition_stays_when_the_rest_of_its_cell_panics(kernel):
    kernel.ok("fn redef_new() -> i32 { 1 }")
    kernel.fail('fn redef_new() -> i32 { 2 }\npanic!("after the definition")')
    assert kernel.ok("redef_new()").text == "2"


def test_an_import_that_does_not_exist_does_no_harm_to_later_cells(kernel):
    for wrong in ("use std::no_such_module::Thing;", "use no_such_crate::*;", "use std::collections::NoSuchMap;"):
        kernel.fail(wrong)
        assert kernel.ok("1 + 1").text == "2"


def test_an_import_drops_no_variable(kernel):
    kernel.ok("let counted = std::collections::BTreeMap::from([(1, 2)]);")
    cell = kernel.ok("use std::collections::BTreeMap;")
    assert not cell.shown
    assert kernel.ok("counted.len()").text == "1"


def test_a_method_written_anew_under_another_parameter_is_silently_the_new_one(kernel):
    kernel.ok("struct RedefGen<T> { items: Vec<T> }\nimpl<T> RedefGen<T> { fn len(&self) -> usize { 1 } fn two(&self) -> usize { 2 } }")
    cell = kernel.ok("impl<U> RedefGen<U> { fn len(&self) -> usize { 100 } }")
    assert "no longer compiles" not in cell.describe()
    assert kernel.ok("let g = RedefGen { items: vec![0] }; (g.len(), g.two(), g.items.len())").text == "(100, 2, 1)"

//! The variable store: what keeps a notebook's variables alive between cells.
//!
//! Each cell takes the variables it mentions out of the store and puts them
//! back at its end, so a cell's compile time does not grow with the number of
//! variables that are alive.

use super::describe::describe;
use isopleth_bus::worker::Description;
use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet};
use std::mem::{align_of, size_of};
use std::sync::Arc;

/// Every live variable by name. Values need not be `Send`: the store never leaves the cell thread.
#[derive(Default)]
pub struct VariableStore {
    variables: BTreeMap<String, Stored>,
    /// Variables whose type was defined anew since they were stored.
    changed: Vec<String>,
}

struct Stored {
    value: Box<dyn Any>,
    layout: Layout,
    kind: Kind,
}

/// Whose a value is.
enum Kind {
    /// A variable of the notebook. Its description is there until somebody has been told.
    Variable(Option<Description>),
    /// What generated code keeps for itself.
    Hidden,
}

/// What must agree before a value is read back.
///
/// A struct that a cell defines anew keeps its `TypeId`, which is made from names. That is why the kernel, which sees every
/// definition, has such values [forgotten](VariableStore::forget) before the cell that defines it runs; what can be compared here is
/// compared all the same.
#[derive(PartialEq, Clone, Copy)]
struct Layout {
    type_id: TypeId,
    size: usize,
    align: usize,
}

impl Layout {
    fn of<T: 'static>() -> Self {
        Self { type_id: TypeId::of::<T>(), size: size_of::<T>(), align: align_of::<T>() }
    }
}

impl VariableStore {
    /// Stores `value` under `name`, dropping what was there.
    pub fn put_variable<T: 'static>(&mut self, name: &str, value: T) {
        self.put(name, Box::new(value), Layout::of::<T>(), std::any::type_name::<T>());
    }

    fn put(&mut self, name: &str, value: Box<dyn Any>, layout: Layout, type_name: &str) {
        let kind = Kind::Variable(Some(describe(&*value, type_name, layout.size)));
        self.variables.insert(name.to_owned(), Stored { value, layout, kind });
    }

    /// Whether `name` can be taken as a `T`. If not, the cell returns at once and the kernel compiles it again without `name`.
    pub fn check_variable<T: 'static>(&mut self, name: &str) -> bool {
        self.check(name, Layout::of::<T>())
    }

    fn check(&mut self, name: &str, layout: Layout) -> bool {
        let fits = self.variables.get(name).is_some_and(|stored| stored.layout == layout);
        if !fits {
            self.variables.remove(name);
            self.changed.push(name.to_owned());
        }
        fits
    }

    /// Moves `name` out of the store.
    ///
    /// # Panics
    /// If it is not there as a `T`; generated code calls `check_variable` first.
    pub fn take_variable<T: 'static>(&mut self, name: &str) -> T {
        match self.take(name).downcast::<T>() {
            Ok(value) => *value,
            Err(_) => panic!("the type of `{name}` has changed"),
        }
    }

    fn take(&mut self, name: &str) -> Box<dyn Any> {
        match self.variables.remove(name) {
            Some(stored) => stored.value,
            None => panic!("the variable `{name}` is gone"),
        }
    }

    /// Drops `name`, if it is there.
    pub(super) fn forget(&mut self, name: &str) {
        drop(self.variables.remove(name));
    }

    /// Drops those of `names` that were not put since somebody was last told: values of before, of a cell that returned
    /// before it made its own.
    pub fn drop_unmade(&mut self, names: &[&str]) {
        for name in names {
            if self.variables.get(*name).is_some_and(|stored| matches!(stored.kind, Kind::Variable(None))) {
                drop(self.variables.remove(*name));
            }
        }
    }

    /// A value shared by all cells and made at first use (an async runtime is kept this way).
    pub fn lazy_arc<T: 'static, F: FnOnce() -> T>(&mut self, name: &str, create: F) -> Arc<T> {
        if !self.variables.contains_key(name) {
            let (value, layout) = (Box::new(Arc::new(create())), Layout::of::<Arc<T>>());
            self.variables.insert(name.to_owned(), Stored { value, layout, kind: Kind::Hidden });
        }
        let stored = self.variables.get(name).and_then(|stored| stored.value.downcast_ref::<Arc<T>>());
        stored.map(Arc::clone).unwrap_or_else(|| panic!("the type of `{name}` has changed"))
    }

    pub(super) fn names(&self) -> BTreeSet<String> {
        let variables = self.variables.iter().filter(|(_, stored)| matches!(stored.kind, Kind::Variable(_)));
        variables.map(|(name, _)| name.clone()).collect()
    }

    /// What was put since the last call, by name.
    pub(super) fn take_described(&mut self) -> BTreeMap<String, Description> {
        let new = self.variables.iter_mut().filter_map(|(name, stored)| match &mut stored.kind {
            Kind::Variable(described) => Some((name.clone(), described.take()?)),
            Kind::Hidden => None,
        });
        new.collect()
    }

    pub(super) fn take_changed(&mut self) -> Vec<String> {
        std::mem::take(&mut self.changed)
    }
}

/// A new, empty store. Generated code calls it when it was handed none.
pub fn create_variable_store() -> *mut VariableStore {
    Box::into_raw(Box::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_comes_back_as_it_was_stored() {
        let mut store = VariableStore::default();
        store.put_variable("files", vec!["a".to_owned()]);
        assert!(store.check_variable::<Vec<String>>("files"));
        assert_eq!(store.take_variable::<Vec<String>>("files"), ["a"]);
        assert!(store.names().is_empty());
    }

    #[test]
    fn what_is_put_is_described_once() {
        let mut store = VariableStore::default();
        store.put_variable("n", 3_i32);
        store.put_variable("v", vec![1_u8]);
        assert_eq!(store.take_described().keys().collect::<Vec<_>>(), ["n", "v"]);
        store.put_variable("n", 4_i32);
        let described = store.take_described();
        assert_eq!((described.len(), described["n"].text.as_deref()), (1, Some("4")));
    }

    #[test]
    fn what_a_cell_did_not_come_to_make_is_dropped() {
        let mut store = VariableStore::default();
        store.put_variable("old", 1_i32);
        store.take_described();
        store.put_variable("new", 2_i32);
        store.drop_unmade(&["old", "new", "never"]);
        assert_eq!(store.names(), BTreeSet::from(["new".to_owned()]));
    }

    #[test]
    fn what_generated_code_keeps_for_itself_is_no_variable() {
        let mut store = VariableStore::default();
        assert_eq!(*store.lazy_arc("runtime", || 7), 7);
        assert_eq!(*store.lazy_arc("runtime", || 8), 7);
        assert!(store.names().is_empty() && store.take_described().is_empty());
    }

    #[test]
    fn a_forgotten_variable_is_dropped_and_no_longer_fits() {
        let mut store = VariableStore::default();
        let shared = Arc::new(());
        store.put_variable("x", Arc::clone(&shared));
        store.forget("x");
        assert_eq!(Arc::strong_count(&shared), 1);
        assert!(!store.check_variable::<Arc<()>>("x"));
    }

    #[test]
    fn a_variable_of_another_type_is_dropped_and_named() {
        let mut store = VariableStore::default();
        store.put_variable("x", 1_i32);
        assert!(!store.check_variable::<String>("x"));
        assert_eq!(store.take_changed(), ["x"]);
        assert!(store.names().is_empty());
    }
}

//! The variable store: what keeps a notebook's variables alive between cells.
//!
//! Each cell takes the variables it mentions out of the store and puts them
//! back at its end, so a cell's compile time does not grow with the number of
//! variables that are alive. The names of the methods are the ones that evcxr
//! generates calls to.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
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
        self.put(name, Box::new(value), Layout::of::<T>());
    }

    fn put(&mut self, name: &str, value: Box<dyn Any>, layout: Layout) {
        self.variables.insert(name.to_owned(), Stored { value, layout });
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

    /// A value shared by all cells and made at first use (evcxr keeps an async runtime this way).
    pub fn lazy_arc<T: 'static, F: FnOnce() -> T>(&mut self, name: &str, create: F) -> Arc<T> {
        if !self.variables.contains_key(name) {
            self.put_variable(name, Arc::new(create()));
        }
        let stored = self.variables.get(name).and_then(|stored| stored.value.downcast_ref::<Arc<T>>());
        stored.map(Arc::clone).unwrap_or_else(|| panic!("the type of `{name}` has changed"))
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.variables.keys().map(String::as_str).collect()
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

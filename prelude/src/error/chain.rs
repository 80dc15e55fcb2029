//! An error and what caused it, as texts.

use std::any::TypeId;
use std::error::Error;
use std::fmt::Display;
use std::marker::PhantomData;

/// The texts of an error and of its sources. A source whose text the ones before it hold already adds nothing.
pub(crate) fn chain(error: &dyn Error) -> Vec<String> {
    let mut texts = vec![error.to_string()];
    let mut source = error.source();
    while let Some(error) = source {
        let text = error.to_string();
        if !text.is_empty() && !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
        source = error.source();
    }
    texts
}

/// The texts of what is at least `Display`: those of its sources too, where they can be reached.
pub(crate) fn texts_of<T: Display>(error: &T) -> Vec<String> {
    boxed_chain(error).unwrap_or_else(|| vec![format!("{error:#}")])
}

/// The chain of `error` if it is a boxed error that can be sent between threads.
fn boxed_chain<T>(error: &T) -> Option<Vec<String>> {
    let id = type_id_of::<T>();
    if id == TypeId::of::<Box<dyn Error + Send + Sync>>() {
        // SAFETY: the two are one type but for the lifetime of what is in the box, and nothing of it outlives `error`.
        let error = unsafe { &*std::ptr::from_ref(error).cast::<Box<dyn Error + Send + Sync>>() };
        return Some(chain(&**error));
    }
    if id == TypeId::of::<Box<dyn Error + Send>>() {
        // SAFETY: as above.
        let error = unsafe { &*std::ptr::from_ref(error).cast::<Box<dyn Error + Send>>() };
        return Some(chain(&**error));
    }
    None
}

/// `TypeId::of` for types that may borrow: lifetimes count as `'static`.
fn type_id_of<T>() -> TypeId {
    trait AnyLifetime {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T> AnyLifetime for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let of: &dyn AnyLifetime = &PhantomData::<T>;
    // SAFETY: lifetimes are erased before code is generated, and `id` reads nothing but the type.
    let of = unsafe { std::mem::transmute::<&dyn AnyLifetime, &(dyn AnyLifetime + 'static)>(of) };
    of.id()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt;

    #[derive(Debug)]
    struct Outer {
        text: &'static str,
        source: std::num::ParseIntError,
    }

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.text)
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.source)
        }
    }

    fn outer(text: &'static str) -> Outer {
        Outer { text, source: "x".parse::<i32>().unwrap_err() }
    }

    #[test]
    fn a_chain_has_every_source_once() {
        assert_eq!(chain(&outer("cannot read")), ["cannot read", "invalid digit found in string"]);
        assert_eq!(chain(&outer("bad: invalid digit found in string")).len(), 1);
    }

    #[test]
    fn a_boxed_error_that_can_be_sent_keeps_its_chain() {
        let boxed: Box<dyn Error + Send + Sync> = Box::new(outer("cannot read"));
        assert_eq!(boxed_chain(&boxed).map(|chain| chain.len()), Some(2));
        assert_eq!(boxed_chain(&"text"), None);
    }
}

//! What HDF5 itself says of the arrays of a file: the true types of their elements, and the filters that packed them.
//!
//! GDAL shows one-letter text as bytes and truth values as numbers, and does not say which filter is lacking. The
//! library that GDAL has loaded is asked, through the functions that it has had since 1.10; where it cannot be found,
//! or is older, nothing is known, and callers do with what GDAL says.

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_uint, c_void};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;

/// The class of the elements of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Class {
    Integer {
        bytes: usize,
        signed: bool,
    },
    Float {
        bytes: usize,
    },
    /// Text of a fixed number of bytes.
    FixedText {
        bytes: usize,
    },
    /// Text of any length.
    Text,
    /// An enumeration of `FALSE` and `TRUE`.
    Bool,
    /// Any other enumeration, with the integers that it names.
    Names {
        bytes: usize,
        signed: bool,
    },
    /// What arrays here cannot hold, in words.
    Other(&'static str),
}

/// One array of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) class: Class,
    /// Filters that this installation lacks, each with its number.
    pub(crate) lacking: Vec<(String, u32)>,
    /// Whether it has no values and no shape at all, not even one of no elements.
    pub(crate) null: bool,
    /// Whether it says that it is the scale of a dimension.
    pub(crate) scale: bool,
}

type Id = i64;

/// HDF5's functions, of the types that its headers give them.
#[derive(Clone, Copy)]
struct Library {
    open: unsafe extern "C" fn(*const c_char, c_uint, Id) -> Id,
    close: unsafe extern "C" fn(Id) -> c_int,
    group_open: unsafe extern "C" fn(Id, *const c_char, Id) -> Id,
    group_close: unsafe extern "C" fn(Id) -> c_int,
    group_count: unsafe extern "C" fn(Id, *mut u64) -> c_int,
    group_name: unsafe extern "C" fn(Id, u64, *mut c_char, usize) -> isize,
    group_kind: unsafe extern "C" fn(Id, u64) -> c_int,
    array_open: unsafe extern "C" fn(Id, *const c_char, Id) -> Id,
    array_close: unsafe extern "C" fn(Id) -> c_int,
    array_type: unsafe extern "C" fn(Id) -> Id,
    array_creation: unsafe extern "C" fn(Id) -> Id,
    array_space: unsafe extern "C" fn(Id) -> Id,
    space_close: unsafe extern "C" fn(Id) -> c_int,
    space_class: unsafe extern "C" fn(Id) -> c_int,
    attribute_exists: unsafe extern "C" fn(Id, *const c_char) -> c_int,
    type_close: unsafe extern "C" fn(Id) -> c_int,
    type_class: unsafe extern "C" fn(Id) -> c_int,
    type_size: unsafe extern "C" fn(Id) -> usize,
    type_sign: unsafe extern "C" fn(Id) -> c_int,
    type_under: unsafe extern "C" fn(Id) -> Id,
    type_is_any_length: unsafe extern "C" fn(Id) -> c_int,
    member_count: unsafe extern "C" fn(Id) -> c_int,
    member_name: unsafe extern "C" fn(Id, c_uint) -> *mut c_char,
    free: unsafe extern "C" fn(*mut c_void) -> c_int,
    attribute_open: unsafe extern "C" fn(Id, *const c_char, Id) -> Id,
    attribute_close: unsafe extern "C" fn(Id) -> c_int,
    attribute_space: unsafe extern "C" fn(Id) -> Id,
    space_size: unsafe extern "C" fn(Id) -> i64,
    list_create: unsafe extern "C" fn(Id) -> Id,
    list_close: unsafe extern "C" fn(Id) -> c_int,
    close_degree: unsafe extern "C" fn(Id, c_int) -> c_int,
    access_class: Id,
    filter_count: unsafe extern "C" fn(Id) -> c_int,
    filter: unsafe extern "C" fn(
        Id,
        c_uint,
        *mut c_uint,
        *mut usize,
        *mut c_uint,
        usize,
        *mut c_char,
        *mut c_uint,
    ) -> c_int,
    filter_is_there: unsafe extern "C" fn(c_int) -> c_int,
}

/// The arrays of the group at `groups`, in any order; none if HDF5 cannot be asked. Call it under the lock of HDF5.
pub(crate) fn describe(path: &Path, groups: &[String]) -> Option<Vec<Described>> {
    let library = library()?;
    let path = CString::new(OsStr::as_bytes(path.as_os_str())).ok()?;
    let inside = CString::new(format!("/{}", groups.join("/"))).ok()?;
    // SAFETY: HDF5 checks each identifier that it is given and refuses those that are none, and the guards close what
    // was opened, in the reverse order. The caller holds the lock.
    unsafe {
        let file = Guard::new(open(library, &path), library.close)?;
        let group = Guard::new((library.group_open)(file.id, inside.as_ptr(), 0), library.group_close)?;
        let mut count = 0;
        if (library.group_count)(group.id, &raw mut count) < 0 {
            return None;
        }
        // 1 is an array, in the numbers of `H5G_obj_t`.
        let arrays = (0..count).filter(|&at| (library.group_kind)(group.id, at) == 1);
        Some(arrays.filter_map(|at| array(library, group.id, at)).collect())
    }
}

/// An attribute of an array of a group, or of the group itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributeOf {
    pub(crate) array: Option<String>,
    pub(crate) name: String,
}

/// Those of these attributes that have no elements, for which GDAL 3.6 gives one number that it has not read. Call it under
/// the lock of HDF5.
pub(crate) fn without_elements(path: &Path, groups: &[String], asked: Vec<AttributeOf>) -> Vec<AttributeOf> {
    let Some(library) = library() else { return Vec::new() };
    let inside = CString::new(format!("/{}", groups.join("/")));
    let (Ok(path), Ok(inside)) = (CString::new(OsStr::as_bytes(path.as_os_str())), inside) else { return Vec::new() };
    // SAFETY: as in `describe`.
    unsafe {
        let Some(file) = Guard::new(open(library, &path), library.close) else { return Vec::new() };
        let Some(group) = Guard::new((library.group_open)(file.id, inside.as_ptr(), 0), library.group_close) else {
            return Vec::new();
        };
        asked.into_iter().filter(|attribute| is_without_elements(library, group.id, attribute) == Some(true)).collect()
    }
}

/// # Safety
/// `group` is open, and the caller holds the lock of HDF5.
unsafe fn is_without_elements(library: &Library, group: Id, attribute: &AttributeOf) -> Option<bool> {
    let name = CString::new(attribute.name.as_str()).ok()?;
    // SAFETY: names end with a zero byte, and what is opened is closed by its guard.
    unsafe {
        let array = match &attribute.array {
            Some(array) => {
                let array = CString::new(array.as_str()).ok()?;
                Some(Guard::new((library.array_open)(group, array.as_ptr(), 0), library.array_close)?)
            }
            None => None,
        };
        let owner = array.as_ref().map_or(group, |array| array.id);
        if (library.attribute_exists)(owner, name.as_ptr()) <= 0 {
            return None;
        }
        let opened = Guard::new((library.attribute_open)(owner, name.as_ptr(), 0), library.attribute_close)?;
        let space = Guard::new((library.attribute_space)(opened.id), library.space_close)?;
        Some((library.space_size)(space.id) == 0)
    }
}

/// # Safety
/// The caller holds the lock of HDF5.
unsafe fn open(library: &Library, path: &CStr) -> Id {
    // SAFETY: the path ends with a zero byte; 0 stands for reading only, and for what is usual.
    unsafe {
        let file = (library.open)(path.as_ptr(), 0, 0);
        if file >= 0 {
            return file;
        }
        // The netCDF library may have it open: HDF5 wants the same rule of closing then, the strong one.
        let Some(list) = Guard::new((library.list_create)(library.access_class), library.list_close) else {
            return -1;
        };
        (library.close_degree)(list.id, 3);
        (library.open)(path.as_ptr(), 0, list.id)
    }
}

/// # Safety
/// `group` is open, and the caller holds the lock of HDF5.
unsafe fn array(library: &Library, group: Id, at: u64) -> Option<Described> {
    // SAFETY: names are written into a buffer of the length that is given; what is opened is closed by its guard.
    unsafe {
        let mut name = [0u8; 1024];
        let length = (library.group_name)(group, at, name.as_mut_ptr().cast(), name.len());
        if length <= 0 || length as usize >= name.len() {
            return None;
        }
        let c_name = CStr::from_bytes_until_nul(&name).ok()?;
        let array = Guard::new((library.array_open)(group, c_name.as_ptr(), 0), library.array_close)?;
        let of = Guard::new((library.array_type)(array.id), library.type_close)?;
        let class = class(library, of.id);
        let lacking = Guard::new((library.array_creation)(array.id), library.list_close)
            .map(|list| lacking(library, list.id))
            .unwrap_or_default();
        let space = Guard::new((library.array_space)(array.id), library.space_close);
        // 2 is none, in the numbers of `H5S_class_t`.
        let null = space.is_some_and(|space| (library.space_class)(space.id) == 2);
        let scale = (library.attribute_exists)(array.id, c"CLASS".as_ptr()) > 0;
        Some(Described { name: c_name.to_str().ok()?.to_owned(), class, lacking, null, scale })
    }
}

/// # Safety
/// `of` is an open type, and the caller holds the lock of HDF5.
unsafe fn class(library: &Library, of: Id) -> Class {
    // SAFETY: questions about an open type.
    let (class, bytes) = unsafe { ((library.type_class)(of), (library.type_size)(of)) };
    // The numbers of `H5T_class_t`.
    match class {
        // SAFETY: as above.
        0 => Class::Integer { bytes, signed: unsafe { (library.type_sign)(of) } == 1 },
        1 => Class::Float { bytes },
        // SAFETY: as above.
        3 if unsafe { (library.type_is_any_length)(of) } > 0 => Class::Text,
        3 => Class::FixedText { bytes },
        // SAFETY: as above.
        8 if unsafe { members(library, of) } == ["FALSE", "TRUE"] => Class::Bool,
        2 => Class::Other("times of a type of their own"),
        4 => Class::Other("bits"),
        5 => Class::Other("bytes of a meaning of their own (HDF5's opaque type)"),
        6 => Class::Other("records or complex numbers"),
        7 => Class::Other("references to other arrays"),
        // SAFETY: as above; the integers under the names have a type of their own, which the guard closes.
        8 => match unsafe { Guard::new((library.type_under)(of), library.type_close) } {
            // SAFETY: as above.
            Some(under) => Class::Names { bytes, signed: unsafe { (library.type_sign)(under.id) } == 1 },
            None => Class::Other("names of an enumeration"),
        },
        9 => Class::Other("lists of any length"),
        10 => Class::Other("arrays"),
        _ => Class::Other("neither numbers nor text"),
    }
}

/// # Safety
/// As for [`class`].
unsafe fn members(library: &Library, of: Id) -> Vec<String> {
    // SAFETY: the type is open; a name is copied, and given back to the allocator that it came from.
    unsafe {
        let count = (library.member_count)(of).clamp(0, 3) as c_uint;
        (0..count)
            .filter_map(|at| {
                let raw = (library.member_name)(of, at);
                if raw.is_null() {
                    return None;
                }
                let name = CStr::from_ptr(raw).to_string_lossy().into_owned();
                (library.free)(raw.cast());
                Some(name)
            })
            .collect()
    }
}

/// # Safety
/// `list` is an open list of properties, and the caller holds the lock of HDF5.
unsafe fn lacking(library: &Library, list: Id) -> Vec<(String, u32)> {
    // SAFETY: no values of the filter are asked for, and its name is written into a buffer of the length that is given.
    unsafe {
        let count = (library.filter_count)(list).max(0) as c_uint;
        (0..count)
            .filter_map(|at| {
                let (mut flags, mut values, mut name, mut config) = (0, 0, [0u8; 256], 0);
                let number = (library.filter)(
                    list,
                    at,
                    &raw mut flags,
                    &raw mut values,
                    ptr::null_mut(),
                    name.len(),
                    name.as_mut_ptr().cast(),
                    &raw mut config,
                );
                if number < 0 || (library.filter_is_there)(number) > 0 {
                    return None;
                }
                let said = CStr::from_bytes_until_nul(&name).map(|name| name.to_string_lossy().into_owned());
                Some((filter_name(number, said.unwrap_or_default()), number as u32))
            })
            .collect()
    }
}

/// The usual name of a filter, by its registered number.
fn filter_name(number: c_int, said: String) -> String {
    match number {
        307 => "bzip2".to_owned(),
        32_000 => "LZF".to_owned(),
        32_001 => "Blosc".to_owned(),
        32_004 => "LZ4".to_owned(),
        32_008 => "bitshuffle".to_owned(),
        32_013 => "ZFP".to_owned(),
        32_015 => "Zstandard".to_owned(),
        32_026 => "Blosc2".to_owned(),
        _ if said.is_empty() => format!("number {number}"),
        _ => said,
    }
}

/// Closes an identifier.
struct Guard {
    id: Id,
    close: unsafe extern "C" fn(Id) -> c_int,
}

impl Guard {
    fn new(id: Id, close: unsafe extern "C" fn(Id) -> c_int) -> Option<Self> {
        (id >= 0).then_some(Self { id, close })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // SAFETY: the identifier was opened by HDF5, is ours alone, and is not used after this.
        unsafe { (self.close)(self.id) };
    }
}

fn library() -> Option<&'static Library> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    LIBRARY.get_or_init(load).as_ref()
}

/// Keeps HDF5 from closing files when the process ends: it crashes over one that could not be completed, on a full disk.
/// Ours are closed before. To be called before HDF5 is used.
pub(super) fn leave_at_exit() {
    if let Some(found) = symbol(c"H5dont_atexit") {
        // SAFETY: the function has had this signature for ever, and only sets a flag.
        unsafe { std::mem::transmute::<*mut c_void, unsafe extern "C" fn() -> c_int>(found)() };
    }
}

/// A function of HDF5, wherever GDAL has loaded it.
pub(crate) fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: asking for names changes nothing. A library that is loaded already is only counted once more, and stays.
    unsafe {
        let found = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
        if !found.is_null() {
            return Some(found);
        }
        // GDAL's drivers may be plug-ins, whose libraries are seen by them alone.
        static LOADED: OnceLock<usize> = OnceLock::new();
        let handle = *LOADED.get_or_init(|| {
            loaded_path().map_or(0, |path| libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) as usize)
        });
        if handle == 0 {
            return None;
        }
        let found = libc::dlsym(handle as *mut c_void, name.as_ptr());
        (!found.is_null()).then_some(found)
    }
}

/// The file from which HDF5 was loaded into this process.
fn loaded_path() -> Option<CString> {
    let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
    let path =
        maps.lines().filter_map(|line| line.split_once('/').map(|(_, path)| format!("/{path}"))).find(|path| {
            let name = path.rsplit('/').next().unwrap_or_default();
            name.starts_with("libhdf5") && name.contains(".so") && !name.contains("_hl") && !name.contains("_cpp")
        })?;
    CString::new(path).ok()
}

#[allow(clippy::missing_transmute_annotations)] // each type stands at the field that it is put into
fn load() -> Option<Library> {
    macro_rules! function {
        ($name:literal) => {
            // SAFETY: HDF5 declares the function with the type of the field that this is put into; see the version below.
            unsafe { std::mem::transmute(symbol($name)?) }
        };
    }
    type Version = unsafe extern "C" fn(*mut c_uint, *mut c_uint, *mut c_uint) -> c_int;
    let version: Version = function!(c"H5get_libversion");
    let (mut major, mut minor, mut release) = (0, 0, 0);
    // SAFETY: three numbers are written to.
    let asked = unsafe { version(&raw mut major, &raw mut minor, &raw mut release) };
    // Before 1.10 identifiers had 32 bits; nobody knows what a second major version would change.
    if asked < 0 || major != 1 || minor < 10 {
        return None;
    }
    let start: unsafe extern "C" fn() -> c_int = function!(c"H5open");
    // SAFETY: it sets the library up, once however often it is called; the classes of property lists exist after it.
    let access_class = unsafe {
        if start() < 0 {
            return None;
        }
        *symbol(c"H5P_CLS_FILE_ACCESS_ID_g")?.cast::<Id>()
    };
    Some(Library {
        open: function!(c"H5Fopen"),
        close: function!(c"H5Fclose"),
        group_open: function!(c"H5Gopen2"),
        group_close: function!(c"H5Gclose"),
        group_count: function!(c"H5Gget_num_objs"),
        group_name: function!(c"H5Gget_objname_by_idx"),
        group_kind: function!(c"H5Gget_objtype_by_idx"),
        array_open: function!(c"H5Dopen2"),
        array_close: function!(c"H5Dclose"),
        array_type: function!(c"H5Dget_type"),
        array_creation: function!(c"H5Dget_create_plist"),
        array_space: function!(c"H5Dget_space"),
        space_close: function!(c"H5Sclose"),
        space_class: function!(c"H5Sget_simple_extent_type"),
        attribute_exists: function!(c"H5Aexists"),
        type_close: function!(c"H5Tclose"),
        type_class: function!(c"H5Tget_class"),
        type_size: function!(c"H5Tget_size"),
        type_sign: function!(c"H5Tget_sign"),
        type_under: function!(c"H5Tget_super"),
        type_is_any_length: function!(c"H5Tis_variable_str"),
        member_count: function!(c"H5Tget_nmembers"),
        member_name: function!(c"H5Tget_member_name"),
        free: function!(c"H5free_memory"),
        attribute_open: function!(c"H5Aopen"),
        attribute_close: function!(c"H5Aclose"),
        attribute_space: function!(c"H5Aget_space"),
        space_size: function!(c"H5Sget_simple_extent_npoints"),
        list_create: function!(c"H5Pcreate"),
        list_close: function!(c"H5Pclose"),
        close_degree: function!(c"H5Pset_fclose_degree"),
        access_class,
        filter_count: function!(c"H5Pget_nfilters"),
        filter: function!(c"H5Pget_filter2"),
        filter_is_there: function!(c"H5Zfilter_avail"),
    })
}

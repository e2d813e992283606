//! A task of WASI 0.3 that waits for many things: a set of waitables, and who is told of each.
//!
//! Bindings tell a task what they wait for by a C ABI that all versions of wit-bindgen have in common, so that what others
//! await goes together with what this crate does.
#![allow(unsafe_code, reason = "waitables are the host's, by intrinsics, and who is told of them is known by place")]

use core::cell::{Cell, RefCell};
use core::ffi::c_void;
use core::ptr;
use std::collections::BTreeMap;

/// Tells who waits by what an operation has ended.
type Callback = unsafe extern "C" fn(told: *mut c_void, code: u32);

/// Has the callback called once the waitable has an event; gives what was to be told before.
type Register =
    unsafe extern "C" fn(task: *mut c_void, waitable: u32, callback: Callback, told: *mut c_void) -> *mut c_void;

/// Has nobody told any more; gives who was to be.
type Unregister = unsafe extern "C" fn(task: *mut c_void, waitable: u32) -> *mut c_void;

/// `wasip3_task_v2` of that ABI.
#[repr(C)]
struct Task {
    version: u32,
    task: *mut c_void,
    register: Register,
    unregister: Unregister,
    functions: &'static Functions,
}

/// `wasip3_task_vtable` of that ABI.
#[repr(C)]
struct Functions {
    register: Register,
    unregister: Unregister,
    clone: unsafe extern "C" fn(task: *mut c_void) -> *mut c_void,
    drop: unsafe extern "C" fn(task: *mut c_void),
}

const VERSION: u32 = 2;

/// The event that is none.
const NONE: u32 = 0;

static FUNCTIONS: Functions = Functions { register, unregister, clone, drop: forget };

/// What is waited for within [`block_on`](crate::future::block_on): one set for all of them, so that a wait that one of them
/// began goes on in the next.
#[derive(Default)]
pub(crate) struct Waitables {
    set: Cell<Option<u32>>,
    waiting: RefCell<BTreeMap<u32, (Callback, *mut c_void)>>,
}

thread_local! {
    static WAITABLES: &'static Waitables = Box::leak(Box::default());
}

/// Runs what waits for many things.
pub(crate) fn run<R>(run: impl FnOnce(&'static Waitables) -> R) -> R {
    let waitables = WAITABLES.with(|waitables| *waitables);
    let mut task = Task {
        version: VERSION,
        task: ptr::from_ref(waitables).cast_mut().cast(),
        register,
        unregister,
        functions: &FUNCTIONS,
    };
    within((&raw mut task).cast(), || run(waitables))
}

/// Runs what knows of no task, and waits for itself alone.
#[cfg(all(feature = "p3", target_arch = "wasm32"))]
pub(crate) fn without<R>(run: impl FnOnce() -> R) -> R {
    within(ptr::null_mut(), run)
}

/// Whether there is a task, which can wait beside others: within [`block_on`](crate::future::block_on), or in an `async`
/// function that a component exports.
pub(crate) fn is_any() -> bool {
    let task = set_task(ptr::null_mut());
    set_task(task);
    !task.is_null()
}

fn within<R>(task: *mut c_void, run: impl FnOnce() -> R) -> R {
    struct Before(*mut c_void);

    impl Drop for Before {
        fn drop(&mut self) {
            set_task(self.0);
        }
    }

    let _before = Before(set_task(task));
    run()
}

/// Sets the task that waits are of, and gives the one before.
fn set_task(task: *mut c_void) -> *mut c_void {
    #[cfg(target_arch = "wasm32")]
    {
        unsafe extern "C" {
            fn wasip3_task_set(task: *mut c_void) -> *mut c_void;
        }
        // SAFETY: what is set is a task as that ABI has it, or none, and stays until what was there before is put back.
        unsafe { wasip3_task_set(task) }
    }
    #[cfg(not(target_arch = "wasm32"))]
    task
}

impl Waitables {
    /// Whether nothing is waited for.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    /// Waits until something has come, and tells who waits for it.
    pub(crate) fn wait(&self) {
        self.look(host::wait);
    }

    /// Tells all of what has come already, without waiting.
    pub(crate) fn poll(&self) {
        while self.look(host::poll) {}
    }

    /// False: nothing has come.
    fn look(&self, look: unsafe extern "C" fn(u32, *mut [u32; 2]) -> u32) -> bool {
        let Some(set) = self.set.get() else { return false };
        let mut payload = [0; 2];
        // SAFETY: the set is open, and the host writes two words.
        let event = unsafe { look(set, &raw mut payload) };
        let [waitable, code] = payload;
        if event == NONE {
            return false;
        }
        if let Some((callback, told)) = self.remove(waitable) {
            // SAFETY: who registered it sees to it that it can be called until it is unregistered, or was called.
            unsafe { callback(told, code) };
        }
        true
    }

    fn insert(&self, waitable: u32, callback: Callback, told: *mut c_void) -> *mut c_void {
        let set = self.set.get().unwrap_or_else(|| {
            // SAFETY: a set may be made at any time.
            let set = unsafe { host::new() };
            self.set.set(Some(set));
            set
        });
        // SAFETY: the set is open, and so is the waitable of who registers it.
        unsafe { host::join(waitable, set) };
        let before = self.waiting.borrow_mut().insert(waitable, (callback, told));
        before.map_or(ptr::null_mut(), |(_, told)| told)
    }

    fn remove(&self, waitable: u32) -> Option<(Callback, *mut c_void)> {
        // SAFETY: the waitable is open as long as it is registered. Set 0 is none.
        unsafe { host::join(waitable, 0) };
        self.waiting.borrow_mut().remove(&waitable)
    }
}

/// # Safety
///
/// The task is that of [`run`].
unsafe extern "C" fn register(task: *mut c_void, waitable: u32, callback: Callback, told: *mut c_void) -> *mut c_void {
    // SAFETY: it never goes away.
    let waitables = unsafe { &*task.cast::<Waitables>() };
    waitables.insert(waitable, callback, told)
}

/// # Safety
///
/// As [`register`].
unsafe extern "C" fn unregister(task: *mut c_void, waitable: u32) -> *mut c_void {
    // SAFETY: it never goes away.
    let waitables = unsafe { &*task.cast::<Waitables>() };
    waitables.remove(waitable).map_or(ptr::null_mut(), |(_, told)| told)
}

extern "C" fn clone(task: *mut c_void) -> *mut c_void {
    task
}

extern "C" fn forget(_: *mut c_void) {}

/// The intrinsics of the component model's canonical ABI.
#[cfg(target_arch = "wasm32")]
mod host {
    #[link(wasm_import_module = "$root")]
    unsafe extern "C" {
        #[link_name = "[waitable-set-new]"]
        pub(super) fn new() -> u32;
        #[link_name = "[waitable-join]"]
        pub(super) fn join(waitable: u32, set: u32);
        #[link_name = "[waitable-set-wait]"]
        pub(super) fn wait(set: u32, payload: *mut [u32; 2]) -> u32;
        #[link_name = "[waitable-set-poll]"]
        pub(super) fn poll(set: u32, payload: *mut [u32; 2]) -> u32;
    }
}

/// What is compiled elsewhere, but never run.
#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub(super) unsafe extern "C" fn new() -> u32 {
        unreachable!()
    }

    pub(super) unsafe extern "C" fn join(_: u32, _: u32) {
        unreachable!()
    }

    pub(super) unsafe extern "C" fn wait(_: u32, _: *mut [u32; 2]) -> u32 {
        unreachable!()
    }

    pub(super) unsafe extern "C" fn poll(_: u32, _: *mut [u32; 2]) -> u32 {
        unreachable!()
    }
}

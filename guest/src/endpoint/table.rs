//! The numbers of this program's sockets, as a process has file descriptors.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::Handle;

/// The numbers below are the C library's, which has the lowest that are free for its files: where a number of this table
/// gets there by mistake, it is EBADF, and no file of another.
const FIRST: i32 = 1 << 20;

/// The sockets by number, and the numbers between them that are free.
struct Table {
    sockets: Vec<Option<Arc<Handle>>>,
    free: BinaryHeap<Reverse<usize>>,
}

static TABLE: Mutex<Table> = Mutex::new(Table { sockets: Vec::new(), free: BinaryHeap::new() });

fn lock() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn place(number: i32) -> Option<usize> {
    number.checked_sub(FIRST)?.try_into().ok()
}

/// Gives the socket the lowest number that is free.
pub(super) fn insert(handle: &Arc<Handle>) -> i32 {
    let mut table = lock();
    let place = table.free.pop().map_or(table.sockets.len(), |Reverse(place)| place);
    if place == table.sockets.len() {
        table.sockets.push(None);
    }
    table.sockets[place] = Some(handle.clone());
    FIRST + place as i32
}

/// The socket of that number.
pub(super) fn get(number: i32) -> Option<Arc<Handle>> {
    lock().sockets.get(place(number)?)?.clone()
}

/// Frees the number.
pub(super) fn remove(number: i32) -> Option<Arc<Handle>> {
    remove_if(number, |_| true)
}

/// Frees the number, if it is still this socket's: one that was freed before may be another's by now.
pub(super) fn remove_own(number: i32, handle: &Arc<Handle>) {
    remove_if(number, |found| Arc::ptr_eq(found, handle));
}

/// As `remove_own`, unless somebody else has the socket too.
pub(super) fn release(number: i32, handle: &Arc<Handle>) {
    // One is the table's, one the caller's.
    remove_if(number, |found| Arc::ptr_eq(found, handle) && Arc::strong_count(found) <= 2);
}

fn remove_if(number: i32, condition: impl FnOnce(&Arc<Handle>) -> bool) -> Option<Arc<Handle>> {
    let place = place(number)?;
    let mut table = lock();
    let handle = table.sockets.get_mut(place)?.take_if(|handle| condition(handle))?;
    table.free.push(Reverse(place));
    Some(handle)
}

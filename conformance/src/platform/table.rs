//! Numbers of sockets, which a library in the guest gives where the platform gives none.

use std::rc::{Rc, Weak};

use crate::check::{Answer, Failure};

/// The sockets of a program by their numbers.
#[derive(Debug)]
pub(super) struct Table<T>(Vec<Option<Entry<T>>>);

#[derive(Debug)]
enum Entry<T> {
    /// Somebody holds the socket.
    Held(Weak<T>),
    /// Nobody does, and the number keeps it open.
    Detached(Rc<T>),
}

impl<T> Table<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Gives a socket that somebody holds the lowest free number.
    pub(super) fn insert(&mut self, socket: &Rc<T>) -> i32 {
        let is_free = |entry: &Option<Entry<T>>| match entry {
            Some(Entry::Held(socket)) => socket.strong_count() == 0,
            Some(Entry::Detached(_)) => false,
            None => true,
        };
        let at = self.0.iter().position(is_free).unwrap_or(self.0.len());
        if at == self.0.len() {
            self.0.push(None);
        }
        self.0[at] = Some(Entry::Held(Rc::downgrade(socket)));
        at as i32
    }

    /// Lets the number keep the socket open.
    pub(super) fn detach(&mut self, number: i32, socket: Rc<T>) {
        if let Some(entry) = self.0.get_mut(number as usize) {
            *entry = Some(Entry::Detached(socket));
        }
    }

    /// The socket of that number.
    pub(super) fn get(&self, number: i32) -> Answer<Rc<T>> {
        let socket = match self.0.get(number as usize) {
            Some(Some(Entry::Held(socket))) => socket.upgrade(),
            Some(Some(Entry::Detached(socket))) => Some(socket.clone()),
            _ => None,
        };
        socket.ok_or_else(|| Failure::named("EBADF"))
    }

    /// Frees the number, and gives the socket that it had.
    pub(super) fn remove(&mut self, number: i32) -> Answer<Rc<T>> {
        let socket = self.get(number)?;
        self.0[number as usize] = None;
        Ok(socket)
    }
}

/// The part of [`Platform`](crate::Platform) that a library in the guest does by such a table, in a type `Socket` with a
/// shared `Inner`, a number that is given when somebody asks for it, and a note of inheritance.
macro_rules! numbered {
    () => {
        fn dup(&self) -> Answer<Self> {
            Ok(Self::around(self.inner.clone()))
        }

        fn fileno(&self) -> Answer<i32> {
            if self.number.get() < 0 {
                self.number.set(TABLE.with_borrow_mut(|table| table.insert(&self.inner)));
            }
            Ok(self.number.get())
        }

        fn detach(self) -> Answer<i32> {
            let number = self.fileno()?;
            TABLE.with_borrow_mut(|table| table.detach(number, self.inner.clone()));
            Ok(number)
        }

        fn from_fileno(fileno: i32) -> Answer<Self> {
            let inner = TABLE.with_borrow_mut(|table| table.remove(fileno))?;
            Ok(Self::around(inner))
        }

        fn fromfd(fileno: i32) -> Answer<Self> {
            TABLE.with_borrow(|table| table.get(fileno)).map(Self::around)
        }

        fn close_fileno(fileno: i32) -> Answer {
            TABLE.with_borrow_mut(|table| table.remove(fileno)).map(drop)
        }

        fn dup_fileno(fileno: i32) -> Answer<i32> {
            Self::fromfd(fileno)?.detach()
        }

        fn set_inheritable(&self, inheritable: bool) -> Answer {
            self.inheritable.set(inheritable);
            Ok(())
        }

        fn get_inheritable(&self) -> Answer<bool> {
            Ok(self.inheritable.get())
        }
    };
}

pub(super) use numbered;

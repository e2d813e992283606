//! select(2).
//!
//! There are two sets of numbers: wasi-libc's is a list, and the headers of `berkeley cc` have Linux's, of bits, into which
//! many programs look.

use core::ffi::{c_int, c_short};
use std::time::{Duration, Instant};

use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out, plain};
use crate::number::event::{POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI};
use crate::poll::{NANOSECONDS, Time, watch};
use crate::table::{highest, lookup};
use crate::wait::Wait;

/// `fd_set` of wasi-libc.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct List {
    count: usize,
    numbers: [c_int; FD_SETSIZE],
}

/// As wasi-libc has it.
const FD_SETSIZE: usize = 1024;

plain!(List);

/// A set in the program's memory, whose numbers below some count are asked for.
trait Set: Copy {
    /// The numbers; none where there is no set.
    fn members(self, below: c_int) -> Result<Option<Vec<c_int>>>;

    /// Leaves these in it.
    fn put_members(self, below: c_int, members: &[c_int]) -> Result<()>;
}

impl Set for Out<List> {
    fn members(self, below: c_int) -> Result<Option<Vec<c_int>>> {
        let Some(list) = self.as_in().get_if()? else { return Ok(None) };
        let members = list.numbers.get(..list.count).ok_or(Errno::Einval)?;
        Ok(Some(members.iter().copied().filter(|fd| *fd < below).collect()))
    }

    fn put_members(self, _: c_int, members: &[c_int]) -> Result<()> {
        let mut list = List { count: members.len(), numbers: [0; FD_SETSIZE] };
        list.numbers[..members.len()].copy_from_slice(members);
        self.put(list)
    }
}

/// The first of the words of such a set, each with so many bits.
impl Set for Out<u32> {
    fn members(self, below: c_int) -> Result<Option<Vec<c_int>>> {
        if self.is_null() {
            return Ok(None);
        }
        let words = self.as_in().list(words(below))?;
        Ok(Some((0..bits(below)).filter(|fd| words[fd / WORD] & mask(*fd) != 0).map(|fd| fd as c_int).collect()))
    }

    fn put_members(self, below: c_int, members: &[c_int]) -> Result<()> {
        let mut set = vec![0; words(below)];
        for fd in members.iter().map(|fd| *fd as usize) {
            set[fd / WORD] |= mask(fd);
        }
        self.put_all(&set)
    }
}

/// How many bits a `long` has.
const WORD: usize = 32;

/// As much of a count as is looked at in sets of bits, which may be of any size: no more than a set has by the headers, or than
/// there are numbers. In Linux it is as many as its table has room for. Programs give the most that they may have, too.
fn looked_at(count: c_int) -> c_int {
    count.min((FD_SETSIZE as c_int).max(highest() + 1))
}

fn bits(below: c_int) -> usize {
    usize::try_from(below).unwrap_or(0)
}

fn words(below: c_int) -> usize {
    bits(below).div_ceil(WORD)
}

fn mask(fd: usize) -> u32 {
    1 << (fd % WORD)
}

/// What one of the sets asks for, and which events answer it.
const SETS: [(c_short, c_short); 3] =
    [(POLLIN, POLLIN | POLLHUP | POLLERR), (POLLOUT, POLLOUT | POLLERR), (POLLPRI, POLLPRI)];

fn select_all(below: c_int, sets: [impl Set; 3], limit: Option<u64>, mask: In<u64>) -> Result<c_int> {
    if below < 0 {
        return Err(Errno::Einval.into());
    }
    let mut wait = Wait::default();
    let mut asked = Vec::new();
    for (set, (events, answers)) in sets.into_iter().zip(SETS) {
        let Some(members) = set.members(below)? else { continue };
        let mut watched = Vec::with_capacity(members.len());
        for fd in members {
            lookup(fd)?;
            watched.push((fd, watch(fd, events, &mut wait)));
        }
        asked.push((set, answers, watched));
    }
    wait.run_under(limit, mask)?;
    let mut ready = 0;
    for (set, answers, watched) in asked {
        let found = watched.iter().filter(|(_, watched)| wait.events(watched) & answers != 0);
        let members: Vec<_> = found.map(|(fd, _)| *fd).collect();
        ready += members.len() as c_int;
        set.put_members(below, &members)?;
    }
    Ok(ready)
}

/// Of the limit, what is left stays.
fn select_for(below: c_int, sets: [impl Set; 3], limit: Out<Time>) -> Result<c_int> {
    let began = Instant::now();
    let allowed = limit.as_in().get_if()?.map(Time::limit).transpose()?;
    let ready = select_all(below, sets, allowed, In::null())?;
    if let Some(allowed) = allowed {
        limit.put(Time::of_micros(Duration::from_nanos(allowed).saturating_sub(began.elapsed())))?;
    }
    Ok(ready)
}

fn select_under(below: c_int, sets: [impl Set; 3], limit: In<Time>, mask: In<u64>) -> Result<c_int> {
    let limit = limit.get_if()?.map(|limit| limit.nanoseconds(NANOSECONDS)).transpose()?;
    select_all(below, sets, limit, mask)
}

exported! {
    /// select(2), for programs that have wasi-libc's sets.
    fn select(count: c_int, read: Out<List>, write: Out<List>, except: Out<List>, limit: Out<Time>) -> c_int {
        select_for(count, [read, write, except], limit)
    }

    /// pselect(2), likewise.
    fn pselect(
        count: c_int,
        read: Out<List>,
        write: Out<List>,
        except: Out<List>,
        limit: In<Time>,
        mask: In<u64>,
    ) -> c_int {
        select_under(count, [read, write, except], limit, mask)
    }

    /// select(2), as the headers call it that have sets of bits.
    fn __berkeley_select(count: c_int, read: Out<u32>, write: Out<u32>, except: Out<u32>, limit: Out<Time>) -> c_int {
        select_for(looked_at(count), [read, write, except], limit)
    }

    /// pselect(2), likewise.
    fn __berkeley_pselect(
        count: c_int,
        read: Out<u32>,
        write: Out<u32>,
        except: Out<u32>,
        limit: In<Time>,
        mask: In<u64>,
    ) -> c_int {
        select_under(looked_at(count), [read, write, except], limit, mask)
    }
}

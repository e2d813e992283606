//! The names by which a guest has looked addresses up.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::shunned::Shunned;
use super::special::wrapped;
use crate::clock;
use crate::error::Errno;
use crate::limits::Limits;

/// The names by which one guest has looked addresses up, as far as they still count.
///
/// An address is remembered under a name for a time after the last answer that had it, and while it is in one of the
/// last answers for that name: [`Limits::name_time`], [`Limits::answers`]. Where all of them take too much memory,
/// [`Limits::names`], the oldest are forgotten, of names that the policy [does not heed](super::Policy::heeds) first.
/// Names that it [shuns](super::Policy::shuns) are remembered for good.
#[derive(Debug)]
pub struct Names {
    time: Duration,
    answers: usize,
    bytes: usize,
    known: Mutex<Known>,
    shunned: Mutex<Shunned>,
}

#[derive(Debug, Default)]
struct Known {
    /// The answers for names that the policy heeds, and for others, each the oldest first.
    heeded: VecDeque<Answer>,
    others: VecDeque<Answer>,
    bytes: usize,
}

/// Where a name led once.
#[derive(Debug)]
struct Answer {
    name: Arc<str>,
    addresses: Box<[Found]>,
    moment: Instant,
}

/// An address, and whether it was this machine's own.
#[derive(Clone, Copy, Debug)]
struct Found {
    ip: IpAddr,
    is_own: bool,
}

impl Names {
    pub(crate) fn new(limits: &Limits) -> Self {
        let Limits { name_time: time, answers, names: bytes, .. } = *limits;
        Self { time, answers: answers.max(1), bytes, known: Mutex::default(), shunned: Mutex::default() }
    }

    /// The names that led the guest to the address.
    pub fn of(&self, address: IpAddr) -> Vec<Arc<str>> {
        self.of_at(address, clock::now())
    }

    /// The names that led the guest to the address, those among them that the policy shunned however long ago that was.
    ///
    /// Who denies by names asks for these, and who allows for those that are still known.
    pub fn ever_of(&self, address: IpAddr) -> Vec<Arc<str>> {
        let mut names = self.of(address);
        let shunned = self.shunned.lock().unwrap_or_else(PoisonError::into_inner);
        for name in shunned.of(address) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// Remembers for good where a name led. ENOMEM: there is no room for it, and the guest must not know it either.
    pub(crate) fn shun(&self, name: &str, addresses: &[IpAddr]) -> Result<(), Errno> {
        // And what translators lead to by them.
        let inner = addresses.iter().flat_map(|&ip| wrapped(ip).map(IpAddr::V4));
        let addresses: Vec<_> = addresses.iter().copied().chain(inner).collect();
        let mut shunned = self.shunned.lock().unwrap_or_else(PoisonError::into_inner);
        if shunned.learn(name, &addresses, self.bytes) { Ok(()) } else { Err(Errno::ENOMEM) }
    }

    /// Whether this machine itself had the address when the guest found it by a name.
    ///
    /// Who answers for a name could lead the guest to what listens there.
    pub fn is_own(&self, address: IpAddr) -> bool {
        self.lock().all().flat_map(|answer| &answer.addresses).any(|found| found.ip == address && found.is_own)
    }

    /// Remembers an answer: to which addresses the name led, and which of these are this machine's `own`.
    pub(crate) fn learn(&self, name: &str, addresses: impl Iterator<Item = IpAddr>, own: &[IpAddr], heeded: bool) {
        self.learn_at(name, addresses, own, heeded, clock::now());
    }

    fn of_at(&self, address: IpAddr, now: Instant) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        for answer in self.lock().all().filter(|answer| self.counts(answer, now)) {
            if answer.addresses.iter().any(|found| found.ip == address) && !names.contains(&answer.name) {
                names.push(answer.name.clone());
            }
        }
        names
    }

    fn learn_at(
        &self,
        name: &str,
        addresses: impl Iterator<Item = IpAddr>,
        own: &[IpAddr],
        heeded: bool,
        now: Instant,
    ) {
        let mut found: Vec<Found> = Vec::new();
        for ip in addresses {
            // No answer takes more than its part of the memory.
            if found.len() * size_of::<Found>() >= self.bytes / 4 {
                break;
            }
            if !found.iter().any(|known| known.ip == ip) {
                let is_own = own.contains(&ip) || wrapped(ip).any(|inner| own.contains(&inner.into()));
                found.push(Found { ip, is_own });
            }
        }
        if found.is_empty() {
            return;
        }
        let mut known = self.lock();
        known.retain(|answer| self.counts(answer, now));
        known.make_room(name, heeded, self.answers);
        known.push(Answer { name: name.into(), addresses: found.into(), moment: now }, heeded);
        while known.bytes > self.bytes && known.forget_oldest() {}
    }

    /// Whether the answer is young enough.
    fn counts(&self, answer: &Answer, now: Instant) -> bool {
        now.saturating_duration_since(answer.moment) < self.time
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As the limits of [`Limits::default`] have it.
impl Default for Names {
    fn default() -> Self {
        Self::new(&Limits::default())
    }
}

impl Known {
    fn all(&self) -> impl Iterator<Item = &Answer> {
        self.heeded.iter().chain(&self.others)
    }

    fn retain(&mut self, counts: impl Fn(&Answer) -> bool) {
        for answers in [&mut self.heeded, &mut self.others] {
            while let Some(old) = answers.pop_front_if(|oldest| !counts(oldest)) {
                self.bytes -= old.bytes();
            }
        }
    }

    /// Forgets the oldest answers for that name, where there are so many.
    fn make_room(&mut self, name: &str, heeded: bool, most: usize) {
        let answers = if heeded { &mut self.heeded } else { &mut self.others };
        while answers.iter().filter(|answer| &*answer.name == name).count() >= most {
            let oldest = answers.iter().position(|answer| &*answer.name == name);
            self.bytes -= oldest.and_then(|at| answers.remove(at)).map_or(0, |old| old.bytes());
        }
    }

    fn push(&mut self, answer: Answer, heeded: bool) {
        self.bytes += answer.bytes();
        if heeded { self.heeded.push_back(answer) } else { self.others.push_back(answer) }
    }

    fn forget_oldest(&mut self) -> bool {
        let oldest = self.others.pop_front().or_else(|| self.heeded.pop_front());
        self.bytes -= oldest.as_ref().map_or(0, Answer::bytes);
        oldest.is_some()
    }
}

impl Answer {
    /// What it takes, with what the allocator adds.
    fn bytes(&self) -> usize {
        const ALLOCATION: usize = 32;
        2 * size_of::<Self>() + self.name.len() + size_of_val(&*self.addresses) + 2 * ALLOCATION
    }
}

/// A host name as it is compared: in small letters, without the dot of the root.
pub(crate) fn plain_name(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from(0x0b00_0000 + number).into()
    }

    fn has(names: &Names, number: u32, now: Instant) -> bool {
        !names.of_at(ip(number), now).is_empty()
    }

    #[test]
    fn an_address_is_remembered_for_a_time_after_the_last_answer_that_had_it() {
        let (names, start) = (Names::default(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        names.learn_at("a.example", [ip(1), ip(2)].into_iter(), &[], true, start);
        names.learn_at("a.example", [ip(2)].into_iter(), &[], true, after(300));
        assert!(has(&names, 1, after(599)) && !has(&names, 1, after(600)));
        assert!(has(&names, 2, after(899)) && !has(&names, 2, after(900)));
    }

    #[test]
    fn an_address_is_remembered_while_it_is_in_one_of_the_last_answers() {
        let (names, now) = (Names::default(), Instant::now());
        // As of a name whose addresses take turns.
        for number in 0..100 {
            names.learn_at("a.example", [ip(number), ip(1000)].into_iter(), &[], true, now);
            names.learn_at("other.example", [ip(500 + number)].into_iter(), &[], true, now);
            let answers = Limits::default().answers as u32;
            let oldest = (number + 1).saturating_sub(answers);
            assert!((oldest..=number).all(|known| has(&names, known, now)), "{number}");
            assert!(oldest == 0 || !has(&names, oldest - 1, now), "{number}");
        }
        assert!(has(&names, 1000, now));
    }

    #[test]
    fn memory_is_bounded_and_names_that_no_rule_has_push_out_no_others() {
        let (names, now) = (Names::default(), Instant::now());
        let most = Limits::default().names;
        names.learn_at("a.example", [ip(1)].into_iter(), &[], true, now);
        for number in 2..200_000 {
            names.learn_at(&format!("{number}.example"), [ip(number)].into_iter(), &[], false, now);
            assert!(names.lock().bytes <= most);
        }
        assert!(has(&names, 1, now) && has(&names, 199_999, now) && !has(&names, 2, now));
        for number in 200_000..400_000 {
            names.learn_at(&format!("{number}.example"), [ip(number)].into_iter(), &[], true, now);
        }
        // The oldest go first, and not all at once.
        assert!(!has(&names, 1, now) && (399_500..400_000).all(|number| has(&names, number, now)));
        let known = names.lock();
        assert_eq!(known.bytes, known.all().map(Answer::bytes).sum::<usize>());
        assert!(known.bytes <= most && known.bytes > most - 1000);
    }

    #[test]
    fn an_answer_of_very_many_addresses_leaves_others_theirs() {
        let (names, now) = (Names::default(), Instant::now());
        names.learn_at("a.example", [ip(1)].into_iter(), &[], true, now);
        names.learn_at("b.example", (2..1_000_000).map(ip), &[ip(2)], true, now);
        assert!(has(&names, 1, now) && has(&names, 2, now) && !has(&names, 999_999, now));
        assert!(names.is_own(ip(2)) && !names.is_own(ip(1)));
    }
}

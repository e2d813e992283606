//! Turns, shares, and what is dropped; by calls that block until they are let go.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::Poll;

use super::*;

/// What blocks calls until it is told to let them go, and tells of each that begins.
struct Gate {
    begun: (mpsc::Sender<GuestId>, mpsc::Receiver<GuestId>),
    keys: Vec<mpsc::Sender<()>>,
    pool: Arc<Pool>,
}

type Waits = Pin<Box<dyn Future<Output = Option<()>>>>;

impl Gate {
    fn new(most: usize) -> Self {
        Self { begun: mpsc::channel(), keys: Vec::new(), pool: Pool::new("berkeley-test", most) }
    }

    /// A call that has been put in the queue. Its key is the last one.
    async fn call(&mut self, guest: GuestId) -> Waits {
        let ((key, locked), begun) = (mpsc::channel::<()>(), self.begun.0.clone());
        self.keys.push(key);
        let mut call: Waits = Box::pin(self.pool.clone().run(guest, move || {
            begun.send(guest).expect("the test listens");
            // The key may be thrown away instead.
            let _ = locked.recv();
        }));
        assert!(poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_pending())).await);
        call
    }

    /// The guest whose call begins next.
    fn begins(&self) -> GuestId {
        self.begun.1.recv().expect("a call begins")
    }

    fn state(&self) -> (usize, usize) {
        let state = self.pool.lock();
        (state.busy, state.waiting)
    }
}

#[tokio::test]
async fn one_guest_has_half_of_the_threads_and_others_have_what_is_left() {
    let mut gate = Gate::new(8);
    let mut calls = Vec::new();
    for (guest, share) in [(1, 4), (2, 2), (3, 1), (4, 1)] {
        for _ in 0..20 {
            calls.push(gate.call(guest).await);
        }
        let begun: Vec<_> = (0..share).map(|_| gate.begins()).collect();
        assert_eq!(begun, vec![guest; share]);
    }
    assert_eq!((gate.state(), gate.pool.lock().threads), ((8, 72), 8));
}

#[tokio::test]
async fn guests_take_turns() {
    let mut gate = Gate::new(2);
    let mut first = vec![gate.call(1).await];
    assert_eq!(gate.begins(), 1);
    for _ in 0..2000 {
        first.push(gate.call(1).await);
    }
    let second = gate.call(2).await;
    assert_eq!(gate.begins(), 2, "it does not wait for the other guest's two thousand");
    let third = gate.call(3).await;
    // Of those that wait, guest 1 came first, and guest 3 before the rest of guest 1's.
    drop(std::mem::take(&mut gate.keys));
    let order = [gate.begins(), gate.begins()];
    assert!(order.contains(&3), "{order:?}");
    third.await.expect("it ends");
    second.await.expect("it ends");
    for call in first {
        call.await.expect("it ends");
    }
}

#[tokio::test]
async fn calls_that_are_dropped_never_begin_and_those_that_have_begun_go_on() {
    let mut gate = Gate::new(2);
    let begun = gate.call(1).await;
    let mut waiting = Vec::new();
    for _ in 0..100 {
        waiting.push(gate.call(1).await);
    }
    assert_eq!((gate.begins(), gate.state()), (1, (1, 100)));
    drop((begun, waiting));
    assert_eq!(gate.state(), (1, 0), "it cannot be ended, and so it counts");
    let other = gate.call(1).await;
    assert_eq!(gate.state(), (1, 1));
    drop(std::mem::take(&mut gate.keys));
    other.await.expect("it begins once the first has ended");
}

#[tokio::test]
async fn a_call_that_panics_harms_no_other() {
    let pool = Pool::new("berkeley-test", 2);
    for _ in 0..5 {
        assert_eq!(pool.clone().run(1, || std::panic::resume_unwind(Box::new(()))).await, None::<()>);
    }
    assert_eq!(pool.clone().run(1, || 7).await, Some(7));
}

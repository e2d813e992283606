//! Agreeing on keys on P-521.

use p521::elliptic_curve::point::AffineCoordinates;
use p521::elliptic_curve::rand_core::RngCore as _;
use p521::elliptic_curve::sec1::ToEncodedPoint;
use p521::elliptic_curve::zeroize::Zeroizing;
use p521::{FieldBytes, ProjectivePoint, PublicKey, SecretKey};
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SecureRandom, SharedSecret, SupportedKxGroup, ring};
use rustls::{Error, NamedGroup, PeerMisbehaved};

use super::Random;

/// The group secp521r1.
pub(crate) static GROUP: &dyn SupportedKxGroup = &Group;

/// What a point begins with whose two coordinates follow; TLS has no others.
const UNCOMPRESSED: u8 = 4;

#[derive(Debug)]
struct Group;

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let secret = secret(ring::default_provider().secure_random)?;
        let public = secret.public_key().to_encoded_point(false).as_bytes().to_vec();
        Ok(Box::new(Exchange { secret, public }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

/// A secret number below the curve's order.
fn secret(random: &'static dyn SecureRandom) -> Result<SecretKey, GetRandomFailed> {
    let mut random = Random::new(random);
    loop {
        let mut bytes = Zeroizing::new(FieldBytes::default());
        random.fill_bytes(&mut bytes);
        if random.failed {
            return Err(GetRandomFailed);
        }
        // One in many is too large.
        if let Ok(secret) = SecretKey::from_bytes(&bytes) {
            return Ok(secret);
        }
    }
}

struct Exchange {
    secret: SecretKey,
    public: Vec<u8>,
}

impl ActiveKeyExchange for Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let misbehaved = || Error::from(PeerMisbehaved::InvalidKeyShare);
        if peer.first() != Some(&UNCOMPRESSED) {
            return Err(misbehaved());
        }
        // It is on the curve, and not at infinity, or there is none.
        let peer = PublicKey::from_sec1_bytes(peer).map_err(|_| misbehaved())?;
        let shared = (ProjectivePoint::from(&peer) * *self.secret.to_nonzero_scalar()).to_affine();
        Ok(SharedSecret::from(Zeroizing::new(shared.x()).as_slice()))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

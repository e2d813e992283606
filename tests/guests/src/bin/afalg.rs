//! Has the kernel encrypt and decrypt, and prints what came of it, for the test to compare with what CPython gets; or the
//! error, where the kernel has no AF_ALG.

use berkeley_guest::Result;
use berkeley_guest::address::{Address, AlgAddress};
use berkeley_guest::socket::*;
use berkeley_test_guests::hex;

fn main() {
    for (what, case) in [("cbc", cbc as fn() -> Result<Vec<Vec<u8>>>), ("gcm", gcm)] {
        match case() {
            Ok(texts) => println!("{what}: {}", texts.iter().map(|text| hex(text)).collect::<Vec<_>>().join(" ")),
            Err(error) => println!("{what}: {}", error.number().and_then(errorcode).unwrap_or("an error")),
        }
    }
}

fn algorithm(r#type: &str, name: &str) -> Result<Socket> {
    let algorithm = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    let address = AlgAddress { type_: r#type.into(), name: name.into(), features: 0, mask: 0 };
    algorithm.bind(Address::Alg(address))?;
    algorithm.setsockopt(SOL_ALG, ALG_SET_KEY, &b"a key of sixteen"[..])?;
    Ok(algorithm)
}

fn cbc() -> Result<Vec<Vec<u8>>> {
    let (cipher, _) = algorithm("skcipher", "cbc(aes)")?.accept()?;
    let iv = Some(&b"a vector of 16 b"[..]);
    cipher.sendmsg_afalg(&[b"sixteen bytes in"], ALG_OP_ENCRYPT, iv, None, 0)?;
    let encrypted = cipher.recv(16)?;
    // The operation first, and the data later.
    cipher.sendmsg_afalg(&[], ALG_OP_DECRYPT, iv, None, MSG_MORE)?;
    cipher.sendall(&encrypted)?;
    let decrypted = cipher.recv(16)?;
    Ok(vec![encrypted, decrypted])
}

fn gcm() -> Result<Vec<Vec<u8>>> {
    let algorithm = algorithm("aead", "gcm(aes)")?;
    algorithm.setsockopt(SOL_ALG, ALG_SET_AEAD_AUTHSIZE, OptionValue::Null(16))?;
    let (cipher, _) = algorithm.accept()?;
    let iv = Some(&b"twelve bytes"[..]);
    cipher.sendmsg_afalg(&[b"known", b"secret"], ALG_OP_ENCRYPT, iv, Some(5), 0)?;
    let encrypted = cipher.recv(5 + 6 + 16)?;
    cipher.sendmsg_afalg(&[&encrypted], ALG_OP_DECRYPT, iv, Some(5), 0)?;
    let decrypted = cipher.recv(5 + 6)?;
    let mut forged = encrypted.clone();
    forged[0] ^= 1;
    cipher.sendmsg_afalg(&[&forged], ALG_OP_DECRYPT, iv, Some(5), 0)?;
    let refused = cipher.recv(5 + 6).err().and_then(|error| error.number()).and_then(errorcode).unwrap_or("none");
    Ok(vec![encrypted, decrypted, refused.into()])
}

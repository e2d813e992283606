//! AF_ALG: hashes, ciphers, ciphers that authenticate, random numbers.

use anyhow::{Context, Result};
use berkeley_guest::ancillary::ControlMessage;
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{name_of, truth};
use berkeley_test_guests::{hex, pattern};

/// A socket that computes.
fn operation(kind: &str, name: &str, key: Option<&[u8]>, tag: Option<usize>) -> Result<Socket> {
    let socket = Socket::new(AF_ALG, SOCK_SEQPACKET, 0)?;
    socket.bind(Address::alg(kind, name))?;
    if let Some(length) = tag {
        socket.setsockopt(SOL_ALG, ALG_SET_AEAD_AUTHSIZE, OptionValue::Null(length as u32))?;
    }
    if let Some(key) = key {
        socket.setsockopt(SOL_ALG, ALG_SET_KEY, key)?;
    }
    Ok(socket.accept()?.0)
}

pub(crate) fn alone() -> Result<()> {
    let data = pattern(20_000);
    for (name, key) in [("sha256", None), ("sha512", None), ("hmac(sha256)", Some(&data[..20]))] {
        let hash = operation("hash", name, key, None)?;
        hash.sendall_flags(b"abc", MSG_MORE)?;
        hash.sendall(b"def")?;
        println!("('{name}', '{}')", hex(&hash.recv(64)?));
    }
    for (name, blocks) in [("cbc(aes)", 4), ("ctr(aes)", 3)] {
        let cipher = operation("skcipher", name, Some(&data[..32]), None)?;
        let plain = &data[..16 * blocks];
        // By control messages, as `sendmsg_afalg` does it below.
        let iv = [&16u32.to_ne_bytes()[..], &data[16..32]].concat();
        let messages = [(ALG_SET_OP, &ALG_OP_ENCRYPT.to_ne_bytes()[..]), (ALG_SET_IV, &iv)];
        cipher.sendmsg(&[plain], &messages.map(|(kind, data)| ControlMessage::raw(SOL_ALG, kind, data)), 0)?;
        let encrypted = cipher.recv(plain.len())?;
        println!("('{name}', '{}')", hex(&encrypted));
        cipher.sendmsg_afalg(&[&encrypted], ALG_OP_DECRYPT, Some(&data[16..32]), None, 0)?;
        println!("{}", truth(cipher.recv(plain.len())? == plain));
    }
    let aead = operation("aead", "gcm(aes)", Some(&data[..16]), Some(16))?;
    let (known, secret) = (&data[100..113], &data[200..240]);
    let (iv, length) = (Some(&data[..12]), Some(known.len() as u32));
    aead.sendmsg_afalg(&[known, secret], ALG_OP_ENCRYPT, iv, length, 0)?;
    let mut sealed = aead.recv(known.len() + secret.len() + 16)?;
    println!("{}", hex(&sealed));
    aead.sendmsg_afalg(&[&sealed], ALG_OP_DECRYPT, iv, length, 0)?;
    println!("{}", truth(aead.recv(sealed.len() - 16)? == [known, secret].concat()));
    *sealed.last_mut().context("a tag")? ^= 1;
    aead.sendmsg_afalg(&[&sealed], ALG_OP_DECRYPT, iv, length, 0)?;
    if let Err(error) = aead.recv(sealed.len() - 16) {
        println!("{}", name_of(&error));
    }
    println!("{}", operation("rng", "stdrng", Some(b""), None)?.recv(16)?.len());
    Ok(())
}

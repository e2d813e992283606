//! Distinguished names, as they are compared.

use std::fmt;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::{Tag, Tagged};
use x509_cert::name::Name;

use super::fault::{Rejection, explain};

/// A distinguished name in one form: two names are equal if OpenSSL's `X509_NAME_cmp` finds them equal. The case of
/// letters, the kind of string and the number of spaces do not matter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Title(Box<[u8]>);

impl fmt::Debug for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

impl Title {
    pub(super) fn read(name: &Name) -> Result<Self, Rejection> {
        let mut whole = Vec::new();
        for part in &name.0 {
            let mut attributes = part.0.iter().map(attribute).collect::<Result<Vec<_>, _>>()?;
            attributes.sort_unstable();
            append(&mut whole, &attributes.concat());
        }
        Ok(Self(whole.into()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the name is below the other one, or is the other one itself.
    pub(super) fn is_within(&self, base: &Self) -> bool {
        // Each part tells its length, so that no part begins with another one.
        self.0.starts_with(&base.0)
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        self.0.len()
    }
}

fn append(whole: &mut Vec<u8>, part: &[u8]) {
    // No certificate is longer.
    whole.extend((part.len() as u32).to_be_bytes());
    whole.extend(part);
}

fn attribute(attribute: &AttributeTypeAndValue) -> Result<Vec<u8>, Rejection> {
    let mut whole = Vec::new();
    append(&mut whole, attribute.oid.as_bytes());
    let (tag, value) = (attribute.value.tag(), attribute.value.value());
    match text(tag, value) {
        Some(text) => {
            let words: Vec<_> = text.split(is_space).filter(|word| !word.is_empty()).collect();
            append(&mut whole, words.join(" ").to_ascii_lowercase().as_bytes());
        }
        // OpenSSL does not read a certificate with a string that is none.
        None if is_text(tag) => return Err(explain(&webpki::Error::BadDer)),
        None => {
            whole.push(u8::from(tag));
            append(&mut whole, value);
        }
    }
    Ok(whole)
}

/// C's `isspace`.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r')
}

fn is_text(tag: Tag) -> bool {
    use Tag as T;
    matches!(
        tag,
        T::Utf8String | T::PrintableString | T::Ia5String | T::VisibleString | T::TeletexString | T::BmpString
    )
}

/// What a string says; nothing for what is no string.
pub(super) fn text(tag: Tag, value: &[u8]) -> Option<String> {
    match tag {
        Tag::TeletexString => Some(value.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (units, rest) = value.as_chunks::<2>();
            let units: Vec<_> = units.iter().copied().map(u16::from_be_bytes).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty())
        }
        _ if is_text(tag) => String::from_utf8(value.to_vec()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn title(name: &str) -> Title {
        let name = if name.is_empty() { Name::default() } else { Name::from_str(name).expect("a name") };
        Title::read(&name).expect("strings")
    }

    #[test]
    fn names_are_compared_as_by_openssl() {
        assert_eq!(title("CN=A  Name,O=x"), title("CN=a name,O=X"));
        assert_ne!(title("CN=a,O=x"), title("O=x,CN=a"));
        assert!(title("CN=a,O=x").is_within(&title("O=X")));
        assert!(!title("CN=a,O=xy").is_within(&title("O=x")));
        assert!(title("CN=a").is_within(&title("")) && title("").is_empty());
    }
}

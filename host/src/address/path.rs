//! Paths of unix sockets, as far as their text tells where they lead.
//!
//! What is written here is what rules and directories have in common: a rule is judged by the same text as what is opened.

/// What of the path is below a directory, whose name has no `/` at its end; none if the path does not begin with the
/// directory. A relative path is one from the guest's root.
pub(crate) fn below<'a>(directory: &[u8], path: &'a [u8]) -> Option<&'a [u8]> {
    let rest = match path {
        [b'/', ..] => path.strip_prefix(directory)?.strip_prefix(b"/")?,
        relative if directory.is_empty() => relative,
        _ => return None,
    };
    let name = rest.iter().position(|&byte| byte != b'/')?;
    Some(&rest[name..])
}

/// Whether the path leads out of where it begins by its `..` alone, wherever links in it lead.
pub(crate) fn leads_out(below: &[u8]) -> bool {
    let mut depth = 0_usize;
    names(below).any(|name| match (name, depth.checked_sub(1)) {
        (b"..", None) => true,
        (b"..", Some(less)) => {
            depth = less;
            false
        }
        _ => {
            depth += 1;
            false
        }
    })
}

/// The path as one from the root, without `.` and `..`, where no links lead elsewhere.
pub(crate) fn plain(path: &[u8]) -> Vec<u8> {
    let mut whole: Vec<&[u8]> = Vec::new();
    for name in names(path) {
        if name == b".." {
            whole.pop();
        } else {
            whole.push(name);
        }
    }
    whole.iter().flat_map(|name| [b"/", *name].concat()).collect()
}

/// The names in the path that lead somewhere.
fn names(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/').filter(|name| !matches!(*name, b"" | b"."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_below_whole_names_only() {
        for (path, rest) in [("/run/app/x", "x"), ("/run/app//a/x", "a/x"), ("/run/app/../x", "../x")] {
            assert_eq!(below(b"/run/app", path.as_bytes()), Some(rest.as_bytes()));
        }
        for outside in ["/run/application", "/run/app", "/run/app/", "/run", "x", ""] {
            assert_eq!(below(b"/run/app", outside.as_bytes()), None, "{outside}");
        }
        assert_eq!((below(b"", b"x"), below(b"", b"/x"), below(b"", b"/")), (Some(&b"x"[..]), Some(&b"x"[..]), None));
    }

    #[test]
    fn what_leads_out_is_known() {
        for out in ["..", "../x", "a/../../x", "a/./..//../x", "./../x", "a/b/../../../x"] {
            assert!(leads_out(out.as_bytes()), "{out}");
        }
        for inside in ["", "x", "a/../x", "a/b/../../x", "...", "..x/y", "a/..", "./x"] {
            assert!(!leads_out(inside.as_bytes()), "{inside}");
        }
    }

    #[test]
    fn a_plain_path_says_where_it_leads() {
        for (path, told) in
            [("/a/../b", "/b"), ("/../../b/./c//d", "/b/c/d"), ("a/b/../c", "/a/c"), ("/", ""), ("..", "")]
        {
            assert_eq!(plain(path.as_bytes()), told.as_bytes(), "{path}");
        }
    }
}

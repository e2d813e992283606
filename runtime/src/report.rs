//! Messages to the engine: in the log that it reads, in the form of runc's, and on stderr.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use crate::line::Line;

/// Tells the engine why the command has failed.
pub(crate) fn fail(line: &Line, error: &anyhow::Error) {
    let message = format!("berkeley: {error:#}");
    eprintln!("{message}");
    tell(line, "error", &message);
}

/// Tells the engine of what goes on nevertheless.
pub(crate) fn warn(line: &Line, message: &str) {
    tell(line, "warning", &format!("berkeley: {message}"));
}

fn tell(line: &Line, level: &str, message: &str) {
    let Some((path, is_json)) = line.log().filter(|(path, _)| is_file(path)) else { return };
    let text = text(level, message, is_json, SystemTime::now());
    // Where it cannot be written, stderr has told it.
    let _ = OpenOptions::new().append(true).create(true).open(path).and_then(|mut log| log.write_all(text.as_bytes()));
}

/// crun's log may be something else than a file: `syslog:NAME`.
fn is_file(path: &Path) -> bool {
    path.to_str().is_none_or(|text| !text.split('/').next().unwrap_or_default().contains(':'))
}

/// A line of the log. The time is what engines want to read.
fn text(level: &str, message: &str, is_json: bool, now: SystemTime) -> String {
    let time = humantime::format_rfc3339_seconds(now);
    if is_json {
        let entry = serde_json::json!({"level": level, "msg": message, "time": time.to_string()});
        return format!("{entry}\n");
    }
    format!("time=\"{time}\" level={level} msg={message:?}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_is_runcs() {
        let now = SystemTime::UNIX_EPOCH;
        let json = text("error", "a \"b\"\n", true, now);
        let read: serde_json::Value = serde_json::from_str(json.trim_end()).unwrap();
        assert_eq!((&read["level"], &read["msg"]), (&"error".into(), &"a \"b\"\n".into()));
        assert_eq!(read["time"], "1970-01-01T00:00:00Z");
        assert_eq!(json.matches('\n').count(), 1);
        assert_eq!(text("error", "a", false, now), "time=\"1970-01-01T00:00:00Z\" level=error msg=\"a\"\n");
        assert!(is_file(Path::new("/a:b/c")) && is_file(Path::new("a/b")) && !is_file(Path::new("syslog:x")));
    }
}

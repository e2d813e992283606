//! A run as a page and as a capture.

use std::fs;
use std::path::Path;
use std::process::Command;

use berkeley_tests::{skipped, text};

use super::store::{FAULTS, store};
use crate::scenario::{alone, fails, passes};

#[test]
fn a_run_is_a_page_and_a_capture() {
    let scenario = store("node", FAULTS);
    let (page, pcap) = (scenario.file("run.html"), scenario.file("run.pcap"));
    let words = ["--page", page.to_str().expect("UTF-8"), "--pcap", pcap.to_str().expect("UTF-8")];
    let stdout = passes(&scenario.run(&words));
    let messages: usize =
        stdout.split("with ").last().and_then(|rest| rest.split(' ').next()?.parse().ok()).expect("a count");
    assert!(messages > 100, "{stdout}");
    let mut reader = pcap_file::pcap::PcapReader::new(fs::File::open(pcap).expect("a capture")).expect("a header");
    let mut packets = 0;
    while let Some(packet) = reader.next_packet() {
        packet.expect("a packet");
        packets += 1;
    }
    assert!(packets > 100 && packets <= messages, "{packets} of {messages}");
    let Some(shown) = dom(&page) else { return };
    let drawn = shown.split("data-drawn=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok());
    assert_eq!(drawn, Some(messages), "the whole run is seen at first");
    assert!(
        shown.contains("<b id=\"verdict\" class=\"good\">passed</b>") && shown.contains("has version 0"),
        "{shown}"
    );
}

#[test]
fn a_bad_end_is_seen_as_one() {
    let scenario = alone("given", "args = [\"exit\", \"7\"]\n");
    let page = scenario.file("run.html");
    fails(&scenario.run(&["--page", page.to_str().expect("UTF-8")]));
    let written = fs::read_to_string(&page).expect("a page");
    assert!(written.contains("\"bad\",\"exits with 7\""), "{written}");
    let Some(shown) = dom(&page) else { return };
    assert!(
        shown.contains("<b id=\"verdict\" class=\"bad\">failed</b>") && shown.contains("class=\"bad\">exits with 7"),
        "{shown}"
    );
}

/// The page as a browser has it when its program has run; none where there is no browser.
fn dom(page: &Path) -> Option<String> {
    let profile = tempfile::tempdir().expect("a directory");
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    for browser in browsers {
        let mut command = Command::new(browser);
        command.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--window-size=1200,900"]);
        command.arg(format!("--user-data-dir={}", profile.path().display())).arg(page);
        if let Ok(output) = command.output() {
            assert!(output.status.success(), "{}", text(&output.stderr));
            return Some(text(&output.stdout));
        }
    }
    skipped(format_args!("the page in a browser: none of {} is here", browsers.join(", ")));
    None
}

//! A picture of how fast each way is beside native.

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::report::{Report, Row};
use super::way::Way;

/// What is drawn, and in which colour.
const DRAWN: [(Way, RGBColor); 6] = [
    (Way::Inline, RGBColor(0, 95, 115)),
    (Way::Yield, RGBColor(10, 147, 150)),
    (Way::Libc, RGBColor(88, 129, 87)),
    (Way::Streams, RGBColor(108, 88, 158)),
    (Way::Wasi2, RGBColor(238, 155, 0)),
    (Way::Wasi3, RGBColor(187, 62, 3)),
];

/// What is faster than this is drawn as this.
const MOST: f64 = 1.4;

/// The picture's width, what is left of it for titles, and the height of a bar, in pixels.
const WIDTH: u32 = 900;
const TITLES: i32 = 340;
const BAR: i32 = 9;
/// What is between two workloads, above them all, and below.
const GAP: i32 = 12;
const HEAD: i32 = 40;
const FOOT: i32 = 30;
/// What is right of the bars.
const MARGIN: i32 = 60;

/// The picture, as SVG.
pub(super) fn draw(report: &Report) -> Result<String> {
    let rows: Vec<_> =
        report.rows.iter().filter(|row| DRAWN.iter().any(|(way, _)| row.speed(*way).is_some())).collect();
    let group = BAR * DRAWN.len() as i32 + GAP;
    let height = HEAD + group * rows.len() as i32 + FOOT;
    let mut picture = String::new();
    {
        let root = SVGBackend::with_string(&mut picture, (WIDTH, height as u32)).into_drawing_area();
        draw_all(&root, &rows, group, height).map_err(|error| anyhow!("cannot draw: {error}"))?;
    }
    Ok(picture + "\n")
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw_all(root: &Area<'_>, rows: &[&Row], group: i32, height: i32) -> Drawn {
    root.fill(&WHITE)?;
    let font = |size: i32| ("sans-serif", size).into_font();
    for (at, (way, color)) in DRAWN.iter().enumerate() {
        let x = TITLES + at as i32 * 88;
        root.draw(&Rectangle::new([(x, 12), (x + 12, 24)], color.filled()))?;
        root.draw(&Text::new(way.name(), (x + 18, 12), font(13)))?;
    }
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0, 1.25] {
        let (x, color) = (place(tick), if tick == 1.0 { BLACK } else { RGBColor(210, 210, 210) });
        root.draw(&PathElement::new([(x, HEAD - 6), (x, height - FOOT)], color))?;
        let label = if tick == 1.0 { "native".to_owned() } else { format!("{tick}") };
        root.draw(&Text::new(label, (x - 8, height - FOOT + 6), font(12)))?;
    }
    for (at, row) in rows.iter().enumerate() {
        let top = HEAD + at as i32 * group;
        root.draw(&Text::new(row.workload.title, (8, top + BAR), font(13)))?;
        for (line, (way, color)) in DRAWN.iter().enumerate() {
            let Some(speed) = row.speed(*way) else { continue };
            let y = top + line as i32 * BAR;
            let end = place(speed.min(MOST));
            root.draw(&Rectangle::new([(TITLES, y), (end, y + BAR - 1)], color.filled()))?;
            root.draw(&Text::new(format!("{speed:.2}"), (end + 3, y - 1), font(9)))?;
        }
    }
    Ok(root.present()?)
}

/// Where a speed is, from the left.
fn place(speed: f64) -> i32 {
    TITLES + (speed / MOST * f64::from(WIDTH as i32 - TITLES - MARGIN)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::figures::Spread;
    use crate::bench::report::Cell;
    use crate::bench::table::GROUPS;

    #[test]
    fn each_way_that_was_measured_has_a_bar() {
        let cell = |median| Ok(Cell { wall: Spread { min: 1.0, median, max: 9.0 }, processor: None });
        let cells = vec![(Way::Native, cell(2.0)), (Way::Inline, cell(2.5)), (Way::Wasi3, Err("no".to_owned()))];
        let workload = &GROUPS[0].workloads[0];
        let rows = vec![Row { workload, cells }];
        let report = Report { rounds: 1, milliseconds: 1, idle: 1, system: String::new(), host: "", rows };
        let picture = draw(&report).unwrap();
        assert!(picture.starts_with("<svg") && picture.contains(workload.title), "{picture}");
        assert!(picture.contains("0.80"), "{picture}");
        assert_eq!(picture.matches("#005F73").count(), 2, "{picture}");
        assert_eq!(picture.matches("#BB3E03").count(), 1, "{picture}");
    }
}

//! Figures of one thing that was measured several times.

use serde::Serialize;

/// The least, the middle, and the most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Spread {
    pub(super) min: f64,
    pub(super) median: f64,
    pub(super) max: f64,
}

impl Spread {
    /// That of figures, if there are any.
    pub(super) fn of(mut figures: Vec<f64>) -> Option<Self> {
        figures.sort_by(f64::total_cmp);
        let median = *figures.get(figures.len() / 2)?;
        Some(Self { min: *figures.first()?, median, max: *figures.last()? })
    }
}

/// A figure with three digits that count.
pub(super) fn text(figure: f64) -> String {
    let digits = match figure.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{figure:.digits$}");
    match text.split_once('.') {
        Some(_) => text,
        None => grouped(&text),
    }
}

/// A number with a comma before each three digits.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_told_with_both_ends() {
        let spread = Spread::of(vec![3.0, 1.25, 2.0]);
        assert_eq!(spread, Some(Spread { min: 1.25, median: 2.0, max: 3.0 }));
        assert_eq!(Spread::of(Vec::new()), None);
    }

    #[test]
    fn figures_have_three_digits_that_count() {
        for (figure, expected) in [
            (0.5, "0.50"),
            (21.07, "21.1"),
            (300.5, "300"),
            (5910.0, "5,910"),
            (1_234_567.0, "1,234,567"),
            (-123.0, "-123"),
        ] {
            assert_eq!(text(figure), expected);
        }
    }
}

//! Cells and lines of CSV files (RFC 4180), safe to open in a spreadsheet.

/// Somebody's words as a cell: on one line, quoted where needed, and never taken for a formula by a spreadsheet
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
pub fn cell(words: &str) -> String {
    let plain: String = words.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
    let safe = if plain.trim_start().starts_with(['=', '+', '-', '@']) { format!("'{plain}") } else { plain };
    if safe.contains([',', '"']) || safe != safe.trim() {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_never_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(cell("@SUM(1+1)\n*cmd"), "'@SUM(1+1) *cmd");
        assert_eq!(cell("\t=1"), "' =1");
        assert_eq!(cell("Ink & Brush"), "Ink & Brush");
    }

    proptest! {
        #[test]
        fn no_cell_begins_as_a_formula_or_breaks_its_row(words in ".{0,40}") {
            let cell = cell(&words);
            let shown = cell.strip_prefix('"').unwrap_or(&cell);
            prop_assert!(!shown.starts_with(['=', '+', '-', '@', '\t', '\r']) && !cell.contains('\n'));
        }
    }
}

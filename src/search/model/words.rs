//! How a text becomes words: in lower case, without accents, nothing but letters and digits. The same for what is written
//! and for what is typed, and for both databases, which see only what is left here.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words of a question that count; the others are not looked at.
pub const MOST_WORDS: usize = 10;
/// Characters of a word that count.
pub const LONGEST_WORD: usize = 40;
/// Shorter words are not corrected: too many are one letter apart.
const SHORTEST_SPELLED: usize = 4;
/// Longer ones cost too many rows.
const LONGEST_SPELLED: usize = 20;

/// The words of a text, in order. Scripts that are written without blanks give a word for each character.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    for c in letters(text) {
        let stands_alone = is_written_without_blanks(c);
        if (stands_alone || !c.is_alphanumeric()) && !word.is_empty() {
            found.push(std::mem::take(&mut word));
        }
        if stands_alone {
            found.push(c.to_string());
        } else if c.is_alphanumeric() && word.chars().count() < LONGEST_WORD {
            word.push(c);
        }
    }
    if !word.is_empty() {
        found.push(word);
    }
    found
}

/// Compatibility forms are taken apart (`ﬁ`, full width), marks are dropped, and letters that only look like another with
/// a mark become what people type instead.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let lower = text.chars().flat_map(char::to_lowercase);
    let plain = lower.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    plain.flat_map(|c| {
        let (one, two) = match c {
            'ß' => ('s', Some('s')),
            'æ' => ('a', Some('e')),
            'œ' => ('o', Some('e')),
            'ø' => ('o', None),
            'ł' => ('l', None),
            'đ' | 'ð' => ('d', None),
            'ı' => ('i', None),
            other => (other, None),
        };
        std::iter::once(one).chain(two)
    })
}

/// Kana, and Han as Unicode counts them.
fn is_written_without_blanks(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}

/// Whether a word is one whose slips are recognised: letters alone, neither short nor endless.
pub fn spelled(word: &str) -> bool {
    (SHORTEST_SPELLED..=LONGEST_SPELLED).contains(&word.chars().count())
        && word.chars().all(char::is_alphabetic)
}

/// A word, and what is left of it without each of its letters: two words one slip apart have one of these in common.
pub fn spellings(word: &str) -> BTreeSet<String> {
    let without = |(at, c): (usize, char)| {
        let (before, after) = (word.get(..at), word.get(at + c.len_utf8()..));
        format!("{}{}", before.unwrap_or_default(), after.unwrap_or_default())
    };
    word.char_indices().map(without).chain([word.to_owned()]).collect()
}

/// Whether one word is the other with one letter too many, missing, wrong, or changed with its neighbour.
pub fn is_slip(typed: &str, meant: &str) -> bool {
    strsim::osa_distance(typed, meant) == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_and_what_is_typed_become_the_same_words() {
        assert_eq!(words("Crème brûlée, in 30 Days!"), ["creme", "brulee", "in", "30", "days"]);
        assert_eq!(words("Straße CAFÉ ﬁlm Łódź"), ["strasse", "cafe", "film", "lodz"]);
        assert_eq!(words("写真 入門 3D"), ["写", "真", "入", "門", "3d"]);
        assert_eq!(words("\" NEAR(a* OR -b) \0 🥖 '; --"), ["near", "a", "or", "b"]);
        assert_eq!(words(&"x".repeat(500)), ["x".repeat(LONGEST_WORD)]);
    }

    #[test]
    fn a_slip_shares_a_spelling_with_what_was_meant() {
        for typed in ["sourdogh", "sourdouggh", "sourdouhg", "sourdaugh"] {
            assert!(is_slip(typed, "sourdough"));
            assert!(!spellings(typed).is_disjoint(&spellings("sourdough")), "{typed}");
        }
        assert!(!is_slip("bread", "bread") && !is_slip("bread", "board"));
    }

    proptest! {
        #[test]
        fn words_hold_nothing_but_letters_and_digits(text in "\\PC{0,200}") {
            for word in words(&text) {
                prop_assert!(word.chars().all(char::is_alphanumeric), "{word:?}");
                prop_assert!((1..=LONGEST_WORD).contains(&word.chars().count()));
            }
        }
    }
}

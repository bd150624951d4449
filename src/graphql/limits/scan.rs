//! Bounds the text of a document before the parser sees it.
//!
//! A single pass over the bytes counts tokens and open brackets, so that the parser's time and stack are bounded
//! by two small numbers. It accepts whatever it does not understand: saying what is not GraphQL is the parser's
//! task. Keeps true: no message repeats the client's text, which may hold a password.

use async_graphql::parser::{self, parse_query, types::ExecutableDocument};

use super::{Limits, Refusal};
use crate::graphql::codes::Code;

/// Refuses a text that is too long, has too many tokens or nests too deeply.
pub(super) fn scan(text: &str, limits: &Limits) -> Result<(), Refusal> {
    if text.len() > limits.document_bytes {
        return Err(too_large(format!(
            "The document is {} bytes long; at most {} are taken. Split it, or send less in one request.",
            text.len(),
            limits.document_bytes
        )));
    }
    let mut scanner = Scanner { bytes: text.as_bytes(), at: 0 };
    let (mut tokens, mut open) = (0, 0_usize);
    while let Some(token) = scanner.next_token() {
        tokens += 1;
        match token {
            Token::Opens => open += 1,
            Token::Closes => open = open.saturating_sub(1),
            Token::EndlessString => {
                return Err(Refusal::document(
                    Code::ParseFailed,
                    "A block string of the document never ends.",
                ));
            }
            Token::Other => {}
        }
        if tokens > limits.tokens {
            return Err(too_large(format!(
                "The document has more than {} tokens. Ask for fewer fields, or use fragments.",
                limits.tokens
            )));
        }
        if open > limits.nesting {
            return Err(Refusal::document(
                Code::QueryTooComplex,
                format!("The document opens more than {} brackets inside each other.", limits.nesting),
            ));
        }
    }
    Ok(())
}

/// Parses a scanned text.
pub(super) fn parse(text: &str) -> Result<ExecutableDocument, Refusal> {
    parse_query(text).map_err(|error| {
        let (code, message) = match &error {
            parser::Error::MultipleOperations { .. } => {
                (Code::ValidationFailed, "An operation without a name must be the only one in its document.")
            }
            parser::Error::OperationDuplicated { .. } => {
                (Code::ValidationFailed, "Two operations of the document have the same name.")
            }
            parser::Error::FragmentDuplicated { .. } => {
                (Code::ValidationFailed, "Two fragments of the document have the same name.")
            }
            parser::Error::MissingOperation => {
                (Code::ValidationFailed, "The document has fragments, but no operation to run.")
            }
            parser::Error::RecursionLimitExceeded => {
                (Code::QueryTooComplex, "The document nests too deeply.")
            }
            _ => {
                (Code::ParseFailed, "The document is not valid GraphQL: syntax error at the given location.")
            }
        };
        let mut refusal = Refusal::document(code, message);
        refusal.locations = error.positions().collect();
        refusal
    })
}

fn too_large(message: String) -> Refusal {
    Refusal::document(Code::LimitExceeded, message)
}

enum Token {
    Opens,
    Closes,
    EndlessString,
    Other,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    /// The next token, having moved behind it.
    fn next_token(&mut self) -> Option<Token> {
        self.skip_ignored();
        let first = *self.bytes.get(self.at)?;
        self.at += 1;
        match first {
            b'"' if !self.skip_string() => return Some(Token::EndlessString),
            b'.' if self.rest().starts_with(b"..") => self.at += 2,
            // `000` is three numbers to the parser, so it is three tokens here.
            b'0' => {}
            _ if is_word(first) => self.skip_while(is_word),
            _ => {}
        }
        Some(match first {
            b'{' | b'[' | b'(' => Token::Opens,
            b'}' | b']' | b')' => Token::Closes,
            _ => Token::Other,
        })
    }

    fn skip_ignored(&mut self) {
        loop {
            self.skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b','));
            if self.rest().starts_with("\u{feff}".as_bytes()) {
                self.at += 3;
            } else if self.bytes.get(self.at) == Some(&b'#') {
                self.skip_while(|byte| !matches!(byte, b'\r' | b'\n'));
            } else {
                return;
            }
        }
    }

    /// Moves behind a string whose first quote has been passed. False when a block string never ends: the
    /// parser would then read its quotes as an empty string and go on inside what was skipped here.
    fn skip_string(&mut self) -> bool {
        if self.rest().starts_with(b"\"\"") {
            self.at += 2;
            return self.skip_block_string();
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.bytes.len()),
                b'"' | b'\n' | b'\r' => return true,
                _ => {}
            }
        }
        true
    }

    fn skip_block_string(&mut self) -> bool {
        while self.at < self.bytes.len() {
            if self.rest().starts_with(b"\\\"\"\"") {
                self.at += 4;
            } else if self.rest().starts_with(b"\"\"\"") {
                self.at += 3;
                return true;
            } else {
                self.at += 1;
            }
        }
        false
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.bytes.get(self.at).is_some_and(|&byte| keep(byte)) {
            self.at += 1;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

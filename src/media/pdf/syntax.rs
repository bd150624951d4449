//! The little of PDF's syntax that leads to the number of pages (ISO 32000-1, 7.2, 7.3 and 7.5.8). Pure: bytes in,
//! values out; what a value costs is bounded by the bytes it is read from.

/// How deep arrays and dictionaries may lie in each other.
const MOST_DEPTH: usize = 24;
/// How many items of one array are kept; those of cross-references are a few hundred.
const KEPT_ITEMS: usize = 4096;

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The bytes end before the value does.
    CutOff,
    /// It is no PDF.
    Wrong,
}

/// A value, as far as it matters here.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// A name without its slash.
    Name(Vec<u8>),
    /// An object somewhere else, by its number.
    Reference(u32),
    /// An array; its first items.
    Array(Vec<Value>),
    /// A dictionary.
    Dictionary(Dictionary),
    /// Anything else.
    Other,
}

/// A dictionary; of equal keys the first counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dictionary(Vec<(Vec<u8>, Value)>);

impl Dictionary {
    /// What stands under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == key.as_bytes()).map(|(_, value)| value)
    }

    /// A whole number.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.number()
    }

    /// The number of another object.
    pub fn reference(&self, key: &str) -> Option<u32> {
        match self.get(key)? {
            Value::Reference(number) => Some(*number),
            _ => None,
        }
    }

    /// The whole numbers of an array.
    pub fn numbers(&self, key: &str) -> Option<Vec<i64>> {
        match self.get(key)? {
            Value::Array(items) => items.iter().map(Value::number).collect(),
            _ => None,
        }
    }
}

impl Value {
    fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// The value itself, or the only item of an array: filters are written either way.
    pub fn single(&self) -> Option<&Value> {
        match self {
            Self::Array(items) => Some(items.first()?).filter(|_| items.len() == 1),
            value => Some(value),
        }
    }
}

/// Reads values from bytes, one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'b> {
    bytes: &'b [u8],
    /// How far it has read.
    pub at: usize,
}

type Read<T> = Result<T, Stop>;

impl<'b> Reader<'b> {
    /// Begins at the first byte.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// A word such as `obj`, after any space; false leaves everything as it was.
    pub fn takes(&mut self, word: &str) -> Read<bool> {
        self.skip_space();
        let rest = self.rest();
        let found = rest.starts_with(word.as_bytes());
        if !found && word.as_bytes().starts_with(rest) {
            return Err(Stop::CutOff);
        }
        self.at += if found { word.len() } else { 0 };
        Ok(found)
    }

    /// A whole number that is not negative.
    pub fn natural(&mut self) -> Read<u64> {
        self.skip_space();
        let digits = self.token()?;
        let text = std::str::from_utf8(digits).map_err(|_| Stop::Wrong)?;
        text.parse().map_err(|_| Stop::Wrong)
    }

    /// The head of an object, `12 0 obj`: its number.
    pub fn object(&mut self) -> Read<u32> {
        let number = self.natural()?;
        self.natural()?;
        if !self.takes("obj")? {
            return Err(Stop::Wrong);
        }
        u32::try_from(number).map_err(|_| Stop::Wrong)
    }

    /// Where the bytes of a stream begin, if the dictionary just read is a stream's.
    pub fn stream(&mut self) -> Read<Option<usize>> {
        if !self.takes("stream")? {
            return Ok(None);
        }
        let skipped = match self.rest() {
            [b'\r', b'\n', ..] => 2,
            [b'\n' | b'\r', _, ..] => 1,
            [] | [_] => return Err(Stop::CutOff),
            _ => return Err(Stop::Wrong),
        };
        Ok(Some(self.at + skipped))
    }

    /// The next value.
    pub fn value(&mut self) -> Read<Value> {
        self.value_within(MOST_DEPTH)
    }

    fn value_within(&mut self, depth: usize) -> Read<Value> {
        let depth = depth.checked_sub(1).ok_or(Stop::Wrong)?;
        self.skip_space();
        match self.rest() {
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'<', _, ..] => self.hexadecimal(),
            [b'(', ..] => self.text(),
            [b'[', ..] => self.array(depth),
            [b'/', ..] => Ok(Value::Name(self.name()?)),
            [] | [b'<'] => Err(Stop::CutOff),
            [b')' | b'>' | b']' | b'{' | b'}', ..] => Err(Stop::Wrong),
            _ => self.number_or_word(),
        }
    }

    fn dictionary(&mut self, depth: usize) -> Read<Value> {
        self.at += 2;
        let mut found = Dictionary::default();
        while !self.takes(">>")? {
            if self.rest().first() != Some(&b'/') {
                return Err(Stop::Wrong);
            }
            let key = self.name()?;
            found.0.push((key, self.value_within(depth)?));
        }
        Ok(Value::Dictionary(found))
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.takes("]")? {
            let item = self.value_within(depth)?;
            if items.len() < KEPT_ITEMS {
                items.push(item);
            }
        }
        Ok(Value::Array(items))
    }

    fn name(&mut self) -> Read<Vec<u8>> {
        self.at += 1;
        Ok(self.token()?.to_vec())
    }

    fn hexadecimal(&mut self) -> Read<Value> {
        let length = self.rest().iter().position(|byte| *byte == b'>').ok_or(Stop::CutOff)?;
        self.at += length + 1;
        Ok(Value::Other)
    }

    /// Words in round brackets, which may hold others of their kind.
    fn text(&mut self) -> Read<Value> {
        let (mut open, mut escaped) = (0_usize, false);
        for (length, byte) in self.rest().iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'(' => open += 1,
                b')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at += length + 1;
                return Ok(Value::Other);
            }
        }
        Err(Stop::CutOff)
    }

    fn number_or_word(&mut self) -> Read<Value> {
        let token = self.token()?;
        if token.is_empty() {
            return Err(Stop::Wrong);
        }
        let Some(number) = std::str::from_utf8(token).ok().and_then(|text| text.parse::<i64>().ok()) else {
            return Ok(Value::Other);
        };
        let after = self.at;
        if let Ok(number) = u32::try_from(number)
            && self.refers()?
        {
            return Ok(Value::Reference(number));
        }
        self.at = after;
        Ok(Value::Number(number))
    }

    /// Whether what follows a number makes it a reference: `0 R`.
    fn refers(&mut self) -> Read<bool> {
        match self.natural() {
            Ok(_) => self.takes("R"),
            Err(Stop::CutOff) => Err(Stop::CutOff),
            Err(Stop::Wrong) => Ok(false),
        }
    }

    /// Everything up to the next space or delimiter.
    fn token(&mut self) -> Read<&'b [u8]> {
        let rest = self.rest();
        let ends = |byte: &u8| is_space(*byte) || b"()<>[]{}/%".contains(byte);
        let length = rest.iter().position(ends).ok_or(Stop::CutOff)?;
        self.at += length;
        Ok(&rest[..length])
    }

    fn skip_space(&mut self) {
        let mut in_comment = false;
        let skipped = self.rest().iter().position(|byte| {
            in_comment = (in_comment || *byte == b'%') && !matches!(byte, b'\r' | b'\n');
            !in_comment && !is_space(*byte)
        });
        self.at += skipped.unwrap_or(self.rest().len());
    }

    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Read<Value> {
        Reader::new(text.as_bytes()).value()
    }

    #[test]
    fn numbers_and_references_are_told_apart() {
        let text = "<< /Kids [3 0 R 4 0 R] /W [1 2 1] % two\n /Count 2 /T (a\\)(b)) /Id <0F>>> ";
        let Ok(Value::Dictionary(found)) = read(text) else { panic!("{:?}", read(text)) };
        assert_eq!(found.number("Count"), Some(2));
        assert_eq!(found.numbers("W"), Some(vec![1, 2, 1]));
        assert_eq!(found.get("Kids"), Some(&Value::Array(vec![Value::Reference(3), Value::Reference(4)])));
        assert_eq!(found.get("T"), Some(&Value::Other));
    }

    #[test]
    fn what_ends_too_early_is_cut_off_and_what_is_nonsense_is_wrong() {
        for cut in ["<< /A ", "[1 0 ", "(a(b)", "12", "<0F", "/Nam", "<< /A 1 >"] {
            assert_eq!(read(cut), Err(Stop::CutOff), "{cut}");
        }
        for wrong in ["<< A 1 >> ", "] ", "} ", &"[".repeat(1000)] {
            assert_eq!(read(wrong), Err(Stop::Wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(b"<>[]()/ 0R1%\\\nab".to_vec()), 0..200)) {
            let _ = Reader::new(&bytes).value();
            let _ = Reader::new(&bytes).object();
            let _ = Reader::new(&bytes).stream();
        }
    }
}

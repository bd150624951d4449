//! Pages of a list: forward only, by the key of the last row seen (keyset), at most 100 rows.

/// Rows a caller asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// At most this many, 1 to 100.
    pub first: u64,
    /// Only what comes after this key.
    pub after: Option<Vec<String>>,
}

impl PageRequest {
    /// Rows to read: one more than asked for tells whether there is a next page.
    pub fn limit(&self) -> u64 {
        self.first + 1
    }
}

/// Some rows of a list, in order.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// At most as many as asked for.
    pub rows: Vec<T>,
    /// Whether more follow.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Cuts what was read with [`PageRequest::limit`] down to the page asked for.
    pub fn cut(mut rows: Vec<T>, request: &PageRequest) -> Self {
        let asked = usize::try_from(request.first).unwrap_or(usize::MAX);
        let has_next = rows.len() > asked;
        rows.truncate(asked);
        Self { rows, has_next }
    }

    /// The same page of other things.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(f).collect(), has_next: self.has_next }
    }
}

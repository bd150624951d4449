//! What the sandbox remembers: Stripe's objects and our own notes about them, in a journal that survives a kill.
//!
//! Every change of one operation is one line of the journal, written before the caller gets its answer; a line
//! that a kill cut short is dropped at the next open, and with it the whole operation. There is no fsync: the
//! sandbox promises to survive the end of its process, not of its machine.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use serde_json::{Value, json};

/// Tables of our own notes, beside one table for each of Stripe's object types.
pub(crate) mod notes {
    /// What a Checkout Session was created with and its object does not show.
    pub const SESSION: &str = "note.session";
    /// Which session a PaymentIntent belongs to, and the card waiting for its buyer.
    pub const INTENT: &str = "note.intent";
    /// Results kept for idempotency keys.
    pub const KEY: &str = "note.key";
    /// Events on their way to an endpoint.
    pub const DELIVERY: &str = "note.delivery";
    /// Refunds that will fail, and when.
    pub const REFUND: &str = "note.refund";
    /// What connected accounts paid out to their banks.
    pub const PAYOUT: &str = "note.payout";
    /// Running subscriptions: what time does to each next, and when.
    pub const SUBSCRIPTION: &str = "note.subscription";
    /// Accounts that are paid out by themselves, and when next.
    pub const SCHEDULE: &str = "note.schedule";
    /// Account links by their token.
    pub const LINK: &str = "note.link";
}

#[derive(Default)]
struct Table {
    rows: HashMap<String, Value>,
    order: Vec<String>,
}

struct Change {
    table: String,
    id: String,
    before: Option<Value>,
}

/// All tables, the changes not yet written, and the journal.
#[derive(Default)]
pub(crate) struct Store {
    tables: HashMap<String, Table>,
    pending: Vec<Change>,
    journal: Option<File>,
}

impl Store {
    /// Reads the journal, if any, and rewrites it without what is over.
    pub fn open(path: Option<&Path>, is_over: impl Fn(&str, &Value) -> bool) -> io::Result<Self> {
        let mut store = Self::default();
        let Some(path) = path else { return Ok(store) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if path.exists() {
            store.replay(File::open(path)?)?;
            store.forget(is_over);
        }
        store.compact(path)?;
        store.journal = Some(OpenOptions::new().append(true).open(path)?);
        Ok(store)
    }

    fn replay(&mut self, file: File) -> io::Result<()> {
        for line in BufReader::new(file).split(b'\n') {
            let Ok(Value::Array(changes)) = serde_json::from_slice(&line?) else { continue };
            for change in changes {
                let (Some(table), Some(id)) = (change[0].as_str(), change[1].as_str()) else { continue };
                match &change[2] {
                    Value::Null => drop(self.unset(table, id)),
                    value => drop(self.set(table, id, value.clone())),
                }
            }
        }
        Ok(())
    }

    fn forget(&mut self, is_over: impl Fn(&str, &Value) -> bool) {
        for (name, table) in &mut self.tables {
            table.rows.retain(|_, value| !is_over(name, value));
            table.order.retain(|id| table.rows.contains_key(id));
        }
    }

    /// Writes the whole state beside the journal and swaps the two, so a kill leaves one of them whole.
    fn compact(&self, path: &Path) -> io::Result<()> {
        let fresh = path.with_extension("compacting");
        let mut file = io::BufWriter::new(File::create(&fresh)?);
        for (name, table) in &self.tables {
            for id in &table.order {
                serde_json::to_writer(&mut file, &json!([[name, id, table.rows[id]]]))?;
                file.write_all(b"\n")?;
            }
        }
        file.flush()?;
        fs::rename(fresh, path)
    }

    fn set(&mut self, table: &str, id: &str, value: Value) -> Option<Value> {
        let table = self.tables.entry(table.to_owned()).or_default();
        let before = table.rows.insert(id.to_owned(), value);
        if before.is_none() {
            table.order.push(id.to_owned());
        }
        before
    }

    fn unset(&mut self, table: &str, id: &str) -> Option<Value> {
        let table = self.tables.get_mut(table)?;
        table.order.retain(|other| other != id);
        table.rows.remove(id)
    }

    /// A row by its table and id.
    pub fn get(&self, table: &str, id: &str) -> Option<&Value> {
        self.tables.get(table)?.rows.get(id)
    }

    /// One of Stripe's objects by its id alone, whatever its type.
    pub fn find(&self, id: &str) -> Option<&Value> {
        self.tables
            .iter()
            .filter(|(name, _)| !name.starts_with("note."))
            .find_map(|(_, table)| table.rows.get(id))
    }

    /// The rows of a table, oldest first.
    pub fn rows(&self, table: &str) -> impl DoubleEndedIterator<Item = &Value> {
        self.tables.get(table).into_iter().flat_map(|table| table.order.iter().map(|id| &table.rows[id]))
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.tables.get(table).map_or(0, |table| table.order.len())
    }

    /// Writes a row; it is final only with [`commit`](Self::commit).
    pub fn put(&mut self, table: &str, id: &str, value: Value) {
        let before = self.set(table, id, value);
        self.pending.push(Change { table: table.to_owned(), id: id.to_owned(), before });
    }

    /// Removes a row; final with [`commit`](Self::commit) like every other change.
    pub fn remove(&mut self, table: &str, id: &str) {
        let before = self.unset(table, id);
        self.pending.push(Change { table: table.to_owned(), id: id.to_owned(), before });
    }

    /// Whether anything was written since the last commit.
    pub fn has_changes(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Makes the changes since the last commit final, as one line of the journal.
    pub fn commit(&mut self) -> io::Result<()> {
        let changes = std::mem::take(&mut self.pending);
        if changes.is_empty() || self.journal.is_none() {
            return Ok(());
        }
        let line: Vec<Value> = changes
            .iter()
            .map(|change| json!([change.table, change.id, self.get(&change.table, &change.id)]))
            .collect();
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        match &mut self.journal {
            Some(journal) => journal.write_all(&bytes),
            None => Ok(()),
        }
    }

    /// Takes the changes since the last commit back.
    pub fn roll_back(&mut self) {
        for change in std::mem::take(&mut self.pending).into_iter().rev() {
            match change.before {
                Some(value) => drop(self.set(&change.table, &change.id, value)),
                None => drop(self.unset(&change.table, &change.id)),
            }
        }
    }
}

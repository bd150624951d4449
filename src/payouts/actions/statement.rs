//! Sealing the statement of a payout: everything that moved in the creator's balance since the statement before.

use crate::app::App;
use crate::creators::Desk;
use crate::db::Tx;
use crate::kernel::{CreatorId, Error, Fault, Money, OrderId, Result};

use super::super::model::{BEFORE_THE_FIRST, HEADER, Payout, Row, seal, seal_row};
use super::super::store::{self, Position, Unexplained};

/// Statements read at once for a download.
const AT_ONCE: u64 = 50;

/// Seals the statement of a payout that was just written down. The caller holds the creator's account.
pub(super) async fn issue(tx: &Tx, payout: &Payout) -> Result<()> {
    let currency = payout.amount.currency;
    let movements = store::unexplained(tx.conn(), payout.creator, currency).await?;
    let mut rows = Vec::new();
    for movement in &movements {
        rows.push(row(tx, payout.creator, movement).await?);
    }
    let last = store::last_statement(tx.conn(), payout.creator).await?;
    let number = last.as_ref().map_or(1, |last| last.number + 1);
    let previous = last.map_or_else(|| BEFORE_THE_FIRST.to_owned(), |last| last.hash);
    let opening = store::last_closing(tx.conn(), payout.creator, currency.code()).await?;
    let opening = Money::new(opening, currency);
    let sealed = seal(number, opening, &rows, &previous);
    let ids: Vec<_> = movements.iter().map(|movement| movement.id).collect();
    store::insert_statement(tx, payout.creator, (number, payout.id), opening, &sealed, &ids).await
}

async fn row(tx: &Tx, payee: CreatorId, movement: &Unexplained) -> Result<Row> {
    let purchase = match movement.order_id {
        Some(order) => store::purchase(tx.conn(), Position { order: OrderId(order), payee }).await?,
        None => None,
    };
    Ok(Row {
        kind: movement.kind()?,
        occurred_at: movement.occurred_at,
        reference: movement.external_id.clone(),
        purchase,
        amount_minor: movement.amount_minor,
    })
}

/// All of a creator's statements as one file, each closed by its seal.
pub async fn statements_file(app: &App, creator: CreatorId) -> Result<String> {
    let mut file = format!("{HEADER}\n");
    let mut number = 0;
    loop {
        let found = store::statements_behind(app.db.read(), creator, number, AT_ONCE).await?;
        let Some(last) = found.last() else { return Ok(file) };
        number = last.number;
        for statement in &found {
            file.push_str(&statement.content);
            file.push_str(&seal_row(statement.number, &statement.previous_hash, &statement.hash));
        }
    }
}

/// For how many seconds the address of a file works.
const LINK_LIFE: i64 = 900;

/// Where this creator's statements can be downloaded for a quarter of an hour.
pub fn statements_address(app: &App, desk: &Desk) -> String {
    let until = app.now().timestamp() + LINK_LIFE;
    let signature = app.keys.sign(crate::keys::Purpose::Link, wish(desk.creator_id, until).as_bytes());
    format!(
        "{}/statements/{}.csv?until={until}&signature={signature}",
        app.settings.public_url, desk.creator_id
    )
}

/// The file of an address that was signed by us and still works.
pub async fn statements_by_address(
    app: &App,
    creator: &str,
    until: i64,
    signature: &str,
) -> Result<Option<String>> {
    let Ok(creator) = creator.parse::<CreatorId>() else { return Ok(None) };
    let signed = app.keys.verifies(crate::keys::Purpose::Link, wish(creator, until).as_bytes(), signature);
    if !signed || until < app.now().timestamp() {
        return Ok(None);
    }
    statements_file(app, creator).await.map(Some)
}

fn wish(creator: CreatorId, until: i64) -> String {
    format!("statements:{creator}:{until}")
}

/// The rows of a sealed statement, cell by cell.
pub fn rows_of(content: &str) -> Result<Vec<Vec<String>>> {
    content.lines().map(cells).collect()
}

/// The cells of one row; a quoted cell may hold commas and doubled quotes.
fn cells(line: &str) -> Result<Vec<String>> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '"' if quoted && signs.peek() == Some(&'"') => cell.extend(signs.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(std::mem::take(&mut cell)),
            sign => cell.push(sign),
        }
    }
    cells.push(cell);
    if quoted { Err(Error::Fault(Fault::new("reading a statement", "a quote is open"))) } else { Ok(cells) }
}

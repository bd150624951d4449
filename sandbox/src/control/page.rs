//! The looks of the desk: one frame, one style, every text escaped.

use chrono::{DateTime, Utc};

use super::Place;

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8883;--quiet:#777;--ink:#3451b2}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}\
header{display:flex;gap:1.5rem;align-items:baseline;border-bottom:1px solid var(--line);margin-bottom:1.5rem}\
header a{text-decoration:none}h1{font-size:1.5rem;margin:0 0 1rem;overflow-wrap:anywhere}h2{font-size:1rem}\
a{color:var(--ink)}@media(prefers-color-scheme:dark){:root{--ink:#9db2ff}}\
.quiet{color:var(--quiet)}.places{list-style:none;padding:0;display:grid;gap:.75rem}\
.places li{border:1px solid var(--line);border-radius:.5rem;padding:.75rem 1rem}.places a{font-weight:600}\
table{width:100%;border-collapse:collapse}th,td{text-align:left;padding:.5rem;border-bottom:1px solid var(--line)}\
td{overflow-wrap:anywhere}form{display:inline-flex;gap:.5rem;margin:0 .5rem 1rem 0}\
button,input{font:inherit;padding:.35rem .75rem;border:1px solid var(--line);border-radius:.4rem}\
input{min-width:18rem}.code{font:700 2rem/1 ui-monospace,monospace;letter-spacing:.2em}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:.5rem;padding:1rem}\
iframe{width:100%;height:28rem;border:1px solid var(--line);border-radius:.5rem;background:#fff}";

/// Text that is shown as it is, in an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A whole page; `body` is HTML.
pub(super) fn frame(title: &str, body: &str) -> String {
    let title = escape(if title.is_empty() { "(no subject)" } else { title });
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} · Atelier sandbox</title>\
         <meta name=viewport content=\"width=device-width,initial-scale=1\"><style>{STYLE}</style></head><body>\
         <header><a href=/sandbox><strong>Atelier</strong> sandbox</a>\
         <span class=quiet>Nothing here is real: no money moves and no mail leaves.</span></header>\
         <main><h1>{title}</h1>{body}</main></body></html>"
    )
}

pub(super) fn place(place: &Place) -> String {
    let (title, address, what_for) = (escape(&place.title), escape(&place.address), escape(&place.what_for));
    format!("<li><a href=\"{address}\">{title}</a><br><span class=quiet>{what_for}</span></li>")
}

/// The present and buttons to move it.
pub(super) fn clock(now: DateTime<Utc>) -> String {
    let buttons: String = [("an hour", 3600), ("a day", 86_400), ("30 days", 2_592_000)]
        .iter()
        .map(|(label, seconds)| {
            format!(
                "<form method=post action=/sandbox/clock><input type=hidden name=advanceSeconds value={seconds}>\
                 <button>Move {label} forward</button></form>"
            )
        })
        .collect();
    let now = now.format("%A, %-d %B %Y, %H:%M:%S");
    format!("<h2>Clock</h2><p>It is {now} UTC here. What becomes due on the way is done.</p>{buttons}")
}

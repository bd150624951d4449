//! What a person does about each kind of case. `docs/operations.md` says the same at more length.

/// Kinds of cases, and the first thing to do.
const ADVICE: &[(&str, &str)] = &[
    (
        "EVENT_FORGED",
        "Somebody posted events that Stripe did not sign. Nothing was kept. If events of ours are missing too, the webhook secret is wrong: compare it with Stripe's.",
    ),
    (
        "EVENT_STALE",
        "Somebody posted an event signed more than five minutes ago, or our clock is wrong. Nothing was kept. Check the clock.",
    ),
    (
        "EVENT_UNREADABLE",
        "Stripe signed something that is no event. Check which API version the webhook endpoint has.",
    ),
    (
        "EVENT_MISFIT",
        "An event is of the other mode or came to the wrong address. Check the endpoints at Stripe. It is never handled.",
    ),
    (
        "EVENT_MISMATCH",
        "An event names another amount than its order. What Stripe says when asked was used. Compare both sides; if they differ at Stripe too, call Stripe.",
    ),
    (
        "EVENT_UNKNOWN_OBJECT",
        "An event is about something we do not know. If it was made by hand at Stripe, close the case; else have the event handled again.",
    ),
    (
        "EVENT_UNKNOWN_ACCOUNT",
        "An event is about an account that belongs to no creator. Find out at Stripe who opened it.",
    ),
    (
        "PAYMENT_MISMATCH",
        "What was paid is not what was quoted, so nothing was given. Give the money back at Stripe, or correct the order with the buyer.",
    ),
    ("PAID_TWICE", "An order was paid twice. Give the second charge back at Stripe."),
    (
        "TAX_NOT_NOTED",
        "Stripe Tax did not take a sale or a refund of ours. To do: correct it in Stripe's dashboard, under Tax, so that \
         the report to the state is whole.",
    ),
    (
        "SEAT_NOT_PAID_BACK",
        "The money of a seat is owed and cannot be given back now: a bank disputes the payment. Look again when that is \
         settled.",
    ),
    ("BOUGHT_TWICE", "Somebody paid for what they had already. Offer the money back."),
    (
        "PAGE_MISSING",
        "Stripe does not know a payment page of ours. Check that the key belongs to the right Stripe account.",
    ),
    (
        "FEE_CURRENCY",
        "Stripe kept its fee in another currency than the sale. Add a bank account in that currency at Stripe; book the fee by hand.",
    ),
    (
        "BOOK_DIFFERS",
        "Stripe moved another amount than the book says for the same thing. Compare both sides; the book is corrected by a new entry, never by changing one.",
    ),
    (
        "BOOK_LACKS",
        "Stripe moved money that the book does not know. Find out what it was; replay its event, or book it.",
    ),
    (
        "STRIPE_LACKS",
        "The book has a movement that Stripe does not list. Look the object up at Stripe; if it never happened, book it back.",
    ),
    (
        "BALANCE_DIFFERS",
        "Stripe's balance is not the book's, and no single movement explains it. Compare the balance report of the day with the book.",
    ),
    (
        "TRANSFERS_DIFFER",
        "A creator was sent another sum than the book says. Compare the transfers at Stripe with the creator's book.",
    ),
    (
        "REFUND_FAILED",
        "A refund did not reach the buyer; it was booked back. To do: ask the buyer for another way, then give it back again.",
    ),
    (
        "REFUND_MISMATCH",
        "Stripe gave back another amount than we asked for. To do: compare both sides and settle the difference.",
    ),
    (
        "REFUND_UNKNOWN",
        "Money was given back at Stripe for a payment we do not know. To do: find out who did it, and book it.",
    ),
    ("DISPUTE_UNKNOWN", "A bank disputes a payment we do not know. To do: answer it at Stripe."),
    (
        "DISPUTE_UNCLEAR",
        "A dispute is in a state, or has amounts, that we do not understand. To do: read it at Stripe and book what happened.",
    ),
    (
        "EVIDENCE_REFUSED",
        "Stripe did not take our evidence. To do: hand it in at Stripe before the deadline.",
    ),
    (
        "WARNING_UNKNOWN",
        "An early fraud warning is about a payment we do not know. To do: look at the charge at Stripe.",
    ),
    (
        "TRANSFER_REFUSED",
        "Stripe refused to send a creator their money. To do: read the reason; mend the account or the balance.",
    ),
    (
        "TRANSFER_MISMATCH",
        "Stripe sent another sum than we asked for. To do: compare both sides; reverse what is too much at Stripe.",
    ),
    (
        "TRANSFER_UNKNOWN",
        "Money was sent to a creator that we did not send. To do: find out who did it, and book it.",
    ),
    (
        "TRANSFER_EXCEEDS_CHARGE",
        "More would be sent for an order than its charge brought. To do: do not send it; find out which share is wrong.",
    ),
    (
        "REVERSAL_REFUSED",
        "A creator's account cannot give back what was sent too much. To do: it is kept from later sales; talk to the creator.",
    ),
    (
        "MEMBERSHIP_TWICE",
        "Somebody paid for a second subscription to a plan they are a member of. It was ended at once. Give what it took back at Stripe.",
    ),
    (
        "INVOICE_AFTER_END",
        "Somebody paid an invoice of a membership that was over. It is booked and opens nothing. Give the money back.",
    ),
    (
        "RIGHT_NOT_RETURNED",
        "A refund or a dispute came to nothing, and its buyer has the course in another way meanwhile. See that they have what they paid for.",
    ),
    (
        "MEMBERSHIP_MISMATCH",
        "A subscription at Stripe is not what was agreed to, so nothing is given for it. Put it right at Stripe, or end it there.",
    ),
    (
        "INVOICE_MISMATCH",
        "An invoice of a membership took another sum than was agreed to, so nothing was given. Give the money back at Stripe, or settle it with the member.",
    ),
];

/// What to do about a case of this kind.
pub fn on(kind: &str) -> &'static str {
    let general = "Compare both sides in the detail, find out which one is right, put it right there, and say so in the note.";
    ADVICE.iter().find(|(known, _)| *known == kind).map_or(general, |(_, advice)| advice)
}

/// The kinds that are spoken of here.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    ADVICE.iter().map(|(kind, _)| *kind)
}

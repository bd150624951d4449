// A workshop's page: its dates, taking a seat, waiting for one, giving it back, going in, watching again. `kit` is the rest of the pages.
import { REVIEWS, reviews } from "/pages/reviews.js";

const PAGE = `query($handle: String!, $slug: String!) { workshop(by: { slug: { creatorHandle: $handle, slug: $slug } }) {
  id title subtitle description { html } cover { url altText } creator { displayName url } format
  venue { name addressLine city } materials { html }
  prices { id kind amount { formatted minorUnits currency } minimum { formatted minorUnits currency } isDefault }
  sessions(first: 50) { nodes { id title startsAt endsAt timeZone status joinOpensAt calendarUrl recorded
    seats { state seatsLeft } viewerSeat { id status heldUntil refundableUntil checkInCode }
    viewerWaitlistEntry { id position seats seatsOffered offeredUntil } ...shown } }
  past: sessions(when: PAST, first: 50) { nodes { ...shown } } ${REVIEWS} } }
fragment shown on WorkshopSession { id title startsAt timeZone replay { id } }`;

const PLACES = { OPEN: "", FEW_LEFT: "a few seats left", WAITLIST: "full", FULL: "full", CLOSED: "closed" };
const MINE = ["CONFIRMED", "ATTENDED", "NO_SHOW"];

/** In the reader's own time, and where the date is meant in another zone, in that one too. */
function when(session) {
  const show = (how) => new Date(session.startsAt).toLocaleString([], { timeStyle: "short", ...how });
  const own = show({ dateStyle: "full" });
  const zone = session.timeZone;
  if (zone === Intl.DateTimeFormat().resolvedOptions().timeZone) return own;
  return `${own} (${show({ dateStyle: "short", timeZone: zone })} in ${zone})`;
}

export async function workshop(kit, handle, slug) {
  const { el, show, rich, ask } = kit;
  const { workshop } = await ask(PAGE, { handle, slug });
  if (!workshop) return false;
  const again = () => location.reload();
  const price = workshop.prices.find((one) => one.isDefault) ?? workshop.prices[0];
  const dates = workshop.sessions.nodes;
  const place = workshop.venue;
  const movable = dates.find((date) => ["CONFIRMED", "UNSEATED"].includes(date.viewerSeat?.status))?.viewerSeat;
  show(workshop.title,
    workshop.cover ? el("img", { class: "cover", src: workshop.cover.url, alt: workshop.cover.altText }) : null,
    el("h1", {}, workshop.title), el("p", { class: "quiet" }, workshop.subtitle ?? ""),
    el("p", {}, "by ", el("a", { href: new URL(workshop.creator.url).pathname }, workshop.creator.displayName)),
    place ? el("p", {}, [place.name, place.addressLine, place.city].filter(Boolean).join(", ")) : null,
    rich(workshop.description.html), el("h2", {}, "Dates"),
    dates.length ? null : el("p", { class: "quiet" }, "There is no date at the moment."),
    el("ul", { class: "cards" }, dates.map((date) => el("li", { class: "card date" },
      el("strong", {}, date.title ?? when(date)), date.title ? el("div", {}, when(date)) : null,
      el("div", { class: "quiet" }, [PLACES[date.seats.state], date.seats.seatsLeft ? `${date.seats.seatsLeft} left` : ""]
        .filter(Boolean).join(" · ")),
      date.recorded ? el("div", { class: "quiet" }, "It is recorded: whoever comes in is seen and heard in the recording.") : null,
      doors(kit, date, price, again, movable), el("p", {}, el("a", { href: date.calendarUrl }, "Add to my calendar"))))),
    recordings(kit, [...dates, ...workshop.past.nodes].filter((date) => date.replay)),
    reviews(kit, workshop, Boolean(localStorage.getItem("refresh")), again));
  return true;
}

/** The recordings that the caller may watch, each with its player when it is asked for. */
function recordings(kit, dates) {
  const { el, act, loads, ERRORS } = kit;
  const watch = (date) => async (event) => {
    const { target } = event;
    target.disabled = true;
    try {
      const { grant } = await act(`mutation($id: ID!) { playbackGrantCreate(input: { replaySessionId: $id }) {
        grant { manifestUrl protocol } ${ERRORS} } }`, { id: date.id });
      const player = el("video", { controls: true });
      await loads(player, grant);
      target.replaceWith(player);
    } catch (error) { kit.say("wrong", error.message); target.disabled = false; }
  };
  return dates.length === 0 ? null : [el("h2", {}, "Recordings"), el("ul", { class: "cards" }, dates.map((date) =>
    el("li", { class: "card date" }, el("strong", {}, date.title ?? when(date)), date.title ? el("div", {}, when(date)) : null,
      el("p", {}, el("button", { class: "main", onclick: watch(date) }, "Watch the recording")))))];
}

/** What the caller can do about a date; `movable` is a seat of theirs at another. */
function doors(kit, date, price, again, movable) {
  const { el, act, cost, ERRORS } = kit;
  const key = () => crypto.randomUUID();
  const button = (label, work) => {
    const made = el("button", { class: "main", onclick: async () => {
      made.disabled = true;
      try { if (await work() !== false) again(); } catch (error) { kit.say("wrong", error.message); made.disabled = false; }
    } }, label);
    return el("p", {}, made);
  };
  if (!localStorage.getItem("refresh")) {
    const back = `/sign-in?to=${encodeURIComponent(location.pathname)}`;
    return date.seats.state === "CLOSED" ? null : el("p", {}, el("a", { href: back }, `Sign in for a seat · ${cost(price)}`));
  }
  const friends = el("input", { placeholder: "ann@example.com, ben@example.com", "aria-label": "Your friends' addresses" });
  const named = () => friends.value.split(/[\s,;]+/).filter(Boolean);
  const along = price && price.kind !== "FREE" && ["OPEN", "FEW_LEFT"].includes(date.seats.state);
  const seat = date.viewerSeat;
  const release = () => act(`mutation($id: ID!, $key: UUID!) { seatRelease(seatId: $id, idempotencyKey: $key) {
    seat { id } ${ERRORS} } }`, { id: seat.id, key: key() });
  if (seat && MINE.includes(seat.status)) {
    const open = Date.now() >= Date.parse(date.joinOpensAt);
    return [el("p", { class: "fine" }, `You have a seat. Your code: ${seat.checkInCode}`),
      open ? button("Go in", async () => {
        const { join } = await act(`mutation($id: ID!) { workshopJoin(sessionId: $id) { join { joinUrl } ${ERRORS} } }`, { id: date.id });
        if (!join.joinUrl.startsWith("ws")) location.href = join.joinUrl;
        else kit.say("quiet", "This room opens in the app: go in from there.");
        return false;
      }) : button("Give it back", release),
      along ? [el("p", {}, el("label", {}, "Seats for friends ", friends)), button(`Buy seats for them · ${cost(price)} each`, async () => {
        if (named().length === 0) throw new Error("Write down their addresses first.");
        return kit.buy(price, date.id, named(), false).then(() => false);
      })] : null];
  }
  if (seat?.status === "UNSEATED") {
    return [el("p", { class: "wrong" }, "Your payment came after the last seat was gone. You are first in line."),
      button("Have the money back", release)];
  }
  if (seat?.status === "HELD") return held(kit, date, button);
  const waits = date.viewerWaitlistEntry;
  const move = movable && ["OPEN", "FEW_LEFT"].includes(date.seats.state) ? button("Move my seat here", () => act(
    `mutation($id: ID!, $to: ID!, $key: UUID!) { seatMove(seatId: $id, sessionId: $to, idempotencyKey: $key) {
      seat { id } ${ERRORS} } }`, { id: movable.id, to: date.id, key: key() })) : null;
  const take = price && button(price.kind === "FREE" ? "Take a seat, free" : `Take a seat · ${cost(price)}`, async () => {
    if (price.kind !== "FREE") return kit.buy(price, date.id, named()).then(() => false);
    return act(`mutation($price: ID!, $session: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, sessionId: $session,
      idempotencyKey: $key) { seat { id } ${ERRORS} } }`, { price: price.id, session: date.id, key: key() });
  });
  if (waits?.offeredUntil) {
    const until = new Date(waits.offeredUntil).toLocaleTimeString([], { timeStyle: "short" });
    const several = waits.seatsOffered > 1;
    const kept = several ? `${waits.seatsOffered} seats are kept for you until ${until}.` : `A seat is kept for you until ${until}.`;
    return [el("p", { class: "fine" }, kept), several ? el("p", {}, el("label", {}, "With friends ", friends)) : null, take];
  }
  if (waits) return el("p", { class: "quiet" },
    `You are number ${waits.position} on the waitlist${waits.seats > 1 ? `, for ${waits.seats} seats` : ""}.`);
  if (date.seats.state === "WAITLIST") {
    const most = price && price.kind !== "FREE" ? 6 : 1;
    const many = el("input", { type: "number", min: 1, max: most, value: 1, "aria-label": "How many seats" });
    return [most > 1 ? el("p", {}, el("label", {}, "Seats, your own among them ", many)) : null,
      button("Wait for a seat", () => act(`mutation($id: ID!, $seats: Int) { sessionWaitlistJoin(sessionId: $id, seats: $seats) {
        entry { id } ${ERRORS} } }`, { id: date.id, seats: Number(many.value) || 1 }))];
  }
  return ["OPEN", "FEW_LEFT"].includes(date.seats.state)
    ? [move, along ? el("p", {}, el("label", {}, "With friends ", friends)) : null, take] : null;
}

/** A seat that waits for its payment: the way back to it, and out of it, where it was begun in this browser. */
function held(kit, date, button) {
  const { el, ask, act, ERRORS } = kit;
  const said = el("p", { class: "quiet" }, "A seat is held for you while you pay.");
  const id = sessionStorage.getItem(`seat:${date.id}`);
  if (!id) return said;
  return [said, button("Go on paying", async () => {
    const { checkout } = await ask(`query($id: ID!) { checkout(id: $id) { action { ... on HostedRedirect { url } } } }`, { id });
    if (checkout?.action?.url) location.href = checkout.action.url;
    return !checkout?.action?.url;
  }), button("Never mind", () => act(`mutation($id: ID!) { checkoutCancel(id: $id) { checkout { id } ${ERRORS} } }`, { id }))];
}

// The built-in pages: a small client of the public API.
import { REVIEWS, reviews } from "/pages/reviews.js";

const main = document.getElementById("main");
const nav = document.getElementById("nav");

// ---- the API ----

const keep = (session) => {
  localStorage.setItem("access", session.accessToken);
  localStorage.setItem("refresh", session.refreshToken);
};
const forget = () => ["access", "refresh"].forEach((name) => localStorage.removeItem(name));

async function send(query, variables) {
  const token = localStorage.getItem("access");
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json" };
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch("/graphql", { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, body: await response.json() };
}

async function ask(query, variables = {}) {
  let { status, body } = await send(query, variables);
  if (status === 401 && localStorage.getItem("refresh")) {
    const refreshToken = localStorage.getItem("refresh");
    forget();
    const renewed = await send(
      "mutation($t: String) { authTokenRefresh(refreshToken: $t) { session { accessToken refreshToken } } }",
      { t: refreshToken },
    );
    const session = renewed.body.data?.authTokenRefresh?.session;
    if (session) keep(session);
    ({ status, body } = await send(query, variables));
  }
  if (body.errors?.length) throw new Error(body.errors[0].message);
  return body.data;
}

// A mutation: its payload, or the reasons why not as one readable error.
async function act(query, variables) {
  const payload = Object.values(await ask(query, variables))[0];
  if (payload.userErrors.length) throw new Error(payload.userErrors.map((e) => e.message).join(" "));
  return payload;
}

const ERRORS = "userErrors { code path message }";

// ---- building pages; text is always text, never markup ----

function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

// Only for `html` of RichText, which the API has sanitised.
function rich(html) {
  const node = el("div");
  node.innerHTML = html;
  return node;
}

function show(title, ...children) {
  document.title = title === "Atelier" ? title : `${title} · Atelier`;
  main.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

function say(kind, text) {
  main.querySelector(".said")?.remove();
  main.prepend(el("p", { class: `${kind} said`, role: "status" }, text));
}

const field = (label, name, type, extra = {}) =>
  el("label", {}, label, el("input", { name, type, required: true, ...extra }));

function form(button, fields, submit) {
  const send = el("input", { type: "submit", value: button });
  return el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        await submit(Object.fromEntries(new FormData(event.target)));
      } catch (error) {
        say("wrong", error.message);
      } finally {
        send.disabled = false;
      }
    },
  }, ...fields, send);
}

// ---- pages ----

const cost = (price) => {
  if (!price) return "";
  if (price.kind === "FREE") return "Free";
  return price.kind === "PAY_WHAT_YOU_WANT" ? `From ${price.minimum.formatted}` : price.amount.formatted;
};

function courseCard(course) {
  const price = course.prices.find((one) => one.isDefault) ?? course.prices[0];
  return el("li", { class: "card" }, el("a", { href: new URL(course.url).pathname },
    course.cover ? el("img", { src: course.cover.url, alt: course.cover.altText, loading: "lazy" }) : null,
    el("strong", {}, course.title), el("div", { class: "quiet" }, cost(price))));
}

const creatorCard = (creator) => el("li", { class: "card" },
  el("a", { href: new URL(creator.url).pathname }, el("strong", {}, creator.displayName),
    el("div", { class: "quiet" }, creator.headline ?? "")));

// A link can be shared: `/?q=sourdough`.
const searchBox = (words) => el("form", { action: "/", role: "search" },
  el("label", {}, "Search", el("input", { name: "q", type: "search", value: words, maxlength: 200 })),
  el("input", { type: "submit", value: "Search" }));

async function home() {
  const words = new URLSearchParams(location.search).get("q") ?? "";
  if (words.trim()) return results(words);
  const { creators } = await ask("{ creators(first: 50) { nodes { handle displayName headline url } } }");
  show("Atelier", el("h1", {}, "Creators who teach"), searchBox(words),
    creators.nodes.length ? null : el("p", { class: "quiet" }, "Nobody has opened a storefront here yet."),
    el("ul", { class: "cards" }, creators.nodes.map(creatorCard)));
}

async function results(words) {
  const { search } = await ask(`query($words: String!) { search(query: $words, first: 50) { nodes { __typename
    ... on Creator { displayName headline url } ... on Course { ...Card } ... on Workshop { ...Card } } } }
    fragment Card on Offering { title url cover { url altText }
      prices { isDefault kind amount { formatted } minimum { formatted } } }`, { words });
  // Bundles have no page here yet.
  const shown = search.nodes.filter((found) => found.url);
  show(words, el("h1", {}, "Search"), searchBox(words),
    shown.length ? null : el("p", { class: "quiet" }, "Nothing found."),
    el("ul", { class: "cards" }, shown.map((found) =>
      found.__typename === "Creator" ? creatorCard(found) : courseCard(found))));
}

async function storefront(handle) {
  const { creator } = await ask(`query($handle: String!) { creator(by: { handle: $handle }) {
    displayName headline bio { html } links { label url }
    courses(first: 50) { nodes { ...card } } workshops(first: 50) { nodes { ...card } } } }
  fragment card on Offering { title url cover { url altText }
    prices { kind isDefault amount { formatted } minimum { formatted } } }`, { handle });
  if (!creator) return nothing();
  show(creator.displayName, el("h1", {}, creator.displayName), el("p", { class: "quiet" }, creator.headline ?? ""),
    rich(creator.bio.html),
    el("p", {}, creator.links.map((link) => [el("a", { href: link.url, rel: "noopener nofollow" }, link.label), " "])),
    el("h2", {}, "Courses"), el("ul", { class: "cards" }, creator.courses.nodes.map(courseCard)),
    creator.workshops.nodes.length ? [el("h2", {}, "Live workshops"),
      el("ul", { class: "cards" }, creator.workshops.nodes.map(courseCard))] : null);
}

const COURSE = `query($handle: String!, $slug: String!) { course(by: { slug: { creatorHandle: $handle, slug: $slug } }) {
  id title subtitle description { html } cover { url altText } creator { displayName url }
  prices { id kind amount { formatted minorUnits currency } minimum { formatted minorUnits currency } isDefault }
  viewerAccess { state }
  sections { id title lessons { id title kind isPreview durationSeconds access { state } } }
  ${REVIEWS}
} }`;

async function course(handle, slug) {
  const { course } = await ask(COURSE, { handle, slug });
  if (!course) {
    const { workshop } = await import("/pages/workshop.js");
    const kit = { el, show, rich, ask, act, say, form, cost, buy, loads, ERRORS };
    return (await workshop(kit, handle, slug)) || nothing();
  }
  const again = () => coursePage(handle, slug);
  const stage = el("div");
  const lessons = (section) => el("ol", { class: "lessons" }, section.lessons.map((lesson) => {
    const open = ["OPEN", "PREVIEW"].includes(lesson.access.state);
    const minutes = lesson.durationSeconds ? ` · ${Math.ceil(lesson.durationSeconds / 60)} min` : "";
    if (!open) return el("li", { class: "locked" }, `${lesson.title}${minutes}`);
    const label = `${lesson.title}${minutes}${lesson.access.state === "PREVIEW" ? " · preview" : ""}`;
    return el("li", {}, el("button", { onclick: () => openLesson(lesson, stage) }, label));
  }));
  show(course.title,
    course.cover ? el("img", { class: "cover", src: course.cover.url, alt: course.cover.altText }) : null,
    el("h1", {}, course.title), el("p", { class: "quiet" }, course.subtitle ?? ""),
    el("p", {}, "by ", el("a", { href: new URL(course.creator.url).pathname }, course.creator.displayName)),
    offer(course, again), rich(course.description.html), stage,
    course.sections.map((section) => [el("h2", {}, section.title), lessons(section)]),
    reviews({ el, rich, form, act, ERRORS }, course, course.viewerAccess.state === "OPEN", again));
}

async function coursePage(handle, slug) {
  await course(handle, slug);
  const checkout = new URLSearchParams(location.search).get("checkout");
  if (checkout) await settle(checkout, handle, slug);
}

function offer(course, again) {
  if (course.viewerAccess.state === "OPEN") return el("p", { class: "fine" }, "This course is yours.");
  const price = course.prices.find((one) => one.isDefault) ?? course.prices[0];
  if (!price) return null;
  if (!localStorage.getItem("refresh")) {
    const back = `/sign-in?to=${encodeURIComponent(location.pathname)}`;
    return el("p", {}, el("a", { href: back }, `Sign in to enrol · ${cost(price)}`));
  }
  const button = el("button", {
    class: "main",
    onclick: async () => {
      button.disabled = true;
      try {
        await (price.kind === "FREE" ? enrol(price) : buy(price));
        if (price.kind === "FREE") await again();
      } catch (error) {
        say("wrong", error.message);
        button.disabled = false;
      }
    },
  }, price.kind === "FREE" ? "Enrol, free" : `Buy · ${cost(price)}`);
  return el("p", {}, button);
}

const enrol = (price) => act(
  `mutation($price: ID!, $key: UUID!) { enrollmentClaimFree(priceId: $price, idempotencyKey: $key) { enrollment { id } ${ERRORS} } }`,
  { price: price.id, key: crypto.randomUUID() });

async function buy(price, sessionId, companions = [], own = true) {
  const item = { priceId: price.id, sessionId };
  if (price.kind === "PAY_WHAT_YOU_WANT") {
    item.payWhatYouWant = { minorUnits: price.minimum.minorUnits, currency: price.minimum.currency };
  }
  const others = companions.map((email) => ({ ...item, giftRecipientEmail: email }));
  const wanted = { items: own ? [item, ...others] : others, channel: "WEB", ...whereFrom() };
  const { quote } = await ask(`query($input: QuoteInput!) { quote(input: $input) {
    quote { token requiredConsents { kind version } } ${ERRORS} } }`, { input: wanted });
  if (quote.userErrors.length) {
    // One's own link is refused: the next try is without it.
    sessionStorage.removeItem("touches");
    throw new Error(quote.userErrors[0].message);
  }
  const here = `${location.origin}${location.pathname}`;
  const { checkout } = await act(`mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
    checkout { id action { __typename ... on HostedRedirect { url } } } ${ERRORS} } }`, { input: {
    quoteToken: quote.quote.token, idempotencyKey: crypto.randomUUID(), purchaseOption: "HOSTED_PAGE",
    consents: quote.quote.requiredConsents.map((one) => ({ kind: one.kind, version: one.version, accepted: true })),
    returnUrl: `${here}?checkout=1`, cancelUrl: here,
  } });
  sessionStorage.setItem("checkout", checkout.id);
  if (sessionId) sessionStorage.setItem(`seat:${sessionId}`, checkout.id);
  if (checkout.action?.url) location.href = checkout.action.url;
}

// Whose link led here, for this visit only, and where the buyer's language is at home, for taxes.
function whereFrom() {
  const from = {};
  const touches = sessionStorage.getItem("touches");
  if (touches) from.affiliateToken = touches;
  const country = navigator.language.split("-")[1];
  if (/^[A-Z]{2}$/.test(country ?? "")) from.country = country;
  return from;
}

function rememberTouch() {
  const touch = new URLSearchParams(location.search).get("ref");
  if (!touch) return;
  const known = (sessionStorage.getItem("touches") ?? "").split(",").filter(Boolean);
  if (!known.includes(touch)) sessionStorage.setItem("touches", [...known, touch].slice(-10).join(","));
}

// Back from the payment page: the state is what the server says, not that we came back.
async function settle(_, handle, slug) {
  const id = sessionStorage.getItem("checkout");
  if (!id) return;
  for (let tries = 0; tries < 10; tries++) {
    const { checkout } = await act(`mutation($id: ID!) { checkoutSync(id: $id) { checkout { status } ${ERRORS} } }`, { id });
    if (checkout.status === "SUCCEEDED") {
      sessionStorage.removeItem("checkout");
      history.replaceState(null, "", location.pathname);
      await course(handle, slug);
      return say("fine", "Thank you. It is yours; a receipt is on its way.");
    }
    if (["FAILED", "EXPIRED", "CANCELLED"].includes(checkout.status)) {
      return say("wrong", "The payment did not go through, and nothing was charged. You can try again.");
    }
    say("quiet", "Waiting for the payment …");
    await new Promise((done) => setTimeout(done, 1500));
  }
}

/** Safari reads playlists itself; elsewhere hls.js does (Apache-2.0, hls.LICENSE beside it). */
async function loads(player, grant) {
  if (grant.protocol !== "HLS" || player.canPlayType("application/vnd.apple.mpegurl")) {
    player.src = grant.manifestUrl;
    return;
  }
  const { default: Hls } = await import("/pages/hls.light.min.js");
  const hls = new Hls({ enableWorker: false });
  hls.loadSource(grant.manifestUrl);
  hls.attachMedia(player);
}

async function openLesson(lesson, stage) {
  const { lesson: full } = await ask(`query($id: ID!) { lesson(id: $id) { title summary content { __typename
    ... on ArticleContent { body { html } } ... on VideoContent { durationSeconds } ... on AudioContent { durationSeconds }
    ... on DownloadContent { attachments { title contentType } } } } }`, { id: lesson.id });
  const box = el("section", { class: "lesson" }, el("h2", {}, full.title), el("p", { class: "quiet" }, full.summary ?? ""));
  const kind = full.content?.__typename;
  if (kind === "ArticleContent") box.append(rich(full.content.body.html));
  if (kind === "DownloadContent") box.append(el("ul", {}, full.content.attachments.map((one) => el("li", {}, one.title))));
  if (kind === "VideoContent" || kind === "AudioContent") {
    const { grant } = await act(`mutation($id: ID!) { playbackGrantCreate(input: { lessonId: $id }) {
      grant { manifestUrl protocol resumeAtSeconds } ${ERRORS} } }`, { id: lesson.id });
    const player = el(kind === "VideoContent" ? "video" : "audio", { controls: true });
    await loads(player, grant);
    player.addEventListener("loadedmetadata", () => { player.currentTime = grant.resumeAtSeconds; }, { once: true });
    box.append(player);
  }
  if (localStorage.getItem("refresh") && lesson.access.state === "OPEN") {
    box.append(el("p", {}, el("button", { class: "main", onclick: async (event) => {
      try {
        await act(`mutation($id: ID!) { lessonComplete(lessonId: $id) { lesson { id } ${ERRORS} } }`, { id: lesson.id });
        event.target.replaceWith("Done ✓");
      } catch (error) { say("wrong", error.message); }
    } }, "Mark as done")));
  }
  stage.replaceChildren(box);
  box.scrollIntoView({ behavior: "smooth" });
}

async function library() {
  const { viewer } = await ask(`{ viewer { upcomingSeats(first: 50) { nodes { id status
      session { startsAt workshop { title url cover { url altText } } } } }
    library(first: 50) { nodes { progress { completedLessons totalLessons }
    offering { title url cover { url altText } prices { kind isDefault amount { formatted } minimum { formatted } } } } } } }`);
  if (!viewer) { location.href = "/sign-in?to=/library"; return; }
  const cards = viewer.library.nodes.map((one) => {
    const card = courseCard({ ...one.offering, prices: [] });
    const done = one.progress;
    if (done) card.querySelector(".quiet").textContent = `${done.completedLessons} of ${done.totalLessons} lessons done`;
    return card;
  });
  const seats = viewer.upcomingSeats.nodes.map(({ session }) => {
    const card = courseCard({ ...session.workshop, prices: [] });
    card.querySelector(".quiet").textContent = new Date(session.startsAt).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
    return card;
  });
  show("Library", seats.length ? [el("h1", {}, "My seats"), el("ul", { class: "cards" }, seats)] : null,
    el("h1", {}, "My courses"), cards.length ? el("ul", { class: "cards" }, cards)
    : el("p", { class: "quiet" }, "Nothing here yet."));
}

const after = () => {
  const to = new URLSearchParams(location.search).get("to") ?? "/";
  location.href = to.startsWith("/") && !to.startsWith("//") ? to : "/";
};

function signIn() {
  show("Sign in", el("h1", {}, "Sign in"),
    form("Sign in", [field("E-mail", "email", "email"), field("Password", "password", "password")], async (given) => {
      const { session } = await act(`mutation($input: SignInInput!) { authSignIn(input: $input) {
        session { accessToken refreshToken } ${ERRORS} } }`, { input: given });
      keep(session);
      after();
    }),
    el("h2", {}, "New here?"),
    form("Sign up", [field("Name", "displayName", "text"), field("E-mail", "email", "email"),
      field("Password", "password", "password", { minlength: 8 }),
      el("label", { class: "check" }, el("input", { type: "checkbox", required: true, name: "agreed" }),
        "I am old enough to make a contract and agree to the terms.")], async ({ agreed, ...given }) => {
      const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      await act(`mutation($input: SignUpInput!) { authSignUp(input: $input) { accepted ${ERRORS} } }`,
        { input: { ...given, timeZone, termsVersion: "2026-01", isOfAge: Boolean(agreed) } });
      code(given.email);
    }));
}

function code(email) {
  show("Your code", el("h1", {}, "A code is on its way"),
    el("p", {}, `We have sent six digits to ${email}.`),
    form("Go on", [field("Code", "code", "text", { inputmode: "numeric", pattern: "[0-9]{6}", autocomplete: "one-time-code" })],
      async (given) => {
        const { session } = await act(`mutation($input: EmailVerifyInput!) { authEmailVerify(input: $input) {
          session { accessToken refreshToken } ${ERRORS} } }`, { input: { code: { email, code: given.code } } });
        keep(session);
        after();
      }));
}

// A link in a letter may be opened by a mail scanner, so that opening it does nothing yet.
function verify(token) {
  show("Prove your address", el("h1", {}, "Prove your address"), form("Yes, this is my address", [], async () => {
    const { session } = await act(`mutation($t: String!) { authEmailVerify(input: { linkToken: $t }) {
      session { accessToken refreshToken } ${ERRORS} } }`, { t: token });
    keep(session);
    location.href = "/";
  }));
}

function reset(token) {
  show("New password", el("h1", {}, "Set a new password"),
    form("Set it", [field("New password", "password", "password", { minlength: 8 })], async (given) => {
      await act(`mutation($t: String!, $p: String!) { authPasswordReset(token: $t, newPassword: $p) { changed ${ERRORS} } }`,
        { t: token, p: given.password });
      forget();
      location.href = "/sign-in";
    }));
}

// Opening the letter's link redeems nothing yet, since a mail scanner may do it.
function gift(code) {
  const title = el("h1", {}, "A gift for you");
  if (!localStorage.getItem("refresh")) {
    const back = `/sign-in?to=${encodeURIComponent(`/gift?code=${encodeURIComponent(code)}`)}`;
    return show("A gift for you", title, el("p", {}, el("a", { href: back }, "Sign in or sign up to redeem it")));
  }
  show("A gift for you", title, form("Redeem it", [field("Code", "code", "text", { value: code })], async (given) => {
    await act(`mutation($code: String!) { giftRedeem(code: $code) { enrollment { id } ${ERRORS} } }`, given);
    location.href = "/library";
  }));
}

const nothing = () => show("Not here", el("h1", {}, "There is nothing here"), el("p", {}, el("a", { href: "/" }, "To the start")));

function navigation() {
  if (!localStorage.getItem("refresh")) return nav.replaceChildren(el("a", { href: "/sign-in" }, "Sign in"));
  nav.replaceChildren(el("a", { href: "/library" }, "My courses"), el("a", { href: "/", onclick: async (event) => {
    event.preventDefault();
    await ask("mutation { authSignOut { revokedSessionCount } }").catch(() => {});
    forget();
    location.href = "/";
  } }, "Sign out"));
}

async function begin() {
  navigation();
  rememberTouch();
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const [first, second] = location.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  if (!first) return home();
  if (first === "sign-in") return signIn();
  if (first === "verify") return verify(token);
  if (first === "reset") return reset(token);
  if (first === "library") return library();
  if (first === "gift") return gift(new URLSearchParams(location.search).get("code") ?? "");
  if (first.startsWith("@") && second) return coursePage(first.slice(1), second);
  if (first.startsWith("@")) return storefront(first.slice(1));
  return nothing();
}

begin().catch((error) => show("Something went wrong", el("h1", {}, "Something went wrong"), el("p", { class: "wrong" }, error.message)));

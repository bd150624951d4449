// What learners think of a course or workshop, and saying it oneself. `kit` is the rest of the pages.
export const REVIEWS = `ratingSummary { average count } reviews(first: 10) { totalCount nodes {
  id rating body { html } reply { html } author { displayName } isVerifiedPurchase } }`;

const stars = (count) => "★".repeat(count) + "☆".repeat(5 - count);

function oneReview({ el, rich }, review) {
  const who = [review.author?.displayName ?? "Somebody", review.isVerifiedPurchase ? "bought it" : ""];
  return el("li", { class: "review" },
    el("div", {}, el("span", { role: "img", "aria-label": `${review.rating} of 5 stars` }, stars(review.rating)), " ",
      el("span", { class: "quiet" }, who.filter(Boolean).join(" · "))),
    rich(review.body.html),
    review.reply ? el("blockquote", {}, rich(review.reply.html)) : null);
}

function ownReview({ el, form, act, ERRORS }, id, again) {
  const choice = el("select", { name: "rating", required: true },
    [5, 4, 3, 2, 1].map((count) => el("option", { value: count }, stars(count))));
  const words = el("textarea", { name: "words", rows: 4, maxlength: 5000 });
  const fields = [el("label", {}, "Stars", choice), el("label", {}, "Why", words)];
  return form("Say what you think", fields, async (given) => {
    await act(`mutation($id: ID!, $input: ReviewInput!) { reviewSubmit(offeringId: $id, input: $input) { review { id } ${ERRORS} } }`,
      { id, input: { rating: Number(given.rating), bodyMarkdown: given.words } });
    await again();
  });
}

/** The section of a page: how many stars, the most helpful reviews, and a form for who may have something to say. */
export function reviews(kit, offering, mayReview, again) {
  const { el } = kit;
  const { average, count } = offering.ratingSummary;
  const told = count === 1 ? "One review" : `${count} reviews`;
  return el("section", { id: "review" }, el("h2", {}, "What learners think"),
    el("p", { class: "quiet" }, count ? [average ? `${average.toFixed(1)} of 5 · ` : "", told].join("") : "No reviews yet."),
    el("ul", { class: "reviews" }, offering.reviews.nodes.map((review) => oneReview(kit, review))),
    mayReview ? ownReview(kit, offering.id, again) : null);
}

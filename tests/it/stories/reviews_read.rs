//! Everybody reads reviews: in every order, page by page, for little, and only of what they may see.

use serde_json::{Value, json};

use crate::support::{HELPFUL, Market, Person, REVIEW, UNREVIEW, euros, opinion, story, text};

use super::reviews::course;

const NODE: &str = "query($id: ID!) { node(id: $id) { id } }";

async fn learners(market: &Market, count: usize) -> Vec<Person> {
    let mut all = Vec::new();
    for name in ["Ada", "Bob", "Cid", "Dan", "Eli"].into_iter().take(count) {
        all.push(market.person(name).await);
    }
    all
}

story! {
    async fn reviews_are_read_in_every_order(market) {
        let (_, made) = course(&market).await;
        let people = learners(&market, 5).await;
        let mut ids = Vec::new();
        for (person, rating) in people.iter().zip([3, 5, 1, 5, 3]) {
            person.db_begins(&made).await;
            ids.push(person.reviews(&made.course, rating, "Words.").await["id"].clone());
        }
        for (review, voters) in [(2, vec![0, 1, 3]), (0, vec![1]), (4, vec![0])] {
            for voter in voters {
                people[voter].does(HELPFUL, json!({ "id": ids[review], "on": true })).await;
            }
        }
        let anybody = market.stranger("Anybody");
        for (order, names) in [
            ("HELPFUL", ["Cid", "Eli", "Ada", "Dan", "Bob"]),
            ("NEWEST", ["Eli", "Dan", "Cid", "Bob", "Ada"]),
            ("LOWEST", ["Cid", "Eli", "Ada", "Dan", "Bob"]),
            ("HIGHEST", ["Dan", "Bob", "Eli", "Ada", "Cid"]),
        ] {
            for size in [1, 2, 5] {
                let (mut found, mut after) = (Vec::new(), Value::Null);
                loop {
                    let page = anybody.sees_reviews(&made.course, order, size, after).await["reviews"].clone();
                    assert_eq!(page["totalCount"], 5);
                    let nodes = page["nodes"].as_array().unwrap();
                    assert!(nodes.len() <= usize::try_from(size).unwrap());
                    found.extend(nodes.iter().map(|node| text(&node["author"]["displayName"])));
                    after = page["pageInfo"]["endCursor"].clone();
                    if page["pageInfo"]["hasNextPage"] == false {
                        break;
                    }
                }
                assert_eq!(found, names, "{order} by {size}");
            }
        }
        let helpful = anybody.sees_reviews(&made.course, "HELPFUL", 1, Value::Null).await;
        let cursor = helpful["reviews"]["pageInfo"]["endCursor"].clone();
        let document = "query($id: ID!, $after: String) { node(id: $id) { ... on Course {
            reviews(orderBy: LOWEST, after: $after) { nodes { id } } } } }";
        let foreign = anybody.asks(document, json!({ "id": made.course, "after": cursor })).await;
        assert_eq!(foreign.error_code(), "BAD_CURSOR");
    }

    async fn reviews_of_what_is_not_public_are_not_either(market) {
        let (studio, made) = course(&market).await;
        let (ben, ann) = (market.person("Ben").await, market.person("Ann").await);
        ben.db_begins(&made).await;
        let review = ben.reviews(&made.course, 4, "Good.").await;
        let ask = json!({ "id": review["id"] });
        assert_eq!(ann.sees(NODE, ask.clone()).await["node"]["id"], review["id"]);
        studio.owner.does("mutation($id: ID!) { offeringUnpublish(id: $id) { offering { id } userErrors { code path message } } }",
            json!({ "id": made.course })).await;
        for person in [&ann, &market.stranger("Anybody")] {
            assert_eq!(person.sees(NODE, ask.clone()).await["node"], Value::Null);
            assert_eq!(person.sees_reviews(&made.course, "NEWEST", 5, Value::Null).await, Value::Null);
        }
        assert_eq!(ann.is_refused(HELPFUL, json!({ "id": review["id"], "on": true })).await[0].code, "NOT_FOUND");
        assert_eq!(ann.cannot_review(&made.course).await, "NOT_FOUND", "there is nothing to be enrolled in");
        for person in [&ben, &studio.owner] {
            assert_eq!(person.sees(NODE, ask.clone()).await["node"]["id"], review["id"], "who has it, and the team");
        }
        ben.reviews(&made.course, 3, "Good while it lasted.").await;
        let draft = studio.drafts("Not yet").await;
        assert_eq!(ben.cannot_review(&draft).await, "NOT_FOUND");
    }

    async fn a_review_outlives_its_author(market) {
        let (_, made) = course(&market).await;
        let ben = market.person("Ben").await;
        ben.db_begins(&made).await;
        let review = ben.reviews(&made.course, 4, "Good.").await;
        // Accounts cannot be closed yet; this is what closing one will do here.
        market.db_runs("UPDATE reviews SET author_id = NULL").await;
        let seen = market.stranger("Anybody").sees_reviews(&made.course, "HELPFUL", 5, Value::Null).await;
        let first = &seen["reviews"]["nodes"][0];
        assert_eq!((&first["author"], &first["rating"]), (&Value::Null, &json!(4)));
        assert_eq!(seen["ratingSummary"]["count"], 1);
        assert_eq!(ben.is_refused(UNREVIEW, json!({ "id": review["id"] })).await[0].code, "NOT_FOUND");
    }

    async fn reviews_cost_one_statement_however_many_lists(market) with ("KEPT_ROWS" = "no") {
        let (studio, made) = course(&market).await;
        let other = studio.sells("Clay", euros(900)).await;
        let people = learners(&market, 4).await;
        for person in &people {
            for course in [&made, &other] {
                person.db_begins(course).await;
                person.reviews(&course.course, 5, "Good.").await;
            }
        }
        market.settles().await;
        let anybody = market.stranger("Anybody");
        let page = |what: &str| format!("query($id: ID!) {{ course(by: {{ id: $id }}) {{ id title
            creator {{ displayName ratingSummary {{ average }} }} sections {{ lessons {{ title }} }} prices {{ id }}
            ratingSummary {{ average count histogram }} {what} }} }}");
        let shown = "reviews(first: 5) { totalCount nodes { id rating body { plain(maxChars: 400) } author { id displayName } } }";
        let id = json!({ "id": made.course });
        let (_, without) = market.statements(anybody.sees(&page(""), id.clone())).await;
        let (seen, with) = market.statements(anybody.sees(&page(shown), id)).await;
        assert_eq!(seen["course"]["reviews"]["nodes"].as_array().unwrap().len(), 4);
        assert!(without <= 4, "{without} statements without reviews");
        assert_eq!(with, without + 1);

        let list = |what: &str| format!("{{ creator(by: {{ handle: \"mira\" }}) {{ id courses {{ nodes {{ id
            ratingSummary {{ average count histogram }} {what} }} }} }} }}");
        let lists = "lowest: reviews(first: 2, orderBy: LOWEST) { nodes { author { displayName } } }
            reviews(first: 3) { totalCount nodes { id isVerifiedPurchase } }";
        let (_, without) = market.statements(anybody.sees(&list(""), json!({}))).await;
        let (seen, with) = market.statements(anybody.sees(&list(lists), json!({}))).await;
        let first = &seen["creator"]["courses"]["nodes"][0];
        assert_eq!((first["lowest"]["nodes"].as_array().unwrap().len(), &first["reviews"]["totalCount"]), (2, &json!(4)));
        assert_eq!(with, without + 1, "four lists");
    }

    async fn a_page_shows_good_words_on_what_is_published(market) {
        let (studio, made) = course(&market).await;
        let hidden = studio.sells("Clay", euros(900)).await;
        let people = learners(&market, 4).await;
        for (person, rating, words) in
            [(&people[0], 5, "Lovely."), (&people[1], 2, "Dull."), (&people[2], 4, ""), (&people[3], 4, "Useful.")]
        {
            person.db_begins(&made).await;
            person.reviews(&made.course, rating, words).await;
        }
        people[0].db_begins(&hidden).await;
        people[0].does(REVIEW, opinion(&hidden.course, 5, "Secret.")).await;
        studio.owner.does("mutation($id: ID!) { offeringUnpublish(id: $id) { offering { id } userErrors { code path message } } }",
            json!({ "id": hidden.course })).await;
        let page = "{ creator(by: { handle: \"mira\" }) { storefront { sections { ... on TestimonialsSection {
            __typename heading reviews { body { markdown } author { displayName } } } } } } }";
        let seen = market.stranger("Anybody").sees(page, json!({})).await;
        let sections = seen["creator"]["storefront"]["sections"].as_array().unwrap();
        let praise = sections.iter().find(|one| one["__typename"] == "TestimonialsSection").unwrap();
        let said: Vec<String> =
            praise["reviews"].as_array().unwrap().iter().map(|one| text(&one["body"]["markdown"])).collect();
        assert_eq!(said, ["Useful.", "Lovely."]);
    }
}

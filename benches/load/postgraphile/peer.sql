-- What PostGraphile cannot make from the tables alone: finding by two words, and enrolling for free. Written for it as somebody would
-- who uses it: a function each, with the statements that Atelier sends. Nobody is authenticated here; Atelier asks for the session.
DROP SCHEMA IF EXISTS peer CASCADE;
CREATE SCHEMA peer;

CREATE FUNCTION peer.found(one TEXT, two TEXT) RETURNS SETOF offerings LANGUAGE sql STABLE ROWS 100 AS $$
  SELECT o.* FROM (
    SELECT d.id, CASE WHEN strpos(d.title, ' ' || one || ' ') > 0 THEN 12 WHEN strpos(d.title, ' ' || one) > 0 THEN 8
                      WHEN strpos(d.byline, ' ' || one || ' ') > 0 THEN 5 WHEN strpos(d.byline, ' ' || one) > 0 THEN 3 ELSE 1 END
               + CASE WHEN strpos(d.title, ' ' || two || ' ') > 0 THEN 12 WHEN strpos(d.title, ' ' || two) > 0 THEN 8
                      WHEN strpos(d.byline, ' ' || two || ' ') > 0 THEN 5 WHEN strpos(d.byline, ' ' || two) > 0 THEN 3 ELSE 1 END
               + CASE WHEN strpos(d.title, ' ' || one || ' ' || two || ' ') > 0 THEN 10 ELSE 0 END
               + CASE WHEN d.title = ' ' || one || ' ' || two || ' ' THEN 20 ELSE 0 END AS score
    FROM search_documents d
    WHERE d.words @@ format('(''%s'':*) & (''%s'':*)', one, two)::tsquery AND d.kind = 'COURSE') f
  JOIN offerings o ON o.id = f.id
  ORDER BY f.score DESC, f.id DESC
$$;

CREATE FUNCTION peer.claim_free(buyer UUID, price UUID, key UUID) RETURNS enrollments LANGUAGE plpgsql AS $$
DECLARE
  offered RECORD; given enrollments;
BEGIN
  PERFORM 1 FROM users WHERE id = buyer AND suspended_at IS NULL;
  IF NOT FOUND THEN RAISE EXCEPTION 'nobody'; END IF;
  SELECT o.id, o.creator_id INTO offered FROM prices p JOIN offerings o ON o.id = p.offering_id
    JOIN storefronts s ON s.creator_id = o.creator_id
    WHERE p.id = price AND p.kind = 'FREE' AND p.archived_at IS NULL AND o.status = 'PUBLISHED' AND s.is_published;
  IF NOT FOUND THEN RAISE EXCEPTION 'not to be had'; END IF;
  INSERT INTO enrollments (id, user_id, offering_id, state, source, started_at, completed_lessons, created_at)
    VALUES (gen_random_uuid(), buyer, offered.id, 'ACTIVE', 'FREE', now(), 0, now())
    ON CONFLICT (user_id, offering_id) DO NOTHING RETURNING * INTO given;
  IF NOT FOUND THEN RAISE EXCEPTION 'has it'; END IF;
  UPDATE offerings SET enrollment_count = enrollment_count + 1 WHERE id = offered.id;
  INSERT INTO idempotency_keys (id, actor, mutation, key, input_hash, result, created_at)
    VALUES (gen_random_uuid(), buyer::text, 'claim', key, md5(key::text), '{}', now())
    ON CONFLICT ON CONSTRAINT idempotency_keys_actor_mutation_key_key DO NOTHING;
  IF NOT FOUND THEN RAISE EXCEPTION 'said before'; END IF;
  INSERT INTO events (id, kind, subject, creator_id, user_id, data, occurred_at)
    VALUES (gen_random_uuid(), 'enrollment.granted', given.id::text, offered.creator_id, buyer, '{}', now());
  RETURN given;
END
$$;

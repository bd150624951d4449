# What one does often. `just` lists it.
default:
    @just --list

# The API with everything embedded, on http://localhost:8000
run:
    cargo run

# Every test, on SQLite and (where installed) PostgreSQL
test *args:
    cargo test --workspace {{args}}

# One story on both databases: just story buying
story name:
    cargo test --test it -- {{name}}

# What CI runs
ci:
    .ci/run

# Formats, lints
lint:
    cargo fmt --all
    cargo clippy --workspace --all-targets -- -D warnings

# Writes both schemas anew; look at what changed before committing them
schema:
    cargo run --quiet -- schema > schema.graphql
    cargo run --quiet -- schema --admin > admin.graphql

# What client tools say of the schema and of examples/; what breaks clients must be in docs/schema-changes.md
clients:
    cd tests/peers/clients && npm ci --no-audit --no-fund --silent && node check.mjs

# The long proofs (hours): 500 random histories of 60 commands on each database, 1,000 purchases with a killed server
long:
    ATELIER_SEEDS=500 ATELIER_STEPS=60 ATELIER_TIMES=1000 cargo test --test it -- --nocapture proofs::
    ATELIER_CHANGES=1000 cargo test --test it -- a_change_is_read
    ATELIER_ROUNDS=200 ATELIER_CROWD=64 cargo test --test it -- --test-threads 1 a_crowd_takes two_instances_give
    cargo build --workspace --bins
    ATELIER_KILLER=1000 tests/peers/run target

# One history again: just seed 17
seed number:
    ATELIER_SEED={{number}} cargo test --test it -- --nocapture proofs::model_holds::sqlite proofs::model_holds::postgres

# Everything that should be true
doctor:
    cargo run --quiet -- doctor

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

# Writes schema.graphql anew; look at what changed before committing it
schema:
    cargo run --quiet -- schema > schema.graphql

# Everything that should be true
doctor:
    cargo run --quiet -- doctor

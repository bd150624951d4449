# syntax=docker/dockerfile:1
# Production image: the sandbox is compiled out, nothing runs as root.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked --no-default-features --bin atelier

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates curl ffmpeg \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/atelier --create-home atelier
COPY --from=build /src/target/release/atelier /usr/local/bin/atelier
USER atelier
WORKDIR /var/lib/atelier
ENV ATELIER_ENV=production HOST=0.0.0.0 PORT=8000 LOG_FORMAT=json ATELIER_DATA_DIR=/var/lib/atelier
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s CMD curl -fsS http://127.0.0.1:8000/healthz || exit 1
ENTRYPOINT ["atelier"]
CMD ["serve"]

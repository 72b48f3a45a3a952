# redox-reconcile as a container. The image holds the program and nothing of a site: configuration comes from the environment
# (secrets best as files, LEDGER_KEY_FILE=/run/secrets/ledger-key), and all it writes goes to the volume /data.
#
#   docker build -t redox-reconcile .
#   docker run --rm --read-only --tmpfs /tmp --ulimit core=0 -v redox-reconcile:/data --env-file site.env redox-reconcile nightly
#
# From a host's cron or a Kubernetes CronJob, run one job as above. Without one, let `schedule` stay in the foreground:
#
#   docker run -d --init --read-only --tmpfs /tmp --ulimit core=0 -v redox-reconcile:/data --env-file site.env \
#     redox-reconcile schedule --nightly "15 2 * * *"
#
# jobs/deploy/ has the whole of it for compose, Kubernetes, systemd and cron.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json esbuild.config.ts ./
COPY esbuild esbuild
COPY src src
COPY jobs jobs
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production REPORT_DIR=/data/reports
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE .env.example ./
COPY jobs/*.json jobs/
COPY sql sql
COPY reports reports
# The program belongs to root and is only read; the plain user owns nothing but the volume.
RUN chmod 755 dist/jobs/cli.js && ln -s /app/dist/jobs/cli.js /usr/local/bin/redox-reconcile \
  && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
# Where relative paths land (`embedded:ledger`, `csv:extracts`), so that none of them meets the read-only root.
WORKDIR /data

# Only `schedule` lives long enough to be asked. Whether the nights are clean is for `status` and an alert to say: a container
# that is restarted for a bad night would only lose the run under way. So this asks whether the program and its configuration
# are whole, which a secret that was unmounted or a volume that filled up breaks. For the same reason it does not ask /healthz
# (METRICS_PORT), which says 503 after a bad night: that is for whoever watches, not for what restarts.
HEALTHCHECK --interval=5m --timeout=30s --start-period=30s --retries=3 \
  CMD redox-reconcile show-config > /dev/null && test -w /data

# A job ends within ten seconds of SIGTERM, and calls under way are recorded: what `docker stop` gives is enough.
STOPSIGNAL SIGTERM
ENTRYPOINT ["redox-reconcile"]
CMD ["--help"]

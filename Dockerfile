# syntax=docker/dockerfile:1

# Versions are the lock file's: the CLI is the SDK's own version, the plugin the one @pulumi/aws asks for by name.
FROM node:24-bookworm-slim AS build
ENV NODE_ENV=production
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
# The image's own Node is 24 already, so the pinned copy of it is left out.
RUN npm ci --omit=dev --omit=optional
COPY src src
COPY scripts scripts
ENV BATCHYARD_PULUMI_ROOT=/opt/pulumi
# The CLI makes its plugins readable for their installer only.
RUN node scripts/pulumi-install.ts && chmod -R a+rX /opt/pulumi

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    BATCHYARD_HOST=0.0.0.0 \
    BATCHYARD_PORT=8080 \
    BATCHYARD_DATA=/data \
    BATCHYARD_CLOUD=aws \
    BATCHYARD_ENGINE=pulumi \
    BATCHYARD_PULUMI_ROOT=/opt/pulumi \
    BATCHYARD_STOP_SECONDS=180
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates tini && rm -rf /var/lib/apt/lists/* \
    && install -d -o node -g node -m 0700 /data
COPY --from=build /opt/pulumi /opt/pulumi
COPY --from=build /app /app
WORKDIR /app
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.BATCHYARD_PORT+'/livez').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# When the service ends the container ends, and every engine with it: BATCHYARD_STOP_SECONDS lets them finish what they have in
# flight, so the orchestrator must wait longer than that before it kills.
ENTRYPOINT ["tini", "--"]
CMD ["node", "src/server/main.ts"]

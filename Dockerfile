# One image, started as app (`serve`), agent (`agent`) or command line.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git gpgv ca-certificates bubblewrap \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json app.yml ./
COPY bin ./bin
COPY policies ./policies
COPY templates ./templates
# kubectl and helm are unpacked here once, while the file system may still be written to.
ENV XDG_CACHE_HOME=/app/cache NODE_ENV=production DRAWBRIDGE_DATA=/data HOST=0.0.0.0
RUN mkdir -p /app/cache /data && node bin/drawbridge.js doctor --tools-only && chown node /data
# Run with a read-only root file system: only /data (a volume) and /tmp are written to.
VOLUME /data
USER node
EXPOSE 3000
ENTRYPOINT ["node", "bin/drawbridge.js"]
CMD ["serve"]

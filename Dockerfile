# syntax=docker/dockerfile:1
# The server's image, and the indexer's: docs/deployment.md shows how to run it. No weights of MERT or CLaMP3 inside.
ARG PYTHON=3.13-slim-trixie

FROM python:${PYTHON} AS build
# Where torch alone comes from: CPU wheels. For a GPU: --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cu130;
# empty: pip's own index. Everything else comes from pip's own, so that neither index can shadow a package of the other.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
WORKDIR /src
# pip works from outside: the image that runs has none.
RUN python -m venv --without-pip /opt/soundpalette
COPY constraints.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m pip --python /opt/soundpalette/bin/python install --no-deps -c constraints.txt \
    ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} torch
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY soundpalette ./soundpalette
# Of pyproject.toml, with commas between: --build-arg EXTRAS=milvus,ray
ARG EXTRAS=""
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m pip --python /opt/soundpalette/bin/python install -c constraints.txt ".${EXTRAS:+[$EXTRAS]}"

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="SoundPalette" \
      org.opencontainers.image.description="Finds sounds in a sample library by what they sound like: MCP, SSE and REST" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 soundpalette \
    && useradd --system --uid 10001 --gid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin soundpalette \
    && install --directory --owner=10001 --group=10001 /data /models
COPY --from=build /opt/soundpalette /opt/soundpalette
# Nothing is written but to /data, /models (by `models download` alone) and /tmp: the root file system may be read-only.
ENV PATH=/opt/soundpalette/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HF_HOME=/models/huggingface \
    SOUNDPALETTE_DATA_DIR=/data \
    SOUNDPALETTE_MODELS__CACHE_DIR=/models \
    SOUNDPALETTE_SERVER__LOG_FORMAT=json \
    PORT=8765
USER 10001:10001
EXPOSE 8765
STOPSIGNAL SIGTERM
# http.client follows no proxy variables, as urllib would.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; asked = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); asked.request('GET', '/health/ready'); sys.exit(asked.getresponse().status != 200)"]
ENTRYPOINT ["soundpalette"]
# Refuses to start without SOUNDPALETTE_SERVER__TOKEN or SOUNDPALETTE_SERVER__TOKEN_FILE.
CMD ["serve", "--transport", "http", "--host", "0.0.0.0"]

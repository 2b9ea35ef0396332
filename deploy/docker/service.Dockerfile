# syntax=docker/dockerfile:1
# One image per service, holding that service alone: docker build --build-arg SERVICE=routing -f deploy/docker/service.Dockerfile .
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS packages
COPY deploy/docker/requirements.lock /requirements.lock
# Built packages only: nothing is compiled, and no package's own code runs as root.
RUN python -m venv /opt/packages \
    && /opt/packages/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
       --requirement /requirements.lock \
    && /opt/packages/bin/python -m pip uninstall --yes --quiet pip setuptools

FROM ${PYTHON}
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="lang-nghe-${SERVICE}" \
      org.opencontainers.image.description="Lắng Nghe, how a Vietnamese city hears its people: the service ${SERVICE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

# Files live here when BLOB_URL says so; a volume takes owner and mode from this folder.
RUN install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/lang-nghe/files
COPY --from=packages /opt/packages /opt/packages
WORKDIR /opt/lang-nghe
COPY libs/ libs/
COPY provinces/ provinces/
COPY services/__init__.py services/
COPY services/${SERVICE}/ services/${SERVICE}/

ENV PATH=/opt/packages/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SERVICE=${SERVICE} \
    LISTEN_HOST=0.0.0.0 \
    LISTEN_PORT=8000
# An import of another service, or of a package that is not installed, ends here and not in the night.
RUN python -m compileall -q libs services && python -c "import services.${SERVICE}.app"

USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['LISTEN_PORT'] + '/health/live', timeout=4)"]
# `exec`, so that the service itself gets the signal to stop.
ENTRYPOINT ["/bin/sh", "-c", "exec python -m \"services.$SERVICE\" \"$@\"", "service"]
CMD ["serve"]

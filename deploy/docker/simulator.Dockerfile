# syntax=docker/dockerfile:1
# A stand-in for the world outside, for trials: docker build --build-arg SIMULATOR=zalo_oa -f deploy/docker/simulator.Dockerfile .
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS packages
COPY deploy/docker/requirements.lock /requirements.lock
RUN python -m venv /opt/packages \
    && /opt/packages/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
       --requirement /requirements.lock \
    && /opt/packages/bin/python -m pip uninstall --yes --quiet pip setuptools

FROM ${PYTHON}
ARG SIMULATOR
LABEL org.opencontainers.image.title="lang-nghe-simulator-${SIMULATOR}" \
      org.opencontainers.image.description="Lắng Nghe: a simulated ${SIMULATOR}, for trials only" \
      org.opencontainers.image.licenses="MIT"

RUN install --directory --owner=10001 --group=10001 --mode=0750 /var/lib/simulator
COPY --from=packages /opt/packages /opt/packages
WORKDIR /opt/lang-nghe
COPY simulators/__init__.py simulators/
COPY simulators/${SIMULATOR}/ simulators/${SIMULATOR}/

ENV PATH=/opt/packages/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SIMULATOR=${SIMULATOR}
RUN python -m compileall -q simulators && python -c "import simulators.${SIMULATOR}.app"

USER 10001:10001
ENTRYPOINT ["/bin/sh", "-c", "exec python -m \"simulators.$SIMULATOR\" \"$@\"", "simulator"]

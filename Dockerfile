# Layer 1: the worker. Layer 2, PyTorch and the weights, is set up on the network volume: `voxcue volume setup`.
# Reproducible: pass the digest of the base too, as in --build-arg BASE_DIGEST=@sha256:...
ARG BASE=docker.io/library/python:3.11-slim-bookworm
ARG BASE_DIGEST=

FROM ${BASE}${BASE_DIGEST} AS build
WORKDIR /build
ENV UV_SYSTEM_CERTS=1 UV_NO_CACHE=1 UV_PYTHON=/opt/voxcue/bin/python
COPY requirements/build.txt requirements/image.txt requirements/
RUN python3 -m venv tools && tools/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
RUN tools/bin/uv venv --python python3 /opt/voxcue && \
    tools/bin/uv pip install --require-hashes --no-deps --compile-bytecode -r requirements/image.txt
# What is only for people who change or convert these packages, 80 MB of it.
COPY tools/prune.py tools/prune.py
RUN python3 tools/prune.py /opt/voxcue
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN tools/bin/python -m hatchling build -t wheel && \
    tools/bin/uv pip install --no-deps --compile-bytecode dist/*.whl

FROM ${BASE}${BASE_DIGEST}
COPY --from=build /opt/voxcue /opt/voxcue
ENV PATH=/opt/voxcue/bin:$PATH PYTHONUNBUFFERED=1 VOXCUE_ENGINE=f5
WORKDIR /opt/voxcue
CMD ["voxcue", "worker"]

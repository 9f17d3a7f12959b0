# The app as an image: everything is resolved and hashed in requirements.lock; nothing is compiled, nothing runs as root.
FROM python:3.11.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/aisle
COPY requirements.lock /build/
# A layer of its own: a change of our code fetches nothing anew.
RUN /opt/aisle/bin/pip install --no-deps --require-hashes -r /build/requirements.lock
COPY pyproject.toml README.md LICENSE NOTICE models.toml /build/
COPY assistant /build/assistant
COPY tools /build/tools
COPY policies /build/policies
COPY retrieval /build/retrieval
COPY shop /build/shop
COPY ui /build/ui
COPY evals /build/evals
RUN /opt/aisle/bin/pip install --no-deps --no-build-isolation /build \
    && /opt/aisle/bin/pip uninstall --yes pip \
    && /opt/aisle/bin/python -m compileall -q /opt/aisle/lib/python3.11/site-packages/ui

FROM python:3.11.13-slim-bookworm
LABEL org.opencontainers.image.title="Aisle" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin aisle \
    && install --directory --owner aisle --group aisle --mode 0700 /var/lib/aisle /var/lib/aisle-journal
COPY --from=build /opt/aisle /opt/aisle
ENV PATH=/opt/aisle/bin:$PATH AISLE_HOME=/var/lib/aisle/home AISLE_HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
USER 10001:10001
WORKDIR /var/lib/aisle
VOLUME ["/var/lib/aisle", "/var/lib/aisle-journal"]
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
    CMD ["python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/readyz').raise_for_status()"]
ENTRYPOINT ["aisle"]
CMD ["serve"]

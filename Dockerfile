# Ruang in a container: web, worker, beat and the one-shot migration, one image.
# docker-compose.yml says how they stand together; docs/production.md tells the rest.

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
WORKDIR /app
COPY requirements/uv.txt requirements/base.txt requirements/
RUN python -m venv /tools \
 && /tools/bin/pip install --quiet --require-hashes -r requirements/uv.txt \
 && python -m venv --without-pip /venv \
 && /tools/bin/uv pip install --no-cache --python /venv/bin/python \
      --require-hashes -r requirements/base.txt
COPY . .
# Made here, since the code is read-only where it runs. The values are thrown away: the
# settings want them, these two commands use none.
RUN set -eu; \
    export SECRET_KEY=build DATABASE_URL=postgresql://build@127.0.0.1:1/build \
      VAULT_DATABASE_URL=postgresql://build@127.0.0.1:1/build \
      VAULT_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
      CELERY_BROKER_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp://127.0.0.1:1 RUANG_VAR=/tmp/var; \
    /venv/bin/python manage.py messages compile; \
    /venv/bin/python -m compileall -q config privacy accounts billing reservations support frontend

FROM python:3.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RUANG_VAR=/var/lib/ruang LOG_FORMAT=json WEB_WORKERS=2 WEB_THREADS=8
RUN groupadd --gid 10001 ruang \
 && useradd --uid 10001 --gid ruang --home-dir /nonexistent --no-create-home \
      --shell /usr/sbin/nologin ruang \
 && install -d -o ruang -g ruang -m 0700 /var/lib/ruang /var/lib/ruang/run \
      /var/lib/ruang/media /var/lib/ruang/static
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER ruang
VOLUME /var/lib/ruang
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "config/deploy/healthcheck.py", "/healthz"]
# Threads wait for the database most of the time; see config/runner/service.py.
CMD ["sh", "-c", "exec granian --interface wsgi config.wsgi:application --host 0.0.0.0 --port 8000 --no-ws --workers \"$WEB_WORKERS\" --blocking-threads \"$WEB_THREADS\" --respawn-failed-workers --workers-kill-timeout 20 --log-level warning"]

# One image for every command. The program is process 1 of the container, hence --init:
#   docker build -t talks-monitor .
#   docker run --init -v monitor-data:/data -p 127.0.0.1:8787:8787 talks-monitor
FROM python:3.12-slim AS build
WORKDIR /src
RUN python -m venv --without-pip /opt/venv
# The dependencies alone first: their layer is made (and pulled) again only when one of these files changes.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > /requirements.txt \
 && pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
      --constraint constraints.txt --requirement /requirements.txt
COPY README.md LICENSE ./
COPY migrations migrations
COPY models/minilm-talks models/minilm-talks
COPY monitor monitor
# Into a root of its own, so that the program is a small layer above its dependencies.
RUN pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check --no-deps --root /program .

FROM python:3.12-slim
LABEL org.opencontainers.image.title="talks-monitor" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin monitor \
 && mkdir /data \
 && chown monitor:monitor /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /program /
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 \
    SQLITE_TMPDIR=/data \
    ORT_DISABLE_TELEMETRY=1 \
    MONITOR_DATABASE_URL=sqlite:////data/monitor.sqlite3 \
    MONITOR_HEALTH_HOST=0.0.0.0 \
    MONITOR_HEALTH_PORT=8787
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8787
# http.client and not urllib, which would ask a proxy that the container's environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import http.client as h, os, sys; c = h.HTTPConnection('127.0.0.1', int(os.environ['MONITOR_HEALTH_PORT']), timeout=4); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
ENTRYPOINT ["monitor"]
CMD ["run", "--no-live"]

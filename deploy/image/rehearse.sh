#!/bin/sh
# Takes the steps of the Dockerfile in bare Debian trees, without Docker, and uses what comes out.
#   rehearse.sh FOLDER      as root, on Debian with debootstrap; FOLDER is made, and kept
# pip's settings in the environment (PIP_INDEX_URL, PIP_CERT ...) hold inside as well.
set -eu
folder=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$folder"

inside() { # inside TREE COMMAND...: no terminal, no variables but pip's
  tree=$1
  shift
  # shellcheck disable=SC2046
  env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    $(env | grep '^PIP_' || true) chroot "$tree" "$@"
}

echo "== a bare tree"
if [ ! -e "$folder/bare.tar" ]; then
  debootstrap --variant=minbase bookworm "$folder/bare" http://deb.debian.org/debian >/dev/null
  tar -C "$folder" -cf "$folder/bare.tar" bare
  rm -rf "$folder/bare"
fi
for stage in build run; do
  rm -rf "${folder:?}/$stage"
  mkdir "$folder/$stage"
  tar -C "$folder/$stage" --strip-components=1 -xf "$folder/bare.tar"
  cp /etc/resolv.conf "$folder/$stage/etc/"
  cp "$source/deploy/image/system.sh" "$folder/$stage/system.sh"
done

echo "== stage build"
inside "$folder/build" /system.sh ca-certificates python3 python3-venv >"$folder/build.log" 2>&1
if [ -n "${PIP_CERT:-}" ]; then
  mkdir -p "$folder/build$(dirname "$PIP_CERT")"
  cp "$PIP_CERT" "$folder/build$PIP_CERT"
fi
mkdir "$folder/build/source"
# What .dockerignore lets through.
kept=$(sed -n 's/^!//p' "$source/.dockerignore")
# shellcheck disable=SC2086
tar -C "$source" --exclude=__pycache__ -cf - $kept | tar -C "$folder/build/source" -xf -
inside "$folder/build" /source/deploy/image/build.sh /source /opt/sonorant

echo "== last stage"
inside "$folder/run" /system.sh ca-certificates python3 >"$folder/run.log" 2>&1
rm "$folder/run/system.sh"
inside "$folder/run" useradd --uid 10001 --create-home --home-dir /var/lib/sonorant sonorant
cp -a "$folder/build/opt/sonorant" "$folder/run/opt/sonorant"
cp "$source/deploy/image/healthcheck.py" "$folder/run/opt/sonorant/healthcheck.py"

echo "== in use"
as_user() { # what ENV, USER and WORKDIR say; /proc goes again with the command
  # shellcheck disable=SC2016
  unshare --mount sh -c 'mount --bind /proc "$0/proc" && exec chroot --userspec=10001:10001 "$@"' \
    "$folder/run" "$folder/run" /usr/bin/env -i PATH=/opt/sonorant/bin:/usr/bin:/bin \
    HOME=/var/lib/sonorant PYTHONUNBUFFERED=1 SONORANT_MODELS=/opt/sonorant/models \
    SONORANT_HOST=0.0.0.0 sh -c 'cd && exec "$@"' sh "$@"
}
as_user sonorant models list --installed
as_user sonorant demo
du -sh "$folder/run" "$folder/run/opt/sonorant"

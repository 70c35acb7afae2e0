#!/bin/sh
# Debian packages, without what they only recommend and without leaving lists behind.
#   system.sh PACKAGE...
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "$@"
rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

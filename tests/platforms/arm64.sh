#!/usr/bin/env bash
# Runs core.ts on arm64, which qemu emulates. On Debian it needs the packages
# qemu-user-static libc6-arm64-cross libgcc-s1-arm64-cross libstdc++6-arm64-cross
set -euo pipefail
cd "$(dirname "$0")"

deno=@deno/linux-arm64-glibc@2.9.5
root=/usr/aarch64-linux-gnu

command -v qemu-aarch64-static >/dev/null && [[ -d $root ]] || {
  echo "qemu-aarch64-static or $root is missing: see ${BASH_SOURCE[0]}" >&2
  exit 1
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" "$deno" >/dev/null
tar -xzf "$folder"/*.tgz -C "$folder"
DENO_DIR=$folder/cache DENO_NO_UPDATE_CHECK=1 \
  qemu-aarch64-static -L "$root" "$folder/package/deno" run \
  --no-config --no-prompt --no-check --allow-all core.ts

#!/bin/sh
# From the indexer's volume to every server's: a snapshot, a copy of it, its publication beside the running server.
# SERVERS: hosts that root reaches by ssh, each with Docker, rsync and the image `soundpalette`.
set -eu
here=$(dirname "$0")
box=/var/tmp/soundpalette

publish="--rm --interactive --network none --read-only --cap-drop ALL --entrypoint python"
install -d -o 10001 -g 10001 "$box"
# shellcheck disable=SC2086 # $publish is several words
docker run $publish -v soundpalette_data:/data -v "$box:/box" soundpalette:cuda - /data /box <"$here/publish.py"
for server in $SERVERS; do
    rsync --archive --delete "$box/" "root@$server:$box/"
    ssh "root@$server" docker run "$publish" -v soundpalette_data:/data -v "$box:/box" \
        soundpalette - /box /data <"$here/publish.py"
done

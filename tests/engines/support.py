"""What the tests of engines have in common: commands, images made of nothing, and waiting for what is to come."""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
import time

PATIENCE = 60
failures = []


def run(*words, code=0, timeout=PATIENCE, **options):
    """Runs a command, and gives what it has written."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, **options)
    if code is not None and done.returncode != code:
        raise AssertionError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def until(what, look, patience=PATIENCE):
    """Waits until `look` gives something true, and gives that."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {patience} seconds")


def test(function):
    """Runs a test, and tells how it went."""
    began = time.monotonic()
    try:
        function()
        result = "ok"
    except Exception as error:  # Whatever it is, the other tests run.
        failures.append(function.__name__)
        result = f"FAILED: {type(error).__name__}: {error}"
    print(f"test {function.__name__} ... {result} ({time.monotonic() - began:.1f} s)", flush=True)


def end():
    sys.exit(f"failed: {', '.join(failures)}" if failures else 0)


def get(address, timeout=5):
    """What an HTTP server answers, or nothing."""
    done = subprocess.run(["curl", "-s", "-m", str(timeout), f"http://{address}"], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def image(path, name, files, entry, env=()):
    """Writes an image that `ctr image import` and `docker load` take: files by their names, content or where they are."""
    blobs = {}

    def blob(data):
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        return digest

    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for target, source in files.items():
            content = source if isinstance(source, bytes) else open(source, "rb").read()
            info = tarfile.TarInfo(target.lstrip("/"))
            info.size, info.mode = len(content), 0o755
            archive.addfile(info, io.BytesIO(content))
    layer = layer.getvalue()
    digest = blob(layer)
    config = {
        "architecture": "amd64", "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "config": {"Env": ["PATH=/bin", *env], "Entrypoint": entry},
    }
    config = json.dumps(config).encode()
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": f"sha256:{blob(config)}", "size": len(config),
        },
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": f"sha256:{digest}", "size": len(layer),
        }],
    }
    body = json.dumps(manifest).encode()
    index = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{
            "mediaType": manifest["mediaType"], "digest": f"sha256:{blob(body)}", "size": len(body),
            "platform": {"architecture": "amd64", "os": "linux"},
            "annotations": {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.split(":")[-1]},
        }],
    }
    with tarfile.open(path, "w") as archive:
        def put(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        put("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        put("index.json", json.dumps(index).encode())
        put("manifest.json", json.dumps([{
            "Config": f"blobs/sha256/{hashlib.sha256(config).hexdigest()}", "RepoTags": [name],
            "Layers": [f"blobs/sha256/{digest}"],
        }]).encode())
        for digest, data in blobs.items():
            put(f"blobs/sha256/{digest}", data)
    return name

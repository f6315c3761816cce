"""Model calls under a guardrail whose KMS key cannot be used: nothing reaches the model, and what is usable again works again."""
import json
import os
import sqlite3
import subprocess
import time

import pytest

from conftest import MESSAGES, ROOT, client
from test_identity import refused
from world import MODEL


class Server:
    """A server of its own with one model, which can be stopped and started on the same folder."""

    def __init__(self, folder, upstream):
        self.folder = folder
        (folder / "merlon.yaml").write_text(json.dumps({"kms_cache": "0s", "models": [
            {"id": MODEL, "provider": "openai", "base_url": upstream.url, "upstream_model": "up", "attempts": 1}]}))
        self.start()

    def start(self):
        with open(self.folder / "log", "a") as log:
            self.process = subprocess.Popen(
                [ROOT / "bin" / "merlon", "serve", "--dev", "--config", self.folder / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", self.folder / "data"],
                stdout=subprocess.PIPE, stderr=log, text=True, env=os.environ)
        line = self.process.stdout.readline().split()
        assert line[:2] == ["merlon", "ready"], (self.folder / "log").read_text()
        self.kms, self.bedrock, self.runtime = (client(name, line[2]) for name in ("kms", "bedrock", "bedrock-runtime"))

    def stop(self):
        self.process.terminate()
        assert self.process.wait(20) == 0
        self.process.stdout.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory, upstreams):
    server = Server(tmp_path_factory.mktemp("key"), upstreams)
    yield server
    server.stop()


@pytest.fixture
def guarded(server, name):
    """A guardrail under a key of its own, and the calls that apply it."""
    key = server.kms.create_key()["KeyMetadata"]["KeyId"]
    arn = server.kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    made = server.bedrock.create_guardrail(name=name, **MESSAGES, kmsKeyId=key, wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]})["guardrailId"]
    server.bedrock.create_guardrail_version(guardrailIdentifier=made)
    messages = [{"role": "user", "content": [{"text": "hello"}]}]
    native = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 10, "messages": [{"role": "user", "content": "hello"}]})

    def calls():
        for version in "DRAFT", "1":
            config = {"guardrailIdentifier": made, "guardrailVersion": version}
            yield "Converse", lambda: server.runtime.converse(modelId=MODEL, messages=messages, guardrailConfig=config)["stopReason"]
            yield "ConverseStream", lambda: [e["messageStop"]["stopReason"] for e in server.runtime.converse_stream(
                modelId=MODEL, messages=messages, guardrailConfig=config)["stream"] if "messageStop" in e][0]
            yield "InvokeModel", lambda: json.loads(server.runtime.invoke_model(modelId=MODEL, body=native, **config)["body"].read())["stop_reason"]
    return made, key, arn, calls


def usable(upstreams, calls):
    for name, call in calls():
        asked = len(upstreams.asked)
        assert call() == "end_turn", name
        assert len(upstreams.asked) == asked + 1, name


def closed(upstreams, calls, arn):
    for name, call in calls():
        asked = len(upstreams.asked)
        answer = refused(call, "AccessDeniedException", arn)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403, name
        assert len(upstreams.asked) == asked, f"{name} reached the model"


def test_model_calls_under_a_disabled_key(server, upstreams, guarded):
    made, key, arn, calls = guarded
    upstreams.say, upstreams.tool, upstreams.fail = ["hello"], None, 0
    usable(upstreams, calls)
    server.kms.disable_key(KeyId=key)
    closed(upstreams, calls, arn)
    server.kms.enable_key(KeyId=key)
    usable(upstreams, calls)
    server.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    closed(upstreams, calls, arn)
    server.kms.cancel_key_deletion(KeyId=key)
    server.kms.enable_key(KeyId=key)
    usable(upstreams, calls)


def test_model_calls_after_the_key_was_deleted(server, upstreams, guarded):
    """The waiting time of a week is put into the past while the server is stopped: it deletes the key when it starts."""
    made, key, arn, calls = guarded
    upstreams.say, upstreams.tool, upstreams.fail = ["hello"], None, 0
    server.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    server.stop()
    try:
        database = sqlite3.connect(server.folder / "data" / "merlon.db")
        with database:
            past = int((time.time() - 1) * 1e6)
            assert database.execute("UPDATE kms_key SET deletion_at = ?, due_at = ? WHERE id = ?", (past, past, key)).rowcount == 1
        database.close()
    finally:
        server.start()
    closed(upstreams, calls, arn)
    refused(server.kms.describe_key, "NotFoundException", KeyId=key)
    assert key not in [k["KeyId"] for p in server.kms.get_paginator("list_keys").paginate() for k in p["Keys"]]
    assert [g["version"] for g in server.bedrock.list_guardrails(guardrailIdentifier=made)["guardrails"]] == ["DRAFT", "1"]
    assert made in [g["id"] for g in server.bedrock.list_guardrails(maxResults=1000)["guardrails"]]
    refused(server.kms.enable_key, "NotFoundException", KeyId=key)
    closed(upstreams, calls, arn)
    server.bedrock.delete_guardrail(guardrailIdentifier=made)

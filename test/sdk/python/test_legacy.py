"""Raw HTTP of preview-time clients: text.inputText in, output out (facts 3 and 110), on a server that allows it."""
import json
import os
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from conftest import ROOT


@pytest.fixture(scope="module")
def legacy(tmp_path_factory):
    env = os.environ | {"MERLON_COMPAT__LEGACY_APPLY_REQUEST": "true"}
    server = subprocess.Popen([ROOT / "bin" / "merlon", "serve", "--dev", "--listen", "127.0.0.1:0", "--data", tmp_path_factory.mktemp("legacy") / "data"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, text=True)
    endpoint = server.stdout.readline().split()[2]

    def post(path, body):
        request = AWSRequest("POST", endpoint + path, data=json.dumps(body), headers={"Content-Type": "application/json"})
        SigV4Auth(Credentials("test", "test"), "bedrock", "us-east-1").add_auth(request)
        try:
            with urllib.request.urlopen(urllib.request.Request(endpoint + path, request.body, dict(request.headers.items()), method="POST")) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
    yield post
    server.terminate()
    assert server.wait(10) == 0


def test_preview_members(legacy):
    body = {"name": "legacy", "blockedInputMessaging": "no", "blockedOutputsMessaging": "no", "wordPolicyConfig": {"wordsConfig": [{"text": "Bluewhale"}]}}
    status, answer = legacy("/guardrails", {k: v for k, v in body.items() if not k.startswith("blocked")})
    assert status == 400 and "blockedInputMessaging" in answer["message"]  # 3
    status, made = legacy("/guardrails", body)
    assert status == 202
    path = f"/guardrail/{made['guardrailId']}/version/DRAFT/apply"
    status, answer = legacy(path, {"source": "INPUT", "content": [{"text": {"inputText": "the Bluewhale"}}]})  # 110
    assert status == 200 and answer["output"][0]["text"] == answer["outputs"][0]["text"] == "no"
    status, answer = legacy(path, {"source": "INPUT", "content": [{"text": {"inputText": "a", "text": "b"}}]})
    assert status == 400 and "inputText" in answer["message"]
    status, answer = legacy(path, {"source": "INPUT", "content": [{"text": {}}]})
    assert status == 400 and "text" in answer["message"]

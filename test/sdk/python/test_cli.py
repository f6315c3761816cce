"""The AWS CLI with nothing but an endpoint URL in its environment."""
import json
import os
import pathlib
import subprocess
import sys

import pytest


@pytest.fixture
def aws(endpoint, tmp_path):
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": "us-east-1",
           "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_MAX_ATTEMPTS": "1"}

    def run(*arguments, fails=False):
        cli = pathlib.Path(sys.executable).with_name("aws")
        done = subprocess.run([cli, *arguments, "--output", "json"], env=env, capture_output=True, text=True)
        assert (done.returncode != 0) == fails, done.stderr
        return done.stderr if fails else json.loads(done.stdout or "{}")
    return run


def test_life_of_a_guardrail(aws, name):
    made = aws("bedrock", "create-guardrail", "--name", name, "--blocked-input-messaging", "no", "--blocked-outputs-messaging", "no",
               "--word-policy-config", '{"wordsConfig":[{"text":"Bluewhale"}]}')
    identifier = made["guardrailId"]
    assert aws("bedrock", "create-guardrail-version", "--guardrail-identifier", identifier)["version"] == "1"
    out = aws("bedrock-runtime", "apply-guardrail", "--guardrail-identifier", made["guardrailArn"], "--guardrail-version", "1",
              "--source", "INPUT", "--content", '[{"text":{"text":"the Bluewhale plan"}}]')
    assert out["action"] == "GUARDRAIL_INTERVENED" and out["outputs"] == [{"text": "no"}]
    assert identifier in [g["id"] for g in aws("bedrock", "list-guardrails", "--page-size", "1")["guardrails"]]
    aws("bedrock", "update-guardrail", "--guardrail-identifier", identifier, "--name", name, "--blocked-input-messaging", "no",
        "--blocked-outputs-messaging", "no", "--sensitive-information-policy-config", '{"piiEntitiesConfig":[{"type":"EMAIL","action":"BLOCK"}]}')
    assert "wordPolicy" not in aws("bedrock", "get-guardrail", "--guardrail-identifier", identifier)
    aws("bedrock", "tag-resource", "--resource-arn", made["guardrailArn"], "--tags", "key=a,value=b")
    assert aws("bedrock", "list-tags-for-resource", "--resource-arn", made["guardrailArn"])["tags"] == [{"key": "a", "value": "b"}]
    aws("bedrock", "delete-guardrail", "--guardrail-identifier", identifier)
    assert "ResourceNotFoundException" in aws("bedrock", "get-guardrail", "--guardrail-identifier", identifier, fails=True)


def test_wrong_secret(aws, endpoint, monkeypatch, tmp_path):
    credentials = tmp_path / ".aws"
    credentials.mkdir()
    (credentials / "config").write_text("[profile wrong]\naws_access_key_id = test\naws_secret_access_key = wrong\n")
    cli = pathlib.Path(sys.executable).with_name("aws")
    done = subprocess.run([cli, "bedrock", "list-guardrails", "--profile", "wrong", "--region", "us-east-1", "--endpoint-url", endpoint],
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode != 0 and "InvalidSignatureException" in done.stderr

"""Quotas of models: calls beyond them are throttled with a hint, and retries of the SDK get through."""
import json
import socket
import subprocess
import urllib.request

import openai
import pytest

from conftest import ROOT, client
from test_identity import short_term
from world import MODEL


@pytest.fixture(scope="module")
def served(tmp_path_factory, upstreams):
    folder = tmp_path_factory.mktemp("quotas")
    with socket.create_server(("127.0.0.1", 0)) as free:
        metrics = "127.0.0.1:%d" % free.getsockname()[1]
    (folder / "merlon.yaml").write_text(json.dumps({
        "models": [{"id": MODEL, "provider": "openai", "base_url": upstreams.url, "attempts": 1}],
        "quotas": {"principal_requests": 3}, "metrics": metrics}))
    server = subprocess.Popen(
        [ROOT / "bin" / "merlon", "serve", "--dev", "--config", folder / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", folder / "data"],
        stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline().split()
    assert line[:2] == ["merlon", "ready"]
    yield line[2], metrics
    server.terminate()
    assert server.wait(10) == 0


def test_throttled(served, upstreams):
    served, metrics = served
    upstreams.say, upstreams.tool, upstreams.fail, upstreams.asked = ["hello"], None, 0, []
    runtime = client("bedrock-runtime", served)
    ask = lambda: runtime.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hi"}]}])
    for _ in range(3):
        ask()
    with pytest.raises(runtime.exceptions.ThrottlingException, match="Too many requests, please wait") as refused:
        ask()
    # An attempt may come in between; the hint is the time until one call fits in.
    assert 15 <= int(refused.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"]) <= 20
    chat = openai.OpenAI(base_url=served + "/openai/v1", api_key=short_term("test", "test"), max_retries=0)
    with pytest.raises(openai.RateLimitError) as refused:
        chat.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    assert refused.value.response.headers["retry-after"] and len(upstreams.asked) == 3
    told = urllib.request.urlopen(f"http://{metrics}/metrics").read().decode()
    labels = f'account="123456789012",model="{MODEL}"'
    principal = 'principal="arn:aws:iam::123456789012:root"'
    assert f'merlon_model_calls_total{{{labels},outcome="answered",{principal}}} 3' in told
    assert f'merlon_model_tokens_total{{{labels},{principal},side="output"}} 33' in told

"""A built server on a fresh data folder for the whole run, and clients that know nothing of Merlon but its endpoint."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import uuid

import boto3
import botocore.config
import pytest

from upstream import Upstream

# LiteLLM wants another version of OpenAI's client, so that it has a virtual environment of its own (see the Makefile).
collect_ignore = [] if importlib.util.find_spec("litellm") else ["test_litellm.py"]

ROOT = pathlib.Path(__file__).resolve().parents[3]
QUOTAS = "GUARDRAILS VERSIONS APPLY_REQUESTS CONTENT_UNITS TOPIC_UNITS SENSITIVE_UNITS WORD_UNITS GROUNDING_UNITS".split()


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory):
    data = tmp_path_factory.mktemp("merlon")
    env = os.environ | {f"MERLON_QUOTAS__{q}": "0" for q in QUOTAS}
    log = open(data / "log", "w")
    server = subprocess.Popen(
        [ROOT / "bin" / "merlon", "serve", "--dev", "--listen", "127.0.0.1:0", "--data", data / "data"],
        stdout=subprocess.PIPE, stderr=log, env=env, text=True)
    line = server.stdout.readline().split()
    assert line[:2] == ["merlon", "ready"], (data / "log").read_text()
    yield line[2]
    server.terminate()
    assert server.wait(10) == 0
    log.close()
    sys.stderr.write("".join(l for l in (data / "log").read_text().splitlines(True) if "level=ERROR" in l))


def client(name, endpoint, keys=None, **more):
    keys = keys or {"AccessKeyId": "test", "SecretAccessKey": "test"}
    return boto3.client(name, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=keys["AccessKeyId"],
                        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys.get("SessionToken"), config=botocore.config.Config(retries={"max_attempts": 1}, **more))


@pytest.fixture(scope="session")
def bedrock(endpoint):
    return client("bedrock", endpoint)


@pytest.fixture(scope="session")
def runtime(endpoint):
    return client("bedrock-runtime", endpoint)


@pytest.fixture
def name():
    return "g-" + uuid.uuid4().hex[:12]


MESSAGES = {"blockedInputMessaging": "no prompt", "blockedOutputsMessaging": "no answer"}


@pytest.fixture
def make(bedrock, name):
    """Creates a guardrail with the given policies and gives the answer."""
    def create(**policies):
        if not any(member.endswith("PolicyConfig") for member in policies):
            policies["wordPolicyConfig"] = {"wordsConfig": [{"text": "Bluewhale"}]}
        return bedrock.create_guardrail(name=policies.pop("name", name), **MESSAGES, **policies)
    return create


@pytest.fixture
def apply(runtime):
    """Applies the draft to texts or content blocks."""
    def call(guardrail, *content, source="INPUT", version="DRAFT", **more):
        blocks = [{"text": {"text": c}} if isinstance(c, str) else c for c in content]
        return runtime.apply_guardrail(guardrailIdentifier=guardrail, guardrailVersion=version, source=source, content=blocks, **more)
    return call


@pytest.fixture(scope="session")
def upstreams():
    upstream = Upstream()
    yield upstream
    upstream.close()


@pytest.fixture(scope="session")
def worlds(tmp_path_factory, upstreams):
    from world import World  # which needs this module
    world = World(tmp_path_factory.mktemp("converse"), upstreams)
    yield world
    world.server.terminate()
    assert world.server.wait(10) == 0


@pytest.fixture
def world(worlds, upstreams):
    upstreams.say, upstreams.tool, upstreams.fail, upstreams.asked = ["hello"], None, 0, []
    return worlds

"""Model invocation logging with boto3, read back from the closed data folder."""
import json
import pathlib
import subprocess

import pytest

from conftest import MESSAGES, ROOT, client
from world import EMAIL, MODEL

ROLE = "arn:aws:iam::123456789012:role/logs"
GROUP = {"logGroupName": "calls", "roleArn": ROLE}


def test_log(tmp_path, upstreams):
    upstreams.say, upstreams.tool, upstreams.fail = ["ask dana@", "example.com"], None, 0
    (tmp_path / "merlon.yaml").write_text(json.dumps({"models": [{"id": MODEL, "provider": "openai", "base_url": upstreams.url, "attempts": 1}]}))
    server = subprocess.Popen(
        [ROOT / "bin" / "merlon", "serve", "--dev", "--config", tmp_path / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", tmp_path / "data"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    endpoint = server.stdout.readline().split()[2]
    bedrock, runtime = client("bedrock", endpoint), client("bedrock-runtime", endpoint)
    masks = bedrock.create_guardrail(name="m", **MESSAGES, sensitiveInformationPolicyConfig=EMAIL)["guardrailId"]
    guard = {"guardrailIdentifier": masks, "guardrailVersion": "DRAFT"}
    ask = lambda text, **more: runtime.converse(modelId=MODEL, messages=[{"role": "user", "content": [{"text": text}]}], **more)

    assert "loggingConfig" not in bedrock.get_model_invocation_logging_configuration()
    ask("before anybody asked")
    for refused in ({"textDataDeliveryEnabled": True}, {"s3Config": {"bucketName": "abc"}}, {"cloudWatchConfig": GROUP, "s3Config": {"bucketName": "abc"}}):
        with pytest.raises(bedrock.exceptions.ValidationException):
            bedrock.put_model_invocation_logging_configuration(loggingConfig=refused)
    bedrock.put_model_invocation_logging_configuration(loggingConfig={"cloudWatchConfig": GROUP})
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == {"cloudWatchConfig": GROUP}
    ask("without its text", requestMetadata={"team": "a"})
    config = {"cloudWatchConfig": GROUP, "textDataDeliveryEnabled": True}
    bedrock.put_model_invocation_logging_configuration(loggingConfig=config)
    assert bedrock.get_model_invocation_logging_configuration()["loggingConfig"] == config
    ask("I am bob@example.com", guardrailConfig=guard)
    list(runtime.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hi"}]}], guardrailConfig=guard)["stream"])
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]})
    runtime.invoke_model(modelId=MODEL, body=body)
    list(runtime.invoke_model_with_response_stream(modelId=MODEL, body=body)["body"])
    upstreams.fail = 500
    with pytest.raises(runtime.exceptions.ModelErrorException):
        ask("this fails")
    upstreams.fail = 0
    ask("x" * 200_000)
    for _ in range(2):
        bedrock.delete_model_invocation_logging_configuration()
    ask("after nobody asked")
    server.terminate()
    _, stderr = server.communicate(timeout=20)
    assert server.returncode == 0

    told = subprocess.run([ROOT / "bin" / "merlon", "admin", "invocations", "--dev", "--data", tmp_path / "data"], capture_output=True, text=True, check=True)
    records = [json.loads(line) for line in told.stdout.splitlines()]
    assert [r["operation"] for r in records] == ["Converse", "Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream", "Converse", "Converse"]
    bare, masked, stream, native, native_stream, failed, long = records
    assert bare["schemaType"] == "ModelInvocationLog" and bare["schemaVersion"] == "1.0" and bare["requestMetadata"] == {"team": "a"}
    assert bare["modelId"] == f"arn:aws:bedrock:us-east-1::foundation-model/{MODEL}" and bare["identity"]["arn"].endswith(":root")
    assert bare["input"] == {"inputContentType": "application/json", "inputTokenCount": 7}
    assert bare["output"] == {"outputContentType": "application/json", "outputTokenCount": 11}
    assert masked["input"]["inputBodyJson"]["messages"][0]["content"] == [{"text": "I am bob@example.com"}]  # 109
    assert masked["output"]["outputBodyJson"]["output"]["message"]["content"] == [{"text": "ask {EMAIL}"}]
    events = stream["output"]["outputBodyJson"]
    assert "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e) == "ask {EMAIL}" and "metadata" in events[-1]
    assert native["input"]["inputBodyJson"] == json.loads(body) and native["output"]["outputBodyJson"]["content"][0]["text"] == "ask dana@example.com"
    assert native_stream["output"]["outputBodyJson"][0]["type"] == "message_start" and native_stream["output"]["outputTokenCount"] == 11
    assert failed["errorCode"] == "ModelErrorException" and "outputBodyJson" not in failed["output"]
    assert "inputBodyJson" not in long["input"] and long["output"]["outputBodyJson"]
    # Nothing of it lies open in the folder or went to the server's log.
    for path in pathlib.Path(tmp_path / "data").rglob("*"):
        assert not path.is_file() or b"bob@example.com" not in path.read_bytes(), path
    assert "bob@example.com" not in stderr

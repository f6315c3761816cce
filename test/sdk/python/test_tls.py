"""The API over HTTPS, with certificates of a CA that nobody but the test knows."""
import json
import ssl
import subprocess
import time
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from conftest import ROOT, client
from test_identity import allow, short_term
from world import MODEL


def openssl(*arguments, folder):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
            "-subj", f"/CN=Test {name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign", folder=folder)
    return folder / f"{name}.pem"


def certificate(folder, ca):
    """Writes cert.pem and key.pem for the loopback address, signed by a CA."""
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "new.key", "-out", "new.csr", "-subj", "/CN=merlon", folder=folder)
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "new.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "new.pem",
            folder=folder)
    (folder / "new.key").rename(folder / "key.pem")
    (folder / "new.pem").rename(folder / "cert.pem")


@pytest.fixture(scope="module")
def secure(tmp_path_factory, upstreams):
    """A server with TLS, as (endpoint, the CA's file, the folder of its certificates)."""
    folder = tmp_path_factory.mktemp("tls")
    ca = authority(folder, "first")
    certificate(folder, "first")
    (folder / "merlon.yaml").write_text(json.dumps({
        "tls": {"cert_file": str(folder / "cert.pem"), "key_file": str(folder / "key.pem")},
        "models": [{"id": MODEL, "provider": "openai", "base_url": upstreams.url, "attempts": 1}]}))
    server = subprocess.Popen([ROOT / "bin" / "merlon", "serve", "--dev", "--config", folder / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", folder / "data"],
                              stdout=subprocess.PIPE, text=True)
    line = server.stdout.readline().split()
    assert line[:2] == ["merlon", "ready"] and line[2].startswith("https://127.0.0.1:"), line
    yield line[2], ca, folder
    server.terminate()
    assert server.wait(10) == 0


def over(secure, service, key="test", secret="test"):
    return boto3.client(service, endpoint_url=secure[0], region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret, verify=str(secure[1]),
                        config=botocore.config.Config(retries={"max_attempts": 1}))


@pytest.fixture
def bearer(monkeypatch):
    def use(secure, service, key):
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
        return boto3.session.Session().client(service, endpoint_url=secure[0], region_name="us-east-1", verify=str(secure[1]),
                                              config=botocore.config.Config(retries={"max_attempts": 1}))
    return use


def test_api_keys(secure, bearer):
    """boto3 sends API keys over HTTPS alone."""
    iam = over(secure, "iam")
    iam.create_user(UserName="bearer")
    iam.attach_user_policy(UserName="bearer", PolicyArn="arn:aws:iam::aws:policy/AmazonBedrockLimitedAccess")
    key = iam.create_service_specific_credential(UserName="bearer", ServiceName="bedrock.amazonaws.com")["ServiceSpecificCredential"]["ServiceCredentialSecret"]
    made = bearer(secure, "bedrock", short_term("test", "test")).create_guardrail(
        name="g", blockedInputMessaging="no", blockedOutputsMessaging="no", wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]})
    long = bearer(secure, "bedrock", key)
    assert [g["id"] for g in long.list_guardrails()["guardrails"]] == [made["guardrailId"]]
    answer = bearer(secure, "bedrock-runtime", short_term("test", "test")).apply_guardrail(
        guardrailIdentifier=made["guardrailId"], guardrailVersion="DRAFT", source="INPUT", content=[{"text": {"text": "a Bluewhale"}}])
    assert answer["action"] == "GUARDRAIL_INTERVENED"
    with pytest.raises(botocore.exceptions.ClientError) as e:
        bearer(secure, "bedrock", key[:-8] + "AAAAAAA=").list_guardrails()
    assert e.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_stream(secure, upstreams):
    runtime = over(secure, "bedrock-runtime")
    upstreams.say = ["hel", "lo"]
    events = list(runtime.converse_stream(modelId=MODEL, messages=[{"role": "user", "content": [{"text": "hi"}]}])["stream"])
    assert "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e) == "hello"
    assert "metadata" in events[-1]


def test_secure_transport(secure, endpoint):
    """aws:SecureTransport tells HTTPS from HTTP, and the record tells the version and the cipher."""
    def bedrock_of_a_user(iam, make):
        iam.create_user(UserName="over-tls")
        iam.put_user_policy(UserName="over-tls", PolicyName="p", PolicyDocument=allow("bedrock:ListGuardrails", Condition={"Bool": {"aws:SecureTransport": "true"}}))
        return make(iam.create_access_key(UserName="over-tls")["AccessKey"])
    bedrock_of_a_user(over(secure, "iam"), lambda key: over(secure, "bedrock", key["AccessKeyId"], key["SecretAccessKey"])).list_guardrails()
    plain = bedrock_of_a_user(client("iam", endpoint), lambda key: client("bedrock", endpoint, keys=key))
    with pytest.raises(plain.exceptions.AccessDeniedException):
        plain.list_guardrails()
    event = over(secure, "cloudtrail").lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "ListGuardrails"}], MaxResults=1)["Events"][0]
    details = json.loads(event["CloudTrailEvent"])["tlsDetails"]
    assert details["tlsVersion"] in ("TLSv1.2", "TLSv1.3") and details["cipherSuite"].startswith("TLS_")


def test_old_versions_are_refused(secure):
    context = ssl.create_default_context(cafile=str(secure[1]))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(Exception) as e:
        urllib.request.urlopen(secure[0] + "/guardrails", context=context)
    assert isinstance(getattr(e.value, "reason", e.value), ssl.SSLError), e.value


def test_renewed_certificate(secure):
    """Comes last: the first CA is not trusted any more afterwards."""
    endpoint, _, folder = secure
    second = authority(folder, "second")
    certificate(folder, "second")
    new = over((endpoint, second), "sts")
    until = time.monotonic() + 20
    while True:
        try:
            new.get_caller_identity()
            break
        except botocore.exceptions.SSLError:
            assert time.monotonic() < until, "the new certificate is not served"
            time.sleep(0.2)
    with pytest.raises(botocore.exceptions.SSLError):
        over(secure, "sts").get_caller_identity()

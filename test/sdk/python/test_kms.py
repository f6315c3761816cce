"""KMS, seen by boto3: keys and what they do, and who may use them."""
import json
import os
import subprocess
import uuid

import pytest

from conftest import MESSAGES, ROOT as ROOT_FOLDER, client
from test_identity import ACCOUNT, allow, iam, refused, user  # noqa: F401: fixtures

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


@pytest.fixture(scope="session")
def kms(endpoint):
    return client("kms", endpoint)


@pytest.fixture
def key(kms):
    return kms.create_key(Description="for a test")["KeyMetadata"]


def policy(*statements):
    everything = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [everything, *statements]})


def test_encrypt_with_context(kms, key, name):
    assert key["KeyState"] == "Enabled" and key["Arn"] == f"arn:aws:kms:us-east-1:{ACCOUNT}:key/{key['KeyId']}"
    alias = "alias/" + name
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    sealed = kms.encrypt(KeyId=alias, Plaintext=b"words", EncryptionContext={"for": "me"})
    assert sealed["KeyId"] == key["Arn"] and b"words" not in sealed["CiphertextBlob"]
    opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"for": "me"})
    assert opened["Plaintext"] == b"words" and opened["KeyId"] == key["Arn"]
    refused(kms.decrypt, "InvalidCiphertextException", CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"for": "you"})
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    refused(kms.decrypt, "IncorrectKeyException", CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"for": "me"}, KeyId=other)
    assert alias in [a["AliasName"] for p in kms.get_paginator("list_aliases").paginate() for a in p["Aliases"]]
    kms.rotate_key_on_demand(KeyId=key["KeyId"])
    assert kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"for": "me"})["Plaintext"] == b"words"


def test_data_key(kms, key):
    made = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256", EncryptionContext={"n": "1"})
    assert len(made["Plaintext"]) == 32
    assert kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext={"n": "1"})["Plaintext"] == made["Plaintext"]
    assert "Plaintext" not in kms.generate_data_key_without_plaintext(KeyId=key["Arn"], NumberOfBytes=16)


def test_sign(kms):
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    made = kms.sign(KeyId=key, Message=b"words", SigningAlgorithm="ECDSA_SHA_256")
    check = {"KeyId": key, "SigningAlgorithm": "ECDSA_SHA_256", "Signature": made["Signature"]}
    assert kms.verify(Message=b"words", **check)["SignatureValid"] is True
    refused(kms.verify, "KMSInvalidSignatureException", Message=b"other words", **check)
    assert kms.get_public_key(KeyId=key)["KeySpec"] == "ECC_NIST_P256"


def test_states(kms, key):
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"words")["CiphertextBlob"]
    kms.disable_key(KeyId=key["KeyId"])
    refused(kms.decrypt, "DisabledException", CiphertextBlob=sealed)
    refused(kms.encrypt, "DisabledException", KeyId=key["KeyId"], Plaintext=b"words")
    kms.enable_key(KeyId=key["KeyId"])
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"words"
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    refused(kms.decrypt, "KMSInvalidStateException", CiphertextBlob=sealed)
    kms.cancel_key_deletion(KeyId=key["KeyId"])
    assert kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"] == "Disabled"
    refused(kms.describe_key, "NotFoundException", KeyId="1234abcd-12ab-34cd-56ef-1234567890ab")


def test_identity_policies_count_where_the_key_policy_says_so(kms, key, iam, user):
    me = user("kms")
    refused(me.encrypt, "AccessDeniedException", "kms:Encrypt", KeyId=key["KeyId"], Plaintext=b"words")
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("kms:Encrypt", "kms:DescribeKey", resource=key["Arn"]))
    sealed = me.encrypt(KeyId=key["KeyId"], Plaintext=b"words")["CiphertextBlob"]
    refused(me.decrypt, "AccessDeniedException", "kms:Decrypt", CiphertextBlob=sealed)
    mine = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user.name}"}, "Action": "kms:*", "Resource": "*"}
    alone = json.dumps({"Version": "2012-10-17", "Statement": [mine]})
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=alone, BypassPolicyLockoutSafetyCheck=True)
    assert me.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"words"


def test_a_key_policy_denies(kms, key):
    no = {"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:for": "nobody"}}}
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy(no))
    for reader, denied in ("me", False), ("nobody", True):
        context = {"for": reader}
        sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"words", EncryptionContext=context)["CiphertextBlob"]
        if denied:
            refused(kms.decrypt, "AccessDeniedException", "explicit deny", CiphertextBlob=sealed, EncryptionContext=context)
        else:
            assert kms.decrypt(CiphertextBlob=sealed, EncryptionContext=context)["Plaintext"] == b"words"


def test_grants(kms, key, user):
    me, arn = user("kms"), f"arn:aws:iam::{ACCOUNT}:user/{user.name}"
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"words", EncryptionContext={"for": "me"})["CiphertextBlob"]
    decrypt = {"CiphertextBlob": sealed, "EncryptionContext": {"for": "me"}}
    refused(me.decrypt, "AccessDeniedException", **decrypt)
    grant = kms.create_grant(KeyId=key["KeyId"], GranteePrincipal=arn, RetiringPrincipal=arn, Operations=["Decrypt"],
                             Constraints={"EncryptionContextSubset": {"for": "me"}})
    assert me.decrypt(**decrypt)["Plaintext"] == b"words"
    other = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"words", EncryptionContext={"for": "you"})["CiphertextBlob"]
    refused(me.decrypt, "AccessDeniedException", CiphertextBlob=other, EncryptionContext={"for": "you"})
    refused(me.encrypt, "AccessDeniedException", KeyId=key["Arn"], Plaintext=b"words", EncryptionContext={"for": "me"})
    assert [g["GrantId"] for g in kms.list_grants(KeyId=key["KeyId"])["Grants"]] == [grant["GrantId"]]
    me.retire_grant(GrantToken=grant["GrantToken"])
    refused(me.decrypt, "AccessDeniedException", **decrypt)


def test_key_tags_decide(kms, iam, user):
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow(
        "kms:DescribeKey", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    for team in "red", "blue":
        key = kms.create_key(Tags=[{"TagKey": "team", "TagValue": team}])["KeyMetadata"]["KeyId"]
        if team == "red":
            assert user("kms").describe_key(KeyId=key)["KeyMetadata"]["KeyId"] == key
        else:
            refused(user("kms").describe_key, "AccessDeniedException", KeyId=key)


@pytest.fixture(scope="module")
def uncached(tmp_path_factory):
    """A server of its own that asks KMS at every use."""
    folder = tmp_path_factory.mktemp("uncached")
    with open(folder / "log", "w") as log:
        server = subprocess.Popen([ROOT_FOLDER / "bin" / "merlon", "serve", "--dev", "--listen", "127.0.0.1:0", "--data", folder / "data"],
                                  stdout=subprocess.PIPE, stderr=log, env=os.environ | {"MERLON_KMS_CACHE": "0s"}, text=True)
        line = server.stdout.readline().split()
        assert line[:2] == ["merlon", "ready"], (folder / "log").read_text()
        yield line[2], folder / "data"
        server.terminate()
        assert server.wait(10) == 0


@pytest.mark.parametrize("cached", [False, True])
def test_guardrail_under_a_key(uncached, endpoint, name, cached):
    url = endpoint if cached else uncached[0]
    kms, bedrock, runtime = client("kms", url), client("bedrock", url), client("bedrock-runtime", url)
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/" + name, TargetKeyId=key["KeyId"])
    settings = {"name": name, **MESSAGES, "wordPolicyConfig": {"wordsConfig": [{"text": "Bluewhale"}]}, "kmsKeyId": "alias/" + name}
    made = bedrock.create_guardrail(**settings)["guardrailId"]
    assert bedrock.get_guardrail(guardrailIdentifier=made)["kmsKeyArn"] == key["Arn"]
    bedrock.create_guardrail_version(guardrailIdentifier=made)
    uses = [
        (runtime.apply_guardrail, {"guardrailIdentifier": made, "guardrailVersion": v, "source": "INPUT", "content": [{"text": {"text": "a bluewhale"}}]})
        for v in ("DRAFT", "1")
    ]
    for call, arguments in uses:
        assert call(**arguments)["action"] == "GUARDRAIL_INTERVENED"
    uses += [(bedrock.get_guardrail, {"guardrailIdentifier": made}), (bedrock.update_guardrail, {"guardrailIdentifier": made, **settings}),
             (bedrock.create_guardrail_version, {"guardrailIdentifier": made})]
    for hinder, allow_again in (
        (lambda: kms.disable_key(KeyId=key["KeyId"]), lambda: kms.enable_key(KeyId=key["KeyId"])),
        (lambda: kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7),
         lambda: (kms.cancel_key_deletion(KeyId=key["KeyId"]), kms.enable_key(KeyId=key["KeyId"]))),
    ):
        hinder()
        for call, arguments in uses:
            # An update that names the key itself is told that it is no key to keep a guardrail with.
            arguments = {k: v for k, v in arguments.items() if k != "kmsKeyId"}
            answer = refused(call, "AccessDeniedException", key["Arn"], **arguments)
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert made in [g["id"] for g in bedrock.list_guardrails(guardrailIdentifier=made)["guardrails"]]
        allow_again()
        for call, arguments in uses[:3]:
            call(**arguments)
    kms.disable_key(KeyId=key["KeyId"])
    bedrock.delete_guardrail(guardrailIdentifier=made)


def test_keys_that_cannot_keep_a_guardrail(kms, bedrock, key, name):
    signing = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key["KeyId"])
    for unfit in "1234abcd-12ab-34cd-56ef-1234567890ab", "alias/nobody", signing, key["Arn"]:
        refused(bedrock.create_guardrail, "ValidationException", "kmsKeyId", name=name, **MESSAGES, kmsKeyId=unfit,
                wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]})


def test_configurations_are_sealed(uncached, name):
    url, data = uncached
    bedrock, word = client("bedrock", url), "planted" + uuid.uuid4().hex
    key = client("kms", url).create_key()["KeyMetadata"]["Arn"]
    for more in {}, {"kmsKeyId": key}:
        made = bedrock.create_guardrail(name=name + str(len(more)), **MESSAGES, wordPolicyConfig={"wordsConfig": [{"text": word}]}, **more)
        bedrock.create_guardrail_version(guardrailIdentifier=made["guardrailId"])
    files = [f for f in data.rglob("*") if f.is_file()]
    assert any(f.name.endswith("-wal") for f in files)
    assert not [f for f in files if word.encode() in f.read_bytes()]


def test_who_may_use_a_guardrail_needs_its_key(kms, bedrock, key, iam, user, name):
    """The key's own policy has the last word on guardrails under it."""
    settings = {**MESSAGES, "wordPolicyConfig": {"wordsConfig": [{"text": "Bluewhale"}]}}
    made = bedrock.create_guardrail(name=name, **settings, kmsKeyId=key["Arn"])["guardrailId"]
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("bedrock:*"))
    use = {"guardrailIdentifier": made, "guardrailVersion": "DRAFT", "source": "INPUT", "content": [{"text": {"text": "a bluewhale"}}]}
    mine, runtime = user("bedrock"), user("bedrock-runtime")
    refused(runtime.apply_guardrail, "AccessDeniedException", "kms:Decrypt", **use)
    refused(mine.get_guardrail, "AccessDeniedException", "kms:Decrypt", guardrailIdentifier=made)
    refused(mine.create_guardrail, "AccessDeniedException", "kms:", name=name + "2", **settings, kmsKeyId=key["Arn"])
    through = {"StringEquals": {"kms:ViaService": "bedrock.us-east-1.amazonaws.com"}}
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user.name}"
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy(
        {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "kms:Decrypt", "Resource": "*", "Condition": through}))
    assert runtime.apply_guardrail(**use)["action"] == "GUARDRAIL_INTERVENED"
    sealed = kms.encrypt(KeyId=key["KeyId"], Plaintext=b"words")["CiphertextBlob"]
    refused(user("kms").decrypt, "AccessDeniedException", CiphertextBlob=sealed)
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy(
        {"Effect": "Deny", "Principal": {"AWS": arn}, "Action": "kms:Decrypt", "Resource": "*"}))
    refused(runtime.apply_guardrail, "AccessDeniedException", "explicit deny", **use)
    elsewhere = key["Arn"].replace(ACCOUNT, "444455556666")
    refused(bedrock.create_guardrail, "AccessDeniedException", "kms:", name=name + "3", **settings, kmsKeyId=elsewhere)

"""ApplyGuardrail with boto3. Numbers are the facts of the behaviour specification."""
from test_control import refused

NINE = {"topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits", "sensitiveInformationPolicyFreeUnits",
        "contextualGroundingPolicyUnits", "contentPolicyImageUnits", "automatedReasoningPolicyUnits", "automatedReasoningPolicies"}
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")


def pii(*entities, regexes=()):
    policy = {}
    if entities:
        policy["piiEntitiesConfig"] = [dict(zip(("type", "action"), e)) if isinstance(e, tuple) else e for e in entities]
    if regexes:
        policy["regexesConfig"] = list(regexes)
    return {"sensitiveInformationPolicyConfig": policy}


def test_nothing_detected(make, apply):  # 32, 37, 38
    made = make()
    for identifier in (made["guardrailId"], made["guardrailArn"]):
        out = apply(identifier, "the weather is fine")
        assert (out["action"], out["actionReason"], out["outputs"]) == ("NONE", "No action.", [])
        assert set(out["usage"]) == NINE
        [assessment] = out["assessments"]
        assert set(assessment) == {"invocationMetrics", "appliedGuardrailDetails"}
        assert assessment["appliedGuardrailDetails"] == {
            "guardrailId": made["guardrailId"], "guardrailVersion": "DRAFT", "guardrailArn": made["guardrailArn"],
            "guardrailOrigin": ["REQUEST"], "guardrailOwnership": "SELF"}
        assert out["guardrailCoverage"] == {"textCharacters": {"guarded": 19, "total": 19}}


def test_unknown_guardrail(make, runtime):  # 33, 34
    identifier = make()["guardrailId"]
    request = {"source": "INPUT", "content": [{"text": {"text": "x"}}], "guardrailVersion": "DRAFT", "guardrailIdentifier": identifier}
    said = {refused("ValidationException", 400, runtime.apply_guardrail, **request | change) for change in (
        {"guardrailIdentifier": "abcdefabcdef"}, {"guardrailVersion": "999"},
        {"guardrailIdentifier": f"arn:aws:bedrock:eu-west-1:123456789012:guardrail/{identifier}"},
        {"guardrailIdentifier": f"arn:aws:bedrock:us-east-1:210987654321:guardrail/{identifier}"})}
    assert said == {"The guardrail identifier or version provided in the request does not exist."}
    said = {refused("ValidationException", 400, runtime.apply_guardrail, **request | change) for change in (
        {"guardrailVersion": ""}, {"guardrailIdentifier": "None"}, {"guardrailVersion": "latest"})}
    assert said == {"Guardrail was enabled but input is in incorrect format."}


def test_words(make, apply):  # 47
    identifier = make(wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}], "managedWordListsConfig": [{"type": "PROFANITY"}]})["guardrailId"]
    out = apply(identifier, "the bluewhale roadmap")
    assert out["action"] == "GUARDRAIL_INTERVENED" and out["actionReason"] == "Guardrail blocked." and out["outputs"] == [{"text": "no prompt"}]
    assert out["assessments"][0]["wordPolicy"] == {"customWords": [{"match": "bluewhale", "action": "BLOCKED", "detected": True}], "managedWordLists": []}
    assert apply(identifier, "the Bluewhales roadmap")["action"] == "NONE"
    assert apply(identifier, "the B\u200blueWh\u0430le roadmap", source="OUTPUT")["outputs"] == [{"text": "no answer"}]
    out = apply(identifier, "this is bullshit")  # 48
    assert out["assessments"][0]["wordPolicy"] == {"customWords": [], "managedWordLists": [{"match": "bullshit", "type": "PROFANITY", "action": "BLOCKED", "detected": True}]}


def test_cjk_words(make, apply):  # 49, and Korean particles
    identifier = make(wordPolicyConfig={"wordsConfig": [{"text": "極秘"}, {"text": "극비"}]})["guardrailId"]
    assert apply(identifier, "これは極秘情報です")["action"] == "NONE"
    assert apply(identifier, "これは 極秘 です")["action"] == "GUARDRAIL_INTERVENED"
    assert apply(identifier, "극비를 말하지 마")["action"] == "GUARDRAIL_INTERVENED"


def test_anonymize_alone_is_for_output(make, apply):  # 50
    identifier = make(**pii(("EMAIL", "ANONYMIZE")))["guardrailId"]
    out = apply(identifier, "write to grace@example.com")
    assert out["action"] == "NONE" and "sensitiveInformationPolicy" not in out["assessments"][0]
    out = apply(identifier, "write to grace@example.com", source="OUTPUT")
    assert out["actionReason"] == "Guardrail masked." and out["outputs"] == [{"text": "write to {EMAIL}"}]
    assert out["assessments"][0]["sensitiveInformationPolicy"] == {
        "piiEntities": [{"match": "grace@example.com", "type": "EMAIL", "action": "ANONYMIZED", "detected": True}], "regexes": []}  # 59


def test_mask_on_input(make, apply):  # 51, 58
    identifier = make(**pii({"type": "EMAIL", "action": "ANONYMIZE", "inputAction": "ANONYMIZE", "inputEnabled": True}))["guardrailId"]
    out = apply(identifier, "a@example.com", "nothing", "and b@example.com!")
    assert [o["text"] for o in out["outputs"]] == ["{EMAIL}", "nothing", "and {EMAIL}!"]


def test_block_beats_mask(make, apply):  # 52, 53
    identifier = make(**pii(("US_SOCIAL_SECURITY_NUMBER", "BLOCK"), ("EMAIL", "ANONYMIZE")))["guardrailId"]
    assert apply(identifier, "my ssn is 123-45-6789")["actionReason"] == "Guardrail blocked."
    out = apply(identifier, "my ssn is 123-45-6789, mail a@example.com", source="OUTPUT")
    assert out["outputs"] == [{"text": "no answer"}]
    assert [e["type"] for e in out["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"]] == ["US_SOCIAL_SECURITY_NUMBER"]


def test_detect_mode(make, apply):  # 55
    identifier = make(**pii(("AGE", "NONE")))["guardrailId"]
    out = apply(identifier, "she is 40 years old")
    assert out["action"] == "NONE" and out["outputs"] == []
    [entry] = out["assessments"][0]["sensitiveInformationPolicy"]["piiEntities"]
    assert (entry["type"], entry["action"], entry["detected"]) == ("AGE", "NONE", True)


def test_regex(make, apply):  # 56, 71
    identifier = make(**pii(("NAME", "ANONYMIZE"), ("PHONE", "ANONYMIZE"), regexes=[{"name": "Co-op Member Number", "pattern": "HG-[0-9]{6}", "action": "ANONYMIZE"}]))["guardrailId"]
    out = apply(identifier, "I am Grace Wanjiku, member HG-004182, my number is +254 712 345678.", source="OUTPUT")
    assert out["outputs"] == [{"text": "I am {NAME}, member {Co-op Member Number}, my number is {PHONE}."}]
    assert out["assessments"][0]["sensitiveInformationPolicy"]["regexes"] == [
        {"name": "Co-op Member Number", "match": "HG-004182", "regex": "HG-[0-9]{6}", "action": "ANONYMIZED", "detected": True}]
    assert (out["usage"]["sensitiveInformationPolicyUnits"], out["usage"]["sensitiveInformationPolicyFreeUnits"]) == (1, 1)


def test_two_names(make, apply):  # 57
    out = apply(make(**pii(("NAME", "ANONYMIZE")))["guardrailId"], "Grace Hopper met Alan Turing.", source="OUTPUT")
    assert out["outputs"] == [{"text": "{NAME} met {NAME}."}]


def test_qualifiers(make, apply):  # 68
    identifier = make()["guardrailId"]
    block = {"text": {"text": "Bluewhale"}}
    clean = {"text": {"text": "clean", "qualifiers": ["guard_content"]}}
    out = apply(identifier, block, clean)
    assert out["action"] == "NONE" and out["guardrailCoverage"]["textCharacters"] == {"guarded": 5, "total": 14}
    block["text"]["qualifiers"] = ["guard_content"]
    assert apply(identifier, block, clean)["action"] == "GUARDRAIL_INTERVENED"


def test_units_and_characters(make, apply):  # 69, 70
    identifier = make()["guardrailId"]
    assert [apply(identifier, "x" * n)["usage"]["wordPolicyUnits"] for n in (1000, 1001, 5600)] == [1, 2, 6]
    assert apply(identifier, "これは安全な文章であります。。")["guardrailCoverage"] == {"textCharacters": {"guarded": 15, "total": 15}}


def test_full_scope(make, apply):  # 72
    identifier = make(**pii(("EMAIL", "BLOCK"), ("PHONE", "BLOCK"), regexes=[{"name": "r", "pattern": "zzz", "action": "BLOCK"}]),
                      wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]})["guardrailId"]
    out = apply(identifier, "fine weather", outputScope="FULL")
    assert out["action"] == "NONE" and "wordPolicy" not in out["assessments"][0]
    policy = out["assessments"][0]["sensitiveInformationPolicy"]
    assert policy["regexes"] == [] and [(e["type"], e["action"], e["detected"]) for e in policy["piiEntities"]] == [("EMAIL", "NONE", False), ("PHONE", "NONE", False)]


def test_versions_keep_their_snapshot(bedrock, make, apply, name):  # 21
    identifier = make()["guardrailId"]
    bedrock.create_guardrail_version(guardrailIdentifier=identifier)
    bedrock.update_guardrail(guardrailIdentifier=identifier, name=name, blockedInputMessaging="new", blockedOutputsMessaging="new",
                             wordPolicyConfig={"wordsConfig": [{"text": "Redwhale"}]})
    assert apply(identifier, "Redwhale", version="1")["action"] == "NONE"
    assert apply(identifier, "Redwhale")["outputs"] == [{"text": "new"}]
    assert apply(identifier, "Bluewhale", version="1")["outputs"] == [{"text": "no prompt"}]
    bedrock.delete_guardrail(guardrailIdentifier=identifier, guardrailVersion="1")
    refused("ValidationException", 400, apply, guardrail=identifier, version="1")


def test_images(make, runtime, apply):  # 73
    identifier = make()["guardrailId"]
    image = {"image": {"format": "png", "source": {"bytes": PNG}}}
    out = apply(identifier, image, "fine")
    assert out["guardrailCoverage"] == {"textCharacters": {"guarded": 4, "total": 4}, "images": {"guarded": 0, "total": 1}}
    for content in ([image] * 21, [{"image": {"format": "gif", "source": {"bytes": PNG}}}],
                    [{"image": {"format": "jpeg", "source": {"bytes": PNG}}}], [{"image": {"format": "png", "source": {"bytes": b"x"}}}]):
        refused("ValidationException", 400, runtime.apply_guardrail, guardrailIdentifier=identifier, guardrailVersion="DRAFT", source="INPUT", content=content)


def test_bad_requests(make, runtime):  # 35
    request = {"source": "INPUT", "content": [{"text": {"text": "x"}}], "guardrailVersion": "DRAFT", "guardrailIdentifier": make()["guardrailId"]}
    for change in ({"content": []}, {"source": "BOTH"}, {"outputScope": "SOME"}, {"content": [{"text": {"text": "x", "qualifiers": ["other"]}}]}):
        refused("ValidationException", 400, runtime.apply_guardrail, **request | change)


def test_denied_topic(make, apply):  # the denied-topic snippet of the specification
    identifier = make(topicPolicyConfig={"topicsConfig": [{
        "name": "Fiduciary Advice", "type": "DENY",
        "definition": "Providing personalized advice or recommendations on managing financial assets in a fiduciary capacity.",
        "examples": ["What stocks should I invest in for my retirement?", "Is it a good idea to put my money in a mutual fund?",
                     "How should I allocate my 401(k) investments?", "What type of trust fund should I set up for my children?",
                     "Should I hire a financial advisor to manage my investments?"]}]})["guardrailId"]
    out = apply(identifier, "How should I invest for my retirement? I want to be able to generate $5,000 a month")
    assert (out["action"], out["actionReason"]) == ("GUARDRAIL_INTERVENED", "Guardrail blocked.")
    assert out["assessments"][0]["topicPolicy"]["topics"] == [{"name": "Fiduciary Advice", "type": "DENY", "action": "BLOCKED", "detected": True}]
    assert out["usage"]["topicPolicyUnits"] == 1
    for text in ("When does the branch in the old town open on Saturdays?", "My card was swallowed by the machine. What do I do now?"):
        assert apply(identifier, text)["action"] == "NONE"


def test_grounding_needs_its_parts(make, runtime, apply):  # 61
    identifier = make(contextualGroundingPolicyConfig={"filtersConfig": [{"type": "GROUNDING", "threshold": 0.85}, {"type": "RELEVANCE", "threshold": 0.5}]})["guardrailId"]
    message = refused("ValidationException", 400, runtime.apply_guardrail, guardrailIdentifier=identifier, guardrailVersion="DRAFT", source="OUTPUT",
                      content=[{"text": {"text": "answer"}}])
    assert message == ("The provided request does not contain the grounding source. Grounding source, query and content to guard are required for "
                       "Guardrails contextual grounding policy evaluation.")
    out = apply(identifier, "prompt")
    assert out["action"] == "NONE" and out["usage"]["contextualGroundingPolicyUnits"] == 0

package kms

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
)

// scenarios gives what was asked for each recorded case, by its name without parameters.
func scenarios() map[string]func(c *comparison, p []string) {
	all := map[string]func(c *comparison, p []string){}
	for _, some := range []map[string]func(c *comparison, p []string){describing(), encrypting(), signatures(), tagging(), rotating(), importing()} {
		for name, run := range some {
			all[name] = run
		}
	}
	return all
}

type input = map[string]any

func describing() map[string]func(c *comparison, p []string) {
	return map[string]func(c *comparison, p []string){
		"test_create_key": func(c *comparison, _ []string) {
			key := c.keyID(input{"Description": "test key 123", "KeyUsage": "ENCRYPT_DECRYPT"})
			c.inner("describe-key", c.call(c.t, "us-east-1", "DescribeKey", input{"KeyId": key}), "KeyMetadata")
		},
		"test_get_key_in_different_region": func(c *comparison, _ []string) {
			key := c.key(input{"Description": "test key 123"})
			for step, at := range map[string]struct {
				region, member string
			}{
				"describe-key-diff-region-with-id": {"eu-west-1", "KeyId"}, "describe-key-diff-region-with-arn": {"eu-west-1", "Arn"},
				"describe-key-same-specific-region-with-id": {"us-east-1", "KeyId"}, "describe-key-same-specific-region-with-arn": {"us-east-1", "Arn"},
			} {
				c.step(step, c.call(c.t, at.region, "DescribeKey", input{"KeyId": key[at.member]}))
			}
		},
		"test_get_key_does_not_exist": func(c *comparison, _ []string) {
			none := "00000000-1111-2222-3333-444444444444"
			c.try("describe-nonexistent-key-with-id", "DescribeKey", input{"KeyId": none})
			c.try("describe-nonexistent-with-arn", "DescribeKey", input{"KeyId": "arn:aws:kms:us-east-1:" + account + ":key/" + none})
			c.try("describe-key-with-valid-id-mrk", "DescribeKey", input{"KeyId": "mrk-" + strings.ReplaceAll(none, "-", "")})
		},
		"test_get_key_invalid_uuid": func(c *comparison, _ []string) {
			c.try("describe-key-with-invalid-uuid", "DescribeKey", input{"KeyId": "fake-key-id"})
			c.try("describe-key-with-invalid-uuid-2", "DescribeKey", input{"KeyId": "134f2428cec14b25a1ae9048164dba47"})
			c.try("describe-key-with-invalid-uuid-mrk", "DescribeKey", input{"KeyId": "mrk-fake-key-id"})
		},
		"test_create_alias": func(c *comparison, _ []string) {
			c.try("create_alias", "CreateAlias", input{"AliasName": "no-prefix", "TargetKeyId": c.keyID(nil)})
		},
		"test_create_multi_region_key": func(c *comparison, _ []string) {
			c.inner("create_multi_region_key", c.call(c.t, "us-east-1", "CreateKey", input{"MultiRegion": true, "Description": "test multi region key"}), "KeyMetadata")
		},
		"test_non_multi_region_keys_should_not_have_multi_region_properties": func(c *comparison, _ []string) {
			c.inner("non_multi_region_keys_should_not_have_multi_region_properties",
				c.call(c.t, "us-east-1", "CreateKey", input{"MultiRegion": false, "Description": "test non multi region key"}), "KeyMetadata")
		},
		"test_describe_with_alias_arn": func(c *comparison, _ []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"Description": "test - description"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"].(string)
			c.inner("created-key", made, "KeyMetadata")
			alias := "alias/test-" + key
			c.ok(c.t, "CreateAlias", input{"AliasName": alias, "TargetKeyId": key})
			c.try("describe-key", "DescribeKey", input{"KeyId": "arn:aws:kms:us-east-1:" + account + ":" + alias})
		},
		"test_hmac_create_key": func(c *comparison, _ []string) {
			made := c.call(c.t, "us-east-1", "CreateKey", input{"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC", "Description": "test key"})
			key := made.body["KeyMetadata"].(map[string]any)["KeyId"]
			c.inner("create-hmac-key", made, "KeyMetadata")
			c.inner("describe-key", c.call(c.t, "us-east-1", "DescribeKey", input{"KeyId": key}), "KeyMetadata")
		},
		"test_hmac_create_key_invalid_operations": func(c *comparison, _ []string) {
			c.try("create-hmac-key-without-key-usage", "CreateKey", input{"KeySpec": "HMAC_256"})
			c.try("create-hmac-key-invalid-spec", "CreateKey", input{"KeySpec": "HMAC_random", "KeyUsage": "GENERATE_VERIFY_MAC"})
			c.try("create-hmac-key-invalid-key-usage", "CreateKey", input{"KeySpec": "HMAC_256", "KeyUsage": "RANDOM"})
		},
	}
}

func (c *comparison) hmacKey(spec string) string {
	return c.keyID(input{"KeySpec": spec, "KeyUsage": "GENERATE_VERIFY_MAC"})
}

// withoutContext seals something in a context with member holding the ciphertext, and opens it without.
func withoutContext(name, member string) func(c *comparison, p []string) {
	return func(c *comparison, _ []string) {
		in := input{"KeyId": c.keyID(nil), "EncryptionContext": input{"context-key": "context-value"}}
		for k, v := range withoutContextInputs()[name] {
			in[k] = v
		}
		made := c.ok(c.t, name, in)
		c.ok(c.t, "Decrypt", input{"CiphertextBlob": made[member], "EncryptionContext": in["EncryptionContext"]})
		c.try("decrypt-without-encryption-context", "Decrypt", input{"CiphertextBlob": made[member]})
	}
}

func withoutContextInputs() map[string]input {
	pair := input{"KeyPairSpec": "RSA_2048"}
	return map[string]input{
		"GenerateDataKey": {"KeySpec": "AES_256"}, "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
		"GenerateDataKeyPair": pair, "GenerateDataKeyPairWithoutPlaintext": pair,
	}
}

func encrypting() map[string]func(c *comparison, p []string) {
	return map[string]func(c *comparison, p []string){
		"test_generate_random_invalid_number_of_bytes": func(c *comparison, p []string) {
			in := input{}
			if p[0] != "None" {
				in["NumberOfBytes"] = count(p[0])
			}
			c.try("generate-random-exc", "GenerateRandom", in)
		},
		"test_generate_random": func(c *comparison, p []string) {
			random, err := base64.StdEncoding.DecodeString(c.ok(c.t, "GenerateRandom", input{"NumberOfBytes": count(p[0])})["Plaintext"].(string))
			if err != nil || fmt.Sprint(len(random)) != fmt.Sprint(c.steps["result_length"]) {
				c.t.Errorf("%d bytes, %v", len(random), err)
			}
			c.compared++
		},
		"test_encrypt_validate_plaintext_size_per_key_type": func(c *comparison, p []string) {
			key := c.keyID(input{"KeySpec": p[0], "KeyUsage": "ENCRYPT_DECRYPT"})
			c.try("generate-random-exc", "Encrypt", input{"KeyId": key, "EncryptionAlgorithm": p[1], "Plaintext": b64(strings.Repeat("x", 471))})
		},
		"test_plaintext_size_for_encrypt": func(c *comparison, _ []string) {
			c.try("invalid-plaintext-size-encrypt", "Encrypt", input{"KeyId": c.keyID(nil), "Plaintext": b64(strings.Repeat("x", 4097))})
		},
		"test_generate_data_key": func(c *comparison, _ []string) {
			c.try("generate-data-key-result", "GenerateDataKey", input{"KeyId": c.keyID(nil), "KeySpec": "AES_256"})
		},
		"test_generate_data_key_without_plaintext": func(c *comparison, _ []string) {
			c.try("generate-data-key-without-plaintext", "GenerateDataKeyWithoutPlaintext", input{"KeyId": c.keyID(nil), "KeySpec": "AES_256"})
		},
		"test_generate_data_key_pair": func(c *comparison, _ []string) {
			c.try("generate-data-key-pair", "GenerateDataKeyPair", input{"KeyId": c.keyID(nil), "KeyPairSpec": "RSA_2048"})
		},
		"test_generate_data_key_pair_without_plaintext": func(c *comparison, _ []string) {
			c.try("generate-data-key-pair-without-plaintext", "GenerateDataKeyPairWithoutPlaintext", input{"KeyId": c.keyID(nil), "KeyPairSpec": "RSA_2048"})
		},
		"test_generate_data_key_pair_dry_run": func(c *comparison, _ []string) {
			c.try("dryrun_exception", "GenerateDataKeyPair", input{"KeyId": c.keyID(nil), "KeyPairSpec": "RSA_2048", "DryRun": true})
		},
		"test_generate_data_key_pair_without_plaintext_dry_run": func(c *comparison, _ []string) {
			c.try("dryrun_exception", "GenerateDataKeyPairWithoutPlaintext", input{"KeyId": c.keyID(nil), "KeyPairSpec": "RSA_2048", "DryRun": true})
		},
		"test_encryption_context_generate_data_key":                        withoutContext("GenerateDataKey", "CiphertextBlob"),
		"test_encryption_context_generate_data_key_without_plaintext":      withoutContext("GenerateDataKeyWithoutPlaintext", "CiphertextBlob"),
		"test_encryption_context_generate_data_key_pair":                   withoutContext("GenerateDataKeyPair", "PrivateKeyCiphertextBlob"),
		"test_encryption_context_generate_data_key_pair_without_plaintext": withoutContext("GenerateDataKeyPairWithoutPlaintext", "PrivateKeyCiphertextBlob"),
		"test_encrypt_decrypt_encryption_context": func(c *comparison, _ []string) {
			where := input{"context-key": "context-value"}
			sealed := c.try("encrypt_response", "Encrypt", input{"KeyId": c.keyID(nil), "Plaintext": b64("plain"), "EncryptionContext": where}).body["CiphertextBlob"]
			c.try("decrypt_response_with_encryption_context", "Decrypt", input{"CiphertextBlob": sealed, "EncryptionContext": where})
			c.try("decrypt_response_without_encryption_context", "Decrypt", input{"CiphertextBlob": sealed})
			c.try("decrypt_response_with_invalid_ciphertext", "Decrypt", input{"CiphertextBlob": b64("invalid"), "EncryptionContext": where})
		},
		"test_re_encrypt": func(c *comparison, p []string) {
			in := input{"KeySpec": p[0], "KeyUsage": "ENCRYPT_DECRYPT"}
			from, to := c.keyID(in), c.keyID(in)
			sealed := c.ok(c.t, "Encrypt", input{"KeyId": from, "Plaintext": b64("plain"), "EncryptionAlgorithm": p[1]})["CiphertextBlob"]
			c.try("test_re_encrypt", "ReEncrypt", input{
				"SourceKeyId": from, "DestinationKeyId": to, "CiphertextBlob": sealed, "SourceEncryptionAlgorithm": p[1], "DestinationEncryptionAlgorithm": p[1],
			})
		},
		"test_re_encrypt_incorrect_source_key": func(c *comparison, _ []string) {
			sealed := c.ok(c.t, "Encrypt", input{"KeyId": c.keyID(nil), "Plaintext": b64("plain")})["CiphertextBlob"]
			c.try("incorrect-source-key", "ReEncrypt", input{"SourceKeyId": c.keyID(nil), "DestinationKeyId": c.keyID(nil), "CiphertextBlob": sealed})
		},
		"test_error_messaging_for_invalid_keys": func(c *comparison, _ []string) {
			hmac, symmetric, sign := c.hmacKey("HMAC_224"), c.keyID(nil), c.keyID(input{"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"})
			c.try("generate-mac-invalid-key-id", "GenerateMac", input{"KeyId": symmetric, "Message": b64("m"), "MacAlgorithm": "HMAC_SHA_224"})
			c.try("sign-invalid-key-id", "Sign", input{"KeyId": hmac, "Message": b64("m"), "SigningAlgorithm": "RSASSA_PSS_SHA_256"})
			c.try("verify-invalid-key-id", "Verify", input{"KeyId": symmetric, "Message": b64("m"), "Signature": b64("s"), "SigningAlgorithm": "RSASSA_PSS_SHA_256"})
			c.try("encrypt-invalid-key-id", "Encrypt", input{"KeyId": sign, "Plaintext": b64("p")})
			sealed := c.ok(c.t, "Encrypt", input{"KeyId": symmetric, "Plaintext": b64("plain")})["CiphertextBlob"]
			c.try("decrypt-invalid-key-id", "Decrypt", input{"KeyId": hmac, "CiphertextBlob": sealed})
		},
	}
}

func count(text string) (n int) {
	_, _ = fmt.Sscan(text, &n)
	return n
}

func signatures() map[string]func(c *comparison, p []string) {
	macs := func(c *comparison, p []string, other string) {
		key := c.hmacKey(p[0])
		mac := c.try("generate-mac", "GenerateMac", input{"KeyId": key, "Message": b64("some important message"), "MacAlgorithm": strings.Replace(p[0], "HMAC_", "HMAC_SHA_", 1)}).body["Mac"]
		c.try("verify-mac", "VerifyMac", input{"KeyId": key, "Message": b64(other), "MacAlgorithm": p[1], "Mac": mac})
	}
	return map[string]func(c *comparison, p []string){
		"test_sign_verify": func(c *comparison, p []string) {
			key := c.keyID(input{"KeySpec": p[0], "KeyUsage": "SIGN_VERIFY"})
			in := func(more input) input {
				all := input{"KeyId": key, "SigningAlgorithm": p[1], "Message": b64("test message"), "MessageType": "RAW"}
				for k, v := range more {
					all[k] = v
				}
				return all
			}
			signature := c.try("signature", "Sign", in(nil)).body["Signature"]
			c.try("verification", "Verify", in(input{"Signature": signature}))
			c.try("bad-digest", "Sign", in(input{"MessageType": "DIGEST", "Message": b64("short")}))
			c.try("bad-signature", "Verify", in(input{"Signature": b64("bad")}))
		},
		"test_verify_salt_length": func(c *comparison, p []string) {
			// Nothing was recorded but that the signature verifies.
			key := c.keyID(input{"KeySpec": p[0], "KeyUsage": "SIGN_VERIFY"})
			in := input{"KeyId": key, "SigningAlgorithm": p[1], "Message": b64("test message")}
			in["Signature"] = c.ok(c.t, "Sign", in)["Signature"]
			c.ok(c.t, "Verify", in)
		},
		"test_generate_and_verify_mac": func(c *comparison, p []string) {
			macs(c, p, "some important message")
			c.try("generate-mac-invalid-key-id", "GenerateMac", input{"KeyId": "key_id", "Message": b64("m"), "MacAlgorithm": p[1]})
			c.try("verify-mac-invalid-key-id", "VerifyMac", input{"KeyId": "key_id", "Message": b64("m"), "MacAlgorithm": p[1], "Mac": b64("x")})
		},
		"test_invalid_generate_mac": func(c *comparison, p []string) {
			c.try("generate-mac", "GenerateMac", input{"KeyId": c.hmacKey(p[0]), "Message": b64("m"), "MacAlgorithm": p[1]})
		},
		"test_invalid_verify_mac": func(c *comparison, p []string) { macs(c, p, p[2]) },
		"test_derive_shared_secret": func(c *comparison, _ []string) {
			agree, other := input{"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}, input{"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"}
			one, two := c.keyID(agree), c.keyID(agree)
			public := c.ok(c.t, "GetPublicKey", input{"KeyId": two})["PublicKey"]
			in := func(key string, algorithm string, peer any) input {
				return input{"KeyId": key, "KeyAgreementAlgorithm": algorithm, "PublicKey": peer}
			}
			mine := c.try("response", "DeriveSharedSecret", in(one, "ECDH", public)).body["SharedSecret"]
			theirs := c.ok(c.t, "DeriveSharedSecret", in(two, "ECDH", c.ok(c.t, "GetPublicKey", input{"KeyId": one})["PublicKey"]))["SharedSecret"]
			if !reflect.DeepEqual(mine, theirs) {
				c.t.Error("the two sides have different secrets")
			}
			c.try("response-invalid-key-usage", "DeriveSharedSecret", in(c.keyID(other), "ECDH", public))
			c.try("response-invalid-key-spec", "CreateKey", input{"KeySpec": "RSA_2048", "KeyUsage": "KEY_AGREEMENT"})
			c.try("response-invalid-key-agreement-algo", "DeriveSharedSecret", in(one, "INVALID", public))
			c.try("response-invalid-key", "DeriveSharedSecret", in(c.keyID(nil), "ECDH", public))
			c.try("response-invalid-public-key", "DeriveSharedSecret", in(one, "ECDH", b64("InvalidPublicKey")))
		},
		"test_derive_shared_secret_matches_openssl": func(c *comparison, _ []string) {
			agree := input{"KeySpec": "ECC_NIST_P256", "KeyUsage": "KEY_AGREEMENT"}
			public := c.ok(c.t, "GetPublicKey", input{"KeyId": c.keyID(agree)})["PublicKey"]
			c.try("derived-shared-key-resp", "DeriveSharedSecret", input{"KeyId": c.keyID(agree), "KeyAgreementAlgorithm": "ECDH", "PublicKey": public})
		},
	}
}

func tagsFor(pairs ...string) []input {
	var tags []input
	for i := 0; i < len(pairs); i += 2 {
		tags = append(tags, input{"TagKey": pairs[i], "TagValue": pairs[i+1]})
	}
	return tags
}

// tags compares the list of a key's tags with a recorded one.
func (c *comparison) tags(step, key string) {
	c.t.Helper()
	got := c.ok(c.t, "ListResourceTags", input{"KeyId": key})["Tags"]
	if !reflect.DeepEqual(c.steps[step], got) {
		c.t.Errorf("%s: %v, recorded %v", step, got, c.steps[step])
	}
	c.compared++
}

func tagging() map[string]func(c *comparison, p []string) {
	two := tagsFor("tag1", "value1", "tag2", "value2")
	three := append(tagsFor("tag3", "value3"), two...)
	return map[string]func(c *comparison, p []string){
		"test_tag_existing_key_and_untag": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			c.ok(c.t, "TagResource", input{"KeyId": key, "Tags": two})
			c.tags("list-resource-tags", key)
			c.ok(c.t, "UntagResource", input{"KeyId": key, "TagKeys": []string{"tag1", "tag2"}})
			c.tags("list-resource-tags-after-all-untagged", key)
		},
		"test_create_key_with_tag_and_untag": func(c *comparison, _ []string) {
			key := c.keyID(input{"Tags": two})
			c.tags("list-resource-tags", key)
			c.ok(c.t, "UntagResource", input{"KeyId": key, "TagKeys": []string{"tag1", "tag2"}})
			c.tags("list-resource-tags-after-all-untagged", key)
		},
		"test_untag_key_partially": func(c *comparison, _ []string) {
			key := c.keyID(input{"Tags": three})
			c.tags("list-resource-tags", key)
			c.ok(c.t, "UntagResource", input{"KeyId": key, "TagKeys": []string{"tag2"}})
			c.tags("list-resource-tags-after-partially-untagged", key)
		},
		"test_update_and_add_tags_on_tagged_key": func(c *comparison, _ []string) {
			key := c.keyID(input{"Tags": three})
			c.tags("list-resource-tags", key)
			c.ok(c.t, "TagResource", input{"KeyId": key, "Tags": tagsFor("tag2", "updated_value2", "tag4", "value4", "tag5", "value5")})
			c.tags("list-resource-tags-after-tags-updated", key)
		},
		"test_tag_key_with_duplicate_tag_keys_raises_error": func(c *comparison, _ []string) {
			c.try("duplicate-tag-keys", "TagResource", input{"KeyId": c.keyID(nil), "Tags": tagsFor("foo", "value1", "foo", "value2")})
		},
		"test_create_key_with_too_many_tags_raises_error": func(c *comparison, _ []string) {
			var many []string
			for i := range 51 {
				many = append(many, fmt.Sprint("key", i), "value")
			}
			c.try("invalid-tag-key", "CreateKey", input{"Tags": tagsFor(many...)})
		},
		"test_tag_existing_key_with_invalid_tag_key": func(c *comparison, _ []string) {
			c.try("invalid-tag-key", "TagResource", input{"KeyId": c.keyID(nil), "Tags": tagsFor("aws:key1", "value1")})
		},
		"test_key_with_long_tag_value_raises_error": func(c *comparison, _ []string) {
			c.try("too-long-tag-value", "CreateKey", input{"Tags": tagsFor("foo", strings.Repeat("v", 257))})
		},
		"test_create_key_with_invalid_tag_key": func(c *comparison, p []string) {
			key := map[string]string{"lowercase_prefix": "aws:key1", "uppercase_prefix": "AWS:key1", "too_long_key": strings.Repeat("a", 129)}[p[0]]
			for step := range c.steps { // there is one
				c.try(step, "CreateKey", input{"Tags": tagsFor(key, "value1")})
			}
		},
	}
}

func rotating() map[string]func(c *comparison, p []string) {
	none := "arn:aws:kms:us-east-1:" + account + ":key/00000000-1111-2222-3333-444444444444"
	return map[string]func(c *comparison, p []string){
		"test_key_enable_rotation_status": func(c *comparison, p []string) {
			key := c.keyID(nil)
			c.ok(c.t, "EnableKeyRotation", input{"KeyId": key, "RotationPeriodInDays": count(p[0])})
			c.try("match_response", "GetKeyRotationStatus", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_modifies_key_material": func(c *comparison, _ []string) {
			c.try("rotate-on-demand-response", "RotateKeyOnDemand", input{"KeyId": c.keyID(nil)})
		},
		"test_rotate_on_demand_returns_arn_for_key_id": func(c *comparison, _ []string) {
			c.try("rotate-on-demand-aws-key", "RotateKeyOnDemand", input{"KeyId": c.keyID(nil)})
		},
		"test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_disabled": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			c.try("rotate-on-demand-response", "RotateKeyOnDemand", input{"KeyId": key})
			c.try("rotation-status-response-after-rotation", "GetKeyRotationStatus", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_with_symmetric_key_and_automatic_rotation_enabled": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			c.ok(c.t, "EnableKeyRotation", input{"KeyId": key})
			c.try("rotate-on-demand-response", "RotateKeyOnDemand", input{"KeyId": key})
			c.try("rotation-status-response-after-rotation", "GetKeyRotationStatus", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_raises_error_given_key_is_disabled": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			c.ok(c.t, "DisableKey", input{"KeyId": key})
			c.try("error-response", "RotateKeyOnDemand", input{"KeyId": key})
		},
		"test_rotate_key_on_demand_raises_error_given_key_that_does_not_exist": func(c *comparison, _ []string) {
			c.try("error-response", "RotateKeyOnDemand", input{"KeyId": none})
		},
		"test_rotate_key_on_demand_raises_error_given_non_symmetric_key": func(c *comparison, _ []string) {
			c.try("error-response", "RotateKeyOnDemand", input{"KeyId": c.keyID(input{"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"})})
		},
		"test_key_rotations_encryption_decryption": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			sealed := c.ok(c.t, "Encrypt", input{"KeyId": key, "Plaintext": b64("plain")})["CiphertextBlob"].(string)
			c.ok(c.t, "RotateKeyOnDemand", input{"KeyId": key})
			c.ok(c.t, "Decrypt", input{"CiphertextBlob": sealed})
			blob, err := base64.StdEncoding.DecodeString(sealed)
			if err != nil {
				c.t.Fatal(err)
			}
			blob[len(blob)-1] ^= 1
			c.try("bad-ciphertext", "Decrypt", input{"KeyId": key, "CiphertextBlob": base64.StdEncoding.EncodeToString(blob)})
		},
		"test_key_rotations_limits": func(c *comparison, _ []string) {
			key := c.keyID(nil)
			for range 25 {
				c.ok(c.t, "RotateKeyOnDemand", input{"KeyId": key})
			}
			c.try("error-response", "RotateKeyOnDemand", input{"KeyId": key})
		},
		"test_key_rotation_updates_current_key_material_id_for_aws_symmetric_keys": func(c *comparison, _ []string) {
			key := c.keyID(input{"Description": "test-key"})
			c.try("describe-key-before-rotation", "DescribeKey", input{"KeyId": key})
			c.ok(c.t, "RotateKeyOnDemand", input{"KeyId": key})
			c.try("describe-key-after-rotation", "DescribeKey", input{"KeyId": key})
		},
	}
}

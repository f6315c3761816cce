package kms

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/kms"
)

// TestRequirements: what is asked of a caller names the key behind an alias, and carries what policies of keys are written with.
func TestRequirements(t *testing.T) {
	t.Parallel()
	s := setup(t)
	call := &operation.Call{Caller: operation.Caller{Account: account, Partition: "aws", Region: "us-east-1"}}
	made := s.ok(t, "CreateKey", input{"Tags": tagsFor("team", "a")})["KeyMetadata"].(map[string]any)
	key, id := made["Arn"].(string), made["KeyId"].(string)
	s.ok(t, "CreateAlias", input{"AliasName": "alias/a", "TargetKeyId": id})
	sealed, err := s.keys.Encrypt(t.Context(), scopeOf(call), kms.EncryptInput{Use: kms.Use{KeyID: id}, Plaintext: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := s.keys.Encrypt(t.Context(), kms.Scope{Partition: "aws", Region: "us-east-1", Account: "210987654321"},
		kms.EncryptInput{Use: kms.Use{KeyID: "alias/aws/s3"}, Plaintext: []byte("x")})
	if err != nil {
		t.Fatal(err)
	}
	foreignContext := conditions{
		"kms:CallerAccount": {account}, "kms:KeySpec": {"SYMMETRIC_DEFAULT"}, "kms:KeyUsage": {"ENCRYPT_DECRYPT"}, "kms:KeyOrigin": {"AWS_KMS"},
		"kms:MultiRegion": {"false"}, "kms:ResourceAliases": {"alias/aws/s3"}, "kms:EncryptionAlgorithm": {"SYMMETRIC_DEFAULT"},
	}
	elsewhere := "arn:aws:kms:us-east-1:210987654321:key/" + id
	base := func(more conditions) conditions {
		c := conditions{
			"kms:CallerAccount": {account}, "kms:KeySpec": {"SYMMETRIC_DEFAULT"}, "kms:KeyUsage": {"ENCRYPT_DECRYPT"}, "kms:KeyOrigin": {"AWS_KMS"},
			"kms:MultiRegion": {"false"}, "kms:ResourceAliases": {"alias/a"}, "aws:ResourceTag/team": {"a"},
		}
		for name, values := range more {
			c[name] = values
		}
		return c
	}
	symmetric := conditions{"kms:EncryptionAlgorithm": {"SYMMETRIC_DEFAULT"}}
	context := conditions{
		"kms:EncryptionAlgorithm": {"SYMMETRIC_DEFAULT"}, "kms:EncryptionContext:b": {"2"}, "kms:EncryptionContext:a": {"1"}, "kms:EncryptionContextKeys": {"a", "b"},
	}
	with := func(c conditions, name string, values ...string) conditions {
		out := conditions{name: values}
		for n, v := range c {
			out[n] = v
		}
		return out
	}
	pairs := map[string]string{"a": "1", "b": "2"}
	for name, c := range map[string]struct {
		operation string
		in        codec.Shape
		want      []operation.Requirement
	}{
		"alias and context": {"GenerateDataKey", &wire.GenerateDataKeyRequest{KeyId: new("alias/a"), EncryptionContext: pairs}, []operation.Requirement{
			{Action: "kms:GenerateDataKey", Resource: key, Context: base(with(context, "kms:RequestAlias", "alias/a"))},
		}},
		"key in the ciphertext": {"Decrypt", &wire.DecryptRequest{CiphertextBlob: sealed.Ciphertext}, []operation.Requirement{
			{Action: "kms:Decrypt", Resource: key, Context: base(symmetric)},
		}},
		"no key in the ciphertext": {"Decrypt", &wire.DecryptRequest{CiphertextBlob: []byte("x")}, []operation.Requirement{
			{Action: "kms:Decrypt", Resource: scopeOf(call).ARN("*"), Context: with(symmetric, "kms:CallerAccount", account)},
		}},
		"a foreign key in the ciphertext": {"Decrypt", &wire.DecryptRequest{CiphertextBlob: foreign.Ciphertext}, []operation.Requirement{
			{Action: "kms:Decrypt", Resource: foreign.KeyARN, Absent: kms.HiddenKey(), Context: foreignContext},
		}},
		"both sides": {"ReEncrypt", &wire.ReEncryptRequest{CiphertextBlob: sealed.Ciphertext, DestinationKeyId: &id, DestinationEncryptionContext: pairs}, []operation.Requirement{
			{Action: "kms:ReEncryptFrom", Resource: key, Context: base(with(symmetric, "kms:ReEncryptOnSameKey", "true"))},
			{Action: "kms:ReEncryptTo", Resource: key, Context: base(with(context, "kms:ReEncryptOnSameKey", "true"))},
		}},
		"alias and key": {"DeleteAlias", &wire.DeleteAliasRequest{AliasName: new("alias/a")}, []operation.Requirement{
			{Action: "kms:DeleteAlias", Resource: scopeOf(call).AliasARN("alias/a"), Context: conditions{"kms:CallerAccount": {account}}},
			{Action: "kms:DeleteAlias", Resource: key, Context: base(conditions{"kms:RequestAlias": {"alias/a"}})},
		}},
		"tags of a new key": {"CreateKey", &wire.CreateKeyRequest{Tags: []wire.Tag{{TagKey: new("k"), TagValue: new("v")}}}, []operation.Requirement{
			{Action: "kms:CreateKey", Resource: "*", Context: newKey()}, {Action: "kms:TagResource", Resource: "*", Context: newKey()},
		}},
		"grant": {"CreateGrant", &wire.CreateGrantRequest{
			KeyId: &id, GranteePrincipal: new("arn:g"), Operations: []wire.GrantOperation{"Decrypt"}, Constraints: &wire.GrantConstraints{EncryptionContextSubset: pairs},
		}, []operation.Requirement{{Action: "kms:CreateGrant", Resource: key, Context: base(conditions{
			"kms:GrantOperations": {"Decrypt"}, "kms:GrantIsForAWSResource": {"false"}, "kms:GranteePrincipal": {"arn:g"},
			"kms:GrantConstraintType": {"EncryptionContextSubset"}, "kms:EncryptionContext:a": {"1"}, "kms:EncryptionContext:b": {"2"},
			"kms:EncryptionContextKeys": {"a", "b"},
		})}}},
		"a key that is not there, elsewhere": {"DescribeKey", &wire.DescribeKeyRequest{KeyId: &elsewhere}, []operation.Requirement{
			{Action: "kms:DescribeKey", Resource: elsewhere, Context: conditions{"kms:CallerAccount": {account}}, Absent: fmt.Errorf("Key '%s' does not exist", elsewhere)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, op := range New(s.keys, nil).Operations {
				if op.Schema.Name != c.operation {
					continue
				}
				text := cmp.Transformer("text", func(err error) string { return fmt.Sprint(err) })
				// What a lookup gives is tested below.
				if diff := cmp.Diff(c.want, op.Requires(call, c.in), text, cmpopts.IgnoreFields(operation.Requirement{}, "Lookup"), cmp.Transformer("map", func(c conditions) map[string][]string { return c })); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			}
		})
	}
}

func newKey() conditions {
	return conditions{
		"kms:CallerAccount": {account}, "kms:KeySpec": {"SYMMETRIC_DEFAULT"}, "kms:KeyUsage": {"ENCRYPT_DECRYPT"}, "kms:KeyOrigin": {"AWS_KMS"},
		"kms:MultiRegion": {"false"}, "kms:BypassPolicyLockoutSafetyCheck": {"false"}, "aws:RequestTag/k": {"v"}, "aws:TagKeys": {"k"},
	}
}

// TestResourceSide: what a key says of a call, to the authorise phase. Of a key that is not there it says nothing.
func TestResourceSide(t *testing.T) {
	t.Parallel()
	s := setup(t)
	call := &operation.Call{Caller: operation.Caller{Account: account, Partition: "aws", Region: "us-east-1"}}
	key := s.ok(t, "CreateKey", input{"Tags": tagsFor("team", "a")})["KeyMetadata"].(map[string]any)["KeyId"].(string)
	s.ok(t, "CreateGrant", input{
		"KeyId": key, "GranteePrincipal": "arn:aws:iam::" + account + ":user/ann", "Operations": []string{"Decrypt"},
		"Constraints": input{"EncryptionContextSubset": input{"a": "1"}},
	})
	ask := func(key, action, value string) operation.ResourceSide {
		t.Helper()
		side, err := service{keys: s.keys}.onKey(call, action, &key, contextual(map[string]string{"a": value}, nil)).Lookup(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return side
	}
	side := ask(key, "Decrypt", "1")
	if side.Policy == nil || len(side.Grants) != 1 {
		t.Errorf("policy %v, grants %v, want one of each", side.Policy, side.Grants)
	}
	if tags, err := side.Tags(t.Context()); err != nil || tags["team"] != "a" {
		t.Errorf("tags %v, %v", tags, err)
	}
	if got := ask(key, "Decrypt", "2").Grants; len(got) != 0 {
		t.Errorf("another encryption context has the grants %v", got)
	}
	if got := ask(key, "Encrypt", "1").Grants; len(got) != 0 {
		t.Errorf("another operation has the grants %v", got)
	}
	if got := ask("1234abcd-12ab-34cd-56ef-1234567890ab", "Decrypt", "1"); got.Policy != nil || got.Grants != nil || got.Tags != nil {
		t.Errorf("a key that is not there says %+v", got)
	}
}

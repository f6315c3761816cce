// Package guardrailtest holds what tests of guardrails need and no server has.
package guardrailtest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
)

// Keys gives every well-formed key an ARN, as if all of them existed; an alias always leads to the same one. All of them seal alike, and
// in every process. The zero value is ready to use.
type Keys struct {
	refused sync.Map // of key ARN
}

var _ guardrail.Keys = (*Keys)(nil)

// Refuse makes a key unusable, or usable again.
func (k *Keys) Refuse(keyARN string, refuse bool) {
	if refuse {
		k.refused.Store(keyARN, true)
	} else {
		k.refused.Delete(keyARN)
	}
}

// Usable implements guardrail.Keys.
func (k *Keys) Usable(_ context.Context, keyARN string) error {
	if _, refused := k.refused.Load(keyARN); refused {
		return fault.New(fault.Denied, "The KMS key %s cannot be used.", keyARN)
	}
	return nil
}

// Sealer implements guardrail.Keys.
func (k *Keys) Sealer(string) envelope.Sealer { return envelope.NewDataKeySealer(fixed{}) }

// fixed is a source of one key that everybody knows.
type fixed struct{}

func (fixed) GenerateDataKey(context.Context, map[string]string) (plaintext, wrapped []byte, err error) {
	return make([]byte, envelope.KeySize), []byte("fixed"), nil
}

func (fixed) DecryptDataKey(context.Context, []byte, map[string]string) ([]byte, error) {
	return make([]byte, envelope.KeySize), nil
}

// ResolveKey gives the ARN of key, in the scope's own account and Region where key does not name others.
func (k *Keys) ResolveKey(_ context.Context, scope guardrail.Scope, key string) (string, error) {
	named := arn.ARN{Partition: scope.Partition, Service: "kms", Region: scope.Region, Account: scope.Account, Resource: key}
	switch {
	case strings.HasPrefix(key, "arn:"):
		parsed, err := arn.Parse(key)
		if err != nil || parsed.Service != "kms" {
			return "", errKey()
		}
		named = parsed
	case !strings.HasPrefix(key, "alias/"):
		named.Resource = "key/" + key
	}
	if id, ok := named.ResourceID("key"); ok && id != "" {
		return named.String(), nil
	}
	if alias, ok := named.ResourceID("alias"); !ok || alias == "" {
		return "", errKey()
	}
	sum := sha256.Sum256([]byte(named.String()))
	id := hex.EncodeToString(sum[:16])
	named.Resource = "key/" + strings.Join([]string{id[:8], id[8:12], id[12:16], id[16:20], id[20:]}, "-")
	return named.String(), nil
}

func errKey() error {
	return fault.New(fault.Invalid, "The kmsKeyId provided in the request is not a valid key.")
}

package guardrail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// KeyResolver turns what a caller may write as kmsKeyId (a key id, key ARN, alias name or alias ARN) into the ARN of the key.
// A key that does not exist gives a fault of kind Invalid that names kmsKeyId.
type KeyResolver interface {
	ResolveKey(ctx context.Context, scope Scope, key string) (string, error)
}

// UnverifiedKeys stands in for KMS until Merlon has one: it gives every well-formed key an ARN and asks nobody whether the
// key exists. An alias gets a key id that is derived from its ARN, so that it always leads to the same one.
type UnverifiedKeys struct{}

// ResolveKey gives the ARN of key, in the scope's own account and Region where key does not name others.
func (UnverifiedKeys) ResolveKey(_ context.Context, scope Scope, key string) (string, error) {
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
	return fault.New(fault.Invalid, "The kmsKeyId provided in the request is not a valid key id, key ARN, alias name or alias ARN.")
}

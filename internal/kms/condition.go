package kms

import "strings"

// The condition keys that both the API and the authorise phase write and read, in the words of the Service Authorization Reference.
const (
	ConditionContext         = "kms:EncryptionContext:" // with the name of a pair
	ConditionContextKeys     = "kms:EncryptionContextKeys"
	ConditionGrantOperations = "kms:GrantOperations"
	ConditionConstraintType  = "kms:GrantConstraintType"
	ConditionSourceARN       = "aws:SourceArn"
	// ConditionGrant is Merlon's own: which grant a RetireGrant would end.
	ConditionGrant = "merlon:GrantId"
)

// The values of kms:GrantConstraintType.
const (
	ConstraintEquals = "EncryptionContextEquals"
	ConstraintSubset = "EncryptionContextSubset"
)

// QueryOf gives what Access has to be asked for a call: its IAM action, "kms:Decrypt", the key's ARN, and its condition keys.
func QueryOf(action, key string, conditions map[string][]string) AccessQuery {
	first := func(name string) string {
		if values := conditions[name]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	q := AccessQuery{
		Key: key, Operation: Operation(strings.TrimPrefix(action, "kms:")), SourceARN: first(ConditionSourceARN), GrantID: first(ConditionGrant),
	}
	for name, values := range conditions {
		if pair, ok := strings.CutPrefix(name, ConditionContext); ok && len(values) > 0 {
			if q.EncryptionContext == nil {
				q.EncryptionContext = map[string]string{}
			}
			q.EncryptionContext[pair] = values[0]
		}
	}
	if q.Operation != OpCreateGrant {
		return q
	}
	q.Child = &Grant{Constraints: Constraints{SourceARN: first(ConditionSourceARN)}}
	for _, o := range conditions[ConditionGrantOperations] {
		q.Child.Operations = append(q.Child.Operations, Operation(o))
	}
	switch first(ConditionConstraintType) {
	case ConstraintEquals:
		q.Child.Constraints.Equals = q.EncryptionContext
	case ConstraintSubset:
		q.Child.Constraints.Subset = q.EncryptionContext
	}
	return q
}

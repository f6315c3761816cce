package kms_test

import (
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/policy"
)

const (
	alice = "arn:aws:iam::123456789012:user/alice"
	bob   = "arn:aws:iam::123456789012:role/bob"
)

func (b *bench) grant(t *testing.T, key string, g kms.Grant) (kms.Grant, string) {
	t.Helper()
	made, token, err := b.CreateGrant(t.Context(), home, kms.GrantInput{Key: key, Grant: g})
	ok(t, err)
	return made, token
}

func TestGrantsPermitWhatTheySay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	both := []kms.Operation{kms.OpDecrypt, kms.OpCreateGrant}
	equals, _ := b.grant(t, key.ID, kms.Grant{Grantee: alice, Operations: both, Constraints: kms.Constraints{Equals: map[string]string{"a": "1"}}})
	subset, _ := b.grant(t, key.ID, kms.Grant{Grantee: bob, Operations: both, Constraints: kms.Constraints{Subset: map[string]string{"a": "1"}}, Retiring: alice})
	service, _ := b.grant(t, key.ID, kms.Grant{
		GranteeService: "bedrock.amazonaws.com", RetiringService: "bedrock.amazonaws.com", Operations: []kms.Operation{kms.OpDecrypt},
		Constraints: kms.Constraints{SourceARN: "arn:aws:bedrock:us-east-1:123456789012:job/x"},
	})
	child := func(equals, subset map[string]string, operations ...kms.Operation) *kms.Grant {
		return &kms.Grant{Operations: operations, Constraints: kms.Constraints{Equals: equals, Subset: subset}}
	}
	one, two := map[string]string{"a": "1"}, map[string]string{"a": "1", "b": "2"}
	for name, c := range map[string]struct {
		query kms.AccessQuery
		want  []string
	}{
		"same context":          {kms.AccessQuery{Operation: kms.OpDecrypt, EncryptionContext: one}, []string{equals.ID, subset.ID}},
		"larger context":        {kms.AccessQuery{Operation: kms.OpDecrypt, EncryptionContext: two}, []string{subset.ID}},
		"no context":            {kms.AccessQuery{Operation: kms.OpDecrypt}, nil},
		"other operation":       {kms.AccessQuery{Operation: kms.OpEncrypt, EncryptionContext: one}, nil},
		"on behalf of":          {kms.AccessQuery{Operation: kms.OpDecrypt, SourceARN: service.Constraints.SourceARN}, []string{service.ID}},
		"on behalf of another":  {kms.AccessQuery{Operation: kms.OpDecrypt, SourceARN: "arn:aws:bedrock:us-east-1:123456789012:job/y"}, nil},
		"child as strict":       {kms.AccessQuery{Operation: kms.OpCreateGrant, Child: child(one, nil, kms.OpDecrypt)}, []string{equals.ID, subset.ID}},
		"child stricter":        {kms.AccessQuery{Operation: kms.OpCreateGrant, Child: child(nil, two, kms.OpDecrypt)}, []string{subset.ID}},
		"child without":         {kms.AccessQuery{Operation: kms.OpCreateGrant, Child: child(nil, nil, kms.OpDecrypt)}, nil},
		"child with more":       {kms.AccessQuery{Operation: kms.OpCreateGrant, Child: child(one, nil, kms.OpDecrypt, kms.OpEncrypt)}, nil},
		"no child said":         {kms.AccessQuery{Operation: kms.OpCreateGrant}, nil},
		"retire by its retirer": {kms.AccessQuery{Operation: kms.OpRetireGrant, GrantID: subset.ID}, []string{subset.ID}},
		"retire another":        {kms.AccessQuery{Operation: kms.OpRetireGrant, GrantID: equals.ID}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c.query.Key = key.ARN()
			a, err := b.Access(t.Context(), home, c.query)
			ok(t, err)
			var got []string
			for _, g := range a.Grants {
				got = append(got, g.ID)
			}
			if len(got) != len(c.want) || len(got) > 0 && (got[0] != c.want[0] || got[len(got)-1] != c.want[len(got)-1]) {
				t.Errorf("grants %v, want %v", got, c.want)
			}
		})
	}
}

func TestGrantsAreIdempotentByName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	named := kms.Grant{Name: "n", Grantee: alice, Operations: []kms.Operation{kms.OpDecrypt, kms.OpEncrypt}}
	first, firstToken := b.grant(t, key.ID, named)
	named.Operations = []kms.Operation{kms.OpEncrypt, kms.OpDecrypt}
	again, againToken := b.grant(t, key.ID, named)
	if first.ID != again.ID || firstToken == againToken {
		t.Errorf("ids %s and %s, tokens equal: %v", first.ID, again.ID, firstToken == againToken)
	}
	named.Grantee = bob
	if other, _ := b.grant(t, key.ID, named); other.ID == first.ID {
		t.Error("another grant got the same id")
	}
	ok(t, b.EndGrant(t.Context(), home, kms.GrantReference{Token: againToken}, false))
	refused(t, b.EndGrant(t.Context(), home, kms.GrantReference{Token: firstToken}, false), kms.Reason(fault.NotFound))
	_, err := b.Encrypt(t.Context(), home, kms.EncryptInput{Use: kms.Use{KeyID: key.ID, GrantTokens: []string{firstToken}}, Plaintext: []byte("x")})
	ok(t, err)
	_, err = b.Encrypt(t.Context(), home, kms.EncryptInput{Use: kms.Use{KeyID: key.ID, GrantTokens: []string{firstToken + "x"}}, Plaintext: []byte("x")})
	refused(t, err, kms.InvalidGrantToken)
}

func TestGrantsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.symmetric(t)
	decrypt := []kms.Operation{kms.OpDecrypt}
	for name, g := range map[string]kms.Grant{
		"no operation":             {Grantee: alice},
		"no grantee":               {Operations: decrypt},
		"two grantees":             {Grantee: alice, GranteeService: "s3.amazonaws.com", Operations: decrypt},
		"operation for signing":    {Grantee: alice, Operations: []kms.Operation{kms.OpSign}},
		"unknown operation":        {Grantee: alice, Operations: []kms.Operation{"Destroy"}},
		"both constraints":         {Grantee: alice, Operations: decrypt, Constraints: kms.Constraints{Equals: map[string]string{"a": "b"}, Subset: map[string]string{"a": "b"}}},
		"service without resource": {GranteeService: "s3.amazonaws.com", RetiringService: "s3.amazonaws.com", Operations: decrypt},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := b.CreateGrant(t.Context(), home, kms.GrantInput{Key: key.ID, Grant: g})
			refused(t, err, kms.Reason(fault.Invalid))
		})
	}
}

func TestPoliciesThatLockOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	user := policy.Principal{Kind: policy.User, Account: home.Account, ARN: alice}
	document := func(principal, action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"` + action + `","Resource":"*"}]}`
	}
	for name, c := range map[string]struct {
		text   string
		bypass kms.Bypass
		want   kms.Reason
	}{
		"the account":        {document(home.Root(), "kms:*"), false, ""},
		"the caller":         {document(alice, "kms:PutKeyPolicy"), false, ""},
		"somebody else":      {document(bob, "kms:*"), false, kms.MalformedPolicy},
		"without the action": {document(alice, "kms:Encrypt"), false, kms.MalformedPolicy},
		"bypassed":           {document(bob, "kms:*"), true, ""},
		"no JSON":            {"{", true, kms.MalformedPolicy},
		"no principal":       {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}`, true, kms.MalformedPolicy},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.Create(t.Context(), home, kms.CreateInput{Policy: c.text, Caller: user, Bypass: c.bypass})
			refused(t, err, c.want)
			key := b.symmetric(t)
			refused(t, b.PutPolicy(t.Context(), home, kms.PolicyInput{Key: key.ID, Policy: c.text, Caller: user, Bypass: c.bypass}), c.want)
		})
	}
}

// TestQueriesComeBackFromConditions: what the API writes into a requirement is what Access is asked.
func TestQueriesComeBackFromConditions(t *testing.T) {
	t.Parallel()
	q := kms.QueryOf("kms:CreateGrant", "arn", map[string][]string{
		kms.ConditionGrantOperations: {"Decrypt"}, kms.ConditionConstraintType: {kms.ConstraintSubset}, kms.ConditionContext + "a": {"1"},
	})
	if q.Operation != kms.OpCreateGrant || q.Child == nil || len(q.Child.Operations) != 1 || q.Child.Constraints.Subset["a"] != "1" || q.Child.Constraints.Equals != nil {
		t.Errorf("%+v", q)
	}
	q = kms.QueryOf("kms:Decrypt", "arn", map[string][]string{kms.ConditionContext + "a": {"1"}, kms.ConditionSourceARN: {"s"}})
	if q.Operation != kms.OpDecrypt || q.EncryptionContext["a"] != "1" || q.SourceARN != "s" || q.Child != nil {
		t.Errorf("%+v", q)
	}
}

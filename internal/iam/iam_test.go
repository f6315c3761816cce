package iam_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/policy"
)

func TestNamesAreOneInAnyCase(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	ann := w.user("Ann")
	_, err := w.Create(t.Context(), home, iam.Proposal{Kind: iam.User, Name: "aNN"})
	w.refused(err, fault.Conflict, "")
	w.role("ann") // roles have names of their own
	found, err := w.Get(t.Context(), home, iam.User, "ANN")
	w.must(err)
	if found.ID != ann.ID || found.Name != "Ann" {
		t.Errorf("found %+v", found)
	}
	_, err = w.Get(t.Context(), iam.Scope{Partition: "aws", Account: "444455556666"}, iam.User, "Ann")
	w.refused(err, fault.NotFound, "")
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{Users: 1, Roles: 1, Policies: 1, Attached: 1})
	ctx := t.Context()
	w.user("ann")
	w.role("r")
	first := w.policy("one")
	_, err := w.Create(ctx, home, iam.Proposal{Kind: iam.User, Name: "bob"})
	w.refused(err, fault.OverQuota, "")
	_, err = w.Create(ctx, home, iam.Proposal{Kind: iam.Role, Name: "s", Trust: trust})
	w.refused(err, fault.OverQuota, "")
	_, err = w.CreatePolicy(ctx, home, iam.PolicyProposal{Name: "two", Document: open})
	w.refused(err, fault.OverQuota, "")
	w.must(w.Attach(ctx, home, iam.User, "ann", first))
	w.must(w.Attach(ctx, home, iam.User, "ann", first)) // again is no second one
	w.refused(w.Attach(ctx, home, iam.User, "ann", "arn:aws:iam::aws:policy/IAMFullAccess"), fault.OverQuota, "")
	attached, _, err := w.Attachments(ctx, home, iam.User, "ann", "", iam.Page{Limit: 10})
	w.must(err)
	if len(attached) != 1 {
		t.Errorf("a refused attachment stayed: %v", attached)
	}
	for range 2 {
		_, _, err = w.CreateKey(ctx, home, iam.Holder{UserName: "ann"})
		w.must(err)
	}
	_, _, err = w.CreateKey(ctx, home, iam.Holder{UserName: "ann"})
	w.refused(err, fault.OverQuota, "")
	long := func(n int) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::` + strings.Repeat("x", n) + `"]}]}`
	}
	w.refused(w.PutInline(ctx, home, iam.User, "ann", iam.Inline{Name: "p", Document: long(2000)}), fault.OverQuota, "")
	w.must(w.PutInline(ctx, home, iam.Role, "r", iam.Inline{Name: "p", Document: long(6000)}))
	w.refused(w.PutInline(ctx, home, iam.Role, "r", iam.Inline{Name: "q", Document: long(6000)}), fault.OverQuota, "")
	w.must(w.PutInline(ctx, home, iam.Role, "r", iam.Inline{Name: "p", Document: long(9000)}))
	_, err = w.CreateVersion(ctx, home, first, long(6200), false)
	w.refused(err, fault.OverQuota, "")
	tags := make([]iam.Tag, iam.MaxTags+1)
	for i := range tags {
		tags[i] = iam.Tag{Key: fmt.Sprint("k", i)}
	}
	w.refused(w.Tag(ctx, home, iam.Target{Kind: iam.User, Name: "ann"}, tags), fault.OverQuota, "")
	w.must(w.Tag(ctx, home, iam.Target{Kind: iam.User, Name: "ann"}, tags[1:]))
}

func TestDeleteConflicts(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	ctx := t.Context()
	w.user("ann")
	arn := w.policy("p")
	w.must(w.Attach(ctx, home, iam.User, "ann", arn))
	w.refused(w.Delete(ctx, home, iam.User, "ann"), fault.InUse, "")
	w.refused(w.DeletePolicy(ctx, home, arn), fault.InUse, "")
	w.must(w.Detach(ctx, home, iam.User, "ann", arn))
	w.refused(w.Detach(ctx, home, iam.User, "ann", arn), fault.NotFound, "")
	w.must(w.PutInline(ctx, home, iam.User, "ann", iam.Inline{Name: "i", Document: open}))
	w.refused(w.Delete(ctx, home, iam.User, "ann"), fault.InUse, "")
	w.must(w.DeleteInline(ctx, home, iam.User, "ann", "i"))
	c, _, err := w.CreateServiceCredential(ctx, home, "ann", "bedrock.amazonaws.com", 0)
	w.must(err)
	w.refused(w.Delete(ctx, home, iam.User, "ann"), fault.InUse, "")
	w.must(w.DeleteServiceCredential(ctx, home, "ann", c.ID))
	_, err = w.Update(ctx, home, iam.User, "ann", iam.Change{Boundary: &arn})
	w.must(err)
	w.refused(w.DeletePolicy(ctx, home, arn), fault.InUse, "")
	w.must(w.Delete(ctx, home, iam.User, "ann"))
	w.must(w.DeletePolicy(ctx, home, arn))
	if again := w.user("ann"); again.Boundary != "" {
		t.Errorf("the new user has the old boundary")
	}
}

func TestServiceLinkedRolesStay(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	ctx := t.Context()
	role, err := w.CreateServiceLinked(ctx, home, "bedrock.amazonaws.com", "", "")
	w.must(err)
	_, err = w.CreateServiceLinked(ctx, home, "bedrock.amazonaws.com", "", "")
	w.refused(err, fault.Invalid, "InvalidInput")
	_, err = w.CreateServiceLinked(ctx, home, "bedrock.amazonaws.com", "", "x")
	w.refused(err, fault.Invalid, "InvalidInput")
	for _, err := range []error{
		w.Delete(ctx, home, iam.Role, role.Name),
		w.PutInline(ctx, home, iam.Role, role.Name, iam.Inline{Name: "p", Document: open}),
		w.Attach(ctx, home, iam.Role, role.Name, "arn:aws:iam::aws:policy/IAMFullAccess"),
	} {
		w.refused(err, fault.Invalid, "UnmodifiableEntity")
	}
}

func TestProvidedPoliciesAreSound(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	found, next, err := w.Policies(t.Context(), home, iam.PolicyFilter{Provided: true, Prefix: "/"}, iam.Page{Limit: 100})
	w.must(err)
	if len(found) < 5 || next != "" {
		t.Fatalf("%d provided policies, next %q", len(found), next)
	}
	ids := map[string]bool{}
	for _, p := range found {
		if len(p.ID) != 21 || ids[p.ID] {
			t.Errorf("%s has id %s", p.Name, p.ID)
		}
		ids[p.ID] = true
		if _, err := w.directory.Managed(t.Context(), p.ARN("aws")); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		_, err := w.CreateVersion(t.Context(), home, p.ARN("aws"), open, true)
		w.refused(err, fault.Denied, "")
	}
}

// TestDirectoryFollowsAtOnce: what the directory gave is worth nothing after the next change.
func TestDirectoryFollowsAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.DefaultLimits())
	ctx := t.Context()
	ann := w.user("ann")
	key, value, err := w.CreateKey(ctx, home, iam.Holder{UserName: "ann"})
	w.must(err)
	allows := func() bool {
		p, err := w.directory.Principal(ctx, ann.ID)
		w.must(err)
		return policy.Evaluate(&policy.Inputs{Identity: p.Identity, Boundary: p.Boundary}, &policy.Request{
			Principal: policy.Principal{Kind: policy.User, Account: home.Account, ARN: ann.ARN("aws")}, Action: "s3:GetObject", Resource: "*", ResourceAccount: home.Account,
		}).Allowed()
	}
	arn := w.policy("p")
	steps := []struct {
		name string
		do   func() error
		want bool
	}{
		{"nothing", func() error { return nil }, false},
		{"attach", func() error { return w.Attach(ctx, home, iam.User, "ann", arn) }, true},
		{"other version", func() error {
			_, err := w.CreateVersion(ctx, home, arn, strings.Replace(open, `"*"`, `"ec2:*"`, 1), true)
			return err
		}, false},
		{"first version again", func() error { return w.SetDefaultVersion(ctx, home, arn, "v1") }, true},
		{"boundary", func() error {
			_, err := w.Update(ctx, home, iam.User, "ann", iam.Change{Boundary: new("arn:aws:iam::aws:policy/IAMFullAccess")})
			return err
		}, false},
		{"no boundary", func() error {
			_, err := w.Update(ctx, home, iam.User, "ann", iam.Change{Boundary: new("")})
			return err
		}, true},
		{"detach", func() error { return w.Detach(ctx, home, iam.User, "ann", arn) }, false},
	}
	for _, step := range steps {
		w.must(step.do())
		if got := allows(); got != step.want {
			t.Errorf("after %s: allowed %v", step.name, got)
		}
	}
	got, err := w.directory.Key(ctx, key.ID)
	if err != nil || !got.Secret.Equal(value) || got.Status != iam.Active {
		t.Fatalf("key %+v, %v", got, err)
	}
	w.must(w.SetKeyStatus(ctx, home, iam.Holder{UserName: "ann"}, key.ID, iam.Inactive))
	if got, err := w.directory.Key(ctx, key.ID); err != nil || got.Status != iam.Inactive {
		t.Errorf("key %+v, %v", got, err)
	}
	w.must(w.DeleteKey(ctx, home, iam.Holder{UserName: "ann"}, key.ID))
	if _, err := w.directory.Key(ctx, key.ID); !errors.Is(err, directory.ErrUnknown) {
		t.Errorf("deleted key: %v", err)
	}
	w.must(w.Delete(ctx, home, iam.User, "ann"))
	if _, err := w.directory.Principal(ctx, ann.ID); !errors.Is(err, directory.ErrUnknown) {
		t.Errorf("deleted user: %v", err)
	}
}

func TestAccountOfKey(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"000000000000", "000000000001", "123456789012", "999999999999"} {
		seen := map[string]bool{}
		for range 1000 {
			id := iam.NewSessionKeyID(account)
			got, ok := iam.AccountOfKey(id)
			if len(id) != 20 || !ok || got != account || seen[id] {
				t.Fatalf("%s of account %s gives %q, %v", id, account, got, ok)
			}
			seen[id] = true
		}
	}
	for _, bad := range []string{"", "test", "AKIAIOSFODNN7EXAMPLE", "ASIA" + strings.Repeat("7", 16)} {
		if got, ok := iam.AccountOfKey(bad); ok {
			t.Errorf("%q belongs to %s", bad, got)
		}
	}
}

package iam_test

import (
	"fmt"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/policy"
)

func (w *world) group(name string) iam.Principal {
	w.Helper()
	g, err := w.Create(w.Context(), home, iam.Proposal{Kind: iam.Group, Name: name})
	w.must(err)
	return g
}

func TestQuotasOfGroups(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{Groups: 2, Memberships: 1, Attached: 1})
	ctx := t.Context()
	w.user("ann")
	w.group("one")
	w.group("two")
	_, err := w.Create(ctx, home, iam.Proposal{Kind: iam.Group, Name: "three"})
	w.refused(err, fault.OverQuota, "")
	_, err = w.Create(ctx, home, iam.Proposal{Kind: iam.Group, Name: "ONE"})
	w.refused(err, fault.OverQuota, "")
	w.must(w.AddMember(ctx, home, "one", "ann"))
	w.must(w.AddMember(ctx, home, "one", "ann")) // again is no second one
	w.refused(w.AddMember(ctx, home, "two", "ann"), fault.OverQuota, "")
	if groups, _, err := w.Groups(ctx, home, "ann", iam.Page{Limit: 10}); err != nil || len(groups) != 1 {
		t.Errorf("a refused membership stayed: %v, %v", groups, err)
	}
	w.must(w.Attach(ctx, home, iam.Group, "one", w.policy("p")))
	w.refused(w.Attach(ctx, home, iam.Group, "one", "arn:aws:iam::aws:policy/IAMFullAccess"), fault.OverQuota, "")
	long := func(n int) string {
		return strings.Replace(open, `"Resource":"*"`, fmt.Sprintf(`"Resource":"arn:aws:s3:::%0*d"`, n, 0), 1)
	}
	w.refused(w.PutInline(ctx, home, iam.Group, "one", iam.Inline{Name: "p", Document: long(5100)}), fault.OverQuota, "")
	w.must(w.PutInline(ctx, home, iam.Group, "one", iam.Inline{Name: "p", Document: long(4900)}))
}

func TestGroupsWithMembersStay(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	ctx := t.Context()
	w.user("ann")
	w.group("ops")
	w.must(w.AddMember(ctx, home, "OPS", "Ann"))
	for _, kind := range []iam.Kind{iam.User, iam.Group} {
		name := map[iam.Kind]string{iam.User: "ann", iam.Group: "ops"}[kind]
		w.refused(w.Delete(ctx, home, kind, name), fault.InUse, "")
	}
	other := iam.Scope{Partition: "aws", Account: "999999999999"}
	w.refused(w.AddMember(ctx, other, "ops", "ann"), fault.NotFound, "")
	_, _, _, err := w.Members(ctx, other, "ops", iam.Page{Limit: 1})
	w.refused(err, fault.NotFound, "")
	w.must(w.RemoveMember(ctx, home, "ops", "ann"))
	w.must(w.RemoveMember(ctx, home, "ops", "ann"))
	w.must(w.Delete(ctx, home, iam.User, "ann"))
	w.must(w.Delete(ctx, home, iam.Group, "ops"))
}

// TestGroupsCountAtOnce: for their members only, in the directory that decides calls as in simulations.
func TestGroupsCountAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.DefaultLimits())
	ctx := t.Context()
	ann, g := w.user("ann"), w.group("ops")
	w.user("bob")
	request := policy.Request{Principal: policy.Principal{Kind: policy.User, Account: home.Account, ARN: ann.ARN("aws")}, Action: "s3:GetObject", Resource: "*", ResourceAccount: home.Account}
	for _, step := range []struct {
		name string
		do   func() error
		want bool
	}{
		{"policy of a group", func() error {
			return w.PutInline(ctx, home, iam.Group, "ops", iam.Inline{Name: "p", Document: open})
		}, false},
		{"another member", func() error { return w.AddMember(ctx, home, "ops", "bob") }, false},
		{"member", func() error { return w.AddMember(ctx, home, "ops", "ann") }, true},
		{"denial of the group", func() error {
			return w.PutInline(ctx, home, iam.Group, "ops", iam.Inline{Name: "q", Document: strings.Replace(open, "Allow", "Deny", 1)})
		}, false},
		{"no denial", func() error { return w.DeleteInline(ctx, home, iam.Group, "ops", "q") }, true},
		{"another name", func() error {
			_, err := w.Update(ctx, home, iam.Group, "ops", iam.Change{Name: new("eng"), Path: new("/x/")})
			return err
		}, true},
		{"no inline policy", func() error { return w.DeleteInline(ctx, home, iam.Group, "eng", "p") }, false},
		{"managed policy", func() error { return w.Attach(ctx, home, iam.Group, "eng", w.policy("m")) }, true},
		{"boundary", func() error {
			_, err := w.Update(ctx, home, iam.User, "ann", iam.Change{Boundary: new("arn:aws:iam::aws:policy/IAMFullAccess")})
			return err
		}, false},
		{"no boundary", func() error {
			_, err := w.Update(ctx, home, iam.User, "ann", iam.Change{Boundary: new("")})
			return err
		}, true},
		{"no member", func() error { return w.RemoveMember(ctx, home, "eng", "ann") }, false},
	} {
		w.must(step.do())
		p, err := w.directory.Principal(ctx, ann.ID)
		w.must(err)
		decided := policy.Evaluate(&policy.Inputs{Identity: p.Identity, Boundary: p.Boundary}, &request).Allowed()
		simulated, err := w.Simulate(ctx, home, iam.Simulation{Source: ann.ARN("aws"), Actions: []string{request.Action}})
		w.must(err)
		if decided != step.want || simulated[0].Decision.Allowed() != step.want {
			t.Errorf("after %s: allowed %v, simulated %v, want %v", step.name, decided, simulated[0].Decision.Allowed(), step.want)
		}
	}
	of, err := w.Simulate(ctx, home, iam.Simulation{Source: "arn:aws:iam::123456789012:group/x/eng", Actions: []string{request.Action}})
	if err != nil || !of[0].Decision.Allowed() {
		t.Errorf("simulation of the group: %+v, %v", of, err)
	}
	users, err := w.PolicyUsers(ctx, home, "arn:aws:iam::"+home.Account+":policy/m")
	if err != nil || len(users.Attached) != 1 || users.Attached[0].ID != g.ID {
		t.Errorf("who has the policy: %+v, %v", users, err)
	}
}

// TestAuthorizationsPage goes through everything in pages of one and finds each thing once, a user with its groups.
func TestAuthorizationsPage(t *testing.T) {
	t.Parallel()
	w := setup(t, iam.Limits{})
	ctx := t.Context()
	w.user("ann")
	w.user("bob")
	w.group("eng")
	w.group("ops")
	w.role("r")
	w.policy("p")
	w.must(w.AddMember(ctx, home, "ops", "bob"))
	w.must(w.AddMember(ctx, home, "eng", "bob"))
	var found []string
	for after := ""; ; {
		part, next, err := w.Authorizations(ctx, home, func(string) bool { return true }, iam.Page{After: after, Limit: 1})
		w.must(err)
		for _, d := range part.Principals {
			text := string(d.Kind) + " " + d.Name
			for _, g := range d.Groups {
				text += " in " + g.Name
			}
			found = append(found, text)
		}
		for _, p := range part.Policies {
			found = append(found, "policy "+p.Name)
		}
		if after = next; next == "" {
			break
		}
	}
	if got, want := strings.Join(found, ", "), "user ann, user bob in eng in ops, group eng, group ops, role r, policy p"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

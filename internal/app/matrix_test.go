package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/authorize"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// statement is a part of a policy that a situation writes.
type statement map[string]any

func documentOf(statements ...statement) string {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// situation is one column of the matrix: who asks, under which policies, and whether they may.
type situation struct {
	name    string
	allowed bool
	// identity gives the caller's own policy; empty for none.
	identity func(needs) string
	group    func(needs) string // the policy of a group that the caller is in; nil for no group
	boundary string
	session  string // makes the caller a role session with this policy
	tag      string // of the caller, "team"
	bounded  bool   // by a service control policy
	service  string // makes the caller this service; its aws:SourceArn is in source
	source   string
	// foreign moves the resource into another account; resource is its policy, empty for none.
	foreign  bool
	resource func(needs) string
}

// needs is what an operation asks for: actions and resources.
type needs []operation.Requirement

func (n needs) actions() (all []string) {
	for _, r := range n {
		all = append(all, r.Action)
	}
	return all
}

func (n needs) resources() (all []string) {
	for _, r := range n {
		all = append(all, r.Resource)
	}
	return all
}

func (n needs) exact() (all []statement) {
	for _, r := range n {
		all = append(all, statement{"Effect": "Allow", "Action": r.Action, "Resource": r.Resource})
	}
	return all
}

func (n needs) with(key string, value any) string {
	all := n.exact()
	for _, s := range all {
		s[key] = value
	}
	return documentOf(all...)
}

func exactly(n needs) string { return documentOf(n.exact()...) }

// principal gives a resource policy for a principal.
func principal(who map[string]string, condition map[string]map[string]string) func(needs) string {
	return func(n needs) string {
		s := statement{"Effect": "Allow", "Principal": who, "Action": n.actions(), "Resource": "*"}
		if condition != nil {
			s["Condition"] = condition
		}
		return documentOf(s)
	}
}

const elsewhere = "arn:aws:iam::" + theirs + ":user/nobody"

func situations() []situation {
	account := map[string]string{"AWS": ours}
	bedrock := map[string]string{"Service": "bedrock.amazonaws.com"}
	deputy := map[string]map[string]string{"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:" + ours + ":model-customization-job/*"}}
	return []situation{
		{name: "none"},
		{name: "implicit deny", identity: func(needs) string {
			return documentOf(statement{"Effect": "Allow", "Action": "aws-portal:ViewBilling", "Resource": "*"})
		}},
		{name: "exact allow", allowed: true, identity: exactly},
		{name: "wildcard", allowed: true, identity: func(n needs) string {
			return documentOf(statement{"Effect": "Allow", "Action": "*", "Resource": "*"})
		}},
		{name: "explicit deny", identity: func(n needs) string {
			return documentOf(append(n.exact(), statement{"Effect": "Deny", "Action": n.actions()[0], "Resource": "*"})...)
		}},
		{name: "group", allowed: true, group: exactly},
		{name: "explicit deny of a group", identity: exactly, group: func(n needs) string {
			return documentOf(statement{"Effect": "Deny", "Action": n.actions()[0], "Resource": "*"})
		}},
		{name: "resource mismatch", identity: func(n needs) string {
			return documentOf(statement{"Effect": "Allow", "Action": n.actions(), "Resource": elsewhere})
		}},
		{name: "condition mismatch", identity: func(n needs) string {
			return n.with("Condition", map[string]map[string]string{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
		}},
		{name: "boundary", identity: exactly, boundary: documentOf(statement{"Effect": "Allow", "Action": "aws-portal:*", "Resource": "*"})},
		{name: "service control policy", identity: exactly, bounded: true},
		{name: "session policy", identity: exactly, session: documentOf(statement{"Effect": "Allow", "Action": "aws-portal:*", "Resource": "*"})},
		{name: "cross-account, one side", identity: exactly, foreign: true},
		{name: "cross-account, other side", foreign: true, resource: principal(account, nil)},
		{name: "cross-account, both sides", allowed: true, identity: exactly, foreign: true, resource: principal(account, nil)},
		{name: "tag", allowed: true, tag: "red", identity: tagged},
		{name: "other tag", tag: "blue", identity: tagged},
		{name: "NotAction", identity: func(n needs) string {
			return documentOf(statement{"Effect": "Allow", "NotAction": n.actions(), "Resource": "*"})
		}},
		{name: "NotResource", identity: func(n needs) string {
			return documentOf(statement{"Effect": "Allow", "Action": n.actions(), "NotResource": n.resources()})
		}},
		{name: "confused deputy", service: "bedrock.amazonaws.com", source: "arn:aws:bedrock:us-east-1:" + theirs + ":model-customization-job/x", resource: principal(bedrock, deputy)},
		{name: "deputy of the owner", allowed: true, service: "bedrock.amazonaws.com", source: "arn:aws:bedrock:us-east-1:" + ours + ":model-customization-job/x", resource: principal(bedrock, deputy)},
	}
}

func tagged(n needs) string {
	return n.with("Condition", map[string]map[string]string{"StringEquals": {"aws:PrincipalTag/team": "red"}})
}

// TestAuthorisationMatrix asks, for every operation that is served, whether the caller may, in every situation. Two further situations,
// an expired session and a forged signature, never come this far: see TestEveryRouteEveryForm.
func TestAuthorisationMatrix(t *testing.T) {
	t.Parallel()
	p := assembled(t)
	operations := p.operations(t)
	m := &matrix{product: p, T: t}
	m.authorizer = m.newAuthorizer()
	cells, free := 0, 0
	for _, op := range operations {
		if op.Schema.Name == "GetCallerIdentity" || op.Schema.Name == "GetSessionToken" || op.Unsigned {
			free++ // needs no permission, so that no policy gives it
			continue
		}
		asked := needs(op.requirements(t, p.Protocols, callOf(operation.Caller{Account: ours, Principal: "arn:aws:iam::" + ours + ":user/ann"})))
		if len(asked) == 0 {
			t.Errorf("%s asks for nothing", op)
			continue
		}
		for _, s := range situations() {
			cells++
			m.cell(op, s, asked, cells)
		}
	}
	if free != 3 {
		t.Errorf("%d operations need no permission, want 3", free)
	}
	t.Logf("%d operations x %d situations: %d cells", len(operations)-free, len(situations()), cells)
	if want := (len(operations) - free) * len(situations()); cells != want || len(operations) < 80 {
		t.Errorf("%d cells of %d operations, want %d", cells, len(operations), want)
	}
}

type matrix struct {
	*testing.T
	*product
	authorizer *authorize.Authorizer
}

func (m *matrix) newAuthorizer() *authorize.Authorizer {
	document, err := policy.Parse(policy.ServiceControl, documentOf(
		statement{"Effect": "Allow", "Action": "*", "Resource": "*"},
		statement{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": map[string]map[string]string{"StringEquals": {"aws:PrincipalTag/bounded": "yes"}}}))
	if err != nil {
		m.Fatal(err)
	}
	set, err := policy.NewSet(policy.ServiceControl, document.Compile("scp"))
	if err != nil {
		m.Fatal(err)
	}
	return authorize.New(authorize.Config{
		Directory: directory.New(m.store.IAM(), m.keyring, time.Now), Store: m.store.IAM(), Sealer: m.keyring,
		ServiceControl: map[string][]*policy.Set{ours: {set}}, Now: time.Now,
	})
}

// cell checks one operation in one situation.
func (m *matrix) cell(op *served, s situation, asked needs, number int) {
	call := m.caller(s, asked, number)
	requirements := slices.Clone(asked)
	for i := range requirements {
		r := &requirements[i]
		// The resource's side is the situation's: what real resources say is tested with their services.
		side := m.side(s, asked, r.Action)
		r.Lookup, r.Absent = func(context.Context) (operation.ResourceSide, error) { return side, nil }, nil
	}
	err := m.authorizer.Authorize(m.Context(), call, requirements)
	switch {
	case s.allowed && err != nil:
		m.Errorf("%s, %s: %v", op, s.name, err)
	case !s.allowed && !fault.Is(err, fault.Denied):
		m.Errorf("%s, %s: %v, want a denial", op, s.name, err)
	}
}

// caller makes the principal that the situation is about.
func (m *matrix) caller(s situation, asked needs, number int) *operation.Call {
	if s.service != "" {
		return callOf(operation.Caller{Account: ours, Principal: s.service, Facts: operation.Facts{Kind: policy.Service, SourceARN: s.source, SourceAccount: ours}})
	}
	p := iam.Principal{Account: ours, Kind: iam.User, ID: fmt.Sprintf("AIDA%d", number), Name: fmt.Sprintf("p%d", number), Path: "/", CreatedAt: time.Now()}
	if s.session != "" {
		p.Kind, p.ID = iam.Role, fmt.Sprintf("AROA%d", number)
		p.Trust = documentOf(statement{"Effect": "Allow", "Principal": map[string]string{"AWS": ours}, "Action": "sts:AssumeRole"})
	}
	err := m.store.IAM().Update(m.Context(), func(tx iam.Tx) error {
		if s.boundary != "" {
			id := fmt.Sprintf("ANPA%d", number)
			boundary := iam.Policy{Account: ours, ID: id, Name: id, Path: "/", DefaultVersion: 1, LastVersion: 1, CreatedAt: time.Now(), UpdatedAt: time.Now()}
			p.Boundary = boundary.ARN("aws")
			if err := tx.InsertPolicy(boundary); err != nil {
				return err
			}
			if err := tx.InsertVersion(id, iam.Version{Number: 1, Document: s.boundary, CreatedAt: time.Now()}); err != nil {
				return err
			}
		}
		if err := tx.InsertPrincipal(p); err != nil {
			return err
		}
		if s.tag != "" {
			if err := tx.PutTag(p.ID, iam.Tag{Key: "team", Value: s.tag}); err != nil {
				return err
			}
		}
		if s.bounded {
			if err := tx.PutTag(p.ID, iam.Tag{Key: "bounded", Value: "yes"}); err != nil {
				return err
			}
		}
		if s.group != nil {
			g := iam.Principal{Account: ours, Kind: iam.Group, ID: fmt.Sprintf("AGPA%d", number), Name: p.Name, Path: "/", CreatedAt: time.Now()}
			if err := errors.Join(tx.InsertPrincipal(g), tx.PutMember(g.ID, p.ID), tx.PutInline(g.ID, iam.Inline{Name: "p", Document: s.group(asked)})); err != nil {
				return err
			}
		}
		if s.identity == nil {
			return nil
		}
		return tx.PutInline(p.ID, iam.Inline{Name: "p", Document: s.identity(asked)})
	})
	if err != nil {
		m.Fatal(err)
	}
	c := operation.Caller{Account: ours, Principal: p.ARN("aws"), Facts: operation.Facts{Kind: policy.User, UserID: p.ID, PrincipalID: p.ID, UserName: p.Name}}
	if s.session != "" {
		c.Kind, c.Issuer, c.UserName, c.AccessKeyID = policy.RoleSession, p.ARN("aws"), "", p.ID
		c.Principal = "arn:aws:sts::" + ours + ":assumed-role/" + p.Name + "/s"
		c.Session = &operation.Session{Name: "s", IssuedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour), Policies: []string{s.session}}
	}
	return callOf(c)
}

// side is what the resource says. Trust and key policies decide by themselves, so those leave it to the account.
func (m *matrix) side(s situation, asked needs, action string) operation.ResourceSide {
	out := operation.ResourceSide{Account: ours}
	if s.foreign {
		out.Account = theirs
	}
	kind := policy.Resource
	switch service, _, _ := strings.Cut(action, ":"); service {
	case "kms":
		kind = policy.Key
	case "sts":
		kind = policy.Trust
	}
	text := ""
	switch {
	case s.resource != nil:
		text = s.resource(asked)
	case kind != policy.Resource && !s.foreign:
		text = principal(map[string]string{"AWS": ours}, nil)(asked)
	}
	if text == "" && kind == policy.Resource {
		return out
	}
	var compiled []*policy.Policy
	if text != "" {
		if kind == policy.Trust {
			text = strings.ReplaceAll(text, `,"Resource":"*"`, "")
		}
		document, err := policy.Parse(kind, text)
		if err != nil {
			m.Fatalf("%v in %s", err, text)
		}
		compiled = append(compiled, document.Compile("resource"))
	}
	set, err := policy.NewSet(kind, compiled...)
	if err != nil {
		m.Fatal(err)
	}
	out.Policy = set
	return out
}

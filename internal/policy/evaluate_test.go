package policy_test

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/policy/policytest"
)

// Policies by what they do. In a case's fields "allow" and "deny" stand for them, "silent" for a policy about something else.
const (
	ownAccount   = "111122223333"
	otherAccount = "444455556666"
)

// text writes a policy of kind that does what word says; for a resource policy word may be "allow PRINCIPAL" or "deny PRINCIPAL".
func text(kind policy.Kind, word string) string {
	verb, who, _ := strings.Cut(word, " ")
	effect := map[string]string{"allow": "Allow", "deny": "Deny", "silent": "Allow"}[verb]
	action := map[bool]string{true: `"sts:AssumeRole"`, false: `"*"`}[kind == policy.Trust]
	if verb == "silent" {
		action = map[bool]string{true: `"sts:TagSession"`, false: `"none:Such"`}[kind == policy.Trust]
	}
	members := `"Effect":"` + effect + `","Action":` + action
	switch kind {
	case policy.Resource, policy.Key, policy.Trust, policy.Endpoint, policy.ResourceControl:
		switch {
		case who == "" || who == "*":
			members += `,"Principal":"*"`
		case strings.HasSuffix(who, ".amazonaws.com"):
			members += `,"Principal":{"Service":"` + who + `"}`
		case strings.Contains(who, "saml-provider"):
			members += `,"Principal":{"Federated":"` + who + `"}`
		case strings.HasPrefix(who, "PrincipalArn="):
			members += `,"Principal":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":"` + strings.TrimPrefix(who, "PrincipalArn=") + `"}}`
		default:
			members += `,"Principal":{"AWS":"` + who + `"}`
		}
	}
	if kind != policy.Trust {
		members += `,"Resource":"*"`
	}
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

// decisionCase is a row of the tables of section 14.3. An empty field means that there is no such policy.
type decisionCase struct {
	who       policy.Principal
	owner     string // empty: the principal's account
	identity  string
	boundary  string
	session   string
	scp, scp2 string
	rcp       string
	endpoint  string
	resource  string
	key       string
	trust     string
	grant     string
	want      string // "allow", "explicit KIND" or "KIND": the first that is missing
}

var (
	root      = policy.Principal{Kind: policy.Root, Account: ownAccount, ARN: "arn:aws:iam::111122223333:root"}
	user      = policy.Principal{Kind: policy.User, Account: ownAccount, ARN: "arn:aws:iam::111122223333:user/team/alice"}
	session   = policy.Principal{Kind: policy.RoleSession, Account: ownAccount, ARN: "arn:aws:sts::111122223333:assumed-role/app/s1", Issuer: "arn:aws:iam::111122223333:role/path/app"}
	federated = policy.Principal{Kind: policy.FederatedUser, Account: ownAccount, ARN: "arn:aws:sts::111122223333:federated-user/fed", Issuer: user.ARN}
	service   = policy.Principal{Kind: policy.Service, Name: "bedrock.amazonaws.com"}
	token     = policy.Principal{Kind: policy.Provider, Name: "arn:aws:iam::111122223333:saml-provider/idp"}
	nobody    = policy.Principal{}
)

// decide runs one case through the compiled evaluator and checks the oracle's agreement.
func (c decisionCase) decide(t *testing.T) (policy.Decision, *policy.Request) {
	t.Helper()
	w := policytest.World{ResourceKind: policy.Resource}
	one := func(kind policy.Kind, word string) []string {
		if word == "" {
			return nil
		}
		return []string{text(kind, word)}
	}
	w.Identity, w.Boundary, w.Session = one(policy.Identity, c.identity), one(policy.Boundary, c.boundary), one(policy.Session, c.session)
	w.Endpoint, w.Resource = one(policy.Endpoint, c.endpoint), one(policy.Resource, c.resource)
	for _, word := range []string{c.scp, c.scp2} {
		if word != "" {
			w.ServiceControl = append(w.ServiceControl, one(policy.ServiceControl, word))
		}
	}
	if c.rcp != "" {
		w.ResourceControl = [][]string{one(policy.ResourceControl, c.rcp)}
	}
	req := policy.Request{Principal: c.who, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x", ResourceAccount: c.owner}
	if c.key != "" {
		w.ResourceKind, w.Resource = policy.Key, one(policy.Key, c.key)
		req.Action, req.Resource = "kms:Decrypt", "arn:aws:kms:us-east-1:111122223333:key/k"
	}
	if c.trust != "" {
		w.ResourceKind, w.Resource = policy.Trust, one(policy.Trust, c.trust)
		req.Action, req.Resource = "sts:AssumeRole", "arn:aws:iam::111122223333:role/target"
	}
	if c.grant != "" {
		w.Grants = []policy.Grant{{ID: "grant-1", Grantee: c.grant}}
	}
	if c.owner == "" {
		req.ResourceAccount = ownAccount
	}
	req.Context.Set("aws:PrincipalArn", c.who.ARN)
	if c.who.Issuer != "" {
		req.Context.Set("aws:PrincipalArn", c.who.Issuer)
	}
	in, err := w.Compile()
	if err != nil {
		t.Fatal(err)
	}
	d := policy.Evaluate(in, &req)
	if v := w.Decide(req); v.Allowed != d.Allowed() || v.Explicit != d.Explicit {
		t.Errorf("the oracle says %+v", v)
	}
	return d, &req
}

// outcome puts a decision into the words of decisionCase.want.
func outcome(d policy.Decision) string {
	switch {
	case d.Allowed():
		return "allow"
	case d.Explicit:
		return "explicit " + string(d.DeniedBy)
	default:
		return string(d.DeniedBy)
	}
}

func runDecisions(t *testing.T, cases map[string]decisionCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if d, _ := c.decide(t); outcome(d) != c.want {
				t.Errorf("got %q (%+v), want %q", outcome(d), d, c.want)
			}
		})
	}
}

func TestSameAccount(t *testing.T) {
	t.Parallel()
	runDecisions(t, map[string]decisionCase{
		"nothing allows":                {who: user, want: "identity"},
		"identity silent":               {who: user, identity: "silent", want: "identity"},
		"identity allows":               {who: user, identity: "allow", want: "allow"},
		"identity of a session allows":  {who: session, identity: "allow", want: "allow"},
		"both silent":                   {who: user, identity: "silent", resource: "silent", want: "identity"},
		"identity allows, resource not": {who: user, identity: "allow", resource: "silent", want: "allow"},

		"user ARN":                                  {who: user, identity: "silent", resource: "allow " + user.ARN, want: "allow"},
		"user ARN, no identity policy":              {who: user, resource: "allow " + user.ARN, want: "allow"},
		"user ARN, boundary silent":                 {who: user, boundary: "silent", resource: "allow " + user.ARN, want: "allow"},
		"user ARN, session silent":                  {who: user, session: "silent", resource: "allow " + user.ARN, want: "allow"},
		"user ARN, boundary denies":                 {who: user, boundary: "deny", resource: "allow " + user.ARN, want: "explicit boundary"},
		"session ARN":                               {who: session, identity: "silent", resource: "allow " + session.ARN, want: "allow"},
		"session ARN, boundary and session silent":  {who: session, boundary: "silent", session: "silent", resource: "allow " + session.ARN, want: "allow"},
		"session ARN, session policy denies":        {who: session, session: "deny", resource: "allow " + session.ARN, want: "explicit session"},
		"another session of the role":               {who: session, resource: "allow arn:aws:sts::111122223333:assumed-role/app/s2", want: "identity"},
		"role ARN":                                  {who: session, identity: "silent", resource: "allow " + session.Issuer, want: "allow"},
		"role ARN, boundary silent":                 {who: session, boundary: "silent", resource: "allow " + session.Issuer, want: "boundary"},
		"role ARN, boundary allows":                 {who: session, boundary: "allow", resource: "allow " + session.Issuer, want: "allow"},
		"role ARN, session silent":                  {who: session, session: "silent", resource: "allow " + session.Issuer, want: "session"},
		"role ARN, session allows":                  {who: session, session: "allow", resource: "allow " + session.Issuer, want: "allow"},
		"role ARN, both limits, one silent":         {who: session, boundary: "allow", session: "silent", resource: "allow " + session.Issuer, want: "session"},
		"federated user ARN, session silent":        {who: federated, session: "silent", resource: "allow " + federated.ARN, want: "allow"},
		"ARN of the user behind, session silent":    {who: federated, session: "silent", resource: "allow " + user.ARN, want: "session"},
		"ARN of the user behind, session allows":    {who: federated, session: "allow", resource: "allow " + user.ARN, want: "allow"},
		"account root, identity silent":             {who: user, identity: "silent", resource: "allow " + root.ARN, want: "identity"},
		"account root, identity allows":             {who: user, identity: "allow", resource: "allow " + root.ARN, want: "allow"},
		"account id, session, identity silent":      {who: session, identity: "silent", resource: "allow " + ownAccount, want: "identity"},
		"account id, identity allows, boundary not": {who: session, identity: "allow", boundary: "silent", resource: "allow " + ownAccount, want: "boundary"},
		"everyone":                                   {who: user, resource: "allow *", want: "allow"},
		"everyone + PrincipalArn, limits silent":     {who: session, boundary: "silent", session: "silent", resource: "allow PrincipalArn=" + session.Issuer, want: "allow"},
		"everyone + PrincipalArn of another":         {who: session, resource: "allow PrincipalArn=arn:aws:iam::111122223333:role/other", want: "identity"},
		"other user's ARN":                           {who: user, resource: "allow arn:aws:iam::111122223333:user/alice", want: "identity"},
		"service principal in the policy, user asks": {who: user, resource: "allow bedrock.amazonaws.com", want: "identity"},

		"boundary silent":                     {who: user, identity: "allow", boundary: "silent", want: "boundary"},
		"boundary allows":                     {who: user, identity: "allow", boundary: "allow", want: "allow"},
		"boundary alone gives nothing":        {who: user, boundary: "allow", want: "identity"},
		"session silent":                      {who: session, identity: "allow", session: "silent", want: "session"},
		"session allows":                      {who: session, identity: "allow", session: "allow", want: "allow"},
		"session alone gives nothing":         {who: session, identity: "silent", session: "allow", want: "identity"},
		"boundary and session, both needed":   {who: session, identity: "allow", boundary: "silent", session: "silent", want: "boundary"},
		"root needs no identity policy":       {who: root, want: "allow"},
		"root, resource policy denies":        {who: root, resource: "deny *", want: "explicit resource"},
		"root, service control silent":        {who: root, scp: "silent", want: "service-control"},
		"resource of AWS, identity allows":    {who: user, owner: policy.AccountAWS, identity: "allow", want: "allow"},
		"resource of AWS, identity silent":    {who: user, owner: policy.AccountAWS, identity: "silent", want: "identity"},
		"nobody, bucket for everyone":         {who: nobody, resource: "allow *", want: "allow"},
		"nobody, bucket for the account":      {who: nobody, resource: "allow " + ownAccount, want: "resource"},
		"nobody, no policy":                   {who: nobody, want: "resource"},
		"service, named":                      {who: service, resource: "allow bedrock.amazonaws.com", want: "allow"},
		"service, another named":              {who: service, resource: "allow macie.amazonaws.com", want: "resource"},
		"service, no policy":                  {who: service, identity: "allow", want: "resource"},
		"token of a provider, named in trust": {who: token, trust: "allow " + token.Name, want: "allow"},
		"token of a provider, not named":      {who: token, trust: "allow " + ownAccount, want: "trust"},
	})
}

func TestOtherAccount(t *testing.T) {
	t.Parallel()
	const owner = otherAccount
	runDecisions(t, map[string]decisionCase{
		"identity only":                           {who: user, owner: owner, identity: "allow", want: "resource"},
		"identity, silent resource policy":        {who: user, owner: owner, identity: "allow", resource: "silent", want: "resource"},
		"resource names the user only":            {who: user, owner: owner, identity: "silent", resource: "allow " + user.ARN, want: "identity"},
		"both, user":                              {who: user, owner: owner, identity: "allow", resource: "allow " + user.ARN, want: "allow"},
		"both, account":                           {who: user, owner: owner, identity: "allow", resource: "allow " + ownAccount, want: "allow"},
		"both, everyone":                          {who: user, owner: owner, identity: "allow", resource: "allow *", want: "allow"},
		"everyone, identity silent":               {who: user, owner: owner, identity: "silent", resource: "allow *", want: "identity"},
		"both, role":                              {who: session, owner: owner, identity: "allow", resource: "allow " + session.Issuer, want: "allow"},
		"both, session":                           {who: session, owner: owner, identity: "allow", resource: "allow " + session.ARN, want: "allow"},
		"session named, identity silent":          {who: session, owner: owner, identity: "silent", resource: "allow " + session.ARN, want: "identity"},
		"session named, boundary silent":          {who: session, owner: owner, identity: "allow", boundary: "silent", resource: "allow " + session.ARN, want: "boundary"},
		"session named, session policy silent":    {who: session, owner: owner, identity: "allow", session: "silent", resource: "allow " + session.ARN, want: "session"},
		"resource names the owner's own account":  {who: user, owner: owner, identity: "allow", resource: "allow " + otherAccount, want: "resource"},
		"resource denies":                         {who: user, owner: owner, identity: "allow", resource: "deny *", want: "explicit resource"},
		"caller's service control silent":         {who: user, owner: owner, identity: "allow", resource: "allow *", scp: "silent", want: "service-control"},
		"owner's resource control silent":         {who: user, owner: owner, identity: "allow", resource: "allow *", rcp: "silent", want: "resource-control"},
		"root, not named":                         {who: root, owner: owner, want: "resource"},
		"root, its account named":                 {who: root, owner: owner, resource: "allow " + ownAccount, want: "allow"},
		"owner unknown":                           {who: user, owner: "unknown", identity: "allow", want: "resource"},
		"key names the account, identity allows":  {who: user, owner: owner, identity: "allow", key: "allow " + ownAccount, want: "allow"},
		"key names the account, identity silent":  {who: user, owner: owner, identity: "silent", key: "allow " + ownAccount, want: "identity"},
		"key names the user, identity silent":     {who: user, owner: owner, identity: "silent", key: "allow " + user.ARN, want: "identity"},
		"key names nobody here, identity allows":  {who: user, owner: owner, identity: "allow", key: "allow " + otherAccount, want: "key"},
		"grant and identity":                      {who: user, owner: owner, identity: "allow", key: "silent", grant: user.ARN, want: "allow"},
		"grant, identity silent":                  {who: user, owner: owner, identity: "silent", key: "silent", grant: user.ARN, want: "identity"},
		"trust names the account, identity":       {who: user, owner: owner, identity: "allow", trust: "allow " + ownAccount, want: "allow"},
		"trust names the user, identity silent":   {who: user, owner: owner, identity: "silent", trust: "allow " + user.ARN, want: "identity"},
		"trust names others, identity allows":     {who: user, owner: owner, identity: "allow", trust: "allow " + otherAccount, want: "trust"},
		"service principal has no account":        {who: service, owner: owner, resource: "allow bedrock.amazonaws.com", want: "allow"},
		"nobody, everyone allowed":                {who: nobody, owner: owner, resource: "allow *", want: "allow"},
		"resource and key of unknown owner, root": {who: root, owner: "unknown", key: "silent", want: "key"},
	})
}

func TestKeyAndTrust(t *testing.T) {
	t.Parallel()
	runDecisions(t, map[string]decisionCase{
		"key silent, identity allows":               {who: user, identity: "allow", key: "silent", want: "key"},
		"key silent, root":                          {who: root, key: "silent", want: "key"},
		"key delegates to the account, identity":    {who: user, identity: "allow", key: "allow " + root.ARN, want: "allow"},
		"key delegates, identity silent":            {who: user, identity: "silent", key: "allow " + root.ARN, want: "identity"},
		"key delegates, root":                       {who: root, key: "allow " + root.ARN, want: "allow"},
		"key names the user":                        {who: user, key: "allow " + user.ARN, want: "allow"},
		"key names the role":                        {who: session, key: "allow " + session.Issuer, want: "allow"},
		"key names the role, boundary silent":       {who: session, key: "allow " + session.Issuer, boundary: "silent", want: "boundary"},
		"key names the session, boundary silent":    {who: session, key: "allow " + session.ARN, boundary: "silent", want: "allow"},
		"key allows, identity denies":               {who: user, identity: "deny", key: "allow " + user.ARN, want: "explicit identity"},
		"key denies, identity allows":               {who: user, identity: "allow", key: "deny *", want: "explicit key"},
		"grant alone":                               {who: user, key: "silent", grant: user.ARN, want: "allow"},
		"grant, key denies":                         {who: user, key: "deny *", grant: user.ARN, want: "explicit key"},
		"grant to the role":                         {who: session, key: "silent", grant: session.Issuer, want: "allow"},
		"grant to the role, session policy silent":  {who: session, key: "silent", session: "silent", grant: session.Issuer, want: "session"},
		"grant to another":                          {who: user, key: "silent", grant: "arn:aws:iam::111122223333:user/bob", want: "key"},
		"grant to the account, identity":            {who: user, identity: "allow", key: "silent", grant: root.ARN, want: "allow"},
		"grant to the account, identity silent":     {who: user, key: "silent", grant: root.ARN, want: "identity"},
		"grant to a service":                        {who: service, key: "silent", grant: "bedrock.amazonaws.com", want: "allow"},
		"grant to everyone is none":                 {who: user, key: "silent", grant: "*", want: "key"},
		"endpoint silent, key allows":               {who: user, endpoint: "silent", key: "allow " + user.ARN, want: "endpoint"},
		"trust silent, identity allows":             {who: user, identity: "allow", trust: "silent", want: "trust"},
		"trust names the user":                      {who: user, trust: "allow " + user.ARN, want: "allow"},
		"trust names the account, identity allows":  {who: user, identity: "allow", trust: "allow " + ownAccount, want: "allow"},
		"trust names the account, identity silent":  {who: user, identity: "silent", trust: "allow " + ownAccount, want: "identity"},
		"trust names the role, role chaining":       {who: session, trust: "allow " + session.Issuer, want: "allow"},
		"trust names the role, session silent":      {who: session, session: "silent", trust: "allow " + session.Issuer, want: "session"},
		"trust names the service":                   {who: service, trust: "allow bedrock.amazonaws.com", want: "allow"},
		"trust names the service, user asks":        {who: user, identity: "allow", trust: "allow bedrock.amazonaws.com", want: "trust"},
		"trust denies everyone":                     {who: user, identity: "allow", trust: "deny *", want: "explicit trust"},
		"trust allows everyone":                     {who: user, trust: "allow *", want: "allow"},
		"trust names the service, service control ": {who: service, trust: "allow bedrock.amazonaws.com", scp: "deny", want: "explicit service-control"},
	})
}

func TestCeilings(t *testing.T) {
	t.Parallel()
	runDecisions(t, map[string]decisionCase{
		"service control allows":                  {who: user, identity: "allow", scp: "allow", want: "allow"},
		"service control silent":                  {who: user, identity: "allow", scp: "silent", want: "service-control"},
		"one of two levels silent":                {who: user, identity: "allow", scp: "allow", scp2: "silent", want: "service-control"},
		"service control silent, user named":      {who: user, scp: "silent", resource: "allow " + user.ARN, want: "service-control"},
		"service control gives nothing":           {who: user, scp: "allow", want: "identity"},
		"resource control silent":                 {who: user, identity: "allow", rcp: "silent", want: "resource-control"},
		"resource control gives nothing":          {who: user, rcp: "allow", want: "identity"},
		"endpoint silent":                         {who: user, identity: "allow", endpoint: "silent", want: "endpoint"},
		"endpoint allows":                         {who: user, identity: "allow", endpoint: "allow", want: "allow"},
		"endpoint allows another":                 {who: user, identity: "allow", endpoint: "allow " + otherAccount, want: "endpoint"},
		"endpoint allows the account":             {who: user, identity: "allow", endpoint: "allow " + ownAccount, want: "allow"},
		"endpoint gives nothing":                  {who: user, endpoint: "allow", want: "identity"},
		"endpoint silent, session named":          {who: session, endpoint: "silent", resource: "allow " + session.ARN, want: "endpoint"},
		"first silence: service control":          {who: user, scp: "silent", rcp: "silent", endpoint: "silent", want: "service-control"},
		"first deny: service control":             {who: user, scp: "deny", rcp: "deny", endpoint: "deny", resource: "deny *", identity: "deny", boundary: "deny", session: "deny", want: "explicit service-control"},
		"first deny: resource control":            {who: user, rcp: "deny", endpoint: "deny", resource: "deny *", identity: "deny", boundary: "deny", session: "deny", want: "explicit resource-control"},
		"first deny: endpoint":                    {who: user, endpoint: "deny", resource: "deny *", identity: "deny", boundary: "deny", session: "deny", want: "explicit endpoint"},
		"first deny: resource":                    {who: user, resource: "deny *", identity: "deny", boundary: "deny", session: "deny", want: "explicit resource"},
		"first deny: identity":                    {who: user, identity: "deny", boundary: "deny", session: "deny", want: "explicit identity"},
		"first deny: boundary":                    {who: user, identity: "allow", boundary: "deny", session: "deny", want: "explicit boundary"},
		"deny outweighs an earlier silence":       {who: user, scp: "silent", identity: "deny", want: "explicit identity"},
		"deny of another principal does not bind": {who: user, identity: "allow", resource: "deny arn:aws:iam::111122223333:user/bob", want: "allow"},
		"deny of the account binds":               {who: user, identity: "allow", resource: "deny " + ownAccount, want: "explicit resource"},
		"deny of the role binds the session":      {who: session, identity: "allow", resource: "deny " + session.Issuer, want: "explicit resource"},
	})
}

// TestMissing checks that every kind that would have to allow is listed, in order.
func TestMissing(t *testing.T) {
	t.Parallel()
	d, _ := decisionCase{who: session, owner: otherAccount, identity: "silent", boundary: "silent", session: "silent", scp: "silent", scp2: "silent", rcp: "silent", endpoint: "silent", resource: "silent"}.decide(t)
	want := []policy.Kind{policy.ServiceControl, policy.ResourceControl, policy.Endpoint, policy.Resource, policy.Identity, policy.Boundary, policy.Session}
	if len(d.Missing) != len(want) {
		t.Fatalf("missing %v, want %v", d.Missing, want)
	}
	for i := range want {
		if d.Missing[i] != want[i] {
			t.Errorf("missing %v, want %v", d.Missing, want)
		}
	}
}

func TestZeroValuesDeny(t *testing.T) {
	t.Parallel()
	if (policy.Decision{}).Allowed() {
		t.Error("the zero decision allows")
	}
	if d := policy.Evaluate(&policy.Inputs{}, &policy.Request{}); d.Allowed() || d.DeniedBy == "" {
		t.Errorf("an empty request gives %+v", d)
	}
	if d := policy.Evaluate(&policy.Inputs{Identity: &policy.Set{}}, benchRequest()); d.Allowed() {
		t.Errorf("a Set of no kind gives %+v", d)
	}
	all := set(t, policy.Boundary, allow(`"Action":"*","Resource":"*"`))
	for name, in := range map[string]*policy.Inputs{
		"boundary as identity":    {Identity: all},
		"boundary as resource":    {Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`)), Resource: all},
		"boundary as session":     {Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`)), Session: all},
		"nil level":               {Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`)), ServiceControl: []*policy.Set{nil}},
		"empty boundary":          {Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`)), Boundary: set(t, policy.Boundary)},
		"empty key policy":        {Identity: set(t, policy.Identity, allow(`"Action":"*","Resource":"*"`)), Resource: set(t, policy.Key)},
		"statement-less Identity": {Identity: set(t, policy.Identity)},
	} {
		if d := policy.Evaluate(in, benchRequest()); d.Allowed() || d.DeniedBy == "" {
			t.Errorf("%s gives %+v", name, d)
		}
	}
}

// TestUnknownAccounts: an account that is not stated is never the same as another.
func TestUnknownAccounts(t *testing.T) {
	t.Parallel()
	stray := policy.Principal{Kind: policy.User, ARN: user.ARN}
	req := policy.Request{Principal: stray, Action: "s3:GetObject", Resource: "arn:aws:s3:::b/x"}
	for _, owner := range []string{"", policy.AccountAWS} {
		req.ResourceAccount = owner
		if d := policy.Evaluate(&policy.Inputs{Identity: set(t, policy.Identity, text(policy.Identity, "allow"))}, &req); d.Allowed() {
			t.Errorf("a user of no account and owner %q: %+v", owner, d)
		}
	}
	req.Principal = policy.Principal{Kind: policy.Service, Name: "bedrock.amazonaws.com", Account: ownAccount}
	if d := policy.Evaluate(&policy.Inputs{Resource: set(t, policy.Resource, text(policy.Resource, "allow "+ownAccount))}, &req); d.Allowed() {
		t.Errorf("a service is no member of an account: %+v", d)
	}
}

func TestNewSet(t *testing.T) {
	t.Parallel()
	doc := func(kind policy.Kind, text string) *policy.Policy {
		d, err := policy.Parse(kind, text)
		if err != nil {
			t.Fatal(err)
		}
		return d.Compile("p")
	}
	managed := doc(policy.Identity, allow(`"Action":"*","Resource":"*"`))
	for _, kind := range []policy.Kind{policy.Identity, policy.Boundary, policy.Session} {
		if _, err := policy.NewSet(kind, managed); err != nil {
			t.Errorf("a managed policy as %s: %v", kind, err)
		}
	}
	for name, err := range map[string]error{
		"identity as service control": second(policy.NewSet(policy.ServiceControl, managed)),
		"identity as resource":        second(policy.NewSet(policy.Resource, managed)),
		"session as identity":         second(policy.NewSet(policy.Identity, doc(policy.Session, allow(`"Action":"*","Resource":"*"`)))),
		"key as resource":             second(policy.NewSet(policy.Resource, doc(policy.Key, allow(`"Principal":"*","Action":"*","Resource":"*"`)))),
		"key as boundary":             second(policy.NewSet(policy.Boundary, doc(policy.Key, allow(`"Principal":"*","Action":"*","Resource":"*"`)))),
		"nil policy":                  second(policy.NewSet(policy.Identity, nil)),
		"zero policy":                 second(policy.NewSet(policy.Identity, &policy.Policy{})),
		"no kind":                     second(policy.NewSet("")),
	} {
		if err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestLargeSet takes more statements than the inline bitset holds.
func TestLargeSet(t *testing.T) {
	t.Parallel()
	var texts []string
	for range 40 {
		texts = append(texts, `{"Version":"2012-10-17","Statement":[`+strings.Repeat(`{"Effect":"Allow","Action":"s3:*","Resource":"*"},`, 49)+`{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}]}`)
	}
	d := policy.Evaluate(&policy.Inputs{Identity: set(t, policy.Identity, texts...)}, benchRequest())
	if !d.Allowed() || len(d.Reasons()) != 40*49 {
		t.Errorf("%d reasons: %v", len(d.Reasons()), d.Effect)
	}
}

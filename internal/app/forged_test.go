package app

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// witness notes which calls came through the authentication, and as whom.
type witness struct {
	mu   sync.Mutex
	seen []string
}

func (w *witness) Begin(context.Context, gateway.Event) error { return nil }

func (w *witness) End(_ context.Context, e gateway.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, e.Call.Principal)
	return nil
}

// take gives who came through since the last call; empty for nobody.
func (w *witness) take() (who []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	who, w.seen = w.seen, nil
	return who
}

// nobody refuses every call that comes through: what is tested here lies before.
type nobody struct{}

func (nobody) Authorize(context.Context, *operation.Call, []operation.Requirement) error {
	return errStopped
}

var errStopped = sigv4.Refuse(sigv4.UnknownKey)

// wallet holds the credentials of the test.
type wallet struct {
	user, other, inactive sigv4.Credentials
	session, expired      sigv4.Credentials
	orphan                sigv4.Credentials // of a role that is gone
	apiKey                string
}

func newWallet(t *testing.T, p *product) (w wallet) {
	t.Helper()
	ctx, scope := t.Context(), iam.Scope{Partition: "aws", Account: ours}
	identities, err := iam.NewService(iam.Options{Store: p.store.IAM(), Sealer: p.keyring, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key := func(name string) sigv4.Credentials {
		_, err := identities.Create(ctx, scope, iam.Proposal{Kind: iam.User, Name: name})
		must(err)
		made, value, err := identities.CreateKey(ctx, scope, iam.Holder{UserName: name})
		must(err)
		return sigv4.Credentials{AccessKeyID: made.ID, Secret: value}
	}
	w.user, w.other, w.inactive = key("ann"), key("bob"), key("carl")
	must(identities.SetKeyStatus(ctx, scope, iam.Holder{UserName: "carl"}, w.inactive.AccessKeyID, iam.Inactive))
	_, apiKey, err := identities.CreateServiceCredential(ctx, scope, "ann", "bedrock.amazonaws.com", 0)
	must(err)
	w.apiKey = apiKey.Reveal()

	session := func(role string, now func() time.Time) sigv4.Credentials {
		sessions, err := sts.New(sts.Options{Directory: directory.New(p.store.IAM(), p.keyring, now), Sealer: p.keyring, Now: now})
		must(err)
		caller := &operation.Caller{Account: ours, Principal: "arn:aws:iam::" + ours + ":user/ann", Facts: operation.Facts{Kind: policy.User}}
		made, err := sessions.AssumeRole(ctx, caller, sts.AssumeInput{RoleARN: "arn:aws:iam::" + ours + ":role/" + role, SessionName: "s1"})
		must(err)
		return sigv4.Credentials{AccessKeyID: made.AccessKeyID, Secret: made.Secret, SessionToken: made.SessionToken}
	}
	trust := documentOf(statement{"Effect": "Allow", "Principal": map[string]string{"AWS": ours}, "Action": "sts:AssumeRole"})
	for _, name := range []string{"worker", "gone"} {
		_, err := identities.Create(ctx, scope, iam.Proposal{Kind: iam.Role, Name: name, Trust: trust})
		must(err)
	}
	w.session, w.orphan = session("worker", time.Now), session("gone", time.Now)
	w.expired = session("worker", func() time.Time { return time.Now().Add(-time.Hour - time.Second) })
	must(identities.Delete(ctx, scope, iam.Role, "gone"))
	return w
}

// form is a way to say who calls.
type form struct {
	name  string
	valid bool
	keys  bool // an API key, which is good for Amazon Bedrock alone
	sign  func(r *http.Request, body []byte, service string)
}

func forms(w wallet) []form {
	at := func(c sigv4.Credentials, service string, when time.Time) func(*http.Request, []byte, string) {
		return func(r *http.Request, body []byte, own string) {
			if service != "" {
				own = service
			}
			(&sigv4.Signer{Credentials: c, Region: "us-east-1", Service: own}).Sign(r, sigv4.HashPayload(body), when)
		}
	}
	with := func(c sigv4.Credentials) func(*http.Request, []byte, string) { return at(c, "", time.Now()) }
	then := func(sign func(*http.Request, []byte, string), change func(*http.Request)) func(*http.Request, []byte, string) {
		return func(r *http.Request, body []byte, service string) {
			sign(r, body, service)
			change(r)
		}
	}
	bearer := func(key string) func(*http.Request, []byte, string) {
		return func(r *http.Request, _ []byte, _ string) { r.Header.Set("Authorization", "Bearer "+key) }
	}
	swap := func(c sigv4.Credentials, change func(*sigv4.Credentials)) sigv4.Credentials {
		change(&c)
		return c
	}
	header := func(name string, f func(string) string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, f(r.Header.Get(name))) }
	}
	return []form{
		{name: "user key", valid: true, sign: with(w.user)},
		{name: "root key", valid: true, sign: with(sigv4.Credentials{AccessKeyID: "test", Secret: secret.New("test")})},
		{name: "session", valid: true, sign: with(w.session)},
		{name: "long-term API key", valid: true, keys: true, sign: bearer(w.apiKey)},
		{name: "short-term API key", valid: true, keys: true, sign: bearer(shortTerm(w.user, nil))},
		{name: "short-term API key of a session", valid: true, keys: true, sign: bearer(shortTerm(w.session, nil))},

		{name: "nothing", sign: func(*http.Request, []byte, string) {}},
		{name: "unknown key", sign: with(swap(w.user, func(c *sigv4.Credentials) { c.AccessKeyID = "AKIAAAAAAAAAAAAAAAAA" }))},
		{name: "wrong secret", sign: with(swap(w.user, func(c *sigv4.Credentials) { c.Secret = w.other.Secret }))},
		{name: "another's key id", sign: with(swap(w.user, func(c *sigv4.Credentials) { c.AccessKeyID = w.other.AccessKeyID }))},
		{name: "inactive key", sign: with(w.inactive)},
		{name: "other service", sign: at(w.user, "s3", time.Now())},
		{name: "too old", sign: at(w.user, "", time.Now().Add(-6*time.Minute))},
		{name: "too new", sign: at(w.user, "", time.Now().Add(6*time.Minute))},
		{name: "body changed", sign: then(with(w.user), func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(`Action=X`)); r.ContentLength = 8 })},
		{name: "path changed", sign: then(with(w.user), func(r *http.Request) { r.URL.RawQuery += "&a=b" })},
		{name: "signature changed", sign: then(with(w.user), header("Authorization", func(s string) string { return s[:len(s)-4] + "0000" }))},
		{name: "signature left out", sign: then(with(w.user), header("Authorization", func(s string) string { return s[:strings.LastIndex(s, "Signature=")] + "Signature=" }))},
		{name: "no token", sign: with(swap(w.session, func(c *sigv4.Credentials) { c.SessionToken = secret.String{} }))},
		{name: "token of another session", sign: with(swap(w.session, func(c *sigv4.Credentials) { c.SessionToken = w.expired.SessionToken }))},
		{name: "token changed", sign: with(swap(w.session, func(c *sigv4.Credentials) { c.SessionToken = secret.New(flip(c.SessionToken.Reveal())) }))},
		{name: "token beside a long-term key", sign: with(swap(w.user, func(c *sigv4.Credentials) { c.SessionToken = w.session.SessionToken }))},
		{name: "expired session", sign: with(w.expired)},
		{name: "session of a role that is gone", sign: with(w.orphan)},
		{name: "bearer nonsense", sign: bearer("nonsense")},
		{name: "bearer empty", sign: bearer("")},
		{name: "long-term API key changed", sign: bearer(w.apiKey[:len(w.apiKey)-6] + "AAAAAA")},
		{name: "long-term API key without secret", sign: bearer("ABSK" + base64.StdEncoding.EncodeToString([]byte("ann-at-"+ours+":")))},
		{name: "short-term API key, wrong secret", sign: bearer(shortTerm(swap(w.user, func(c *sigv4.Credentials) { c.Secret = w.other.Secret }), nil))},
		{name: "short-term API key, other action", sign: bearer(shortTerm(w.user, func(u *url.URL) { u.RawQuery = strings.Replace(u.RawQuery, "CallWith", "ListWith", 1) }))},
		{name: "short-term API key of an expired session", sign: bearer(shortTerm(w.expired, nil))},
		{name: "short-term API key and a signature", sign: func(r *http.Request, body []byte, service string) {
			with(w.user)(r, body, service)
			r.Header.Add("Authorization", "Bearer "+shortTerm(w.user, nil))
		}},
	}
}

// flip changes a character in the middle of a token.
func flip(token string) string {
	b := []byte(token)
	i := len(b) / 2
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

// shortTerm makes a short-term API key as AWS's generators do, and changes it after signing.
func shortTerm(c sigv4.Credentials, change func(*url.URL)) string {
	target := &url.URL{Scheme: "https", Host: "bedrock.amazonaws.com", Path: "/", RawQuery: "Action=CallWithBearerToken"}
	r := &http.Request{Method: http.MethodPost, Host: target.Host, URL: target, Header: http.Header{}}
	signed, err := url.Parse((&sigv4.Signer{Credentials: c, Region: "us-east-1", Service: "bedrock"}).Presign(r, sigv4.HashPayload(nil), time.Now(), time.Hour))
	if err != nil {
		panic(err)
	}
	if change != nil {
		change(signed)
	}
	return "bedrock-api-key-" + base64.StdEncoding.EncodeToString([]byte(signed.Host+signed.RequestURI()+"&Version=1"))
}

// TestEveryRouteEveryForm calls every operation with every kind of credentials, valid and forged: what is forged never gets as far as
// having a caller.
func TestEveryRouteEveryForm(t *testing.T) {
	t.Parallel()
	p := assembled(t)
	seen := &witness{}
	front := p.Config
	front.Authorizer, front.Auditor, front.Metrics = nobody{}, seen, nil
	g, err := gateway.New(front)
	if err != nil {
		t.Fatal(err)
	}
	all := forms(newWallet(t, p))
	valid, forged, accepted := 0, 0, 0
	for _, op := range p.operations(t) {
		for _, f := range all {
			r, err := op.request()
			if err != nil {
				t.Fatal(err)
			}
			var body []byte
			if r.Body != nil {
				if body, err = io.ReadAll(r.Body); err != nil {
					t.Fatal(err)
				}
			}
			path := r.URL.RequestURI()
			signed := httptest.NewRequest(r.Method, path, bytes.NewReader(body))
			for name, values := range r.Header {
				signed.Header[name] = values
			}
			f.sign(signed, body, op.service.SigningName)
			g.ServeHTTP(httptest.NewRecorder(), signed)
			who := seen.take()
			good := f.valid && (!f.keys || op.service.SigningName == "bedrock")
			if op.Unsigned && !good && len(who) == 1 && who[0] == "" {
				continue // anybody may call it; the handler looks at the token
			}
			if good {
				valid++
				if len(who) != 1 || who[0] == "" {
					t.Errorf("%s, %s: came through as %q", op, f.name, who)
				}
				continue
			}
			forged++
			if len(who) != 0 {
				accepted++
				t.Errorf("%s, %s: accepted as %q", op, f.name, who)
			}
		}
	}
	t.Logf("%d valid, %d forged, %d of them accepted", valid, forged, accepted)
	if valid < 300 || forged < 2500 {
		t.Errorf("only %d valid and %d forged calls were made", valid, forged)
	}
}

package sts_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/iam/directory"
	"merlon.dev/merlon/internal/iam/sts"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
	"merlon.dev/merlon/internal/store/sqlite"
)

const account = "123456789012"

// issuer is an identity provider that signs what the test says.
type issuer struct {
	*httptest.Server
	rsa    *rsa.PrivateKey
	ec     *ecdsa.PrivateKey
	asked  atomic.Int64
	hidden atomic.Bool // the EC key is not published
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{}
	var err error
	if i.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if i.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.asked.Add(1)
		b64 := base64.RawURLEncoding.EncodeToString
		point, err := i.ec.PublicKey.Bytes()
		if err != nil {
			t.Error(err)
			return
		}
		keys := []map[string]string{{"kty": "RSA", "kid": "r", "use": "sig", "n": b64(i.rsa.N.Bytes()), "e": b64(big.NewInt(int64(i.rsa.E)).Bytes())}}
		if !i.hidden.Load() {
			keys = append(keys, map[string]string{"kty": "EC", "kid": "e", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])})
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"keys": keys}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) token(t *testing.T, header map[string]any, claims map[string]any) string {
	t.Helper()
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(header) + "." + part(claims)
	digest := sha256.Sum256([]byte(text))
	var signature []byte
	if header["kid"] == "e" {
		r, s, err := ecdsa.Sign(rand.Reader, i.ec, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	} else {
		var err error
		if signature, err = rsa.SignPKCS1v15(rand.Reader, i.rsa, crypto.SHA256, digest[:]); err != nil {
			t.Fatal(err)
		}
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// world is sessions over an empty store, with a role that trusts the issuer's staff.
type world struct {
	*testing.T
	*sts.Service
	issuer *issuer
	sealer envelope.Sealer
	iam    *iam.Service
	clock  *atomic.Int64
}

var home = iam.Scope{Partition: "aws", Account: account}

func setup(t *testing.T) *world {
	t.Helper()
	store, err := sqlite.OpenMemory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{T: t, issuer: newIssuer(t), sealer: envelopetest.New(t), clock: new(atomic.Int64)}
	start := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return start.Add(time.Duration(w.clock.Load()) * time.Second) }
	if w.iam, err = iam.NewService(iam.Options{Store: store.IAM(), Sealer: w.sealer, Now: now}); err != nil {
		t.Fatal(err)
	}
	provider, err := sts.NewProvider(sts.ProviderConfig{Issuer: w.issuer.URL, Audiences: []string{"merlon"}, KeysURL: w.issuer.URL}, http.DefaultClient, now)
	if err != nil {
		t.Fatal(err)
	}
	w.Service, err = sts.New(sts.Options{Directory: directory.New(store.IAM(), w.sealer, now), Sealer: w.sealer, Providers: []*sts.Provider{provider}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(w.issuer.URL, "://")
	w.role("staff", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::`+account+`:oidc-provider/`+name+`"},
		"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{"StringLike":{"`+name+`:sub":"staff-*","`+name+`:aud":"merlon"}}}]}`)
	return w
}

func (w *world) role(name, trust string) {
	w.Helper()
	if _, err := w.iam.Create(w.Context(), home, iam.Proposal{Kind: iam.Role, Name: name, Trust: trust}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) claims(change map[string]any) map[string]any {
	now := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC).Unix()
	claims := map[string]any{"iss": w.issuer.URL, "sub": "staff-7", "aud": "merlon", "exp": now + 300, "nbf": now - 10, "iat": now - 10}
	maps.Copy(claims, change)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return claims
}

func (w *world) signIn(role, token string) (sts.WebSession, error) {
	return w.AssumeRoleWithWebIdentity(w.Context(), "192.0.2.1", sts.WebIdentityInput{
		AssumeInput: sts.AssumeInput{RoleARN: home.ARN("role/" + role), SessionName: "s1"}, Token: token,
	})
}

func TestWebIdentity(t *testing.T) {
	t.Parallel()
	w := setup(t)
	rs, es := map[string]any{"alg": "RS256", "kid": "r"}, map[string]any{"alg": "ES256", "kid": "e"}
	made, err := w.signIn("staff", w.issuer.token(t, rs, w.claims(nil)))
	if err != nil || made.Subject != "staff-7" || made.Audience != "merlon" || made.Provider != w.issuer.URL {
		t.Fatalf("%+v, %v", made, err)
	}
	if made.ARN != "arn:aws:sts::"+account+":assumed-role/staff/s1" {
		t.Errorf("session %s", made.ARN)
	}
	tags := map[string]any{"https://aws.amazon.com/tags": map[string]any{"principal_tags": map[string]any{"team": []string{"red"}}, "transitive_tag_keys": []string{"team"}}}
	made, err = w.signIn("staff", w.issuer.token(t, es, w.claims(tags)))
	if err != nil {
		t.Fatal(err)
	}
	claims, err := sts.OpenToken(t.Context(), w.sealer, made.AccessKeyID, made.SessionToken.Reveal())
	if err != nil || claims.Tags["team"] != "red" || len(claims.Transitive) != 1 {
		t.Errorf("claims %+v, %v", claims.Tags, err)
	}
	good := w.issuer.token(t, rs, w.claims(nil))
	parts := strings.Split(good, ".")
	other := newIssuer(t)
	for name, test := range map[string]struct {
		role, token, code string
		kind              fault.Kind
	}{
		"no token":          {"staff", "abc", "InvalidIdentityToken", fault.Invalid},
		"other issuer":      {"staff", other.token(t, rs, w.claims(map[string]any{"iss": other.URL})), "InvalidIdentityToken", fault.Invalid},
		"other key":         {"staff", other.token(t, rs, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"no signature":      {"staff", parts[0] + "." + parts[1] + ".", "InvalidIdentityToken", fault.Invalid},
		"alg none":          {"staff", w.issuer.token(t, map[string]any{"alg": "none", "kid": "r"}, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"alg of other key":  {"staff", w.issuer.token(t, map[string]any{"alg": "ES256", "kid": "r"}, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"alg HS256":         {"staff", w.issuer.token(t, map[string]any{"alg": "HS256", "kid": "r"}, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"critical header":   {"staff", w.issuer.token(t, map[string]any{"alg": "RS256", "kid": "r", "crit": []string{"x"}}, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"unknown key":       {"staff", w.issuer.token(t, map[string]any{"alg": "RS256", "kid": "x"}, w.claims(nil)), "InvalidIdentityToken", fault.Invalid},
		"expired":           {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"exp": 1000})), "ExpiredTokenException", fault.Invalid},
		"no expiry":         {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"exp": nil})), "InvalidIdentityToken", fault.Invalid},
		"not yet":           {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"nbf": 4000000000})), "InvalidIdentityToken", fault.Invalid},
		"other audience":    {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"aud": "else"})), "InvalidIdentityToken", fault.Invalid},
		"two audiences":     {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"aud": []string{"merlon", "else"}})), "InvalidIdentityToken", fault.Invalid},
		"other party":       {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"azp": "else"})), "InvalidIdentityToken", fault.Invalid},
		"no subject":        {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"sub": nil})), "InvalidIdentityToken", fault.Invalid},
		"untrusted subject": {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"sub": "guest-1"})), "", fault.Denied},
		"no such role":      {"none", good, "", fault.Denied},
		"untrusted action":  {"staff", w.issuer.token(t, rs, w.claims(map[string]any{"https://aws.amazon.com/source_identity": "ann"})), "", fault.Denied},
	} {
		_, err := w.signIn(test.role, test.token)
		if f := fault.From(err); f == nil || f.Kind != test.kind || f.Code != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestProviderKeysTurn: an unknown key makes the provider look again, but not for every token.
func TestProviderKeysTurn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.issuer.hidden.Store(true)
	token := w.issuer.token(t, map[string]any{"alg": "ES256", "kid": "e"}, w.claims(nil))
	for range 20 {
		if _, err := w.signIn("staff", token); err == nil {
			t.Fatal("a key that is not published was taken")
		}
	}
	if n := w.issuer.asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.issuer.hidden.Store(false)
	w.clock.Add(31)
	if _, err := w.signIn("staff", token); err != nil {
		t.Error(err)
	}
	w.issuer.hidden.Store(true)
	w.clock.Add(200)
	if _, err := w.signIn("staff", token); err != nil {
		t.Errorf("a known key was forgotten: %v", err)
	}
}

// TestServicesActForTheirOwner is the confused deputy: the trust policy sees for whom the service acts.
func TestServicesActForTheirOwner(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.role("job", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole",
		"Condition":{"StringEquals":{"aws:SourceAccount":"`+account+`"},"ArnEquals":{"aws:SourceArn":"arn:aws:bedrock:us-east-1:`+account+`:model-customization-job/*"}}}]}`)
	ask := func(service, source, job string) error {
		_, err := w.AssumeForService(t.Context(), sts.ServiceInput{
			AssumeInput: sts.AssumeInput{RoleARN: home.ARN("role/job"), SessionName: "job"}, Service: service, SourceAccount: source,
			SourceARN: "arn:aws:bedrock:us-east-1:" + source + ":" + job,
		})
		return err
	}
	if err := ask("bedrock.amazonaws.com", account, "model-customization-job/x"); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"another account": ask("bedrock.amazonaws.com", "444455556666", "model-customization-job/x"),
		"another job":     ask("bedrock.amazonaws.com", account, "model-import-job/x"),
		"another service": ask("s3.amazonaws.com", account, "model-customization-job/x"),
	} {
		if !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTokensAreBound: every changed bit and every other access key makes a token worthless.
func TestTokensAreBound(t *testing.T) {
	t.Parallel()
	w := setup(t)
	caller := &operation.Caller{Account: account, Partition: "aws", AccessKeyID: "AKIA1", Facts: operation.Facts{Kind: policy.User, PrincipalID: "AIDA1"}}
	made, err := w.GetSessionToken(t.Context(), caller, 0)
	if err != nil {
		t.Fatal(err)
	}
	token := made.SessionToken.Reveal()
	if len(token) > 2048 {
		t.Errorf("a plain token takes %d characters", len(token))
	}
	try := func(key, token string) {
		if _, err := sts.OpenToken(context.Background(), w.sealer, key, token); !errors.Is(err, sts.ErrToken) {
			t.Errorf("opened: %v", err)
		}
	}
	try("ASIA"+strings.Repeat("A", 16), token)
	for i := range token {
		for _, c := range []byte("AQg1") {
			if token[i] != c {
				try(made.AccessKeyID, token[:i]+string(c)+token[i+1:])
			}
		}
	}
	for n := range token {
		try(made.AccessKeyID, token[:n])
	}
	if claims, err := sts.OpenToken(t.Context(), w.sealer, made.AccessKeyID, token); err != nil || claims.ParentKey != "AKIA1" {
		t.Errorf("the token itself: %v", err)
	}
}

func TestPackedSizeIsBounded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.role("r", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+account+`"},"Action":"sts:*"}]}`)
	caller := &operation.Caller{Account: account, Principal: "arn:aws:iam::" + account + ":user/ann", Facts: operation.Facts{Kind: policy.User}}
	tags := func(n, size int) (tags []iam.Tag) {
		for i := range n {
			noise := make([]byte, size)
			rand.Read(noise)
			tags = append(tags, iam.Tag{Key: string(rune('a'+i%26)) + string(rune('a'+i/26)), Value: base64.RawURLEncoding.EncodeToString(noise)})
		}
		return tags
	}
	ask := func(tags []iam.Tag) (sts.Session, error) {
		return w.AssumeRole(t.Context(), caller, sts.AssumeInput{RoleARN: home.ARN("role/r"), SessionName: "s1", Scope: sts.Scope{Tags: tags}})
	}
	made, err := ask(tags(10, 30))
	if err != nil || made.PackedPercent == nil || *made.PackedPercent < 1 || *made.PackedPercent > 100 || len(made.SessionToken.Reveal()) > 8192 {
		t.Errorf("%+v, %v", made.PackedPercent, err)
	}
	if _, err := ask(tags(50, 180)); fault.From(err).Code != "PackedPolicyTooLarge" {
		t.Errorf("50 long tags: %v", err)
	}
}

package bedrock_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/bedrock"
	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// TestSignatures proves requests as a server does.
func TestSignatures(t *testing.T) {
	t.Parallel()
	verifier := sigv4.Verifier{Now: time.Now}
	verified := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		claim, err := sigv4.Parse(r)
		if err != nil {
			t.Error(err)
			return
		}
		if claim.Region != "eu-central-1" || claim.Service != "bedrock" || claim.SessionToken != "session" {
			t.Errorf("claims %+v", claim)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if err := verifier.Verify(r, claim, static.Static, body, sigv4.Rules{Service: "bedrock"}); err != nil {
			t.Error(err)
		}
		verified++
		_, _ = io.WriteString(w, providertest.Bedrock().Stream)
	}))
	t.Cleanup(server.Close)
	// A path in front of what the API adds, and an ARN, which holds slashes.
	p, err := bedrock.New(bedrock.Config{
		Region: "eu-central-1", BaseURL: server.URL + "/behind/", Model: "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.some.model-v1:0", Credentials: static,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Stream(t.Context(), hi, func(model.Delta) error { return nil }); err != nil || verified != 1 {
		t.Errorf("%v, %d verified", err, verified)
	}
}

// TestFile renews credentials when the file changes, and calls nobody while it cannot be read.
func TestFile(t *testing.T) {
	t.Parallel()
	used := ""
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		claim, err := sigv4.Parse(r)
		if err != nil {
			t.Error(err)
			return
		}
		used = claim.AccessKeyID + "/" + claim.SessionToken
		providertest.Bedrock().Says("ok")(w, r, b, n)
	})
	path := filepath.Join(t.TempDir(), "credentials")
	at := time.Now()
	write := func(content string, mode os.FileMode) {
		at = at.Add(time.Second)
		_ = os.Remove(path)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	const other = "[default]\naws_access_key_id = OTHER\naws_secret_access_key = x\n"
	write(other+"# [up]\n[ up ]\r\n aws_access_key_id=FIRST\r\nregion = eu-west-1\n; aws_session_token = no\naws_secret_access_key = a=b+/\n", 0o600)
	p := open(t, u, bedrock.Credentials{File: path, Profile: "up"})
	ask := func(want string) {
		t.Helper()
		used = ""
		if _, err := p.Generate(t.Context(), hi); err != nil || used != want {
			t.Errorf("used %q, %v", used, err)
		}
	}
	ask("FIRST/")
	ask("FIRST/")
	write("[up]\naws_access_key_id = SECOND\naws_secret_access_key = b\naws_session_token = t\n"+other, 0o600)
	ask("SECOND/t")
	for name, change := range map[string]func(){
		"open to others": func() { write("[up]\naws_access_key_id = A\naws_secret_access_key = b\n", 0o644) },
		"no section":     func() { write(other, 0o600) },
		"no secret":      func() { write("[up]\naws_access_key_id = A\n", 0o600) },
		"no file":        func() { _ = os.Remove(path) },
	} {
		change()
		before := len(u.Bodies())
		if _, err := p.Generate(t.Context(), hi); !fault.Is(err, fault.Unavailable) || len(u.Bodies()) != before {
			t.Errorf("%s: %v", name, err)
		}
	}
	write("[up]\naws_access_key_id = THIRD\naws_secret_access_key = b\n", 0o600)
	ask("THIRD/")
}

func TestAPIKey(t *testing.T) {
	t.Parallel()
	sentKey := ""
	u := providertest.NewUpstream(t, func(w http.ResponseWriter, r *http.Request, b providertest.Body, n int) {
		sentKey = r.Header.Get("Authorization")
		providertest.Bedrock().Says("ok")(w, r, b, n)
	})
	if _, err := open(t, u, bedrock.Credentials{APIKey: secret.New("bedrock-api-key-x")}).Generate(t.Context(), hi); err != nil || sentKey != "Bearer bedrock-api-key-x" {
		t.Errorf("%q, %v", sentKey, err)
	}
}

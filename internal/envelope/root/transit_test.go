package root_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/envelope/root"
)

// engine answers as the API documentation of OpenBao's and Vault's transit engine says. It is not one of them.
func engine(t *testing.T, keyring envelope.Sealer) *httptest.Server {
	t.Helper()
	fail := func(w http.ResponseWriter, status int, text string) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string][]string{"errors": {text}})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Plaintext, Ciphertext string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Method != http.MethodPost {
			fail(w, 400, "error parsing JSON")
			return
		}
		if r.Header.Get("X-Vault-Token") != "s.token" {
			fail(w, 403, "permission denied")
			return
		}
		data := map[string]any{}
		switch r.URL.Path {
		case "/v1/transit/encrypt/merlon":
			plaintext, err := base64.StdEncoding.DecodeString(in.Plaintext)
			if err != nil {
				fail(w, 400, "failed to base64-decode plaintext")
				return
			}
			sealed, err := keyring.Seal(r.Context(), plaintext, nil)
			if err != nil {
				fail(w, 500, err.Error())
				return
			}
			data["ciphertext"], data["key_version"] = "vault:v1:"+base64.StdEncoding.EncodeToString(sealed), 1
		case "/v1/transit/decrypt/merlon":
			body, ok := strings.CutPrefix(in.Ciphertext, "vault:v1:")
			sealed, err := base64.StdEncoding.DecodeString(body)
			if !ok || err != nil {
				fail(w, 400, "invalid ciphertext: no prefix")
				return
			}
			plaintext, err := keyring.Open(r.Context(), sealed, nil)
			if err != nil {
				fail(w, 400, "cipher: message authentication failed")
				return
			}
			data["plaintext"] = base64.StdEncoding.EncodeToString(plaintext)
		default:
			fail(w, 404, "no handler for route")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"request_id": "x", "data": data})
	}))
	t.Cleanup(server.Close)
	return server
}

func TestTransit(t *testing.T) {
	t.Parallel()
	server, other := engine(t, envelopetest.New(t)), engine(t, envelopetest.New(t))
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "s.token\n", 0o600)
	with := func(address, key, file string) *root.Transit {
		r, err := root.NewTransit(root.TransitConfig{Address: address, Key: key, TokenFile: file, Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one := with(server.URL, "merlon", token)
	roundTrip(t, one, with(server.URL+"/", "merlon", token), with(other.URL, "merlon", token))
	wrong := filepath.Join(t.TempDir(), "token")
	write(t, wrong, "s.other", 0o600)
	for name, c := range map[string]struct {
		root *root.Transit
		want string
	}{
		"revoked token": {with(server.URL, "merlon", wrong), "may not encrypt"},
		"no such key":   {with(server.URL, "none", token), "no such key"},
		"no token":      {with(server.URL, "merlon", token+"x"), "find root secret"},
		"nobody there":  {with("http://127.0.0.1:1", "merlon", token), "ask the server"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.root.Wrap(t.Context(), []byte("planted"))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s.other") || errors.Is(err, envelope.ErrOpen) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	store := &envelopetest.Store{}
	if _, err := envelope.Create(t.Context(), store, one); err != nil {
		t.Fatal(err)
	}
	if _, err := envelope.Load(t.Context(), store, one); err != nil {
		t.Error(err)
	}
}

func TestTransitStatuses(t *testing.T) {
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "s.token", 0o600)
	for status, want := range map[int]string{
		503: "sealed", 500: "answered 500", 307: "answered 307", 200: "no JSON", 400: "answered 400",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(status)
		}))
		r, err := root.NewTransit(root.TransitConfig{Address: server.URL, Key: "merlon", TokenFile: token, Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Wrap(t.Context(), []byte("x")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d: %v, want %q", status, err, want)
		}
		server.Close()
	}
}

// TestTransitWaits: a server that comes back in time was only late; one that does not is named with what it said.
func TestTransitWaits(t *testing.T) {
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "s.token", 0o600)
	bao := engine(t, envelopetest.New(t))
	for name, c := range map[string]struct {
		failures int64
		status   int
		want     string // in the error
		calls    int64
	}{
		"comes back":  {2, http.StatusServiceUnavailable, "", 3},
		"behind":      {1, http.StatusPreconditionFailed, "", 2},
		"overloaded":  {1, http.StatusTooManyRequests, "", 2},
		"stays away":  {9, http.StatusServiceUnavailable, "after 3 attempts: the server is sealed", 3},
		"not allowed": {9, http.StatusForbidden, "may not encrypt", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if calls.Add(1) <= c.failures {
					w.WriteHeader(c.status)
					return
				}
				if r.Header.Get("X-Vault-Namespace") != "team" {
					t.Error("the namespace is missing")
				}
				bao.Config.Handler.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			r, err := root.NewTransit(root.TransitConfig{Address: server.URL, Key: "merlon", TokenFile: token, Namespace: "team", Attempts: 3, Pause: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			_, err = r.Wrap(t.Context(), []byte("x"))
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || calls.Load() != c.calls {
				t.Errorf("%d calls, %v; want %d and %q", calls.Load(), err, c.calls, c.want)
			}
		})
	}
}

// TestTransitTLS: the server's certificate counts with the CA file alone.
func TestTransitTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(engine(t, envelopetest.New(t)).Config.Handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	dir := t.TempDir()
	token, ca := filepath.Join(dir, "token"), filepath.Join(dir, "ca")
	write(t, token, "s.token", 0o600)
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})), 0o644)
	for file, want := range map[string]string{ca: "", "": "ca_file"} {
		r, err := root.NewTransit(root.TransitConfig{Address: server.URL, Key: "merlon", TokenFile: token, CAFile: file})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = r.Wrap(t.Context(), []byte("x")); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("CA file %q: %v, want %q", file, err, want)
		}
	}
}

func TestTransitConfig(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]root.TransitConfig{
		"no address":         {Key: "k", TokenFile: "f"},
		"plain http":         {Address: "http://bao.example:8200", Key: "k", TokenFile: "f"},
		"password in it":     {Address: "https://u:p@bao.example", Key: "k", TokenFile: "f"},
		"no key":             {Address: "https://bao.example", TokenFile: "f"},
		"path as key":        {Address: "https://bao.example", Key: "../sys/seal", TokenFile: "f"},
		"no token file":      {Address: "https://bao.example", Key: "k"},
		"query in the mount": {Address: "https://bao.example", Key: "k", Mount: "a?b", TokenFile: "f"},
		"no CA file":         {Address: "https://bao.example", Key: "k", TokenFile: "f", CAFile: "none"},
		"no certificates":    {Address: "https://bao.example", Key: "k", TokenFile: "f", CAFile: "transit.go"},
		"negative attempts":  {Address: "https://bao.example", Key: "k", TokenFile: "f", Attempts: -1},
	} {
		if _, err := root.NewTransit(c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

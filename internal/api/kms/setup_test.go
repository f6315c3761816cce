package kms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsjson"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/gateway"
	"merlon.dev/merlon/internal/gateway/gatewaytest"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
	"merlon.dev/merlon/internal/store/sqlite"
)

const account = "123456789012"

// server is KMS behind a gateway, called over HTTP with signed requests.
type server struct {
	url         string
	client      *http.Client
	keys        *kms.Service
	credentials sigv4.Credentials
}

func setup(t testing.TB) *server {
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
	keys, err := kms.NewService(kms.Options{Store: store.KMS(), Sealer: envelopetest.New(t), Now: time.Now, Limits: kms.DefaultLimits()})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := pagination.New(make([]byte, 32), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	root := gatewaytest.Root{Account: account, AccessKeyID: "AKIDROOT", Secret: secret.New("root secret")}
	authenticator, err := gatewaytest.NewRootAuthenticator(root)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(gateway.Config{
		Services:      []operation.Service{New(keys, pages)},
		Protocols:     map[string]codec.Protocol{"rest-json": restjson.Protocol{}, "json": awsjson.Protocol{}},
		Authenticator: authenticator, Authorizer: gatewaytest.RootAuthorizer{}, Auditor: unrecorded{},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(g)
	t.Cleanup(s.Close)
	client := s.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 16
	return &server{url: s.URL, client: client, keys: keys, credentials: sigv4.Credentials{AccessKeyID: root.AccessKeyID, Secret: root.Secret}}
}

// unrecorded keeps no record.
type unrecorded struct{}

func (unrecorded) Begin(context.Context, gateway.Event) error { return nil }
func (unrecorded) End(context.Context, gateway.Event) error   { return nil }

// answer is what came back: the body, and the code where the call failed.
type answer struct {
	status int
	code   string
	body   map[string]any
}

// call makes one signed call in a Region.
func (s *server) call(t testing.TB, region, name string, in map[string]any) answer {
	t.Helper()
	if in == nil {
		in = map[string]any{}
	}
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "TrentService."+name)
	signer := sigv4.Signer{Credentials: s.credentials, Region: region, Service: "kms"}
	sum := sha256.Sum256(body)
	signer.Sign(r, hex.EncodeToString(sum[:]), time.Now())
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: response.StatusCode, body: map[string]any{}}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &a.body); err != nil {
			t.Fatalf("%s: %s", name, text)
		}
	}
	if a.status != http.StatusOK {
		a.code, _ = a.body["__type"].(string)
	}
	return a
}

// ok makes a call that has to succeed.
func (s *server) ok(t testing.TB, name string, in map[string]any) map[string]any {
	t.Helper()
	a := s.call(t, "us-east-1", name, in)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d %v", name, a.status, a.body)
	}
	return a.body
}

package wire

import (
	"bytes"
	"io"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// server is the whole product in this process, behind a real socket.
type server struct {
	endpoint string
	signer   *sigv4.Signer
}

func start(t *testing.T) *server {
	t.Helper()
	c := config.Default()
	c.Listen, c.Data, c.Log.Level = "127.0.0.1:0", filepath.Join(t.TempDir(), "data"), "error"
	c.Quotas = config.Quotas{}
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: resolved, Stdout: io.Discard, Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() {
		if err := a.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
	return &server{a.Endpoint(), &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: "test", Secret: secret.New("test")}, Region: "us-east-1", Service: "bedrock"}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// send signs and sends a request that has no address yet.
func (s *server) send(t *testing.T, r *http.Request) answer {
	t.Helper()
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	target := s.endpoint + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	signed, err := http.NewRequestWithContext(t.Context(), r.Method, target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	signed.Header = r.Header.Clone()
	s.signer.Sign(signed, sigv4.HashPayload(body), time.Now())
	response, err := http.DefaultClient.Do(signed)
	if err != nil {
		t.Fatalf("the server did not answer: %v", err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, data}
}

// call makes one call with typed shapes.
func (s *server) call(t *testing.T, op *codec.Operation, in, out codec.Shape) answer {
	t.Helper()
	r, err := restjson.Client{}.EncodeRequest(op, in)
	if err != nil {
		t.Fatal(err)
	}
	got := s.send(t, r)
	if out != nil && got.status/100 == 2 {
		if err := (restjson.Client{}).DecodeResponse(got.status, got.header, got.body, out); err != nil {
			t.Fatal(err)
		}
	}
	return got
}

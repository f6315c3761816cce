package app_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/app"
	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// TestStreamsOverHTTP2 runs streams beside each other on one connection. Each client gets the first words before the model has said the
// last ones, or it would never end.
func TestStreamsOverHTTP2(t *testing.T) {
	t.Parallel()
	const streams = 8
	heard := make(chan struct{})
	upstream := providertest.NewUpstream(t, func(out http.ResponseWriter, r *http.Request, _ providertest.Body, _ int) {
		providertest.Chunk(out, object{"content": "first"}, "")
		select {
		case <-heard:
			providertest.Chunk(out, object{"content": "second"}, "")
			providertest.Chunk(out, object{}, "stop")
			_, _ = io.WriteString(out, "data: [DONE]\n\n")
		case <-r.Context().Done():
		}
	})
	c := config.Default()
	c.Listen, c.Data, c.Log.Level = "127.0.0.1:0", t.TempDir(), "error"
	c.Models = []config.Model{{ID: modelID, Provider: "openai", BaseURL: upstream.BaseURL(), Attempts: 1, Wait: 30 * time.Second, Stall: 30 * time.Second}}
	var trusted *x509.CertPool
	c.TLS, trusted = loopbackCertificate(t)
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: resolved, Stdout: io.Discard, Stderr: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() { _ = a.Stop(t.Context()) }) // the test's context has ended: what is open is cut off
	if !strings.HasPrefix(a.Endpoint(), "https://127.0.0.1:") {
		t.Errorf("the endpoint is %s", a.Endpoint())
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true, MaxConnsPerHost: 1,
	}}
	defer client.CloseIdleConnections()

	var first, all sync.WaitGroup
	first.Add(streams)
	for range streams {
		all.Go(func() {
			answered := sync.OnceFunc(first.Done)
			defer answered()
			response, err := client.Do(streamRequest(t, a.Endpoint()))
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			if response.ProtoMajor != 2 || response.StatusCode != http.StatusOK {
				t.Errorf("HTTP/%d, status %d", response.ProtoMajor, response.StatusCode)
			}
			var got bytes.Buffer
			for part := make([]byte, 4096); err == nil; {
				var n int
				n, err = response.Body.Read(part)
				got.Write(part[:n])
				if bytes.Contains(got.Bytes(), []byte("first")) {
					answered()
				}
			}
			if err != io.EOF || !bytes.Contains(got.Bytes(), []byte("second")) || !bytes.Contains(got.Bytes(), []byte("metadata")) { //nolint:errorlint // what Read gives at the end
				t.Errorf("%v after %q", err, got.String())
			}
		})
	}
	first.Wait()
	close(heard)
	all.Wait()
}

func streamRequest(t *testing.T, endpoint string) *http.Request {
	t.Helper()
	body := []byte(`{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/model/"+modelID+"/converse-stream", bytes.NewReader(body))
	if err != nil {
		t.Error(err)
		return nil
	}
	signer := &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: config.DevKey, Secret: secret.New(config.DevKey)}, Region: "us-east-1", Service: "bedrock"}
	signer.Sign(r, sigv4.HashPayload(body), time.Now())
	return r
}

// loopbackCertificate writes the certificate that httptest's servers have, and gives who trusts it.
func loopbackCertificate(t *testing.T) (config.TLS, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	made := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(made.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	files := config.TLS{CertFile: filepath.Join(folder, "cert.pem"), KeyFile: filepath.Join(folder, "key.pem")}
	for name, block := range map[string]*pem.Block{files.CertFile: {Type: "CERTIFICATE", Bytes: made.Certificate[0]}, files.KeyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	return files, trusted
}

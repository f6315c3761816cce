package root_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/envelopetest"
	"merlon.dev/merlon/internal/envelope/root"
)

// baoProgram names the program of OpenBao, or of HashiCorp Vault; `make root-secrets` sets it.
const baoProgram = "MERLON_BAO"

// bao is a real server in its development mode, which keeps everything in memory.
type bao struct{ address, token string }

func startBao(t *testing.T) bao {
	t.Helper()
	program := os.Getenv(baoProgram)
	if program == "" {
		t.Skip(baoProgram + " is not set: the transit engine is only tested against an imitation; make root-secrets runs OpenBao")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listen := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	b := bao{"http://" + listen, "root-" + t.Name()}
	command := exec.CommandContext(t.Context(), program, "server", "-dev", "-dev-no-store-token", "-dev-listen-address="+listen, "-dev-root-token-id="+b.token)
	command.Env = append(os.Environ(), "HOME="+t.TempDir())
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it ends with the test
		_ = command.Wait()
	})
	for range 300 {
		if status, _ := b.call(t, http.MethodGet, "sys/health", ""); status == http.StatusOK {
			return b
		}
		time.Sleep(100 * time.Millisecond) // it is another process: there is nothing to wait on
	}
	t.Fatal("the server does not answer")
	return b
}

// call makes a call of the API as its root.
func (b bao) call(t *testing.T, method, path, body string) (status int, answer string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, b.address+"/v1/"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Vault-Token", b.token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err.Error() // it may not listen yet
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// do is call for what has to succeed.
func (b bao) do(t *testing.T, method, path, body string) string {
	t.Helper()
	status, answer := b.call(t, method, path, body)
	if status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

// TestTransitOfARealServer wraps, rotates the key, revokes the token and seals the server.
func TestTransitOfARealServer(t *testing.T) {
	t.Parallel()
	b := startBao(t)
	b.do(t, http.MethodPost, "sys/mounts/transit", `{"type":"transit"}`)
	for _, key := range []string{"merlon", "other"} {
		b.do(t, http.MethodPost, "transit/keys/"+key, `{}`)
	}
	b.do(t, http.MethodPut, "sys/policies/acl/merlon", `{"policy":"path \"transit/encrypt/merlon\" {capabilities=[\"update\"]}\npath \"transit/decrypt/merlon\" {capabilities=[\"update\"]}"}`)
	made := b.do(t, http.MethodPost, "auth/token/create", `{"policies":["merlon"],"no_default_policy":true}`)
	_, rest, _ := strings.Cut(made, `"client_token":"`)
	value, _, _ := strings.Cut(rest, `"`)
	dir := t.TempDir()
	narrow, all := filepath.Join(dir, "narrow"), filepath.Join(dir, "all")
	write(t, narrow, value+"\n", 0o600)
	write(t, all, b.token, 0o600)
	open := func(key, token string) *root.Transit {
		r, err := root.NewTransit(root.TransitConfig{Address: b.address, Key: key, TokenFile: token, Attempts: 2, Pause: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	one := open("merlon", narrow)
	roundTrip(t, one, open("merlon", all), open("other", all))
	store := &envelopetest.Store{}
	if _, err := envelope.Create(t.Context(), store, one); err != nil {
		t.Fatal(err)
	}
	b.do(t, http.MethodPost, "transit/keys/merlon/rotate", "")
	if _, err := envelope.Load(t.Context(), store, one); err != nil {
		t.Errorf("after the key was rotated: %v", err)
	}
	fails := func(when, want string, r *root.Transit) {
		t.Helper()
		if _, err := r.Wrap(t.Context(), []byte("x")); err == nil || !strings.Contains(err.Error(), want) || errors.Is(err, envelope.ErrOpen) {
			t.Errorf("%s: %v, want %q", when, err, want)
		}
	}
	fails("another key", "may not encrypt", open("other", narrow))
	b.do(t, http.MethodPost, "auth/token/revoke", `{"token":"`+value+`"}`)
	fails("a revoked token", "may not encrypt", one)
	b.do(t, http.MethodPut, "sys/seal", "")
	fails("a sealed server", "after 2 attempts: the server is sealed", open("merlon", all))
}

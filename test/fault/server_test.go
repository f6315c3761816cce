package fault

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

const binary = "../../bin/merlon"

// server is a running merlon with a client of it.
type server struct {
	command  *exec.Cmd
	endpoint string
	started  time.Duration
	client   *http.Client
	signer   *sigv4.Signer
}

func start(t *testing.T, data string) *server {
	t.Helper()
	if _, err := os.Stat(binary); err != nil {
		t.Skip("bin/merlon is not there: run make build first, or make test")
	}
	s := &server{
		command: exec.Command(binary, "serve", "--dev", "--listen", "127.0.0.1:0", "--data", data),
		client:  &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
		signer:  &sigv4.Signer{Credentials: sigv4.Credentials{AccessKeyID: "test", Secret: secret.New("test")}, Region: "us-east-1", Service: "bedrock"},
	}
	for _, quota := range []string{"GUARDRAILS", "VERSIONS", "APPLY_REQUESTS", "WORD_UNITS"} {
		s.command.Env = append(s.command.Env, "MERLON_QUOTAS__"+quota+"=0")
	}
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if err := s.command.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("no ready line: %v", err)
	}
	s.started, s.endpoint = time.Since(begin), strings.Fields(line)[2]
	return s
}

// kill ends the process as a power cut would.
func (s *server) kill() {
	s.command.Process.Kill()
	s.command.Wait()
	s.client.CloseIdleConnections()
}

// call gives the status and body of one signed request, or an error where no whole answer came.
func (s *server) call(ctx context.Context, method, path string, body any) (int, []byte, error) {
	var data []byte
	if body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return 0, nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.endpoint+path, bytes.NewReader(data))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	s.signer.Sign(r, sigv4.HashPayload(data), time.Now())
	response, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// get decodes the answer of a call that must succeed.
func (s *server) get(t *testing.T, path string, out any) {
	t.Helper()
	status, body, err := s.call(t.Context(), http.MethodGet, path, nil)
	if err != nil || status != http.StatusOK {
		t.Fatalf("GET %s: %d %s %v", path, status, body, err)
	}
	if err := json.Unmarshal(body, out); err != nil {
		t.Fatal(err)
	}
}

func guardrail(name, word string) map[string]any {
	return map[string]any{
		"name": name, "blockedInputMessaging": "no", "blockedOutputsMessaging": "no",
		"wordPolicyConfig": map[string]any{"wordsConfig": []any{map[string]string{"text": word}}},
	}
}

func path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

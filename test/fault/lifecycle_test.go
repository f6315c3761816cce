package fault

import (
	"errors"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDrain wants SIGTERM to end the process with status 0 well within 10 s.
func TestDrain(t *testing.T) {
	s := start(t, filepath.Join(t.TempDir(), "data"))
	if status, body, err := s.call(t.Context(), http.MethodPost, "/guardrails", guardrail("drain", "x")); err != nil || status != http.StatusAccepted {
		t.Fatalf("create: %d %s %v", status, body, err)
	}
	begin := time.Now()
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.command.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("draining took %s", took)
	}
}

// TestOneServerAFolder wants a second server, and verify, to be refused while a folder is open.
func TestOneServerAFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s := start(t, data)
	defer s.kill()
	for _, arguments := range [][]string{{"serve", "--dev", "--listen", "127.0.0.1:0", "--data", data}, {"verify", "--data", data}} {
		out, err := exec.Command(binary, arguments...).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "merlon: ") {
			t.Errorf("merlon %s: %v\n%s", arguments[0], err, out)
		}
	}
}

// TestCommandLine wants errors that say what is wrong, with status 2 for usage and 1 for failure.
func TestCommandLine(t *testing.T) {
	start(t, filepath.Join(t.TempDir(), "data")).kill() // skips where nothing is built
	for _, tt := range []struct {
		arguments string
		code      int
		says      string
	}{
		{"", 2, "serve"},
		{"fly", 2, "fly"},
		{"serve --wings", 2, "--wings"},
		{"serve", 1, "root_secret"},
		{"serve --dev --data x --listen 0.0.0.0:1", 1, "loopback"},
		{"serve --config /nowhere", 1, "/nowhere"},
		{"verify --data /nowhere", 1, "/nowhere"},
		{"--help", 0, "serve"},
	} {
		out, err := exec.Command(binary, strings.Fields(tt.arguments)...).CombinedOutput()
		code := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		if code != tt.code || !strings.Contains(string(out), tt.says) {
			t.Errorf("merlon %s: exit %d, want %d, and %q in\n%s", tt.arguments, code, tt.code, tt.says, out)
		}
	}
}

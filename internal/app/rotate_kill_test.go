package app

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/config"
)

// rotateIn names a folder whose root secret a process of its own shall rotate, and the two root secrets.
const rotateIn = "MERLON_TEST_ROTATE"

// TestRotateInAProcess is what TestRotationSurvivesSIGKILL starts.
func TestRotateInAProcess(t *testing.T) {
	parts := strings.Split(os.Getenv(rotateIn), "\n")
	if len(parts) != 3 {
		t.Skip("it is for another test, which kills it")
	}
	_, _ = os.Stdout.WriteString("begin\n")
	rotation := RootSecretRotation{Data: parts[0], From: config.RootSecret{IdentityFile: parts[1]}, To: config.RootSecret{IdentityFile: parts[2]}}
	if _, err := rotation.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, _ = os.Stdout.WriteString("end\n")
}

// crashRounds overrides how many rotations are killed.
const crashRounds = "MERLON_CRASH_ROUNDS"

// TestRotationSurvivesSIGKILL kills rotations at random moments, 20 or with -short 4. After each, the old root secret or the new one opens all that was
// planted, and running the rotation again completes it.
func TestRotationSurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	if text := os.Getenv(crashRounds); text != "" {
		if _, err := fmt.Sscan(text, &rounds); err != nil {
			t.Fatal(err)
		}
	}
	template, from, to := filepath.Join(t.TempDir(), "data"), newRootSecret(t), newRootSecret(t)
	p := plant(t, template, from, 10)
	copied := func() string {
		data := filepath.Join(t.TempDir(), "data")
		if err := os.CopyFS(data, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		return data
	}
	// How long one takes that nobody kills; the shortest of three, since the first also warms up.
	whole := time.Hour
	for range 3 {
		took, ended := rotateAndKill(t, copied(), from, to, time.Hour)
		if !ended {
			t.Fatal("a rotation that was left alone did not end")
		}
		whole = min(whole, took)
	}
	olds, news, both := 0, 0, 0
	for range rounds {
		data := copied()
		rotateAndKill(t, data, from, to, rand.N(whole))
		old, renewed := p.open(t, data, from) == nil, p.open(t, data, to) == nil
		switch {
		case old && renewed:
			both++
		case old:
			olds++
		case renewed:
			news++
		default:
			t.Fatalf("after a kill neither root secret opens what was planted: %v; %v", p.open(t, data, from), p.open(t, data, to))
		}
		if _, err := (RootSecretRotation{Data: data, From: from, To: to}).Run(t.Context()); err != nil {
			t.Fatalf("completing the rotation: %v", err)
		}
		if p.open(t, data, from) == nil {
			t.Error("the old root secret still opens the folder")
		}
		if err := p.open(t, data, to); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d kills in %s: the old root secret alone opened %d folders, both %d, the new one alone %d", rounds, whole, olds, both, news)
}

// rotateAndKill rotates in a process of its own, which it kills after so long, and says whether the rotation had ended and when.
func rotateAndKill(t *testing.T, data string, from, to config.RootSecret, after time.Duration) (took time.Duration, ended bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), self, "-test.run=^TestRotateInAProcess$")
	command.Env = append(os.Environ(), rotateIn+"="+strings.Join([]string{data, from.IdentityFile, to.IdentityFile}, "\n"))
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var began time.Time
	var killer *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch lines.Text() {
		case "begin":
			began = time.Now()
			killer = time.AfterFunc(after, func() { _ = command.Process.Kill() }) // it may have ended
		case "end":
			took, ended = time.Since(began), true
		}
	}
	_ = command.Wait() // killed, or the lines said how it ended
	if killer == nil {
		t.Fatal("the rotation did not begin")
	}
	killer.Stop()
	return took, ended
}

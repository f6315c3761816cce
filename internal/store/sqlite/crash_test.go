package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/store/sqlite"
)

const (
	crashWriters = 16
	crashFolder  = "MERLON_CRASH_FOLDER" // set in the process that is to be killed
	crashRounds  = "MERLON_CRASH_ROUNDS" // overrides how many rounds are run
)

// TestMain lets the test binary be the process that TestKill kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashFolder); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled prints a line for everything that was acknowledged, in one write each: "created ID NAME",
// "version ID NUMBER" or "updated ID REVISION-TEXT".
func writeUntilKilled(dir string) error {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, dir)
	if err != nil {
		return err
	}
	control, err := newService(s)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	var wait sync.WaitGroup
	for writer := range crashWriters {
		wait.Go(func() {
			for i := 0; ; i++ {
				if err := writeOnce(ctx, control, fmt.Sprintf("w%d-%d-%d", os.Getpid(), writer, i)); err != nil {
					fmt.Println("error", err)
					os.Exit(1)
				}
			}
		})
	}
	wait.Wait()
	return nil
}

func writeOnce(ctx context.Context, control *guardrail.Service, name string) error {
	made, err := control.Create(ctx, scope, guardrail.CreateInput{Proposal: proposal(name), Token: name})
	if err != nil {
		return err
	}
	fmt.Println("created", made.ID, name)
	for range 2 {
		version, err := control.CreateVersion(ctx, scope, guardrail.CreateVersionInput{Identifier: made.ID})
		if err != nil {
			return err
		}
		fmt.Println("version", made.ID, version.Version)
	}
	if err := control.DeleteVersion(ctx, scope, made.ID, 2); err != nil {
		return err
	}
	fmt.Println("deleted", made.ID, 2)
	changed := proposal(name)
	changed.Description = "changed"
	if _, err := control.Update(ctx, scope, guardrail.UpdateInput{Identifier: made.ID, Proposal: changed}); err != nil {
		return err
	}
	fmt.Println("updated", made.ID, "changed")
	return nil
}

// TestKill kills a process under 16 writers at a random moment, round after round on the same folder, and looks for every
// acknowledged write. 5 rounds with -short, else 50. How long a start took counts where the rounds were asked for, since then nothing
// else runs beside them.
func TestKill(t *testing.T) {
	t.Parallel()
	rounds := 50
	if testing.Short() {
		rounds = 5
	}
	text := os.Getenv(crashRounds)
	if text != "" {
		if _, err := fmt.Sscan(text, &rounds); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	acknowledged := acknowledgements{names: map[string]string{}, last: map[string]guardrail.Version{}, deleted: map[string]bool{}, updated: map[string]bool{}}
	var slowest time.Duration
	for round := range rounds {
		before := maps.Clone(acknowledged.names)
		killOnce(t, dir, &acknowledged)
		start := time.Now()
		s, err := sqlite.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		slowest = max(slowest, time.Since(start))
		control := service(t, s)
		for id := range acknowledged.names {
			// What earlier rounds wrote is looked for again at the end.
			if _, old := before[id]; !old || round == rounds-1 {
				acknowledged.check(t, control, id)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if text != "" && slowest > slowestReopen {
		t.Errorf("a start took %v, want at most %v", slowest, slowestReopen)
	}
	report, err := sqlite.Verify(t.Context(), dir)
	if err != nil || len(report.Problems) > 0 {
		t.Errorf("verify: %v %v", report.Problems, err)
	}
	if len(acknowledged.names) < rounds || len(acknowledged.last) < rounds {
		t.Errorf("only %d creations and %d versions were acknowledged: the kills came too early to show anything", len(acknowledged.names), len(acknowledged.last))
	}
	t.Logf("%d rounds, %d creations and %d updates acknowledged, slowest start %v", rounds, len(acknowledged.names), len(acknowledged.updated), slowest)
}

func killOnce(t *testing.T, dir string, acknowledged *acknowledgements) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), crashFolder+"="+dir)
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	if !lines.Scan() || lines.Text() != "ready" {
		t.Fatalf("the writers did not start: %q", lines.Text())
	}
	// The moment is what this test leaves to chance, counted in writes: how much a time holds depends on the machine.
	last := 16 + rand.IntN(400)
	for n := 0; lines.Scan(); n++ {
		acknowledged.add(t, lines.Text())
		if n == last {
			_ = command.Process.Kill()
		}
	}
	if err := command.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the writers ended with %v, not by the kill", err)
	}
}

// acknowledgements are all writes of all rounds that were answered.
type acknowledgements struct {
	names   map[string]string // id to name
	last    map[string]guardrail.Version
	deleted map[string]bool
	updated map[string]bool
}

func (a *acknowledgements) add(t *testing.T, line string) {
	t.Helper()
	word := strings.Fields(line)
	if len(word) != 3 {
		t.Fatalf("the writers said %q", line)
	}
	switch id := word[1]; word[0] {
	case "created":
		if _, again := a.names[id]; again {
			t.Errorf("guardrail %s was made twice", id)
		}
		a.names[id] = word[2]
	case "version":
		number, _ := guardrail.ParseVersion(word[2])
		if number <= a.last[id] {
			t.Errorf("guardrail %s: version %s was given out after %s", id, number, a.last[id])
		}
		a.last[id] = number
	case "deleted":
		a.deleted[id] = true
	case "updated":
		a.updated[id] = true
	default:
		t.Fatalf("the writers said %q", line)
	}
}

// check looks for what was acknowledged of one guardrail, and that its next version gets a number of its own. A write in
// flight at the kill may be there as well.
func (a *acknowledgements) check(t *testing.T, control *guardrail.Service, id string) {
	t.Helper()
	draft, err := control.Get(t.Context(), scope, id, guardrail.Draft)
	if err != nil || draft.Name != a.names[id] {
		t.Fatalf("guardrail %s %s: found %q, %v", id, a.names[id], draft.Name, err)
	}
	if draft.LastVersion < a.last[id] || a.updated[id] && draft.Description != "changed" {
		t.Errorf("guardrail %s: last version %s of %s, description %q", id, draft.LastVersion, a.last[id], draft.Description)
	}
	if a.last[id] >= 1 {
		if _, err := control.Get(t.Context(), scope, id, 1); err != nil {
			t.Errorf("guardrail %s version 1: %v", id, err)
		}
	}
	if a.deleted[id] {
		if _, err := control.Get(t.Context(), scope, id, 2); err == nil {
			t.Errorf("guardrail %s: deleted version 2 is back", id)
		}
	}
	again, err := control.Create(t.Context(), scope, guardrail.CreateInput{Proposal: proposal(draft.Name), Token: draft.Name})
	if err != nil || again.ID != id {
		t.Errorf("guardrail %s: its token gives %s, %v", id, again.ID, err)
	}
	next, err := control.CreateVersion(t.Context(), scope, guardrail.CreateVersionInput{Identifier: id})
	if err != nil || next.Version <= a.last[id] {
		t.Errorf("guardrail %s: version %s after %s, %v", id, next.Version, a.last[id], err)
	}
	a.last[id] = next.Version
}

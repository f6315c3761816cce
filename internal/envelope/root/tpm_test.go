//go:build tpm

package root_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/envelope/root"
)

// startTPM starts swtpm, an emulator, with a state of its own.
func startTPM(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("swtpm"); err != nil {
		t.Skip("swtpm is not installed: nothing was asked of a TPM")
	}
	dir := t.TempDir()
	socket := filepath.Join(dir, "tpm")
	command := exec.CommandContext(t.Context(), "swtpm", "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+socket, "--flags", "not-need-init,startup-clear")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it ends with the test
		_ = command.Wait()
	})
	for range 100 {
		if _, err := root.NewTPM(root.TPMConfig{Device: socket}); err == nil {
			return socket
		}
		time.Sleep(50 * time.Millisecond) // it is another process: there is nothing to wait on
	}
	t.Fatal("swtpm does not answer")
	return ""
}

func TestTPM(t *testing.T) {
	t.Parallel()
	open := func(device string) envelope.Root {
		r, err := root.NewTPM(root.TPMConfig{Device: device})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	here, elsewhere := startTPM(t), startTPM(t)
	roundTrip(t, open(here), open(here), open(elsewhere))
	if one, other := open(here).Name(), open(elsewhere).Name(); one == other || !strings.HasPrefix(one, "tpm:") {
		t.Errorf("the names are %s and %s", one, other)
	}
	if _, err := root.NewTPM(root.TPMConfig{Device: here + "x"}); err == nil {
		t.Error("there is no such device")
	}
}

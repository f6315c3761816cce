//go:build !arm64

package kernel

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestOnARM64 builds this package's tests for arm64 and runs them on qemu's user mode, with and without the dot product.
func TestOnARM64(t *testing.T) {
	if testing.Short() {
		t.Skip("long: cross-compiles and emulates")
	}
	qemu, err := exec.LookPath("qemu-aarch64")
	if err != nil {
		t.Skip("no qemu-aarch64 (package qemu-user): the arm64 kernels are not tested here")
	}
	file := filepath.Join(t.TempDir(), "kernel.test")
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", file, ".")
	build.Env = append(build.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build for arm64: %v\n%s", err, out)
	}
	for cpu, tiers := range map[string]string{"max": "[neondot neon plain]", "cortex-a53": "[neon plain]"} {
		out, err := exec.CommandContext(t.Context(), qemu, "-cpu", cpu, file, "-test.v").CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", cpu, err, out)
		}
		if !strings.Contains(string(out), "tiers run here: "+tiers) {
			t.Errorf("%s does not run %s", cpu, tiers)
		}
	}
}

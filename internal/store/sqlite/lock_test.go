package sqlite

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestLockBesideACopy: a process that is being started has copies of all descriptors for a moment, which must not keep the folder taken.
func TestLockBesideACopy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := lockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	held, err := unix.Dup(int(first.file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(held)
	if second, err := lockFolder(dir); err == nil {
		second.Close()
		t.Fatal("the folder was taken twice")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := lockFolder(dir)
	if err != nil {
		t.Fatalf("after it was let go: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

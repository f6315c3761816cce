//go:build linux

package audit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestDiskFull: on a disk that is full no call is acknowledged without its record; with room again calls pass.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("a file system of its own is needed: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := startIn(t, filepath.Join(disk, "data"))
	acknowledged, refused := 0, 0
	call := func(i int) {
		method, path, body := "GET", "/guardrails", ""
		if i%2 == 0 {
			method, body = "POST", fmt.Sprintf(guardrail, fmt.Sprint("g-", i))
		}
		a := s.send(t, s.sign(t, first, "bedrock", method, path, []byte(body), map[string]string{"User-Agent": fmt.Sprint("call-", i)}))
		switch {
		case a.status < 300:
			acknowledged++
		case a.status >= 500:
			refused++
		default:
			t.Errorf("%s: %d %s", method, a.status, a.body)
		}
	}
	for i := range 20 {
		call(i)
	}
	if acknowledged != 20 {
		t.Fatalf("%d calls acknowledged on an empty disk", acknowledged)
	}
	filler, err := os.Create(filepath.Join(disk, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = filler.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	// What is reserved ahead still takes the records of some thousand calls; then calls fail, reading ones as well.
	for i, inARow := 20, 0; inARow < 100; i++ {
		before := refused
		if call(i); refused == before {
			inARow = 0
		} else {
			inARow++
		}
		if i > 20000 {
			t.Fatal("calls are acknowledged on a full disk")
		}
	}
	full := acknowledged
	for i := 30000; i < 30020; i++ {
		call(i)
	}
	if acknowledged != full {
		t.Errorf("%d calls acknowledged though the disk is full", acknowledged-full)
	}
	if err := errors.Join(filler.Close(), os.Remove(filler.Name())); err != nil {
		t.Fatal(err)
	}
	for i := 40000; i < 40020; i++ {
		call(i)
	}
	if acknowledged != full+20 {
		t.Errorf("%d of 20 calls acknowledged with room again", acknowledged-full)
	}
	records, _ := s.records(t)
	done := 0
	for _, r := range records {
		if r.ErrorCode == "" {
			done++
		}
	}
	if done < acknowledged {
		t.Errorf("%d calls acknowledged, %d records of success", acknowledged, done)
	}
	t.Logf("%d calls acknowledged, %d refused, %d records", acknowledged, refused, len(records))
}

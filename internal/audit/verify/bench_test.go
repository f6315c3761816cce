package verify

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/audit/digest"
	"merlon.dev/merlon/internal/audit/journal"
)

// BenchmarkFolder verifies b.N records of 900 bytes; `-benchtime 1000000x` gives the time for a million.
func BenchmarkFolder(b *testing.B) {
	dir := b.TempDir()
	key, err := digest.OpenKey(context.Background(), dir, nil, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	j, err := journal.Open(journal.Config{Dir: dir, Key: key})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; i < b.N; i += 1000 {
		records := make([][]byte, min(1000, b.N-i))
		for k := range records {
			records[k] = fmt.Appendf(nil, `{"eventTime":"2026-01-02T03:00:00Z","n":%d,"text":%q}`, i+k, strings.Repeat("x", 830))
		}
		if err := j.Append(journal.Written, records...); err != nil {
			b.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	r, err := Folder(context.Background(), dir, key.Verifier())
	if err != nil || len(r.Findings) > 0 || r.Records != b.N {
		b.Fatalf("%+v, %v", r, err)
	}
}
